"""Days as records write them: a day, or a month or a year where no more is known."""

from __future__ import annotations

__all__ = ["first_day", "moment"]

_REST = "-01-01"


def first_day(text: str) -> str:
    """Return the first day that a day, a month or a year can mean, as `2026-11-24`."""
    return text + _REST[len(text) - 4 :] if len(text) < 10 else text


def moment(text: str) -> str:
    """Return the beginning of that day as feeds and OSV write it (RFC 3339, UTC)."""
    return first_day(text) + "T00:00:00Z"
