"""Where control tokens begin and end in text that arrives in pieces.

A correct runtime delivers each control token whole; a client that sees only text may get it cut anywhere. So the lexer
answers two questions about a `<`: does a whole marker stand here, and could one still be arriving?
"""

from __future__ import annotations

import re
from typing import Final

from gemwright.wire.tokens import CONTROL_TOKENS

__all__ = ["MARKER", "could_become_marker", "find_marker", "without_fragment"]

MARKER: Final = re.compile(
    "|".join(re.escape(token) for token in sorted(CONTROL_TOKENS, key=len, reverse=True)) + r"|<unused\d{1,7}>"
)
"""Any control token, or a reserved `<unusedN>` (which is an ordinary token, printed by every runtime)."""

_PREFIXES: Final = frozenset(token[:n] for token in (*CONTROL_TOKENS, "<unused") for n in range(1, len(token))) | {
    "<unused"
}
_UNUSED_PREFIX: Final = re.compile(r"<unused\d{0,7}")
_LONGEST: Final = max(map(len, _PREFIXES)) + 8


def could_become_marker(text: str, at: int) -> bool:
    """Whether `text[at:]`, all of it, is a proper beginning of a marker."""
    if len(text) - at > _LONGEST:
        return False
    rest = text[at:]
    return rest in _PREFIXES or _UNUSED_PREFIX.fullmatch(rest) is not None


def find_marker(text: str, start: int, *, final: bool) -> tuple[int, re.Match[str] | None]:
    """Find the first marker at or after `start`.

    Args:
        text: what has arrived and is not consumed.
        start: where to begin.
        final: whether nothing more will arrive.

    Returns:
        `(position, match)` for a marker; `(position, None)` where plain text is certain up to that position only, since a
        marker may be arriving there (or `len(text)` when none is).
    """
    at = text.find("<", start)
    while at >= 0:
        match = MARKER.match(text, at)
        if match is not None:
            return at, match
        if not final and could_become_marker(text, at):
            return at, None
        at = text.find("<", at + 1)
    return len(text), None


def without_fragment(text: str) -> str:
    """Return a finished text without the piece of a marker at its end; a lone `<` is none."""
    at = text.rfind("<")
    return text[:at] if 0 <= at < len(text) - 1 and could_become_marker(text, at) else text
