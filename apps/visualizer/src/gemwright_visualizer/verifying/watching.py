"""The film, watched once from the first picture to the last: what is kept of a picture is a few numbers.

Only the pictures that cuts and shots are judged by are kept, small; so memory does not grow with the film but by its cuts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from gemwright_visualizer.verifying.flashes import FlashMeter

# PyAV's stubs leave the parameter of `Packet` open.
# pyright: reportUnknownMemberType=false

__all__ = ["SMALL", "Watched", "watch"]

SMALL: Final = (96, 54)
"""The longer and the shorter side of the small pictures that are compared."""
_CELLS: Final = 2
"""Small pixels on a side of a cell of the flash meter: 48 by 27 cells."""
_BLACK: Final = 14 / 255
"""Luma below which a small picture shows nothing at all."""
_STILL: Final = 0.002
"""Mean difference to the picture that a stand-still began with, below which it goes on."""

_BLOCK: Final = 6
_SHIFT: Final = 2

_Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen.

    Attributes:
        frames: how many pictures.
        luma: mean of each picture, 0 to 1.
        change: mean absolute difference of luma to the picture before, 0 to 1; the first is 0.
        residual: what of it is no motion: the same with each block beside the best place nearby.
        black: numbers of pictures that show nothing.
        longest_still: frames of the longest stand-still, and where it began.
        general: most flashes in a second over a quarter of the picture.
        red: most red flashes.
        flash_frame: where the worst second ends.
        kept: small pictures by number.
    """

    frames: int
    luma: NDArray[np.float64]
    change: NDArray[np.float64]
    residual: NDArray[np.float64]
    black: tuple[int, ...]
    longest_still: tuple[int, int]
    general: float
    red: float
    flash_frame: int
    kept: dict[int, _Picture]


def watch(film: Path, fps: Fraction, keep: Iterable[int]) -> Watched:
    """Decode a film and measure each picture.

    Args:
        film: the file.
        fps: frames a second.
        keep: numbers of the pictures to keep.

    Raises:
        OSError: it cannot be read to its end.
    """
    wanted = set(keep)
    luma: list[float] = []
    change: list[float] = []
    residual: list[float] = []
    black: list[int] = []
    kept: dict[int, _Picture] = {}
    longest, begin = (0, 0), 0
    before: NDArray[np.float32] | None = None
    still: NDArray[np.float32] | None = None
    meter: FlashMeter | None = None
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        width, height = stream.codec_context.width, stream.codec_context.height
        short = max(18, round(SMALL[0] * min(width, height) / max(width, height) / _CELLS) * _CELLS)
        size = (SMALL[0], short) if width >= height else (short, SMALL[0])
        scaler = VideoReformatter()  # one for all: making its tables takes longer than a picture
        for number, frame in enumerate(container.decode(stream)):
            small = scaler.reformat(
                frame,
                *size,
                "rgb24",
                src_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.MPEG,
                dst_color_range=ColorRange.JPEG,
                interpolation=Interpolation.AREA,
            )
            picture = cast("_Picture", small.to_ndarray())
            grey = (picture @ _LUMA).astype(np.float32)
            if number in wanted:
                kept[number] = picture
            luma.append(float(grey.mean()))
            change.append(0.0 if before is None else float(np.abs(grey - before).mean()))
            residual.append(0.0 if before is None else _after_motion(before, grey))
            if float(grey.max()) < _BLACK:
                black.append(number)
            if still is None or float(np.abs(grey - still).mean()) > _STILL:
                still, begin = grey, number
            longest = max(longest, (number - begin, begin), key=lambda run: run[0])
            cells = _cells(picture)
            if meter is None:
                meter = FlashMeter(float(fps), len(cells))
            meter.see(cells)
            before = grey
    return Watched(
        len(luma),
        np.array(luma),
        np.array(change),
        np.array(residual),
        tuple(black),
        longest,
        meter.general if meter else 0.0,
        meter.red if meter else 0.0,
        meter.worst_frame if meter else 0,
        kept,
    )


def _cells(picture: _Picture) -> _Picture:
    height, width = picture.shape[0] // _CELLS * _CELLS, picture.shape[1] // _CELLS * _CELLS
    blocks: NDArray[Any] = picture[:height, :width].reshape(height // _CELLS, _CELLS, width // _CELLS, _CELLS, 3)
    return cast("_Picture", blocks.mean(axis=(1, 3)).round().astype(np.uint8).reshape(-1, 3))


def _after_motion(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """Return the mean difference of two pictures, each block of the second beside the best place in the first.

    What only moved, by up to two small pixels, leaves nothing; what became brighter or darker stays.
    """
    height, width = (side // _BLOCK * _BLOCK for side in after.shape)
    target = after[:height, :width]
    padded = np.pad(before, _SHIFT, mode="edge")
    best: NDArray[np.float32] | None = None
    for down in range(2 * _SHIFT + 1):
        for right in range(2 * _SHIFT + 1):
            difference = np.abs(target - padded[down : down + height, right : right + width])
            blocks = difference.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).sum(axis=(1, 3))
            best = blocks if best is None else np.minimum(best, blocks)
    return 0.0 if best is None else float(best.mean()) / _BLOCK**2


_LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32) / 255
