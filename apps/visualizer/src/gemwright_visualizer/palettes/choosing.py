"""Which palette: by its text, by words, and the nearest good one to one that cannot be used."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from gemwright import UsageProblem
from gemwright_visualizer.palettes.built_in import PALETTES, moods_of, palette_named
from gemwright_visualizer.palettes.colours import contrast, difference, from_hex, luminance, to_hex, to_oklab
from gemwright_visualizer.records import Palette

__all__ = ["nearest", "palette_of", "palette_text", "palettes_for", "problems"]

APART = 12.0
"""How different two colours of a palette must look (CIEDE2000)."""
READABLE = 4.5
"""Contrast between the darkest and the lightest colour, and of the accent on the darkest (WCAG 1.4.3)."""


def _colours(palette: Palette) -> tuple[str, str, str, str, str]:
    return palette.c1, palette.c2, palette.c3, palette.c4, palette.accent


def problems(palette: Palette) -> tuple[str, ...]:
    """Return what is wrong with a palette, a sentence each; empty where nothing is.

    Raises:
        UsageProblem: one of its colours is not written as `#rrggbb`.
    """
    values = [from_hex(colour) for colour in _colours(palette)]
    found: list[str] = []
    lights = [luminance(value) for value in values[:4]]
    if lights != sorted(lights):
        found.append("the four colours do not run from dark to light")
    names = ("c1", "c2", "c3", "c4", "accent")
    found.extend(
        f"{one} and {other} look alike"
        for (one, first), (other, second) in combinations(zip(names, values, strict=True), 2)
        if difference(first, second) < APART
    )
    if contrast(values[0], values[3]) < READABLE:
        found.append("the darkest and the lightest colour have too little contrast for type")
    if contrast(values[0], values[4]) < 3.0:
        found.append("the accent cannot be seen on the darkest colour")
    return tuple(found)


def nearest(palette: Palette) -> Palette:
    """Return a palette that can be used: itself, its own colours put in order, or the most alike built-in one.

    Raises:
        UsageProblem: one of its colours is not written as `#rrggbb`.
    """
    if not problems(palette):
        return palette
    four = sorted(_colours(palette)[:4], key=lambda colour: luminance(from_hex(colour)))
    ordered = Palette(palette.name, four[0], four[1], four[2], four[3], palette.accent)
    if not problems(ordered):
        return ordered
    wanted = np.stack([to_oklab(from_hex(colour)) for colour in _colours(ordered)])

    def distance(other: Palette) -> float:
        lab = np.stack([to_oklab(from_hex(colour)) for colour in _colours(other)])
        apart = (lab - wanted) * np.array([0.6, 1.6, 1.6])
        return float(np.sqrt((apart**2).sum(axis=1)) @ np.array([1.0, 1.0, 1.0, 0.7, 1.3]))

    return min(PALETTES, key=lambda other: (distance(other), other.name))


def palette_of(text: str) -> Palette:
    """Return the palette that a storyboard's cell names: a built-in name, or five colours with commas between.

    Five colours that cannot be used together give the nearest palette that can.

    Raises:
        UsageProblem: there is no such palette, or it is not five colours.
    """
    if "#" not in text and "," not in text:
        return palette_named(text)
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 5:
        raise UsageProblem(
            "a palette of one's own is five colours", hint="c1,c2,c3,c4,accent as #rrggbb, dark to light"
        )
    c1, c2, c3, c4, accent = (to_hex(from_hex(part)) for part in parts)
    return nearest(Palette("own", c1, c2, c3, c4, accent))


def palette_text(palette: Palette) -> str:
    """Return how a storyboard's cell names a palette: `palette_of` gives it back."""
    built_in = {known.name: known for known in PALETTES}
    return palette.name if built_in.get(palette.name) == palette else ",".join(_colours(palette))


def palettes_for(words: tuple[str, ...]) -> tuple[Palette, ...]:
    """Return the built-in palettes that fit words such as a mood's, the best first; never empty."""
    wanted = {word.casefold() for word in words}
    scored = [(len(wanted & set(moods_of(palette.name))), at) for at, palette in enumerate(PALETTES)]
    best = [PALETTES[at] for score, at in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score]
    return tuple(best) or PALETTES
