"""Which frames are drawn together: whole shots where they are short, equal parts where they are long.

A chunk begins with a cut where it can: its first picture is a key frame anyway, and a change of one shot draws only the
chunks of that shot anew.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from fractions import Fraction
from typing import Final

from gemwright_visualizer.project import plain
from gemwright_visualizer.project.cache import digest
from gemwright_visualizer.records import RATE, Floats, Storyboard

__all__ = ["Span", "key_of", "loudest", "samples_of", "spans_of"]

_LEAST: Final = Fraction(5, 2)
_MOST: Final = 5
_REACH: Final = 6
"""Seconds before and after a chunk from which something may be seen in it: a transition; the limiter of flashes sees 5 s."""

Span = tuple[int, int]


def spans_of(board: Storyboard) -> list[Span]:
    """Return first frame, and the one after the last, of each chunk, in order.

    Args:
        board: the plan; its shots follow each other.
    """
    least, most = math.ceil(_LEAST * board.fps), math.floor(_MOST * board.fps)
    spans: list[Span] = []
    begin = 0
    for shot in board.shots:
        if shot.end_frame - begin < least and shot.end_frame < board.frames:
            continue
        parts = max(1, math.ceil((shot.end_frame - begin) / most))
        length = shot.end_frame - begin
        edges = [begin + length * i // parts for i in range(parts + 1)]
        spans += itertools.pairwise(edges)
        begin = shot.end_frame
    return spans


def key_of(board: Storyboard, span: Span, *others: object) -> str:
    """Return a hash of everything in a plan that can be seen in a chunk.

    Args:
        board: the plan.
        span: of the chunk.
        others: what else it is made of.
    """
    reach = math.ceil(_REACH * board.fps)
    first, last = span[0] - reach, span[1] + reach
    shots = tuple(shot for shot in board.shots if shot.end_frame > first and shot.start_frame < last)
    return digest(plain.write(dataclasses.replace(board, shots=shots)), list(span), *others)


def loudest(board: Storyboard, spans: list[Span], loudness: Floats, hop: float, seconds: float) -> tuple[int, int]:
    """Return the run of chunks, about so many seconds long, in which the song is loudest.

    Args:
        board: the plan.
        spans: of its chunks.
        loudness: dB, a value each `hop` seconds.
        hop: seconds.
        seconds: length that is wanted.

    Returns:
        Number of the first chunk, and of the one after the last.
    """
    power = 10 ** (loudness.astype(float) / 10)
    best, found = -1.0, (0, 1)
    for first in range(len(spans)):
        last = first
        while last < len(spans) and (spans[last][1] - spans[first][0]) / board.fps < seconds * 0.9:
            last += 1
        last = min(last + 1, len(spans))
        begin, end = (float(spans[i][j] / board.fps) for i, j in ((first, 0), (last - 1, 1)))
        window = power[int(begin / hop) : max(int(end / hop), int(begin / hop) + 1)]
        short = min(1.0, (end - begin) / seconds)
        value = float(window.mean() if len(window) else 0.0) * short
        if value > best:
            best, found = value, (first, last)
    return found


def samples_of(span: Span, fps: Fraction) -> slice:
    """Return which samples are heard while a span of frames is shown."""
    return slice(round(span[0] / fps * RATE), round(span[1] / fps * RATE))
