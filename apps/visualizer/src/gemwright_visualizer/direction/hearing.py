"""What the director wants to know of each section, in numbers from the analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gemwright_visualizer.records import Analysis, Features, Floats, Section

__all__ = ["Heard", "heard", "sections_of"]

_MAJOR: Final = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR: Final = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
"""How much each degree belongs to a key, from C. Source: Krumhansl and Kessler, Psychological Review 89 (1982), as given
in Krumhansl, Cognitive Foundations of Musical Pitch (1990)."""
_DARK_HZ: Final = 600.0
_BRIGHT_HZ: Final = 3600.0
_ONSET: Final = 0.3
"""A rise above this is counted as something that is struck."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A section as numbers.

    Attributes:
        energy: 0 to 1 within the song.
        rank: share of the song's time that is quieter, 0 to 1.
        brightness: 0 to 1, half against fixed frequencies and half within the song.
        minor: whether a minor key fits better.
        drive: 0 to 1: how much it pushes, by strokes a second, percussion and tempo; not relative to the song.
    """

    energy: float
    rank: float
    brightness: float
    minor: bool
    drive: float


def sections_of(analysis: Analysis) -> tuple[Section, ...]:
    """Return the song's sections; one for the whole song where none was found."""
    return analysis.sections or (Section(0.0, analysis.duration, "A", "verse", 0.5),)


def heard(analysis: Analysis) -> tuple[Heard, ...]:
    """Return what is heard in each section of `sections_of`."""
    sections = sections_of(analysis)
    features = analysis.features
    centroids = [_brightness_hz(features, one) for one in sections]
    low, high = min(centroids), max(centroids)
    ranks = _ranks(sections)
    found: list[Heard] = []
    for section, centroid, rank in zip(sections, centroids, ranks, strict=True):
        fixed = _unit(np.log(max(centroid, 1.0) / _DARK_HZ) / np.log(_BRIGHT_HZ / _DARK_HZ))
        within = (centroid - low) / (high - low) if high > low * 1.02 else fixed
        energy = _unit(section.energy)
        found.append(
            Heard(
                energy=energy,
                rank=rank,
                brightness=_unit(0.5 * fixed + 0.5 * within),
                minor=_is_minor(features, section),
                drive=_drive(features, section, analysis.rhythm.tempo),
            )
        )
    return tuple(found)


def _unit(value: float) -> float:
    return float(min(1.0, max(0.0, value))) if np.isfinite(value) else 0.0


def _part(curve: Floats, features: Features, section: Section) -> Floats:
    begin = max(0, int(section.start / features.hop))
    return curve[begin : max(begin + 1, int(section.end / features.hop))]


def _mean(curve: Floats, features: Features, section: Section) -> float:
    part = _part(curve, features, section)
    return float(np.nan_to_num(part).mean()) if part.size else 0.0


def _brightness_hz(features: Features, section: Section) -> float:
    return max(1.0, _mean(features.centroid, features, section))


def _ranks(sections: tuple[Section, ...]) -> list[float]:
    total = sum(max(0.0, one.end - one.start) for one in sections) or 1.0
    ranks: list[float] = []
    for one in sections:
        quieter = sum(two.end - two.start for two in sections if two.energy < one.energy)
        same = sum(two.end - two.start for two in sections if two.energy == one.energy)
        ranks.append(_unit((quieter + same / 2) / total))
    return ranks


def _is_minor(features: Features, section: Section) -> bool:
    part = _part(features.chroma, features, section)
    if not part.size:
        return False
    tones = np.nan_to_num(part).mean(axis=0).astype(np.float64)
    if tones.std() < 1e-6:
        return False
    turned = np.stack([np.roll(tones, -step) for step in range(12)])
    turned -= turned.mean(axis=1, keepdims=True)
    major = (turned @ (_MAJOR - _MAJOR.mean())).max() / np.linalg.norm(_MAJOR - _MAJOR.mean())
    minor = (turned @ (_MINOR - _MINOR.mean())).max() / np.linalg.norm(_MINOR - _MINOR.mean())
    return bool(minor > major)


def _drive(features: Features, section: Section, tempo: float) -> float:
    strokes = 0
    for curve in (features.onset_low, features.onset_mid, features.onset_high):
        part = np.nan_to_num(_part(curve, features, section))
        if part.size > 2:
            peak = (part[1:-1] > _ONSET) & (part[1:-1] >= part[:-2]) & (part[1:-1] > part[2:])
            strokes = max(strokes, int(peak.sum()))
    seconds = max(section.end - section.start, 0.5)
    percussion = _mean(features.percussive, features, section)
    quick = (tempo - 60) / 110 if tempo else 0.0
    return _unit(0.45 * min(1.0, strokes / seconds / 4) + 0.3 * _unit(percussion) + 0.25 * _unit(quick))
