"""Loudness by EBU R 128: ITU-R BS.1770-4 for the integrated value and the true peak, EBU Tech 3342 for the range."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.pages import give_back
from gemwright_visualizer.audio.spectra import HOP
from gemwright_visualizer.filters import Biquads, resampled
from gemwright_visualizer.records import RATE, Floats, Loudness

__all__ = ["FLOOR", "measure_loudness"]

K_WEIGHTING = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621),
)
"""The two stages that BS.1770-4 gives for 48 kHz: the head, and the low cut."""
FLOOR = -70.0
"""The absolute gate, and what silence is reported as."""
BLOCK = 20 * RATE
PEAK_BLOCK = 1024
PEAK_BLOCKS = 160


def measure_loudness(samples: Floats) -> tuple[Loudness, Floats]:
    """Measure a song.

    Args:
        samples: frames by 2 at the timeline's rate.

    Returns:
        The three values, and the momentary loudness (400 ms) in LUFS around each hundredth of a second.
    """
    energy = _weighted(samples)
    total = np.concatenate([[0.0], np.cumsum(energy)])
    return Loudness(_integrated(total), _range(total), _true_peak(samples)), _momentary(total)


def _weighted(samples: Floats) -> NDArray[np.float64]:
    """Return the weighted mean square of each hundredth of a second, both channels together."""
    rows = len(samples) // HOP
    energy = np.zeros(rows + 1)
    filters = Biquads(K_WEIGHTING, 2)
    for start in range(0, rows * HOP, BLOCK):
        block = filters.run(np.asarray(samples[start : min(start + BLOCK, rows * HOP)]))
        give_back(samples)
        energy[start // HOP : (start + len(block)) // HOP] = np.square(block).reshape(-1, HOP, 2).sum(axis=(1, 2)) / HOP
    return energy


def _decibels(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def _windows(total: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """Return the mean power of windows of `rows` rows, one each tenth of a second."""
    starts = np.arange(0, max(1, len(total) - 1 - rows), 10)
    return (total[np.minimum(starts + rows, len(total) - 1)] - total[starts]) / rows


def _integrated(total: NDArray[np.float64]) -> float:
    power = _windows(total, 40)
    power = power[_decibels(power) > FLOOR]
    if not len(power):
        return FLOOR
    gate = float(_decibels(np.array([power.mean()]))[0]) - 10
    kept = power[_decibels(power) > gate]
    return round(float(_decibels(np.array([kept.mean()]))[0]), 2)


def _range(total: NDArray[np.float64]) -> float:
    power = _windows(total, 300)
    power = power[_decibels(power) > FLOOR]
    if not len(power):
        return 0.0
    gate = float(_decibels(np.array([power.mean()]))[0]) - 20
    values = _decibels(power[_decibels(power) > gate])
    low, high = (float(value) for value in np.percentile(values, (10, 95)))
    return round(high - low, 2)


def _momentary(total: NDArray[np.float64]) -> Floats:
    rows = np.arange(len(total) - 1)
    start, end = np.maximum(rows - 20, 0), np.minimum(rows + 20, len(total) - 1)
    power = (total[end] - total[start]) / np.maximum(end - start, 1)
    return np.maximum(_decibels(power), FLOOR).astype(np.float32)


def _true_peak(samples: Floats) -> float:
    """Oversample four times where the samples are highest; elsewhere nothing can rise above these places by much."""
    count = len(samples) // PEAK_BLOCK
    tops = np.zeros(max(1, count), np.float32)
    for first in range(0, count, 2048):
        last = min(count, first + 2048)
        part = np.abs(samples[first * PEAK_BLOCK : last * PEAK_BLOCK])
        give_back(samples)
        tops[first:last] = part.reshape(last - first, -1).max(axis=1)
    peak = float(np.abs(samples[count * PEAK_BLOCK :]).max()) if len(samples) > count * PEAK_BLOCK else 0.0
    for block in np.argsort(tops)[::-1][:PEAK_BLOCKS]:
        start = max(0, int(block) * PEAK_BLOCK - 32)
        part = np.asarray(samples[start : start + PEAK_BLOCK + 64])
        peak = max(peak, float(np.abs(resampled(part, 4, 1)).max()))
    return round(20 * float(np.log10(max(peak, 1e-7))), 2)
