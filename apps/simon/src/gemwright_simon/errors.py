"""What Simon refuses, in the manner of gemwright's errors: one sentence, and what to do."""

from __future__ import annotations

from gemwright import UsageProblem

__all__ = ["TreeProblem"]


class TreeProblem(UsageProblem):
    """A file cannot be read as a family tree."""

    code = "GS-E100"
    default_hint = "Simon reads GEDCOM 5.5 to 7.0 (.ged), GEDZIP (.gdz) and Gramps XML (.gramps)"
