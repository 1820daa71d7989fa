"""One pass over the samples: what every later measurement needs, a row for each hundredth of a second.

Row `i` describes the moment `i * HOP / RATE`: each window lies around its moment, so nothing is early or late. The pass goes
in blocks, so a song of any length needs little more memory than its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gemwright_visualizer.audio.pages import give_back
from gemwright_visualizer.records import RATE, Floats

__all__ = ["BANDS", "EDGES", "FINE", "FPS", "HOP", "Spectra", "measure_spectra"]

HOP = 480
FPS = RATE // HOP
FINE = 10
"""Values in a row of the curve for exact times: one each millisecond."""
WINDOW = 2048
CHROMA_WINDOW = 8192
CHROMA_EVERY = 4
"""A row of chroma is computed for every fourth row and repeated."""
BLOCK = 2000
"""Rows in one go: twenty seconds."""
BANDS = 48
LOWEST, HIGHEST = 32.0, 16_000.0
TINY = np.float32(1e-10)


def _edges() -> Floats:
    """Band edges in Hz: equal steps of a scale that is linear below 200 Hz and logarithmic above."""

    def scale(hertz: float) -> float:
        return float(np.arcsinh(hertz / 200))

    steps = np.linspace(scale(LOWEST), scale(HIGHEST), BANDS + 2)
    return (200 * np.sinh(steps)).astype(np.float32)


EDGES = _edges()
"""Lower edges, centres and upper edges of the bands: band `i` rises from `EDGES[i]` to `EDGES[i + 1]` and falls from there."""


@dataclass(frozen=True, slots=True)
class Spectra:
    """Rows for each hundredth of a second.

    Attributes:
        bands: rows by `BANDS`, magnitude.
        centroid: Hz.
        flatness: 0 tonal to 1 noise.
        chroma: rows by 12, each row's sum is 1, or 0 in silence.
        level: root mean square of both channels.
        width: 0 mono to 1 all different.
        fine: `FINE` values for each row: root mean square of the sound's differences, which rises sharply where a stroke
            begins; value `i` covers the time from `i` to `i + 1` milliseconds.
    """

    bands: Floats
    centroid: Floats
    flatness: Floats
    chroma: Floats
    level: Floats
    width: Floats
    fine: Floats


def _triangles() -> Floats:
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE).astype(np.float32)
    rising = (bins[:, None] - EDGES[None, :-2]) / np.maximum(EDGES[1:-1] - EDGES[:-2], 1)
    falling = (EDGES[None, 2:] - bins[:, None]) / np.maximum(EDGES[2:] - EDGES[1:-1], 1)
    weights = np.clip(np.minimum(rising, falling), 0, None)
    empty = weights.sum(axis=0) == 0
    for band in np.flatnonzero(empty):  # narrower than a bin: the nearest bin stands for it
        weights[int(np.argmin(np.abs(bins - EDGES[band + 1]))), band] = 1
    return (weights / weights.sum(axis=0)).astype(np.float32)


def _pitch_classes() -> tuple[slice, Floats]:
    """Return the bins between 98 and 2,100 Hz, and their weights for the twelve pitch classes."""
    bins = np.fft.rfftfreq(CHROMA_WINDOW, 1 / RATE)
    inside = np.flatnonzero((bins >= 98) & (bins <= 2100))
    pitch = 69 + 12 * np.log2(bins[inside] / 440)
    nearest = np.round(pitch)
    weights = np.zeros((len(inside), 12), np.float32)
    weights[np.arange(len(inside)), nearest.astype(int) % 12] = np.exp(-0.5 * ((pitch - nearest) / 0.22) ** 2)
    return slice(int(inside[0]), int(inside[-1]) + 1), weights


def _padded(samples: Floats, first: int, last: int) -> Floats:
    """Return frames `first` to `last`, silent where the song is not."""
    part = np.asarray(samples[max(0, first) : max(0, last)], np.float32)
    before, after = max(0, -first), max(0, last - max(first, 0) - len(part))
    return np.pad(part, ((before, after), (0, 0))) if before or after else part


def _blocks(rows: int) -> Iterator[tuple[int, int]]:
    for start in range(0, rows, BLOCK):
        yield start, min(rows, start + BLOCK)


def measure_spectra(samples: Floats) -> Spectra:
    """Measure the rows.

    Args:
        samples: frames by 2 at the timeline's rate.
    """
    rows = len(samples) // HOP + 1
    out = Spectra(
        np.empty((rows, BANDS), np.float32),
        np.empty(rows, np.float32),
        np.empty(rows, np.float32),
        np.empty((rows, 12), np.float32),
        np.empty(rows, np.float32),
        np.empty(rows, np.float32),
        np.empty(rows * FINE, np.float32),
    )
    triangles, window = _triangles(), np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    window *= np.float32(2 / window.sum())
    long = np.hanning(CHROMA_WINDOW + 1)[:-1].astype(np.float32)
    inside, classes = _pitch_classes()
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE).astype(np.float32)
    audible = slice(2, int(np.searchsorted(hertz, 16_000)))
    for start, end in _blocks(rows):
        reach = CHROMA_WINDOW // 2
        stereo = _padded(samples, start * HOP - reach, end * HOP + reach)
        _fill_levels(out, stereo[reach - HOP // 2 :], start, end)
        mono = _mono(stereo)
        steps = np.diff(mono[reach - 1 : reach + (end - start) * HOP])
        millis = np.square(steps).reshape(-1, HOP // FINE).mean(axis=1)
        out.fine[start * FINE : end * FINE] = np.sqrt(millis)
        near = sliding_window_view(mono[reach - WINDOW // 2 :], WINDOW)[: (end - start - 1) * HOP + 1 : HOP]
        sizes = np.abs(np.fft.rfft(near * window, axis=1)).astype(np.float32)
        out.bands[start:end] = sizes @ triangles
        power = sizes[:, audible] ** 2
        total = power.sum(axis=1) + TINY
        near_sizes = sizes[:, audible]
        out.centroid[start:end] = (near_sizes @ hertz[audible]) / (near_sizes.sum(axis=1) + TINY)
        out.flatness[start:end] = np.exp(np.log(power + TINY).mean(axis=1)) / (total / power.shape[1])
        far = sliding_window_view(mono, CHROMA_WINDOW)[: (end - start - 1) * HOP + 1 : HOP * CHROMA_EVERY]
        tones = np.abs(np.fft.rfft(far * long, axis=1)[:, inside]).astype(np.float32)
        chroma = np.sqrt(tones) @ classes
        chroma /= chroma.sum(axis=1, keepdims=True) + np.float32(1e-6)
        out.chroma[start:end] = np.repeat(chroma, CHROMA_EVERY, axis=0)[: end - start]
        give_back(samples)
    return out


def _mono(stereo: Floats) -> Floats:
    """Mix to one channel; where the channels would cancel each other, the left one stands for both."""
    left, right = stereo[:, 0], stereo[:, 1]
    middle = (left + right) * np.float32(0.5)
    if float(np.square(middle).mean()) < 0.05 * float(np.square(stereo).mean()):
        return np.ascontiguousarray(left)
    return middle


def _fill_levels(out: Spectra, stereo: Floats, start: int, end: int) -> None:
    count = end - start
    cut = stereo[: count * HOP].reshape(count, HOP, 2)
    energy = np.square(cut).sum(axis=(1, 2))
    side = np.square(cut[:, :, 0] - cut[:, :, 1]).sum(axis=1) / 2
    out.level[start:end] = np.sqrt(energy / (2 * HOP))
    out.width[start:end] = np.clip(side / (energy + TINY), 0, 1)
