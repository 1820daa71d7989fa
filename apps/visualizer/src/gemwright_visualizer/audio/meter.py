"""How many beats make a bar, and which beat begins it: by vote over the whole song."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.evidence import Evidence
from gemwright_visualizer.records import Floats

__all__ = ["vote"]

METERS = (4, 3, 5, 2)
FAVOUR = {4: 0.12, 3: 0.0, 5: -0.08, 2: -0.05}
"""What a meter has ahead of the others before anything is heard: most music has four beats to a bar."""

ACCENTS = (0.6, 0.2, 0.15, 0.8, 0.7, 0.3)
"""What a beat that begins a bar has more of, in the order of `_described`: low strokes, and above all new chords."""


def vote(beats: NDArray[np.float64], evidence: Evidence) -> tuple[int, NDArray[np.bool_]]:
    """Return the beats in a bar and, for each beat, whether it begins one.

    Args:
        beats: seconds; none left out.
        evidence: of the song.
    """
    rows = _described(beats, evidence)
    begins = np.zeros(len(beats), bool)
    if len(beats) < 8:
        begins[::4] = True
        return 4, begins
    meter = max(METERS, key=lambda size: _recurs(rows, size) + FAVOUR[size])
    accent = rows @ np.array(ACCENTS, np.float32)
    first = int(np.argmax([float(accent[start::meter].mean()) for start in range(meter)]))
    begins[first::meter] = True
    return meter, begins


def _described(beats: NDArray[np.float64], evidence: Evidence) -> Floats:
    """Return low, mid and high onsets and three kinds of change at each beat, each with mean 0 and deviation 1."""
    curves = (evidence.low, evidence.mid, evidence.high, evidence.harmony, evidence.chords, evidence.news)
    padded = np.clip(beats, 0.03, max(0.03, len(evidence.level) / 100 - 0.04))
    table = np.stack([np.log(evidence.at(curve, padded) + 0.05) for curve in curves], axis=1)
    return ((table - table.mean(axis=0)) / (table.std(axis=0) + 1e-3)).astype(np.float32)


def _recurs(rows: Floats, size: int) -> float:
    """Return how alike beats are that lie whole bars apart, against beats that do not."""
    if len(rows) < 4 * size:
        return -1.0
    total = 0.0
    lags = [size, 2 * size]
    for lag in lags:
        total += float((rows[lag:] * rows[:-lag]).mean())
    others = [lag for lag in range(1, 2 * size + 1) if lag % size]
    against = [float((rows[lag:] * rows[:-lag]).mean()) for lag in others]
    return total / len(lags) - float(np.mean(against))
