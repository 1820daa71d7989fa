"""Silk: a liquid gradient that folds over itself, lit from one side."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage
from gemwright_visualizer.scenes.pen import View

__all__ = ["Liquid"]


class Liquid(Scene):
    """Folds of cloth or liquid; the bass lifts the folds, the beat pushes them on, the highs are its sheen."""

    name = "liquid"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._table = ramp(
            [(0.0, p.c1), (0.16, p.c1), (0.42, p.c2), (0.68, p.c3), (0.90, p.c4), (1.0, p.c4)], 4096
        ).packed()
        self._phase = self.random.random(8) * 6.28
        self._slant = float(self.random.uniform(-0.6, 0.6)) + (1.1 if self.random.random() < 0.5 else -0.4)
        self._freq = self.random.uniform(0.85, 1.25, 3)

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        x0, y0 = self.sheet.grid(3)
        f = np.float32
        c, s = (
            f(np.cos(self._slant + view.turn * 6.28) / view.zoom),
            f(np.sin(self._slant + view.turn * 6.28) / view.zoom),
        )
        x = (x0 * c - y0 * s + f(view.x)) * f(1.25)
        y = (x0 * s + y0 * c + f(view.y)) * f(1.25)
        t = drive.time * 0.16 + 0.075 * drive.clock
        lift = 0.82 + 0.24 * drive.bass + 0.10 * drive.pulse
        p = self._phase
        for step, freq in enumerate(self._freq, 1):
            strength = f(lift / step)
            x = x + strength * np.sin(f(freq * step * 1.15) * y + f(t * 1.1 + p[step]))
            y = y + strength * np.sin(f(freq * step * 0.95) * x - f(t * 0.8 + p[step + 3]))
        height = np.sin(x * f(0.85) + y * f(0.55) + f(p[7]))
        across = np.gradient(height, axis=1)
        down = np.gradient(height, axis=0)
        per_unit = f(height.shape[0] / (2 * self.sheet.down))
        light = (across * f(0.72) - down * f(0.55)) * per_unit
        steep = np.abs(light)
        shine = light / (f(1.0) + steep)
        sheen = np.maximum(shine, 0) ** 3 * f(0.34 + 0.4 * drive.high + 0.2 * drive.onset)
        field = f(0.42) + f(0.16) * height + shine * f(0.27 + 0.08 * drive.pulse) + sheen
        field = field * self.sheet.vignette(3, 0.32) + f(0.04 * drive.onset)
        self.sheet.tone(field, self._table)
