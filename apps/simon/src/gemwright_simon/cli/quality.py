"""`check`, `gaps` and `duplicates`: what is wrong with a tree, what is missing in it, and who may be in it twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from gemwright_simon.cli.opening import home_of, opened, tree_options

if TYPE_CHECKING:
    from gemwright_simon.tree import Tree

__all__ = ["check_command", "duplicates_command", "gaps_command"]

_PAGE = 50
_MOST = click.IntRange(min=0)


def _head(tree: Tree) -> dict[str, Any]:
    return {"people": tree.count_people, "hidden": tree.count_hidden, "file_hash": tree.file_hash}


def _some(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _more(shown: int, total: int, what: str) -> str:
    return f"and {total - shown} more {what}: --limit 0 shows all\n" if shown < total else ""


def _table(counts: Mapping[str, int]) -> str:
    return "".join(f"{count:>7}  {kind.replace('_', ' ')}\n" for kind, count in counts.items())


@click.command("check", short_help="Check a tree for what cannot be, and what rarely is.")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.option(
    "--limit", type=_MOST, help="How many findings to show of each kind; 0 for all. [default: 5, with --json all]"
)
@click.option("--severity", type=click.Choice(["error", "warning", "note"]), default="note", show_default=True,
              help="Show what is at least so grave.")  # fmt: skip
@tree_options
def check_command(
    file: str, as_json: bool, limit: int | None, severity: str, include_living: bool, living_years: int
) -> int:
    """Check FILE: dates, ages, kin and sources.

    Each finding has a severity: an error cannot be true, a warning rarely is, a note is a record to look at. The exit code is
    1 where there are errors, else 0. People who may be alive are no part of it.
    """
    from gemwright_simon.cli.say import write, write_json
    from gemwright_simon.quality import KINDS, SEVERITIES, check

    with opened(file, include_living, living_years) as tree:
        checkup = check(tree)
        shown = SEVERITIES[: SEVERITIES.index(severity) + 1]  # pyright: ignore[reportArgumentType]  # click gives one of them
        most = (0 if as_json else 5) if limit is None else limit
        kept = {kind: [one for one in checkup.findings if one.kind == kind] for kind in checkup.counts}
        kept = {kind: found[:most] if most else found for kind, found in kept.items() if KINDS[kind].severity in shown}
        if as_json:
            write_json(
                {
                    **_head(tree),
                    "errors": checkup.of("error"),
                    "warnings": checkup.of("warning"),
                    "notes": checkup.of("note"),
                    "counts": dict(checkup.counts),
                    "findings": [
                        {"kind": one.kind, "severity": one.severity, "handles": list(one.handles), "text": one.text}
                        for found in kept.values()
                        for one in found
                    ],
                }
            )
        else:
            write(f"{checkup.people} people checked, {checkup.hidden} hidden since they may be alive\n")
            for kind, found in kept.items():
                write(f"\n{KINDS[kind].severity}: {kind.replace('_', ' ')} ({checkup.counts[kind]})\n")
                write("".join(f"  {one.text}\n" for one in found))
                write(_more(len(found), checkup.counts[kind], "of this kind"))
            write("\n" + ", ".join(_some(checkup.of(one), one) for one in SEVERITIES) + "\n")
        return 1 if checkup.of("error") else 0


@click.command("gaps", short_help="What to look for next in a tree.")
@click.argument("file")
@click.option("--home", help="Whose direct line comes first: a name or a handle.")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.option("--limit", type=_MOST, default=_PAGE, show_default=True, help="How many gaps to show; 0 for all.")
@tree_options
def gaps_command(
    file: str, home: str | None, as_json: bool, limit: int, include_living: bool, living_years: int
) -> None:
    """List what FILE lacks: parents, dates and sources. The direct line of the home person comes first."""
    from gemwright_simon.cli.say import write, write_json
    from gemwright_simon.quality import gaps

    with opened(file, include_living, living_years) as tree:
        missing = gaps(tree, home_of(tree, home), limit)
        total = sum(missing.counts.values())
        if as_json:
            write_json(
                {
                    **_head(tree),
                    "total": total,
                    "counts": dict(missing.counts),
                    "gaps": [
                        {"kind": one.kind, "generation": one.generation, "handles": list(one.handles), "text": one.text}
                        for one in missing.found
                    ],
                }
            )
            return
        write(_table(missing.counts) or "nothing is missing\n")
        above: int | None = -1
        for one in missing.found:
            if one.generation != above:
                above = one.generation
                write(
                    "\nelsewhere in the tree\n"
                    if above is None
                    else f"\n{above} generations up\n"
                    if above
                    else "\nhome\n"
                )
            write(f"  {one.text}\n")
        write(_more(len(missing.found), total, "gaps"))


@click.command("duplicates", short_help="Who may be in a tree twice.")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.option("--limit", type=_MOST, default=_PAGE, show_default=True, help="How many pairs to show; 0 for all.")
@tree_options
def duplicates_command(file: str, as_json: bool, limit: int, include_living: bool, living_years: int) -> None:
    """List pairs of people of FILE who may be one person, with a score of 60 to 100 and the reasons. Nothing is merged."""
    from gemwright_simon.cli.say import write, write_json
    from gemwright_simon.quality import duplicates

    with opened(file, include_living, living_years) as tree:
        total, pairs = duplicates(tree, limit)
        if as_json:
            told = [
                {"handles": list(one.handles), "score": one.score, "reasons": list(one.reasons), "text": one.text}
                for one in pairs
            ]
            write_json({**_head(tree), "total": total, "pairs": told})
            return
        write(f"{_some(total, 'pair')} may be one person each\n")
        write("".join(f"  {one.text}\n" for one in pairs))
        write(_more(len(pairs), total, "pairs"))
