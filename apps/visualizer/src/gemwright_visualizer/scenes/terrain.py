"""Mountains of sound: the spectrum of the last seconds as ridges, the newest in front."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.fields import Noise
from gemwright_visualizer.scenes.pen import View

__all__ = ["Terrain"]

_RIDGES = 42
_SPACING = 0.24
"""Seconds between two ridges."""


class Terrain(Scene):
    """Each ridge is a moment of the song; they travel away from the eye towards a low sun."""

    name = "terrain"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([(0.0, p.c1), (0.45, p.c2), (0.8, p.c3), (1.0, p.c4)])
        self._noise = Noise(self.random, waves=7, finest=7.0)
        self._sun = float(self.random.uniform(-0.55, 0.55)) * self.sheet.across
        self._shape = self.random.permutation(64)
        self._middle = float(self.random.uniform(-0.25, 0.25))

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        x, y = sheet.grid(4)
        horizon = -0.30 * sheet.down
        up = np.clip((np.float32(horizon + 0.25) - y) / np.float32(sheet.down), 0, 1)
        sky = np.float32(0.60 + 0.1 * drive.bass) * np.exp(-up * np.float32(2.1))
        away = (x - np.float32(self._sun)) ** 2 + (y - np.float32(horizon)) ** 2
        sheet.ground(
            sky * np.float32(0.72) + np.exp(-away * np.float32(2.2)) * np.float32(0.22 + 0.12 * drive.pulse),
            self._ground,
            vignette=0.25,
        )
        wide = sheet.across * 1.25
        places = np.linspace(-1, 1, 130)
        with sheet.pen.seen(view) as pen:
            radius = 0.27 + 0.02 * drive.bass + 0.012 * drive.pulse
            pen.disc(self._sun, horizon - 0.10, radius, tint(ink.accent, ink.light, 0.15))
            base = int(np.floor(drive.time / _SPACING))
            share = drive.time / _SPACING - base
            for at in range(_RIDGES - 1, -1, -1):
                age = at + share
                depth = age / _RIDGES
                number = base - at
                moment = number * _SPACING
                near = (1 - depth) ** 2.1
                line_y = horizon + 0.04 + (sheet.down * 1.12 - horizon) * near
                scale = 0.30 + 1.05 * near
                spectrum = self.stage.score.spectrum(max(moment, 0.0))
                energy = np.interp(np.abs(places - self._middle) * 46 + 1, np.arange(64), spectrum)
                noise = self._noise.at(
                    (places * 5.2).astype(np.float32), np.full(places.shape, number * 0.13, dtype=np.float32)
                )
                hill = np.exp(-((places - self._middle) ** 2) * 5.0)
                height = (
                    (0.035 + (0.16 + 0.9 * energy) * hill)
                    * (1 + 0.22 * drive.pulse + 0.10 * drive.onset)
                    * (0.55 + 0.45 * noise)
                    * 0.62
                )
                height = np.maximum(height, -0.02) * scale * min(1.0, age * 0.45 + 0.12)
                px = places * wide * (0.72 + 0.55 * near)
                py = line_y - height
                fill = tint(ink.night, tint(ink.dark, ink.deep, 0.75), depth**1.2)
                body = np.concatenate(
                    [
                        np.stack([px, py], 1),
                        [[px[-1], line_y + 0.06 + 0.30 * near], [px[0], line_y + 0.06 + 0.30 * near]],
                    ]
                )
                pen.shape(body, fill)
                colour = ink.accent if number % 16 == 0 else tint(ink.mid, ink.light, near)
                pen.line(np.stack([px, py], 1), 0.0036 + 0.004 * near, colour, 0.28 + 0.72 * (1 - depth) ** 0.8)
