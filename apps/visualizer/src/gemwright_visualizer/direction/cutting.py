"""Where the film is cut: shot lengths in bars by each section's pace, every cut on a beat, none too close or too far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from gemwright_visualizer.direction.grid import Grid, Point
from gemwright_visualizer.records import RATE, Moment, Pace, Rate, Section

__all__ = ["EARLY", "LONGEST", "SHORTEST", "Cut", "cuts_of", "frame_at", "frame_count"]

LONGEST: Final = 16.0
"""Seconds that a shot may take."""
SHORTEST: Final = 0.4
"""Seconds that a shot must take."""
EARLY: Final = 2
"""Frames that an anticipated cut comes before its beat."""
BARS: Final[dict[Rate, float]] = {"hold": 8, "slow": 4, "medium": 2, "fast": 1, "frantic": 0.5}
"""Length of a shot in bars."""
_PER_MINUTE: Final = 80
_PHRASE: Final = 16
"""Bars in which there is one longer shot."""
_BREATH_AT: Final = 8
_BREATH: Final[dict[Rate, float]] = {"medium": 4, "fast": 2, "frantic": 2}


@dataclass(frozen=True, slots=True)
class Cut:
    """A shot's beginning.

    Attributes:
        time: seconds, where the music has it.
        frame: the film's frame, which may be a little earlier.
        section: index of its section.
        boundary: whether the section, or a drop, begins here.
    """

    time: float
    frame: int
    section: int
    boundary: bool


def frame_count(duration: float, fps: Fraction) -> int:
    """Return how many frames cover a song: the last one begins before its end. At least one."""
    return max(1, math.ceil(Fraction(round(duration * RATE), RATE) * fps))


def frame_at(time: float, fps: Fraction) -> int:
    """Return the frame that begins nearest to a time in seconds."""
    return math.floor(Fraction(time).limit_denominator(10**9) * fps + Fraction(1, 2))


def cuts_of(
    sections: Sequence[Section],
    paces: Sequence[Pace],
    grid: Grid,
    moments: Sequence[Moment],
    fps: Fraction,
    frames: int,
) -> tuple[Cut, ...]:
    """Return the beginnings of all shots, the first of them frame 0.

    Args:
        sections: in the song's order; what lies before the first belongs to it.
        paces: one for each section.
        grid: where cuts may lie.
        moments: a drop that a section does not begin with is cut to as well.
        fps: frames a second.
        frames: of the film.
    """
    seconds = float(frames / fps)
    marks = _boundaries(sections, grid, moments, seconds)
    planned: list[Cut] = []
    bars = 0.0
    for number, (start, index) in enumerate(marks):
        end = marks[number + 1][0] if number + 1 < len(marks) else seconds
        pace, section = paces[index], sections[index]
        early = EARLY if pace.anticipate and section.role != "drop" and start > 0 else 0
        planned.append(Cut(start, max(0, frame_at(start, fps) - early), index, boundary=True))
        for point in _inside(start, end, section, pace, grid, bars):
            frame = frame_at(point, fps) - (EARLY if pace.anticipate else 0)
            planned.append(Cut(point, frame, index, boundary=False))
        bars = (bars + (end - start) / grid.bar) % _PHRASE
    return tuple(_thinned(_apart(planned, fps, frames), fps))


def _boundaries(
    sections: Sequence[Section], grid: Grid, moments: Sequence[Moment], seconds: float
) -> list[tuple[float, int]]:
    """Return time and section of every cut that has to be, in order, none closer than a shot may be short."""
    marks: list[tuple[float, int]] = [(0.0, 0)]
    marks += [(one.start, index) for index, one in enumerate(sections) if index and 0 < one.start < seconds]
    for moment in moments:
        if moment.kind != "drop" or not 0 < moment.start < seconds:
            continue
        near = grid.nearest(moment.start, down=True)
        time = near.time if near is not None and abs(near.time - moment.start) <= grid.interval else moment.start
        index = max((i for i, one in enumerate(sections) if one.start <= time + 1e-6), default=0)
        if all(abs(time - at) >= grid.interval for at, _ in marks):
            marks.append((time, index))
    marks.sort()
    kept: list[tuple[float, int]] = []
    for time, index in marks:
        if kept and time - kept[-1][0] < SHORTEST:
            if kept[-1][0] > 0:
                kept[-1] = (kept[-1][0], index)  # a section too short for a shot is not shown
            continue
        if seconds - time >= SHORTEST or not kept:
            kept.append((time, index))
    return kept


def _inside(start: float, end: float, section: Section, pace: Pace, grid: Grid, bars: float) -> list[float]:
    """Return the times of the cuts inside a stretch of one section."""
    found: list[float] = []
    here = start
    while end - here > SHORTEST * 2:
        progress = (here - section.start) / max(section.end - section.start, 1e-6)
        length = _length(section, pace, progress, (bars + (here - start) / grid.bar) % _PHRASE, grid)
        target = _target(here, end, length, grid)
        if target is None:
            break
        found.append(target)
        here = target
    return found


def _length(section: Section, pace: Pace, progress: float, bar: float, grid: Grid) -> float:
    """Return how many bars the shot that begins here lasts."""
    rate = pace.rate
    length = BARS[rate]
    if section.role == "build" and rate not in ("hold", "slow"):
        length = BARS["medium"] if progress < 0.45 else BARS["fast"] if progress < 0.7 else BARS["frantic"]
    elif rate in _BREATH and _BREATH_AT - 1e-3 <= bar < _BREATH_AT + length - 1e-3:
        length = _BREATH[rate]
    while length * grid.bar > LONGEST:
        length /= 2
    while length * grid.bar < 60 / _PER_MINUTE:
        length *= 2
    return length


def _target(here: float, end: float, length: float, grid: Grid) -> float | None:
    """Return where the next cut lies, or None where the stretch goes on to its end without one."""
    wanted = length * grid.bar
    rest = end - here
    if rest <= min(LONGEST, wanted * 1.5):
        return None
    points = [one for one in grid.between(here + SHORTEST, min(end - SHORTEST, here + LONGEST)) if one.time > here]
    if length >= 1:
        points = [one for one in points if one.down] or points
    least = 0.5 * wanted
    choices = [one for one in points if one.time - here >= least]
    if not choices:
        return here + rest / math.ceil(rest / LONGEST) if rest > LONGEST else None
    best: Point = min(choices, key=lambda one: abs(one.time - here - wanted))
    return best.time


def _apart(planned: Sequence[Cut], fps: Fraction, frames: int) -> list[Cut]:
    """Leave out cuts that would make a shot too short; a section's beginning wins over what lies before it."""
    least = math.ceil(Fraction(2, 5) * fps)
    kept: list[Cut] = []
    for cut in sorted(planned, key=lambda one: (one.frame, one.time)):
        if kept and cut.frame - kept[-1].frame < least:
            if cut.boundary and not kept[-1].boundary and len(kept) > 1:
                kept[-1] = cut
            continue
        if kept and frames - cut.frame < least:
            continue
        kept.append(cut)
    while len(kept) > 1 and kept[1].frame - kept[0].frame < least:
        del kept[1]
    return kept


def _thinned(cuts: Sequence[Cut], fps: Fraction) -> list[Cut]:
    """Leave out cuts inside sections while any minute holds more than eighty."""
    kept: list[Cut] = []
    minute = math.floor(60 * fps)
    for cut in cuts:
        recent = sum(1 for one in kept[-_PER_MINUTE - 1 :] if cut.frame - one.frame < minute)
        if recent >= _PER_MINUTE and not cut.boundary:
            continue
        kept.append(cut)
    return kept
