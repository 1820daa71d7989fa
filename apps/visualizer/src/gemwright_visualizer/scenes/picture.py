"""A picture that is looked into: near things, which are mostly the darker ones below, move more than far ones."""

# scipy and numpy say less of their types than a strict checker asks for.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.palettes import to_oklab
from gemwright_visualizer.palettes.colours import from_oklab
from gemwright_visualizer.records import Drive, Frame
from gemwright_visualizer.scenes.contract import Scene, Stage, tint
from gemwright_visualizer.scenes.pen import View
from gemwright_visualizer.scenes.sheet import smoothed

__all__ = ["Parallax"]

_SPARE = 1.10
"""How much larger than the frame the picture is, so that no move shows its edge."""


def _drawn(rows: int, columns: int, stage: Stage) -> Frame:
    """Return a stand-in landscape where there is no picture: layers of hills under a sky, in the palette's colours."""
    random = np.random.default_rng(stage.seed)
    x = np.linspace(0, 1, columns, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    ink = stage.inks
    sky = (1 - y)[..., None] * tint(ink.deep, ink.mid, 0.35) + y[..., None] * tint(ink.mid, ink.light, 0.75)
    picture = np.broadcast_to(sky, (rows, columns, 3)).astype(np.float32).copy()
    away = np.hypot((x - random.uniform(0.3, 0.7)) * columns / rows, y - 0.36)
    picture += ((away < 0.13)[..., None]) * (tint(ink.light, ink.accent, 0.35) - picture)
    for layer in range(5):
        shape = sum(
            np.sin(x * random.uniform(2, 5) * (2**octave) + random.uniform(0, 6)) / 2**octave for octave in range(5)
        )
        line = 0.44 + 0.12 * layer + 0.055 * shape * (1.2 - 0.12 * layer)
        colour = tint(tint(ink.mid, ink.light, 0.25), ink.dark, (layer + 1) / 5)
        cover = np.clip((y - line) * rows / 2, 0, 1)[..., None].astype(np.float32)
        picture = picture * (1 - cover) + colour * cover
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)


class Parallax(Scene):
    """The user's picture, drawn towards the palette; the camera leans into its depth, beats push in a little."""

    name = "image"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        sheet = self.sheet
        # Twice as fine as the frame, so that a slow move steps by half a pixel; a very large frame makes do with less.
        fine = 2.0 if sheet.height * sheet.width <= 2_200_000 else 1.25
        rows, columns = round(sheet.height * _SPARE * fine), round(sheet.width * _SPARE * fine)
        low = min(rows, 720)
        drawn = stage.picture if stage.picture is not None else _drawn(low, round(low * columns / rows), stage)
        source = self._cropped(drawn, rows, columns)
        self._picture = self._graded(source)
        light = to_oklab(source[:: max(rows // 90, 1), :: max(columns // 160, 1)].astype(np.float32) / np.float32(255))[
            ..., 0
        ]
        near = 0.55 * (1 - light) + 0.45 * np.linspace(0, 1, light.shape[0])[:, None]
        near = smoothed(near.astype(np.float32), max(light.shape[0] // 9, 1))
        near = (near - near.min()) / max(float(near.max() - near.min()), 1e-3)
        low_rows, low_columns = sheet.low(4)
        row = np.linspace(0, near.shape[0] - 1, low_rows).round().astype(int)
        column = np.linspace(0, near.shape[1] - 1, low_columns).round().astype(int)
        self._near = smoothed(near[np.ix_(row, column)], max(low_rows // 60, 1)) - np.float32(0.5)

    def _cropped(self, picture: Frame, rows: int, columns: int) -> Frame:
        from PIL import Image

        source = Image.fromarray(np.asarray(picture, dtype=np.uint8))
        scale = max(columns / source.width, rows / source.height)
        wide, tall = columns / scale, rows / scale
        # A little above the middle: where faces and horizons are.
        left, top = (source.width - wide) / 2, (source.height - tall) * 0.42
        box = (left, top, left + wide, top + tall)
        fitted = source.resize((columns, rows), Image.Resampling.LANCZOS, box=box)
        return np.asarray(fitted)

    def _graded(self, picture: Frame) -> NDArray[np.uint32]:
        """Return the picture packed, its shadows and lights leaning to the palette's, its corners darker."""
        rows, columns = picture.shape[:2]
        out = np.empty((rows, columns, 4), dtype=np.uint8)
        out[..., 3] = 255
        dark, light = to_oklab(self.inks.dark), to_oklab(self.inks.light)
        mid = to_oklab(self.inks.mid)
        for first in range(0, rows, 128):
            lab = to_oklab(picture[first : first + 128].astype(np.float32) / np.float32(255))
            level = lab[..., :1]
            lean = np.where(
                level < 0.55, dark + (mid - dark) * (level / 0.55), mid + (light - mid) * ((level - 0.55) / 0.45)
            )
            lab[..., 1:] = lab[..., 1:] * 0.62 + lean[..., 1:] * 0.38
            curved = level[..., 0] + 0.06 * np.sin((level[..., 0] - 0.5) * 2 * np.pi)
            y = (np.arange(first, first + len(lab)) / rows - 0.5)[:, None] * 2
            x = (np.arange(columns) / columns - 0.5)[None, :] * 2
            lab[..., 0] = np.clip(curved, 0, 1) * (1 - 0.22 * np.clip((x * x + y * y) / 2, 0, 1) ** 1.2)
            out[first : first + 128, :, :3] = (from_oklab(lab) * 255 + 0.5).astype(np.uint8)
        return out.view("<u4")[..., 0]

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        sheet = self.sheet
        push = 1 + 0.018 * drive.pulse + 0.022 * drive.bass
        lean_x = 0.055 * np.sin(drive.time * 0.35) + view.x * 0.5
        lean_y = 0.020 * np.cos(drive.time * 0.27) + view.y * 0.5
        zoom = max(view.zoom, 1.0)
        zoom = (1 + (zoom - 1) * 0.6) * push
        x, y = sheet.grid(4)
        f = np.float32
        scale = f(zoom) * (1 + self._near * f(0.05 * (zoom - 0.9) + 0.02 * drive.pulse))
        limit_x, limit_y = sheet.across * (_SPARE * zoom - 1) * 0.9, sheet.down * (_SPARE * zoom - 1) * 0.9
        move_x = np.clip(f(lean_x) * (1 + f(1.2) * self._near), -limit_x, limit_x)
        move_y = np.clip(f(lean_y) * (1 + f(1.2) * self._near), -limit_y, limit_y)
        sheet.looked_up(
            ((x + move_x) / scale / f(sheet.across * _SPARE) + 1) * f(0.5),
            ((y + move_y) / scale / f(sheet.down * _SPARE) + 1) * f(0.5),
            self._picture,
        )
        if drive.onset > 0.02:
            sheet.pen.glow(0, 0, sheet.across * 1.2, self.inks.light, 0.07 * drive.onset, "screen")
