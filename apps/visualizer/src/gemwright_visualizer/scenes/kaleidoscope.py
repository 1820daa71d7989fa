"""A rose window: one wedge of shapes, mirrored around the centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gemwright_visualizer.records import Drive, Floats
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.pen import Pen, View

__all__ = ["Kaleidoscope"]


@dataclass(frozen=True, slots=True)
class _Petals:
    """A ring of petals: its reach, their width, their form, which way it turns and how fast."""

    radius: float
    width: float
    kind: int
    way: int
    speed: float


class Kaleidoscope(Scene):
    """Petals in rings; each ring turns a step with the beat, the outer ones open with the louder bands."""

    name = "kaleidoscope"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._folds = int(self.random.choice([8, 10, 12]))
        self._rings = [
            _Petals(
                radius,
                float(self.random.uniform(0.75, 1.15)),
                int(self.random.integers(0, 3)),
                1 if at % 2 else -1,
                float(self.random.uniform(0.3, 0.8)),
            )
            for at, radius in enumerate((2.05, 1.55, 1.16, 0.84, 0.56, 0.33))
        ]

    def _petal(
        self, pen: Pen, reach: float, width: float, kind: int, colours: tuple[Floats, Floats], alpha: float
    ) -> None:
        along = np.linspace(0, 1, 17)
        if kind == 0:
            side = np.sin(along * np.pi) ** 0.8 * width
        elif kind == 1:
            side = np.sin(along * np.pi) ** 1.6 * width * 1.15
        else:
            side = np.minimum(along * 1.6, (1 - along) * 2.6).clip(0, 1) * width * 0.9
        x = reach * (0.18 + 0.82 * along)
        right = np.stack([x, side], axis=1)
        left = np.stack([x[::-1], -side[::-1]], axis=1)
        outer, inner = colours
        pen.shaded(np.concatenate([right, left]), (reach * 0.15, 0.0), (reach, 0.0), [(inner, alpha), (outer, alpha)])
        pen.line(np.concatenate([right, left]), 0.0018, self.inks.light, 0.60 * alpha, closed=True)

    def _turn(
        self,
        pen: Pen,
        drive: Drive,
        clock: float,
        rings: list[tuple[_Petals, float, tuple[Floats, Floats]]],
        first: int,
    ) -> None:
        for number, (ring, band, fill) in enumerate(rings, first):
            open_ = 0.90 + 0.16 * band + 0.05 * drive.pulse * (1 if number % 2 else 0.6)
            turn = ring.way * (clock * ring.speed / self._folds * 0.5 + drive.time * 0.004)
            reach = ring.radius * open_
            width = reach * np.tan(np.pi / self._folds) * ring.width * (0.62 + 0.12 * band)
            for fold in range(self._folds):
                with pen.placed(turn=turn + (fold + 0.5 * (number % 2)) / self._folds):
                    self._petal(pen, reach, width, ring.kind, fill, 0.94)
            if number in (1, 3):
                at = (np.arange(self._folds * 2) + 0.5) / (self._folds * 2) + turn
                place = np.stack([np.cos(at * 2 * np.pi), np.sin(at * 2 * np.pi)], axis=1) * reach * 0.97
                pen.dots(place, 0.022 + 0.02 * drive.high + 0.012 * drive.onset, self.inks.accent, 0.95)

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        clock = drive.clock
        bands = (drive.bass, drive.bass, drive.mid, drive.mid, drive.high, drive.high)
        fills = (
            (tint(ink.dark, ink.deep, 0.75), tint(ink.dark, ink.deep, 0.25)),
            (ink.deep, tint(ink.dark, ink.deep, 0.5)),
            (tint(ink.deep, ink.mid, 0.55), ink.deep),
            (ink.mid, tint(ink.deep, ink.mid, 0.35)),
            (tint(ink.mid, ink.light, 0.6), ink.mid),
            (ink.light, tint(ink.mid, ink.light, 0.4)),
        )
        rings = list(zip(self._rings, bands, fills, strict=True))
        # The two outer rings lie far behind: drawn at half size, a little out of focus.
        far = sheet.soft(2)
        far.wash(ink.night, 1.0)
        far.glow(0, 0, 2.0, ink.deep, 0.5 + 0.3 * drive.bass)
        with far.seen(view):
            self._turn(far, drive, clock, rings[:2], 0)
        far.glow(0, 0, 1.1, ink.night, 0.65)
        sheet.enlarge(2)
        with sheet.pen.seen(view) as pen:
            self._turn(pen, drive, clock, rings[2:], 2)
            pen.disc(0, 0, 0.085 + 0.03 * drive.bass + 0.02 * drive.pulse, ink.night)
            pen.ring(0, 0, 0.085 + 0.03 * drive.bass + 0.02 * drive.pulse, 0.008, ink.accent)
            pen.disc(0, 0, 0.028 + 0.012 * drive.pulse, ink.accent)
