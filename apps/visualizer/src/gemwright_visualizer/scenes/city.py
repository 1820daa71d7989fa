"""A city at night from above: blocks that rise with the spectrum, windows that light up."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.fields import Noise
from gemwright_visualizer.scenes.pen import View

__all__ = ["City"]

_SIDE = 12
_LOT = 0.29
"""Length of a block with its street."""


class City(Scene):
    """Towers by pitch, the bass in the middle; streets carry lights by the beat; an onset lights windows."""

    name = "city"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([p.c1, p.c1, p.c2])
        noise = Noise(self.random, waves=6, finest=3.0)
        self._blocks: list[tuple[float, int, int, float, int, float]] = []
        middle = (_SIDE - 1) / 2
        for row in range(_SIDE):
            for column in range(_SIDE):
                away = float(np.hypot(row - middle, column - middle))
                rough = float(
                    noise.at(np.array([column * 0.5], dtype=np.float32), np.array([row * 0.5], dtype=np.float32))[0]
                )
                tall = max(0.05, 0.12 + 0.30 * rough + 0.50 * np.exp(-((away / 2.9) ** 2)))
                if self.random.random() < 0.2:
                    tall = 0.0
                band = min(int(away * 5.2) + int(self.random.integers(0, 6)), 63)
                self._blocks.append((row + column, row, column, tall, band, float(self.random.random())))
        self._blocks.sort()
        self._windows = self.random.random((_SIDE * _SIDE, 160))
        self._cars = self.random.random((26, 3))
        self._offset = float(self.random.uniform(-0.15, 0.15))

    @staticmethod
    def _iso(x: float, y: float, z: float = 0.0) -> tuple[float, float]:
        return (x - y) * 0.866, (x + y) * 0.46 - z

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        x, y = sheet.grid(4)
        away = (x * np.float32(0.8)) ** 2 + (y + np.float32(0.1)) ** 2
        sheet.ground(
            np.exp(-away * np.float32(1.1)) * np.float32(0.35 + 0.30 * drive.bass + 0.08 * drive.pulse),
            self._ground,
            vignette=0.55,
        )
        half = _SIDE * _LOT / 2
        clock = drive.clock
        with sheet.pen.seen(view) as outer, outer.placed(self._offset, 0.26, 1.12) as pen:
            street = tint(ink.deep, ink.mid, 0.35)
            lanes: list[tuple[tuple[float, float], tuple[float, float]]] = []
            for at in range(_SIDE + 1):
                place = at * _LOT - half
                lanes.append((self._iso(place, -half), self._iso(place, half)))
                lanes.append((self._iso(-half, place), self._iso(half, place)))
            pen.strokes(lanes, 0.004, street, 0.55)
            cars: list[tuple[float, float]] = []
            for lane, speed, start in self._cars:
                place = round(lane * _SIDE) * _LOT - half
                along = ((start + (clock * 0.035) * (0.5 + speed)) % 1.0) * 2 * half - half
                cars.append(self._iso(place, along) if speed < 0.5 else self._iso(along, place))
            pen.dots(cars, 0.016, ink.accent, 0.95)
            for _, row, column, tall, band, chance in self._blocks:
                if tall <= 0:
                    continue
                depth = (row + column) / (2 * _SIDE - 2)
                height = tall * (0.72 + 0.10 * drive.bass) + 0.34 * float(drive.spectrum[band]) * tall * 1.5
                x0, y0 = column * _LOT - half + 0.026, row * _LOT - half + 0.026
                x1, y1 = x0 + _LOT - 0.052, y0 + _LOT - 0.052
                top = [
                    self._iso(x0, y0, height),
                    self._iso(x1, y0, height),
                    self._iso(x1, y1, height),
                    self._iso(x0, y1, height),
                ]
                left = [self._iso(x0, y1, height), self._iso(x1, y1, height), self._iso(x1, y1), self._iso(x0, y1)]
                right = [self._iso(x1, y0, height), self._iso(x1, y1, height), self._iso(x1, y1), self._iso(x1, y0)]
                near = 0.35 + 0.65 * depth
                wall = tint(ink.night, tint(ink.dark, ink.deep, 0.85), near)
                shade = tint(ink.night, tint(ink.dark, ink.deep, 0.35), near)
                pen.shape(left, wall)
                pen.shape(right, shade)
                level = float(drive.spectrum[band])
                roof = tint(tint(ink.dark, ink.deep, 0.25 + 0.75 * near), ink.mid, 0.75 * level * near)
                if chance > 0.965:
                    roof = tint(ink.accent, ink.deep, 0.35 - 0.35 * drive.pulse)
                pen.shape(top, roof)
                pen.line(top, 0.0035, tint(ink.mid, ink.light, 0.4), (0.25 + 0.6 * level) * near, closed=True)
                lit_left: list[tuple[float, float]] = []
                lit_right: list[tuple[float, float]] = []
                floors = min(int(tall * 1.05 / 0.058), 12)
                states = self._windows[row * _SIDE + column]
                share = 0.26 + 0.30 * drive.energy + 0.22 * drive.onset * chance
                for floor in range(floors):
                    z = height * (floor + 0.7) / (floors + 0.4)
                    for slot in range(4):
                        if states[floor * 8 + slot] < share:
                            lit_left.append(self._iso(x0 + (slot + 0.6) * (x1 - x0) / 4.2, y1, z))
                        if states[floor * 8 + 4 + slot] < share * 0.75:
                            lit_right.append(self._iso(x1, y0 + (slot + 0.6) * (y1 - y0) / 4.2, z))
                if lit_left:
                    pen.dots(lit_left, 0.0135, tint(ink.mid, ink.light, 0.75), 0.45 + 0.55 * near, square=True)
                if lit_right:
                    pen.dots(lit_right, 0.0135, tint(ink.mid, ink.light, 0.25), 0.35 + 0.5 * near, square=True)
