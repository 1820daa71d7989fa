"""Where something begins: rises of energy in bands, low, middle and high.

A rise counts against the strongest of the neighbouring bands a moment before, so that a voice that bends its pitch begins
only once (the idea of Böck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gemwright_visualizer.audio.spectra import BANDS, EDGES
from gemwright_visualizer.filters import highest_around
from gemwright_visualizer.records import Floats

__all__ = ["Onsets", "measure_onsets"]

LAG = 2
"""Rows between the two spectra that are compared."""
LOUD_SHARE = 99.0
STEEPNESS = 300.0
"""How far the logarithm reaches down below the song's loud passages."""
LOW_HZ, HIGH_HZ = 180.0, 2500.0


@dataclass(frozen=True, slots=True)
class Onsets:
    """Rises in three ranges, a value for each row, not yet scaled."""

    low: Floats
    mid: Floats
    high: Floats


def measure_onsets(bands: Floats) -> Onsets:
    """Find the rises.

    Args:
        bands: rows by `BANDS`, magnitude.
    """
    loud = float(np.percentile(bands.max(axis=1), LOUD_SHARE)) or 1.0
    steep = np.log1p(bands * np.float32(STEEPNESS / loud))
    around = highest_around(np.ascontiguousarray(steep.T), 3).T
    rise = np.zeros_like(steep)
    rise[LAG:] = np.maximum(steep[LAG:] - around[:-LAG], 0)
    # The rise between two rows lies in their middle.
    rise[: -LAG // 2] = rise[LAG // 2 :]
    centres = EDGES[1 : BANDS + 1]
    parts = [
        rise[:, chosen].mean(axis=1)
        for chosen in (centres < LOW_HZ, (centres >= LOW_HZ) & (centres < HIGH_HZ), centres >= HIGH_HZ)
    ]
    low, mid, high = (part.astype(np.float32) for part in parts)
    return Onsets(low, mid, high)
