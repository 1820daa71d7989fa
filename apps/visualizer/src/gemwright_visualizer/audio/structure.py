"""The song's parts: where one ends and the next begins, and which of them are the same music.

The cut into parts is the one with the smallest sum of what parts differ within themselves, a price for each part, and a
price for odd lengths: parts of four and eight bars are usual. Every part begins with a bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gemwright_visualizer.audio.bars import Bars
from gemwright_visualizer.records import Floats

__all__ = ["Part", "parts_of"]

SHORTEST = 4
LONGEST = 40
SHORTEST_S = 6.0
PRICE = 5.0
"""Of a part; the whole variance of a bar is 7.5 where all that is measured changes."""
SHORT_S = 16.0
"""Shorter parts cost up to three times as much."""
ODD = (0.0, 1.0, 0.6, 1.0, 0.15, 1.0, 0.6, 1.0)
"""Price of a length's remainder after division by eight."""
ALIKE = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """Bars `first` to before `last`; the same `label` where the music returns."""

    first: int
    last: int
    label: str


def parts_of(bars: Bars) -> tuple[Part, ...]:
    """Cut a song into parts and name them.

    Args:
        bars: the song.
    """
    cuts = _cuts(bars)
    labels = _labels(bars, cuts)
    return tuple(Part(a, b, label) for a, b, label in zip(cuts[:-1], cuts[1:], labels, strict=True))


def _cuts(bars: Bars) -> list[int]:
    count = bars.count
    length = float(np.median(np.diff(bars.edges)))
    shortest = max(SHORTEST if bars.counted else 1, round(SHORTEST_S / length))
    if count < 2 * shortest:
        return [0, count]
    sums = np.concatenate([np.zeros((1, bars.sound.shape[1])), np.cumsum(bars.sound, axis=0, dtype=np.float64)])
    squares = np.concatenate([[0.0], np.cumsum(np.square(bars.sound).sum(axis=1), dtype=np.float64)])
    best = np.full(count + 1, np.inf)
    best[0] = 0
    came = np.zeros(count + 1, np.int64)
    longest = max(LONGEST, 2 * shortest)
    for end in range(1, count + 1):
        first, last = max(0, end - longest), end - (1 if end == count else shortest)
        starts = np.arange(first, max(first, last + 1))
        if end == count:
            starts = starts[(starts <= end - min(shortest, 2)) | (starts == 0)]
        if not len(starts):
            continue
        sizes = end - starts
        within = squares[end] - squares[starts] - np.square(sums[end] - sums[starts]).sum(axis=1) / sizes
        odd = np.asarray(ODD)[sizes % 8] if bars.counted else np.zeros(len(sizes))
        odd = np.where((starts == 0) | (end == count), odd * 0.4, odd)
        short = np.clip(1 - (bars.edges[end] - bars.edges[starts]) / SHORT_S, 0, 1)
        total = best[starts] + within + PRICE * (1 + 0.8 * odd + 2 * short)
        chosen = int(total.argmin())
        best[end], came[end] = float(total[chosen]), int(starts[chosen])
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(came[cuts[-1]]))
    return cuts[::-1]


def _labels(bars: Bars, cuts: list[int]) -> list[str]:
    """Give parts that sound alike one letter: the distance between them counts against the song's own spread."""
    means = np.stack([bars.sound[a:b].mean(axis=0) for a, b in pairwise(cuts)])
    spread = float(np.square(bars.sound).sum(axis=1).mean()) or 1.0
    groups: list[list[int]] = []
    for index in range(len(means)):
        near = [(_apart(means, index, group) / spread, group) for group in groups]
        if near and (closest := min(near, key=lambda pair: pair[0]))[0] < ALIKE:
            closest[1].append(index)
        else:
            groups.append([index])
    names = {index: _letter(number) for number, group in enumerate(groups) for index in group}
    return [names[index] for index in range(len(means))]


def _apart(means: Floats, index: int, group: list[int]) -> float:
    centre = means[group].mean(axis=0)
    return float(np.square(means[index] - centre).sum())


def _letter(number: int) -> str:
    return chr(65 + number % 26) + (str(number // 26) if number >= 26 else "")
