"""A spectrum as a fine instrument: a ring of needles around a dark sun."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.pen import View

__all__ = ["Ring"]

_NEEDLES = 180


class Ring(Scene):
    """Needles by pitch around a disc, mirrored left and right; a corona swells with the bass; a hand counts the bar."""

    name = "ring"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([p.c1, p.c1, p.c2, p.c3])
        self._lean = float(self.random.uniform(-0.06, 0.06))
        side = float(self.random.choice([-1, 0, 1]))
        self._centre = (side * max(self.sheet.across - 1.25, 0.0) * 0.8, 0.0)

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        cx, cy = self._centre
        radius = 0.46 + 0.022 * drive.pulse + 0.02 * drive.bass
        soft = sheet.soft(4)
        with soft.seen(view):
            soft.glow(
                cx,
                cy,
                radius * (1.75 + 0.35 * drive.bass),
                tint(ink.mid, ink.accent, 0.35),
                0.5 + 0.35 * drive.bass + 0.15 * drive.pulse,
                core=0.42,
            )
        x, y = sheet.grid(4)
        away = np.sqrt((x - np.float32(cx)) ** 2 + (y - np.float32(cy)) ** 2)
        sheet.ground(np.exp(-away * np.float32(1.1)) * np.float32(0.42), self._ground, light=0, vignette=0.4)
        half = _NEEDLES // 2
        at = np.linspace(1.5, 60, half)
        values = np.interp(at, np.arange(64), drive.spectrum)
        values = np.convolve(np.pad(values, 2, mode="edge"), [0.1, 0.2, 0.4, 0.2, 0.1], mode="valid")
        lengths = np.concatenate([values, values[::-1]])
        angle = (np.arange(_NEEDLES) + 0.5) / _NEEDLES * 2 * np.pi + np.pi / 2 + self._lean * 2 * np.pi
        way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        inner = radius + 0.035
        outer = inner + 0.02 + lengths * (0.42 + 0.1 * drive.energy)
        with sheet.pen.seen(view) as outer_pen, outer_pen.placed(cx, cy) as pen:
            for step in range(4):
                pen.ring(0, 0, inner + 0.16 * (step + 1), 0.002, ink.light, 0.10)
            order = np.arange(_NEEDLES)
            for colour, low, high in (
                (tint(ink.deep, ink.mid, 0.7), -1.0, 0.22),
                (ink.mid, 0.22, 0.5),
                (ink.light, 0.5, 2.0),
            ):
                chosen = order[(lengths > low) & (lengths <= high)]
                lines = [(tuple(way[n] * inner), tuple(way[n] * outer[n])) for n in chosen]
                if lines:
                    pen.strokes(lines, 0.0092, colour, 1.0)
            pen.dots(way * (outer[:, None] + 0.022), 0.007, ink.accent, 0.9)
            pen.disc(0, 0, radius, ink.night)
            pen.ring(0, 0, radius, 0.006, ink.light, 0.9)
            clock = drive.clock
            ticks = np.arange(48) / 48 * 2 * np.pi - np.pi / 2
            face = np.stack([np.cos(ticks), np.sin(ticks)], axis=1)
            pen.strokes(
                [(tuple(p * radius * 0.86), tuple(p * radius * (0.9 if n % 12 else 0.94))) for n, p in enumerate(face)],
                0.004,
                ink.mid,
                0.7,
            )
            turn = clock / 4 - 0.25
            pen.arc(0, 0, radius * 0.72, turn - 0.20, 0.20, 0.012, ink.accent, 0.95, round_ends=True)
            pen.arc(0, 0, radius * 0.58, -turn, 0.34, 0.004, ink.mid, 0.8, round_ends=True)
            pen.disc(0, 0, 0.05 + 0.06 * drive.pulse + 0.05 * drive.bass, ink.accent, 0.95)
