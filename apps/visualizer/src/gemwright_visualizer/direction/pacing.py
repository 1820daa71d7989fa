"""The pace of each section by rule: how fast it is cut, how it moves, how it begins, whether cuts come early."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final, cast, get_args

from gemwright_visualizer.direction.hearing import Heard
from gemwright_visualizer.direction.lots import lot_of
from gemwright_visualizer.records import Motion, Pace, Rate, Role, Section, Transition

__all__ = ["RATES", "pace_of"]

RATES: Final = cast("tuple[Rate, ...]", get_args(Rate))
"""From the longest shots to the shortest."""
_SHIFT: Final[dict[Role, int]] = {"intro": -1, "verse": 0, "build": 0, "chorus": 0, "drop": 0, "break": -1, "outro": -1}
_STILL_DRIVE: Final = 0.2
_CALM_DRIVE: Final = 0.43
_EVEN_DRIVE: Final = 0.52
_HARD_DRIVE: Final = 0.66
_SURE: Final = 0.5


def pace_of(sections: Sequence[Section], heards: Sequence[Heard], confidence: float, seed: int) -> tuple[Pace, ...]:
    """Return a pace for each section: by its place among the song's energies and its role, capped by what the song drives.

    Args:
        sections: in the song's order.
        heards: what is heard in each.
        confidence: of the grid of beats; cuts come early only on a grid that is sure.
        seed: varies motion among what suits.
    """
    paces: list[Pace] = []
    for index, (section, heard) in enumerate(zip(sections, heards, strict=True)):
        lot = lot_of("pace", seed, section.label, section.role)
        rate = _rate(section.role, heard)
        early = section.role in ("verse", "chorus") and rate in ("medium", "fast") and confidence >= _SURE
        begins = _transition(section.role, heard, sections[index - 1] if index else None)
        paces.append(Pace(rate, _motion(section.role, heard, lot), begins, early))
    return tuple(paces)


def _rate(role: Role, heard: Heard) -> Rate:
    step = 1 if heard.rank < 0.3 else 2 if heard.rank < 0.62 else 3
    step += _SHIFT[role]
    if role == "drop" and heard.drive >= _CALM_DRIVE:
        step = max(step, 3 if heard.drive < _HARD_DRIVE else 4)
    if role == "build":
        step = max(step, 2)
    least = 0 if heard.drive < _STILL_DRIVE else 1
    most = 2 if heard.drive < _CALM_DRIVE else 3 if heard.drive < _HARD_DRIVE else 4
    return RATES[max(least, min(step, most))]


def _motion(role: Role, heard: Heard, lot: random.Random) -> Motion:
    if role == "build":
        return "push"
    if role == "drop":
        return lot.choice(("shake", "pulse")) if heard.drive > _EVEN_DRIVE else "pulse"
    if heard.rank < 0.35 or role in ("break", "outro"):
        return lot.choice(("drift", "drift", "orbit"))
    if heard.rank < 0.65:
        return lot.choice(("orbit", "push", "drift"))
    return lot.choice(("pulse", "pulse", "push"))


def _transition(role: Role, heard: Heard, before: Section | None) -> Transition:
    if before is None:
        return "none"
    if role == "drop":
        return "flash"
    if role in ("break", "outro", "intro"):
        return "dissolve"
    if role == "chorus" and heard.drive > _EVEN_DRIVE:
        return "flash" if before.role == "build" else "whip"
    return "dissolve" if heard.drive < _CALM_DRIVE else "cut"
