"""The command line of the Visualizer: a song makes a film; commands do a part of it, or serve programs."""

from __future__ import annotations

import dataclasses
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from gemwright import GemwrightError, UsageProblem
from gemwright_visualizer.cli.options import film_options, grid_options

if TYPE_CHECKING:
    from gemwright_visualizer.cli.runs import Run
    from gemwright_visualizer.records import Analysis
    from gemwright_visualizer.verifying import Findings

__all__ = ["main", "program"]

_DISK: Final = 1
_USAGE: Final = 2
_INTERRUPTED: Final = 130
_GRAVE: Final = ("file", "time", "sound", "safety")
"""Groups of checks that a film must pass; of the others a reader is told."""


class Program(click.Group):
    """The commands; anything else that is named first is a song to make a film of."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with, `film` where they begin with a file or an option."""
        if args and args[0] not in self.commands:
            return "film", self.commands["film"], args
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Have options of `film` stand without its name, as in `gemwright-visualizer --demo`."""
        if args and args[0].startswith("-") and args[0] not in ("--help", "-h", "--version"):
            args = ["film", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="gemwright-visualizer", prog_name="gemwright-visualizer")
def program() -> None:
    """A song in, a finished music video out: gemwright-visualizer song.mp3.

    What it finds is printed, the loudest ten seconds are drawn first, then the rest. Ctrl-C stops cleanly; `resume` goes on.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and end the process.

    Exit codes: 0 done, 1 the disk, or a film that is not sound or not safe, 2 wrong usage or input, 3 a server, 130 stopped.

    Args:
        arguments: the command line; that of the process where None.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(_run(arguments))


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _run(arguments: Sequence[str] | None) -> int:
    from gemwright_visualizer.cli.say import talk

    try:
        code = program.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="gemwright-visualizer",
            standalone_mode=False,
        )
        return code if isinstance(code, int) else 0
    except GemwrightError as problem:
        talk(f"error: {problem.message}" + (f"\n{problem.hint}" if problem.hint else ""))
        return problem.exit_code
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as problem:
        talk(f"error: {problem.format_message()}\n`gemwright-visualizer --help` shows what there is")
        return _USAGE
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        return 0
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        talk(
            f"error: {where}{(problem.strerror or str(problem)).lower()}\nmake room, or name another folder with --project"
        )
        return _DISK


@contextmanager
def _resumable(run: Run) -> Generator[None]:
    """Tell how to go on where the reader stops."""
    from gemwright_visualizer.cli.runs import stopped

    try:
        yield
    except KeyboardInterrupt:
        stopped(run)
        raise


def _output(target: str) -> str:
    if target and Path(target).suffix.lower() != ".mp4":
        raise UsageProblem(f"-o {target}: the film is an MP4", hint="name it so, as in -o film.mp4")
    if target and not Path(target).expanduser().absolute().parent.is_dir():
        raise UsageProblem(f"-o {target}: there is no such folder", hint="make it first")
    return target


_OUT = click.option("-o", "--output", default="", metavar="FILE", help="Also put the finished film there.")


@program.command("film", short_help="Make the whole film (what happens without a command).")
@click.argument("song", required=False)
@_OUT
@film_options
def film(song: str | None, output: str, **values: Any) -> int:
    """Make a film of SONG: look, show the loudest ten seconds, draw the rest, measure it."""
    from gemwright_visualizer.cli.runs import estimate, found, of_options, preview

    target = _output(output)
    with of_options(song, values) as run, _resumable(run):
        planned = run.making.planned()
        if not values["as_json"]:
            run.teller.close()
            _tell(found(run, planned))
            preview(run, planned, estimate(run, planned))
        return _finish(run, planned, target, values["as_json"])


def _tell(text: str) -> None:
    from gemwright_visualizer.cli.say import write

    write(text)


