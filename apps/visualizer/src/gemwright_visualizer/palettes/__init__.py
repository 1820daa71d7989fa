"""Colours: what they look like to an eye, forty palettes made by hand, and the nearest good one to a bad one.

Knows: sRGB, OKLab and CIELAB, distances of colours, WCAG's contrast, palettes of four colours from dark to light with an
accent.
Never knows: songs, scenes, pictures.
"""

from __future__ import annotations

from gemwright_visualizer.palettes.built_in import PALETTES, moods_of, palette_named
from gemwright_visualizer.palettes.choosing import nearest, palette_of, palette_text, palettes_for, problems
from gemwright_visualizer.palettes.colours import (
    contrast,
    difference,
    from_hex,
    from_oklab,
    luminance,
    mix,
    to_hex,
    to_oklab,
)
from gemwright_visualizer.palettes.gradients import Ramp, ramp

__all__ = [
    "PALETTES",
    "Ramp",
    "contrast",
    "difference",
    "from_hex",
    "from_oklab",
    "luminance",
    "mix",
    "moods_of",
    "nearest",
    "palette_named",
    "palette_of",
    "palette_text",
    "palettes_for",
    "problems",
    "ramp",
    "to_hex",
    "to_oklab",
]
