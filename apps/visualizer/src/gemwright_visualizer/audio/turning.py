"""A second vote on which beat begins a bar: music that becomes another does so on a bar line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gemwright_visualizer.audio.evidence import change
from gemwright_visualizer.audio.spectra import FPS
from gemwright_visualizer.records import Floats, Rhythm

__all__ = ["turned"]

LEAST_CUTS = 3
LEAD = 1.3
"""How much more must change on another beat of the bar before the bar lines move there."""


def turned(rhythm: Rhythm, cuts: Sequence[float], bands: Floats) -> Rhythm:
    """Move the bar lines by some beats where the parts of the song say so.

    Args:
        rhythm: the grid.
        cuts: seconds of the bar lines on which parts begin.
        bands: the song's rows.

    Returns:
        The grid with other downbeats, or the same one.
    """
    beats = np.asarray(rhythm.beats)
    if len(cuts) < LEAST_CUTS or rhythm.meter < 2 or len(beats) < 16:
        return rhythm
    loud = float(np.percentile(bands.max(axis=1), 99)) or 1.0
    news = change(np.log1p(bands * np.float32(300 / loud)), FPS)
    places = np.abs(beats[None, :] - np.asarray(cuts)[:, None]).argmin(axis=1)
    half = rhythm.meter // 2
    scores: dict[int, float] = {}
    for shift in range(-half, rhythm.meter - half):
        moved = np.clip(places + shift, 0, len(beats) - 1)
        rows = np.clip(np.round(beats[moved] * FPS).astype(np.int64), 0, len(news) - 1)
        scores[shift] = float(news[rows].mean())
    best = max(scores, key=lambda shift: scores[shift])
    if best == 0 or scores[best] < LEAD * scores[0]:
        return rhythm
    index = {beat: place for place, beat in enumerate(rhythm.beats)}
    moved = [index[beat] + best for beat in rhythm.downbeats]
    return replace(rhythm, downbeats=tuple(rhythm.beats[place] for place in moved if 0 <= place < len(beats)))
