"""Tiles of two quarter rings whose ends always meet: a woven pattern that a turned tile rewires."""

from __future__ import annotations

from typing import Final

import numpy as np

from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.fields import overshoot
from gemwright_visualizer.scenes.pen import View

__all__ = ["Truchet"]

_GROUPS: Final = 18
"""Tiles turn in so many groups, one a beat: with fewer, the picture is never at rest."""


class Truchet(Scene):
    """On each beat a diagonal of tiles turns by a quarter; beats thicken the bands, strokes light the line in them."""

    name = "truchet"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        rows = int(self.random.choice([4, 5, 6]))
        self._size = 2 * min(self.sheet.down, 1.0) * 1.0 / rows
        self._columns = int(np.ceil(self.sheet.across * 2.5 / self._size)) | 1
        self._rows = int(np.ceil(self.sheet.down * 2.5 / self._size)) | 1
        self._state = self.random.integers(0, 2, (self._rows, self._columns))
        self._group = (
            np.add.outer(np.arange(self._rows), np.arange(self._columns))
            + self.random.integers(0, 2, (self._rows, self._columns)) * 5
        ) % _GROUPS
        self._accent = self.random.random((self._rows, self._columns)) < 0.07

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        size = self._size
        back = tint(ink.dark, ink.deep, 0.35)
        sheet.pen.wash(back, 1.0)
        beat = max(drive.beat, 0) if drive.beat >= 0 else int(drive.time * 2)
        phase = drive.beat_phase if drive.beat >= 0 else drive.time * 2 % 1
        turned = overshoot(phase * 3.0)
        thick = size * (0.32 + 0.03 * drive.pulse)
        with sheet.pen.seen(view) as pen:
            for layer in range(3):
                for row in range(self._rows):
                    for column in range(self._columns):
                        group = int(self._group[row, column])
                        turns = (beat - group) // _GROUPS + 1
                        share = turned if (beat - group) % _GROUPS == 0 else 1.0
                        turn = (int(self._state[row, column]) + turns - 1 + share) / 4
                        x = (column - (self._columns - 1) / 2) * size
                        y = (row - (self._rows - 1) / 2) * size
                        moving = (beat - group) % _GROUPS == 0 and phase < 0.9
                        accent = bool(self._accent[row, column])
                        with pen.placed(x, y, turn=turn):
                            if layer == 0:
                                if accent or moving:
                                    tile = tint(back, ink.deep, 0.9) if not accent else tint(back, ink.mid, 0.35)
                                    pen.bar(-size / 2, -size / 2, size / 2, size / 2, tile, 1.0)
                                continue
                            for corner, start in ((-0.5, 0.0), (0.5, 0.5)):
                                cx = cy = corner * size
                                if layer == 1:
                                    band = ink.accent if accent else tint(ink.mid, ink.light, 0.6)
                                    pen.arc(cx, cy, size / 2, start - 0.002, 0.254, thick, band)
                                else:
                                    pen.arc(
                                        cx,
                                        cy,
                                        size / 2,
                                        start - 0.002,
                                        0.254,
                                        thick * 0.42,
                                        ink.deep if not accent else ink.dark,
                                    )
                                    pen.arc(
                                        cx,
                                        cy,
                                        size / 2,
                                        start - 0.002,
                                        0.254,
                                        thick * 0.08,
                                        tint(ink.mid, ink.light, 0.3 + 0.5 * drive.onset),
                                    )
