"""Words looked for in records: sources, notes, what sources say, events and places; never in those of hidden people.

How many hits there are is known without reading them all: only where a word of the question is one of a hidden person's name
is every hit looked at, since there a hit may be one for what is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from gemwright_simon.names.fold import fold, words
from gemwright_simon.records import Source
from gemwright_simon.tree.privacy import Privacy, name_pairs
from gemwright_simon.tree.schema import KINDS, UNKNOWN, numbers
from gemwright_simon.tree.selecting import days_of, fts_query, listed
from gemwright_simon.tree.store import Store

__all__ = ["Asked", "Hit", "Search"]

_NOTE = -1


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that has the words that were searched for.

    Attributes:
        kind: `source`, `note`, `event` or `place`.
        handle: the event, person, family or source that it belongs to.
        text: the words of the record.
    """

    kind: str
    handle: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for.

    Attributes:
        text: the words.
        kind: `any`, `source`, `note`, `event` or `place`.
        owner: number of the person whose records are meant; 0 for everybody.
        from_year: first year of an event.
        to_year: last year of an event.
    """

    text: str
    kind: str
    owner: int
    from_year: int | None
    to_year: int | None


class Search:
    """One search in one tree.

    Args:
        store: the index.
        privacy: what is hidden.
        asked: what is searched for.
        source_of: gives a source by its handle; None where it is hidden.
    """

    def __init__(self, store: Store, privacy: Privacy, asked: Asked, source_of: Callable[[str], Source | None]) -> None:
        self._store = store
        self._privacy = privacy
        self._asked = asked
        self._source_of = source_of
        self._query = fts_query(asked.text)
        self._words = words(fold(asked.text))
        self._risky = privacy.may_name(self._words)
        self._hidden = privacy.owners

    def hits(self, offset: int, limit: int) -> tuple[int, list[Hit]]:
        """Return how many hits there are, and some of them."""
        asked, parts = self._asked, list[tuple[int, Iterator[Hit]]]()
        if not self._query:
            return 0, []
        timeless = asked.from_year is None and asked.to_year is None
        if asked.kind in ("any", "source") and not asked.owner and timeless:
            parts.append(self._sources())
        if asked.kind in ("any", "source", "note") and timeless:
            parts.append(self._texts())
        if asked.kind in ("any", "event", "place"):
            parts.append(self._places() if asked.kind == "place" else self._events())
        total, found = 0, list[Hit]()
        for count, hits in parts:
            at = max(offset - total, 0)
            if at < count and len(found) < limit:
                found += islice(hits, at, at + limit - len(found))
            total += count
        return total, found

    def _counted(self, hits: Iterator[Hit], count: int) -> tuple[int, Iterator[Hit]]:
        """Return hits with their number; where a hidden name may have been asked for, only those that still say the words."""
        if not self._risky:
            return count, hits
        sure = [hit for hit in hits if self._privacy.still_says(hit.text, self._words)]
        return len(sure), iter(sure)

    def _sources(self) -> tuple[int, Iterator[Hit]]:
        query = "SELECT handle FROM source WHERE n IN (SELECT rowid FROM source_words WHERE source_words MATCH ?) ORDER BY line"
        found = [source for (handle,) in self._store.rows(query, self._query) if (source := self._source_of(handle))]

        def hits() -> Iterator[Hit]:
            for source in found:
                said = "; ".join(filter(None, (source.title, source.author, source.publication, source.text)))
                yield Hit("source", source.handle, said)

        return self._counted(hits(), len(found))

    def _texts(self) -> tuple[int, Iterator[Hit]]:
        kind, owner, hidden = self._asked.kind, self._asked.owner, self._hidden
        rows = self._store.rows(
            "SELECT n, told FROM value WHERE n IN (SELECT rowid FROM value_words WHERE value_words MATCH ?)"
            " AND told IS NOT NULL ORDER BY n DESC",
            self._query,
        )
        found: list[tuple[int, int, int]] = []
        for n, data in rows:
            told = numbers(data=data)
            for whose, source in zip(told[::2], told[1::2], strict=True):
                if owner and whose != owner:
                    continue
                if whose not in hidden and (kind == "any" or (kind == "note") == (source == _NOTE)):
                    found.append((n, whose, source))

        def hits() -> Iterator[Hit]:
            body, plain, number = "", "", 0
            for n, whose, source in found:
                if n != number:
                    number, row = n, self._store.one("SELECT text FROM value WHERE n=?", n)
                    body = row[0] if row else ""
                    plain = self._privacy.mask(body)
                text = plain if plain == body else self._privacy.mask(body, self._own(whose))
                handle = self._handle(whose)
                if source > 0 and (row := self._store.one("SELECT handle FROM source WHERE n=?", source)):
                    handle = f"{handle}, {row[0]}"
                yield Hit("note" if source == _NOTE else "source", handle, text)

        return self._counted(hits(), len(found))

    def _own(self, owner: int) -> frozenset[tuple[str, str]]:
        row = self._store.one("SELECT names FROM person WHERE n=?", owner) if owner > 0 else None
        return frozenset(name_pairs(row[0])) if row else frozenset()

    def _handle(self, owner: int) -> str:
        table = "person" if owner > 0 else "family"
        row = self._store.one(f"SELECT handle FROM {table} WHERE n=?", abs(owner))  # noqa: S608  # one of two tables
        return row[0] if row else ""

    def _matching(self, *, values: bool) -> list[int]:
        """Return the events that are meant, in the order of the file."""
        store, asked = self._store, self._asked
        places = store.rows("SELECT rowid FROM place_words WHERE place_words MATCH ?", self._query)
        found = listed(store, "place", (n for (n,) in places))
        if values:
            said = store.rows("SELECT rowid FROM value_words WHERE value_words MATCH ? AND rowid > 0", self._query)
            found = list({*found, *listed(store, "value", (n for (n,) in said))})
        owner = store.column("event_owner")
        if asked.owner:
            found = [one for one in found if owner[one] == asked.owner]
        if asked.from_year is not None or asked.to_year is not None:
            start, end = days_of(asked.from_year, asked.to_year)
            lo, hi = store.column("event_lo"), store.column("event_hi")
            found = [one for one in found if lo[one] <= end and hi[one] >= start and lo[one] != UNKNOWN]
        hidden = self._hidden
        return sorted([one for one in found if owner[one] not in hidden] if hidden else found)

    def _events(self) -> tuple[int, Iterator[Hit]]:
        found = self._matching(values=True)

        def hits() -> Iterator[Hit]:
            names = ("kind", "place", "value")
            kinds, places, values = (self._store.column(f"event_{name}") for name in names)
            for one in found:
                said = (KINDS[kinds[one]], self._text("value", values[one]), self._text("place", places[one]))
                yield Hit("event", self._event(one), self._privacy.mask(", ".join(filter(None, said))))

        return self._counted(hits(), len(found))

    def _places(self) -> tuple[int, Iterator[Hit]]:
        place = self._store.column("event_place")
        first: dict[int, int] = {}
        for one in self._matching(values=False):
            first.setdefault(place[one], one)

        def hits() -> Iterator[Hit]:
            for number, one in first.items():
                yield Hit("place", self._event(one), self._privacy.mask(self._text("place", number)))

        return self._counted(hits(), len(first))

    def _event(self, one: int) -> str:
        tags = self._store.column("event_tag")
        return f"{self._handle(self._store.column('event_owner')[one])}.{self._text('tag', tags[one])}"

    def _text(self, table: str, number: int) -> str:
        row = self._store.one(f"SELECT text FROM {table} WHERE n=?", number) if number or table == "tag" else None  # noqa: S608  # our own tables
        return row[0] if row else ""
