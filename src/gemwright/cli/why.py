"""`gemwright why`: how an answer came about."""

from __future__ import annotations

from typing import Final

import click

from gemwright.cli.input import parse_json, read_json
from gemwright.cli.output import session, table, write, write_json
from gemwright.cli.turns import last_turn_file, why_rows
from gemwright.foundation.errors import LimitReached, UsageProblem
from gemwright.foundation.files import read_capped

__all__ = ["why"]

LAST: Final = "last"
MAX_BYTES: Final = 64 * 1024 * 1024


@click.command(
    epilog="\b\nExamples:\n"
    "  gemwright why last\n"
    "  gemwright run --json 'What is Gemma 4?' > turn.json; gemwright why turn.json\n"
    "  gemwright run --json 'What is Gemma 4?' | gemwright why -"
)
@click.argument("turn", metavar="FILE|last", default=LAST)
@click.option("--json", "as_json", is_flag=True, help="Print the whole turn as JSON.")
def why(turn: str, as_json: bool) -> None:
    """Tell how an answer came about: which lane it took and why, what was repaired, what had no effect.

    `last` is the last answer of `run`, `chat` or bare `gemwright` on this machine; a FILE holds what `run --json` prints.
    The setting keep_last says whether the last answer is kept.
    """
    from gemwright.client import problem_of
    from gemwright.messages import turn_from_json, turn_to_json

    found = turn_from_json(_last() if turn == LAST else read_json(turn))
    problem = problem_of(found)
    if as_json:
        told = None if problem is None else {"code": problem.code, "message": problem.message, "hint": problem.hint}
        write_json({**turn_to_json(found), "problem": told})
        return
    rows = why_rows(found)
    if problem is not None:
        rows += [("problem", f"{problem.message} ({problem.code})"), ("hint", problem.hint)]
    write(table(rows, ("what", "how it was")))
    if turn == LAST:
        session().say(f"from {last_turn_file()}", style="dim")


def _last() -> object:
    """Read the last turn.

    Raises:
        UsageProblem: there is none, or it cannot be read.
    """
    path = last_turn_file()
    hint = "`gemwright run 'What is Gemma 4?'` makes one; name a file to explain another"
    if not session().settings().keep_last:
        hint = "keep_last is off, so that none is kept; `gemwright config show --origin` says where"
    try:
        return parse_json(read_capped(path, MAX_BYTES), str(path))
    except FileNotFoundError:
        raise UsageProblem("there is no last answer yet", hint=hint) from None
    except (OSError, LimitReached) as e:
        raise UsageProblem(f"the last answer cannot be read: {e}", hint=hint) from e
