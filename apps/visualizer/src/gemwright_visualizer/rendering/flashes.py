"""Flashes by WCAG 2.2, 2.3.1: found in small pictures of the film, and how far contrast must fall so that few are left.

A general flash is a pair of opposing changes of relative luminance by a tenth or more, the darker side below 0.8; a red
flash is a pair of opposing changes from or to a saturated red. More than three within a second over a quarter of the
picture are too many. (The criterion speaks of a quarter of any ten degrees of the view; a quarter of the whole picture is
the same for a picture that fills them.)
"""

# scipy and numpy say less of their types than a strict checker asks for.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Floats

__all__ = ["linear_light", "most_flashes"]

_STEP = 0.10
_DARK = 0.80
_AREA = 0.25


def linear_light(pictures: NDArray[np.uint8]) -> Floats:
    """Return stored pictures (last axis red, green, blue) as amounts of light, 0 to 1."""
    stored = np.arange(256, dtype=np.float32) / np.float32(255)
    table = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return np.take(table, pictures)


def _turns(values: Floats, step: float, dark: float | None) -> NDArray[np.int8]:
    """Return, frame by frame and place by place, +1 where a rise by `step` or more from the last low is complete, -1 a fall.

    Args:
        values: frames by places.
        step: least change.
        dark: the darker side of a change must be below this; None asks nothing.
    """
    count = len(values)
    found = np.zeros(values.shape, dtype=np.int8)
    if count == 0:
        return found
    low: Floats = values[0].copy()
    high: Floats = values[0].copy()
    way = np.zeros(values.shape[1], dtype=np.int8)
    for at in range(1, count):
        now: Floats = values[at]
        # `low` and `high` are the extremes since the last change; a change turns against the way of the last one.
        np.minimum(low, now, out=low)
        np.maximum(high, now, out=high)
        rose = (now - low >= step) & (way <= 0)
        fell = (high - now >= step) & (way >= 0)
        if dark is not None:
            rose &= low < dark
            fell &= now < dark
        found[at][rose] = 1
        found[at][fell] = -1
        way[rose], way[fell] = 1, -1
        low = np.where(fell | rose, now, low)
        high = np.where(fell | rose, now, high)
    return found


def most_flashes(light: Floats, fps: float) -> float:
    """Return the most flashes, general or red, that a quarter of the picture shows within any second.

    Args:
        light: frames by places by 3, amounts of light.
        fps: frames a second.
    """
    general = light @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    total = np.maximum(light.sum(axis=-1), 1e-6)
    # Saturated red by the criterion: R / (R + G + B) >= 0.8; a change is measured by (R - G - B) * 320, 20 at least.
    strength = np.clip((light[..., 0] - light[..., 1] - light[..., 2]) * 320, 0, None)
    red = np.where(light[..., 0] / total >= 0.8, strength, 0).astype(np.float32)
    return max(_most(_turns(general, _STEP, _DARK), fps), _most(_turns(red, 20.0, None), fps))


def _most(turned: NDArray[np.int8], fps: float) -> float:
    """Return half the changes in the second that has the most, at the place that a quarter of the picture surpasses."""
    if turned.size == 0 or not turned.any():
        return 0.0
    summed = np.cumsum(np.abs(turned), axis=0, dtype=np.int16)
    second = min(max(round(fps), 1), len(summed))
    within = summed[second - 1 :].copy()
    within[1:] -= summed[: len(summed) - second]
    place = int(turned.shape[1] * (1 - _AREA))
    return float(np.partition(within, place, axis=1)[:, place].max()) / 2
