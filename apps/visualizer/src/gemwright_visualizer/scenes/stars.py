"""Lights out of focus, at many distances, along a slanted band."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, swell, tint
from gemwright_visualizer.scenes.pen import View

__all__ = ["Stars"]

_LIGHTS = 150


class Stars(Scene):
    """Near lights are large and pale, far ones small and sharp; strokes make single lights flare, the bass breathes."""

    name = "stars"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([p.c1, p.c1, p.c2, p.c3])
        depth = np.sort(self.random.random(_LIGHTS) ** 0.75)
        along = self.random.uniform(-1.15, 1.15, _LIGHTS)
        slant = float(self.random.choice([-1, 1]) * self.random.uniform(0.25, 0.6))
        spread = self.random.normal(0, 0.28 + 0.35 * depth, _LIGHTS)
        self._x = along * self.sheet.across
        self._y = (along * slant + spread) * self.sheet.down
        self._slant = slant
        self._depth = depth
        self._kind = self.random.random(_LIGHTS)
        self._phase = self.random.random((_LIGHTS, 2)) * 6.28
        self._dust = self.random.uniform(-1.3, 1.3, (420, 2)) * np.array([self.sheet.across, self.sheet.down])
        self._dust_size = self.random.integers(0, 3, 420)

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        x, y = sheet.grid(4)
        off = (y - x * np.float32(self._slant * self.sheet.down / self.sheet.across)) * np.float32(0.9)
        sheet.ground(
            np.exp(-off * off * np.float32(1.6)) * np.float32(0.34 + 0.22 * drive.bass + 0.05 * drive.pulse),
            self._ground,
            vignette=0.5,
        )
        clock = drive.clock
        flare = np.zeros(_LIGHTS)
        for hit in self.stage.score.hits(drive.time - 1.2, drive.time):
            number = round(hit.time * 1000) * 2654435761 % 65536
            for step in range(7):
                flare[(number + step * 37) % _LIGHTS] += hit.strength * swell(drive.time - hit.time, 0.03, 0.30)
        push = drive.time * 0.012 + clock * 0.012
        with sheet.pen.seen(view.damped(0.4)) as pen:
            for size in range(3):
                pen.dots(
                    self._dust[self._dust_size == size],
                    0.004 + 0.003 * size,
                    ink.light,
                    0.16 + 0.22 * size / 2 + 0.25 * drive.high,
                )
        for at in range(_LIGHTS):
            depth = float(self._depth[at])
            with sheet.pen.seen(view.damped(0.4 + 0.9 * depth)) as pen:
                px = (self._x[at] + push * (0.2 + depth) + self.sheet.across * 1.25) % (
                    2.5 * self.sheet.across
                ) - 1.25 * self.sheet.across
                py = self._y[at] + 0.03 * np.sin(self._phase[at, 1] + drive.time * 0.5)
                lit = min(float(flare[at]), 1.0)
                radius = (0.008 + 0.165 * depth**2.6) * (1 + 0.12 * drive.bass + 0.25 * lit)
                alpha = (0.95 - 0.78 * depth**0.7) * (
                    0.55 + 0.25 * np.sin(self._phase[at, 0] + clock * 0.5)
                ) + 0.45 * lit
                kind = float(self._kind[at])
                colour = ink.accent if kind > 0.83 else tint(ink.mid, ink.light, min(kind, 0.8) + 0.2 * lit)
                alpha = float(np.clip(alpha, 0.05, 1.0))
                pen.disc(float(px), float(py), radius, colour, alpha * 0.72)
                if radius > 0.03:
                    pen.ring(
                        float(px), float(py), radius * 0.985, radius * 0.045, tint(colour, ink.light, 0.5), alpha * 0.7
                    )