def _finish(run: Run, planned: Any, target: str, as_json: bool) -> int:
    from gemwright_visualizer.cli.runs import finish, place
    from gemwright_visualizer.cli.say import rows, write, write_json

    path, findings, facts = finish(run, planned)
    if target:
        path = place(path, target)
    if as_json:
        write_json({"film": str(path), "project": str(run.folder), **facts, "checks": findings.as_json()})
    else:
        write(
            rows(
                [
                    ("film", path),
                    ("report", facts["report"]),
                    ("sheet", facts["sheets"][0]),
                    ("checks", _verdict(findings)),
                ]
            )
        )
        _tell_failures(findings)
    return 1 if any(check.group in _GRAVE for check in findings.failed) else 0


def _verdict(findings: Findings) -> str:
    passed = sum(check.passed is True for check in findings.checks)
    failed = len(findings.failed)
    return f"{passed} passed" + (f", {failed} did not" if failed else "")


def _tell_failures(findings: Findings) -> None:
    from gemwright_visualizer.cli.say import talk

    for check in findings.failed:
        detail = f" ({check.detail})" if check.detail else ""
        talk(f"did not pass: {check.title}: {check.figure:.3g} {check.unit}, bar {check.bar}{detail}")


@program.command("analyse", short_help="Measure a song: tempo, beats, sections.")
@click.argument("song")
@click.option("--json", "as_json", is_flag=True, help="One object: tempo, confidence, beats, downbeats, sections.")
@grid_options
def analyse(song: str, as_json: bool, **values: Any) -> None:
    """Measure SONG and write nothing."""
    from gemwright_visualizer.audio import analyse_json
    from gemwright_visualizer.cli.hearing import hear
    from gemwright_visualizer.cli.say import clock, rows, talk, write, write_json

    found, warnings = hear(song, values)
    if as_json:
        write_json(analyse_json(found) | _more(found, warnings))
        return
    for sentence in warnings:
        talk(f"note: {sentence}")
    rhythm, loudness = found.rhythm, found.loudness
    told = [
        ("length", clock(found.duration)),
        (
            "tempo",
            f"{rhythm.tempo:.2f} beats a minute, confidence {rhythm.confidence:.2f}" if rhythm.tempo else "no beat",
        ),
        ("beats", f"{len(rhythm.beats)}, {len(rhythm.downbeats)} bars of {rhythm.meter}; {rhythm.origin}"),
        (
            "loudness",
            f"{loudness.integrated:.1f} LUFS, range {loudness.range:.1f} LU, true peak {loudness.true_peak:.1f} dBTP",
        ),
        ("sound", ", ".join(found.words)),
    ]
    write(rows(told))
    for section in found.sections:
        write(f"{clock(section.start):>7}  {section.role:<7} {section.label}  {', '.join(section.words)}")


def _more(found: Analysis, warnings: Sequence[str]) -> dict[str, Any]:
    """Return what there is beyond the fields that programs are promised."""
    return {
        "duration": found.duration,
        "meter": found.rhythm.meter,
        "origin": found.rhythm.origin,
        "alternatives": found.rhythm.alternatives,
        "moments": [dataclasses.asdict(one) for one in found.moments],
        "loudness": dataclasses.asdict(found.loudness),
        "words": found.words,
        "warnings": list(warnings),
    }


@program.command("plan", short_help="Plan the film and write its storyboard.")
@click.argument("song", required=False)
@film_options
def plan(song: str | None, **values: Any) -> None:
    """Plan a film of SONG: storyboard.json and storyboard.csv can be changed by hand."""
    from gemwright_visualizer.cli.runs import found, of_options
    from gemwright_visualizer.cli.say import write, write_json
    from gemwright_visualizer.project import plain

    with of_options(song, values) as run, _resumable(run):
        planned = run.making.planned()
        run.teller.close()
        if values["as_json"]:
            write_json(
                {"project": str(run.folder), "storyboard": plain.write(planned.board), "decisions": planned.decisions}
            )
            return
        write(found(run, planned))
        write(f"plan      {run.folder / 'storyboard.json'}, and as a table storyboard.csv: change them as you like")


