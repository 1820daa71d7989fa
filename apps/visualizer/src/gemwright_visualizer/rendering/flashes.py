"""Flashes by WCAG 2.2, 2.3.1: found in small pictures of the film, and how far contrast must fall so that few are left.

A general flash is a pair of opposing changes of relative luminance by a tenth or more, the darker side below 0.8; a red
flash is a pair of opposing changes from or to a saturated red. More than three within a second over a quarter of the
picture are too many. (The criterion speaks of a quarter of any ten degrees of the view; a quarter of the whole picture is
the same for a picture that fills them.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Floats

__all__ = ["changes", "linear_light", "most_flashes"]

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
    low, high = values[0].copy(), values[0].copy()
    way = np.zeros(values.shape[1], dtype=np.int8)
    for at in range(1, count):
        now = values[at]
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


def changes(light: Floats, window: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the changes that a quarter of the picture makes together: of light, and of saturated red.

    Args:
        light: frames by places by 3, amounts of light.
        window: within how many frames places that change together count as one change.

    Returns:
        Twice a list of frame and direction (1 up, -1 down), in order.
    """
    general = light @ np.float32([0.2126, 0.7152, 0.0722])
    total = np.maximum(light.sum(axis=-1), 1e-6)
    # Saturated red by the criterion: R / (R + G + B) >= 0.8; a change is measured by (R - G - B) * 320, 20 at least.
    strength = np.clip((light[..., 0] - light[..., 1] - light[..., 2]) * 320, 0, None)
    red = np.where(light[..., 0] / total >= 0.8, strength, 0).astype(np.float32)
    return _together(_turns(general, _STEP, _DARK), window), _together(_turns(red, 20.0, None), window)


def _together(turned: NDArray[np.int8], window: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for way in (1, -1):
        share = (turned == way).mean(axis=1) if turned.size else np.zeros(len(turned))
        summed = np.convolve(share, np.ones(window), mode="full")[: len(share)]
        at = 0
        while at < len(summed):
            if summed[at] >= _AREA:
                found.append((at, way))
                at += window
            else:
                at += 1
    return sorted(found)


def most_flashes(light: Floats, fps: float) -> int:
    """Return the most flashes, general or red, within any second of pictures (frames by places by 3, amounts of light)."""
    second = round(fps)
    worst = 0
    for marks in changes(light, max(round(fps * 0.1), 1)):
        for start, _ in marks:
            ways = [way for frame, way in marks if start <= frame < start + second]
            alternating = sum(1 for one, other in zip([0, *ways], ways, strict=False) if one != other)
            worst = max(worst, alternating // 2)
    return worst
