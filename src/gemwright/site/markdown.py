"""Text of records on pages: whatever it holds, it is shown and never acts."""

from __future__ import annotations

import re

from gemwright.corpus.compose.text import cell, escaped

__all__ = ["cell", "escaped", "linked", "listed", "shown"]

_DASH = "\u2013"
"""What stands where there is nothing."""

_CODE = re.compile(r"^(```|~~~)[^\n]*\n.*?^\1[^\n]*$|(`+)(?:(?!\2).)+\2", re.MULTILINE | re.DOTALL)
_SCHEME = re.compile(r"(\]\(\s*)(?!https?://|#|[\w./-]+(?:[)#\s]))[^)]*\)", re.IGNORECASE)

_NUMBER_SIGN = re.compile(r"^#+(?=[^\s#])", re.MULTILINE)  # `#15490` begins a line of a sentence, and no heading


def shown(text: str) -> str:
    """Return Markdown of a record without anything that a browser would act on; code stays as it is."""
    parts: list[str] = []
    behind = 0
    for match in _CODE.finditer(text):
        parts += [_harmless(text[behind : match.start()]), match[0]]
        behind = match.end()
    return "".join([*parts, _harmless(text[behind:])])


def _harmless(text: str) -> str:
    text = _NUMBER_SIGN.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;"))
    return _SCHEME.sub(r"\1#)", text)


def linked(url: str) -> str:
    """Return an address as a link where a browser can follow it, else as code."""
    plain = url.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    return f"<{plain}>" if url.startswith(("https://", "http://")) else f"`{plain}`"


def listed(items: tuple[str, ...] | list[str]) -> str:
    """Return items on one line, or a dash."""
    return ", ".join(escaped(item) for item in items) or _DASH
