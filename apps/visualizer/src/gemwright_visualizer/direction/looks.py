"""The look by rule: medium, style, lens, light and palette from the song's leading mood, and the user's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from gemwright_visualizer.direction.lots import lot_of
from gemwright_visualizer.direction.moods import MOODS
from gemwright_visualizer.palettes import palettes_for
from gemwright_visualizer.records import Look, Palette, Section

__all__ = ["MEDIUMS", "leading_mood", "look_of"]

MEDIUMS: Final = ("photo", "film", "painting", "3d", "ink", "collage", "pixel", "abstract")
_SOFT: Final = (
    ("film", "slow cinema, fine grain, muted tones", "50 mm, shallow focus"),
    ("painting", "loose brush strokes on canvas, thick paint", "flat perspective"),
    ("photo", "quiet documentary, natural colours", "35 mm, open aperture"),
    ("ink", "ink wash on rough paper, much white", "long view"),
)
_HARD: Final = (
    ("3d", "polished shapes, strong reflections, clean edges", "24 mm, deep focus"),
    ("film", "neon thriller, high contrast, wet surfaces", "anamorphic, lens flare"),
    ("collage", "cut paper and halftone, bold overlaps", "flat, graphic"),
    ("abstract", "geometric light, layered planes", "orthographic"),
)


def look_of(
    moods: Sequence[str], sections: Sequence[Section], drive: float, seed: int, style: str, palette: Palette | None
) -> Look:
    """Return the look of the whole film.

    Args:
        moods: name of each section's mood.
        sections: in the song's order; the mood that lasts longest leads, weighed by energy.
        drive: of the song, 0 to 1: whether it looks soft or hard.
        seed: chooses among what suits.
        style: the user's words, which then stand alone.
        palette: the user's, or None.
    """
    leading = leading_mood(moods, sections)
    tone = MOODS[leading]
    lot = lot_of("look", seed, leading)
    medium, words, lens = lot.choice(_HARD if drive > 0.5 else _SOFT)
    chosen = palette or lot.choice(palettes_for(tuple(tone.colours.split()))[:5])
    return Look(
        style=_plain(style) or words,
        medium=_medium_in(style) or medium,
        lens=lens,
        light=tone.light,
        avoid="crowds, clutter",
        palette=chosen,
        place="",
    )


def leading_mood(moods: Sequence[str], sections: Sequence[Section]) -> str:
    """Return the mood that weighs most: seconds times energy."""
    weight: Counter[str] = Counter()
    for mood, section in zip(moods, sections, strict=True):
        weight[mood] += int(1000 * (section.end - section.start) * (0.4 + section.energy))
    return max(weight, key=lambda one: (weight[one], one))


def _plain(style: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in style).split())


def _medium_in(style: str) -> str:
    words = set(re.findall(r"[a-z0-9]+", style.lower()))
    return next((one for one in MEDIUMS if one in words), "")
