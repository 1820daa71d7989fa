"""A report as a measurement of the corpus."""

from __future__ import annotations

import re
from typing import Final

from gemwright.acid.run import Report
from gemwright.acid.table import COLUMNS, Row
from gemwright.foundation import jsonx

__all__ = ["record", "record_name"]

_NO_ID: Final = re.compile(r"[^a-z0-9.]+")


def record_name(report: Report, date: str) -> str:
    """Return the record's path below `corpus/`: the runtime and its version in it, so that a new version is a new record."""
    day = date.replace("-", "")
    what = _NO_ID.sub("-", f"{report.runtime}-{report.version}".lower()).strip("-.")
    return f"measurements/any/{day}-acid-{what}.toml"


def record(report: Report, *, date: str, command: str) -> str:
    """Return the record's text.

    Figures are a list for each family: `right of asked` behind the column's name, and what is wrong by kind.

    Args:
        report: what a run found.
        date: the day of the run.
        command: what was run.
    """
    who = f"{report.runtime} {report.version}".strip()
    model = f"demo model {report.model}" if report.model else "demo model"
    told = " and ".join("on" if thinks else "off" for thinks in sorted({one.thinking for one in report.table.cases}))
    lines = [
        f"title = {_quoted(f'Acid test: what {who} delivers of Gemma 4 outputs')}",
        f"date = {_quoted(date)}",
        'hardware = "any: what arrives does not hang on it"',
        f"software = [{_quoted(who)}]",
        "variants = []",
        f"command = {_quoted(command)}",
        f"conditions = {_quoted(f'{model}, temperature 0, thinking {told}, {len(report.table.cases)} cases.')}",
        'topics = ["tool-calling", "streaming", "thinking"]',
        f"note = {_quoted(_NOTE)}",
        f"asked = [{_quoted(f'does {report.runtime} keep gemma 4 tool calls')}, {_quoted(f'{report.runtime} gemma acid test')}]",
        'source = ["gemwright/acid-test"]',
        "",
    ]
    lines.append("[figures]")
    for row in (*report.table.totals, *report.table.families):
        name = _NO_ID.sub("_", row.name.lower().replace("-", "_"))
        lines.append(f"{name} = [{', '.join(map(_quoted, _figures(row)))}]")
    return "\n".join(lines) + "\n"


_NOTE: Final = (
    "right of asked, by family of outputs and by who delivers: the runtime alone, streamed and in one piece, and gemwright's "
    "client in front of it. Outputs that the model did not say exactly are in no share. What was destroyed, altered "
    "(held to a grammar, mostly) or failed cannot be repaired by any client."
)


def _figures(row: Row) -> list[str]:
    found = [f"cases {row.cases}", f"not_said {row.not_said}"]
    for column in COLUMNS:
        cell = row.cells.get(column)
        if cell is not None:
            wrong = ", ".join(f"{count} {name}" for name, count in sorted(cell.wrong.items()))
            found.append(f"{column} {cell.right} of {cell.of}" + (f"; {wrong}" if wrong else ""))
    return found


def _quoted(text: str) -> str:
    return jsonx.compact(text)
