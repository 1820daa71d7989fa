"""A palette as a smooth run of colours, and as tables that turn a field of numbers into a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.palettes.colours import from_hex, from_oklab, to_oklab
from gemwright_visualizer.records import Floats

__all__ = ["Ramp", "ramp"]


@dataclass(frozen=True, slots=True, eq=False)
class Ramp:
    """Colours from 0 to 1 in equal steps: `colours` is steps by 3, stored values from 0 to 1."""

    colours: Floats

    def at(self, place: float) -> Floats:
        """Return the colour at a place from 0 to 1."""
        last = len(self.colours) - 1
        return self.colours[round(min(max(place, 0.0), 1.0) * last)]

    def packed(self, levels: int = 65536) -> NDArray[np.uint32]:
        """Return a table of `levels` colours, each as one number whose bytes are red, green, blue, 255."""
        places = np.linspace(0, len(self.colours) - 1, levels).round().astype(np.intp)
        table = np.full((levels, 4), 255, dtype=np.uint8)
        table[:, :3] = np.clip(self.colours[places] * 255 + 0.5, 0, 255).astype(np.uint8)
        return table.view("<u4")[:, 0].astype(np.uint32)


@lru_cache(maxsize=256)
def _ramp(stops: tuple[tuple[float, str], ...], steps: int) -> Ramp:
    places = np.array([place for place, _ in stops])
    labs = np.stack([to_oklab(from_hex(colour)) for _, colour in stops])
    at = np.linspace(0.0, 1.0, steps)
    return Ramp(from_oklab(np.stack([np.interp(at, places, labs[:, axis]) for axis in range(3)], axis=-1)))


def ramp(stops: Sequence[str] | Sequence[tuple[float, str]], steps: int = 1024) -> Ramp:
    """Return a run of colours, mixed in OKLab so that no grey or jump in lightness lies between two of them.

    Args:
        stops: colours as `#rrggbb`, in equal distances, or with their places from 0 to 1, ascending.
        steps: how many colours.
    """
    last = max(len(stops) - 1, 1)
    placed = tuple((at / last, stop) if isinstance(stop, str) else stop for at, stop in enumerate(stops))
    return _ramp(placed, steps)
