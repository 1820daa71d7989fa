"""A finding is merged into a document that shows its claim, or flagged with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "each finding is merged into a document that shows it, or flagged with the reason"


def check(world: World) -> Iterator[Fault]:
    """Yield findings that are neither, both, or merged where nothing shows them."""
    for file, _, entry in world.records("tooling"):
        for one in entry.finding:
            line = world.line(file, one.claim)
            if bool(one.merged) is bool(one.flagged):
                yield Fault("findings", file, line, f"the finding {one.claim} is either merged or flagged")
            elif one.merged and world.guide is not None:
                document = world.documents.get(f"guide/{one.merged}")
                if document is None:
                    yield Fault("findings", file, line, f"there is no document {one.merged!r}")
                elif one.claim not in document.named("claim"):
                    yield Fault("findings", file, line, f"guide/{one.merged} has no block of the claim {one.claim}")
