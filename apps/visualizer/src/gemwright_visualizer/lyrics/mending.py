"""Lines as they should be: in order, within the song, each once, none on top of the next; what was mended is said."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from gemwright_visualizer.lyrics.formats import Raw
from gemwright_visualizer.records import Line, Word

__all__ = ["mended"]

LONGEST_S = 8.0
"""A line without an end stays so long at most."""
SHORTEST_S = 0.3
MOST = 2000


def mended(raws: list[Raw], duration: float) -> tuple[tuple[Line, ...], list[str]]:
    """Make lines of what a file holds.

    Args:
        raws: as they stand in the file.
        duration: seconds of the song.

    Returns:
        The lines, and a sentence for each kind of repair.
    """
    said: list[str] = []
    if any(later.start < earlier.start for earlier, later in pairwise(raws)):
        said.append("its lines are not in order of time; they were sorted")
    ordered = sorted(raws, key=lambda raw: raw.start)[:MOST]
    if len(raws) > MOST:
        said.append(f"it has {len(raws)} lines; the first {MOST} were taken")
    beyond = [raw for raw in ordered if raw.start >= duration]
    if beyond:
        said.append(
            f"{len(beyond)} of {len(ordered)} lines begin after the song's end at {duration:.0f} s and were left out; "
            "do they belong to another song or another cut of it?"
        )
    early = sum(raw.start < 0 for raw in ordered)
    if early:
        said.append(f"{early} lines begin before the song; they begin with it now")
    inside = [raw if raw.start >= 0 else replace(raw, start=0.0) for raw in ordered if raw.start < duration]
    single = [raw for index, raw in enumerate(inside) if not _again(raw, inside[index - 1] if index else None)]
    if len(single) < len(inside):
        said.append(f"{len(inside) - len(single)} lines were there twice; one of each was kept")
    lines = [
        _line(raw, single[index + 1].start if index + 1 < len(single) else duration)
        for index, raw in enumerate(single)
        if raw.text
    ]
    return tuple(lines), said


def _again(raw: Raw, before: Raw | None) -> bool:
    return before is not None and raw.text == before.text and raw.start - before.start < 0.25


def _line(raw: Raw, following: float) -> Line:
    """End a line where the next begins, or earlier; an empty line in a file is such a next one."""
    end = raw.end if raw.end is not None and raw.end > raw.start else raw.start + LONGEST_S
    end = max(min(end, following), min(raw.start + SHORTEST_S, following))
    words = sorted((word for word in raw.words if raw.start - 0.05 <= word.start < end), key=lambda word: word.start)
    kept = tuple(Word(round(max(word.start, raw.start), 3), word.text) for word in words)
    return Line(round(raw.start, 3), round(end, 3), raw.text, kept if len(kept) == len(raw.words) else ())
