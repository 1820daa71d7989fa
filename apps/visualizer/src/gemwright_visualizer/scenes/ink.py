"""Ink on wet paper: drops that bleed where the song strikes."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.fields import Noise
from gemwright_visualizer.scenes.pen import View

__all__ = ["Ink"]

_DROPS = 11


class Ink(Scene):
    """A drop falls on each stroke and spreads through the grain; old ink pales and its edge stays dark."""

    name = "ink"
    paper = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        ink = self.inks
        x, y = self.sheet.grid(2)
        coarse, fine, hair = Noise(self.random, 5, 3.0), Noise(self.random, 5, 2.5), Noise(self.random, 6, 2.5)
        f = np.float32
        self._dx = coarse.at(x * f(1.5), y * f(1.5)) * f(0.15) + fine.at(x * f(6), y * f(6)) * f(0.034)
        self._dy = coarse.at(y * f(1.5) + 9, x * f(1.5)) * f(0.15) + fine.at(y * f(6) + 5, x * f(6)) * f(0.034)
        # Where paper drinks more: thin veins along the zero lines of a noise, along which ink runs out.
        veins = 1 - np.abs(hair.at(x * f(5), y * f(5)))
        self._hair = f(0.022) - veins**4 * f(0.085) + fine.at(x * f(17), y * f(17)) * f(0.014)
        self._grain = (fine.at(x * f(13), y * f(13)) + hair.at(y * f(29), x * f(29))) * f(0.4) + f(0.5)
        self._paper = tint(ink.light, np.ones(3, dtype=np.float32), 0.35)
        floor = np.float32(0.02)
        self._absorb = [
            -np.log(np.maximum(colour, floor) / self._paper).astype(np.float32)
            for colour in (tint(ink.dark, ink.deep, 0.55), tint(ink.deep, ink.mid, 0.35), ink.accent)
        ]
        diagonal = 1 if self.random.random() < 0.5 else -1
        along = self.random.permutation(np.linspace(-0.92, 0.92, 24))
        spread = self.random.normal(0, 0.30, 24)
        self._places = np.stack(
            [along * self.sheet.across * 0.86, (diagonal * along * 0.55 + spread) * self.sheet.down], axis=1
        )
        self._sizes = self.random.uniform(0.45, 1.0, 24)
        self._first = self.random.integers(0, 1 << 16)

    def _around(self, x: float, y: float, reach: float, view: View) -> tuple[slice, slice]:
        """Return the rows and columns of the field that a drop can touch."""
        rows, columns = self._dx.shape
        left, right = ((x + side * reach - view.x) * view.zoom / self.sheet.across / 2 + 0.5 for side in (-1, 1))
        top, bottom = ((y + side * reach - view.y) * view.zoom / self.sheet.down / 2 + 0.5 for side in (-1, 1))
        return (
            slice(min(max(int(top * rows), 0), rows), min(max(int(bottom * rows) + 1, 0), rows)),
            slice(min(max(int(left * columns), 0), columns), min(max(int(right * columns) + 1, 0), columns)),
        )

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        x, y = self.sheet.grid(2)
        f = np.float32
        wx = (x / f(view.zoom) + f(view.x)) + self._dx
        wy = (y / f(view.zoom) + f(view.y)) + self._dy
        density = [np.zeros_like(x) for _ in range(3)]
        hits = self.stage.score.hits(drive.time - 7.0, drive.time)
        strong = sorted(hits, key=lambda hit: -hit.strength * np.exp(-(drive.time - hit.time) * 0.28))[:_DROPS]
        drops = [(hit.time, hit.strength) for hit in sorted(strong, key=lambda hit: hit.time)]
        # Two old stains are there from the start, so that the paper is never empty.
        drops = [(self.stage.start - 5.0, 0.9), (self.stage.start - 2.2, 0.7), *drops]
        for time, strength in drops:
            age = drive.time - time
            number = (round(time * 1000) * 2654435761 + self._first) % 65536
            px, py = self._places[number % 24]
            size = self._sizes[(number >> 5) % 24] * (0.35 + 0.65 * strength)
            radius = size * (0.10 + 0.44 * (1 - np.exp(-age * 2.6)) + 0.09 * np.log1p(age))
            place = self._around(float(px), float(py), float(radius) + 0.42, view)
            away = np.sqrt((wx[place] - f(px)) ** 2 + (wy[place] - f(py)) ** 2)
            away += self._hair[place] * f(min(0.3 + age * 0.45, 1.25))
            edge = f(0.008 + 0.004 * min(age, 3.0))
            inside = np.clip((f(radius) - away) / edge, -1, 1) * f(0.5) + f(0.5)
            rim = np.exp(-(((away - f(radius) + edge) / (edge * f(1.6))) ** 2))
            pool = np.clip(away / f(radius), 0, 1) ** 2
            pale = f(0.16 + 0.84 * np.exp(-age * 0.42))
            kind = 2 if number % 7 == 3 else (number >> 3) % 2
            depth = f(0.42) + f(0.3) * pool * self._grain[place] + f(0.20) * rim
            density[kind][place] += pale * inside * depth
        planes = np.empty((3, *x.shape), dtype=np.float32)
        swell = f(1 + 0.30 * drive.bass + 0.22 * drive.pulse)
        shade = self.sheet.vignette(2, 0.14) * (f(0.985) + f(0.015) * self._grain)
        for channel in range(3):
            total = sum(d * f(a[channel]) for d, a in zip(density, self._absorb, strict=True))
            planes[channel] = f(self._paper[channel]) * np.exp(-total * swell * f(1.25)) * shade
        self.sheet.colours(planes)
