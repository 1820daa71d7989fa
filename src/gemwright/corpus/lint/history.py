"""What was wrong stays visible, with the reason and with what holds instead."""

from __future__ import annotations

from collections.abc import Iterator

from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "a retracted or superseded claim names its reason and what holds instead"
_GONE = ("retracted", "superseded")


def check(world: World) -> Iterator[Fault]:
    """Yield claims whose history is not told whole."""
    known = {name: claim for _, name, claim in world.records("claims")}
    for file, _, claim in world.records("claims"):
        line = world.line(file, "status")
        if claim.status in _GONE:
            for field in ("replaced_by", "reason"):
                if not getattr(claim, field):
                    yield Fault("history", file, line, f"a {claim.status} claim needs {field}")
            if claim.replaced_by in known and known[claim.replaced_by].status in _GONE:
                line = world.line(file, "replaced_by")
                yield Fault("history", file, line, f"{claim.replaced_by} is {known[claim.replaced_by].status} itself")
        elif claim.replaced_by:
            yield Fault("history", file, line, f"a {claim.status} claim is replaced by nothing")
        for other in claim.supersedes:
            if other in known and known[other].status not in _GONE:
                line = world.line(file, "supersedes")
                yield Fault("history", file, line, f"{other} is superseded here and {known[other].status} there")
        for other in claim.contradicts:
            if other in known and claim.status == known[other].status == "verified":
                line = world.line(file, "contradicts")
                yield Fault("history", file, line, f"two claims that contradict each other are verified: {other}")