@program.command("sheet", short_help="Draw the contact sheet of a plan.")
@click.argument("song", required=False)
@film_options
def sheet(song: str | None, **values: Any) -> None:
    """Plan a film of SONG and draw a picture of each shot on a page."""
    from gemwright_visualizer.cli.runs import of_options
    from gemwright_visualizer.cli.say import write, write_json
    from gemwright_visualizer.project.papers import draw_sheets

    with of_options(song, values) as run, _resumable(run):
        pages = draw_sheets(run.making, run.making.planned())
        run.teller.close()
        if values["as_json"]:
            write_json({"project": str(run.folder), "sheets": [str(page) for page in pages]})
        else:
            for page in pages:
                write(str(page))


@program.command("preview", short_help="Draw ten seconds.")
@click.argument("song", required=False)
@click.option("--at", default="", metavar="TIME", help="Where it begins, as in 1:02; else the loudest place.")
@click.option("--len", "length", type=click.FloatRange(1, 120), default=10.0, show_default=True, help="Seconds.")
@film_options
def preview_command(song: str | None, at: str, length: float, **values: Any) -> None:
    """Draw a part of the film of SONG."""
    from gemwright_visualizer.cli.runs import of_options, preview
    from gemwright_visualizer.cli.say import write_json

    begin = _time(at) if at else None
    with of_options(song, values) as run, _resumable(run):
        planned = run.making.planned()
        if begin is not None and begin >= planned.analysis.duration:
            raise UsageProblem(f"--at {at} lies after the song's end", hint=f"it has {planned.analysis.duration:.1f} s")
        path = preview(run, planned, 0.0, begin, length, quiet=values["as_json"])
        if values["as_json"]:
            write_json({"preview": str(path), "project": str(run.folder)})


def _time(text: str) -> float:
    """Read a place such as `62`, `1:02` or `1:02.5`, in seconds.

    Raises:
        UsageProblem: it is none.
    """
    minutes, colon, seconds = text.rpartition(":")
    try:
        value = (int(minutes) * 60 if colon else 0) + float(seconds)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6:
        raise UsageProblem(f"--at {text[:20]!r} is no time", hint="as in 62 or 1:02.5")
    return value


@program.command("render", short_help="Draw the film without a preview.")
@click.argument("song", required=False)
@_OUT
@film_options
def render(song: str | None, output: str, **values: Any) -> int:
    """Draw the whole film of SONG, join it and measure it."""
    from gemwright_visualizer.cli.runs import of_options

    target = _output(output)
    with of_options(song, values) as run, _resumable(run):
        return _finish(run, run.making.planned(), target, values["as_json"])


_JSON = click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
_WORKERS = click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that draw."
)


@program.command("resume", short_help="Go on with a film that was stopped.")
@click.argument("project", type=click.Path(path_type=Path))
@_OUT
@_WORKERS
@_JSON
def resume(project: Path, output: str, **values: Any) -> int:
    """Go on in the folder PROJECT, with what is finished there and with your changes."""
    from gemwright_visualizer.cli.runs import of_project

    target = _output(output)
    with of_project(project, values) as run, _resumable(run):
        return _finish(run, run.making.planned(resumed=True), target, values["as_json"])


@program.command("verify", short_help="Measure a finished film against the bars.")
@click.argument("project", type=click.Path(path_type=Path))
@_JSON
def verify_command(project: Path, **values: Any) -> int:
    """Measure the film in the folder PROJECT again."""
    from gemwright_visualizer.cli.runs import of_project, verified
    from gemwright_visualizer.cli.say import write_json

    with of_project(project, values) as run, _resumable(run):
        findings = verified(run)
        if values["as_json"]:
            write_json({"project": str(run.folder), "checks": findings.as_json()})
        else:
            for check in findings.checks:
                mark = {True: "ok ", False: "NO ", None: "   "}[check.passed]
                figure = "-" if check.figure is None else f"{check.figure:.3f}".rstrip("0").rstrip(".")
                bar = f"  (bar {check.bar})" if check.bar else ""
                _tell(f"{mark} {check.group:<8}{check.title}: {figure} {check.unit}{bar}  {check.detail}".rstrip())
    return 1 if findings.failed else 0


if __name__ == "__main__":
    main()
