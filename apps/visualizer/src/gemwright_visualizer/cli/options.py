"""The options of a film, and the request that they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from gemwright import BadOption, UsageProblem

if TYPE_CHECKING:
    from gemwright_visualizer.project.request import Request

__all__ = ["DEMOS", "check_grid", "film_options", "folder_of", "grid_options", "request_of"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
DEMOS: Final = ("house", "ballad", "drum-and-bass")
_RATIOS: Final = ("16:9", "9:16", "1:1", "4:5")
_SPEEDS: Final = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium")
_MOST_NAME: Final = 80
_GRID: Final = (
    click.option("--bpm", type=float, default=0.0, help="Tempo in beats a minute, where you know it: it always wins."),
    click.option("--first-beat", type=float, default=0.0, help="Seconds to the first downbeat; with --bpm."),
    click.option("--meter", type=click.IntRange(1, 16), default=None, help="Beats in a bar; with --bpm (4)."),
    click.option("--beats", metavar="FILE", default="", help="Beats from a file: taps, .beats or TSV, MIDI."),
    click.option("--long", "long_song", is_flag=True, help="Allow songs of more than half an hour."),
)
_FILM: Final = (
    click.option("--lyrics", metavar="FILE", default="", help="Lyrics: LRC, SRT, VTT or plain text."),
    click.option("--title", default="", help="Instead of the title in the file."),
    click.option("--artist", default="", help="Instead of the artist in the file."),
    click.option("--style", default="", help="What it should look like, in your words."),
    click.option("--palette", default="", help="Name of a palette, or five colours: #rrggbb,… dark to light, accent."),
    click.option("--ratio", type=click.Choice(_RATIOS), default="16:9", show_default=True, help="Width to height."),
    click.option(
        "--fps", default="30", show_default=True, help="Frames a second: 24, 25, 30, 50, 60, 23.976, 30000/1001."
    ),
    click.option("--height", type=int, default=1080, show_default=True, help="Pixels of the shorter side."),
    click.option("--seed", type=int, default=7, show_default=True, help="Another seed, another film."),
    click.option(
        "--backend",
        type=click.Choice(["procedural", "images", "comfyui"]),
        default="procedural",
        show_default=True,
        help="Drawn scenes, your own pictures, or a ComfyUI server.",
    ),
    click.option("--pictures", metavar="FOLDER", default="", help="Your pictures; with --backend images."),
    click.option(
        "--workflow", metavar="FILE", default="", help="A ComfyUI workflow in API form; with --backend comfyui."
    ),
    click.option("--server", metavar="URL", default="http://127.0.0.1:8188", help="Address of ComfyUI."),
    click.option("--no-model", is_flag=True, help="Ask no language model: the rules direct."),
    click.option(
        "--endpoint", metavar="URL", default="", help="Address of a model server; else one is looked for here."
    ),
    click.option("--budget", default="", help="Time for model and pictures together, as in 90s or 20m."),
    click.option(
        "--on-fail",
        type=click.Choice(["rules", "stop"]),
        default="rules",
        show_default=True,
        help="When a server goes away: go on by rules, or stop.",
    ),
    click.option(
        "--preset",
        type=click.Choice(["standard", "upload"]),
        default="standard",
        show_default=True,
        help="upload: without edit lists, as video sites want it.",
    ),
    click.option("--speed", type=click.Choice(_SPEEDS), default="veryfast", show_default=True, help="Of the encoder."),
    click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that draw."),
    click.option(
        "--project", metavar="FOLDER", default="", help="Where everything is kept; else SONG.visualizer here."
    ),
    click.option("--demo", type=click.Choice(DEMOS), is_flag=False, flag_value="house", help="A song made by code."),
    click.option("--json", "as_json", is_flag=True, help="One object, for programs."),
)


def grid_options(command: _Command) -> _Command:
    """Add the options by which a grid of beats is given by hand."""
    for option in reversed(_GRID):
        command = option(command)
    return command


def film_options(command: _Command) -> _Command:
    """Add the options of a film."""
    for option in reversed(_FILM):
        command = option(command)
    return grid_options(command)


def folder_of(song: str | None, values: dict[str, Any]) -> Path:
    """Return the project's folder: the one that was named, else one beside this, named after the song."""
    if values["project"]:
        return Path(values["project"]).expanduser().absolute()
    name = f"demo-{values['demo']}" if values["demo"] else Path(song or "").stem[:_MOST_NAME]
    return (Path.cwd() / f"{name or 'song'}.visualizer").absolute()


