"""Whether what is written on the pictures can be read: contrast, and room to the edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from gemwright_visualizer.records import Storyboard
from gemwright_visualizer.verifying.checks import Check, at_least

__all__ = ["Captions", "check_type"]

_CONTRAST: Final = 4.5
"""WCAG 2.2, success criterion 1.4.3."""
_EDGE: Final = 0.05
"""Share of each side that stays free at each edge: the safe title area of SMPTE ST 2046-1."""
_MOST: Final = 60


class _Caption(Protocol):
    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def bottom(self) -> float: ...
    @property
    def contrast(self) -> float: ...


Captions = Callable[[int], Sequence[_Caption]]
"""Returns what is written on a frame."""


def check_type(board: Storyboard, captions: Captions) -> list[Check]:
    """Check the lines of the lyrics where they stand, at most sixty of them, each in the middle of its time.

    Args:
        board: the plan.
        captions: tells what is written on a frame, and where.
    """
    lines = board.lines[:: max(1, -(-len(board.lines) // _MOST))]
    frames = [round((line.start + line.end) / 2 * float(board.fps)) for line in lines]
    found = [one for frame in frames if 0 <= frame < board.frames for one in captions(frame)]
    wide, tall = board.width * _EDGE, board.height * _EDGE
    safe = [
        one.left >= wide and one.top >= tall and one.right <= board.width - wide and one.bottom <= board.height - tall
        for one in found
    ]
    nothing = "" if found else "no line is shown"
    return [
        at_least(
            "type",
            "contrast",
            "Least contrast of a line",
            min((one.contrast for one in found), default=None),
            _CONTRAST,
            ":1",
            nothing,
        ),
        at_least(
            "type",
            "safe area",
            "Lines inside the safe area",
            100 * sum(safe) / len(safe) if safe else None,
            100,
            "%",
            nothing,
        ),
    ]
