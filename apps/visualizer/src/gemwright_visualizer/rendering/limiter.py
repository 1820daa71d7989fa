"""Keeps a film below three flashes a second by taking contrast from it where it would have more; its rhythm stays.

What a frame's contrast may be follows from small pictures of the frames around it, so that any frame can be drawn alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Floats
from gemwright_visualizer.rendering.flashes import linear_light, most_flashes

__all__ = ["Limiter"]

_LADDER = (0.75, 0.55, 0.40, 0.28, 0.18, 0.10, 0.05, 0.0)
"""Contrasts that are tried where there are too many flashes."""
_ALLOWED = 3


class Limiter:
    """Answers how much contrast a frame may keep, and towards which picture the rest goes."""

    def __init__(self, small: Callable[[int], NDArray[np.uint8]], frames: int, fps: float) -> None:
        """Prepare.

        Args:
            small: a small picture of a frame, rows by columns by 3, before type.
            frames: how many there are.
            fps: frames a second.
        """
        self._draw, self._frames, self._fps = small, frames, fps
        self._second = max(round(fps), 2)
        self._kept: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._gains = lru_cache(maxsize=8)(self._block)

    def small(self, frame: int) -> NDArray[np.uint8]:
        """Return a small picture of a frame; the last few hundred are kept."""
        frame = min(max(frame, 0), self._frames - 1)
        if frame not in self._kept:
            self._kept[frame] = self._draw(frame)
            while len(self._kept) > 14 * self._second:
                self._kept.popitem(last=False)
        return self._kept[frame]

    def _mean(self, pictures: Floats) -> Floats:
        """Return for each picture the mean of those within half a second around it."""
        half = self._second // 2
        padded = np.concatenate([np.zeros_like(pictures[:1]), np.cumsum(pictures, axis=0, dtype=np.float32)])
        count = len(pictures)
        first = np.clip(np.arange(count) - half, 0, count)
        last = np.clip(np.arange(count) + half + 1, 0, count)
        return (padded[last] - padded[first]) / (last - first).reshape(-1, *[1] * (pictures.ndim - 1)).astype(
            np.float32
        )

    def _block(self, number: int) -> Floats:
        """Return the contrast that each frame of a block of two seconds may keep."""
        second = self._second
        begin, end = number * 2 * second, (number + 1) * 2 * second
        first, last = max(begin - 3 * second, 0), min(end + 3 * second, self._frames)
        pictures = np.stack([self.small(frame) for frame in range(first, last)])
        flat = pictures.reshape(len(pictures), -1, 3)
        needed = np.ones(len(flat), dtype=np.float32)
        if most_flashes(linear_light(flat), self._fps) > _ALLOWED:
            needed = self._needed(flat, first)
        wide = second // 2
        padded = np.pad(needed, wide, mode="edge")
        lowest = np.min(np.lib.stride_tricks.sliding_window_view(padded, 2 * wide + 1), axis=1)
        padded = np.pad(lowest, wide // 2, mode="edge")
        smooth = np.convolve(padded, np.ones(2 * (wide // 2) + 1) / (2 * (wide // 2) + 1), mode="valid")
        return smooth[begin - first : min(end, self._frames) - first].astype(np.float32)

    def _needed(self, flat: NDArray[np.uint8], first: int) -> Floats:
        """Return for each frame the least of the contrasts that the seconds around it need."""
        second = self._second
        pictures = flat.astype(np.float32)
        mean = self._mean(pictures)
        needed = np.ones(len(flat), dtype=np.float32)
        hop = max(second // 6, 1)
        # Spans begin at the same frames of the film whichever block asks.
        start = -first % hop
        for at in range(start, max(len(flat) - 2, start + 1), hop):
            span = slice(at, at + second + hop)
            now, middle = pictures[span], mean[span]
            if len(now) < 3 or most_flashes(linear_light(flat[span]), self._fps) <= _ALLOWED:
                continue
            for gain in _LADDER:
                limited = np.clip(middle + np.float32(gain) * (now - middle), 0, 255).astype(np.uint8)
                if most_flashes(linear_light(limited), self._fps) <= _ALLOWED or gain == _LADDER[-1]:
                    needed[span] = np.minimum(needed[span], gain * 0.95)
                    break
        return needed

    def gain(self, frame: int) -> float:
        """Return how much contrast a frame may keep: 1 all of it."""
        block = self._gains(frame // (2 * self._second))
        return float(block[frame % (2 * self._second)])

    def middle(self, frame: int) -> Floats:
        """Return the picture, small, towards which a frame's contrast falls: the mean of half a second around it."""
        half = self._second // 2
        total = np.zeros(self.small(frame).shape, dtype=np.float32)
        span = range(max(frame - half, 0), min(frame + half + 1, self._frames))
        for other in span:
            total += self.small(other)
        return total / np.float32(len(span))
