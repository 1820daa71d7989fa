"""`gemwright corpus changes`: what changed between two states of the corpus."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gemwright.cli.output import write, write_json
from gemwright.foundation.errors import UsageProblem
from gemwright.foundation.terminal import harmless

if TYPE_CHECKING:
    from gemwright.catalog import Catalog

__all__ = ["changes"]

_MAX_BYTES = 64 * 1024 * 1024


@click.command(
    short_help="what changed between two versions",
    epilog="\b\nExamples:\n  gemwright corpus changes old/corpus\n  gemwright corpus changes before.json after.json --json",
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def changes(old: Path, new: Path | None, as_json: bool) -> None:
    """Print what changed from OLD to NEW, each a compiled corpus or a tree; NEW is this installation's if left out."""
    from gemwright.catalog import catalog
    from gemwright.corpus.changes import changes as between
    from gemwright.corpus.changes import notes

    before, after = _opened(old), _opened(new) if new else catalog()
    found = between(before, after)
    if as_json:
        rows = [dataclasses.asdict(change) for change in found]
        write_json({"old": before.version, "new": after.version, "changes": rows})
    else:
        write(harmless(notes(found, before.version, after.version)))


def _opened(path: Path) -> Catalog:
    from gemwright.catalog.compile import compile_tree
    from gemwright.catalog.document import open_document
    from gemwright.cli.input import parse_json, read_bytes

    if path.is_dir():
        if not (path / "corpus.toml").is_file():
            raise UsageProblem(f"{path} holds no corpus.toml", hint="name a tree or a compiled corpus")
        return open_document(compile_tree(path), str(path))
    return open_document(parse_json(read_bytes(str(path), max_bytes=_MAX_BYTES), str(path)), str(path))
