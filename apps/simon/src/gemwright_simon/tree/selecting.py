"""People by place, time and event, sorted or counted in groups: over columns of numbers, of which nobody hidden is taken."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from gemwright_simon.dates.calendars import gregorian_from_day, to_day
from gemwright_simon.errors import TreeProblem
from gemwright_simon.names.fold import fold, words
from gemwright_simon.tree.finding import named
from gemwright_simon.tree.privacy import Privacy
from gemwright_simon.tree.schema import KINDS, LACKING, UNKNOWN
from gemwright_simon.tree.store import Store

__all__ = ["GROUPS", "SORTS", "Selection", "between", "days_of", "fts_query", "group", "listed", "select"]

_EVENTS: Final = {
    "birth": ("birth",),
    "baptism": ("baptism", "adult baptism"),
    "marriage": ("marriage",),
    "death": ("death",),
    "burial": ("burial", "cremation"),
    "residence": ("residence", "census"),
    "occupation": ("occupation", "title"),
}
SORTS: Final = ("name", "birth", "death", "age", "children", "match")
GROUPS: Final = ("surname", "given", "birth_place", "death_place", "occupation", "birth_decade")
_LAST: Final = 1 << 31
_LOW: Final = (1 << 32) - 1
_WIDE: Final = 12 * 366  # days: few events are as uncertain as that, and they are looked at one by one


@dataclass(frozen=True, slots=True)
class Selection:
    """Which people are meant; an empty field does not matter.

    Attributes:
        name: a name or a part of one.
        place: words of a place, of any level of it.
        event: `any`, or the kind of event that place and years belong to.
        from_year: first year.
        to_year: last year.
        lacking: what the person's record has not: `no_sources`, `no_parents` or `no_birth_date`.
        among: handles of those who may be meant; everybody when None.
    """

    name: str = ""
    place: str = ""
    event: str = "any"
    from_year: int | None = None
    to_year: int | None = None
    lacking: str = ""
    among: frozenset[str] | None = None


def days_of(first: int | None, last: int | None) -> tuple[int, int]:
    """Return the first and the last day of a span of years that may be open."""
    start = to_day("gregorian", first, 1, 1) if first is not None else -(10**7)
    end = to_day("gregorian", last + 1, 1, 1) - 1 if last is not None else 10**7
    return start, end


def fts_query(text: str, *, prefix: bool = True) -> str:
    """Return a query that asks for all words of a text, each as the start of a word."""
    return " ".join(f'"{word}"{"*" if prefix and len(word) > 2 else ""}' for word in words(fold(text))[:12])


def listed(store: Store, what: str, numbers: Iterable[int]) -> list[int]:
    """Return the events of these kinds, places or values, by number.

    Args:
        store: the index.
        what: `kind`, `place` or `value`.
        numbers: which of them.
    """
    events, starts = store.column(f"by_{what}"), store.column(f"{what}_from")
    found: list[int] = []
    for one in numbers:
        found += events[starts[one] : starts[one + 1]]
    return found


def between(store: Store, start: int, end: int) -> list[int]:
    """Return the events that may have happened between two days; those without both days are not among them."""
    events, days, last = store.column("by_day"), store.column("days"), store.column("event_hi")

    def wide() -> list[int]:
        return [event for event, day in zip(events, days, strict=True) if last[event] - day > _WIDE]

    first = store.column("event_lo")
    near, inside, after = bisect_left(days, start - _WIDE), bisect_left(days, start), bisect_right(days, end)
    found = [event for event in events[near:inside] if last[event] >= start and first[event] <= end]
    found += events[inside:after]
    early = days[near] if near < len(days) else start
    return found + [one for one in store.kept("wide events", wide) if first[one] < early and last[one] >= start]


def _by_event(store: Store, wanted: Selection, privacy: Privacy) -> set[int]:
    """Return the people with an event of the kind, the place and the time that are asked for.

    Raises:
        TreeProblem: the kind of event is unknown.
    """
    kinds: set[int] | None = None
    if wanted.event != "any":
        names = _EVENTS.get(wanted.event)
        if names is None:
            raise TreeProblem(f"no kind of event is called {wanted.event!r}", hint=f"one of: any, {', '.join(_EVENTS)}")
        kinds = {KINDS.index(name) for name in names}
    days: tuple[int, int] | None = None
    if wanted.from_year is not None or wanted.to_year is not None:
        days = days_of(wanted.from_year, wanted.to_year)
    if wanted.place:
        query = fts_query(wanted.place)
        places = store.rows("SELECT rowid FROM place_words WHERE place_words MATCH ?", query) if query else []
        events = listed(store, "place", (n for (n,) in places))
        if days is not None:
            lo, hi = store.column("event_lo"), store.column("event_hi")
            start, end = days
            events = [one for one in events if lo[one] <= end and hi[one] >= start and lo[one] != UNKNOWN]
    elif days is not None:
        events = between(store, *days)
    else:
        events, kinds = listed(store, "kind", kinds or range(len(KINDS))), None
    if kinds is not None:
        column = store.column("event_kind")
        events = [one for one in events if column[one] in kinds]
    owners = set(map(store.column("event_owner").__getitem__, events))
    people = {one for one in owners if one > 0}
    if wanted.event in ("any", "marriage") and len(people) < len(owners):
        couples = {-one for one in owners if one < 0} - privacy.families
        families, partners = store.column("partner_family"), store.column("partner_person")
        people.update(person for family, person in zip(families, partners, strict=True) if family in couples)
    return people


def _meant(store: Store, wanted: Selection, privacy: Privacy) -> tuple[set[int] | None, dict[int, str]]:
    """Return who is meant, None for everybody who is shown; and the reasons of matches by name, the best match first.

    Raises:
        TreeProblem: the event or what is lacking is unknown.
    """
    who: set[int] | None = None
    reasons: dict[int, str] = {}

    def narrow(to: set[int]) -> None:
        nonlocal who
        who = to if who is None else who & to

    if wanted.name:
        reasons = dict(named(store, wanted.name, privacy.people))
        narrow(set(reasons))
    if wanted.place or wanted.from_year is not None or wanted.to_year is not None or wanted.event != "any":
        narrow(_by_event(store, wanted, privacy))
    if wanted.lacking:
        bit = LACKING.get(wanted.lacking)
        if bit is None:
            raise TreeProblem(
                f"nothing that is called {wanted.lacking!r} can lack", hint=f"one of: {', '.join(LACKING)}"
            )
        narrow({n for n, bits in enumerate(store.column("lacking")) if bits & bit})
    if wanted.among is not None:
        found: set[int] = set()
        handles = sorted(wanted.among)
        for start in range(0, len(handles), 900):
            part = handles[start : start + 900]
            marks = ",".join("?" * len(part))
            found.update(n for (n,) in store.rows(f"SELECT n FROM person WHERE handle IN ({marks})", *part))  # noqa: S608  # marks alone
        narrow(found)
    return (None if who is None else who - privacy.people), reasons


def _everybody(store: Store) -> list[int]:
    return store.kept("everybody", lambda: [n for (n,) in store.rows("SELECT n FROM person ORDER BY n")])


def _order(store: Store, sort: str) -> list[int]:
    """Return everybody in an order, worked out on the first call; what is not known comes last."""
    column = store.column
    if sort == "name":
        keys = [(one or _LAST) << 32 | other for one, other in zip(column("surname"), column("given"), strict=True)]
    elif sort in ("birth", "death"):
        days = zip(column(f"{sort}_lo"), column(f"{sort}_hi"), strict=True)
        keys = [lo if lo != UNKNOWN else hi if hi != UNKNOWN else _LAST for lo, hi in days]
    elif sort == "age":
        lives = zip(column("birth_hi"), column("death_lo"), strict=True)
        keys = [_LAST if born == UNKNOWN or died == UNKNOWN else born - died for born, died in lives]
    elif sort == "children":
        keys = [-children for children in column("children")]
    else:
        return _everybody(store)
    return sorted(_everybody(store), key=keys.__getitem__)


def select(
    store: Store, wanted: Selection, sort: str, limit: int, start: int, privacy: Privacy
) -> tuple[int, list[tuple[int, str]]]:
    """Return how many people are meant, and some of them with the reason why the name matched.

    Raises:
        TreeProblem: the sort, event or what is lacking is unknown.
    """
    if sort not in SORTS:
        raise TreeProblem(f"nothing is sorted by {sort!r}", hint=f"one of: {', '.join(SORTS)}")
    who, reasons = _meant(store, wanted, privacy)
    hidden = privacy.people
    total = len(_everybody(store)) - len(hidden) if who is None else len(who)
    order = reasons if sort == "match" and wanted.name else store.kept(f"sorted by {sort}", lambda: _order(store, sort))
    found = (n for n in order if n not in hidden and (who is None or n in who))
    return total, [(n, reasons.get(n, "")) for n in islice(found, start, start + limit)]


@lru_cache(1 << 16)
def _decade(day: int) -> int:
    return gregorian_from_day(day)[0] // 10 * 10


def _decades(store: Store) -> dict[int, int]:
    lo, hi = store.column("birth_lo"), store.column("birth_hi")
    known: dict[int, int] = {}
    for n, (first, last) in enumerate(zip(lo, hi, strict=True)):
        if first != UNKNOWN and last != UNKNOWN:
            known[n] = _decade((first + last) // 2)
    return known


def group(
    store: Store, by: str, wanted: Selection, limit: int, start: int, privacy: Privacy
) -> tuple[int, list[tuple[str, int]]]:
    """Return how many groups there are, and some of them with how many people each has, the largest first.

    Raises:
        TreeProblem: the grouping, event or what is lacking is unknown.
    """
    if by not in GROUPS:
        raise TreeProblem(f"nobody is grouped by {by!r}", hint=f"one of: {', '.join(GROUPS)}")
    who, _ = _meant(store, wanted, privacy)
    if who is None:
        who = set(_everybody(store)) - privacy.people
    if by in ("surname", "given"):
        counts = Counter(map(store.column(by).__getitem__, who))
        counts.pop(0, None)
        return _page(store, counts, "label", limit, start)
    if by == "birth_decade":
        decades = store.kept("decades", lambda: _decades(store))
        counts = Counter(decades[n] for n in who if n in decades)
        largest = sorted(counts.items(), key=lambda one: (-one[1], f"{one[0]}s"))
        return len(counts), [(f"{decade}s", people) for decade, people in largest[start : start + limit]]
    kind, _, place = by.partition("_")
    what = "place" if place else "value"
    owner, column = store.column("event_owner"), store.column(f"event_{what}")
    events = listed(store, "kind", (KINDS.index(kind),))
    owners, values = map(owner.__getitem__, events), map(column.__getitem__, events)
    # Somebody with two births in one place is there once.
    pairs = {one << 32 | value for one, value in zip(owners, values, strict=True) if value and one in who}
    return _page(store, Counter([pair & _LOW for pair in pairs]), what, limit, start)


def _page(store: Store, counts: Counter[int], table: str, limit: int, start: int) -> tuple[int, list[tuple[str, int]]]:
    """Return how many groups there are, and a page of them with their texts, groups of one size by their texts."""
    sizes = sorted(counts.values(), reverse=True)[start : start + limit]
    if not sizes:
        return len(counts), []
    first, last = sizes[0], sizes[-1]
    larger = sum(1 for size in counts.values() if size > first)
    query = f"SELECT n, text FROM {table} WHERE n IN ({{}})"  # noqa: S608  # one of our own tables
    texts = store.of(query, (n for n, size in counts.items() if last <= size <= first))
    page = sorted(((texts[n], counts[n]) for n in texts), key=lambda one: (-one[1], one[0]))
    return len(counts), page[start - larger : start - larger + limit]
