"""The last milliseconds: rows are ten of them apart and windows forty long, but a cut has to fall on the stroke itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.filters import smoothed
from gemwright_visualizer.records import Floats

__all__ = ["exact"]

REACH = 40
"""Milliseconds before and after a beat in which its stroke may begin."""
RISE = 4


def exact(beats: NDArray[np.float64], fine: Floats) -> NDArray[np.float64]:
    """Move a grid by the few milliseconds that lie between it and the strokes, the same for all beats.

    The strokes of all beats are laid over each other: what rises most steeply is where they begin.

    Args:
        beats: seconds.
        fine: a value each millisecond, see `Spectra.fine`.
    """
    places = np.round(beats * 1000).astype(np.int64)
    inside = (places >= REACH + RISE) & (places < len(fine) - REACH - RISE)
    if int(inside.sum()) < 8:
        return beats
    around = fine[places[inside, None] + np.arange(-REACH - RISE, REACH + RISE)]
    top = around.max(axis=1, keepdims=True)
    loud = top[:, 0] > 0.1 * float(np.median(top))
    heights = np.log1p(30 * around[loud] / (top[loud] + 1e-12)).mean(axis=0)
    total = np.concatenate([[0.0], np.cumsum(heights, dtype=np.float64)])
    here = np.arange(RISE, len(heights) - RISE)
    rise = (total[here + RISE] - 2 * total[here] + total[here - RISE]) / RISE
    rise = smoothed(rise.astype(np.float32), 1.0)
    best = int(rise.argmax())
    if rise[best] < 2.5 * float(np.abs(rise).mean()):
        return beats
    rest = float(np.mean(beats[inside] * 1000 - places[inside]))
    shift = (best - REACH - rest) / 1000
    return np.maximum(beats + shift, 0.0)
