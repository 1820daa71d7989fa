"""Ribbons of fine lines that swing by simple ratios, as a harmonograph draws them."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.pen import View

__all__ = ["Ribbons"]

_LINES = 24
_RATIOS = ((2, 3), (3, 4), (3, 5), (1, 2), (4, 5))


class Ribbons(Scene):
    """One band of lines; the beat swings its phase on, the bass widens it, the middle bends it."""

    name = "ribbons"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([p.c1, p.c1, p.c2])
        self._ratio = _RATIOS[int(self.random.integers(0, len(_RATIOS)))]
        self._phase = float(self.random.uniform(0.2, 1.3))
        self._turn = float(self.random.uniform(-0.06, 0.06))
        self._way = float(self.random.choice([-1, 1]))

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        clock = drive.clock
        phase = self._phase + self._way * (drive.time * 0.05 + clock * 0.075)
        a, b = self._ratio
        t = np.linspace(0, 2 * np.pi, 190)
        width = 0.42 + 0.30 * drive.bass + 0.12 * drive.pulse
        soft = sheet.soft(4)
        x, y = sheet.grid(4)
        reach_x, reach_y = sheet.across * 0.80, sheet.down * 0.64
        with soft.seen(view), soft.placed(turn=self._turn):
            for at in (0.15, 0.5, 0.85):
                shift = (at - 0.5) * width
                soft.line(
                    np.stack([reach_x * np.sin(a * t + phase + shift), reach_y * np.sin(b * t + shift * 0.6)], 1),
                    0.05,
                    tint(ink.mid, ink.accent, at * 0.6),
                    0.22 + 0.2 * drive.pulse,
                )
        sheet.ground(
            np.exp(-(x * x + y * y) * np.float32(0.5)) * np.float32(0.35 + 0.2 * drive.bass),
            self._ground,
            light=9,
            vignette=0.45,
        )
        bend = 0.10 + 0.20 * drive.mid
        with sheet.pen.seen(view) as outer, outer.placed(turn=self._turn) as pen:
            for at in range(_LINES):
                share = at / (_LINES - 1)
                shift = (share - 0.5) * width
                px = reach_x * np.sin(a * t + phase + shift) * (1 + 0.05 * np.sin(3 * t + shift * 4))
                py = reach_y * np.sin(b * t + shift * 0.6) * (1 - 0.10 * share) + bend * 0.4 * np.sin(
                    t * (a + b) + phase * 2 + shift * 2
                )
                edge = 1 - abs(share * 2 - 1)
                if at in (0, _LINES - 1):
                    pen.line(np.stack([px, py], 1), 0.0055, ink.accent, 0.95)
                else:
                    pen.line(
                        np.stack([px, py], 1),
                        0.0019,
                        tint(tint(ink.deep, ink.mid, 0.9), ink.light, share**1.5),
                        0.62 + 0.30 * edge + 0.15 * drive.onset,
                    )
