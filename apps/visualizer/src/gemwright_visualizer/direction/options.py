"""What a user may ask of the director, checked before anything is planned."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from gemwright import BadOption
from gemwright_visualizer.direction.scenery import SCENES

__all__ = ["RATIOS", "Options", "Ratio", "frame_rate"]

Ratio = Literal["16:9", "9:16", "1:1", "4:5"]
RATIOS: Final[dict[str, tuple[int, int]]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5)}
_NTSC: Final = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "59.94": Fraction(60000, 1001),
}
_SHORTEST: Final = 144
_TALLEST: Final = 2160
_FASTEST: Final = 120
_STYLE: Final = 200


def frame_rate(text: str) -> Fraction:
    """Read frames a second: a whole number, a fraction such as `30000/1001`, or 23.976, 29.97 and 59.94.

    Raises:
        BadOption: it is none, or not between 1 and 120.
    """
    text = text.strip()
    if text in _NTSC:
        return _NTSC[text]
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6}|/\d{1,6})?", text) or text.endswith(("/0", "/00")):
        raise BadOption(f"{text[:40]!r} is no frame rate", hint="for example 25, 30, 60, 23.976 or 30000/1001")
    try:
        rate = Fraction(text)
    except ZeroDivisionError:
        raise BadOption(f"{text[:40]!r} divides by nothing", hint="for example 30000/1001") from None
    return _checked_rate(rate)


def _checked_rate(rate: Fraction) -> Fraction:
    if not 1 <= rate <= _FASTEST:
        raise BadOption(f"{rate} frames a second are not possible", hint=f"from 1 to {_FASTEST}")
    return rate


@dataclass(frozen=True, slots=True)
class Options:
    """How the film is to be.

    Attributes:
        ratio: width to height.
        fps: frames a second, exact.
        height: length of the frame's shorter side in pixels, so 1080 is 1920 by 1080 and, upright, 1080 by 1920; made even.
        seed: of everything that is drawn by lot.
        style: words of the user for the look, at most 200 characters.
        palette: name of a palette, or five colours with commas; empty lets the director choose.
        scenes: the built-in scenes that may be used.
        pictures: whether each shot gets a picture (its scene is `image`) instead of a drawn scene.

    Raises:
        BadOption: a value is out of its range.
    """

    ratio: Ratio = "16:9"
    fps: Fraction = Fraction(30)
    height: int = 1080
    seed: int = 7
    style: str = ""
    palette: str = ""
    scenes: tuple[str, ...] = tuple(SCENES)
    pictures: bool = False

    def __post_init__(self) -> None:
        if self.ratio not in RATIOS:
            raise BadOption(f"the ratio {self.ratio!r} is not known", hint=f"one of {', '.join(RATIOS)}")
        _checked_rate(self.fps)
        if not _SHORTEST <= self.height <= _TALLEST:
            raise BadOption(f"a height of {self.height} pixels is not possible", hint=f"from {_SHORTEST} to {_TALLEST}")
        if not 0 <= self.seed < 2**31:
            raise BadOption(f"the seed {self.seed} is out of range", hint="a whole number from 0 to 2147483647")
        if len(self.style) > _STYLE:
            raise BadOption(f"the style has {len(self.style)} characters", hint=f"{_STYLE} at most")
        unknown = [name for name in self.scenes if name not in SCENES]
        if unknown or not self.scenes:
            raise BadOption(
                f"there is no scene {unknown[0]!r}" if unknown else "no scene is left to use",
                hint=f"the scenes are {', '.join(SCENES)}",
            )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the frame in pixels, both even."""
        wide, tall = RATIOS[self.ratio]
        short = self.height
        long = math.floor(Fraction(short * max(wide, tall), min(wide, tall)) / 2 + Fraction(1, 2)) * 2
        short = (short + 1) // 2 * 2
        return (long, short) if wide >= tall else (short, long)
