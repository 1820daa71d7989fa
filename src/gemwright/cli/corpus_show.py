"""`gemwright corpus show` and `list`: one record whole, or the records of a kind."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import click

from gemwright.cli.output import session, table, write, write_json
from gemwright.foundation.errors import UsageProblem
from gemwright.foundation.terminal import harmless

__all__ = ["list_records", "show"]


@click.command(
    short_help="print one record with its sources",
    epilog=(
        "\b\nExamples:\n  gemwright corpus show relatives/embeddinggemma-2\n  gemwright corpus show 26b-a4b --json"
    ),
)
@click.argument("record")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(record: str, as_json: bool) -> None:
    """Print one record. RECORD is its path below corpus/ without the ending, or the last part of it where one has that."""
    from gemwright.catalog import catalog
    from gemwright.catalog.sources import cited

    known = catalog()
    kind, name = _found(known.tables, record)
    fields = cast("Mapping[str, Any]", known.tables[kind][name])
    if as_json:
        write_json({"record": f"{kind}/{name}", **fields})
        return
    write(session().paint(f"{kind}/{name}", "heading") + "\n")
    for line in _lines(fields, ""):
        write(harmless(line) + "\n")
    named = [one for one in dict.fromkeys(cited(fields)) if one in known.sources]
    sources = [(one, known.sources[one].title, known.sources[one].ref) for one in named]
    if sources:
        write("\n" + table(sources, ("SOURCE", "TITLE", "WHERE")))


def _found(tables: Mapping[str, Mapping[str, Any]], record: str) -> tuple[str, str]:
    wanted = record.strip().strip("/").removeprefix("corpus/")
    for ending in (".toml", ".md"):
        wanted = wanted.removesuffix(ending)
    every = [(kind, name) for kind, found in tables.items() for name in found]
    whole = [item for item in every if "/".join(item) == wanted]
    part = [item for item in every if "/".join(item).endswith("/" + wanted)]
    for found in (whole, part):
        if len(found) == 1:
            return found[0]
    if part:
        names = ", ".join("/".join(item) for item in part[:8])
        raise UsageProblem(f"{record!r} is more than one record", hint=f"say which: {names}")
    near = difflib.get_close_matches(wanted, ["/".join(item) for item in every], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "gemwright corpus list prints the kinds"
    raise UsageProblem(f"there is no record {record!r}", hint=hint)


def _lines(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, one in value.items():
        if isinstance(one, str) and "\n" in one.strip():
            yield f"{indent}{name}:"
            yield from (f"{indent}  {line}" for line in one.strip().split("\n"))
        elif isinstance(one, Mapping):
            yield f"{indent}{name}:"
            yield from _lines(cast("Mapping[str, Any]", one), indent + "  ")
        elif isinstance(one, list) and one and isinstance(one[0], Mapping):
            for item in cast("Sequence[Mapping[str, Any]]", one):
                yield f"{indent}{name}:"
                yield from _lines(item, indent + "  ")
        elif isinstance(one, list):
            yield f"{indent}{name}: {', '.join(map(str, cast('Sequence[object]', one)))}"
        else:
            yield f"{indent}{name}: {one}"


@click.command(
    "list",
    short_help="print the records of a kind",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright corpus list\n"
        "  gemwright corpus list advisories --severity critical\n"
        "  gemwright corpus list claims --topic thinking --status retracted"
    ),
)
@click.argument("kind", required=False)
@click.option("--topic", help="Only what is about this topic.")
@click.option("--severity", help="Only advisories of this severity.")
@click.option("--status", help="Only claims of this status, or advisories in this state.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_records(kind: str | None, topic: str | None, severity: str | None, status: str | None, as_json: bool) -> None:
    """Print how many records of each kind there are, or the records of one kind."""
    from gemwright.catalog import catalog

    tables = catalog().tables
    if kind is None:
        if as_json:
            write_json({"kinds": {name: len(found) for name, found in tables.items()}})
        else:
            write(table([(name, str(len(found))) for name, found in tables.items()], ("KIND", "RECORDS")))
        return
    if kind not in tables:
        raise UsageProblem(f"there is no kind {kind!r}", hint=f"the kinds are {', '.join(tables)}")
    rows: list[tuple[str, str, str]] = []
    for name, fields in sorted(tables[kind].items()):
        about = {name.partition("/")[0], *fields.get("topics", ())}
        state = str(fields.get("status", fields.get("state", "")))
        level = str(fields.get("severity", ""))
        if topic in (None, *about) and severity in (None, level) and status in (None, state):
            title = fields.get("title") or fields.get("statement") or fields.get("id") or ""
            rows.append((name, ", ".join(part for part in (level, state) if part), str(title)))
    if as_json:
        write_json({"kind": kind, "records": [{"id": name, "title": title} for name, _, title in rows]})
    else:
        write(table(rows, ("ID", "STATE", "WHAT IT SAYS")))
