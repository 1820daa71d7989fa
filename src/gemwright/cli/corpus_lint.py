"""`gemwright corpus lint` and `compose`: a tree of records and the documents made of them, checked and refreshed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gemwright.cli.output import session, table, write, write_json
from gemwright.foundation.errors import UsageProblem

if TYPE_CHECKING:
    from gemwright.corpus.lint import World

__all__ = ["compose", "lint", "tree_option"]

tree_option = click.option(
    "--tree",
    type=click.Path(path_type=Path),
    default=Path("corpus"),
    show_default=True,
    help="The directory that holds corpus.toml; documents lie in guide/ beside it.",
)


@click.command(
    short_help="check a tree of records and the documents",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright corpus lint\n"
        "  gemwright corpus lint --rule ranges --rule evidence\n"
        "  gemwright corpus lint --fix"
    ),
)
@tree_option
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be given again.")
@click.option("--fix", "mend", is_flag=True, help="First mend what a machine can mend.")
@click.option("--rules", "list_rules", is_flag=True, help="Print the rules, and end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def lint(tree: Path, rules: tuple[str, ...], mend: bool, list_rules: bool, as_json: bool) -> None:
    """Check form, links, ranges, dates and documents. Ends with 1 where something is wrong."""
    from gemwright.corpus import lint as linter

    if list_rules:
        write(table([(name, module.DESCRIPTION) for name, module in linter.RULES.items()], ("RULE", "WHAT HOLDS")))
        return
    world = _world(tree)
    if mend:
        changed = linter.fix(world, rules)
        session().say(f"{len(changed)} files mended")
        world = _world(tree)
    faults = linter.lint(world, rules)
    if as_json:
        names = ("rule", "file", "line", "message", "hint")
        write_json({"faults": [{name: getattr(one, name) for name in names} for one in faults]})
    elif faults:
        rows = [
            (f"{one.file}:{one.line}", one.rule, one.message + (f" ({one.hint})" if one.hint else "")) for one in faults
        ]
        write(table(rows, ("WHERE", "RULE", "WHAT IS WRONG")))
    excused = sum(len(world.excused(name)) for name in linter.RULES)
    session().say(
        f"{len(world.files)} files, {len(world.documents)} documents, {len(faults)} faults, {excused} exceptions"
    )
    if faults:
        click.get_current_context().exit(1)


@click.command(
    short_help="refresh the facts in the documents",
    epilog="\b\nExamples:\n  gemwright corpus compose\n  gemwright corpus compose --check",
)
@tree_option
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where a block is stale.")
def compose(tree: Path, check: bool) -> None:
    """Write what stands between marks in guide/*.md anew, from the records. What stands outside them is left alone."""
    from gemwright.corpus.lint import documents

    world = _world(tree)
    stale = documents.fix(world)
    if not check:
        from gemwright.foundation.files import write_whole

        for path, text in stale.items():
            write_whole(path, text.encode())
    for path in sorted(stale):
        session().say(f"{world.name(path)} {'is stale' if check else 'written'}")
    faults = [one for one in documents.check(world) if not one.message.endswith("is stale")]
    for one in faults:
        session().tell(f"{one.file}:{one.line}: {one.message}" + (f" ({one.hint})" if one.hint else ""))
    if faults or (check and stale):
        click.get_current_context().exit(1)


def _world(tree: Path) -> World:
    from gemwright.corpus.lint import World

    if not (tree / "corpus.toml").is_file():
        raise UsageProblem(
            f"{tree} holds no corpus.toml", hint="go to a checkout of gemwright, or name one with --tree"
        )
    guide = tree.parent / "guide"
    return World(tree, guide if guide.is_dir() else None)
