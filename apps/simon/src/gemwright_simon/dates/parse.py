"""A date's words read into a `Date`: standard forms of GEDCOM 5.5 to 7.0 first, then what programs and people write."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from gemwright_simon.dates.calendars import span
from gemwright_simon.dates.words import CALENDAR_WORDS, QUALIFIERS, month_number
from gemwright_simon.records import NO_DATE, Date

__all__ = ["WINDOW_YEARS", "date_bounds", "parse_date"]

WINDOW_YEARS: Final = {"about": 2, "calculated": 2, "estimated": 5}
"""How far a search looks around an approximate date, in years; never printed as a fact."""

_WINDOW_DAYS: Final = {kind: round(years * 365.2425) for kind, years in WINDOW_YEARS.items()}

_MONTHS: Final = {
    name: number
    for number, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)
}  # fmt: skip
_DAYS: Final = {text: day for day in range(1, 32) for text in (str(day), f"{day:02}")}
_YEARS_OF_FOUR: Final = frozenset(map(str, range(1000, 3000)))
_STANDARD: Final = re.compile(r"(?:(ABT|CAL|EST|BEF|AFT) )?(?:(?:([0-3]?\d) )?([A-Z]{3}) )?([12]\d{3}|[3-9]\d\d)")
_KIND: Final = {"ABT": "about", "CAL": "calculated", "EST": "estimated", "BEF": "before", "AFT": "after", None: ""}
_ESCAPE: Final = re.compile(r"@#\s*([A-Za-z_ ]+?)\s*@\s*")
_KEYWORD: Final = re.compile(
    r"(?:^|(?<= ))(GREGORIAN|JULIAN|HEBREW|FRENCH_R|_?ISLAMIC|_?PERSIAN|_?SWEDISH) (?=\S)", re.I
)
_PHRASE: Final = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)?")
_ERA: Final = re.compile(r"(\d)\s*(?:B\.?\s*C\.?\s*E?\.?|BCE|V\.?\s*CHR\.?|AV\.?\s*J\.?-?C\.?)(?=\W|$)")
_ISO: Final = re.compile(r"(-?\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:T.*)?")
_NUMERIC: Final = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{3,4})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{1,2})")
_DUAL: Final = re.compile(r"(\d{3,4})[/-](\d{1,2}|\d{4})")
_YEARS: Final = re.compile(r"(\d{3,4})\s*[-–—/]\s*(\d{3,4})")  # noqa: RUF001  # dashes of all kinds
_DECADE: Final = re.compile(r"(\d{3}0)'?S")
_QUARTER: Final = re.compile(r"(?:(MAR|JUN|SEP|DEC)\w*\.?\s*(?:Q|QTR|QUARTER)\.?|Q([1-4]))\s*,?\s*(\d{4})")
_PUNCTUATED: Final = re.compile(r"^(<|>|~)\s*")
_LONGEST: Final = 400


class _Simple(NamedTuple):
    """One date without a qualifier, as an interval of days."""

    earliest: int
    latest: int
    precision: str
    calendar: str
    ambiguous: bool = False
    note: str = ""


def _fold(text: str) -> str:
    """Return capitals without accents and with single spaces."""
    upper = " ".join(text.split()).upper()
    if upper.isascii():
        return upper
    plain = upper.replace("Ø", "O").replace("Ł", "L").replace("Æ", "AE")
    return "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))


def _interval(calendar: str, year: int, month: int, day: int, note: str = "") -> _Simple | None:
    found = span(calendar, year, month, day)
    if found is not None:
        return _Simple(*found, "day" if day else "month" if month else "year", calendar, note=note)
    if day and (found := span(calendar, year, month)) is not None:
        return _Simple(*found, "month", calendar, note=f"the month has no day {day}")
    return None


def _numeric(first: int, second: int, year: int, mark: str) -> _Simple | None:
    """Read 5/7/1959: which of two numbers is the month is known only where one cannot be, or with dots between them."""
    if mark == "." or second > 12 or first > 12 or first == second:
        day, month = (second, first) if second > 12 and first <= 12 else (first, second)
        return _interval("gregorian", year, month, day, "read as day, month, year" if mark == "." else "")
    found = span("gregorian", year)
    if found is None:
        return None
    return _Simple(*found, "year", "gregorian", True, "day and month may be swapped: only the year is sure")


def _year_of(word: str, month: int) -> tuple[int, str] | None:
    """Return a year and a note; a double year 1731/32 is the second one, from the new-style calendar."""
    if word.isdecimal() and len(word) <= 4:
        return int(word), ""
    dual = _DUAL.fullmatch(word)
    if dual:
        year, tail = int(dual[1]), dual[2]
        following = str(year + 1)
        if following.endswith(tail):
            return year + 1, "double year: new style"
    return None


def _simple(text: str, calendar: str = "") -> _Simple | None:
    """Read one date without qualifier from folded text."""
    text = text.strip(" ,;")
    before_christ = _ERA.search(text)
    if before_christ:
        text = text[: before_christ.start() + 1] + text[before_christ.end() :]
    match = _ISO.fullmatch(text)
    if match:
        return _interval("gregorian", int(match[1]), int(match[2]), int(match[3] or 0), "read as year-month-day")
    match = _NUMERIC.fullmatch(text)
    if match:
        return _numeric(int(match[1]), int(match[3]), int(match[4]), match[2])
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        return _interval("gregorian", int(match[1]), int(match[2]), int(match[3]), "read as year, month, day")
    words = re.sub(r"(?<=[A-Z0-9])[.,]+(?=\s|$)", " ", text).replace(".", ". ").replace(",", " ").split()
    words = [word.strip(".") for word in words if word.strip(".") not in ("", "DE", "OF", "THE", "LE")]
    return _worded(words, calendar, bool(before_christ))


def _worded(words: list[str], calendar: str, before_christ: bool) -> _Simple | None:
    """Read day, month name and year in any order that leaves no doubt."""
    if not 1 <= len(words) <= 3:
        return None
    month = day = 0
    named = [at for at, word in enumerate(words) if not word[0].isdecimal() or word.endswith(("BER", "BRE"))]
    if len(named) > 1:
        return None
    if named:
        month, found = month_number(words[named[0]], calendar)
        if not month:
            return None
        calendar = calendar or found
    numbers = [word for at, word in enumerate(words) if at not in named]
    if not numbers or (len(numbers) > 1 and not named):
        return None
    if len(numbers) == 2:
        first, last = numbers
        if named[0] == 1 and len(first) == 4 and len(last) <= 2:  # 1850 Mar 12
            first, last = last, first
        first = re.sub(r"(?<=\d)(?:ST|ND|RD|TH|ER)$", "", first)
        if not first.isdecimal() or not 1 <= int(first) <= 31:
            return None
        day, numbers = int(first), [last]
    year = _year_of(numbers[0], month)
    if year is None or (
        len(numbers[0]) < 3 and not (before_christ or calendar in ("french", "hebrew", "julian", "islamic"))
    ):
        return None
    number = 1 - year[0] if before_christ else year[0]
    return _interval(calendar or "gregorian", number, month, day, year[1])


def _qualified(kind: str, one: _Simple, text: str, note: str) -> Date:
    """Widen, open or keep an interval as its qualifier says."""
    earliest: int | None = one.earliest
    latest: int | None = one.latest
    note = "; ".join(filter(None, (note, one.note)))
    if kind in _WINDOW_DAYS:
        earliest, latest = one.earliest - _WINDOW_DAYS[kind], one.latest + _WINDOW_DAYS[kind]
    elif kind == "before":
        earliest, latest = None, one.earliest - 1
    elif kind == "after":
        earliest, latest = one.latest + 1, None
    elif kind == "from":
        kind, latest = "from-to", None
    elif kind == "to":
        kind, earliest = "from-to", None
    elif not kind and one.ambiguous:
        kind = "ambiguous"
    return Date(text, one.calendar, kind, earliest, latest, one.precision, note)


def _pair(kind: str, first: _Simple | None, second: _Simple | None, text: str, note: str) -> Date | None:
    if first is None or second is None:
        return None
    if first.earliest > second.latest:
        first, second, note = second, first, "; ".join(filter(None, (note, "the two dates stand the wrong way round")))
    coarse = min((first.precision, second.precision), key=("year", "month", "day").index)
    latest = max(first.latest, second.latest)
    return Date(text, first.calendar, kind, min(first.earliest, second.earliest), latest, coarse, note)


def _split(words: list[str], kinds: tuple[str, ...]) -> tuple[str, str] | None:
    """Part words at a conjunction of one of the kinds."""
    for at in range(1, len(words) - 1):
        if QUALIFIERS.get(words[at].strip(".")) in kinds or words[at] in ("-", "–", "—"):  # noqa: RUF001  # dashes of all kinds
            return " ".join(words[:at]), " ".join(words[at + 1 :])
    return None


def _calendars(text: str) -> tuple[str, str, str]:
    """Take calendar marks out of a text; return it with the first and the last calendar."""
    found: list[str] = []

    def note(match: re.Match[str]) -> str:
        found.append(CALENDAR_WORDS.get(match[1].upper().strip(), ""))
        return ""

    text = _ESCAPE.sub(note, text)
    text = _KEYWORD.sub(note, text)
    return (text, found[0], found[-1]) if found else (text, "", "")


def _read(folded: str, text: str, calendars: tuple[str, str], note: str) -> Date | None:
    """Read folded words with whatever qualifier they begin with."""
    one = _simple(folded, calendars[0])
    if one is not None:
        return _qualified("", one, text, note)
    match = _DECADE.fullmatch(folded)
    if match:
        return _pair("between", _simple(match[1]), _simple(str(int(match[1]) + 9)), text, "a decade")
    match = _QUARTER.fullmatch(folded)
    if match:
        last = _MONTHS[match[1]] if match[1] else int(match[2]) * 3
        first, end = _interval("gregorian", int(match[3]), last - 2, 0), _interval("gregorian", int(match[3]), last, 0)
        return _pair("between", first, end, text, "a quarter of the year")
    match = _YEARS.fullmatch(folded)
    if match:
        return _pair("between", _simple(match[1], calendars[0]), _simple(match[2], calendars[1]), text, "two years")
    if folded.endswith("?"):
        one = _simple(folded.rstrip("? "), calendars[0])
        return None if one is None else _qualified("about", one, text, "marked with a question mark")
    folded = _PUNCTUATED.sub(r"\1 ", folded)
    head, _, rest = folded.partition(" ")
    dotted, _, tail = head.partition(".")
    if tail:
        head, rest = dotted, f"{tail} {rest}".strip()
    word = head.strip(".:")
    kind = QUALIFIERS.get(word, "")
    repaired = (
        "" if head in ("ABT", "CAL", "EST", "BEF", "AFT", "BET", "FROM", "TO", "INT") else f"{head!r} read as {kind}"
    )
    if kind in ("between", "from", "either"):
        conjunctions = {"between": ("and", "to"), "from": ("to",), "either": ("or", "and")}[kind]
        parts = _split(rest.split(), conjunctions)
        if parts is None and (match := _YEARS.fullmatch(rest)):
            parts, repaired = (match[1], match[2]), "a dash read as AND"
        if parts:
            # FROM a BC … and the like keep both calendars.
            first, second = _simple(parts[0], calendars[0]), _simple(parts[1], calendars[1])
            named = {"from": "from-to"}.get(kind, "between")
            return _pair(named, first, second, text, "; ".join(filter(None, (note, repaired))))
    if kind == "either" or not kind or kind in ("and", "or"):
        return None if not (parts := _split(folded.split(), ("or", "to"))) else _pair(
            "between", _simple(parts[0], calendars[0]), _simple(parts[1], calendars[1]), text, "two dates with a word between"
        )  # fmt: skip
    inner = _simple(rest, calendars[0])
    if inner is None:  # "ABT BEF 1850": the second qualifier decides, since it changes the interval most
        nested = (
            _read(rest, text, calendars, note) if QUALIFIERS.get(rest.partition(" ")[0].strip(".")) and rest else None
        )
        return nested
    if kind == "between":
        return _qualified("about", inner, text, "BET without a second date")
    return _qualified(kind, inner, text, "; ".join(filter(None, (note, repaired))))


@lru_cache(1 << 14)
def _month(year: int, month: int) -> tuple[int, int]:
    """Return the first and last day of a Gregorian month, or of a year where the month is 0."""
    return span("gregorian", year, month) or (0, -1)


@lru_cache(1 << 17)
def date_bounds(text: str) -> tuple[int | None, int | None]:
    """Return the first and the last day that `parse_date` reads from a text, without making a `Date` where that is easy."""
    parts = text.split(" ")
    if len(parts) == 3 and parts[1] in _MONTHS and parts[0] in _DAYS and parts[2] in _YEARS_OF_FOUR:
        first, last = _month(int(parts[2]), _MONTHS[parts[1]])
        day = first + _DAYS[parts[0]] - 1
        if day <= last:
            return day, day
    match = _STANDARD.fullmatch(text)
    if match and (match[3] is None or match[3] in _MONTHS):
        kind, day_text, month, year = match.groups()
        first, last = _month(int(year), _MONTHS[month] if month else 0)
        day = int(day_text) if day_text else 0
        if day:
            first, last = first + day - 1, min(last, first + day - 1)
        if first <= last:
            if kind is None:
                return first, last
            if kind == "BEF":
                return None, first - 1
            if kind == "AFT":
                return last + 1, None
            days = _WINDOW_DAYS[_KIND[kind]]
            return first - days, last + days
    date = parse_date(text)
    return date.earliest, date.latest


@lru_cache(1 << 13)
def parse_date(text: str) -> Date:
    """Read a date as recorded.

    Args:
        text: the value of a DATE line, in the grammar of GEDCOM 5.5 to 7.0 or in plain words.

    Returns:
        The date. Where nothing can be read, its days are None and its precision is empty; the text is always kept.
        Approximate dates have a window of `WINDOW_YEARS` around them, for searching.
    """
    match = _STANDARD.fullmatch(text)
    if match and (month := _MONTHS.get(match[3], 0) if match[3] else -1):
        one = _interval("gregorian", int(match[4]), max(month, 0), int(match[2] or 0))
        if one is not None:
            return _qualified(_KIND[match[1]], one, text, "")
    words = text.strip()
    if not words:
        return NO_DATE if not text else Date(text)
    if len(words) > _LONGEST:
        return Date(text, note="too long for a date")
    plain, first, last = _calendars(words)
    phrase = ""
    found = _PHRASE.search(plain)
    if found:
        phrase, plain = found[1].strip(), (plain[: found.start()] + plain[found.end() :]).strip()
    folded = _fold(plain)
    if not folded:
        return Date(text, note=phrase)
    date = _read(folded, text, (first, last or first), "")
    if date is None:
        return Date(text, first or "gregorian", note=phrase or "not read as a date")
    if phrase:
        notes = "; ".join(filter(None, (phrase, date.note)))
        date = Date(text, date.calendar, date.qualifier, date.earliest, date.latest, date.precision, notes)
    return date
