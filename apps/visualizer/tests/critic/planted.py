"""Two hundred pictures of our own scenes, a part of them with a planted defect of a known kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from apps.visualizer.tests.direction.songs import PLAIN, song
from gemwright_visualizer.critic import Facts, measure
from gemwright_visualizer.direction import SCENES, Options, plan
from gemwright_visualizer.palettes import PALETTES, difference, from_hex, palette_of
from gemwright_visualizer.records import Palette
from gemwright_visualizer.rendering import Film

DEFECTS = ("blank", "blur", "palette", "text", "duplicate", "cut subject", "noise", "wrong subject", "bars")
PIXELS_SEE = ("blank", "blur", "palette", "duplicate", "noise", "bars")
"""What can be seen without a model; the others need one."""


@dataclass(frozen=True)
class Planted:
    """A picture, the palette of its film, and what is wrong with it: empty where nothing is."""

    frame: NDArray[np.uint8]
    palette: Palette
    defect: str
    scene: str

    @cached_property
    def facts(self) -> Facts:
        """Its measurements."""
        return measure(self.frame, self.palette)


def drawn(seed: int, count: int) -> list[tuple[NDArray[np.uint8], Palette, str]]:
    """Return pictures of a film's shots; each is there as drawn, mirrored, and upside down, which are three pictures."""
    analysis = song(118.0, PLAIN)
    board = plan(analysis, options=Options(height=144, seed=seed))
    film = Film(board, analysis, limited=False)
    shots = board.shots[:: max(1, len(board.shots) * 3 // count)]
    found: list[tuple[NDArray[np.uint8], Palette, str]] = []
    for one in shots:
        frame = film.frame(one.start_frame + 9)
        palette = palette_of(one.palette)
        found += [(np.ascontiguousarray(turned), palette, one.scene) for turned in (frame, frame[:, ::-1], frame[::-1])]
    return found[:count]


def inner(palette: Palette) -> tuple[str, str, str]:
    """Return the colours that most of a picture has."""
    return palette.c2, palette.c3, palette.accent


def other_colours(frame: NDArray[np.uint8], palette: Palette) -> NDArray[np.uint8]:
    """Return a picture in the colours of a palette that is far from its own."""
    far = max(
        PALETTES,
        key=lambda one: sum(
            difference(from_hex(a), from_hex(b)) for a, b in zip(inner(one), inner(palette), strict=True)
        ),
    )
    stops = [[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in (far.c2, far.c3, far.accent, far.c4)]
    grey = frame.mean(axis=2)
    levels = np.linspace(grey.min(), grey.max(), 4)
    return np.stack([np.interp(grey, levels, [stop[at] for stop in stops]) for at in range(3)], axis=2).astype(np.uint8)


def spoilt(defect: str, frame: NDArray[np.uint8], palette: Palette, lot: random.Random) -> NDArray[Any]:
    """Return a picture with a defect."""
    image = Image.fromarray(frame)
    if defect == "blank":
        return np.full_like(frame, lot.choice((0, 255, 128)))
    if defect == "blur":
        return np.asarray(image.filter(ImageFilter.GaussianBlur(image.width * lot.uniform(0.03, 0.05))))
    if defect == "palette":
        return other_colours(frame, palette)
    if defect == "noise":
        return np.random.default_rng(lot.randrange(99)).integers(0, 255, frame.shape, np.uint8)
    draw = ImageDraw.Draw(image)
    if defect == "text":
        draw.text((image.width * 0.2, image.height * 0.4), "LOREM IPSUM 24", fill=(255, 255, 255), font_size=24)
    elif defect == "bars":
        bar = int(image.height * lot.uniform(0.06, 0.14))
        draw.rectangle((0, 0, image.width, bar), fill=(0, 0, 0))
        draw.rectangle((0, image.height - bar - 1, image.width, image.height), fill=(0, 0, 0))
    return np.asarray(image)


def calibration(seed: int = 5, films: int = 5, each: int = 40) -> Iterator[list[Planted]]:
    """Yield films of pictures, a third of them with a defect."""
    lot = random.Random(seed)
    at = 0
    for film in range(films):
        good = drawn(100 + film, each)
        pictures: list[Planted] = []
        for index, (frame, palette, scene) in enumerate(good):
            if index % 3 != 2:
                pictures.append(Planted(frame, palette, "", scene))
                continue
            defect = DEFECTS[at % len(DEFECTS)]
            at += 1
            if defect == "blur" and SCENES[scene].soft:
                defect = "blank"
            if defect == "duplicate":
                twin = good[index - 1][0]
                brighter = np.clip(twin.astype(np.int16) + 3, 0, 255).astype(np.uint8)
                pictures.append(Planted(brighter, palette, defect, scene))
            else:
                pictures.append(Planted(np.asarray(spoilt(defect, frame, palette, lot)), palette, defect, scene))
        yield pictures
