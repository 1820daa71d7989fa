"""`gemwright tune check`: what is wrong with rows of training data, before a trainer sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gemwright.cli.foreign_template import read_template
from gemwright.cli.input import open_lines
from gemwright.cli.output import session, table, write, write_json
from gemwright.cli.tune_options import row_options

if TYPE_CHECKING:
    from gemwright.tuning import Finding, Line
    from gemwright.tuning.dataset import Targets
    from gemwright.wire import Dialect

__all__ = ["check"]


@click.command(
    short_help="what is wrong with rows, before a trainer sees them",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright tune check train.jsonl\n"
        "  gemwright tune check train.jsonl --max-tokens 8192 --template model.gguf\n"
        "  gemwright tune check train.jsonl --json\n"
        "  gemwright tune check --rules"
    ),
)
@click.argument("file", default="-")
@row_options
@click.option(
    "--max-tokens", type=click.IntRange(min=1), help="The longest row that is trained; tokens are estimated here."
)
@click.option(
    "--template", metavar="FILE", help="The chat template that the trainer renders with: text, or a GGUF file."
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=200, show_default=True, help="Findings to tell; all are counted."
)
@click.option("--rules", "list_rules", is_flag=True, help="Print the rules, and end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(
    file: str,
    targets: Targets,
    default: Dialect,
    max_tokens: int | None,
    template: str | None,
    limit: int,
    list_rules: bool,
    as_json: bool,
) -> None:
    """Check masks, text, ends, calls, lengths and thoughts of the rows in FILE. Ends with 1 where something is wrong."""
    from gemwright.tuning import RULES, Settings, read
    from gemwright.tuning import check as findings_of

    if list_rules:
        write(table([(name, rule.DESCRIPTION) for name, rule in RULES.items()], ("RULE", "WHAT HOLDS")))
        return
    rows = 0

    def counted(lines: Iterator[Line]) -> Iterator[Line]:
        nonlocal rows
        for line in lines:
            rows += 1
            yield line

    told: list[Finding] = []
    found = 0
    settings = Settings(max_tokens=max_tokens, template=None if template is None else read_template(template))
    with open_lines(file) as lines:
        for one in findings_of(counted(read(lines, targets=targets, default=default)), settings):
            found += 1
            if found <= limit:
                told.append(one)
    if as_json:
        write_json({"rows": rows, "found": found, "findings": [asdict(one) for one in told]})
    elif told:
        cells = [(f"line {one.row}", one.rule, one.place, f"{one.message} ({one.hint})") for one in told]
        write(table(cells, ("ROW", "RULE", "PLACE", "WHAT IS WRONG, AND WHAT TO DO")))
    more = f", of which {limit} are told" if found > limit else ""
    session().say(f"{rows} rows, {found} findings{more}")
    if found:
        click.get_current_context().exit(1)
