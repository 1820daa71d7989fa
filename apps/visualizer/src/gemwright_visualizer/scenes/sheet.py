"""The sheet that one frame is drawn on: smooth fields at low resolution below, sharp shapes above.

A field costs what its resolution costs; FFmpeg's scaler brings it to full size in a few milliseconds when its planes lie
apart. A field of one number is scaled as a number and coloured afterwards, so an edge in its colours is sharp at full size.
"""

# scipy and numpy say less of their types than a strict checker asks for.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import numpy as np
from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray
from scipy import ndimage

from gemwright_visualizer.palettes import Ramp
from gemwright_visualizer.records import Floats, Frame
from gemwright_visualizer.scenes.pen import Pen, pen_on

__all__ = ["Sheet", "smoothed"]

_blur: Any = ndimage.uniform_filter1d
Field = NDArray[np.floating[Any]]
"""Numbers over the picture's plane, at a low resolution."""


def smoothed(field: Field, radius: int) -> Field:
    """Return a field (its last two axes) blurred by about a Gaussian of this many pixels."""
    size = max(2 * radius // 2 * 2 + 1, 1)
    result = field
    for axis in (-1, -2, -1, -2):
        result = _blur(result, size, axis=axis, mode="nearest")
    return result


def _rows(plane: Any, dtype: type[np.uint8] | type[np.uint16], height: int) -> NDArray[Any]:
    return np.frombuffer(plane, dtype=dtype).reshape(height, -1)


class Sheet:
    """Pixels of one size, drawn on again for each frame.

    Attributes:
        width, height: pixels.
        unit: pixels in half the shorter side.
        across, down: from the centre to the right and the lower edge, in units.
        pixels: height by width by 4, RGBA.
        pen: draws shapes at full size.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.unit = min(width, height) / 2
        self.across, self.down = width / 2 / self.unit, height / 2 / self.unit
        self.pixels: Frame = np.zeros((height, width, 4), dtype=np.uint8)
        self.pen, self._surface = pen_on(self.pixels, self.unit)
        self._scaler = VideoReformatter()
        self._grids: dict[int, tuple[Floats, Floats]] = {}
        self._noise: dict[tuple[int, ...], Floats] = {}
        self._soft: dict[int, tuple[Frame, Pen, Any]] = {}
        self._vignettes: dict[tuple[int, float], Floats] = {}

    def low(self, part: int) -> tuple[int, int]:
        """Return rows and columns of a field at a part (2: half) of 1080 lines, however large the sheet is."""
        rows = max(round(min(self.height, 1080 * self.height / (2 * self.unit)) / part), 8)
        if 2 * self.unit <= 1080 / part:
            rows = self.height
        columns = max(round(rows * self.width / self.height), 8)
        return rows, columns

    def grid(self, part: int) -> tuple[Floats, Floats]:
        """Return x and y, in units, of each pixel of a field at this part."""
        if part not in self._grids:
            rows, columns = self.low(part)
            x = (((np.arange(columns) + 0.5) / columns * 2 - 1) * self.across).astype(np.float32)
            y = (((np.arange(rows) + 0.5) / rows * 2 - 1) * self.down).astype(np.float32)
            self._grids[part] = (np.repeat(x[None, :], rows, axis=0), np.repeat(y[:, None], columns, axis=1))
        return self._grids[part]

    def vignette(self, part: int, strength: float) -> Floats:
        """Return how much light is left at each place, 1 in the middle."""
        key = (part, strength)
        if key not in self._vignettes:
            x, y = self.grid(part)
            away = (x / np.float32(self.across)) ** 2 + (y / np.float32(self.down)) ** 2
            self._vignettes[key] = (1 - np.float32(strength) * np.clip(away / 2, 0, 1) ** np.float32(1.3)).astype(
                np.float32
            )
        return self._vignettes[key]

    def _dither(self, shape: tuple[int, ...]) -> Floats:
        if shape not in self._noise:
            # Even noise hides the steps of eight bits; it stands still, so that nothing shimmers.
            self._noise[shape] = np.random.default_rng(1).random(shape, dtype=np.float32)
        return self._noise[shape]

    def tone(self, field: Field, table: NDArray[np.uint32]) -> None:
        """Fill the sheet by a field of one number, 0 to 1, through a table of colours (`Ramp.packed`)."""
        rows, columns = field.shape
        frame = VideoFrame(columns, rows, "gray16le")
        target = _rows(frame.planes[0], np.uint16, rows)[:, :columns]
        np.multiply(np.clip(field, 0, 1), np.float32(65535), out=target, casting="unsafe")
        large = self._scaler.reformat(frame, self.width, self.height, "gray16le", interpolation=Interpolation.BICUBIC)
        levels = _rows(large.planes[0], np.uint16, self.height)[:, : self.width]
        np.take(table, levels, out=self.pixels.view("<u4")[..., 0], mode="clip")

    def colours(self, planes: Field) -> None:
        """Fill the sheet by three fields: red, green, blue, 0 to 1."""
        rows, columns = planes.shape[1:]
        shown = planes * np.float32(255) + self._dither((rows, columns))
        np.clip(shown, 0, 255, out=shown)
        self._enlarged([shown[0], shown[1], shown[2]])

    def enlarge(self, part: int) -> None:
        """Fill the sheet by what was drawn with the pen of `soft(part)`."""
        layer = self._soft[part][0]
        self._enlarged([layer[..., 0], layer[..., 1], layer[..., 2]])

    def _enlarged(self, planes: list[NDArray[Any]]) -> None:
        rows, columns = planes[0].shape
        frame = VideoFrame(columns, rows, "gbrp")
        for plane, source in zip(frame.planes, (1, 2, 0), strict=True):
            _rows(plane, np.uint8, rows)[:, :columns] = planes[source]
        large = self._scaler.reformat(frame, self.width, self.height, "gbrp", interpolation=Interpolation.BICUBIC)
        packed = self._scaler.reformat(large, self.width, self.height, "rgba")
        self.pixels[...] = _rows(packed.planes[0], np.uint8, self.height)[:, : self.width * 4].reshape(
            self.pixels.shape
        )

    def looked_up(self, x: Field, y: Field, source: NDArray[np.uint32]) -> None:
        """Fill the sheet by what lies at places of a large picture.

        Args:
            x: place from the left, 0 to 1, as a field of low resolution.
            y: from the top, likewise.
            source: rows by columns, packed as `Ramp.packed` does; twice the sheet's size, so that slow moves run smoothly.
        """
        rows, columns = source.shape
        places: list[NDArray[np.uint32]] = []
        for field, count in ((x, columns), (y, rows)):
            frame = VideoFrame(field.shape[1], field.shape[0], "gray16le")
            target = _rows(frame.planes[0], np.uint16, field.shape[0])[:, : field.shape[1]]
            np.multiply(np.clip(field, 0, 1), np.float32(65535), out=target, casting="unsafe")
            large = self._scaler.reformat(
                frame, self.width, self.height, "gray16le", interpolation=Interpolation.BICUBIC
            )
            level = _rows(large.planes[0], np.uint16, self.height)[:, : self.width].astype(np.uint32)
            level *= np.uint32(count)
            level >>= np.uint32(16)
            places.append(level)
        column, row = places
        row *= np.uint32(columns)
        row += column
        np.take(source.reshape(-1), row, out=self.pixels.view("<u4")[..., 0], mode="clip")

    def soft(self, part: int = 4) -> Pen:
        """Return a pen on an empty layer for light, which `ground` adds; blurred there."""
        if part not in self._soft:
            rows, columns = self.low(part)
            pixels = np.zeros((rows, columns, 4), dtype=np.uint8)
            pen, surface = pen_on(pixels, min(rows, columns) / 2)
            self._soft[part] = (pixels, pen, surface)
        pixels, pen, _ = self._soft[part]
        pixels[...] = 0
        return pen

    def ground(
        self,
        field: Field,
        ramp: Ramp,
        part: int = 4,
        light: int | None = None,
        vignette: float = 0.35,
        gain: float = 1.0,
    ) -> None:
        """Fill the sheet by a soft field in a ramp's colours, with the light of `soft` added and the corners darker.

        Args:
            field: 0 to 1, at `part`.
            ramp: its colours.
            part: see `low`.
            light: by how many pixels of the low resolution the layer of `soft(part)` is blurred; None leaves it away.
            vignette: how much darker the corners are.
            gain: of the light.
        """
        last = len(ramp.colours) - 1
        places = (np.clip(field, 0, 1) * np.float32(last)).astype(np.intp)
        planes = np.stack([np.take(ramp.colours[:, channel], places) for channel in range(3)])
        if light is not None:
            layer = np.moveaxis(self._soft[part][0][..., :3], -1, 0).astype(np.float32) * np.float32(gain / 255)
            if light:
                layer = smoothed(layer, light)
            # As light adds up on film: never past white.
            planes = planes + (1 - planes) * np.clip(layer, 0, 1)
        if vignette:
            planes = planes * self.vignette(part, vignette)
        self.colours(planes)

    def rgb(self) -> Frame:
        """Return a copy of the pixels: height by width by 3."""
        source = VideoFrame.from_numpy_buffer(self.pixels, "rgba")
        packed = self._scaler.reformat(source, self.width, self.height, "rgb24")
        out = _rows(packed.planes[0], np.uint8, self.height)[:, : self.width * 3]
        return out.reshape(self.height, self.width, 3).copy()
