"""A family tree that is open: people, families and sources by handle, found by name and by words, never more than is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from types import TracebackType

from gemwright_simon.reading.interpret import family_of, person_of, source_of
from gemwright_simon.reading.lines import lines_of
from gemwright_simon.records import ChildLink, Citation, Event, Family, ImportReport, Person, Source
from gemwright_simon.tree import selecting
from gemwright_simon.tree.bulk import Bulk
from gemwright_simon.tree.finding import named
from gemwright_simon.tree.privacy import Privacy, name_pairs
from gemwright_simon.tree.schema import numbers
from gemwright_simon.tree.searching import Asked, Hit, Search
from gemwright_simon.tree.selecting import Selection
from gemwright_simon.tree.store import Store

__all__ = ["Tree"]


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

    def __init__(self, store: Store, report: ImportReport, file_hash: str, privacy: Privacy, *, redacted: bool) -> None:
        self._store = store
        self._privacy = privacy
        self.report = report
        self.file_hash = file_hash
        self.redacted = redacted
        self.bulk = Bulk(store, privacy)
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
        self._store.close()

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

    def _number(self, handle: str) -> int:
        """Return the number of a person by handle or alias; 0 where there is none, or where the handle is hidden."""
        aliased = self._privacy.number(handle)
        if aliased:
            return aliased
        row = self._store.one("SELECT n FROM person WHERE handle=?", handle)
        return 0 if row is None or row[0] in self._privacy.people else row[0]

    def _shown(self, n: int, handle: str) -> str:
        return self._privacy.alias(n) if n in self._privacy.people else handle

    def _note(self, handle: str) -> str:
        row = self._store.one("SELECT body, raw FROM note WHERE handle=?", handle)
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
            for family, kind in self._store.rows(
                "SELECT f.handle, c.kind FROM child c JOIN family f ON f.n = c.family WHERE c.person=? ORDER BY c.family, c.pos",
                n,
            )
        )
        partner_in = tuple(
            family
            for (family,) in self._store.rows(
                "SELECT f.handle FROM partner p JOIN family f ON f.n = p.family WHERE p.person=? ORDER BY p.family", n
            )
        )
        if hidden:
            return Person(handle, child_of=child_of, partner_in=partner_in, living=True, hidden=True)
        row = self._store.one("SELECT text, names FROM person JOIN raw ON owner = n WHERE n=?", n)
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
        private = {tag for (tag,) in self._store.rows("SELECT tag FROM private WHERE owner=?", n)}
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
        row = self._store.one("SELECT n, text FROM family JOIN raw ON owner = -n WHERE handle=?", handle)
        if row is None:
            return None
        n = row[0]
        members = "SELECT p.n, p.handle FROM {} m JOIN person p ON p.n = m.person WHERE m.family=? ORDER BY m.pos"
        partners = tuple(self._shown(*one) for one in self._store.rows(members.format("partner"), n))
        children = tuple(self._shown(*one) for one in self._store.rows(members.format("child"), n))
        if n in self._privacy.families:
            return Family(handle, partners, children)
        family = replace(family_of(handle, lines_of(row[1]), self._note), partners=partners, children=children)
        if not self.redacted:
            return family
        private = {tag for (tag,) in self._store.rows("SELECT tag FROM private WHERE owner=?", -n)}
        return replace(
            family,
            events=self._events(family.events, private),
            notes=tuple(self._privacy.mask(one) for one in family.notes),
            citations=self._citations(family.citations, frozenset()),
        )

    def source(self, handle: str) -> Source | None:
        """Return a source; None where there is none of this handle, or where hidden people alone are cited to it."""
        row = self._store.one("SELECT n, raw FROM source WHERE handle=?", handle)
        if row is None or not self._source_shown(row[0]):
            return None
        source = source_of(handle, lines_of(row[1]), self._note)
        if not self.redacted:
            return source
        mask = self._privacy.mask
        return Source(handle, mask(source.title), mask(source.author), mask(source.publication), mask(source.text))

    def _source_shown(self, n: int) -> bool:
        row = self._store.one("SELECT owners FROM cite WHERE source=?", n) if self.redacted else None
        hidden = self._privacy.owners
        return row is None or any(owner not in hidden for owner in numbers(data=row[0]))

    def people(self) -> Iterator[str]:
        """Yield the handles of all people in the order of the file, aliases for hidden ones."""
        for n, handle in self._store.stream("SELECT n, handle FROM person ORDER BY line, n"):
            yield self._shown(n, handle)

    def families(self) -> Iterator[str]:
        """Yield the handles of all families in the order of the file."""
        for (handle,) in self._store.stream("SELECT handle FROM family ORDER BY line, n"):
            yield handle

    def sources(self) -> Iterator[str]:
        """Yield the handles of all sources in the order of the file, but for those of hidden people alone."""
        for n, handle in self._store.rows("SELECT n, handle FROM source ORDER BY line"):
            if self._source_shown(n):
                yield handle

    def sexes(self) -> Iterator[tuple[str, str]]:
        """Yield handle and sex of everybody in the order of the file; `U` for hidden people."""
        hidden = self._privacy.people
        for n, handle, sex in self._store.stream("SELECT n, handle, sex FROM person ORDER BY line, n"):
            yield (self._privacy.alias(n), "U") if n in hidden else (handle, sex)

    def links(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield family, role (`partner` or `child`), person and kind for every link, families in the order of the file.

        The kind of a child's link is that of `ChildLink`, `unknown` for hidden people; that of a partner's is `married`, or
        `unmarried` where the file says that there was no marriage.
        """
        hidden, shown = self._privacy.people, self._shown
        unmarried = {n for (n,) in self._store.rows("SELECT n FROM family WHERE unmarried")}
        unmarried -= self._privacy.families
        query = (
            "SELECT f.handle, f.n, f.line, 0 AS role, m.pos AS pos, p.n, p.handle, ''"
            " FROM partner m JOIN family f ON f.n = m.family"
            " JOIN person p ON p.n = m.person UNION ALL "
            "SELECT f.handle, f.n, f.line, 1, m.pos, p.n, p.handle, m.kind FROM child m JOIN family f ON f.n = m.family"
            " JOIN person p ON p.n = m.person ORDER BY 3, 2, 4, 5"
        )
        for family, f, _, role, _, n, handle, kind in self._store.stream(query):
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
        for other, name, kind in self._store.rows(query, n):
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
        found = named(self._store, name, self._privacy.people, limit)
        return [(self._handle(n), why) for n, why in found]

    def _handle(self, n: int) -> str:
        row = self._store.one("SELECT handle FROM person WHERE n=?", n)
        return row[0] if row else ""

    def select(
        self, wanted: Selection, sort: str = "name", limit: int = 20, start: int = 0
    ) -> tuple[int, list[tuple[str, str]]]:
        """Return how many people are meant, and some of them with the reason why the name matched; hidden ones never.

        Raises:
            TreeProblem: the sort, event or what is lacking is unknown.
        """
        total, found = selecting.select(self._store, wanted, sort, limit, start, self._privacy)
        return total, [(self._handle(n), why) for n, why in found]

    def group(self, by: str, wanted: Selection, limit: int = 20, start: int = 0) -> tuple[int, list[tuple[str, int]]]:
        """Return how many groups the selected people fall into, and the largest of them with their sizes.

        Raises:
            TreeProblem: the grouping, event or what is lacking is unknown.
        """
        total, found = selecting.group(self._store, by, wanted, limit, start, self._privacy)
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
        owner = self._number(person) if person else 0
        if person and not owner:
            return 0, []
        asked = Asked(text, kind, owner, from_year, to_year)
        return Search(self._store, self._privacy, asked, self.source).hits(offset, limit)


def _in_order(links: tuple[ChildLink, ...], rank: dict[str, int]) -> tuple[ChildLink, ...]:
    return tuple(sorted(links, key=lambda link: rank.get(link.family, len(rank))))
