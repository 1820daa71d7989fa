"""The small files beside a film: subtitles, cues, chapters and tags."""

from __future__ import annotations

import csv
import io
import math
from bisect import bisect_right
from typing import Final

from gemwright_visualizer.records import Analysis, Line, Storyboard

__all__ = ["cues", "description", "subtitles"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_LEAST_CHAPTER: Final = 10.0
"""Seconds between two chapters at least, as video sites want them."""


def subtitles(lines: tuple[Line, ...]) -> str:
    """Return lines as SubRip."""
    blocks = (
        f"{number}\n{_stamp(line.start)} --> {_stamp(line.end)}\n{_one_line(line.text)}\n"
        for number, line in enumerate(lines, 1)
    )
    return "\n".join(blocks)


def _stamp(seconds: float) -> str:
    thousandths = max(0, math.floor(seconds * 1000 + 0.5))
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{rest:03d}"


def _one_line(text: str) -> str:
    return " ".join(text.replace("-->", "→").split())


def cues(board: Storyboard, analysis: Analysis) -> str:
    """Return what happens when, as CSV: sections, shots, moments, lines; for an editor or a light desk."""
    fps = board.fps
    rows: list[tuple[float, float, str, str, str]] = [
        *((one.start, one.end, "section", f"{n} {one.role}", one.label) for n, one in enumerate(analysis.sections, 1)),
        *(
            (float(shot.start_frame / fps), float(shot.end_frame / fps), "shot", str(shot.shot), shot.scene)
            for shot in board.shots
        ),
        *((one.start, one.end, "moment", one.kind, f"{one.strength:.2f}") for one in analysis.moments),
        *(
            (one.start, one.end, "line", _one_line(one.text), "approximate" if one.approximate else "")
            for one in board.lines
        ),
    ]
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["start", "end", "start_frame", "bar", "beat", "kind", "name", "detail"])
    beats, bars = analysis.rhythm.beats, analysis.rhythm.downbeats
    for start, end, kind, name, detail in sorted(rows, key=lambda row: (row[0], row[2])):
        table.writerow(
            [
                f"{start:.3f}",
                f"{end:.3f}",
                math.floor(start * float(fps) + 0.5),
                bisect_right(bars, start + 0.03),
                bisect_right(beats, start + 0.03),
                kind,
                *(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in (name, detail)),
            ]
        )
    return out.getvalue()


def description(board: Storyboard, analysis: Analysis, title: str, artist: str) -> str:
    """Return tags, facts and chapters as text that can be pasted under a film."""
    rhythm, loudness = analysis.rhythm, analysis.loudness
    head = [line for line in (title, artist) if line]
    facts = [
        f"{rhythm.tempo:.1f} beats a minute, {rhythm.meter} to a bar" if rhythm.tempo else "no beat",
        f"{loudness.integrated:.1f} LUFS, range {loudness.range:.1f} LU, true peak {loudness.true_peak:.1f} dBTP",
        f"{board.width}x{board.height}, {board.fps} frames a second, {board.frames} frames, seed {board.seed}",
    ]
    if loudness.integrated > -14:
        facts.append("louder than -14 LUFS: players turn it down")
    if loudness.true_peak > -1:
        facts.append("true peak above -1 dBTP: encoders may clip it")
    chapters: list[str] = []
    last = -_LEAST_CHAPTER
    for section in analysis.sections:
        start = 0.0 if not chapters else section.start
        if start - last < _LEAST_CHAPTER:
            continue
        chapters.append(f"{int(start) // 60}:{int(start) % 60:02d} {section.role.capitalize()}")
        last = start
    return "\n".join([*head, "", *facts, "", *chapters, ""])
