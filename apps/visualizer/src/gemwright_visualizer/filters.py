"""What this program takes of SciPy's signal processing, with types: SciPy carries none."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from gemwright_visualizer.records import RATE, Floats

__all__ = ["Biquads", "convolved", "cosine_transform", "filtered", "highest_around", "resampled", "smoothed"]


def filtered(
    sound: Floats,
    kind: Literal["lowpass", "highpass", "bandpass"],
    edge: float | tuple[float, float],
    order: int = 2,
    rate: float = RATE,
) -> Floats:
    """Run a Butterworth filter forwards over the first axis.

    Args:
        sound: frames, or frames by channels.
        kind: which side of the edge passes.
        edge: Hz; two for a band.
        order: steepness.
        rate: samples a second.
    """
    sections = signal.butter(order, edge, kind, fs=rate, output="sos")
    return np.asarray(signal.sosfilt(sections, sound, axis=0), dtype=np.float32)


def convolved(sound: Floats, kernel: Floats) -> Floats:
    """Convolve, and keep the first part, as long as the sound."""
    return np.asarray(signal.oaconvolve(sound, kernel)[: len(sound)], dtype=np.float32)


def smoothed(curve: Floats, sigma: float) -> Floats:
    """Blur along the first axis with a Gaussian of `sigma` values."""
    return np.asarray(ndimage.gaussian_filter1d(curve, sigma, axis=0, mode="nearest"), dtype=np.float32)


def highest_around(curve: Floats, size: int) -> Floats:
    """Return the highest of the `size` values around each value, along the first axis."""
    return np.asarray(ndimage.maximum_filter1d(curve, size, axis=0, mode="nearest"), dtype=np.float32)


def cosine_transform(values: Floats) -> Floats:
    """Return the orthonormal cosine transform (type II) along the last axis."""
    return np.asarray(fft.dct(values, type=2, norm="ortho", axis=-1), dtype=np.float32)


def resampled(sound: Floats, up: int, down: int) -> Floats:
    """Change the rate of the first axis by `up / down` through a polyphase filter that delays nothing."""
    return np.asarray(signal.resample_poly(sound, up, down, axis=0), dtype=np.float32)


class Biquads:
    """Second-order filters in a row that remember where they stopped, so that a long song can be filtered in blocks.

    Args:
        sections: rows of six coefficients: three of the numerator, three of the denominator.
        channels: of the sound.
    """

    def __init__(self, sections: tuple[tuple[float, ...], ...], channels: int) -> None:
        self._sections = np.asarray(sections, np.float64)
        self._state = np.zeros((len(sections), 2, channels))

    def run(self, block: Floats) -> NDArray[np.float64]:
        """Filter the next block, frames by channels."""
        out, self._state = signal.sosfilt(self._sections, block.astype(np.float64), axis=0, zi=self._state)
        return np.asarray(out, np.float64)
