"""Whether a section may begin a bar earlier or later, as a model wishes: only where the music changes nearly as much there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.direction import sections_of
from gemwright_visualizer.records import Analysis, Floats, Section

__all__ = ["moved", "novelty"]

_SHARE: Final = 0.6
"""Of the change at the present place that the other place must have."""
_WINDOW: Final = 4.0
_SHORTEST: Final = 2.0


def novelty(analysis: Analysis, time: float) -> float:
    """Return how much the music changes at a time: bands, chroma and strokes of the seconds before and after."""
    features = analysis.features
    at, reach = int(time / features.hop), int(_WINDOW / features.hop)
    before, after = slice(max(0, at - reach), at), slice(at, at + reach)
    if at <= 0 or at >= len(features.loudness):
        return 0.0

    def change(curve: Floats) -> float:
        flat = np.nan_to_num(curve.reshape(len(curve), -1)).astype(np.float64)
        apart: NDArray[np.float64] = flat[after].mean(axis=0) - flat[before].mean(axis=0)
        return float(np.sqrt((apart**2).mean()))

    strokes = change(features.onset_low) + change(features.onset_mid) + change(features.onset_high)
    return change(features.bands) + 0.5 * change(features.chroma) + strokes


def moved(
    analysis: Analysis, wishes: Sequence[Literal["keep", "earlier", "later"]]
) -> tuple[Analysis, tuple[str, ...]]:
    """Move the beginnings of sections to the neighbouring bar where that is wished and the music allows it.

    Args:
        analysis: of the song.
        wishes: one for each section.

    Returns:
        The analysis with other sections, and for each section what came of its wish: empty for `keep`.
    """
    sections = list(sections_of(analysis))
    said: list[str] = [""] * len(sections)
    downs = analysis.rhythm.downbeats
    for index, wish in enumerate(wishes):
        if wish == "keep":
            continue
        if not index:
            said[index] = "the song's beginning stays"
            continue
        here = sections[index].start
        others = [one for one in downs if (one < here - 0.1 if wish == "earlier" else one > here + 0.1)]
        there = (max(others) if wish == "earlier" else min(others)) if others else None
        if there is None or not _room(sections, index, there):
            said[index] = "there is no bar to move to"
        elif novelty(analysis, there) < _SHARE * novelty(analysis, here):
            said[index] = "the music does not change there"
        else:
            sections[index - 1] = replace(sections[index - 1], end=there)
            sections[index] = replace(sections[index], start=there)
            said[index] = f"moved to {there:.2f} s"
    return replace(analysis, sections=tuple(sections)), tuple(said)


def _room(sections: Sequence[Section], index: int, there: float) -> bool:
    return there - sections[index - 1].start >= _SHORTEST and sections[index].end - there >= _SHORTEST
