"""A poster: the song's words, set large, with one bar of colour and the count of the bar."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.palettes import ramp
from gemwright_visualizer.records import Drive
from gemwright_visualizer.scenes.contract import Scene, Stage, ease, tint
from gemwright_visualizer.scenes.fields import overshoot
from gemwright_visualizer.scenes.lettering import draw_word, set_lines
from gemwright_visualizer.scenes.pen import View

__all__ = ["TypeOnly"]


class TypeOnly(Scene):
    """Words on a grid, in the manner of Swiss posters: a huge disc by the bass, rules by the beat, type that arrives."""

    name = "type"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        p = stage.palette
        self._ground = ramp([p.c1, p.c1, p.c2])
        self._left = self.random.random() < 0.5
        self._disc = (float(self.random.uniform(0.25, 0.6)), float(self.random.uniform(-0.45, 0.25)))
        words = [word for word in stage.words if word.strip()] or ["Untitled"]
        self._head = words[0].upper()
        self._foot = words[1] if len(words) > 1 else ""
        self._margin = 0.2
        room = 2 * self.sheet.across - 2 * self._margin
        tall = 0.56 * min(self.sheet.down, 1.2)
        self._setting = set_lines(self._head, "poster", tall, room, lines=2, leading=1.0, align="left")

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet, ink = self.sheet, self.inks
        # A poster stays in its frame: the camera only leans.
        view = View(1 + 0.02 * drive.pulse, view.x * 0.15, view.y * 0.15, view.turn * 0.2)
        x, y = sheet.grid(4)
        left, right = -sheet.across + self._margin, sheet.across - self._margin
        top, bottom = -sheet.down + self._margin, sheet.down - self._margin
        dx, dy = self._disc[0] * sheet.across * (1 if self._left else -1), self._disc[1] * sheet.down
        field = np.float32(0.2) + np.float32(0.34) * np.clip(
            (x * np.float32(0.4) + y) / np.float32(sheet.down) * np.float32(0.5) + np.float32(0.5), 0, 1
        )
        sheet.ground(field, self._ground, vignette=0.25)
        clock = drive.clock
        with sheet.pen.seen(view) as pen:
            radius = 0.60 + 0.10 * drive.bass + 0.05 * drive.pulse
            colour = tint(ink.deep, ink.accent, 0.92)
            pen.disc(dx, dy, radius, colour)
            # The disc's shadowed half turns with the bar, as a moon does.
            turn = (clock / 16) % 1.0
            at = np.linspace(0, np.pi, 60)
            rim = np.stack([np.cos(at), np.sin(at)], axis=1)
            edge = np.stack([np.cos(at[::-1]), np.sin(at[::-1]) * np.cos(turn * 2 * np.pi) * 0.98], axis=1)
            with pen.placed(dx, dy, radius, -0.12):
                pen.shape(np.concatenate([rim, edge]), tint(colour, ink.dark, 0.55), 0.9)
            pen.bar(left, top, right, top + 0.006, ink.light, 0.9)
            pen.bar(left, bottom - 0.006, right, bottom, ink.light, 0.9)
            count = 16
            step = (right - left) / count
            for number in range(count):
                lit = max(drive.beat, 0) % count == number
                height = 0.03 + 0.16 * float(drive.spectrum[2 + number * 3])
                shown = ink.accent if lit else tint(ink.mid, ink.light, 0.2)
                begin = left + number * step
                pen.bar(begin, bottom - 0.05 - height, begin + step * 0.16, bottom - 0.05, shown, 0.95 if lit else 0.55)
        setting = self._setting
        base_y = bottom - 0.33 - setting.height
        first = min((word.x for word in setting.words), default=0.0)
        for number, word in enumerate(setting.words):
            age = drive.shot_time * 2.6 - 0.35 * number + 0.6
            come = overshoot(ease(age)) if age < 1 else 1.0
            shift = (1 - come) * 0.25
            alpha = ease(age * 1.6)
            with sheet.pen.seen(view.damped(0.5)) as pen:
                draw_word(
                    pen,
                    word.text,
                    left - first + word.x,
                    base_y + word.baseline + shift + 0.012 * drive.pulse * (number % 2),
                    "poster",
                    setting.size,
                    ink.light,
                    alpha,
                )
        if self._foot:
            small = set_lines(self._foot, "text", 0.075, (right - left) * 0.6, lines=1)
            for word in small.words:
                draw_word(
                    sheet.pen,
                    word.text,
                    left + word.x,
                    top + 0.06 + small.cap,
                    "text",
                    small.size,
                    ink.light,
                    0.9 * ease(drive.shot_time * 2),
                )
        bar = f"{int(max(drive.beat, 0) // 4) + 1:03d}"
        number_setting = set_lines(bar, "text", 0.075, 1.0, lines=1)
        for word in number_setting.words:
            draw_word(
                sheet.pen,
                word.text,
                right - number_setting.width + word.x,
                top + 0.06 + number_setting.cap,
                "text",
                number_setting.size,
                ink.accent,
            )
