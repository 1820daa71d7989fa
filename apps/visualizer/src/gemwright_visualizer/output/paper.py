"""A page of pixels with type and pictures on it, in the faces that the films have."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from gemwright_visualizer.palettes import from_hex
from gemwright_visualizer.records import Floats, Frame
from gemwright_visualizer.scenes.lettering import Face, draw_word, measure
from gemwright_visualizer.scenes.pen import pen_on

__all__ = ["Paper", "blend"]


def blend(first: str, second: str, share: float) -> str:
    """Return a colour between two, as `#rrggbb`: the first at 0, the second at 1."""
    mixed = from_hex(first) * (1 - share) + from_hex(second) * share
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in mixed)


class Paper:
    """A page; places are pixels from the upper left corner.

    Args:
        width: pixels.
        height: pixels.
        colour: of the ground.
    """

    def __init__(self, width: int, height: int, colour: str) -> None:
        self.width, self.height = width, height
        self.pixels: Frame = np.empty((height, width, 4), np.uint8)
        self.pixels[..., :3] = (from_hex(colour) * 255).round().astype(np.uint8)
        self.pixels[..., 3] = 255
        self._pen, self._surface = pen_on(self.pixels, 1.0)
        self._pen.canvas.translate(-width / 2, -height / 2)

    def picture(self, frame: Frame, left: int, top: int, width: int, height: int) -> None:
        """Lay a picture down, scaled to a rectangle."""
        scaled = Image.fromarray(frame).resize((width, height), Image.Resampling.LANCZOS)
        self.pixels[top : top + height, left : left + width, :3] = np.asarray(scaled)

    def text(
        self,
        text: str,
        left: float,
        baseline: float,
        face: Face,
        size: float,
        colour: str,
        *,
        within: float = 0.0,
        spacing: float = 0.0,
        right: bool = False,
    ) -> float:
        """Write a line, and return how wide it is.

        Args:
            text: what is written; it is cut with an ellipsis where it is too long.
            left: where it begins; where it ends with `right`.
            baseline: of its letters.
            face: of the type.
            size: in pixels.
            colour: as `#rrggbb`.
            within: width that it may take; 0 is as much as it likes.
            spacing: between letters, as a share of the size.
            right: whether it ends at `left`.
        """
        shown = " ".join(text.split())
        if within > 0:
            while shown and measure(shown, face, size, spacing) > within:
                shown = shown[:-2].rstrip(" ,;.…") + "…" if len(shown) > 2 else ""
        if not shown:
            return 0.0
        width = measure(shown, face, size, spacing)
        colours: Floats = from_hex(colour)
        draw_word(self._pen, shown, left - width if right else left, baseline, face, size, colours, 1.0, spacing)
        return width

    def lines(
        self, text: str, left: float, baseline: float, size: float, colour: str, within: float, most: int
    ) -> None:
        """Write a text over at most so many lines."""
        rows: list[str] = [""]
        for word in text.split():
            wider = f"{rows[-1]} {word}".strip()
            if rows[-1] and measure(wider, "text", size) > within and len(rows) < most:
                rows.append(word)
            else:
                rows[-1] = wider
        for number, row in enumerate(rows):
            self.text(row, left, baseline + number * size * 1.35, "text", size, colour, within=within)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str,
        *,
        corner: float = 0.0,
        alpha: float = 1.0,
    ) -> None:
        """Fill a rectangle."""
        self._pen.bar(left, top, right, bottom, from_hex(colour), alpha, corner)

    def edge(self, left: float, top: float, right: float, bottom: float, colour: str, width: float) -> None:
        """Draw a rectangle's edge."""
        self._pen.bar(left, top, right, bottom, from_hex(colour), 1.0, 0.0, width)

    def curve(self, points: Sequence[tuple[float, float]], colour: str, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._pen.shape(np.array(points, np.float32), from_hex(colour), alpha)

    def rgb(self) -> Frame:
        """Return the page, rows by columns by 3."""
        return self.pixels[..., :3].copy()

    def png(self) -> bytes:
        """Return the page as PNG."""
        out = io.BytesIO()
        Image.fromarray(self.rgb()).save(out, "PNG", optimize=True)
        return out.getvalue()
