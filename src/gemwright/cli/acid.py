"""`gemwright acid`: what a runtime makes of Gemma 4's outputs, measured with the demo model."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from gemwright.cli.output import session, write, write_json
from gemwright.cli.output import table as text_table
from gemwright.foundation.errors import UsageProblem

if TYPE_CHECKING:
    from gemwright.acid.play import How
    from gemwright.acid.run import Report
    from gemwright.acid.table import Cell
    from gemwright.runtimes.base import Runtime, RuntimeInfo

__all__ = ["acid"]

_SHORT: Final = {
    "alone_streamed": "alone, streamed",
    "alone_whole": "alone, whole",
    "client_chat": "client, chat",
    "client_raw": "client, raw",
}


@click.command(
    short_help="what a runtime makes of Gemma 4's outputs, and what our client delivers",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright acid                       the engine that we bring along\n"
        "  gemwright acid --files demo          the demo model for other runtimes, and how to serve it\n"
        "  gemwright acid ollama --model gemwright-standin --html ollama.html\n"
        "  gemwright acid http://127.0.0.1:8000 --family wf_multi --thinking off --json"
    ),
)
@click.argument("runtime", required=False, metavar="[RUNTIME|URL]")
@click.option("--model", default="", help="Which of the server's models is the demo model.")
@click.option("--speak", default="", metavar="RUNTIME", help="Ask an address as this runtime, such as openai.")
@click.option("--name", default="", help="The runtime's name, where it does not tell it.")
@click.option("--version-is", "version", default="", help="The runtime's version, where it does not tell it.")
@click.option("--family", "families", multiple=True, help="Only this family of outputs; may be repeated.")
@click.option("--case", "names", multiple=True, help="Only this output; may be repeated.")
@click.option("--limit", type=click.IntRange(min=1), help="Outputs of each family at most.")
@click.option("--thinking", type=click.Choice(["both", "on", "off"]), default="both", show_default=True)
@click.option(
    "--without", type=click.Choice(["raw", "stream", "whole"]), multiple=True, help="Leave out a way of asking."
)
@click.option(
    "--deadline", type=click.FloatRange(min=1), default=120.0, show_default=True, help="Seconds an answer may take."
)
@click.option(
    "--state", "state_file", type=click.Path(path_type=Path), help="File of the unfinished run; we choose one else."
)
@click.option("--fresh", is_flag=True, help="Forget an unfinished run.")
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path), metavar="FILE", help="Write one page of every case."
)
@click.option(
    "--record", "tree", type=click.Path(path_type=Path), metavar="CORPUS", help="Write a measurement into a corpus/."
)
@click.option(
    "--files", "folder", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the demo model, and end."
)
@click.option("--report", "saved", metavar="FILE", help="Tell a report that --json printed again; nobody is asked.")
@click.option("--list", "only_list", is_flag=True, help="Print the outputs, and end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def acid(
    runtime: str | None,
    model: str,
    speak: str,
    name: str,
    version: str,
    families: tuple[str, ...],
    names: tuple[str, ...],
    limit: int | None,
    thinking: str,
    without: tuple[How, ...],
    deadline: float,
    state_file: Path | None,
    fresh: bool,
    html_file: Path | None,
    tree: Path | None,
    folder: Path | None,
    saved: str | None,
    only_list: bool,
    as_json: bool,
) -> None:
    """Make the demo model say outputs through RUNTIME, and count what arrives right.

    RUNTIME is llama.cpp, ollama, lmstudio, vllm, sglang, mlx-lm or transformers at its usual port on this machine,
    mistral.rs in this process, or an address. It has to serve the demo model; any other is refused. A run that is cut off
    goes on where it was. Exit code 1: our client did not make the best of an output that keeps to the format.
    """
    import asyncio

    from gemwright.acid import Report, chosen, hand_out, page, record, record_name, run
    from gemwright.cli.input import read_json
    from gemwright.foundation.files import write_whole

    if only_list:
        write("".join(f"{one.name}\n" for one in chosen(families, names, limit)))
        return
    if folder is not None:
        from gemwright.launch.embedded import demo_model

        write("".join(f"{path}\n" for path in hand_out(folder, demo_model())))
        return
    if tree is not None and not (tree / "corpus.toml").is_file():
        raise UsageProblem(f"{tree} holds no corpus.toml", hint="name the folder corpus/ of a checkout of gemwright")
    date, command = datetime.datetime.now(datetime.UTC).date().isoformat(), _command(runtime)
    if saved is not None:
        value = read_json(saved)
        found = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        report = Report.from_json(found)
        date, command = str(found.get("date", date)), str(found.get("command", command))
    else:
        vectors = chosen(families, names, limit)
        settings = {"both": (False, True), "on": (True,), "off": (False,)}[thinking]
        version = version or (_embedded_version() if runtime is None else "")
        with _opened(runtime, speak, model, deadline) as server:

            async def play() -> Report:
                try:
                    return await run(
                        server,
                        vectors,
                        thinking=settings,
                        without=without,
                        state=lambda info: _state(state_file, info, name, fresh=fresh),
                        name=name,
                        version=version,
                        deadline=deadline,
                        progress=_progress(),
                    )
                finally:
                    await server.aclose()

            report = asyncio.run(play())
    if html_file is not None:
        write_whole(html_file, page(report, date=date, command=command).encode())
    if tree is not None:
        target = tree / record_name(report, date)
        write_whole(target, record(report, date=date, command=command).encode())
        session().say(f"{target} written; then: gemwright corpus lint")
    if as_json:
        write_json({"date": date, "command": command, **report.to_json()})
    else:
        _tell(report)
    if not report.table.kept_well_formed:
        sys.exit(1)


@contextmanager
def _opened(target: str | None, speak: str, model: str, deadline: float) -> Generator[Runtime]:
    """Give the runtime that is meant; without a target, an engine of our own with the demo model."""
    from gemwright.acid import endpoint
    from gemwright.foundation.http import Timeouts

    timeouts = Timeouts(first_byte=deadline, idle=deadline, total=deadline)
    if target is None:
        from gemwright.launch.embedded import start_embedded

        with start_embedded() as engine:
            yield endpoint(engine.url, speaks=speak or "llama.cpp", timeouts=timeouts)[0]
        return
    key = session().settings().api_key(os.environ) or ""
    yield endpoint(target, speaks=speak, model=model, api_key=key, timeouts=timeouts)[0]


def _embedded_version() -> str:
    """Return the version of our own engine where it comes from a package: the engine in it knows none."""
    from importlib.metadata import PackageNotFoundError, version

    from gemwright.launch.embedded import SERVER_VARIABLE

    if SERVER_VARIABLE in os.environ:
        return ""
    try:
        return f"(xllamacpp {version('xllamacpp')})"
    except PackageNotFoundError:
        return ""


def _state(path: Path | None, info: RuntimeInfo, name: str, *, fresh: bool) -> Path:
    """Return where an unfinished run is kept."""
    import re

    from gemwright.foundation.paths import places

    if path is None:
        what = re.sub(r"[^a-z0-9.]+", "-", f"{name or info.runtime} {info.version} {info.model}".lower()).strip("-.")
        path = places().state / "acid" / f"{what[:120]}.json"
    if fresh:
        path.unlink(missing_ok=True)
    elif path.exists():
        session().say(f"going on with the unfinished run in {path}", style="note")
    return path


def _progress() -> Callable[[int, int], None]:
    """Return what tells how far a run is: on a terminal in one line, else every hundred answers."""
    talk = session()
    alive = sys.stderr.isatty() and not talk.quiet

    def progress(done: int, of: int) -> None:
        if alive:
            print(f"\r{done} of {of} answers", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif done % 100 == 0 or done == of:
            talk.say(f"{done} of {of} answers", style="dim")

    return progress


def _command(runtime: str | None) -> str:
    """Return the command line as anybody could type it: without our addresses and files."""
    return "gemwright acid" if runtime is None else f"gemwright acid {'URL' if '://' in runtime else runtime}"


def _tell(report: Report) -> None:
    from gemwright.foundation.terminal import harmless

    columns = report.table.columns
    rows = [
        [row.name, str(row.cases), str(row.not_said), *(_cell(row.cells.get(column)) for column in columns)]
        for row in (*report.table.families, *report.table.totals)
    ]
    header = ["FAMILY", "CASES", "NOT SAID", *(_SHORT[column].upper() for column in columns)]
    write(text_table(rows, header))
    ours = report.table.total("all").cells.get("client_chat")
    if ours is not None:
        why = ", ".join(f"{count} {kind}" for kind, count in sorted(ours.wrong.items())) or "nothing"
        write(f"\nwrong through our client, chat lane: {why}\n")
    write(harmless(f"{report.runtime} {report.version}, model {report.model or 'unnamed'}\n"))


def _cell(cell: Cell | None) -> str:
    return f"{cell.right} of {cell.of}" if cell is not None and cell.of else "-"
