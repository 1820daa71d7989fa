"""What the built-in scenes are good for, and which of them a section gets.

The director chooses by these traits alone; how a scene is drawn is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gemwright_visualizer.direction.lots import lot_of
from gemwright_visualizer.records import Role

__all__ = ["PICTURE", "SCENES", "Trait", "pools", "scene_words"]

PICTURE: Final = "image"
"""The scene of a shot that shows a picture."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What a scene is good for.

    Attributes:
        calm: energy 0 to 1 at which it is at its best.
        reach: how far from that it still looks right.
        organic: whether its shapes are grown, not built.
        roles: parts of a song that it was made for.
        words: what one sees, for a model that chooses and for a storyboard's reader.
        soft: whether it has no edges by intent, so that it looks blurred to whoever measures it.
    """

    calm: float
    reach: float
    organic: bool
    roles: tuple[Role, ...]
    words: str
    soft: bool = False


SCENES: Final[dict[str, Trait]] = {
    "liquid": Trait(0.30, 0.45, True, ("intro", "verse", "break"), "slow liquid colour", soft=True),
    "ink": Trait(0.20, 0.35, True, ("intro", "break", "outro"), "ink bleeding into water"),
    "stars": Trait(0.25, 0.40, True, ("intro", "break", "outro"), "soft lights in the dark"),
    "terrain": Trait(0.40, 0.40, False, ("verse", "intro", "outro"), "lines of a mountain range"),
    "ribbons": Trait(0.45, 0.40, True, ("verse", "break"), "ribbons of light that turn"),
    "cells": Trait(0.50, 0.40, True, ("verse", "build"), "glass cells that split"),
    "truchet": Trait(0.60, 0.40, False, ("verse", "build"), "a woven pattern of arcs"),
    "city": Trait(0.60, 0.40, False, ("verse", "chorus", "build"), "a grid of lit towers at night"),
    "stripes": Trait(0.65, 0.40, False, ("verse", "chorus", "build"), "stripes that swell over hidden hills"),
    "ring": Trait(0.75, 0.40, False, ("chorus", "drop"), "a ring of beams around a core"),
    "swarm": Trait(0.75, 0.45, True, ("chorus", "build", "drop"), "a swarm of sparks in a current"),
    "kaleidoscope": Trait(0.80, 0.40, False, ("chorus", "drop"), "a kaleidoscope of shards"),
    "tunnel": Trait(0.90, 0.45, False, ("drop", "build", "chorus"), "a flight through a tunnel"),
}


def scene_words(scene: str) -> str:
    """Return what a scene shows, in words; its own name where it is not built in."""
    return SCENES[scene].words if scene in SCENES else scene


def _fit(trait: Trait, energy: float, role: Role) -> float:
    """Return how well a scene suits, 0 to about 1.5."""
    near = max(0.0, 1 - abs(trait.calm - energy) / (2 * trait.reach))
    return near + (0.5 if role in trait.roles else 0.0)


def pools(parts: Sequence[tuple[str, float, Role]], allowed: Sequence[str], seed: int) -> dict[str, tuple[str, ...]]:
    """Give each kind of section the scenes it is shown by, so that music that returns is seen to return.

    Args:
        parts: label, energy and role of each section in the song's order; the first of a label decides.
        allowed: names of the scenes to choose from.
        seed: breaks ties.

    Returns:
        For each label three names, best first, or as many as there are; two labels share the best one only where there
        are more labels than scenes.
    """
    lot = lot_of("scenes", seed)
    used: dict[str, int] = dict.fromkeys(allowed, 0)
    given: dict[str, tuple[str, ...]] = {}
    kinds: dict[str, tuple[float, Role]] = {label: (energy, role) for label, energy, role in reversed(parts)}
    for label in sorted(kinds, key=lambda one: (-kinds[one][0], one)):
        energy, role = kinds[label]
        worth = {name: _fit(SCENES[name], energy, role) - 0.45 * used[name] + 0.2 * lot.random() for name in allowed}
        ranked = sorted(allowed, key=worth.__getitem__, reverse=True)
        given[label] = tuple(ranked[:3])
        for weight, name in zip((2, 1, 1), given[label], strict=False):
            used[name] += weight
    return given
