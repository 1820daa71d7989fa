"""Times for lines that have none: spread over the bars in which somebody probably sings, and put onto beats.

Where somebody sings is guessed from the middle of the spectrum, its loudness and how tonal it is; it is a guess, and
every line made so is marked approximate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Analysis, Line

__all__ = ["spread"]

BAR_S = 2.0
LEAST_S = 1.2
MOST_S = 8.0


def spread(stanzas: Sequence[Sequence[str]], analysis: Analysis) -> tuple[Line, ...]:
    """Give every line a place.

    Args:
        stanzas: lines, in groups as the text has them.
        analysis: of the song.
    """
    lines = [line for stanza in stanzas for line in stanza]
    if not lines:
        return ()
    slots = _slots(analysis)
    if not len(slots):
        slots = np.array([[0.0, analysis.duration]])
    lengths = slots[:, 1] - slots[:, 0]
    passed = np.concatenate([[0.0], np.cumsum(lengths)])
    weights = np.array([4 + len(line) for line in lines], np.float64)
    shares = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum() * passed[-1]
    starts = [_place(float(share), slots, passed) for share in shares[:-1]]
    grid = np.asarray(analysis.rhythm.beats, np.float64)
    placed: list[float] = []
    for start in starts:
        snapped = _nearest(start, grid)
        placed.append(snapped if not placed or snapped > placed[-1] + 0.2 else max(start, placed[-1] + 0.2))
    made: list[Line] = []
    for index, (line, start) in enumerate(zip(lines, placed, strict=True)):
        if start >= analysis.duration - 0.1:
            break
        following = placed[index + 1] if index + 1 < len(placed) else analysis.duration
        usual = min(MOST_S, max(LEAST_S, 0.09 * len(line) + 1.0))
        end = min(following, start + usual * 1.6, analysis.duration)
        made.append(Line(round(start, 3), round(end, 3), line, approximate=True))
    return tuple(made)


def _place(share: float, slots: NDArray[np.float64], passed: NDArray[np.float64]) -> float:
    index = min(int(np.searchsorted(passed, share, "right")) - 1, len(slots) - 1)
    return float(slots[index, 0] + share - passed[index])


def _nearest(time: float, grid: NDArray[np.float64]) -> float:
    """Return the nearest beat within half a second, else the time itself."""
    if not len(grid):
        return time
    beat = float(grid[int(np.argmin(np.abs(grid - time)))])
    return beat if abs(beat - time) <= 0.5 else time


def _slots(analysis: Analysis) -> NDArray[np.float64]:
    """Return the bars in which somebody probably sings, from the first to the last, joined where they touch."""
    downbeats = np.asarray(analysis.rhythm.downbeats, np.float64)
    if len(downbeats) < 4:
        downbeats = np.arange(0.0, analysis.duration, BAR_S)
    edges = np.append(downbeats, analysis.duration)
    features, hop = analysis.features, analysis.features.hop
    roles = {"intro": 0.55, "outro": 0.55, "build": 0.8, "drop": 0.85, "break": 0.8, "verse": 1.15, "chorus": 1.2}
    score = np.zeros(len(edges) - 1)
    for index in range(len(score)):
        rows = slice(round(edges[index] / hop), max(round(edges[index] / hop) + 1, round(edges[index + 1] / hop)))
        if not len(features.bands[rows]):
            continue
        voice = float(features.bands[rows, 2:4].mean()) * (1 - float(features.percussive[rows].mean()))
        voice *= 1 - min(1.0, float(features.flatness[rows].mean()) * 2)
        middle = (edges[index] + edges[index + 1]) / 2
        role = next((part.role for part in analysis.sections if part.start <= middle < part.end), "verse")
        score[index] = voice * roles[role]
    if score.max() <= 0:
        return np.zeros((0, 2))
    chosen = score >= 0.6 * float(np.median(score[score > 0]))
    starts, ends = edges[:-1][chosen], edges[1:][chosen]
    joined: list[list[float]] = []
    for start, end in zip(starts, ends, strict=True):
        if joined and start - joined[-1][1] < 0.05:
            joined[-1][1] = float(end)
        else:
            joined.append([float(start), float(end)])
    return np.asarray(joined)
