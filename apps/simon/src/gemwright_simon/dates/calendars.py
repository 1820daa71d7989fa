"""Days of seven calendars as Julian day numbers (the day that begins at noon of day 0 in 4713 B.C. is number 0).

Hebrew: the arithmetic calendar with its four postponements. French Republican: leap years 3, 7, 11, 15 and 20, then by Romme's
rule. Islamic: the civil tabular calendar. Persian: the 33-year cycle, which agrees with
the official calendar since it came into use in 1925.
Swedish: Julian, but for 1 March 1700 to 30 February 1712, which ran one day ahead of it, and Gregorian from 1 March 1753.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Final

__all__ = ["CALENDARS", "MONTHS_IN_YEAR", "gregorian_from_day", "span", "to_day"]

_ORDINAL_TO_DAY: Final = 1721425
_HEBREW_EPOCH: Final = 347998
_FRENCH_EPOCH: Final = 2375840
_ISLAMIC_EPOCH: Final = 1948440
_PERSIAN_EPOCH: Final = 1948320
_PERSIAN_LEAPS: Final = frozenset((1, 5, 9, 13, 17, 22, 26, 30))


def _gregorian(year: int, month: int, day: int) -> int:
    if 1 <= year <= 9999:
        return datetime.date(year, month, 1).toordinal() + _ORDINAL_TO_DAY - 1 + day
    shifted, month_from_march = (year - 1, month + 9) if month < 3 else (year, month - 3)
    days = 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400
    return days + (153 * month_from_march + 2) // 5 + day + 1721119


def _julian(year: int, month: int, day: int) -> int:
    shifted, month_from_march = (year - 1, month + 9) if month < 3 else (year, month - 3)
    return 365 * shifted + shifted // 4 + (153 * month_from_march + 2) // 5 + day + 1721117


def _swedish(year: int, month: int, day: int) -> int:
    if (1700, 3, 1) <= (year, month, day) <= (1712, 2, 30):
        return _julian(year, month, day) - 1
    if (year, month, day) >= (1753, 3, 1):
        return _gregorian(year, month, day)
    return _julian(year, month, day)


def _hebrew_leap(year: int) -> bool:
    return (7 * year + 1) % 19 < 7


def _hebrew_new_year(year: int) -> int:
    """Return the day of 1 Tishri."""
    months = (235 * year - 234) // 19
    parts = 12084 + 13753 * months
    days = months * 29 + parts // 25920
    if 3 * (days + 1) % 7 < 3:
        days += 1
    return days


@lru_cache(4096)
def _hebrew_start(year: int) -> int:
    before, this, after = (_hebrew_new_year(one) for one in (year - 1, year, year + 1))
    late = 2 if after - this == 356 else 1 if this - before == 382 else 0
    return _HEBREW_EPOCH + this + late


def _hebrew_months(year: int) -> tuple[int, ...]:
    """Return the lengths of the thirteen months from Tishri; Adar of a common year is the seventh, and the sixth has none."""
    length = _hebrew_start(year + 1) - _hebrew_start(year)
    heshvan = 30 if length % 10 == 5 else 29
    kislev = 29 if length % 10 == 3 else 30
    leap = _hebrew_leap(year)
    return (30, heshvan, kislev, 29, 30, 30 if leap else 0, 29, 30, 29, 30, 29, 30, 29)


def _hebrew(year: int, month: int, day: int) -> int:
    lengths = _hebrew_months(year)
    if month == 6 and not lengths[5]:  # plain "Adar" of a common year
        month = 7
    return _hebrew_start(year) + sum(lengths[: month - 1]) + day - 1


def _french_leaps(year: int) -> int:
    """Count the leap years before a year."""
    last = year - 1
    if last < 20:
        return sum(leap <= last for leap in (3, 7, 11, 15))
    return 4 + last // 4 - last // 100 + last // 400 - 4


def _french(year: int, month: int, day: int) -> int:
    return _FRENCH_EPOCH + 365 * (year - 1) + _french_leaps(year) + 30 * (month - 1) + day - 1


def _islamic(year: int, month: int, day: int) -> int:
    return _ISLAMIC_EPOCH - 1 + day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30


def _persian(year: int, month: int, day: int) -> int:
    cycles, rest = divmod(year - 1, 33)
    leaps = 8 * cycles + sum(one <= rest for one in _PERSIAN_LEAPS)
    before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return _PERSIAN_EPOCH + 365 * (year - 1) + leaps + before + day - 1


CALENDARS: Final[dict[str, Callable[[int, int, int], int]]] = {
    "gregorian": _gregorian,
    "julian": _julian,
    "swedish": _swedish,
    "hebrew": _hebrew,
    "french": _french,
    "islamic": _islamic,
    "persian": _persian,
}
"""The function of each calendar: year, month and day to a Julian day number."""

MONTHS_IN_YEAR: Final = {"hebrew": 13, "french": 13}
"""How many months a year has, where not twelve."""


def to_day(calendar: str, year: int, month: int, day: int) -> int:
    """Return the Julian day number of a day.

    Args:
        calendar: one of `CALENDARS`.
        year: the calendar's year; 0 is 1 B.C. in the Gregorian and Julian calendar.
        month: from 1; Hebrew months from Tishri, with Adar II or the only Adar as 7.
        day: from 1.
    """
    return CALENDARS[calendar](year, month, day)


def _month_end(calendar: str, year: int, month: int) -> int:
    if calendar == "swedish" and (year, month) == (1712, 2):
        return _swedish(1712, 2, 30)
    if month == MONTHS_IN_YEAR.get(calendar, 12):
        return to_day(calendar, year + 1, 1, 1) - 1
    if calendar == "hebrew" and month == 6 and not _hebrew_leap(year):
        month = 7
    return to_day(calendar, year, month + 1, 1) - 1


def span(calendar: str, year: int, month: int = 0, day: int = 0) -> tuple[int, int] | None:
    """Return the first and last Julian day number of a day, a month (`day` 0) or a year (`month` 0).

    Returns:
        None where the calendar has no such month or day.
    """
    if month > MONTHS_IN_YEAR.get(calendar, 12):
        return None
    first = to_day(calendar, year, month or 1, day or 1)
    if not month:
        return first, to_day(calendar, year + 1, 1, 1) - 1
    last = _month_end(calendar, year, month)
    if not day:
        return first, last
    return (first, first) if first <= last else None


def gregorian_from_day(day: int) -> tuple[int, int, int]:
    """Return year, month and day of a Julian day number in the Gregorian calendar; year 0 is 1 B.C."""
    a = day + 32044
    b = (4 * a + 3) // 146097
    c = a - 146097 * b // 4
    d = (4 * c + 3) // 1461
    e = c - 1461 * d // 4
    m = (5 * e + 2) // 153
    return 100 * b + d - 4800 + m // 10, m + 3 - 12 * (m // 10), e - (153 * m + 2) // 5 + 1
