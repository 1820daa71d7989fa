"""A day written as files write days: mostly as it stands, sometimes rounded, hedged, in another calendar or language."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

__all__ = ["Day", "written"]

Day = tuple[int, int, int]
"""Year, month and day in the Gregorian calendar."""

_MONTHS: Final = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_GERMAN: Final = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
_FRENCH: Final = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


def _exact(day: Day) -> str:
    return f"{day[2]} {_MONTHS[day[1] - 1]} {day[0]}"


def _month(day: Day) -> str:
    return f"{_MONTHS[day[1] - 1]} {day[0]}"


def _double(day: Day) -> str:
    """Write a double year where the old year began in March."""
    if day[0] < 1752 and day[1] < 3:
        return f"{day[2]} {_MONTHS[day[1] - 1]} {day[0] - 1}/{day[0] % 100:02}"
    return _exact(day)


def _julian(day: Day) -> str:
    """Write the Julian date of a day in the eighteenth century, ten or eleven days before, where no month is crossed."""
    back = 11 if day[0] > 1700 else 10
    return (
        f"@#DJULIAN@ {day[2] - back} {_MONTHS[day[1] - 1]} {day[0]}" if day[0] < 1752 and day[2] > back else _exact(day)
    )


def _republican(day: Day) -> str:
    """Write a year of the French Republic, which reaches from September to September."""
    return f"@#DFRENCH R@ {day[0] - 1792}" if 1793 <= day[0] <= 1805 and day[1] < 9 else _exact(day)


def _hebrew(day: Day) -> str:
    """Write a Hebrew year, which reaches from September or October to the next."""
    return f"@#DHEBREW@ {day[0] + 3760}" if day[1] < 9 else _exact(day)


_FORMS: Final[tuple[tuple[int, Callable[[Day], str]], ...]] = (
    (560, _exact),
    (80, lambda day: str(day[0])),
    (40, _month),
    (90, lambda day: f"ABT {day[0]}"),
    (20, lambda day: f"EST {day[0]}"),
    (15, lambda day: f"CAL {day[0]}"),
    (25, lambda day: f"BEF {day[0] + 1}"),
    (20, lambda day: f"AFT {day[0] - 1}"),
    (25, lambda day: f"BET {day[0] - 1} AND {day[0] + 2}"),
    (8, lambda day: f"FROM {day[0]} TO {day[0] + 1}"),
    (8, lambda day: f"INT {day[0]} (by the age at death)"),
    (30, _double),
    (40, _julian),
    (20, _republican),
    (6, _hebrew),
    (8, lambda day: f"{day[0]}-{day[1]:02}-{day[2]:02}"),
    (10, lambda day: f"{day[2]}. {_GERMAN[day[1] - 1]} {day[0]}"),
    (8, lambda day: f"{day[2]} {_FRENCH[day[1] - 1]} {day[0]}"),
    (8, lambda day: f"Abt. {day[0]}"),
    (6, lambda day: f"c. {day[0]}"),
    (6, lambda day: f"{day[1]:02}/{min(day[2], 12):02}/{day[0]}"),
    (4, lambda day: f"EITHER {day[0]} OR {day[0] + 1}"),
    (3, lambda day: "(in a hard winter)"),
)
_WEIGHTS: Final = [weight for weight, _ in _FORMS]
_WRITERS: Final = [writer for _, writer in _FORMS]


def written(day: Day, chance: random.Random) -> str:
    """Return the value of a DATE line for a day."""
    return chance.choices(_WRITERS, _WEIGHTS)[0](day)
