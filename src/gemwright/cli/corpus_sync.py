"""`gemwright corpus sync`: pinned upstream material into the user's cache."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from gemwright.cli.output import session, table, write, write_json
from gemwright.foundation.errors import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

    from gemwright.corpus.sync import Pinned, Synced

__all__ = ["sync"]

_MAX_BYTES = 64 * 1024 * 1024


@click.command(
    short_help="fetch pinned upstream material into the cache",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright corpus sync --dry-run\n"
        "  gemwright corpus sync --group google-official\n"
        "  gemwright corpus sync --from http://127.0.0.1:8000"
    ),
)
@click.option("--group", "groups", multiple=True, help="Only this group of the index; may be given again.")
@click.option(
    "--from", "origin", metavar="URL", help="Where to fetch from, instead of GitHub: a mirror of its raw files."
)
@click.option("--dry-run", is_flag=True, help="Print what would be fetched; fetch nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def sync(groups: tuple[str, ...], origin: str | None, dry_run: bool, as_json: bool) -> None:
    """Fetch the files that the tooling index pins, each with its checksum compared. It can be stopped and gone on with.

    Nothing of it is part of gemwright; each file has its own licence, which gemwright corpus show tells.
    """
    from gemwright.catalog import catalog
    from gemwright.catalog.tooling import GROUPS
    from gemwright.corpus.sync import ORIGIN, pinned
    from gemwright.foundation.paths import places

    for group in groups:
        if group not in GROUPS:
            raise UsageProblem(f"there is no group {group!r}", hint=f"the groups are {', '.join(GROUPS)}")
    wanted = list(pinned(catalog(), groups))
    directory = places().cache / "upstream"
    address = origin or ORIGIN
    if dry_run:
        if as_json:
            write_json({"from": address, "files": [dataclasses.asdict(one) for one in wanted]})
        else:
            write(table([(one.id, f"{address}/{one.path}") for one in wanted], ("ENTRY", "ADDRESS")))
        return
    if session().settings().offline:
        raise UsageProblem("offline: nothing is fetched", hint="leave out --offline, or use --dry-run")
    import asyncio

    done = asyncio.run(_fetched(wanted, directory, address))
    if as_json:
        write_json({"directory": str(directory), "files": [_row(one) for one in done]})
    failed = [one for one in done if one.outcome == "failed"]
    session().say(f"{len(done) - len(failed)} of {len(done)} files below {directory}")
    if failed:
        click.get_current_context().exit(1)


async def _fetched(wanted: list[Pinned], directory: Path, address: str) -> list[Synced]:
    from gemwright.corpus.sync import sync as run
    from gemwright.foundation.http import Http

    async with Http(address, body_cap=_MAX_BYTES) as http:
        return await run(wanted, directory, http.get_bytes, _told)


def _told(one: Synced) -> None:
    if one.outcome == "failed":
        session().tell(f"{one.pinned.id}: {one.problem}", style="error")
    else:
        session().say(f"{one.outcome:10} {one.pinned.id}")


def _row(one: Synced) -> dict[str, str]:
    return {
        "id": one.pinned.id,
        "path": one.pinned.path,
        "outcome": one.outcome,
        "sha256": one.sha256,
        "problem": one.problem,
    }
