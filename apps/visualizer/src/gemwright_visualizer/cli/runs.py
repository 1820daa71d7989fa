"""What the commands do: a song is opened, planned, shown in part, drawn, joined, measured; each step told as it is done."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gemwright_visualizer.cli.models import open_model
from gemwright_visualizer.cli.options import folder_of, request_of
from gemwright_visualizer.cli.say import Teller, clock, duration, rows, talk, write

if TYPE_CHECKING:
    from gemwright_visualizer.project.making import Making, Planned
    from gemwright_visualizer.project.request import Request
    from gemwright_visualizer.verifying import Findings

__all__ = ["Run", "estimate", "finish", "found", "of_options", "of_project", "place", "preview", "stopped", "verified"]

_WITHIN: Final = 45.0
"""Seconds that a preview may take; a slower machine gets a smaller one."""
_CONFIDENT: Final = 0.5


@dataclass(slots=True)
class Run:
    """A project that is open, and how it is told of."""

    making: Making
    teller: Teller
    model: str
    resumed: bool = False

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.making.project.folder


@contextmanager
def of_options(song: str | None, values: dict[str, Any]) -> Generator[Run]:
    """Open the project that a command line names, new or not.

    Raises:
        GemwrightError: an option or a file cannot be used, or another run works there.
    """
    folder = folder_of(song, values)
    request = request_of(song, values, folder)
    with _opened(folder, request, values) as run:
        yield run


@contextmanager
def of_project(folder: Path, values: dict[str, Any]) -> Generator[Run]:
    """Open a project as it was asked for before.

    Raises:
        GemwrightError: it is none, or another run works there.
    """
    with _opened(folder.expanduser().absolute(), None, values) as run:
        run.resumed = True
        yield run


@contextmanager
def _opened(folder: Path, request: Request | None, values: dict[str, Any]) -> Generator[Run]:
    from gemwright_visualizer.errors import ProjectProblem
    from gemwright_visualizer.project.folder import Project
    from gemwright_visualizer.project.making import Making

    teller = Teller(quiet=bool(values.get("as_json")))
    project = Project(folder)
    try:
        with project.opened(new=request is not None):
            asked = request or project.request
            if asked is None:
                raise ProjectProblem(f"{folder} does not say which film it is", hint="begin with the song")
            with open_model(asked.endpoint, wanted=asked.model) as model:
                making = Making(
                    project, asked, teller, client=model.client, model=model.name, workers=values.get("workers", 2)
                )
                yield Run(making, teller, model.where)
    finally:
        teller.close()


def found(run: Run, planned: Planned) -> str:
    """Return what was found in the song and planned, as lines."""
    analysis, board = planned.analysis, planned.board
    title, artist = run.making.names()
    rhythm, loudness = analysis.rhythm, analysis.loudness
    if rhythm.tempo:
        sure = f"{rhythm.origin}, confidence {rhythm.confidence:.2f}"
        tempo = f"{rhythm.tempo:.1f} beats a minute, {rhythm.meter} to a bar ({sure})"
        if rhythm.alternatives and rhythm.origin == "measured":
            tempo += "; perhaps " + " or ".join(f"{one:.1f}" for one in rhythm.alternatives)
    else:
        tempo = "no beat was found"
    parts = ", ".join(f"{section.role} {clock(section.start)}" for section in analysis.sections)
    seconds = float(board.frames / board.fps)
    style = f"{board.look.medium}: {board.look.style}; palette {board.look.palette.name}"
    told = [
        ("song", f"{title}{f', {artist}' if artist else ''}, {clock(analysis.duration)}"),
        ("tempo", tempo),
        ("loudness", f"{loudness.integrated:.1f} LUFS, true peak {loudness.true_peak:.1f} dBTP"),
        ("sections", f"{len(analysis.sections)}: {parts}"),
        (
            "shots",
            f"{len(board.shots)}, {seconds / max(1, len(board.shots)):.1f} s each; {len(board.lines)} sung lines",
        ),
        ("look", style),
        ("film", f"{board.width}x{board.height}, {board.fps} frames a second, {board.frames:,} frames"),
        ("director", run.model),
        ("project", str(run.folder)),
    ]
    if rhythm.confidence < _CONFIDENT and rhythm.origin == "measured":
        told.insert(2, ("", "that is not certain: if you know the tempo, give it with --bpm (and --first-beat)"))
    return rows(told)


def estimate(run: Run, planned: Planned) -> float:
    """Measure this machine with a few frames, say how long the film will take, and return frames a second."""
    board = planned.board
    run.making.need_room(board)
    at_once = min(run.making.workers, os.cpu_count() or 1)
    rate = run.making.probe(planned) * at_once
    waiting = sum(chunk.end - chunk.start for chunk in run.making.chunks(planned) if not chunk.path.exists())
    if waiting:
        low, high = waiting / rate * 0.8, waiting / rate * 1.4
        write(f"estimate  {waiting:,} frames at about {rate:.1f} a second here: {duration(low)} to {duration(high)}")
    else:
        write("estimate  every frame is drawn already")
    return rate


def preview(
    run: Run, planned: Planned, rate: float, at: float | None = None, seconds: float = 10, *, quiet: bool = False
) -> Path:
    """Draw the loudest seconds, or those from a place on, and return where they are."""
    from gemwright_visualizer.project.making import PREVIEW

    making = run.making
    first, last = making.preview_span(planned, at, seconds)
    chunks = making.chunks(planned)[first:last]
    waiting = sum(chunk.end - chunk.start for chunk in chunks if not chunk.path.exists())
    shown = planned
    if rate and waiting / rate > _WITHIN:
        shown = making.halved(planned)
        chunks = making.chunks(shown)[first:last]
    began = time.monotonic()
    making.draw(shown, chunks, "preview")
    path = making.join(shown, chunks, run.folder / PREVIEW)
    run.teller.close()
    fps = planned.board.fps
    begin, end = (clock(float(frame / fps)) for frame in (chunks[0].start, chunks[-1].end))
    small = "" if shown is planned else f", at {shown.board.width}x{shown.board.height} since this machine is slow"
    took = duration(time.monotonic() - began)
    if not quiet:
        write(f"preview   {path} ({begin} to {end}, {'loudest' if at is None else 'as asked'}{small}; {took})")
    return path


def finish(run: Run, planned: Planned) -> tuple[Path, Findings, dict[str, Any]]:
    """Draw the whole film, join and measure it, and write the papers; return the film, the findings and facts."""
    from gemwright_visualizer.project.making import FILM
    from gemwright_visualizer.project.papers import draw_sheets, measured, write_papers, write_report

    making = run.making
    making.need_room(planned.board)
    began = time.monotonic()
    chunks = making.chunks(planned)
    cpu = making.draw(planned, chunks, "film")
    drawn = time.monotonic() - began
    run.teller.close()
    film = making.join(planned, chunks, run.folder / FILM)
    sheets = draw_sheets(making, planned)
    write_papers(making, planned)
    run.teller.close()
    findings = measured(making, planned, film)
    making.forget_sound()
    facts = making.project.facts.setdefault("drawn", {})
    if cpu:
        facts |= {"seconds": round(drawn, 1), "cpu": round(cpu, 1), "frames": planned.board.frames}
    board, request = planned.board, making.request
    told = [
        ("Song", f"{Path(request.song).name}, {making.project.facts.get('codec', '')}"),
        ("Tempo", f"{planned.analysis.rhythm.tempo:.1f} bpm, confidence {planned.analysis.rhythm.confidence:.2f}"),
        ("Look", f"{board.look.medium}, {board.look.style}, {board.look.light}"),
        ("Palette", f"{board.look.palette.name}"),
        ("Director", planned.model or "rules"),
        ("Seed", str(board.seed)),
        ("Encoder", f"H.264 {request.speed}, CRF 18, preset {request.preset}"),
        ("Drawn in", f"{facts.get('seconds', 0)} s, {facts.get('cpu', 0)} s of CPU" if facts else "earlier"),
    ]
    report = write_report(making, planned, findings, sheets, told)
    making.prune(chunks)
    making.project.save()
    return film, findings, {"report": str(report), "sheets": [str(sheet) for sheet in sheets], **facts}


def verified(run: Run) -> Findings:
    """Measure the film of a project again.

    Raises:
        ProjectProblem: there is no film.
    """
    from gemwright_visualizer.errors import ProjectProblem
    from gemwright_visualizer.project.making import FILM
    from gemwright_visualizer.project.papers import measured

    film = run.folder / FILM
    if not film.is_file():
        raise ProjectProblem(f"{run.folder} has no finished film", hint="`gemwright-visualizer resume` makes it")
    planned = run.making.planned(resumed=True)
    return measured(run.making, planned, film)


def place(film: Path, target: str) -> Path:
    """Put the finished film where it was asked for, whole or not at all.

    Raises:
        OSError: it cannot be written there.
    """
    from gemwright.foundation.platform import replace

    path = Path(target).expanduser().absolute()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(film, part)
        replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def stopped(run: Run) -> None:
    """Tell a reader who stopped how to go on."""
    run.teller.close()
    done, total = run.teller.done, run.teller.total
    drawn = f"{done:,} of {total:,} frames are drawn; " if total > 0 else ""
    talk(f"stopped: {drawn}go on with: gemwright-visualizer resume {run.folder}")
