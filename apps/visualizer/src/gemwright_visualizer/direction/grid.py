"""The grid that cuts lie on: the song's beats, and between them, where the song has none, points at an even distance."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gemwright_visualizer.records import Analysis

__all__ = ["Grid", "Point", "grid_of"]

_EVEN: Final = 0.6
"""Seconds between points where the song has no beat at all."""
_GAP: Final = 2.5
"""A pause longer than this many beats is filled with points of its own."""
_LISTEN: Final = 0.2
"""Seconds around a point without a beat in which an onset draws it to itself."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place for a cut.

    Attributes:
        time: seconds.
        beat: number of the beat; -1 where it is none.
        down: whether a bar begins here.
    """

    time: float
    beat: int
    down: bool


class Grid:
    """All places for a cut, in the order of time.

    Args:
        points: over the whole song.
        meter: points in a bar.
        interval: usual seconds between two points.
    """

    def __init__(self, points: Sequence[Point], meter: int, interval: float) -> None:
        self.points = tuple(points)
        self.meter = meter
        self.interval = interval
        self._times = [one.time for one in self.points]
        self._downs = [one for one in self.points if one.down]
        self._down_times = [one.time for one in self._downs]

    @property
    def bar(self) -> float:
        """Usual length of a bar in seconds."""
        return self.meter * self.interval

    def between(self, start: float, end: float) -> tuple[Point, ...]:
        """Return the points after `start` and before `end`, without those at either."""
        hair = self.interval * 0.25
        return self.points[bisect_left(self._times, start + hair) : bisect_left(self._times, end - hair)]

    def beat_at(self, time: float, within: float) -> int:
        """Return the number of the beat nearest to a time, or -1 where none is as near as `within` seconds."""
        near = self.nearest(time)
        return near.beat if near is not None and abs(near.time - time) <= within else -1

    def nearest(self, time: float, *, down: bool = False) -> Point | None:
        """Return the point (or the bar's beginning) nearest to a time."""
        points, times = (self._downs, self._down_times) if down else (self.points, self._times)
        after = bisect_left(times, time)
        return min(points[max(0, after - 1) : after + 1], key=lambda one: abs(one.time - time), default=None)

    def bars(self, start: float, end: float) -> float:
        """Return how many bars long a stretch is, by its beats where it has them."""
        first, last = self.nearest(start), self.nearest(end)
        if first is not None and last is not None and min(first.beat, last.beat) >= 0 and last.beat > first.beat:
            return (last.beat - first.beat) / self.meter
        return (end - start) / self.bar


def grid_of(analysis: Analysis) -> Grid:
    """Return the grid of a song; bars go on by the meter where no downbeat was found."""
    rhythm = analysis.rhythm
    meter = min(12, max(2, rhythm.meter))
    beats = sorted({round(one, 6) for one in rhythm.beats if 0 <= one < analysis.duration})
    if len(beats) < 2:
        return Grid(_fill(analysis, 0.0, analysis.duration, _EVEN, 4), 4, _EVEN)
    interval = float(np.median(np.diff(beats)))
    downs = _downbeats(beats, rhythm.downbeats, meter)
    points: list[Point] = []
    if beats[0] > _GAP * interval:
        points += _fill(analysis, 0.0, beats[0], interval, meter)
    for number, beat in enumerate(beats):
        points.append(Point(beat, number, number in downs))
        following = beats[number + 1] if number + 1 < len(beats) else analysis.duration
        if following - beat > _GAP * interval:
            points += _fill(analysis, beat, following, interval, meter)[1:]
    return Grid(points, meter, interval)


def _downbeats(beats: list[float], given: tuple[float, ...], meter: int) -> set[int]:
    """Return the numbers of the beats that begin a bar, with every long way between two of them filled by the meter."""
    marked = sorted({_nearest_index(beats, one) for one in given}) or [0]
    found: set[int] = set(range(marked[0], -1, -meter))
    for here, following in zip(marked, [*marked[1:], len(beats)], strict=True):
        found.add(here)
        found.update(one for one in range(here + meter, following, meter) if following - one > meter // 2)
    return found


def _nearest_index(beats: list[float], time: float) -> int:
    after = bisect_left(beats, time)
    choices = [one for one in (after - 1, after) if 0 <= one < len(beats)]
    return min(choices, key=lambda one: abs(beats[one] - time))


def _fill(analysis: Analysis, start: float, end: float, interval: float, meter: int) -> list[Point]:
    """Return points at an even distance, each drawn to the strongest onset nearby, a bar beginning with every `meter`-th."""
    features = analysis.features
    onset = np.nan_to_num(np.maximum(np.maximum(features.onset_low, features.onset_mid), features.onset_high))
    count = int((end - start) / interval)
    points: list[Point] = []
    for step in range(count):
        time = start + step * interval
        if step and onset.size:
            reach = min(_LISTEN, interval / 3)
            begin = max(0, int((time - reach) / features.hop))
            window = onset[begin : int((time + reach) / features.hop) + 1]
            if window.size and window.max() > 0.2:
                time = (begin + int(window.argmax())) * features.hop
        points.append(Point(time, -1, step % meter == 0))
    return points
