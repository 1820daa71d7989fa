"""Flashes as WCAG 2.3.1 counts them, on decoded pictures: no more than three a second over a quarter of the picture.

A flash is two opposing changes of relative luminance by a tenth or more, where the darker picture is below 0.8; a red flash
two opposing changes from or to a saturated red (https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds).
The picture is watched in cells: each remembers its last extreme, and a change counts when it is large enough from there,
however many frames it took.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["FLASHES", "FlashMeter"]

FLASHES: Final = 3
"""Flashes that may be seen in a second."""
_AREA: Final = 0.25
_STEP: Final = 0.1
_BRIGHT: Final = 0.8
_RED_STEP: Final = 20.0
_RED: Final = 0.8

_Values = NDArray[np.float32]


class _Turns:
    """Counts opposing changes in each cell during the last second.

    Args:
        cells: how many.
        frames: in a second, rounded up.
        step: how large a change is that counts.
    """

    def __init__(self, cells: int, frames: int, step: float) -> None:
        self._step = step
        self._extreme: _Values | None = None
        self._mark = np.zeros(cells, np.float32)
        self._way = np.zeros(cells, np.int8)
        self._recent = np.zeros((frames, cells), bool)
        self._rank = max(1, math.ceil(_AREA * cells))
        self.worst = 0.0
        self.worst_frame = 0

    def see(
        self, number: int, value: _Values, mark: _Values, limit: Callable[[_Values, _Values], NDArray[np.bool_]]
    ) -> None:
        """Take the next value of each cell.

        Args:
            number: of the picture.
            value: what changes.
            mark: what decides whether a change counts, kept with each extreme.
            limit: tells from the marks before and after a change whether it counts.
        """
        if self._extreme is None:
            self._extreme = value.copy()
            self._mark = mark.copy()
        change = value - self._extreme
        falls = (change <= -self._step) & (self._way >= 0)
        rises = (change >= self._step) & (self._way <= 0)
        turned = falls | rises
        self._recent[number % len(self._recent)] = turned & limit(self._mark, mark)
        self._way[falls], self._way[rises] = -1, 1
        further = ((self._way == 1) & (change > 0)) | ((self._way == -1) & (change < 0))
        self._extreme = np.where(further, value, self._extreme)
        self._mark = np.where(further, mark, self._mark)
        turns = self._recent.sum(axis=0)
        flashes = float(np.partition(turns, -self._rank)[-self._rank]) / 2
        if flashes > self.worst:
            self.worst, self.worst_frame = flashes, number


class FlashMeter:
    """Measures flashes over the pictures of a film.

    Args:
        fps: frames a second.
        cells: how many cells a picture has.
    """

    def __init__(self, fps: float, cells: int) -> None:
        frames = math.ceil(fps)
        self._general = _Turns(cells, frames, _STEP)
        self._red = _Turns(cells, frames, _RED_STEP)
        self._number = 0

    def see(self, cells: NDArray[np.uint8]) -> None:
        """Take the next picture.

        Args:
            cells: cells by 3, sRGB.
        """
        linear = _LINEAR[cells]
        light = linear @ _WEIGHTS
        self._general.see(self._number, light, light, _dark_enough)
        total = linear.sum(axis=1)
        red = np.maximum(linear[:, 0] - linear[:, 1] - linear[:, 2], 0) * 320
        share = np.where(total > 1e-4, linear[:, 0] / np.maximum(total, 1e-4), 0).astype(np.float32)
        self._red.see(self._number, red.astype(np.float32), share, _red_enough)
        self._number += 1

    @property
    def general(self) -> float:
        """Most flashes in any second that a quarter of the picture shows."""
        return self._general.worst

    @property
    def red(self) -> float:
        """Most red flashes in any second that a quarter of the picture shows."""
        return self._red.worst

    @property
    def worst_frame(self) -> int:
        """Where the second with the most flashes ends."""
        return max(self._general, self._red, key=lambda turns: turns.worst).worst_frame


def _dark_enough(before: _Values, after: _Values) -> NDArray[np.bool_]:
    return np.minimum(before, after) < _BRIGHT


def _red_enough(before: _Values, after: _Values) -> NDArray[np.bool_]:
    return np.maximum(before, after) >= _RED


def _linear() -> _Values:
    """Return the light of each of the 256 values of sRGB."""
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR: Final = _linear()
_WEIGHTS: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
