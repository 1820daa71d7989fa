"""Writes a sound file that every program reads."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from gemwright_visualizer.records import RATE, Floats

__all__ = ["write_wav"]


def write_wav(path: Path, samples: Floats, rate: int = RATE) -> Path:
    """Write samples as 16-bit PCM; what lies beyond full scale is cut off.

    Args:
        path: the file; it is replaced.
        samples: frames, or frames by channels, full scale at 1.
        rate: samples a second.

    Returns:
        The path.
    """
    columns = samples[:, None] if samples.ndim == 1 else samples
    with wave.open(str(path), "wb") as file:
        file.setnchannels(columns.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(columns, -1, 1) * 32767).round().astype("<i2").tobytes())
    return path
