"""Stripes that swell over hidden hills, after the painters who made flat canvases move."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage
from gemwright_visualizer.scenes.pen import View

__all__ = ["Stripes"]


class Stripes(Scene):
    """Bands over a moving relief; beats press the hills up, the bass their width. One hill has the accent's colour."""

    name = "stripes"
    paper = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        stops: list[tuple[float, str]] = []
        # The table repeats: light, dark with a soft edge of about one pixel between, and every sixth band coloured.
        bands = 60
        for band in range(bands):
            left, right = band / bands, (band + 1) / bands
            colour = (p.c4, p.c1)[band % 2] if band not in (29, 37) else (p.accent if band == 29 else p.c3)
            stops += [(left + 0.0004, colour), (right - 0.0004, colour)]
        self._table = ramp(stops, 16384).packed()
        self._bands = bands
        self._hills = [
            (
                float(self.random.uniform(-0.8, 0.8) * self.sheet.across),
                float(self.random.uniform(-0.7, 0.7) * self.sheet.down),
                float(self.random.uniform(0.35, 0.75)),
                float(self.random.choice([-1, 1]) * self.random.uniform(0.7, 1.1)),
                float(self.random.uniform(0, 6.28)),
            )
            for _ in range(3)
        ]
        self._slant = float(self.random.choice([-0.35, 0.0, 0.5, 1.2, np.pi / 2]))

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        f = np.float32
        x0, y0 = self.sheet.grid(3)
        x = x0 / f(view.zoom) + f(view.x)
        y = y0 / f(view.zoom) + f(view.y)
        clock = drive.clock
        angle = self._slant + view.turn * 6.28
        flat = x * f(np.sin(angle)) + y * f(np.cos(angle))
        relief = np.zeros_like(x)
        for number, (hx, hy, width, tall, phase) in enumerate(self._hills):
            cx = hx + 0.20 * np.sin(phase + 0.09 * clock + drive.time * 0.08)
            cy = hy + 0.16 * np.cos(phase * 1.7 + 0.08 * clock)
            away = ((x - f(cx)) ** 2 + (y - f(cy)) ** 2) / f(width * width)
            press = tall * (0.48 + 0.09 * drive.bass + 0.07 * drive.pulse * (1 if number == 0 else 0.5))
            relief += f(press) * np.exp(-away * f(1.5))
        reach = f(3.1 * np.hypot(self.sheet.down, self.sheet.across))
        field = (flat + relief * f(0.62)) / reach + f(0.5 + drive.time * 0.002)
        self.sheet.tone(field, self._table)
