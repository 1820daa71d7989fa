"""A pen on a picture: shapes with smooth edges, in units of half the picture's shorter side, from its centre.

The only module, together with `lettering`, that knows the library that draws (Skia, whose Python package has no types).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import skia as _skia  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemwright_visualizer.records import Floats, Frame

__all__ = ["Pen", "Points", "View", "argb", "pen_on", "picture_of"]

skia: Any = _skia
Points = Sequence[tuple[float, float]] | NDArray[np.float32] | NDArray[np.float64]
_BLENDS = {
    "over": skia.BlendMode.kSrcOver,
    "add": skia.BlendMode.kPlus,
    "screen": skia.BlendMode.kScreen,
    "multiply": skia.BlendMode.kMultiply,
}
Blend = Literal["over", "add", "screen", "multiply"]


class View:
    """Where the camera is: `zoom` 1 shows the shorter side from -1 to 1; `x`, `y` are what lies in the centre."""

    __slots__ = ("turn", "x", "y", "zoom")

    def __init__(self, zoom: float = 1.0, x: float = 0.0, y: float = 0.0, turn: float = 0.0) -> None:
        self.zoom, self.x, self.y, self.turn = zoom, x, y, turn

    def damped(self, share: float) -> View:
        """Return a view that moves only by a share of this one: for what lies farther away."""
        return View(1 + (self.zoom - 1) * share, self.x * share, self.y * share, self.turn * share)


def argb(colour: Floats, alpha: float = 1.0) -> int:
    """Return a colour (three values, 0 to 1) with an opacity as one number."""
    red, green, blue = (min(max(int(float(value) * 255 + 0.5), 0), 255) for value in colour)
    return min(max(int(alpha * 255 + 0.5), 0), 255) << 24 | red << 16 | green << 8 | blue


def _points(points: Points) -> list[Any]:
    rows: list[list[float]] = np.asarray(points, dtype=np.float64).tolist()
    return [skia.Point(x, y) for x, y in rows]


class Pen:
    """Draws on one canvas. All measures are in units; angles are in turns, clockwise from the right."""

    def __init__(self, canvas: Any, unit: float) -> None:
        self.canvas = canvas
        self.unit = unit
        self.scale = 1.0

    def _paint(self, colour: Floats, alpha: float, width: float, blend: Blend, round_ends: bool = False) -> Any:
        paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha))
        if width > 0:
            paint.setStyle(skia.Paint.kStroke_Style)
            # A line thinner than a pixel is drawn a pixel wide and fainter: the same light, without shimmer.
            pixels = width * self.unit * self.scale
            paint.setStrokeWidth(width if pixels >= 1.0 else 0.0)
            if pixels < 1.0:
                paint.setAlphaf(alpha * pixels)
            # A hair has no ends to round, and is much the quicker without.
            if round_ends and pixels >= 1.0:
                paint.setStrokeCap(skia.Paint.kRound_Cap)
                paint.setStrokeJoin(skia.Paint.kRound_Join)
        if blend != "over":
            paint.setBlendMode(_BLENDS[blend])
        return paint

    @contextmanager
    def placed(self, x: float = 0.0, y: float = 0.0, scale: float = 1.0, turn: float = 0.0) -> Generator[Pen]:
        """Draw with the origin moved, then scaled, then turned."""
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.scale(scale, scale)
        self.canvas.rotate(turn * 360)
        before, self.scale = self.scale, self.scale * abs(scale)
        try:
            yield self
        finally:
            self.canvas.restore()
            self.scale = before

    @contextmanager
    def flipped(self, x: float = 1.0, y: float = 1.0) -> Generator[Pen]:
        """Draw with the axes scaled, -1 mirrors."""
        self.canvas.save()
        self.canvas.scale(x, y)
        try:
            yield self
        finally:
            self.canvas.restore()

    @contextmanager
    def seen(self, view: View) -> Generator[Pen]:
        """Draw as the camera sees it."""
        self.canvas.save()
        self.canvas.scale(view.zoom, view.zoom)
        self.canvas.rotate(view.turn * 360)
        self.canvas.translate(-view.x, -view.y)
        before, self.scale = self.scale, self.scale * view.zoom
        try:
            yield self
        finally:
            self.canvas.restore()
            self.scale = before

    @contextmanager
    def inside(self, points: Points) -> Generator[Pen]:
        """Draw only within a polygon."""
        self.canvas.save()
        self.canvas.clipPath(skia.Path.Polygon(_points(points), True), True)
        try:
            yield self
        finally:
            self.canvas.restore()

    def disc(
        self, x: float, y: float, radius: float, colour: Floats, alpha: float = 1.0, blend: Blend = "over"
    ) -> None:
        """Fill a circle."""
        self.canvas.drawCircle(x, y, radius, self._paint(colour, alpha, 0, blend))

    def ring(
        self,
        x: float,
        y: float,
        radius: float,
        width: float,
        colour: Floats,
        alpha: float = 1.0,
        blend: Blend = "over",
    ) -> None:
        """Draw a circle's edge."""
        self.canvas.drawCircle(x, y, radius, self._paint(colour, alpha, width, blend))

    def arc(
        self,
        x: float,
        y: float,
        radius: float,
        start: float,
        sweep: float,
        width: float,
        colour: Floats,
        alpha: float = 1.0,
        round_ends: bool = False,
    ) -> None:
        """Draw a part of a circle's edge, from `start` over `sweep` turns."""
        box = skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius)
        self.canvas.drawArc(box, start * 360, sweep * 360, False, self._paint(colour, alpha, width, "over", round_ends))

    def bar(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Floats,
        alpha: float = 1.0,
        corner: float = 0.0,
        width: float = 0.0,
    ) -> None:
        """Fill a rectangle, or draw its edge where a width is given."""
        box = skia.Rect.MakeLTRB(left, top, right, bottom)
        paint = self._paint(colour, alpha, width, "over")
        if corner > 0:
            self.canvas.drawRoundRect(box, corner, corner, paint)
        else:
            self.canvas.drawRect(box, paint)

    def shape(
        self, points: Points, colour: Floats, alpha: float = 1.0, blend: Blend = "over", corner: float = 0.0
    ) -> None:
        """Fill a polygon; `corner` rounds its corners by that radius."""
        paint = self._paint(colour, alpha, 0, blend)
        if corner > 0:
            paint.setPathEffect(skia.CornerPathEffect.Make(corner))
        self.canvas.drawPath(skia.Path.Polygon(_points(points), True), paint)

    def frame(self, outer: Points, inner: Points, colour: Floats, alpha: float = 1.0) -> None:
        """Fill what lies between two polygons, one within the other."""
        path = skia.Path.Polygon(_points(outer), True)
        path.addPoly(_points(inner), True)
        path.setFillType(skia.PathFillType.kEvenOdd)
        self.canvas.drawPath(path, self._paint(colour, alpha, 0, "over"))

    def shaded(
        self,
        points: Points,
        top: tuple[float, float],
        bottom: tuple[float, float],
        colours: Sequence[tuple[Floats, float]],
        corner: float = 0.0,
    ) -> None:
        """Fill a polygon with colours (each with its opacity) that run from one point to another."""
        paint = skia.Paint(AntiAlias=True)
        paint.setShader(
            skia.GradientShader.MakeLinear(
                [skia.Point(*top), skia.Point(*bottom)], [argb(colour, alpha) for colour, alpha in colours]
            )
        )
        if corner > 0:
            paint.setPathEffect(skia.CornerPathEffect.Make(corner))
        self.canvas.drawPath(skia.Path.Polygon(_points(points), True), paint)

    def line(
        self,
        points: Points,
        width: float,
        colour: Floats,
        alpha: float = 1.0,
        blend: Blend = "over",
        closed: bool = False,
        round_ends: bool = True,
    ) -> None:
        """Draw a line through points."""
        path = skia.Path.Polygon(_points(points), closed)
        self.canvas.drawPath(path, self._paint(colour, alpha, width, blend, round_ends))

    def strokes(
        self,
        lines: Sequence[Points] | NDArray[np.float32] | NDArray[np.float64],
        width: float,
        colour: Floats,
        alpha: float = 1.0,
        blend: Blend = "over",
    ) -> None:
        """Draw many lines that do not lie over each other in one go."""
        builder = skia.Path()
        if isinstance(lines, np.ndarray):
            # All of one length: the points are made in one go.
            every, length = _points(lines.reshape(-1, 2)), lines.shape[1]
            for first in range(0, len(every), length):
                builder.addPoly(every[first : first + length], False)
        else:
            for points in lines:
                builder.addPoly(_points(points), False)
        self.canvas.drawPath(builder, self._paint(colour, alpha, width, blend, round_ends=True))

    def dots(
        self,
        points: Points,
        size: float,
        colour: Floats,
        alpha: float = 1.0,
        blend: Blend = "over",
        square: bool = False,
    ) -> None:
        """Draw equal dots, `size` across, round or square."""
        paint = self._paint(colour, alpha, size, blend, round_ends=not square)
        if square:
            paint.setStrokeCap(skia.Paint.kSquare_Cap)
        self.canvas.drawPoints(skia.Canvas.kPoints_PointMode, _points(points), paint)

    def glow(
        self,
        x: float,
        y: float,
        radius: float,
        colour: Floats,
        alpha: float = 1.0,
        blend: Blend = "over",
        core: float = 0.0,
    ) -> None:
        """Draw light that falls off towards a radius; within `core` (a share of it) it is full."""
        if radius <= 0 or alpha <= 0:
            return
        paint = skia.Paint(AntiAlias=True)
        stops = [core, core + (1 - core) * 0.28, core + (1 - core) * 0.6, 1.0]
        colours = [argb(colour, alpha * share) for share in (1.0, 0.52, 0.14, 0.0)]
        paint.setShader(skia.GradientShader.MakeRadial(skia.Point(x, y), radius, colours, stops))
        if blend != "over":
            paint.setBlendMode(_BLENDS[blend])
        self.canvas.drawCircle(x, y, radius, paint)

    def wash(self, colour: Floats, alpha: float, blend: Blend = "over") -> None:
        """Lay one colour over everything."""
        paint = skia.Paint(Color=argb(colour, alpha))
        paint.setBlendMode(_BLENDS[blend])
        self.canvas.drawPaint(paint)

    def picture(self, picture: Any, left: float, top: float, width: float, height: float, alpha: float = 1.0) -> None:
        """Draw a whole picture into a rectangle."""
        paint = skia.Paint(AntiAlias=True)
        paint.setAlphaf(alpha)
        sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kNone)
        box = skia.Rect.MakeXYWH(left, top, width, height)
        self.canvas.drawImageRect(picture, box, sampling, paint)


def picture_of(pixels: Frame) -> Any:
    """Return pixels (rows by columns by 4, RGBA, opaque) as something a pen can draw."""
    return skia.Image.fromarray(pixels, colorType=skia.kRGBA_8888_ColorType, copy=True)


def pen_on(pixels: Frame, unit: float) -> tuple[Pen, Any]:
    """Return a pen on pixels (rows by columns by 4, RGBA), and the surface that must be kept as long as the pen is used."""
    rows, columns = pixels.shape[:2]
    info = skia.ImageInfo.Make(columns, rows, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels)
    canvas = surface.getCanvas()
    canvas.translate(columns / 2, rows / 2)
    canvas.scale(unit, unit)
    return Pen(canvas, unit), surface
