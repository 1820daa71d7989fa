"""What is wrong with rows, before a trainer sees them: one rule a file, each a fault that hurts silently.

A rule is a module with a `DESCRIPTION` of what holds where it finds nothing, and `check(row, settings)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Final

from gemwright.tuning.check import calls, drift, ends, length, mask, thoughts
from gemwright.tuning.check.findings import Finding, Settings
from gemwright.tuning.dataset import Line

__all__ = ["RULES", "Finding", "Settings", "check"]

RULES: Final[dict[str, ModuleType]] = {
    "mask": mask,
    "drift": drift,
    "ends": ends,
    "calls": calls,
    "length": length,
    "thoughts": thoughts,
}
"""The rules by name, in the order in which they are told."""

UNREADABLE: Final = "unreadable"
"""What a finding names as its rule where a line is no row at all."""


def check(lines: Iterable[Line], settings: Settings | None = None) -> Iterator[Finding]:
    """Check rows one by one; memory does not grow with their number.

    Args:
        lines: the rows, as `read` gives them.
        settings: limits, the tokenizer and the template that the trainer uses.
    """
    settings = settings or Settings()
    seen: set[str] = set()
    for line in lines:
        row = line.row
        if row is None:
            problem = line.problem
            message, hint = (problem.message, problem.hint) if problem else ("no row", "")
            yield Finding(UNREADABLE, line.number, "line", message.removeprefix(f"line {line.number}: "), hint)
            continue
        flavour = row.conversation.dialect.flavour
        if settings.template is not None and flavour not in seen:
            seen.add(flavour)
            yield from drift.check_template(settings.template, flavour, line.number)
        for rule in RULES.values():
            yield from rule.check(row, settings)
