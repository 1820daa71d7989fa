"""Dates are dates, in an order that can be, and none lies ahead of the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from gemwright.catalog.days import first_day
from gemwright.catalog.kinds import KINDS
from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "dates exist, and nothing was checked or published after the corpus's own day"
_PAST = (
    "date",
    "published",
    "modified",
    "last_checked",
    "checked",
    "withdrawn",
    "retrieved",
    "released",
    "latest_date",
)
_PARTIAL = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def check(world: World) -> Iterator[Fault]:
    """Yield dates that cannot be."""
    today = str(world.tree["corpus"].get("version", "")).replace(".", "-")
    for kind in KINDS:
        for file, _, record in world.records(kind):
            parts = [record, *getattr(record, "evidence", ()), *getattr(record, "references", ())]
            for part in parts:
                for field in _PAST:
                    value = getattr(part, field, "")
                    if value and (message := _wrong(value, today)):
                        yield Fault("dates", file, world.line(file, field), f"{field} {value!r} {message}")
            if kind == "claims" and not _rises(record.last_checked, record.review_by):
                line = world.line(file, "review_by")
                yield Fault("dates", file, line, "review_by is a day after last_checked")
            if kind == "advisories" and not _rises(record.published, record.modified, strictly=False):
                yield Fault("dates", file, world.line(file, "modified"), "modified lies before published")


def _wrong(value: str, today: str) -> str:
    if not _PARTIAL.fullmatch(value):
        return "is no date"
    try:
        date.fromisoformat(first_day(value))
    except ValueError:
        return "is no date"
    return f"lies after the corpus's own day, {today}" if value > today[: len(value)] else ""


def _rises(earlier: str, later: str, *, strictly: bool = True) -> bool:
    return earlier < later or (not strictly and earlier[: len(later)] <= later)
