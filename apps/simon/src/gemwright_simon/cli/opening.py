"""How a command opens a tree: its options, the file or the demonstration, and who the home person is."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from gemwright import UsageProblem

if TYPE_CHECKING:
    from gemwright_simon.tree import Tree

__all__ = ["home_of", "opened", "tree_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DEMO_SEED: Final = 1782


def tree_options(command: _Command) -> _Command:
    """Give a command the options that say who is shown."""
    for option in (
        click.option(
            "--living-years",
            type=click.IntRange(50, 200),
            default=110,
            show_default=True,
            help="Born so many years ago or less without a death: may be alive.",
        ),
        click.option("--include-living", is_flag=True, help="Show people who may be alive, too."),
    ):
        command = option(command)
    return command


@contextmanager
def opened(path: str | None, include_living: bool, living_years: int, *, demo: bool = False) -> Generator[Tree]:
    """Open a tree for the time of a `with` statement: the file, or the demonstration's."""
    from gemwright_simon.cli.say import talk
    from gemwright_simon.tree import open_tree

    if include_living:
        talk("warning: people who may be alive are shown; do not publish what you see")
    if demo:
        import tempfile

        from gemwright_simon.generate import generate

        with tempfile.TemporaryDirectory(prefix="gemwright-simon-") as folder:
            file = Path(folder) / "demo.ged"
            file.write_text(generate(_DEMO_SEED), "utf-8")
            with open_tree(
                file, include_living=include_living, living_years=living_years, cache=Path(folder) / "cache"
            ) as tree:
                yield tree
        return
    if not path:
        raise UsageProblem(
            "no family tree was named", hint="name a file, as in: gemwright-simon family.ged; or try --demo"
        )
    with open_tree(Path(path), include_living=include_living, living_years=living_years) as tree:
        yield tree


def home_of(tree: Tree, home: str | None) -> str:
    """Return the handle of the person whom `--home` names; empty where it names nobody.

    Raises:
        UsageProblem: nobody, or more than one person, is meant.
    """
    from gemwright_simon.clerk.people import Nobody, resolve

    if not home:
        return ""
    found = resolve(tree, home, Nobody())
    if not found.one:
        raise UsageProblem(
            f"--home {home}: {len(found.handles) or 'no'} people fit", hint="give a handle, as in --home I12"
        )
    return found.one
