"""Write the tables of `docs/concepts/acid.md` from the measurements in corpus/; `--check` only compares.

Of each runtime the newest measurement counts.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "concepts" / "acid.md"
RECORDS = ROOT / "corpus" / "measurements" / "any"
START, END = "<!-- acid: written by scripts/write_acid_page.py -->", "<!-- /acid -->"
COLUMNS = ("alone_streamed", "alone_whole", "client_chat", "client_raw")
TOTALS = ("well_formed", "malformed", "all")


def newest(folder: Path) -> list[dict[str, Any]]:
    """Return the newest measurement of each runtime."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*-acid-*.toml")):
        record: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        figures: dict[str, list[str]] = record["figures"]
        record["figures"] = {name: dict(_pair(one) for one in row) for name, row in figures.items()}
        found[record["software"][0].partition(" ")[0]] = record
    return list(found.values())


def _pair(figure: str) -> tuple[str, str]:
    name, _, value = figure.partition(" ")
    return name, value


def tables(records: list[dict[str, Any]]) -> str:
    """Return a table of totals and one of families."""
    lines = [
        "| runtime | | cases | not said | alone, streamed | alone, in one piece | our client, chat lane | our client, raw lane |",
        "|---|---|--:|--:|---|---|---|---|",
    ]
    for record in records:
        for name in TOTALS:
            row = record["figures"][name]
            cells = " | ".join(row.get(column, "") for column in COLUMNS)
            who = f"{record['software'][0]}, {record['date']}" if name == TOTALS[0] else ""
            lines.append(f"| {who} | {name.replace('_', '-')} | {row['cases']} | {row['not_said']} | {cells} |")
    names = [record["software"][0] for record in records]
    families = sorted({name for record in records for name in record["figures"]} - set(TOTALS))
    families.sort(key=lambda name: (not name.startswith("wf_"), name))
    lines += ["", f"| family | {' | '.join(f'{name}: alone | {name}: chat lane' for name in names)} |"]
    lines.append(f"|---|{'--:|' * 2 * len(names)}")
    for family in families:
        rows = [record["figures"].get(family, {}) for record in records]
        cells = (_short(row.get(column, "")) for row in rows for column in ("alone_streamed", "client_chat"))
        lines.append(f"| {family} | {' | '.join(cells)} |")
    commands = [f"- {record['software'][0]}: `{record['command']}`; {record['conditions']}" for record in records]
    return "\n".join([*lines, "", *commands])


def _short(cell: str) -> str:
    return cell.partition(";")[0]


def page(text: str, records: list[dict[str, Any]]) -> str:
    """Return the page with its tables written anew."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{tables(records)}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    text = TARGET.read_text("utf-8")
    fresh = page(text, newest(RECORDS))
    if "--check" in arguments:
        if text == fresh:
            return 0
        print(f"{TARGET.name} is not what corpus/measurements says; run `make docs`", file=sys.stderr)
        return 1
    TARGET.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
