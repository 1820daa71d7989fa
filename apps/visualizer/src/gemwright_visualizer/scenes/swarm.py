"""Thousands of sparks on a flow without sources, each on its own line of it."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.fields import Noise
from gemwright_visualizer.scenes.pen import View

__all__ = ["Swarm"]

_LINES = 820
_STEPS = 150
_TAIL = 26


class Swarm(Scene):
    """Sparks with tails; the bass makes them hurry, an onset lengthens their tails, beats light up one in nine."""

    name = "swarm"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([p.c1, p.c1, p.c2])
        noise = Noise(self.random, waves=5, finest=2.6)
        reach = np.array([self.sheet.across, self.sheet.down]) * 1.25
        at = self.random.uniform(-1, 1, (_LINES, 2)) * reach
        path = np.empty((_STEPS, _LINES, 2), dtype=np.float64)
        for step in range(_STEPS):
            path[step] = at
            u, v = noise.flow(at[:, 0] * 1.25, at[:, 1] * 1.25)
            speed = np.sqrt(u * u + v * v) + 0.35
            half = at + np.stack([u, v], axis=1) / speed[:, None] * 0.0065
            u, v = noise.flow(half[:, 0] * 1.25, half[:, 1] * 1.25)
            speed = np.sqrt(u * u + v * v) + 0.35
            at = at + np.stack([u, v], axis=1) / speed[:, None] * 0.013
        self._path = path
        self._born = self.random.random(_LINES)
        self._speed = self.random.uniform(0.7, 1.3, _LINES)
        self._class = self.random.permutation(_LINES) % 9
        self._focus = self.random.uniform(-0.45, 0.45, 2) * reach

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        x, y = sheet.grid(4)
        away = (x - np.float32(self._focus[0])) ** 2 + (y - np.float32(self._focus[1])) ** 2
        sheet.ground(
            np.exp(-away * np.float32(0.55)) * np.float32(0.45 + 0.4 * drive.bass), self._ground, vignette=0.45
        )
        clock = drive.time * 0.085 + 0.050 * drive.clock
        life = np.mod(self._born + clock * self._speed, 1.0)
        head = life * (_STEPS - 1)
        fade = np.sin(life * np.pi) ** 0.7
        tail = _TAIL * (0.55 + 0.6 * drive.mid + 0.55 * drive.onset) * (0.6 + 0.8 * (self._class / 8))
        share = np.linspace(0, 1, 11)
        places = np.clip(head[None, :] - tail[None, :] * (1 - share[:, None]), 0, _STEPS - 1.001)
        low = places.astype(np.intp)
        rest = (places - low)[..., None]
        lines = np.arange(_LINES)[None, :]
        points = self._path[low, lines] * (1 - rest) + self._path[low + 1, lines] * rest
        colours = (tint(ink.deep, ink.mid, 0.45), ink.mid, tint(ink.mid, ink.light, 0.6))
        with sheet.pen.seen(view) as pen:
            for kind in range(3):
                chosen = (self._class >= kind * 3) & (self._class < kind * 3 + 3) & (self._class != 8)
                for dim, low_fade, high_fade in ((0.35, 0.0, 0.6), (0.9, 0.6, 1.01)):
                    these = np.flatnonzero(chosen & (fade >= low_fade) & (fade < high_fade))
                    back, front = points[:7, these].swapaxes(0, 1), points[6:, these].swapaxes(0, 1)
                    width = 0.0042 + 0.0016 * kind
                    if len(these):
                        pen.strokes(back, width * 0.8, colours[kind], dim * 0.35)
                        pen.strokes(front, width, colours[kind], dim)
            bright = np.flatnonzero(self._class == 8)
            pen.strokes(points[:, bright].swapaxes(0, 1), 0.0065, ink.accent, 0.55 + 0.45 * drive.pulse)
            pen.dots(points[-1, bright], 0.020 + 0.016 * drive.pulse + 0.008 * drive.onset, ink.light, 1.0)
            others = np.flatnonzero((self._class >= 6) & (self._class < 8) & (fade > 0.5))
            pen.dots(points[-1, others], 0.010 + 0.006 * drive.high, ink.light, 0.85)
