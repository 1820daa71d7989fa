"""What each shot shows: scene, thing, size and camera, varied so that no two neighbours are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gemwright_visualizer.direction.lots import lot_of
from gemwright_visualizer.direction.moods import MOODS, THEMES

__all__ = ["CAMERAS", "SIZES", "STYLES", "Chooser", "things_of"]

SIZES: Final = ("wide", "medium", "close", "macro", "top")
CAMERAS: Final = ("static", "in", "out", "left", "right", "up", "down", "orbit")
STYLES: Final = ("clean", "bold", "serif", "mono", "outline", "glow")
"""Manners of showing a line of text."""
_AFTER: Final[dict[str, tuple[str, ...]]] = {
    "wide": ("medium", "close", "close"),
    "medium": ("close", "wide", "macro"),
    "close": ("wide", "wide", "top"),
    "macro": ("wide", "medium", "top"),
    "top": ("close", "medium", "close"),
}
_MOVES: Final[dict[str, tuple[str, ...]]] = {
    "drift": ("static", "in", "side"),
    "push": ("in", "in", "up"),
    "orbit": ("orbit", "side", "orbit"),
    "pulse": ("in", "out", "static"),
    "shake": ("in", "out", "side"),
}


def things_of(mood: str, seed: int) -> tuple[str, ...]:
    """Return the things of a film by its leading mood: two themes, mixed, every thing once."""
    lot = lot_of("things", seed, mood)
    first, second = (list(THEMES[name]) for name in MOODS[mood].themes)
    lot.shuffle(first)
    lot.shuffle(second)
    return tuple(one for pair in zip(first, second, strict=True) for one in pair)


class Chooser:
    """Chooses shot after shot, remembering what was seen.

    Args:
        things: what may be seen, in the order in which it appears.
        pools: the scenes of each label.
        seed: of what is drawn by lot.
    """

    def __init__(self, things: Sequence[str], pools: dict[str, tuple[str, ...]], seed: int) -> None:
        self._things = things
        self._pools = pools
        self._seed = seed
        self._scene = ""
        self._size = "close"
        self._before: tuple[str, ...] = ()
        self._side: dict[int, str] = {}
        self._turn: dict[str, int] = {}

    def scene(self, label: str, allowed: Sequence[str]) -> str:
        """Return the next scene of a section's label; never the one that was just seen, where there is another."""
        pool = self._pools[label]
        turn = self._turn.get(label, 0)
        order = [pool[(turn + step) % len(pool)] for step in range(len(pool))]
        chosen = next((one for one in (*order, *allowed) if one != self._scene), order[0])
        self._turn[label] = turn + 1
        self._scene = chosen
        return chosen

    def size(self, shot: int, opening: bool) -> str:
        """Return the next size; a section opens wide, unless the last shot was wide."""
        lot = lot_of("size", self._seed, shot)
        chosen = "wide" if opening and self._size != "wide" else lot.choice(_AFTER[self._size])
        self._size = chosen
        return chosen

    def camera(self, shot: int, section: int, motion: str) -> str:
        """Return how the camera moves; sideways always the same way within a section."""
        lot = lot_of("camera", self._seed, shot)
        chosen = lot.choice(_MOVES[motion])
        if chosen != "side":
            return chosen
        return self._side.setdefault(section, "left" if section % 2 else "right")

    def what(self, shot: int, focus: str, opening: bool) -> str:
        """Return what is seen: the section's own thing where it opens, else the next that was not just seen."""
        candidates = [focus] if opening else []
        step = shot
        candidates += [self._things[(step + more) % len(self._things)] for more in range(len(self._things))]
        chosen = next((one for one in candidates if one not in self._before), candidates[0])
        self._before = (*self._before[-1:], chosen)
        return chosen
