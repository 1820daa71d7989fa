"""`gemwright corpus match`: a described machine against the advisories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from gemwright.cli.input import read_json
from gemwright.cli.output import session, table, write, write_json

if TYPE_CHECKING:
    from gemwright.corpus import Match

__all__ = ["match"]


@click.command(
    short_help="what applies to a machine that is described",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright corpus match --facts machine.json\n"
        '  echo \'{"runtimes": {"ollama": "0.20.4"}}\' | gemwright corpus match --facts - --json'
    ),
)
@click.option("--facts", metavar="FILE", required=True, help="What is there, as JSON; - is standard input.")
@click.option("--undecided", is_flag=True, help="Print also what cannot be told, and what would have to be known.")
@click.option(
    "--fail-on",
    type=click.Choice(["critical", "high", "medium", "low"]),
    help="End with 1 where something of this severity or worse applies.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object; what cannot be told is always in it.")
def match(facts: str, undecided: bool, fail_on: str | None, as_json: bool) -> None:
    """Say which advisories apply to a machine that is described, and which cannot be told.

    The description is an object with any of runtimes, packages, models, settings, hardware and task. In settings, null is a
    thing that is not sent or off; one that is missing is not known.
    """
    from gemwright.catalog import catalog
    from gemwright.catalog.advisories import SEVERITIES
    from gemwright.corpus import Environment
    from gemwright.corpus import match as found_by

    known = catalog()
    found = found_by(known, Environment.from_json(read_json(facts)))
    applies = [one for one in found if one.applies]
    unsure = [one for one in found if one.applies is None]
    if as_json:
        write_json(
            {
                "applies": [{**_head(one), "reason": one.reason} for one in applies],
                "undecided": [{**_head(one), "needs": list(one.needs)} for one in unsure],
            }
        )
    else:
        _tell(applies, unsure, undecided)
    if fail_on and any(SEVERITIES.index(one.advisory.severity) <= SEVERITIES.index(fail_on) for one in applies):
        click.get_current_context().exit(1)


def _tell(applies: Sequence[Match], unsure: Sequence[Match], undecided: bool) -> None:
    if applies:
        rows = [(one.advisory.severity, one.id, one.advisory.title, one.reason) for one in applies]
        write(table(rows, ("SEVERITY", "ADVISORY", "PROBLEM", "WHY")))
    if unsure and undecided:
        rows = [(one.advisory.severity, one.id, one.advisory.title, "; ".join(one.needs)) for one in unsure]
        write(("\n" if applies else "") + table(rows, ("SEVERITY", "ADVISORY", "PROBLEM", "WOULD NEED TO KNOW")))
    session().say(f"{len(applies)} apply, {len(unsure)} cannot be told" + ("" if undecided else " (--undecided)"))


def _head(one: Match) -> Mapping[str, object]:
    return {"id": one.id, "urls": list(one.advisory.urls()), "severity": one.advisory.severity}
