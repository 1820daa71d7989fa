"""Documents show what records say: no stale block, no retracted claim, no figure that nothing keeps true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gemwright.corpus.compose import compose, figures_in_prose
from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check", "fix"]

DESCRIPTION = "no stale block, no retracted claim, no figure outside marks"


def check(world: World) -> Iterator[Fault]:
    """Yield what is not as the records have it."""
    for name, document in world.documents.items():
        for problem in (*compose(document, world.catalog)[1], *figures_in_prose(document)):
            yield Fault("documents", name, problem.line, problem.message, problem.hint)
    yield from (fault for fault in world.faults if fault.rule == "documents")


def fix(world: World) -> dict[Path, str]:
    """Return the documents with their blocks written anew."""
    found: dict[Path, str] = {}
    for name, document in world.documents.items():
        text, _ = compose(document, world.catalog)
        if text != document.text:
            found[world.path(name)] = text
    return found
