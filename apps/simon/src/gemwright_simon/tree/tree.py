"""A family tree that is open: people, families and sources by handle, found by name and by words, never more than is shown."""

from __future__ import annotations

import datetime
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import platformdirs

from gemwright_simon.errors import TreeProblem
from gemwright_simon.names.fold import fold, words
from gemwright_simon.reading.interpret import family_of, person_of, source_of
from gemwright_simon.reading.lines import lines_of
from gemwright_simon.reading.read import READER_VERSION, TreeFile
from gemwright_simon.records import ChildLink, Citation, Event, Family, ImportReport, Person, Source
from gemwright_simon.tree import selecting
from gemwright_simon.tree.build import build_index
from gemwright_simon.tree.bulk import Bulk
from gemwright_simon.tree.finding import named
from gemwright_simon.tree.living import living_people
from gemwright_simon.tree.privacy import Privacy, name_pairs
from gemwright_simon.tree.schema import INDEX_VERSION
from gemwright_simon.tree.selecting import Selection, days_of, fts_query

__all__ = ["LIVING_YEARS", "Hit", "Tree", "open_tree"]

LIVING_YEARS: Final = 110

_YEAR: Final = 365.2425


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


class Tree:
    """A tree that is open. `open_tree` makes it; close it, or use it in a `with` statement.

    Unless it was opened with `include_living`, everything it gives is without people who may be living and without what the
    file marks as private: such a person is `hidden`, has an alias for a handle, and nothing else but a place in the family.

    Attributes:
        report: how the file was read.
        file_hash: SHA-256 of the file.
        redacted: whether living people are hidden.
        bulk: all of the tree at once, as rows.
    """

    def __init__(
        self, connection: sqlite3.Connection, report: ImportReport, file_hash: str, privacy: Privacy, *, redacted: bool
    ) -> None:
        self._connection = connection
        self._privacy = privacy
        self.report = report
        self.file_hash = file_hash
        self.redacted = redacted
        self.bulk = Bulk(connection, privacy)
        self.person = lru_cache(4096)(self._person)
        self.family = lru_cache(4096)(self._family)

    def __enter__(self) -> Tree:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self._connection.close()

    # Counts are of the whole tree: that somebody living is in it is no secret, who it is, is one.

    @property
    def count_people(self) -> int:
        """How many people the tree has, hidden ones included."""
        return self.report.people

    @property
    def count_families(self) -> int:
        """How many families the tree has."""
        return self.report.families

    @property
    def count_sources(self) -> int:
        """How many sources the tree has."""
        return self.report.sources

    @property
    def count_hidden(self) -> int:
        """How many people are hidden."""
        return len(self._privacy.people)

    def _rows(self, query: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(query, parameters)

    def _one(self, query: str, *parameters: Any) -> tuple[Any, ...] | None:
        return self._connection.execute(query, parameters).fetchone()

    def _number(self, handle: str) -> int:
        """Return the number of a person by handle or alias; 0 where there is none, or where the handle is hidden."""
        aliased = self._privacy.number(handle)
        if aliased:
            return aliased
        row = self._one("SELECT n FROM person WHERE handle=?", handle)
        return 0 if row is None or row[0] in self._privacy.people else row[0]

    def _shown(self, n: int, handle: str) -> str:
        return self._privacy.alias(n) if n in self._privacy.people else handle

    def _note(self, handle: str) -> str:
        row = self._one("SELECT body, raw FROM note WHERE handle=?", handle)
        if row is None:
            return ""
        below = "; ".join(value for _, _, value in lines_of(row[1]) if value)
        return f"{row[0]} ({below})" if below and row[0] else row[0] or below

    def _person(self, handle: str) -> Person | None:
        """Return a person, or None where there is none of this handle. A hidden person is found by alias alone."""
        n = self._number(handle)
        if not n:
            return None
        hidden = n in self._privacy.people
        child_of = tuple(
            ChildLink(family, "unknown" if hidden else kind)
            for family, kind in self._rows(
                "SELECT f.handle, c.kind FROM child c JOIN family f ON f.n = c.family WHERE c.person=? ORDER BY c.family, c.pos",
                n,
            )
        )
        partner_in = tuple(
            family
            for (family,) in self._rows(
                "SELECT f.handle FROM partner p JOIN family f ON f.n = p.family WHERE p.person=? ORDER BY p.family", n
            )
        )
        if hidden:
            return Person(handle, child_of=child_of, partner_in=partner_in, living=True, hidden=True)
        row = self._one("SELECT raw, names FROM person WHERE n=?", n)
        if row is None:
            return None
        person = person_of(handle, lines_of(row[0]), self._note)
        # The order of the record's own lines is the person's; the index knows more: both sides of every link.
        child_of = _in_order(child_of, {link.family: at for at, link in enumerate(person.child_of)})
        rank = {family: at for at, family in enumerate(person.partner_in)}
        partner_in = tuple(sorted(partner_in, key=lambda one: rank.get(one, len(rank))))
        person = replace(person, child_of=child_of, partner_in=partner_in)
        return person if not self.redacted else self._without_hidden(person, row[1], n)

    def _without_hidden(self, person: Person, names: str, n: int) -> Person:
        """Mask what a person's record says of hidden people, and leave out what is private."""
        own = frozenset(name_pairs(names))
        private = {tag for (tag,) in self._rows("SELECT tag FROM event WHERE owner=? AND closed", n)}
        return replace(
            person,
            events=self._events(person.events, private, own),
            notes=tuple(self._privacy.mask(one, own) for one in person.notes),
            citations=self._citations(person.citations, own),
        )

    def _events(
        self, events: tuple[Event, ...], private: set[str], own: frozenset[tuple[str, str]] = frozenset()
    ) -> tuple[Event, ...]:
        mask = self._privacy.mask
        return tuple(
            replace(
                one,
                place=mask(one.place, own),
                value=mask(one.value, own),
                citations=self._citations(one.citations, own),
                notes=tuple(mask(note, own) for note in one.notes),
                date=replace(one.date, text=mask(one.date.text, own), note=mask(one.date.note, own)),
            )
            for one in events
            if one.handle.partition(".")[2] not in private
        )

    def _citations(self, citations: tuple[Citation, ...], own: frozenset[tuple[str, str]]) -> tuple[Citation, ...]:
        mask = self._privacy.mask
        return tuple(replace(one, page=mask(one.page, own), text=mask(one.text, own)) for one in citations)

    def _family(self, handle: str) -> Family | None:
        """Return a family, or None where there is none of this handle."""
        row = self._one("SELECT n, raw FROM family WHERE handle=?", handle)
        if row is None:
            return None
        n = row[0]
        members = "SELECT p.n, p.handle FROM {} m JOIN person p ON p.n = m.person WHERE m.family=? ORDER BY m.pos"
        partners = tuple(self._shown(*one) for one in self._rows(members.format("partner"), n))
        children = tuple(self._shown(*one) for one in self._rows(members.format("child"), n))
        if n in self._privacy.families:
            return Family(handle, partners, children)
        family = replace(family_of(handle, lines_of(row[1]), self._note), partners=partners, children=children)
        if not self.redacted:
            return family
        private = {tag for (tag,) in self._rows("SELECT tag FROM event WHERE owner=? AND closed", -n)}
        return replace(
            family,
            events=self._events(family.events, private),
            notes=tuple(self._privacy.mask(one) for one in family.notes),
            citations=self._citations(family.citations, frozenset()),
        )

    def source(self, handle: str) -> Source | None:
        """Return a source; None where there is none of this handle, or where hidden people alone are cited to it."""
        row = self._one("SELECT n, raw FROM source WHERE handle=?", handle)
        if row is None or not self._source_shown(row[0]):
            return None
        source = source_of(handle, lines_of(row[1]), self._note)
        if not self.redacted:
            return source
        mask = self._privacy.mask
        return Source(handle, mask(source.title), mask(source.author), mask(source.publication), mask(source.text))

    def _source_shown(self, n: int) -> bool:
        if not self.redacted or self._one("SELECT 1 FROM cite WHERE source=? LIMIT 1", n) is None:
            return True
        query = "SELECT 1 FROM cite WHERE source=? AND owner NOT IN (SELECT owner FROM temp.hidden) LIMIT 1"
        return self._one(query, n) is not None

    def people(self) -> Iterator[str]:
        """Yield the handles of all people in the order of the file, aliases for hidden ones."""
        for n, handle in self._rows("SELECT n, handle FROM person ORDER BY line, n"):
            yield self._shown(n, handle)

    def families(self) -> Iterator[str]:
        """Yield the handles of all families in the order of the file."""
        for (handle,) in self._rows("SELECT handle FROM family ORDER BY line, n"):
            yield handle

    def sources(self) -> Iterator[str]:
        """Yield the handles of all sources in the order of the file, but for those of hidden people alone."""
        for n, handle in self._rows("SELECT n, handle FROM source ORDER BY n"):
            if self._source_shown(n):
                yield handle

    def sexes(self) -> Iterator[tuple[str, str]]:
        """Yield handle and sex of everybody in the order of the file; `U` for hidden people."""
        hidden = self._privacy.people
        for n, handle, sex in self._rows("SELECT n, handle, sex FROM person ORDER BY line, n"):
            yield (self._privacy.alias(n), "U") if n in hidden else (handle, sex)

    def links(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield family, role (`partner` or `child`), person and kind for every link, families in the order of the file.

        The kind of a child's link is that of `ChildLink`, `unknown` for hidden people; that of a partner's is `married`, or
        `unmarried` where the file says that there was no marriage.
        """
        hidden, shown = self._privacy.people, self._shown
        unmarried = {
            n
            for (n,) in self._rows(
                "SELECT n FROM family WHERE raw LIKE '%1 NO MARR%' OR raw LIKE '%_REL: type Unmarried%'"
            )
        }
        unmarried -= self._privacy.families
        query = (
            "SELECT f.handle, f.n, f.line, 0 AS role, m.pos AS pos, p.n, p.handle, ''"
            " FROM partner m JOIN family f ON f.n = m.family"
            " JOIN person p ON p.n = m.person UNION ALL "
            "SELECT f.handle, f.n, f.line, 1, m.pos, p.n, p.handle, m.kind FROM child m JOIN family f ON f.n = m.family"
            " JOIN person p ON p.n = m.person ORDER BY 3, 2, 4, 5"
        )
        for family, f, _, role, _, n, handle, kind in self._rows(query):
            if role:
                yield family, "child", shown(n, handle), "unknown" if n in hidden else kind
            else:
                yield family, "partner", shown(n, handle), "unmarried" if f in unmarried else "married"

    def _linked(self, query: str, handle: str) -> list[tuple[str, str]]:
        n = self._number(handle)
        hidden = self._privacy.people
        if not n:
            return []
        found = dict[str, str]()
        for other, name, kind in self._rows(query, n):
            if other != n:
                found.setdefault(self._shown(other, name), "unknown" if kind and {n, other} & hidden else kind)
        return list(found.items())

    def parents(self, handle: str) -> list[tuple[str, str]]:
        """Return a person's parents with the kind of each link, as in `ChildLink`."""
        return self._linked(
            "SELECT p.n, p.handle, c.kind FROM child c JOIN partner m ON m.family = c.family JOIN person p ON p.n = m.person"
            " WHERE c.person=? ORDER BY c.family, m.pos",
            handle,
        )

    def children(self, handle: str) -> list[tuple[str, str]]:
        """Return a person's children with the kind of each link, family by family."""
        return self._linked(
            "SELECT p.n, p.handle, c.kind FROM partner m JOIN child c ON c.family = m.family JOIN person p ON p.n = c.person"
            " WHERE m.person=? ORDER BY m.family, c.pos",
            handle,
        )

    def partners(self, handle: str) -> list[tuple[str, str]]:
        """Return a person's partners, each with the family; the kind is empty."""
        return self._linked(
            "SELECT p.n, p.handle, '' FROM partner m JOIN partner o ON o.family = m.family JOIN person p ON p.n = o.person"
            " WHERE m.person=? ORDER BY m.family, o.pos",
            handle,
        )

    def find(self, name: str, limit: int = 20) -> list[tuple[str, str]]:
        """Return people whom a name may mean, best first.

        Args:
            name: a full name or a part of one.
            limit: how many at most.

        Returns:
            Handle and reason: `exact`, `folded` (but for accents and case), `part` (all words are among the person's names),
            `nickname`, `begins with …`, `sounds like`, `spelt like`. Hidden people are never found.
        """
        found = named(self._connection, name, self._privacy.people, limit)
        return [(self._handle(n), why) for n, why in found]

    def _handle(self, n: int) -> str:
        row = self._one("SELECT handle FROM person WHERE n=?", n)
        return row[0] if row else ""

    def select(
        self, wanted: Selection, sort: str = "name", limit: int = 20, start: int = 0
    ) -> tuple[int, list[tuple[str, str]]]:
        """Return how many people are meant, and some of them with the reason why the name matched; hidden ones never.

        Raises:
            TreeProblem: the sort, event or what is lacking is unknown.
        """
        total, found = selecting.select(self._connection, wanted, sort, limit, start, self._privacy.people)
        return total, [(self._handle(n), why) for n, why in found]

    def group(self, by: str, wanted: Selection, limit: int = 20, start: int = 0) -> tuple[int, list[tuple[str, int]]]:
        """Return how many groups the selected people fall into, and the largest of them with their sizes.

        Raises:
            TreeProblem: the grouping, event or what is lacking is unknown.
        """
        total, found = selecting.group(self._connection, by, wanted, limit, start, self._privacy.people)
        return total, [
            (self._privacy.mask(value) if "place" in by or by == "occupation" else value, n) for value, n in found
        ]

    def search(
        self,
        text: str,
        *,
        kind: str = "any",
        person: str = "",
        from_year: int | None = None,
        to_year: int | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> tuple[int, list[Hit]]:
        """Return records that hold all the words of a text.

        Args:
            text: words, or the start of them; accents and case do not matter.
            kind: `any`, `source`, `note`, `event` or `place`.
            person: whose records; everybody's when empty.
            from_year: first year of an event; records without a date are left out then.
            to_year: last year.
            limit: how many hits to return.
            offset: how many to skip before.

        Returns:
            How many there are, and some of them. What only hidden people's records say is never found.
        """
        query = fts_query(text)
        owner = self._number(person) if person else 0
        if not query or (person and not owner):
            return 0, []
        wanted = words(fold(text))
        days = days_of(from_year, to_year) if from_year is not None or to_year is not None else None
        hits: list[Hit] = []
        if kind in ("any", "source") and not owner and days is None:
            hits += self._source_hits(query, wanted)
        if kind in ("any", "source", "note") and days is None:
            hits += self._text_hits(query, wanted, kind, owner)
        if kind in ("any", "event", "place"):
            hits += self._event_hits(query, wanted, kind, owner, days)
        return len(hits), hits[offset : offset + limit]

    def _source_hits(self, query: str, wanted: list[str]) -> Iterator[Hit]:
        for (handle,) in list(
            self._rows("SELECT handle FROM source JOIN source_words s ON s.rowid = n WHERE source_words MATCH ?", query)
        ):
            source = self.source(handle)
            if source is None:
                continue
            said = "; ".join(filter(None, (source.title, source.author, source.publication, source.text)))
            if self._privacy.still_says(said, wanted):
                yield Hit("source", handle, said)

    def _owner_handle(self, owner: int) -> str:
        if owner > 0:
            return self._handle(owner)
        row = self._one("SELECT handle FROM family WHERE n=?", -owner)
        return row[0] if row else ""

    def _text_hits(self, query: str, wanted: list[str], kind: str, owner: int) -> Iterator[Hit]:
        rows = self._rows(
            "SELECT t.owner, t.kind, t.source, v.text FROM text t JOIN value v ON v.n = t.value"
            " WHERE t.value IN (SELECT rowid FROM value_words WHERE value_words MATCH ?)"
            " AND t.owner NOT IN (SELECT owner FROM temp.hidden) AND (? = 'any' OR t.kind = ?) AND (? = 0 OR t.owner = ?)",
            query, kind, kind, owner, owner,
        )  # fmt: skip
        for whose, what, source, body in list(rows):
            own = frozenset[tuple[str, str]]()
            if self.redacted and whose > 0:
                row = self._one("SELECT names FROM person WHERE n=?", whose)
                own = frozenset(name_pairs(row[0])) if row else own
            masked = self._privacy.mask(body, own)
            if self._privacy.still_says(masked, wanted):
                handle = self._owner_handle(whose)
                yield Hit(what, f"{handle}, {source}" if source else handle, masked)

    def _event_hits(
        self, query: str, wanted: list[str], kind: str, owner: int, days: tuple[int, int] | None
    ) -> Iterator[Hit]:
        lo, hi = days or (0, 0)
        rows = self._rows(
            "SELECT e.owner, e.kind, e.tag, p.text, v.text FROM event e LEFT JOIN place p ON p.n = e.place LEFT JOIN value v"
            " ON v.n = e.value WHERE NOT e.closed AND e.owner NOT IN (SELECT owner FROM temp.hidden) AND (? = 0 OR e.owner = ?)"
            " AND (? = 0 OR (e.lo <= ? AND e.hi >= ?)) AND (e.place IN (SELECT rowid FROM place_words WHERE place_words MATCH ?)"
            " OR (? <> 'place' AND e.value IN (SELECT rowid FROM value_words WHERE value_words MATCH ?)))"
            " ORDER BY e.owner, e.seq",
            owner, owner, int(days is not None), hi, lo, query, kind, query,
        )  # fmt: skip
        seen: set[str] = set()
        for whose, what, tag, place, value in list(rows):
            if kind == "place":
                if place in seen:
                    continue
                seen.add(place)
            said = self._privacy.mask(
                ", ".join(filter(None, (what if kind != "place" else "", value if kind != "place" else "", place)))
            )
            if self._privacy.still_says(said, wanted):
                yield Hit("place" if kind == "place" else "event", f"{self._owner_handle(whose)}.{tag}", said)


def _in_order(links: tuple[ChildLink, ...], rank: dict[str, int]) -> tuple[ChildLink, ...]:
    return tuple(sorted(links, key=lambda link: rank.get(link.family, len(rank))))


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        if path.is_dir():
            raise TreeProblem(f"{path} is a folder", hint="name the file of the tree inside it") from None
        raise TreeProblem(f"{path} cannot be read: {error.strerror or error}", hint="is the name right?") from None


def _index(path: Path, digest: str, cache: Path) -> Path:
    """Return the index of a file, made now if it is not there."""
    version = f"{READER_VERSION}.{INDEX_VERSION}.{sys.version_info[0]}{sys.version_info[1]}"
    target = cache / f"{digest[:40]}-{version}.tree"
    if target.is_file():
        connection = sqlite3.connect(f"{target.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("SELECT value FROM meta WHERE key='report'").fetchone()
            return target
        except sqlite3.DatabaseError:  # cut off by a full disk, or touched by somebody
            target.unlink(missing_ok=True)
        finally:
            connection.close()
    build_index(TreeFile(path), target)
    return target


def _ties(connection: sqlite3.Connection) -> dict[int, list[int]]:
    """Return, by person, the members of all their families."""
    ties: dict[int, list[int]] = {}
    members: dict[int, list[int]] = {}
    for family, person in connection.execute(
        "SELECT family, person FROM partner UNION ALL SELECT family, person FROM child"
    ):
        members.setdefault(family, []).append(person)
    for group in members.values():
        for one in group:
            ties.setdefault(one, []).extend(group)
    return ties


def _living(connection: sqlite3.Connection, target: Path, years: int, today: datetime.date) -> frozenset[int]:
    """Return who may be living, from the index where it was worked out this year already."""
    rule = f"{years}/{today.year}"
    row = connection.execute("SELECT people FROM living WHERE rule=?", (rule,)).fetchone()
    if row is not None:
        bits: bytes = row[0]
        return frozenset(at * 8 + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1)
    oldest = round(datetime.date(today.year, 1, 1).toordinal() + 1721425 - years * _YEAR)
    people = [
        (n, bool(dead), bound, lo)
        for n, dead, bound, lo in connection.execute("SELECT n, dead, bound, birth_lo FROM person")
    ]
    living = living_people(people, lambda: _ties(connection), oldest)
    packed = bytearray((len(people) >> 3) + 1)
    for n in living:
        while len(packed) <= n >> 3:
            packed.append(0)
        packed[n >> 3] |= 1 << (n & 7)
    try:
        writer = sqlite3.connect(target, timeout=2)
        try:
            with writer:
                writer.execute("INSERT OR REPLACE INTO living VALUES(?,?)", (rule, bytes(packed)))
        finally:
            writer.close()
    except sqlite3.Error:
        pass  # worked out again next time
    return frozenset(living)


def open_tree(
    path: Path | str,
    *,
    include_living: bool = False,
    living_years: int = LIVING_YEARS,
    cache: Path | None = None,
    today: datetime.date | None = None,
) -> Tree:
    """Open a family tree. The file is only read; its index is kept in the user's cache, by the file's hash.

    Args:
        path: a GEDCOM file, a GEDZIP archive, or Gramps XML.
        include_living: whether people who may be living, and what is marked as private, are shown.
        living_years: how old somebody without a recorded death may be and still be taken for living.
        cache: the folder for indexes; the user's own when None.
        today: the day to reckon from; the machine's when None.

    Raises:
        TreeProblem: the file is not there, is no family tree, or is damaged beyond reading; or the years make no sense.
    """
    if not 0 < living_years <= 200:
        raise TreeProblem(
            f"{living_years} years is no age of a person", hint="give a number from 1 to 200; 110 is usual"
        )
    path = Path(path)
    digest = _hash(path)
    folder = cache or platformdirs.user_cache_path("gemwright", appauthor=False) / "simon"
    target = _index(path, digest, folder)
    connection = sqlite3.connect(
        f"{target.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("CREATE TEMP TABLE hidden(owner INTEGER PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE found(n INTEGER PRIMARY KEY, rank INTEGER)")
    connection.create_function("decade_of", 2, selecting.decade_of, deterministic=True)
    (text,) = connection.execute("SELECT value FROM meta WHERE key='report'").fetchone()
    values = json.loads(text)
    values["warnings"] = {kind: tuple(lines) for kind, lines in values["warnings"].items()}
    people, families = frozenset[int](), frozenset[int]()
    if not include_living:
        living = _living(connection, target, living_years, today or datetime.date.today())  # noqa: DTZ011  # the user's own day
        closed = frozenset(n for (n,) in connection.execute("SELECT n FROM person WHERE closed"))
        people = living | closed
        connection.executemany("INSERT INTO temp.hidden VALUES(?)", [(n,) for n in people])
        query = "SELECT family FROM partner JOIN temp.hidden ON owner = person UNION SELECT n FROM family WHERE closed"
        families = frozenset(n for (n,) in connection.execute(query))
        connection.executemany("INSERT INTO temp.hidden VALUES(?)", [(-n,) for n in families])
    privacy = Privacy(connection, people, families)
    return Tree(connection, ImportReport(**values), digest, privacy, redacted=not include_living)
