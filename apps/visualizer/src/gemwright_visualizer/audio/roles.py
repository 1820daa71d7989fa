"""What a part does in the song: energy, and a role guessed from energy, place and what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.bars import Bars
from gemwright_visualizer.audio.structure import Part
from gemwright_visualizer.records import Floats, Role

__all__ = ["Standing", "energies", "standings"]

LEAST_RANGE_DB = 9.0
DROP_TEMPO = 100.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A part's energy, 0 to 1 within the song, and its role."""

    energy: float
    role: Role


def energies(bars: Bars) -> Floats:
    """Return each bar's energy, 0 to 1: mostly its level, then how much is struck, and how high it reaches."""
    strokes = np.log(bars.strokes + 0.05 * bars.strokes.max(axis=0) + 1e-6)
    level = _span(bars.level, LEAST_RANGE_DB)
    return (0.6 * level + 0.25 * _span(strokes.mean(axis=1), 1.0) + 0.15 * _span(strokes[:, 2], 1.0)).astype(np.float32)


def _span(values: Floats, least: float) -> Floats:
    """Scale to 0 to 1 below the highest; a small range stays near 1 instead of being blown up."""
    top = float(np.percentile(values, 95))
    low = min(float(np.percentile(values, 5)), top - least)
    return np.clip((values - low) / (top - low), 0, 1)


def standings(bars: Bars, parts: tuple[Part, ...], tempo: float) -> tuple[Standing, ...]:
    """Judge every part.

    Args:
        bars: the song.
        parts: its parts.
        tempo: beats a minute, 0 where there is none.
    """
    each = energies(bars)
    energy = np.array([float(each[part.first : part.last].mean()) for part in parts])
    bass = np.array([float(bars.strokes[part.first : part.last, 0].mean()) for part in parts])
    bass = bass / (float(bass.max()) + 1e-9)
    roles: list[Role] = []
    for index, part in enumerate(parts):
        after_build = bool(roles) and roles[-1] == "build"
        roles.append(_role(index, parts, energy, bass, _climbs(each, part), tempo, after_build))
    roles = _agreed(parts, roles)
    return tuple(Standing(round(float(value), 3), role) for value, role in zip(energy, roles, strict=True))


def _climbs(each: Floats, part: Part) -> float:
    """Return how much the energy rises from the first third of a part to its last."""
    third = max(1, (part.last - part.first) // 3)
    return float(each[part.last - third : part.last].mean() - each[part.first : part.first + third].mean())


def _role(
    index: int,
    parts: tuple[Part, ...],
    energy: NDArray[np.float64],
    bass: NDArray[np.float64],
    climbs: float,
    tempo: float,
    after_build: bool,
) -> Role:
    own, top, count = float(energy[index]), float(energy.max()), len(parts)
    before = float(energy[index - 1]) if index else 0.0
    after = float(energy[index + 1]) if index + 1 < count else 0.0
    if count > 1 and index == 0 and own < 0.85 * top:
        return "intro"
    if count > 2 and index == count - 1 and own < 0.85 * top:
        return "outro"
    rises = after > own + 0.12
    hollow = bass[index] < 0.6
    thin = own < 0.35 * top and climbs < 0.15
    if rises and not thin and (climbs > 0.08 or (hollow and index and bass[index - 1] > bass[index] + 0.15)):
        if parts[index].last - parts[index].first <= 16 and after > 0.8 * top:
            return "build"
    if own >= 0.94 * top:
        dropped = index and before < own - 0.15 and tempo >= DROP_TEMPO and (bass[index] > 0.5 or after_build)
        return "drop" if dropped else "chorus" if before < own - 0.04 or index else "verse"
    if index and own < 0.6 * top and (before > own + 0.08 or hollow):
        return "break"
    return "verse"


def _agreed(parts: tuple[Part, ...], roles: list[Role]) -> list[Role]:
    """Let parts of one letter in the middle of the song have one role."""
    if len(set(roles)) == 1 and len(roles) > 1:
        only: Role = "verse" if roles[0] == "chorus" else roles[0]
        return [only] * len(roles)
    inner: dict[str, Counter[Role]] = {}
    for part, role in zip(parts, roles, strict=True):
        if role not in ("intro", "outro"):
            inner.setdefault(part.label, Counter())[role] += 1
    settled: list[Role] = []
    for part, role in zip(parts, roles, strict=True):
        common = inner[part.label].most_common(1)[0][0] if part.label in inner else role
        settled.append(role if role in ("intro", "outro") else common)
    return settled
