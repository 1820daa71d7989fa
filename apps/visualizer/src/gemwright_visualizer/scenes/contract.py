"""What every scene is made from and must do."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Protocol

import numpy as np

from gemwright_visualizer.palettes import from_hex, mix
from gemwright_visualizer.records import Drive, Floats, Palette
from gemwright_visualizer.scenes.pen import View
from gemwright_visualizer.scenes.sheet import Sheet

__all__ = ["Hit", "Inks", "Scene", "Score", "Stage", "ease", "inks_of", "swell", "tint"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something struck: when, and how hard from 0 to 1."""

    time: float
    strength: float


class Score(Protocol):
    """The song as a scene may look at it, at any time, so that a frame never depends on the frame before."""

    def drive(self, time: float) -> Drive:
        """Return what moves a scene at a time; what belongs to a shot in it is 0."""
        ...

    def spectrum(self, time: float) -> Floats:
        """Return the 64 values from low to high at a time."""
        ...

    def hits(self, start: float, end: float) -> tuple[Hit, ...]:
        """Return what was struck within a span, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Inks:
    """A palette's colours as values: the four from dark to light, the accent, and a black of the same hue."""

    night: Floats
    dark: Floats
    deep: Floats
    mid: Floats
    light: Floats
    accent: Floats


def inks_of(palette: Palette) -> Inks:
    """Return a palette's colours as values."""
    dark, deep, mid, light, accent = (
        from_hex(colour) for colour in (palette.c1, palette.c2, palette.c3, palette.c4, palette.accent)
    )
    return Inks(mix(np.zeros(3, dtype=np.float32), dark, 0.55), dark, deep, mid, light, accent)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scene is set up with.

    Attributes:
        sheet: what it draws on.
        palette: its colours.
        seed: of everything random.
        score: the song.
        start: when the shot begins, seconds.
        words: what a scene of type may show, the most important first.
        picture: rows by columns by 3, RGB, for scenes that show one.
    """

    sheet: Sheet
    palette: Palette
    seed: int
    score: Score
    start: float = 0.0
    words: tuple[str, ...] = ()
    picture: Any = None
    inks: Inks = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inks", inks_of(self.palette))


class Scene:
    """Draws one shot. Made for one sheet, palette and seed; the same drive and view give the same pixels."""

    name: ClassVar[str] = ""
    paper: ClassVar[bool] = False
    """Whether its ground is light, so that type on it is dark."""
    remembers: ClassVar[bool] = False
    """Whether `advance` must be called for each frame of the shot, in order, before the frame that is drawn."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sheet = stage.sheet
        self.inks = stage.inks
        self.random = np.random.default_rng([stage.seed, *self.name.encode()])

    def advance(self, drive: Drive, view: View) -> None:
        """Carry a scene that remembers on by one frame."""

    def draw(self, drive: Drive, view: View) -> None:
        """Draw a frame on the sheet."""
        raise NotImplementedError


@lru_cache(maxsize=32768)
def _tint(one: bytes, other: bytes, step: int) -> Floats:
    first, second = np.frombuffer(one, dtype=np.float32), np.frombuffer(other, dtype=np.float32)
    mixed = mix(first, second, step / 255)
    mixed.setflags(write=False)
    return mixed


def tint(one: Floats, other: Floats, share: float) -> Floats:
    """Return the colour between two, in one of 256 steps, remembered: for colours that are mixed again and again."""
    return _tint(one.tobytes(), other.tobytes(), round(min(max(share, 0.0), 1.0) * 255))


def ease(share: float) -> float:
    """Return a share of a way, 0 to 1, begun and ended gently."""
    held = min(max(share, 0.0), 1.0)
    return held * held * (3 - 2 * held)


def swell(age: float, attack: float, release: float) -> float:
    """Return an envelope at an age in seconds: up within `attack`, then falling by `release` (to a third)."""
    if age < 0:
        return 0.0
    if age < attack:
        return ease(age / attack)
    return float(np.exp(-(age - attack) / release))
