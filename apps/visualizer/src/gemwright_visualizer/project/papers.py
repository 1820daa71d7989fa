"""The papers beside a film, made of its plan: contact sheet, thumbnail, subtitles, cues, description; and the report."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

from PIL import Image

from gemwright.foundation.files import write_whole
from gemwright_visualizer.output import contact_sheets, cues, description, report_page, subtitles, tile_size
from gemwright_visualizer.project.making import FILM, Making, Planned
from gemwright_visualizer.records import Analysis, Frame, Shot, Storyboard
from gemwright_visualizer.rendering import Film
from gemwright_visualizer.verifying import Findings, verify

__all__ = ["REPORT", "SHEET", "draw_sheets", "facts_line", "measured", "write_papers", "write_report"]

SHEET: Final = "contact-sheet.png"
REPORT: Final = "report.html"
_THUMBNAIL: Final = (1280, 720)


def facts_line(board: Storyboard, analysis: Analysis) -> str:
    """Return tempo, metre, shots and size in a line."""
    rhythm = analysis.rhythm
    tempo = f"{rhythm.tempo:.1f} bpm" if rhythm.tempo else "no beat"
    minutes = f"{int(analysis.duration) // 60}:{int(analysis.duration) % 60:02d}"
    counts = f"{len(analysis.sections)} sections · {len(board.shots)} shots"
    return f"{minutes} · {tempo} · {counts} · {board.width}x{board.height}"


def middle(shot: Shot) -> int:
    """Return the frame that stands for a shot: a little after its middle, when it has unfolded."""
    return shot.start_frame + (shot.end_frame - shot.start_frame) * 3 // 5


def draw_sheets(making: Making, planned: Planned) -> list[Path]:
    """Draw a small picture of each shot and write the contact sheet; nothing is drawn where it is up to date.

    Raises:
        OSError: it cannot be written.
    """
    project, board = making.project, planned.board
    folder = project.folder
    key = planned.folder.name
    noted = project.facts.get("sheets")
    names = [str(name) for name in cast("list[object]", noted)] if isinstance(noted, list) else []
    if names and names[0] == key and all((folder / name).is_file() for name in names[1:]):
        return [folder / name for name in names[1:]]
    title, artist = making.names()
    film = Film(
        board, planned.analysis, title=title, artist=artist, folder=folder, size=tile_size(board), limited=False
    )
    pictures: dict[int, Frame] = {}
    for number, shot in enumerate(board.shots):
        making.watcher.progress("contact sheet", number, len(board.shots))
        pictures[shot.shot] = film.frame(middle(shot))
    pages = contact_sheets(
        board, planned.analysis, pictures, title=title, artist=artist, facts=facts_line(board, planned.analysis)
    )
    paths = [folder / (SHEET if not i else f"contact-sheet-{i + 1}.png") for i in range(len(pages))]
    for path, page in zip(paths, pages, strict=True):
        write_whole(path, page)
    project.facts["sheets"] = [key, *(path.name for path in paths)]
    project.save()
    return paths


def _best(board: Storyboard, analysis: Analysis) -> Shot:
    """Return the shot that stands for the film: the longest of the section with the most energy."""
    energies = [section.energy for section in analysis.sections] or [0.0]
    top = max(range(len(energies)), key=lambda index: energies[index])
    inside = [shot for shot in board.shots if shot.section == top] or list(board.shots)
    return max(inside, key=lambda shot: (shot.end_frame - shot.start_frame, -shot.shot))


def write_papers(making: Making, planned: Planned) -> list[Path]:
    """Write thumbnail, subtitles, cues and description.

    Raises:
        OSError: one cannot be written.
    """
    project, board, analysis = making.project, planned.board, planned.analysis
    title, artist = making.names()
    written = [project.folder / name for name in ("thumbnail.png", "cues.csv", "metadata.txt")]
    scale = max(_THUMBNAIL) / max(board.width, board.height)
    size = (round(board.width * scale / 2) * 2, round(board.height * scale / 2) * 2)
    film = Film(board, analysis, title=title, artist=artist, folder=project.folder, size=size, limited=False)
    out = io.BytesIO()
    Image.fromarray(film.frame(middle(_best(board, analysis)), type_on=False)).save(out, "PNG", optimize=True)
    write_whole(written[0], out.getvalue())
    write_whole(written[1], cues(board, analysis).encode())
    write_whole(written[2], description(board, analysis, title, artist).encode())
    if board.lines:
        written.append(project.folder / "lyrics.srt")
        write_whole(written[-1], subtitles(board.lines).encode())
    return written


def measured(making: Making, planned: Planned, film: Path) -> Findings:
    """Measure the finished film against its plan, its song and the bars.

    Raises:
        OSError: it cannot be read.
    """
    board, analysis = planned.board, planned.analysis
    title, artist = making.names()
    drawn = Film(board, analysis, title=title, artist=artist, card=bool(artist), folder=making.project.folder)
    return verify(film, board, analysis, making.sound().samples, drawn.captions)


def write_report(
    making: Making,
    planned: Planned,
    findings: Findings | None,
    sheets: Sequence[Path],
    facts: Sequence[tuple[str, str]],
) -> Path:
    """Write `report.html` and `report.json`, and return the page.

    Args:
        making: the film.
        planned: its plan.
        findings: what was measured of it.
        sheets: files of the contact sheet.
        facts: name and value of what else is worth knowing.

    Raises:
        OSError: one cannot be written.
    """
    project = making.project
    checks = findings.as_json() if findings else []
    title, artist = making.names()
    page = report_page(
        planned.board,
        planned.analysis,
        checks,
        title=title,
        artist=artist,
        film=FILM,
        sheets=[path.read_bytes() for path in sheets],
        facts=facts,
        decisions=planned.decisions,
    )
    data: dict[str, Any] = {
        "title": title,
        "artist": artist,
        "film": FILM,
        "checks": checks,
        "facts": dict(facts),
        "rhythm": dataclasses.asdict(planned.analysis.rhythm) | {"beats": None, "downbeats": None},
        "shots": len(planned.board.shots),
        "model": planned.model,
    }
    write_whole(project.folder / "report.json", (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())
    path = project.folder / REPORT
    write_whole(path, page.encode())
    return path
