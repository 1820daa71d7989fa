"""A corridor without an end: frames that fly past, and the light they leave behind, fed back into itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive, Floats
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.pen import Pen, View, pen_on, picture_of

__all__ = ["Tunnel"]

_ROWS = 216
_FAR = 28


class Tunnel(Scene):
    """Frames come nearer by one a beat; each beat sends a lit one, and its light is warped on and on."""

    name = "tunnel"
    remembers = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        sheet = self.sheet
        self._sides = int(self.random.choice([4, 6, 64]))
        self._twist = float(self.random.choice([-1, 1]) * self.random.uniform(0.010, 0.022))
        self._bend = (float(self.random.uniform(-0.22, 0.22)), float(self.random.uniform(-0.16, 0.16)))
        self._far = (self._bend[0] * 0.8, self._bend[1] * 0.8)
        columns = max(round(_ROWS * sheet.width / sheet.height), 8)
        rows = _ROWS if sheet.width >= sheet.height else max(round(_ROWS * sheet.height / sheet.width), 8)
        if sheet.width < sheet.height:
            columns = _ROWS
        self._pixels = np.zeros((rows, columns, 4), dtype=np.uint8)
        self._pixels[..., 3] = 255
        self._pen, self._surface = pen_on(self._pixels, min(rows, columns) / 2)
        self._ramp = ramp([stage.palette.c1, stage.palette.c1, stage.palette.c2])

    def _frame(self, radius: float, turn: float) -> Floats:
        at = (np.arange(self._sides) + 0.5) / self._sides + turn
        points = np.stack([np.cos(at * 2 * np.pi), np.sin(at * 2 * np.pi)], axis=1) * radius
        if self._sides == 4:
            points *= np.array([max(self.sheet.across / self.sheet.down, 0.7), 1.0]) * 0.85
        return points.astype(np.float32)

    def _lit(self, clock: float) -> float:
        return 1.0 if int(clock) % 4 == 0 else 0.45

    def advance(self, drive: Drive, view: View) -> None:
        """Zoom what is there, let it fade, and add this frame's light."""
        before: Any = picture_of(self._pixels)
        rows, columns = self._pixels.shape[:2]
        unit = min(rows, columns) / 2
        zoom = 1.022 + 0.03 * drive.bass + 0.02 * drive.pulse
        self._pixels[..., :3] = 0
        pen: Pen = self._pen
        cx, cy = self._far
        with pen.placed(cx, cy, zoom, self._twist * 0.16):
            pen.picture(
                before, -columns / 2 / unit - cx, -rows / 2 / unit - cy, columns / unit, rows / unit, alpha=0.93
            )
        clock = drive.clock / 2
        radius = 0.11 + 0.05 * drive.bass
        colour = self.inks.accent if int(clock) % 4 == 0 else self.inks.mid
        points = self._frame(radius, clock * self._twist) + np.array(self._far, dtype=np.float32)
        pen.line(points, 0.014 + 0.03 * drive.pulse, colour, 0.10 + 0.75 * drive.pulse + 0.3 * drive.onset, closed=True)

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        light = np.moveaxis(self._pixels[..., :3], -1, 0).astype(np.float32) / np.float32(255)
        rows, columns = light.shape[1:]
        y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None] * np.float32(sheet.down)
        x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :] * np.float32(sheet.across)
        away = np.sqrt((x - np.float32(self._far[0])) ** 2 + (y - np.float32(self._far[1])) ** 2)
        haze = np.exp(-away * np.float32(1.9)) * np.float32(0.62 + 0.38 * drive.bass + 0.15 * drive.pulse)
        base = np.stack(
            [np.float32(n) + (np.float32(m) - np.float32(n)) * haze for n, m in zip(ink.night, ink.deep, strict=True)]
        )
        sheet.colours(base + (1 - base) * light * np.float32(0.9))
        clock = drive.clock / 2
        share = clock - np.floor(clock)
        first = int(np.floor(clock))
        with sheet.pen.seen(view) as pen:
            # Two frames a beat, each a wall seen from inside: its far edge is the next frame's near one.
            for at in range(_FAR, -4, -1):
                distance = at / 2 + 1 - share
                if distance <= -0.75:
                    continue
                number = first * 2 - at
                outer, inner = self._place(distance, number), self._place(distance + 0.5, number - 1)
                near = float(np.exp(-max(distance, 0.0) * 0.30))
                lit = number % 8 == 0
                wall = (
                    tint(ink.night, ink.deep, 0.15 + 0.5 * near)
                    if number % 2
                    else tint(ink.night, ink.deep, 0.05 + 0.22 * near)
                )
                if lit:
                    wall = tint(wall, ink.accent, (0.45 + 0.35 * drive.pulse) * near**0.5)
                band = 0.62 if lit else 0.5
                pen.frame(outer, outer * (1 - band) + inner * band, wall, 0.30 + 0.60 * near)
                line = ink.accent if lit else tint(ink.mid, ink.light, near)
                pen.line(outer, 0.0018 + 0.009 * near * near, line, min(1.0, 0.10 + 0.95 * near), closed=True)
            pen.glow(*self._far, 0.16 + 0.14 * drive.bass, ink.light, 0.55 + 0.35 * drive.pulse, "screen")

    def _place(self, distance: float, number: int) -> Floats:
        """Return a frame's corners: its size by perspective, its middle on the corridor's bend."""
        radius = 1.75 / (1.0 + 0.62 * distance) if distance > -0.9 else 8.0
        bend = 1 - 1 / (1 + 0.30 * max(distance, 0.0))
        middle = np.array([self._bend[0] * bend, self._bend[1] * bend], dtype=np.float32)
        return self._frame(radius, number * self._twist) + middle
