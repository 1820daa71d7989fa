"""Stained glass: cells around drifting points, lit by waves that run out from each stroke."""

# scipy and numpy say less of their types than a strict checker asks for.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import spatial

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.fields import Noise
from gemwright_visualizer.scenes.pen import View

__all__ = ["Cells"]

_Places = NDArray[np.float64]
_voronoi: Any = spatial.Voronoi


class Cells(Scene):
    """Rounded panes with dark lead between; a stroke sends a ring of light through them, the bass opens the lead."""

    name = "cells"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([p.c1, p.c1])
        self._ramp = ramp([(0.0, p.c1), (0.28, p.c2), (0.66, p.c3), (1.0, p.c4)])
        reach = np.array([self.sheet.across, self.sheet.down]) * 1.22
        count = 130
        # Denser towards a focus: large quiet panes on one side, small ones on the other.
        focus = self.random.uniform(-0.5, 0.5, 2) * reach
        points = self.random.uniform(-1, 1, (count, 2)) * reach
        points = focus + (points - focus) * (
            0.35 + 0.65 * (np.linalg.norm(points - focus, axis=1, keepdims=True) / reach.max()) ** 0.8
        )
        for _ in range(3):
            points = self._relaxed(points, reach)
        self._points, self._reach, self._focus = points, reach, focus
        self._phase = self.random.random((count, 2)) * 6.28
        self._speed = self.random.uniform(0.3, 0.9, (count, 2))
        self._noise = Noise(self.random, waves=5, finest=2.4)
        self._accent = set(self.random.permutation(count)[: max(count // 26, 3)].tolist())
        self._centres = self.random.uniform(-0.7, 0.7, (16, 2)) * reach

    @staticmethod
    def _panes(points: _Places, reach: _Places) -> list[Any]:
        mirrored = [points]
        for axis in (0, 1):
            for side in (-1, 1):
                other = points.copy()
                other[:, axis] = 2 * side * reach[axis] * 1.08 - other[:, axis]
                mirrored.append(other)
        diagram = _voronoi(np.concatenate(mirrored))
        return [diagram.vertices[diagram.regions[diagram.point_region[at]]] for at in range(len(points))]

    def _relaxed(self, points: _Places, reach: _Places) -> _Places:
        middles = np.stack([pane.mean(axis=0) for pane in self._panes(points, reach)])
        return points + (middles - points) * 0.55

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        sheet.pen.wash(ink.night, 1.0)
        clock = drive.clock
        sway = np.sin(self._phase + self._speed * (drive.time * 0.7 + 0.35 * clock)) * 0.035
        points = self._points + sway
        panes = self._panes(points, self._reach)
        tone = 0.34 + 0.30 * self._noise.at(
            points[:, 0].astype(np.float32), points[:, 1].astype(np.float32), drive.time * 0.25
        )
        light = np.zeros(len(points))
        for hit in self.stage.score.hits(drive.time - 1.6, drive.time):
            age = drive.time - hit.time
            centre = self._centres[int(hit.time * 2.3) % len(self._centres)]
            away = np.linalg.norm(points - centre, axis=1)
            light += hit.strength * np.exp(-(((away - age * 1.9) / 0.24) ** 2)) * np.exp(-age * 1.5)
        light = np.minimum(light, 1.0)
        lead = 0.016 + 0.012 * drive.bass + 0.008 * drive.pulse
        with sheet.pen.seen(view) as pen:
            for at, pane in enumerate(panes):
                middle = pane.mean(axis=0)
                size = float(np.sqrt(((pane - middle) ** 2).sum(axis=1)).mean())
                if size < lead * 1.5:
                    continue
                inner = middle + (pane - middle) * (1 - lead / size)
                value = float(np.clip(tone[at] + 0.05 * drive.bass + 0.42 * light[at], 0.05, 1.0))
                if at in self._accent:
                    low, high = (
                        tint(ink.deep, ink.accent, 0.70 + 0.3 * float(light[at])),
                        tint(ink.mid, ink.accent, 0.9),
                    )
                else:
                    low, high = self._ramp.at(value * 0.82), self._ramp.at(min(value * 1.12, 1.0))
                top = (float(middle[0] - size * 0.6), float(middle[1] - size))
                bottom = (float(middle[0] + size * 0.6), float(middle[1] + size))
                pen.shaded(inner, top, bottom, [(high, 1.0), (low, 1.0)], corner=size * 0.42)
