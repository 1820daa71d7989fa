"""What speaks for a grid of beats: onsets, drums, changes of harmony, and how regular all of it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.onsets import Onsets
from gemwright_visualizer.audio.spectra import BANDS, EDGES, FPS, Spectra
from gemwright_visualizer.filters import smoothed
from gemwright_visualizer.records import Floats

__all__ = ["Evidence", "gather"]

AROUND = 8.0
"""Seconds over which an onset's strength is compared with its surroundings, so that quiet passages count too."""
SMALL = 0.02
PRIOR_WEIGHT = 4.0


def _relative(curve: Floats) -> Floats:
    """Divide a curve by its own mean over the surrounding seconds."""
    size = round(AROUND * FPS)
    total = np.concatenate([[0.0], np.cumsum(curve, dtype=np.float64)])
    rows = np.arange(len(curve))
    start, end = np.maximum(rows - size // 2, 0), np.minimum(rows + size // 2, len(curve))
    mean = (total[end] - total[start]) / np.maximum(end - start, 1)
    return (curve / (mean + 0.1 * float(curve.mean()) + 1e-9)).astype(np.float32)


def change(rows: Floats, reach: int) -> Floats:
    """Return how much the mean of the `reach` rows after differs from the mean of those before."""
    count = len(rows)
    total = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    here = np.arange(count)
    before = (total[here] - total[np.maximum(here - reach, 0)]) / reach
    after = (total[np.minimum(here + reach, count)] - total[here]) / reach
    return np.abs(after - before).sum(axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Curves that a grid is held against; a value for each row.

    Attributes:
        pulse: all onsets, relative to the surrounding seconds.
        low, mid, high: the same in three ranges.
        together: their geometric mean: strokes that are everywhere at once.
        drum: low strokes that die at once, as bass drums do and bass notes do not.
        harmony: change of chroma within three tenths of a second.
        chords: change of chroma over more than a second.
        news: change of everything over a second.
        level: root mean square.
    """

    pulse: Floats
    low: Floats
    mid: Floats
    high: Floats
    together: Floats
    drum: Floats
    harmony: Floats
    chords: Floats
    news: Floats
    level: Floats

    def at(self, curve: Floats, times: NDArray[np.float64]) -> Floats:
        """Return the mean of a curve within two rows of each time."""
        rows = np.round(times * FPS).astype(np.int64)
        rows = rows[(rows >= 2) & (rows < len(curve) - 2)]
        return curve[rows[:, None] + np.arange(-2, 3)].mean(axis=1) if len(rows) else np.zeros(1, np.float32)

    def ratio(self, curve: Floats, here: NDArray[np.float64], there: NDArray[np.float64]) -> float:
        """Return by how much a curve is higher at some times than at others, as a logarithm."""
        return float(np.log((self.at(curve, here).mean() + SMALL) / (self.at(curve, there).mean() + SMALL)))

    def margin(self, beats: NDArray[np.float64], between: NDArray[np.float64]) -> float:
        """Return how much better one grid is than the one half a beat off; negative where it is worse."""
        score = 1.5 * np.clip(self.ratio(self.harmony, beats, between), -1, 1)
        score += 0.5 * np.clip(self.ratio(self.together, beats, between), -1, 1)
        score += 0.3 * np.clip(self.ratio(self.drum, beats, between), -1, 1)
        return float(score)

    def levels(self, beats: NDArray[np.float64]) -> tuple[float, float, float]:
        """Return, as logarithms, the strength of the stronger half of the beats, the weaker half, and what is between."""
        values = self.at(self.together, beats)
        halves = sorted((float(values[::2].mean()), float(values[1::2].mean())), reverse=True)
        middle = float(self.at(self.together, (beats[:-1] + beats[1:]) / 2).mean())
        strong, weak, between = (float(np.log(value + SMALL)) for value in (*halves, middle))
        return strong, weak, between

    def stronger_half(self, beats: NDArray[np.float64]) -> int:
        """Return 0 where the even beats are the stronger ones, else 1."""
        values = self.at(self.together, beats)
        return int(values[1::2].mean() > values[::2].mean())

    def clarity(self, beats: NDArray[np.float64]) -> float:
        """Return from 0 to 1 how far the beats stand out from everything else."""
        on = float(np.median(self.at(self.pulse, beats)))
        everywhere = float(np.mean(self.pulse))
        return float(np.clip(on / (everywhere + 1e-9) / 2.0 - 0.25, 0, 1))

    def tempo_prior(self, tempi: NDArray[np.float64]) -> Floats:
        """Return, for each tempo, a logarithm of how well the song repeats after one, two and four of its beats."""
        kept = self.pulse - self.pulse.mean()
        size = 1 << int(2 * len(kept) - 1).bit_length()
        spectrum = np.abs(np.fft.rfft(np.minimum(kept, 8), size)) ** 2
        repeats = np.fft.irfft(spectrum, size)[: min(len(kept), 8 * FPS)]
        repeats = smoothed((repeats / (repeats[0] + 1e-9)).astype(np.float32), 1.5)
        lags = 60 * FPS / tempi
        score = sum(np.interp(lags * times, np.arange(len(repeats)), repeats) for times in (1, 2, 4))
        shape = -0.5 * (np.log2(tempi / 115) / 1.2) ** 2
        return (PRIOR_WEIGHT * np.asarray(score) / 3 + 0.3 * shape).astype(np.float32)


def gather(spectra: Spectra, onsets: Onsets) -> Evidence:
    """Make the curves.

    Args:
        spectra: the song's rows.
        onsets: its rises.
    """
    low, mid, high = (_relative(smoothed(curve, 1.0)) for curve in (onsets.low, onsets.mid, onsets.high))
    together = np.cbrt((low + 0.05) * (mid + 0.05) * (high + 0.05)).astype(np.float32)
    loud = float(np.percentile(spectra.bands.max(axis=1), 99)) or 1.0
    deep = EDGES[1 : BANDS + 1] < 130
    shape = np.log1p(spectra.bands * np.float32(300 / loud))
    energy = shape[:, deep].mean(axis=1)
    rise = np.maximum(0, np.roll(energy, -3) - np.roll(energy, 3))
    fall = np.maximum(0, np.roll(energy, -4) - np.roll(energy, -20))
    return Evidence(
        pulse=(low + mid + high).astype(np.float32),
        low=low,
        mid=mid,
        high=high,
        together=together,
        drum=np.minimum(rise, fall).astype(np.float32),
        harmony=change(spectra.chroma, 30),
        chords=change(spectra.chroma, 120),
        news=change(shape, 100),
        level=spectra.level,
    )
