"""Reads a file of lyrics, whatever its format."""

from __future__ import annotations

import re
from pathlib import Path

from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.lyrics.formats import LINE_TAG, of_cues, of_lrc
from gemwright_visualizer.lyrics.guessing import spread
from gemwright_visualizer.lyrics.mending import mended
from gemwright_visualizer.lyrics.text import plain, text_of
from gemwright_visualizer.records import Analysis, Line

__all__ = ["read_lyrics"]

HEADING = re.compile(r"\[[^\]]{0,60}\]|\((?:verse|chorus|bridge|intro|outro|refrain)[^)]{0,20}\)", re.IGNORECASE)
MOST = 2000


def read_lyrics(path: Path, analysis: Analysis) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Read lyrics; the format is told by the content.

    Args:
        path: LRC (with word tags or without), SRT, VTT, or text without times.
        analysis: of the song: its length, and its beats where times have to be guessed.

    Returns:
        The lines in order of time, and a sentence for everything that was mended or guessed.

    Raises:
        SongProblem: it cannot be read, or nothing in it belongs to this song.
    """
    text, said = text_of(path)
    warnings = [said] if said else []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise SongProblem(f"{path.name} holds no lyrics", hint="leave --lyrics out, or give a file with lines in it")
    if "-->" in text:
        raws = of_cues(text)
    elif any(LINE_TAG.match(row.strip()) for row in text.split("\n")):
        raws = of_lrc(text)
    else:
        return _guessed(path, text, analysis, warnings)
    lines, repairs = mended(raws, analysis.duration)
    if not lines:
        raise SongProblem(
            f"{path.name} has no line within the {analysis.duration:.0f} s of this song",
            hint="check that the lyrics belong to this song",
        )
    return lines, (*warnings, *repairs)


def _guessed(
    path: Path, text: str, analysis: Analysis, warnings: list[str]
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    stanzas: list[list[str]] = [[]]
    for row in text.split("\n"):
        line = plain(row)
        if not line or HEADING.fullmatch(line):
            stanzas.append([])
        else:
            stanzas[-1].append(line)
    kept = [stanza for stanza in stanzas if stanza]
    count = sum(len(stanza) for stanza in kept)
    if not count or count > MOST:
        what = "holds no lyrics" if not count else f"has {count} lines, too many for a song"
        raise SongProblem(f"{path.name} {what}", hint="give the words of this song, a line each")
    lines = spread(kept, analysis)
    warnings.append("the lyrics have no times; they were guessed and are approximate (an .lrc file would be exact)")
    if len(lines) < count:
        warnings.append(f"{count - len(lines)} lines found no place in the song")
    return lines, tuple(warnings)
