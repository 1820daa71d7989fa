"""What a question is made of once its words are marked: items with their meaning, and spans of time."""

from __future__ import annotations

from dataclasses import dataclass, field

from gemwright_simon.clerk.people import Found
from gemwright_simon.clerk.spans import middle_year, year_of
from gemwright_simon.dates.calendars import to_day
from gemwright_simon.records import Date

__all__ = ["Item", "Kinship", "Time"]

_ROUGH = frozenset({"about", "calculated", "estimated", "interpreted"})


@dataclass(frozen=True, slots=True)
class Time:
    """A span of time that a question names.

    Attributes:
        start: its first day as Julian day number; None where it is open.
        end: its last day; None where it is open.
        said: how it is said: `in 1850`, `before 1800`.
    """

    start: int | None
    end: int | None
    said: str

    def holds(self, date: Date) -> bool:
        """Tell whether a date lies in the span for sure; an approximate one by its middle."""
        if date.earliest is None or date.latest is None:
            return False
        if date.qualifier in _ROUGH:
            middle = middle_year(date)
            first = year_of(self.start) if self.start is not None else None
            last = year_of(self.end) if self.end is not None else None
            return middle is not None and (first is None or first <= middle) and (last is None or middle <= last)
        return (self.start is None or self.start <= date.earliest) and (self.end is None or date.latest <= self.end)

    def may_hold(self, date: Date) -> bool:
        """Tell whether a date may lie in the span."""
        if date.earliest is None and date.latest is None:
            return False
        return (self.end is None or date.earliest is None or date.earliest <= self.end) and (
            self.start is None or date.latest is None or self.start <= date.latest
        )

    @property
    def year(self) -> int | None:
        """The year, where the span is exactly one."""
        if self.start is None or self.end is None or year_of(self.start) != year_of(self.end):
            return None
        return year_of(self.start)


def years(first: int | None, last: int | None, said: str) -> Time:
    """Return a span of whole years."""
    return Time(
        to_day("gregorian", first, 1, 1) if first is not None else None,
        to_day("gregorian", last, 12, 31) if last is not None else None,
        said,
    )


@dataclass(frozen=True, slots=True)
class Kinship:
    """Relatives that a word means.

    Attributes:
        relation: of `kin.py`.
        sex: that the word says.
        said: the usual word for it, as in `grandmother`.
        many: whether it is a plural.
        home: whether it means a relative of the person who asks where nobody else is named.
        side: `M` or `F` where it is said through which parent, or a surname.
        word: the word of the question, as in `granny`.
        age: `older` or `younger` where only those are meant who are so.
    """

    relation: str
    sex: str
    said: str
    many: bool
    home: bool = False
    side: str = ""
    word: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of a question.

    Attributes:
        kind: a symbol of the lexicon, or `PERSON`, `KIN`, `PLACE`, `TIME`, `JOB`, `AGE`, `NUM`, `MARK`, `POSS`, `UNKNOWN`.
        value: which one.
        text: the words.
        found: whom a name means.
        many: whether the name is a plural: all people of a surname.
        kin: which relatives.
        time: which span.
        alone: whether it is a name that may be no name: one word that the tree does not know.
    """

    kind: str
    value: str = ""
    text: str = ""
    found: Found | None = None
    many: bool = False
    kin: Kinship | None = None
    time: Time | None = None
    also: tuple[str, ...] = field(default=())
