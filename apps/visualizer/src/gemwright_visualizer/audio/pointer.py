"""The bar pointer model: a hidden place within the beat and a hidden tempo, and the path that explains the onsets best.

The states are those of Krebs, Böck and Widmer ("An efficient state-space model for joint tempo and meter tracking", ISMIR
2015), after Whiteley, Cemgil and Godsill (ISMIR 2006): a beat of `n` rows has `n` places, and the tempo changes only where a
beat begins, the less likely the larger the change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Floats

__all__ = ["Path", "Pointer"]


@dataclass(frozen=True, slots=True)
class Path:
    """The best path: the rows in which a beat begins, and the beat's length in rows at each row."""

    beats: NDArray[np.int64]
    lengths: NDArray[np.int64]
    score: float


class Pointer:
    """The states and their changes.

    Args:
        shortest: rows of the shortest beat.
        longest: rows of the longest.
        stiffness: how unwilling the tempo is to change.
    """

    def __init__(self, shortest: int, longest: int, stiffness: float) -> None:
        self.lengths = np.arange(shortest, longest + 1)
        self.first = np.concatenate([[0], np.cumsum(self.lengths)[:-1]])
        self.last = self.first + self.lengths - 1
        self.size = int(self.lengths.sum())
        ratio = self.lengths[None, :] / self.lengths[:, None]
        change = -stiffness * np.abs(ratio - 1)
        change -= np.log(np.exp(change).sum(axis=1, keepdims=True))
        self.change = np.ascontiguousarray(change.T.astype(np.float32))  # to, from
        self.phase = np.concatenate([np.arange(n) / n for n in self.lengths]).astype(np.float32)

    def path(self, fit: Floats, kinds: NDArray[np.intp], prior: Floats) -> Path:
        """Find the best path (Viterbi).

        Args:
            fit: rows by kinds of places: how well a row's onsets fit each kind, as logarithms.
            kinds: of each state, a column of `fit`.
            prior: of each length, as logarithms; it counts at each beginning of a beat.
        """
        rows = len(fit)
        count = len(self.lengths)
        came = np.zeros((rows, count), np.uint8)
        change = self.change + prior[:, None].astype(np.float32)
        best = np.repeat(prior.astype(np.float32), self.lengths) + fit[0][kinds]
        ahead = np.empty_like(best)
        columns = np.arange(count)
        for row in range(1, rows):
            ended = best[self.last]
            options = change + ended
            chosen = options.argmax(axis=1)
            came[row] = chosen
            ahead[1:] = best[:-1]
            ahead[self.first] = options[columns, chosen]
            ahead += fit[row].take(kinds)
            best, ahead = ahead, best
        return self._back(best, came)

    def _back(self, best: Floats, came: NDArray[np.uint8]) -> Path:
        rows = len(came)
        state = int(best.argmax())
        score = float(best[state])
        tempo = int(np.searchsorted(self.first, state, "right")) - 1
        place = state - int(self.first[tempo])
        beats: list[int] = []
        lengths = np.empty(rows, np.int64)
        row = rows - 1
        while row >= 0:
            start = row - place
            lengths[max(0, start) : row + 1] = self.lengths[tempo]
            if start < 0:
                break
            beats.append(start)
            if start == 0:
                break
            tempo = int(came[start, tempo])
            place, row = int(self.lengths[tempo]) - 1, start - 1
        return Path(np.asarray(beats[::-1], np.int64), lengths, score)
