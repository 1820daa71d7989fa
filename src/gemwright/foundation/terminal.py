"""What a text can do to a terminal, and how many columns it takes there.

Text of a model, a tool or a file may hold sequences that move the cursor, change the title, set the clipboard or turn
the reading direction round. Here they become visible names such as `<U+001B>`. Each character is judged alone, so a
stream can be cleaned piece by piece.

Source: ECMA-48 for control characters, UAX #9 for bidirectional formatting.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["columns", "harmless", "visible"]

_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f"  # all but tab and line feed
_DIRECTIONS: Final = "\u202a-\u202e\u2066-\u2069"
_LINE_BREAKS: Final = "\u2028\u2029"
_HALVES: Final = "\ud800-\udfff"
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_DRIVES: Final = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_LINE_BREAKS}{_HALVES}]")
_DRIVES_OR_HIDES: Final = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_LINE_BREAKS}{_HALVES}{_UNSEEN}]")


def harmless(text: str) -> str:
    """Return a text that cannot drive a terminal.

    Control characters but tab and line feed, marks that turn the reading direction, and halves of characters are shown
    by their numbers.
    """
    return _DRIVES.sub(_name, text)


def visible(text: str) -> str:
    """Return a harmless text in which characters that take no room are shown as well: joiners, soft hyphens, tags."""
    return _DRIVES_OR_HIDES.sub(_name, text)


def _name(match: re.Match[str]) -> str:
    return f"<U+{ord(match[0]):04X}>"


def columns(text: str) -> int:
    """Return how many columns a terminal needs for a line of text: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
