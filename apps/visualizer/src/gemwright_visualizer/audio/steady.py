"""One unchanging tempo, where it explains the song: most music that was made with a computer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.evidence import Evidence
from gemwright_visualizer.audio.spectra import FPS

__all__ = ["Grid", "steady_grid"]

SEARCH = 0.025
INLIER_S = 0.022
INLIERS = 0.72
RESIDUAL_S = 0.008

WHOLE_S = 0.005
"""A tempo that is this near to a whole or half number of beats, measured by where it would put the last beat, is that number."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Beats at `start + n * period`, over the whole song."""

    start: float
    period: float
    beats: NDArray[np.float64]


def steady_grid(beats: NDArray[np.float64], evidence: Evidence) -> Grid | None:
    """Fit one tempo to beats that may slip by half a beat here and there.

    Args:
        beats: seconds.
        evidence: of the song; beats without an onset do not count.

    Returns:
        The grid, or None where the residual of the inliers is above 8 ms or there are too few of them.
    """
    if len(beats) < 12:
        return None
    weight = np.minimum(evidence.at(evidence.pulse, beats), 4)
    if len(weight) != len(beats) or float(weight.sum()) <= 0:
        weight = np.ones(len(beats), np.float32)
    counted = beats[weight > 0.3]
    if len(counted) < 12:
        return None
    span = float(counted[-1] - counted[0])
    near = float(np.median(np.diff(beats))) / 2
    step = 0.04 * near / max(span, 1.0)
    shares = np.arange(-SEARCH, SEARCH, step)
    best, half = -1.0, near
    for start in range(0, len(shares), 512):
        tried = near * (1 + shares[start : start + 512])
        turns = np.exp(2j * np.pi * counted[None, :] / tried[:, None])
        strength = np.abs(turns.mean(axis=1))
        top = int(strength.argmax())
        if strength[top] > best:
            best, half = float(strength[top]), float(tried[top])
    offset = float(np.angle(np.exp(2j * np.pi * counted / half).mean()) / (2 * np.pi) * half)
    for _ in range(3):
        number = np.round((counted - offset) / half)
        rest = counted - offset - number * half
        inside = np.abs(rest) < INLIER_S
        if inside.sum() < 8:
            return None
        half, offset = (float(value) for value in np.polyfit(number[inside], counted[inside], 1))
    number = np.round((counted - offset) / half)
    rest = counted - offset - number * half
    inside = np.abs(rest) < INLIER_S
    if (
        inside.mean() < INLIERS
        or float(np.median(np.abs(rest[inside]))) > RESIDUAL_S
        or _drifts(counted[inside], rest[inside])
    ):
        return None
    odd = round(float(np.mean(number[inside] % 2)))
    seconds = len(evidence.pulse) / FPS
    period, start = 2 * half, offset + odd * half
    whole = 60 / (round(120 / period) / 2)
    if abs(whole - period) * seconds / period / 2 < WHOLE_S:
        middle = start + round((seconds / 2 - start) / period) * period
        start, period = middle - round((middle - start) / period) * whole, whole
    return _grid(start, period, seconds)


def _drifts(times: NDArray[np.float64], rest: NDArray[np.float64]) -> bool:
    """Say whether the residuals wander, as they do where people play: means over stretches differ by more than 12 ms."""
    parts = np.array_split(rest[np.argsort(times)], max(2, min(12, len(rest) // 12)))
    means = np.array([float(np.median(part)) for part in parts])
    return float(np.ptp(means)) > 0.012


def _grid(start: float, period: float, seconds: float) -> Grid:
    first = start % period
    if first > period - 0.03:
        first -= period
    count = int((seconds - first) / period) + 1
    beats = np.maximum(first + np.arange(count) * period, 0.0)
    return Grid(first, period, beats)
