"""Numbers that scenes share: smooth noise, flows and ways to move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Floats

__all__ = ["Noise", "overshoot"]


def overshoot(share: float) -> float:
    """Return a share of a way, 0 to 1, that goes a little past its end and settles: how a thing with weight moves."""
    held = min(max(share, 0.0), 1.0)
    return 1 - (1 - held) ** 3 * float(np.cos(held * 5.2))


class Noise:
    """Smooth numbers over a plane, made of waves: cheap, endless, the same for one seed."""

    def __init__(self, random: np.random.Generator, waves: int = 6, finest: float = 3.0) -> None:
        turns = random.random(waves) * 2 * np.pi
        sizes = np.linspace(1.0, finest, waves)
        self._kx = (np.cos(turns) * sizes).astype(np.float32)
        self._ky = (np.sin(turns) * sizes).astype(np.float32)
        self._phase = (random.random(waves) * 2 * np.pi).astype(np.float32)
        self._weight = (1 / sizes).astype(np.float32)
        self._speed = (random.random(waves) * 1.2 - 0.6).astype(np.float32)
        self._norm = float(np.sqrt((self._weight**2).sum() / 2)) * 2

    def at(self, x: Floats, y: Floats, time: float = 0.0) -> Floats:
        """Return values about -1 to 1 at places."""
        total = np.zeros(np.broadcast(x, y).shape, dtype=np.float32)
        for kx, ky, phase, weight, speed in zip(
            self._kx, self._ky, self._phase, self._weight, self._speed, strict=True
        ):
            total += weight * np.sin(kx * x + ky * y + np.float32(phase + speed * time))
        return total / np.float32(self._norm)

    def flow(self, x: NDArray[np.float64], y: NDArray[np.float64], time: float = 0.0) -> tuple[Floats, Floats]:
        """Return a flow without sources or sinks at places: the noise's slope, turned by a quarter."""
        u = np.zeros_like(x, dtype=np.float32)
        v = np.zeros_like(u)
        for kx, ky, phase, weight, speed in zip(
            self._kx, self._ky, self._phase, self._weight, self._speed, strict=True
        ):
            slope = weight * np.cos(kx * x + ky * y + phase + speed * time)
            u += (ky * slope).astype(np.float32)
            v -= (kx * slope).astype(np.float32)
        return u, v
