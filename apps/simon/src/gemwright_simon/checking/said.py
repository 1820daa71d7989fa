"""Dates in running text: what is said, how exactly, and with which qualifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Said", "agrees", "dates_in", "hedge"]

_MONTHS: Final = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR: Final = r"[12]?\d{3}(?:/\d{1,2})?(?!\d)"
_DATE: Final = (
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{_MONTH}),? (?P<y1>{_YEAR})"
    rf"|(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>{_YEAR})"
    rf"|(?P<y3>[12]\d{{3}})-(?P<m3>\d{{2}})-(?P<d3>\d{{2}})"
    rf"|(?P<m4>{_MONTH}) (?P<y4>{_YEAR})"
    rf"|(?P<y5>\b[12]\d{{3}}(?:/\d{{1,2}})?(?:s\b)?(?![\d'])))"
)
_FIND: Final = re.compile(rf"(?<![\w/.-]){_DATE}", re.IGNORECASE)
_HEDGES: Final = (
    ("between", r"bet\.?|between"),
    ("from-to", r"from"),
    ("about", r"abt\.?|about|around|circa|ca\.?|c\.|approximately|roughly|some time around|say"),
    ("before", r"bef\.?|before|by|prior to|no later than|not after"),
    ("after", r"aft\.?|after|since|no earlier than|not before|later than"),
    ("estimated", r"est\.?|estimated(?: at| as| to be)?|an estimated"),
    ("calculated", r"cal\.?|calculated(?: as| to be)?"),
    ("interpreted", r"int\.?|interpreted(?: as)?"),
)
_BEFORE: Final = tuple(
    (name, re.compile(rf"(?:^|[^\w])(?:{words})(?: the year)?[ (]*$", re.IGNORECASE)) for name, words in _HEDGES
)
_SAID_AFTER: Final = re.compile(
    r"^ ?\((about|calculated|estimated|before|after|between|over|interpreted|only the year)", re.IGNORECASE
)
_GROUPS: Final = {
    "about": "about",
    "calculated": "about",
    "estimated": "about",
    "between": "range",
    "from-to": "range",
    "over": "range",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A date that a text names.

    Attributes:
        year: the year; of a dual year the new-style one.
        month: 1 to 12; 0 where none is named.
        day: 1 to 31; 0 where none is named.
        hedge: how it is qualified: empty, or one of the words of `hedge`.
        start: where it begins in the text.
        end: where it ends.
        decade: whether a decade is meant.
    """

    year: int
    month: int = 0
    day: int = 0
    hedge: str = ""
    start: int = 0
    end: int = 0
    decade: bool = False


def hedge(qualifier: str) -> str:
    """Return what kind of qualifier one is: `about`, `range`, or itself."""
    return _GROUPS.get(qualifier, qualifier)


def dates_in(text: str) -> Iterator[Said]:
    """Yield the dates of a text in their order."""
    last: Said | None = None
    for found in _FIND.finditer(text):
        year = next(value for name in ("y1", "y2", "y3", "y4", "y5") if (value := found[name]))
        month = next((value for name in ("m1", "m2", "m3", "m4") if (value := found[name])), "")
        day = found["d1"] or found["d2"] or found["d3"] or "0"
        number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 0)
        before = text[max(0, found.start() - 24) : found.start()]
        word = next((name for name, pattern in _BEFORE if pattern.search(before)), "")
        after = _SAID_AFTER.match(text[found.end() :])
        word = word or (after[1].lower() if after else "")
        if (
            last is not None
            and hedge(last.hedge) == "range"
            and re.fullmatch(r" ?(?:and|to|-|\u2013) ?", text[last.end : found.start()], re.IGNORECASE)
        ):
            word = last.hedge
        decade = year.endswith("s")
        last = Said(_new_style(year.rstrip("sS")), number, int(day), hedge(word), found.start(), found.end(), decade)
        yield last


def _new_style(year: str) -> int:
    old, _, new = year.partition("/")
    if not new:
        return int(old)
    number = int(old[: len(old) - len(new)] + new)
    return number if number >= int(old) else number + 10 ** len(new)


def agrees(said: Said, recorded: str, qualifier: str) -> str:
    """Say what is wrong with a date that is said, held against a recorded one; an empty text where nothing is.

    Args:
        said: what the text says.
        recorded: the date's words in the file.
        qualifier: the recorded date's qualifier.
    """
    for one in dates_in(recorded):
        if said.decade:
            if one.year // 10 == said.year // 10:
                return ""
            continue
        same = one.year == said.year and said.month in (0, one.month) and said.day in (0, one.day)
        if not same:
            continue
        needed = hedge(qualifier)
        if needed == "ambiguous":
            return "" if not said.month or said.hedge == "only the year" else "day and month may be swapped"
        if needed and needed != said.hedge:
            return f"it is recorded as {recorded}"
        if not needed and said.hedge in ("before", "after", "range"):
            return f"it is recorded as {recorded}"
        return ""
    return f"recorded is {recorded}" if recorded else "no date is recorded"