def request_of(song: str | None, values: dict[str, Any], folder: Path) -> Request:
    """Return the request that the options make; the demo's song is written where it is not there yet.

    Raises:
        UsageProblem: no song, or two; an option that cannot be meant, or a file that is not there.
        OSError: the demo's song cannot be written.
    """
    from gemwright_visualizer.direction import frame_rate
    from gemwright_visualizer.project.request import Request

    title, artist = values["title"], values["artist"]
    if values["demo"]:
        if song:
            raise UsageProblem("--demo brings its own song", hint=f"leave {Path(song).name} or --demo away")
        song = str(_demo(values["demo"], folder))
        title, artist = title or "First Light", artist or f"gemwright, by code: {values['demo']}"
    if not song:
        raise UsageProblem("no song was named", hint="name one, as in: gemwright-visualizer song.mp3; or try --demo")
    check_grid(values)
    for name in ("lyrics", "workflow"):
        if values[name] and not Path(values[name]).is_file():
            raise UsageProblem(f"--{name} {values[name]}: there is no such file")
    if values["backend"] == "images" and not Path(values["pictures"] or "/dev/null").is_dir():
        raise UsageProblem("--backend images needs a folder with your pictures", hint="name it with --pictures FOLDER")
    if values["backend"] == "comfyui" and not values["workflow"]:
        raise UsageProblem(
            "--backend comfyui needs a workflow", hint="name it with --workflow FILE; docs/apps/visualizer.md says how"
        )
    request = Request(
        song=_absolute(song),
        lyrics=_absolute(values["lyrics"]),
        title=title,
        artist=artist,
        ratio=values["ratio"],
        fps=frame_rate(values["fps"]),
        height=values["height"],
        seed=values["seed"],
        style=values["style"],
        palette=values["palette"],
        bpm=values["bpm"],
        first_beat=values["first_beat"],
        meter=values["meter"] or 0,
        beats=_absolute(values["beats"]),
        backend=values["backend"],
        pictures=_absolute(values["pictures"]),
        workflow=_absolute(values["workflow"]),
        server=values["server"] if values["backend"] == "comfyui" else "",
        model=not values["no_model"],
        endpoint=values["endpoint"],
        budget=_seconds(values["budget"]),
        on_fail=values["on_fail"],
        preset=values["preset"],
        speed=values["speed"],
        long=values["long_song"],
    )
    request.options  # noqa: B018 - raises where a value is out of its range
    if request.palette:
        from gemwright_visualizer.palettes import palette_of

        palette_of(request.palette)
    return request


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute()) if path else ""


def check_grid(values: dict[str, Any]) -> None:
    """Check the options by which a grid is given.

    Raises:
        BadOption: they cannot be meant.
        UsageProblem: there is no such file.
    """
    if values["beats"] and not Path(values["beats"]).is_file():
        raise UsageProblem(f"--beats {values['beats']}: there is no such file")
    if values["bpm"] and not 20 <= values["bpm"] <= 400:
        raise BadOption(f"--bpm {values['bpm']:g} is no tempo", hint="from 20 to 400 beats a minute")
    if values["bpm"] and values["beats"]:
        raise BadOption("--bpm and --beats both give a grid", hint="leave one of them away")
    if not values["bpm"] and (values["first_beat"] or values["meter"]) and not values["beats"]:
        raise BadOption("--first-beat and --meter belong to --bpm", hint="as in --bpm 128 --first-beat 0.012 --meter 4")


def _seconds(text: str) -> float:
    """Read a time such as `90s`, `20m`, `1h` or `90`.

    Raises:
        BadOption: it is none.
    """
    if not text:
        return 0.0
    factor = {"s": 1, "m": 60, "h": 3600}.get(text[-1:].lower())
    try:
        value = float(text[:-1] if factor else text) * (factor or 1)
    except ValueError:
        value = -1.0
    if not 0 < value < 7 * 86_400:
        raise BadOption(f"--budget {text[:20]!r} is no time", hint="as in 90s, 20m or 1h")
    return value


def _demo(character: str, folder: Path) -> Path:
    from gemwright.foundation.platform import replace
    from gemwright_visualizer.synth import demo_song, write_wav

    path = folder / "cache" / f"demo-{character}.wav"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        write_wav(part, demo_song(character=character)[0])
        replace(part, path)
    return path
