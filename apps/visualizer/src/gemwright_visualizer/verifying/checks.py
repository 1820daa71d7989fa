"""What a check says: a figure, the bar, and whether the one is on the right side of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Check", "Findings", "at_least", "at_most", "holds", "told"]


@dataclass(frozen=True, slots=True)
class Check:
    """A thing that was measured.

    Attributes:
        group: `file`, `time`, `sound`, `cuts`, `picture` or `safety`.
        name: short and stable, for programs.
        title: for people.
        figure: what was measured; None where there was nothing to measure.
        unit: of the figure: `%`, `ms`, `frames` and the like; empty for a plain number.
        bar: for people, as in `≥ 85`; empty where there is none.
        passed: None where there is no bar, or nothing to measure.
        detail: more, or why nothing was measured.
    """

    group: str
    name: str
    title: str
    figure: float | None
    unit: str
    bar: str
    passed: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """All checks of a film."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if check.passed is False)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the checks as JSON values."""
        return [
            {
                "group": check.group,
                "name": check.name,
                "title": check.title,
                "figure": None if check.figure is None else round(check.figure, 4),
                "unit": check.unit,
                "bar": check.bar,
                "passed": check.passed,
                "detail": check.detail,
            }
            for check in self.checks
        ]


def at_least(
    group: str, name: str, title: str, figure: float | None, bar: float, unit: str = "", detail: str = ""
) -> Check:
    """Return a check that passes from a figure on; without a figure it neither passes nor fails."""
    passed = None if figure is None else figure >= bar
    return Check(group, name, title, figure, unit, f"≥ {bar:g}", passed, detail)


def at_most(
    group: str, name: str, title: str, figure: float | None, bar: float, unit: str = "", detail: str = ""
) -> Check:
    """Return a check that passes up to a figure; without a figure it neither passes nor fails."""
    passed = None if figure is None else figure <= bar
    return Check(group, name, title, figure, unit, f"≤ {bar:g}", passed, detail)


def holds(group: str, name: str, title: str, passed: bool, detail: str = "") -> Check:
    """Return a check of something that is so or is not."""
    return Check(group, name, title, float(passed), "", "yes", passed, detail)


def told(group: str, name: str, title: str, figure: float | None, unit: str = "", detail: str = "") -> Check:
    """Return a figure without a bar."""
    return Check(group, name, title, figure, unit, "", None, detail)
