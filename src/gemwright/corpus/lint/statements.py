"""A claim is one sentence that can be wrong; a title is one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "a claim is one sentence, and short enough to be one"
_LONGEST = 400
_END = re.compile(r"[.!?](?=\s+[A-Z`])")
_SPAN = re.compile(r"`[^`]*`")


def check(world: World) -> Iterator[Fault]:
    """Yield statements that are none or more than one, and titles that are too long."""
    for file, _, claim in world.records("claims"):
        line = world.line(file, "statement")
        plain = re.sub(r"\b(?:e\.g|i\.e|vs|approx|no|v)\. ", "", _SPAN.sub("x", claim.statement.strip()))
        if not plain.endswith("."):
            yield Fault("statements", file, line, "the statement does not end with a full stop")
        if _END.search(plain):
            yield Fault("statements", file, line, "the statement is more than one sentence", "put the rest into detail")
        if len(claim.statement) > _LONGEST:
            yield Fault("statements", file, line, f"the statement has more than {_LONGEST} characters")
    for file, _, advisory in world.records("advisories"):
        if "\n" in advisory.title or len(advisory.title) > _LONGEST // 2:
            yield Fault("statements", file, world.line(file, "title"), "the title is longer than a line")
