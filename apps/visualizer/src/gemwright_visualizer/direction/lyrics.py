"""When each sung line is on the screen: whole, alone, and long enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gemwright_visualizer.records import Line, Word

__all__ = ["LEAST", "line_in", "placed"]

LEAST: Final = 1.0
"""Seconds that a line is on the screen at least."""
_A_LETTER: Final = 0.045
"""Seconds that reading a letter takes."""
_LONGEST_LINE: Final = 90
"""Letters up to which two quick lines are shown as one."""
_LINGER: Final = 6.0
"""Seconds after which a line goes although nothing follows."""


def placed(lines: Sequence[Line], duration: float) -> tuple[Line, ...]:
    """Return the lines with times that can be read: in order, one at a time, each on the screen for a second at least.

    A line that the next one follows too soon is shown together with it, or else begins earlier, or its follower begins
    later; empty ones and what lies beyond the song's end is left out.

    Args:
        lines: as sung.
        duration: of the song in seconds.
    """
    kept = [one for one in sorted(lines, key=lambda one: one.start) if one.text.strip() and 0 <= one.start < duration]
    joined: list[Line] = []
    for one in kept:
        if joined and one.start - joined[-1].start < LEAST:
            last = joined[-1]
            if last.text == one.text:
                continue
            if len(last.text) + len(one.text) + 3 <= _LONGEST_LINE:
                joined[-1] = _together(last, one)
                continue
            one = replace(one, start=last.start + LEAST)
        joined.append(one)
    shown: list[Line] = []
    for number, one in enumerate(joined):
        following = joined[number + 1].start if number + 1 < len(joined) else duration
        wanted = max(one.end, one.start + max(LEAST, _A_LETTER * len(one.text)))
        end = min(wanted, following, duration, max(one.start + _LINGER, one.end))
        if end - one.start < LEAST:
            start = max(shown[-1].end if shown else 0.0, end - LEAST)
            if end - start < LEAST - 1e-6:
                continue
            one = replace(one, start=start)
        shown.append(replace(one, end=end))
    return tuple(shown)


def _together(first: Line, second: Line) -> Line:
    words = first.words or (Word(first.start, first.text),)
    more = second.words or (Word(second.start, second.text),)
    return Line(
        first.start,
        max(first.end, second.end),
        f"{first.text} / {second.text}",
        (*words, *more) if first.words or second.words else (),
        first.approximate or second.approximate,
    )


def line_in(lines: Sequence[Line], start: float, end: float) -> str:
    """Return the line that is seen longest between two times, or an empty text."""
    best, longest = "", 0.25
    for one in lines:
        seen = min(one.end, end) - max(one.start, start)
        if seen > longest:
            best, longest = one.text, seen
    return best
