"""Ages as intervals: from the days that two dates may mean to the whole years between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gemwright_simon.dates.calendars import gregorian_from_day
from gemwright_simon.records import Date

__all__ = ["Span", "between", "middle_year", "year_of"]

_ROUGH: Final = frozenset({"about", "calculated", "estimated", "interpreted"})


@dataclass(frozen=True, slots=True)
class Span:
    """Whole years that may have passed.

    Attributes:
        least: the fewest; None where that is open.
        most: the most; None where that is open.
        rough: whether one of the dates was given as approximate.
    """

    least: int | None
    most: int | None
    rough: bool = False

    @property
    def text(self) -> str:
        """The years in words: `71`, `71 or 72`, `between 67 and 75`, `at least 60`."""
        if self.least is None and self.most is None:
            return ""
        if self.most is None:
            return f"at least {self.least}"
        if self.least is None:
            return f"at most {self.most}"
        if self.least == self.most:
            return str(self.least)
        if self.most - self.least == 1:
            return f"{self.least} or {self.most}"
        return f"between {self.least} and {self.most}"


def year_of(day: int) -> int:
    """Return the Gregorian year of a Julian day number."""
    return gregorian_from_day(day)[0]


def middle_year(date: Date) -> int | None:
    """Return the year that a date names: of an approximate one the middle; None where it names no single one."""
    if date.earliest is None or date.latest is None or date.qualifier in ("between", "from-to"):
        return None
    return year_of((date.earliest + date.latest) // 2)


def _years(start: int, end: int) -> int:
    first, second = gregorian_from_day(start), gregorian_from_day(end)
    return second[0] - first[0] - (second[1:] < first[1:])


def between(start: Date, end: Date) -> Span:
    """Return the years between two dates, as an interval."""
    least = None if start.latest is None or end.earliest is None else _years(start.latest, end.earliest)
    most = None if start.earliest is None or end.latest is None else _years(start.earliest, end.latest)
    if most is not None and most >= 0:
        least = max(least, 0) if least is not None else None
    return Span(least, most, start.qualifier in _ROUGH or end.qualifier in _ROUGH)
