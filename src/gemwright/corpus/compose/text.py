"""Words of records as Markdown that cannot be mistaken for markup."""

from __future__ import annotations

import re

__all__ = ["cell", "escaped"]

_SPAN = re.compile(r"(`+)(?:(?!\1).)+\1", re.DOTALL)
_SPECIAL = re.compile(r"[<>&*_\[\]]|(?<=\()https?:")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "*": r"\*", "_": r"\_", "[": r"\[", "]": r"\]"}


def escaped(text: str) -> str:
    """Return text as Markdown that shows exactly it, on one line; code spans stay code spans."""
    text = " ".join(text.split())
    parts: list[str] = []
    behind = 0
    for match in _SPAN.finditer(text):
        parts += [_plain(text[behind : match.start()]), match[0]]
        behind = match.end()
    return "".join([*parts, _plain(text[behind:])])


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return escaped(text).replace("|", r"\|")


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], match[0]), text).replace("`", r"\`")
