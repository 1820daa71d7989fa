"""The song bar by bar: where bars begin, and what each sounds like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.onsets import Onsets
from gemwright_visualizer.audio.spectra import FPS, Spectra
from gemwright_visualizer.filters import cosine_transform
from gemwright_visualizer.records import Floats, Rhythm

__all__ = ["Bars", "bars_of"]

UNIT_S = 2.0
"""A bar where there are no beats."""
MOST = 3000
"""More bars are joined two and two until there are fewer."""
COEFFICIENTS = 13


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars and their sound.

    Attributes:
        edges: seconds; one more than there are bars, from 0 to the song's end.
        counted: whether they come from beats.
        sound: bars by values, each value with mean 0 and deviation 1 over the song, weighted: timbre, harmony, level, onsets.
        chroma: bars by 12.
        level: dB.
        strokes: mean onset strength, low, mid and high.
    """

    edges: NDArray[np.float64]
    counted: bool
    sound: Floats
    chroma: Floats
    level: Floats
    strokes: Floats

    @property
    def count(self) -> int:
        """How many bars there are."""
        return len(self.edges) - 1


def bars_of(spectra: Spectra, onsets: Onsets, rhythm: Rhythm, duration: float) -> Bars:
    """Cut the song into bars and describe each.

    Args:
        spectra: its rows.
        onsets: its rises.
        rhythm: its grid.
        duration: seconds.
    """
    edges, counted = _edges(rhythm, duration)
    rows = np.unique(np.clip(np.round(edges * FPS).astype(np.int64), 0, len(spectra.bands)))
    if len(rows) != len(edges):
        edges = rows / FPS
        edges[-1] = duration
    starts, sizes = rows[:-1], np.diff(rows)[:, None].astype(np.float32)

    def mean(curve: Floats) -> Floats:
        table = curve if curve.ndim == 2 else curve[:, None]
        return (np.add.reduceat(table[: rows[-1]], starts, axis=0) / sizes).astype(np.float32)

    loud = float(np.percentile(spectra.bands.max(axis=1), 99)) or 1.0
    shape = mean(np.log1p(spectra.bands * np.float32(1000 / loud)))
    timbre = cosine_transform(shape)[:, 1:COEFFICIENTS]
    chroma = mean(spectra.chroma)
    level = 20 * np.log10(np.sqrt(mean(np.square(spectra.level))) + np.float32(1e-4))
    strokes = np.concatenate([mean(curve) for curve in (onsets.low, onsets.mid, onsets.high)], axis=1)
    sound = np.concatenate(
        [
            _standard(timbre) * np.float32((3.0 / timbre.shape[1]) ** 0.5),
            _standard(chroma) * np.float32((1.0 / 12) ** 0.5),
            _standard(level) * np.float32(1.5**0.5),
            _standard(np.log(strokes + 0.02 * strokes.max() + 1e-6)) * np.float32((2.0 / 3) ** 0.5),
        ],
        axis=1,
    )
    return Bars(edges, counted, sound.astype(np.float32), chroma, level[:, 0].astype(np.float32), strokes)


def _standard(table: Floats) -> Floats:
    """Give each column mean 0 and deviation 1; far outliers are held at 3."""
    spread = table.std(axis=0)
    return np.clip((table - table.mean(axis=0)) / (spread + 1e-4 + 0.02 * float(spread.max())), -3, 3)


def _edges(rhythm: Rhythm, duration: float) -> tuple[NDArray[np.float64], bool]:
    downbeats = np.asarray(rhythm.downbeats, np.float64)
    if len(downbeats) < 5:
        count = max(1, round(duration / UNIT_S))
        return np.linspace(0, duration, count + 1), False
    usual = float(np.median(np.diff(downbeats)))
    edges = [float(downbeats[0])]
    for downbeat in downbeats[1:]:
        gap = float(downbeat) - edges[-1]
        pieces = max(1, round(gap / usual))
        start = edges[-1]
        edges += [start + gap * (piece + 1) / pieces for piece in range(pieces)]
    while edges[0] > 0.5 * usual:
        edges.insert(0, max(0.0, edges[0] - usual))
    edges[0] = 0.0
    while duration - edges[-1] > 1.5 * usual:
        edges.append(edges[-1] + usual)
    if duration - edges[-1] < 0.5 * usual and len(edges) > 2:
        edges.pop()
    edges.append(duration)
    while len(edges) - 1 > MOST:
        edges = [*edges[:-1:2], edges[-1]]
    return np.asarray(edges), True
