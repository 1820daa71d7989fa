"""The contact sheet: the whole film on a page, a tile for each shot, with its time, bar, scene and what the critic said."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

import numpy as np

from gemwright_visualizer.output.paper import Paper, blend
from gemwright_visualizer.records import Analysis, Frame, Shot, Storyboard

__all__ = ["contact_sheets", "tile_size", "time_of"]

_WIDTH: Final = 2000
_MARGIN: Final = 64
_GAP: Final = 20
_AREA: Final = 352 * 198
_LEGEND: Final = 92
_HEAD: Final = 330
_A_PAGE: Final = 60


def time_of(seconds: float) -> str:
    """Return a time as `1:02.3`."""
    tenths = math.floor(seconds * 10 + 1e-6)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _columns(board: Storyboard) -> tuple[int, int, int]:
    """Return how many tiles stand in a row, and a picture's width and height."""
    wide = math.sqrt(_AREA * board.width / board.height)
    room = _WIDTH - 2 * _MARGIN + _GAP
    columns = max(3, round(room / (wide + _GAP)))
    width = room // columns - _GAP
    return columns, width, round(width * board.height / board.width)


def tile_size(board: Storyboard) -> tuple[int, int]:
    """Return width and height of a shot's picture on the sheet, both even, so that it can be drawn at that size."""
    _, width, height = _columns(board)
    return width // 2 * 2, height // 2 * 2


def contact_sheets(
    board: Storyboard,
    analysis: Analysis,
    pictures: Mapping[int, Frame],
    *,
    title: str,
    artist: str = "",
    facts: str = "",
) -> list[bytes]:
    """Return the pages, as PNG.

    Args:
        board: the plan.
        analysis: of the song.
        pictures: of shots, by their number.
        title: of the song.
        artist: likewise.
        facts: a line under the title.
    """
    pages = max(1, math.ceil(len(board.shots) / _A_PAGE))
    return [
        _page(
            board,
            analysis,
            pictures,
            board.shots[i * _A_PAGE : (i + 1) * _A_PAGE],
            title,
            artist,
            facts,
            (i + 1, pages),
        ).png()
        for i in range(pages)
    ]


def _page(
    board: Storyboard,
    analysis: Analysis,
    pictures: Mapping[int, Frame],
    shots: tuple[Shot, ...],
    title: str,
    artist: str,
    facts: str,
    number: tuple[int, int],
) -> Paper:
    columns, width, height = _columns(board)
    rows = math.ceil(len(shots) / columns)
    ink = board.look.palette
    ground = blend(ink.c1, "#000000", 0.55)
    paper = Paper(_WIDTH, _HEAD + rows * (height + _LEGEND) + _MARGIN, ground)
    bright, quiet = blend(ink.c4, "#ffffff", 0.35), blend(ink.c4, ground, 0.45)
    _head(paper, board, analysis, title, artist, facts, number, bright, quiet)
    for index, shot in enumerate(shots):
        left = _MARGIN + index % columns * (width + _GAP)
        top = _HEAD + index // columns * (height + _LEGEND)
        before = board.shots[shot.shot - 2] if shot.shot >= 2 else None
        opens = before is None or before.section != shot.section
        _tile(paper, board, analysis, shot, pictures.get(shot.shot), (left, top, width, height), opens, bright, quiet)
    return paper


