"""All of a tree at once, as rows of numbers and short texts: for rules that compare everybody with everybody near.

Only what is shown comes out: no row of a hidden person, of a private event, or of what is told of a hidden couple. A person
has a positive number, a family a negative one; 0 stands for somebody hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from gemwright_simon.dates.parse import parse_date
from gemwright_simon.tree.privacy import Privacy
from gemwright_simon.tree.schema import KINDS, UNKNOWN, numbers
from gemwright_simon.tree.store import Store

__all__ = ["Bulk", "EventRow", "PersonRow"]

_DATE: Final = re.compile(r"^2 DATE (.*)$", re.MULTILINE)
_PLAIN: Final = re.compile(r"(?:(?:ABT|CAL|EST|BEF|AFT) )?(?:\d{1,2} )?(?:[A-Z]{3} )?\d{3,4}")


class PersonRow(NamedTuple):
    """A person who is shown: number, handle, sex, preferred name, its given names, its surname, all names a line each."""

    n: int
    handle: str
    sex: str
    name: str
    given: str
    surname: str
    names: str


class EventRow(NamedTuple):
    """An event that is shown: its owner's number, its tag with a number, its kind, first and last day, place, whether cited."""

    owner: int
    tag: str
    kind: str
    lo: int | None
    hi: int | None
    place: int
    cited: int


class Bulk:
    """The rows of one tree. `Tree.bulk` holds it."""

    def __init__(self, store: Store, privacy: Privacy) -> None:
        self._store = store
        self._privacy = privacy

    def people(self) -> Iterator[PersonRow]:
        """Yield everybody who is shown, in the order of the file."""
        hidden, labels = self._privacy.people, dict(self._store.rows("SELECT n, text FROM label"))
        given, surname = self._store.column("given"), self._store.column("surname")
        for n, handle, sex, name, names in self._store.stream(
            "SELECT n, handle, sex, name, names FROM person ORDER BY line, n"
        ):
            if n not in hidden:
                yield PersonRow(n, handle, sex, name, labels[given[n]], labels[surname[n]], names)

    def events(self) -> Iterator[EventRow]:
        """Yield every event that is shown, an owner's own in the order of the file."""
        hidden, tags = self._privacy.owners, dict(self._store.rows("SELECT n, text FROM tag"))
        names = ("owner", "tag", "kind", "lo", "hi", "place", "cited")
        columns = (self._store.column(f"event_{name}") for name in names)
        for owner, tag, kind, lo, hi, place, cited in zip(*columns, strict=True):
            if owner not in hidden:
                first, last = None if lo == UNKNOWN else lo, None if hi == UNKNOWN else hi
                yield EventRow(owner, tags[tag], KINDS[kind], first, last, place, cited)

    def partners(self) -> Iterator[tuple[int, int]]:
        """Yield family and partner, 0 for a hidden one, in the order of each family."""
        hidden = self._privacy.people
        for family, person in self._store.stream("SELECT family, person FROM partner ORDER BY family, pos"):
            yield -family, 0 if person in hidden else person

    def children(self) -> Iterator[tuple[int, int, str]]:
        """Yield family, child and kind of the link, as in `ChildLink`; 0 and `unknown` for a hidden child."""
        hidden = self._privacy.people
        for family, person, kind in self._store.stream("SELECT family, person, kind FROM child ORDER BY family, pos"):
            yield (-family, 0, "unknown") if person in hidden else (-family, person, kind)

    def cited(self) -> Iterator[int]:
        """Yield the number of every person and family who is shown and has a citation anywhere."""
        cited = (data for (data,) in self._store.rows("SELECT owners FROM cite"))
        owners = {owner for data in cited for owner in numbers(data=data)}
        events = zip(self._store.column("event_owner"), self._store.column("event_cited"), strict=True)
        owners.update(owner for owner, sourced in events if sourced)
        yield from owners - self._privacy.owners

    def unused_sources(self) -> Iterator[str]:
        """Yield the handles of sources that nobody at all is cited to."""
        query = "SELECT handle FROM source WHERE n NOT IN (SELECT source FROM cite) ORDER BY line"
        for (handle,) in self._store.rows(query):
            yield handle

    def doubtful(self) -> Iterator[int]:
        """Yield the numbers of shown people and families with a date that was not read, or that has two readings."""
        good: dict[str, bool] = {}
        hidden = self._privacy.owners
        for owner, raw in self._store.stream("SELECT owner, text FROM raw ORDER BY owner < 0, abs(owner)"):
            if owner in hidden:
                continue
            for text in _DATE.findall(raw):
                if _PLAIN.fullmatch(text):
                    continue
                if text not in good:
                    date = parse_date(text.strip())
                    if len(good) > 50_000:
                        good.clear()
                    good[text] = bool(date.precision) and date.qualifier != "ambiguous"
                if not good[text]:
                    yield owner
                    break

    def handle(self, owner: int) -> str:
        """Return the handle of a person or a family by number: an alias where the person is hidden, empty where there is none."""
        if owner in self._privacy.people:
            return self._privacy.alias(owner)
        table = "person" if owner > 0 else "family"
        row = self._store.one(f"SELECT handle FROM {table} WHERE n=?", abs(owner))  # noqa: S608
        return row[0] if row else ""

    def place(self, number: int) -> str:
        """Return a place as recorded, with hidden people's names masked; empty for 0."""
        row = self._store.one("SELECT text FROM place WHERE n=?", number) if number else None
        return self._privacy.mask(row[0]) if row else ""
