"""No claim without a source, and none called verified that rests on hearsay."""

from __future__ import annotations

from collections.abc import Iterator

from gemwright.catalog.kinds import KINDS
from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "every record says where it is from, and how sure that makes it"


def check(world: World) -> Iterator[Fault]:
    """Yield records without a source, and claims that are surer than their evidence."""
    for file, _, claim in world.records("claims"):
        if not claim.evidence:
            yield Fault("evidence", file, 1, "the claim has no evidence")
        elif claim.status == "verified" and not {"primary", "measured"} & {one.kind for one in claim.evidence}:
            line = world.line(file, "status")
            yield Fault(
                "evidence", file, line, "a verified claim needs primary or measured evidence", "call it reported"
            )
        for one in claim.evidence:
            if not one.locator.strip():
                yield Fault(
                    "evidence", file, world.line(file, "locator"), "the evidence does not say where in its source"
                )
    for file, _, advisory in world.records("advisories"):
        if not advisory.references:
            yield Fault("evidence", file, 1, "the advisory has no references")
    for kind in KINDS:
        if kind not in ("claims", "advisories", "support", "sources", "tooling"):
            for file, _, record in world.records(kind):
                if not record.source:
                    yield Fault("evidence", file, 1, f"the record of {kind} has no source")
    for file, _, feature in world.records("support"):
        for one in feature.statement:
            if not one.source and not one.mirror:
                line = world.line(file, one.runtime)
                yield Fault("evidence", file, line, f"the statement about {one.runtime} has no source")
