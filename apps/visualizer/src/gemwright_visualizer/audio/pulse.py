"""A second opinion on the beats, by another method, so that agreement means something.

Dynamic programming over onsets with one assumed tempo (Ellis, "Beat tracking by dynamic programming", 2007).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.spectra import FPS
from gemwright_visualizer.records import Floats

__all__ = ["agreement", "second_opinion"]

TIGHTNESS = 100.0
NEAR_S = 0.05


def second_opinion(pulse: Floats) -> NDArray[np.float64]:
    """Return beats in seconds.

    Args:
        pulse: onset strength, a value for each row.
    """
    strength = np.minimum(pulse, 8).astype(np.float64)
    strength /= strength.std() + 1e-9
    lag = _lag(strength)
    reach = np.arange(-2 * lag, -(lag // 2) + 1)
    cost = -TIGHTNESS * np.log(-reach / lag) ** 2
    rows = len(strength)
    total = np.zeros(rows + 2 * lag)
    came = np.full(rows, -1, np.int64)
    # Whole stretches of half a beat at once: no row in one depends on another row in it.
    size = max(1, lag // 2 - 1)
    for start in range(0, rows, size):
        here = np.arange(start, min(rows, start + size))
        options = total[here[:, None] + reach + 2 * lag] + cost
        best = options.argmax(axis=1)
        total[here + 2 * lag] = strength[here] + options[np.arange(len(here)), best]
        came[here] = here + reach[best]
    row = int(np.argmax(total[-lag:])) + rows - lag
    found: list[int] = []
    while row >= 0:
        found.append(row)
        row = int(came[row])
    return np.asarray(found[::-1], np.float64) / FPS


def _lag(strength: NDArray[np.float64]) -> int:
    """Return the rows after which the song resembles itself most, near half a second."""
    kept = strength - strength.mean()
    size = 1 << int(2 * len(kept) - 1).bit_length()
    repeats = np.fft.irfft(np.abs(np.fft.rfft(kept, size)) ** 2, size)[: 2 * FPS]
    lags = np.arange(25, 110)
    weight = np.exp(-0.5 * (np.log2(lags / 50) / 0.9) ** 2)
    return int(lags[np.argmax(repeats[lags] * weight)])


def agreement(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Return from 0 to 1 how far two grids agree; another octave or the off-beat counts for two thirds.

    Args:
        ours: seconds.
        theirs: seconds.
    """
    if len(ours) < 4 or len(theirs) < 4:
        return 0.0
    middle = (ours[:-1] + ours[1:]) / 2
    both = np.sort(np.concatenate([ours, middle]))
    views = ((ours, 1.0), (ours[::2], 0.67), (ours[1::2], 0.67), (both, 0.67), (middle, 0.67))
    return max(_shared(view, theirs) * worth for view, worth in views)


def _shared(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    place = np.clip(np.searchsorted(second, first), 1, len(second) - 1)
    gap = np.minimum(np.abs(second[place] - first), np.abs(second[place - 1] - first))
    hits = float(np.count_nonzero(gap < NEAR_S))
    return 2 * hits / (len(first) + len(second))
