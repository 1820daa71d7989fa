"""Each file can be read, and holds the fields of its kind, each with a value of its type."""

from __future__ import annotations

from collections.abc import Iterator

from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "every file is TOML or Markdown of its kind's form"


def check(world: World) -> Iterator[Fault]:
    """Yield what could not be read."""
    yield from (fault for fault in world.faults if fault.rule == "form")
