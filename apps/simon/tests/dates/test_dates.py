"""Dates: every calendar, qualifier and spelling, as the days they may mean; and what stays doubtful stays so."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gemwright_simon.dates.calendars import CALENDARS, gregorian_from_day, span, to_day
from gemwright_simon.dates.parse import parse_date


def shown(day: int | None) -> str:
    """Write a day as year-month-day, or a dash where there is none."""
    return "-" if day is None else "{}-{}-{}".format(*gregorian_from_day(day))


@pytest.mark.parametrize(
    ("calendar", "date", "gregorian"),
    [
        # Published equivalents; pkg:pypi/convertdate@2.5.1 gives the same.
        ("hebrew", (5765, 1, 15), (2004, 9, 30)),
        ("french", (12, 1, 1), (1803, 9, 24)),
        ("french", (3, 13, 6), (1795, 9, 22)),
        ("julian", (1731, 3, 15), (1731, 3, 26)),
        ("julian", (1582, 10, 5), (1582, 10, 15)),
        ("swedish", (1712, 2, 30), (1712, 3, 11)),
        ("persian", (1403, 1, 1), (2024, 3, 20)),
        ("gregorian", (-43, 3, 15), (-43, 3, 15)),
    ],
)
def test_a_day_in_another_calendar(calendar: str, date: tuple[int, int, int], gregorian: tuple[int, int, int]) -> None:
    """The same day has the same number in every calendar."""
    assert to_day(calendar, *date) == to_day("gregorian", *gregorian)
    assert gregorian_from_day(to_day(calendar, *date)) == gregorian


@pytest.mark.parametrize("calendar", sorted(CALENDARS))
def test_months_follow_each_other_without_a_gap(calendar: str) -> None:
    """Over sixty years, the months of a year make the year, and no day is in two months."""
    for year in range(1690, 1750):
        whole, months = span(calendar, year), [span(calendar, year, month) for month in range(1, 14)]
        held = [month for month in months if month and month[0] <= month[1]]
        if calendar == "hebrew":  # plain Adar stands for both Adars of a common year
            held = list(dict.fromkeys(held))
        assert whole == (held[0][0], held[-1][1])
        assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(held))


@pytest.mark.parametrize(
    ("text", "qualifier", "earliest", "latest", "precision"),
    [
        ("12 MAR 1850", "", "1850-3-12", "1850-3-12", "day"),
        ("MAR 1850", "", "1850-3-1", "1850-3-31", "month"),
        ("1850", "", "1850-1-1", "1850-12-31", "year"),
        ("ABT 1790", "about", "1788-1-2", "1792-12-30", "year"),
        ("EST 1790", "estimated", "1785-1-1", "1795-12-31", "year"),
        ("BEF MAR 1850", "before", "-", "1850-2-28", "month"),
        ("AFT 1850", "after", "1851-1-1", "-", "year"),
        ("BET 1850 AND 1860", "between", "1850-1-1", "1860-12-31", "year"),
        ("BET 1850 - 1860", "between", "1850-1-1", "1860-12-31", "year"),
        ("BET 1860 AND 1850", "between", "1850-1-1", "1860-12-31", "year"),
        ("FROM 1 JAN 1900 TO 3 FEB 1901", "from-to", "1900-1-1", "1901-2-3", "day"),
        ("FROM 1900", "from-to", "1900-1-1", "-", "year"),
        ("TO 1900", "from-to", "-", "1900-12-31", "year"),
        ("INT 1850 (by the age at death)", "interpreted", "1850-1-1", "1850-12-31", "year"),
        ("(in a hard winter)", "", "-", "-", ""),
        ("11 FEB 1731/32", "", "1732-2-11", "1732-2-11", "day"),
        ("@#DJULIAN@ 15 MAR 1731", "", "1731-3-26", "1731-3-26", "day"),
        ("JULIAN 15 MAR 1731", "", "1731-3-26", "1731-3-26", "day"),
        ("@#DHEBREW@ 15 TSH 5765", "", "2004-9-30", "2004-9-30", "day"),
        ("@#DFRENCH R@ 1 VEND 12", "", "1803-9-24", "1803-9-24", "day"),
        ("44 B.C.", "", "-43-1-1", "-43-12-31", "year"),
        ("44 BCE", "", "-43-1-1", "-43-12-31", "year"),
        ("Abt. 1850", "about", "1848-1-2", "1852-12-30", "year"),
        ("CIR 1850", "about", "1848-1-2", "1852-12-30", "year"),
        ("APX 1850", "about", "1848-1-2", "1852-12-30", "year"),
        ("c.1850", "about", "1848-1-2", "1852-12-30", "year"),
        ("12. März 1850", "", "1850-3-12", "1850-3-12", "day"),
        ("3 août 1789", "", "1789-8-3", "1789-8-3", "day"),
        ("3 mei 1850", "", "1850-5-3", "1850-5-3", "day"),
        ("7 de julio de 1800", "", "1800-7-7", "1800-7-7", "day"),
        ("2 gennaio 1850", "", "1850-1-2", "1850-1-2", "day"),
        ("12 maja 1900", "", "1900-5-12", "1900-5-12", "day"),
        ("1 oktober 1900", "", "1900-10-1", "1900-10-1", "day"),
        ("March 12th, 1850", "", "1850-3-12", "1850-3-12", "day"),
        ("1850-03-12", "", "1850-3-12", "1850-3-12", "day"),
        ("25/07/1959", "", "1959-7-25", "1959-7-25", "day"),
        ("07/25/1959", "", "1959-7-25", "1959-7-25", "day"),
        ("05/07/1959", "ambiguous", "1959-1-1", "1959-12-31", "year"),
        ("EITHER 1850 OR 1852", "between", "1850-1-1", "1852-12-31", "year"),
        ("31 FEB 1850", "", "1850-2-1", "1850-2-28", "month"),
        ("vor 1850", "before", "-", "1849-12-31", "year"),
        ("1850s", "between", "1850-1-1", "1859-12-31", "year"),
        ("unknown", "", "-", "-", ""),
    ],
)
def test_what_a_date_may_mean(text: str, qualifier: str, earliest: str, latest: str, precision: str) -> None:
    """The words stay; what is approximate gets a window, what is open stays open."""
    date = parse_date(text)
    assert (date.text, date.qualifier, date.precision) == (text, qualifier, precision)
    assert (shown(date.earliest), shown(date.latest)) == (earliest, latest)


def test_repairs_are_told() -> None:
    """Whatever is not of the standard says how it was read."""
    for text in ("Abt. 1850", "05/07/1959", "EITHER 1850 OR 1852", "11 FEB 1731/32", "31 FEB 1850", "unknown"):
        assert parse_date(text).note
    assert not parse_date("ABT 1850").note


def test_nonsense_does_not_hurt() -> None:
    """Very long, very odd: a date that says nothing, with its words kept."""
    for text in (
        "9" * 5000,
        "(" * 500,
        "BET AND",
        "FROM TO",
        "@#DJULIAN@",
        "0 JAN 1850",
        "32 MAR 1850",
        "\x00",
        "ABT ABT ABT 1850",
    ):
        assert parse_date(text).text == text
