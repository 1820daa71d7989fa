"""All of a tree at once, as rows of numbers and short texts: for rules that compare everybody with everybody near.

Only what is shown comes out: no row of a hidden person, of a private event, or of what is told of a hidden couple. A person
has a positive number, a family a negative one; 0 stands for somebody hidden.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Final, NamedTuple

from gemwright_simon.dates.parse import parse_date
from gemwright_simon.tree.privacy import Privacy

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

    def __init__(self, connection: sqlite3.Connection, privacy: Privacy) -> None:
        self._connection = connection
        self._privacy = privacy

    def people(self) -> Iterator[PersonRow]:
        """Yield everybody who is shown, in the order of the file."""
        for row in self._connection.execute(
            "SELECT n, handle, sex, name, given, surname, names FROM person"
            " WHERE n NOT IN (SELECT owner FROM temp.hidden) ORDER BY line, n"
        ):
            yield PersonRow(*row)

    def events(self) -> Iterator[EventRow]:
        """Yield every event that is shown, an owner's own in the order of the file."""
        for row in self._connection.execute(
            "SELECT owner, tag, kind, lo, hi, place, cited FROM event"
            " WHERE NOT closed AND owner NOT IN (SELECT owner FROM temp.hidden) ORDER BY rowid"
        ):
            yield EventRow(*row)

    def partners(self) -> Iterator[tuple[int, int]]:
        """Yield family and partner, 0 for a hidden one, in the order of each family."""
        hidden = self._privacy.people
        for family, person in self._connection.execute("SELECT family, person FROM partner ORDER BY family, pos"):
            yield -family, 0 if person in hidden else person

    def children(self) -> Iterator[tuple[int, int, str]]:
        """Yield family, child and kind of the link, as in `ChildLink`; 0 and `unknown` for a hidden child."""
        hidden = self._privacy.people
        for family, person, kind in self._connection.execute(
            "SELECT family, person, kind FROM child ORDER BY family, pos"
        ):
            yield (-family, 0, "unknown") if person in hidden else (-family, person, kind)

    def cited(self) -> Iterator[int]:
        """Yield the number of every person and family who is shown and has a citation anywhere."""
        for (owner,) in self._connection.execute(
            "SELECT DISTINCT owner FROM cite WHERE owner NOT IN (SELECT owner FROM temp.hidden) UNION"
            " SELECT owner FROM event WHERE cited AND NOT closed AND owner NOT IN (SELECT owner FROM temp.hidden)"
        ):
            yield owner

    def unused_sources(self) -> Iterator[str]:
        """Yield the handles of sources that nobody at all is cited to."""
        for (handle,) in self._connection.execute(
            "SELECT handle FROM source WHERE n NOT IN (SELECT source FROM cite) ORDER BY n"
        ):
            yield handle

    def doubtful(self) -> Iterator[int]:
        """Yield the numbers of shown people and families with a date that was not read, or that has two readings."""
        good: dict[str, bool] = {}
        for table, sign in (("person", 1), ("family", -1)):
            rows = self._connection.execute(
                f"SELECT n, raw FROM {table} WHERE {sign} * n NOT IN (SELECT owner FROM temp.hidden) ORDER BY n"  # noqa: S608  # texts of our own
            )
            for n, raw in rows:
                for text in _DATE.findall(raw):
                    if _PLAIN.fullmatch(text):
                        continue
                    if text not in good:
                        date = parse_date(text.strip())
                        if len(good) > 50_000:
                            good.clear()
                        good[text] = bool(date.precision) and date.qualifier != "ambiguous"
                    if not good[text]:
                        yield sign * n
                        break

    def handle(self, owner: int) -> str:
        """Return the handle of a person or a family by number: an alias where the person is hidden, empty where there is none."""
        if owner in self._privacy.people:
            return self._privacy.alias(owner)
        table = "person" if owner > 0 else "family"
        row = self._connection.execute(f"SELECT handle FROM {table} WHERE n=?", (abs(owner),)).fetchone()  # noqa: S608
        return row[0] if row else ""

    def place(self, number: int) -> str:
        """Return a place as recorded, with hidden people's names masked; empty for 0."""
        row = self._connection.execute("SELECT text FROM place WHERE n=?", (number,)).fetchone() if number else None
        return self._privacy.mask(row[0]) if row else ""
