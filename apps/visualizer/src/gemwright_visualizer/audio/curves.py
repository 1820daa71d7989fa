"""The curves that pictures are driven by: scaled to the song itself, quick to rise and slow to fall, so that nothing jitters."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.audio.onsets import Onsets
from gemwright_visualizer.audio.spectra import BANDS, EDGES, FPS, Spectra
from gemwright_visualizer.filters import smoothed
from gemwright_visualizer.records import Features, Floats

__all__ = ["features_of"]

SPLITS = (90.0, 250.0, 800.0, 2500.0, 6000.0)
"""Hz between the six bands."""
RELEASE_S = 0.14
ONSET_RELEASE_S = 0.05
SILENT = 3e-5


def features_of(spectra: Spectra, onsets: Onsets, momentary: Floats) -> Features:
    """Make the curves.

    Args:
        spectra: the song's rows.
        onsets: its rises.
        momentary: its loudness.
    """
    heard = spectra.level > SILENT
    return Features(
        hop=1 / FPS,
        loudness=momentary,
        bands=_six(spectra),
        onset_low=_scaled(onsets.low, ONSET_RELEASE_S),
        onset_mid=_scaled(onsets.mid, ONSET_RELEASE_S),
        onset_high=_scaled(onsets.high, ONSET_RELEASE_S),
        centroid=smoothed(np.where(heard, spectra.centroid, 0).astype(np.float32), 3),
        flatness=smoothed(np.where(heard, np.clip(spectra.flatness, 0, 1), 0).astype(np.float32), 3),
        percussive=_percussive(spectra.bands),
        chroma=smoothed(spectra.chroma, 6),
        width=smoothed(spectra.width, 5),
    )


def _six(spectra: Spectra) -> Floats:
    centres = EDGES[1 : BANDS + 1]
    group = np.searchsorted(np.asarray(SPLITS), centres)
    out = np.empty((len(spectra.bands), len(SPLITS) + 1), np.float32)
    for index in range(out.shape[1]):
        energy = np.sqrt(np.square(spectra.bands[:, group == index]).mean(axis=1))
        out[:, index] = _scaled(energy, RELEASE_S) ** np.float32(0.7)
    return out


def _scaled(curve: Floats, release: float) -> Floats:
    """Scale a curve by its own high values to 0 to 1, and let it fall no faster than by a factor e in `release` seconds.

    A band with next to nothing in it all through the song stays dark instead of being blown up.
    """
    top = max(float(np.percentile(curve, 99.5)), 0.1 * float(curve.max()), 1e-5)
    value = np.clip(curve / top, 1e-4, 1)
    slope = np.arange(len(value)) / (release * FPS)
    held = np.exp(np.maximum.accumulate(np.log(value) + slope) - slope)
    return np.where(held <= 1.01e-4, 0, held).astype(np.float32)


def _percussive(bands: Floats) -> Floats:
    """Return the share of energy that was not there just before or will not be there just after."""
    reach = 9
    count = len(bands)
    total = np.concatenate([np.zeros((1, BANDS), np.float64), np.cumsum(bands, axis=0, dtype=np.float64)])
    here = np.arange(count)
    start, end = np.maximum(here - reach, 0), np.minimum(here + reach + 1, count)
    before = (total[here] - total[start]) / np.maximum(here - start, 1)[:, None]
    after = (total[end] - total[np.minimum(here + 1, count)]) / np.maximum(end - here - 1, 1)[:, None]
    lasting = np.minimum(np.minimum(before, after), bands)
    share = 1 - lasting.sum(axis=1) / (bands.sum(axis=1) + 1e-7)
    return smoothed(np.clip(share, 0, 1).astype(np.float32), 1.5)
