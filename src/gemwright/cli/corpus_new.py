"""`gemwright corpus new`: a record to fill in, every field explained."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import click

from gemwright.cli.corpus_lint import tree_option
from gemwright.cli.output import session, write
from gemwright.foundation.errors import UsageProblem

__all__ = ["new"]


@click.command(
    short_help="begin a record from a commented form",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright corpus new claims/thinking/thoughts-count-as-output\n"
        "  gemwright corpus new advisories/ollama/images-upside-down\n"
        "  gemwright corpus new --print claims"
    ),
)
@click.argument("record")
@tree_option
@click.option("--print", "only_print", is_flag=True, help="Print the form of a kind; write nothing.")
def new(record: str, tree: Path, only_print: bool) -> None:
    """Write an empty record at RECORD, its path below corpus/ without the ending. A file that is there is left alone."""
    from gemwright.catalog.kinds import KINDS
    from gemwright.corpus.forms import blank
    from gemwright.foundation.files import write_whole

    kind, _, name = record.strip("/").removeprefix("corpus/").partition("/")
    if kind not in KINDS:
        raise UsageProblem(f"there is no kind {kind!r}", hint=f"the kinds are {', '.join(KINDS)}")
    form = blank(kind, datetime.datetime.now(datetime.UTC).date().isoformat())
    if only_print:
        write(form)
        return
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*(?:/[a-z0-9][a-z0-9.-]*)*", name):
        raise UsageProblem(f"{record!r} is no id", hint="kind/folder/name, in small letters, digits, dots and hyphens")
    if not (tree / "corpus.toml").is_file():
        raise UsageProblem(
            f"{tree} holds no corpus.toml", hint="go to a checkout of gemwright, or name one with --tree"
        )
    ending = KINDS[kind].ending
    target = tree / kind / f"{name.removesuffix(ending)}{ending}"
    if target.exists():
        raise UsageProblem(f"{target} is there already", hint="choose another name, or edit it")
    write_whole(target, form.encode())
    session().say(f"{target} written; fill it in, then: gemwright corpus lint")
