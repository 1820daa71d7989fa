"""Text of records is text: no HTML, and Gemma 4's markers only as code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "advisories hold no HTML and no bare markers; nothing holds control characters"
_CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>|<!--")
_MARKER = re.compile(r"<\|[a-z_\"]*\|?>|<[a-z_]+\|>")
_LINK = re.compile(r"\]\(\s*(?:javascript|data|vbscript):", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def check(world: World) -> Iterator[Fault]:
    """Yield what could be taken for markup, or hide in a text."""
    for file, text in world.files.items():
        for match in _CONTROL.finditer(text):
            yield _fault(file, text, match.start(), f"the character U+{ord(match[0]):04X} cannot be seen")
        if not file.endswith(".md"):
            continue
        start = text.find("\n+++", 3) + 4
        plain = text[:start].translate(dict.fromkeys(range(33, 127), 32)) + _CODE.sub(_blank, text[start:])
        for pattern, what in ((_MARKER, "marker"), (_TAG, "tag"), (_LINK, "link that runs code")):
            for match in pattern.finditer(plain):
                yield _fault(file, plain, match.start(), f"a {what} outside code: {match[0].strip()}")


def _fault(file: str, text: str, at: int, message: str) -> Fault:
    return Fault("markup", file, text.count("\n", 0, at) + 1, message, "put it into `code`")


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