def _head(
    paper: Paper,
    board: Storyboard,
    analysis: Analysis,
    title: str,
    artist: str,
    facts: str,
    number: tuple[int, int],
    bright: str,
    quiet: str,
) -> None:
    ink = board.look.palette
    page = f"{number[0]} / {number[1]}" if number[1] > 1 else ""
    paper.text(title or "Untitled", _MARGIN, 118, "serif", 84, bright, within=_WIDTH - 2 * _MARGIN - 420)
    paper.text(artist, _MARGIN, 160, "text", 24, ink.accent, within=900)
    paper.text(facts, _MARGIN, 196, "text", 20, quiet, within=_WIDTH - 2 * _MARGIN - 420)
    paper.text(page, _WIDTH - _MARGIN, 196, "text", 20, quiet, right=True)
    side = 62
    for place, colour in enumerate((ink.c1, ink.c2, ink.c3, ink.c4, ink.accent)):
        left = _WIDTH - _MARGIN - (5 - place) * side
        paper.box(left, 62, left + side, 62 + side, colour)
    paper.edge(_WIDTH - _MARGIN - 5 * side, 62, _WIDTH - _MARGIN, 62 + side, blend(ink.c4, ink.c1, 0.7), 1)
    paper.text(ink.name, _WIDTH - _MARGIN, 152, "text", 18, quiet, right=True)
    _strip(paper, board, analysis, (_MARGIN, 216, _WIDTH - _MARGIN, 290), bright, quiet)


def _strip(
    paper: Paper, board: Storyboard, analysis: Analysis, box: tuple[int, int, int, int], bright: str, quiet: str
) -> None:
    """Draw the song as a strip: how loud it is, where its sections begin, where the film is cut."""
    left, top, right, bottom = box
    ink = board.look.palette
    scale = (right - left) / max(analysis.duration, 1e-6)
    loud = analysis.features.loudness.astype(np.float64)
    power = np.clip((loud - (float(loud.max(initial=-60.0)) - 30)) / 30, 0.02, 1)
    middle, half = (top + bottom) / 2 - 6, (bottom - top) / 2 - 12
    for section in analysis.sections:
        begin, end = left + section.start * scale, left + section.end * scale
        edges = np.linspace(begin, end, max(2, round((end - begin) / 3)))
        places = np.clip(((edges - left) / scale / analysis.features.hop).astype(int), 0, max(0, len(power) - 1))
        heights = power[places] * half if len(power) else np.zeros(len(edges))
        upper = [(float(x), middle - float(h)) for x, h in zip(edges, heights, strict=True)]
        lower = [(float(x), middle + float(h)) for x, h in zip(edges, heights, strict=True)]
        paper.curve([*upper, *lower[::-1]], blend(ink.c3, ink.accent, section.energy), 0.35 + 0.6 * section.energy)
        paper.box(begin, bottom - 12, begin + 1.5, bottom + 6, quiet)
        paper.text(section.role, begin + 7, bottom + 6, "text", 15, quiet, within=max(1.0, end - begin - 12))
    for shot in board.shots:
        place = left + float(shot.start_frame / board.fps) * scale
        paper.box(place, top - 4, place + 1.5, top + 4, bright, alpha=0.8)


def _tile(
    paper: Paper,
    board: Storyboard,
    analysis: Analysis,
    shot: Shot,
    picture: Frame | None,
    box: tuple[int, int, int, int],
    opens: bool,
    bright: str,
    quiet: str,
) -> None:
    left, top, width, height = box
    ink = board.look.palette
    if picture is None:
        paper.box(left, top, left + width, top + height, blend(ink.c1, ink.c2, 0.5))
    else:
        paper.picture(picture, left, top, width, height)
    if opens:
        paper.box(left, top - 5, left + width, top - 2, ink.accent)
    line = top + height + 24
    begin = float(shot.start_frame / board.fps)
    at = paper.text(f"{shot.shot}", left, line, "sans", 19, bright)
    bar = bisect_right(analysis.rhythm.downbeats, begin + 0.06)
    place = f"bar {bar}" if bar else ""
    paper.text(f"{time_of(begin)}   {place}", left + at + 12, line, "text", 16, quiet)
    section = analysis.sections[shot.section].role if opens and shot.section < len(analysis.sections) else ""
    paper.text(section, left + width, line, "text", 16, ink.accent, right=True)
    words = shot.what if shot.scene == "image" else f"{shot.scene} — {shot.what}" if shot.what else shot.scene
    said = f"“{shot.lyric}”" if shot.lyric else words
    paper.lines(said, left, line + 25, 15, quiet, width, 1 if shot.critic else 2)
    if shot.critic:
        paper.text(shot.critic, left, line + 45, "text", 15, ink.accent, within=width)
