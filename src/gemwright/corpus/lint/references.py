"""Every id that a record names is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gemwright.catalog.kinds import KINDS
from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "no reference dangles"


def check(world: World) -> Iterator[Fault]:
    """Yield ids that lead nowhere."""
    repairs = world.catalog.vocabulary.repairs
    for kind in KINDS:
        for file, name, record in world.records(kind):
            for target, other in _named(kind, record):
                if not world.has(target, other):
                    yield _fault(world, file, other, f"there is no {target}/{other}")
                elif (target, other) == (kind, name):
                    yield _fault(world, file, other, "a record does not refer to itself")
            for repair in getattr(getattr(record, "mitigation", None), "repair", ()):
                if repair not in repairs:
                    yield _fault(world, file, repair, f"there is no repair {repair!r}")


def _fault(world: World, file: str, needle: str, message: str) -> Fault:
    return Fault("references", file, world.line(file, needle), message)


def _named(kind: str, record: Any) -> Iterator[tuple[str, str]]:
    if isinstance(getattr(record, "source", None), tuple):
        yield from (("sources", one) for one in record.source)
    if kind == "claims":
        yield from (("sources", one.source) for one in record.evidence)
        yield from (("claims", one) for one in (*record.supersedes, *record.contradicts))
        if record.replaced_by:
            yield "claims", record.replaced_by
    elif kind == "advisories":
        yield from (("advisories", one) for one in record.related)
    elif kind == "support":
        for statement in record.statement:
            yield "runtimes", statement.runtime
            yield from (("sources", one) for one in statement.source)
            yield from (("advisories", one) for one in statement.advisories)
            if statement.mirror:
                yield "runtimes", statement.mirror
    elif kind == "quants":
        yield from (("sources", one) for file in record.file for one in file.source)
        yield from (("runtimes", one) for one in record.runtimes)
    elif kind == "runtimes":
        if record.mirror:
            yield "runtimes", record.mirror
        yield from (("advisories", one.advisory) for one in record.quirk if one.advisory)
        yield from (("claims", one.claim) for one in record.quirk if one.claim)
    elif kind == "benchmarks":
        yield from (("sources", one.source) for one in record.score)
    elif kind == "tooling":
        yield from (("claims", one.claim) for one in record.finding)
