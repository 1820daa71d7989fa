"""People by place, time and event, sorted or counted in groups: queries over what is not hidden."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from gemwright_simon.dates.calendars import gregorian_from_day, to_day
from gemwright_simon.errors import TreeProblem
from gemwright_simon.names.fold import fold, words
from gemwright_simon.tree.finding import named

__all__ = ["Selection", "days_of", "fts_query", "group", "select"]

_KINDS: Final = {
    "birth": ("birth",),
    "baptism": ("baptism", "adult baptism"),
    "marriage": ("marriage",),
    "death": ("death",),
    "burial": ("burial", "cremation"),
    "residence": ("residence", "census"),
    "occupation": ("occupation", "title"),
}
_SORTS: Final = {
    "name": "p.surname = '', p.surname, p.given, p.n",
    "birth": "coalesce(p.birth_lo, p.birth_hi) IS NULL, coalesce(p.birth_lo, p.birth_hi), p.n",
    "death": "coalesce(p.death_lo, p.death_hi) IS NULL, coalesce(p.death_lo, p.death_hi), p.n",
    "age": "p.death_lo - p.birth_hi IS NULL, p.death_lo - p.birth_hi DESC, p.n",
    "children": "(SELECT count(DISTINCT c.person) FROM partner q JOIN child c ON c.family = q.family"
    " WHERE q.person = p.n) DESC, p.n",
    "match": "p.n",
}
_LACKING: Final = {
    "no_sources": "p.n NOT IN (SELECT owner FROM cite WHERE owner > 0)"
    " AND p.n NOT IN (SELECT owner FROM event WHERE cited AND owner > 0)",
    "no_parents": "p.n NOT IN (SELECT c.person FROM child c JOIN partner q ON q.family = c.family)",
    "no_birth_date": "p.n NOT IN (SELECT owner FROM event WHERE kind = 'birth' AND (lo IS NOT NULL OR hi IS NOT NULL))",
}
_GROUPS: Final = {
    "surname": ("p.surname", "", "p.surname <> ''"),
    "given": ("p.given", "", "p.given <> ''"),
    "birth_place": (
        "x.text",
        "JOIN event e ON e.owner = p.n AND e.kind = 'birth' JOIN place x ON x.n = e.place",
        "NOT e.closed",
    ),
    "death_place": (
        "x.text",
        "JOIN event e ON e.owner = p.n AND e.kind = 'death' JOIN place x ON x.n = e.place",
        "NOT e.closed",
    ),
    "occupation": (
        "x.text",
        "JOIN event e ON e.owner = p.n AND e.kind = 'occupation' JOIN value x ON x.n = e.value",
        "NOT e.closed",
    ),
    "birth_decade": ("decade_of(p.birth_lo, p.birth_hi)", "", "p.birth_lo IS NOT NULL AND p.birth_hi IS NOT NULL"),
}


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


def decade_of(lo: int | None, hi: int | None) -> str | None:
    """Return the decade in the middle of two days, such as `1850s`."""
    if lo is None or hi is None:
        return None
    return f"{gregorian_from_day((lo + hi) // 2)[0] // 10 * 10}s"


def fts_query(text: str, *, prefix: bool = True) -> str:
    """Return a query that asks for all words of a text, each as the start of a word."""
    return " ".join(f'"{word}"{"*" if prefix and len(word) > 2 else ""}' for word in words(fold(text))[:12])


def _where(
    connection: sqlite3.Connection, wanted: Selection, hidden: frozenset[int]
) -> tuple[str, list[Any], dict[int, str]]:
    """Return the condition on `p`, its parameters, and the reasons of matches by name."""
    clauses, parameters, reasons = ["p.n NOT IN (SELECT owner FROM temp.hidden)"], list[Any](), dict[int, str]()
    if wanted.name:
        reasons = dict(named(connection, wanted.name, hidden))
        clauses.append("p.n IN (SELECT n FROM temp.found)")
        connection.execute("DELETE FROM temp.found")
        connection.executemany("INSERT INTO temp.found VALUES(?,?)", [(n, rank) for rank, n in enumerate(reasons)])
    if wanted.place or wanted.from_year is not None or wanted.to_year is not None or wanted.event != "any":
        conditions = ["NOT e.closed"]
        if wanted.event != "any":
            kinds = _KINDS.get(wanted.event)
            if kinds is None:
                raise TreeProblem(
                    f"no kind of event is called {wanted.event!r}", hint=f"one of: any, {', '.join(_KINDS)}"
                )
            conditions.append(f"e.kind IN ({','.join('?' * len(kinds))})")
            parameters += kinds
        if wanted.place:
            query = fts_query(wanted.place)
            conditions.append("e.place IN (SELECT rowid FROM place_words WHERE place_words MATCH ?)" if query else "0")
            parameters += [query] if query else []
        if wanted.from_year is not None or wanted.to_year is not None:
            start, end = days_of(wanted.from_year, wanted.to_year)
            conditions.append("e.lo <= ? AND e.hi >= ?")
            parameters += [end, start]
        inner = " AND ".join(conditions)
        owners = f"SELECT owner FROM event e WHERE owner > 0 AND {inner}"  # noqa: S608  # conditions of our own
        if wanted.event in ("any", "marriage"):
            couples = f"SELECT -owner FROM event e WHERE owner < 0 AND owner NOT IN (SELECT owner FROM temp.hidden) AND {inner}"  # noqa: S608
            owners += f" UNION SELECT person FROM partner WHERE family IN ({couples})"  # noqa: S608
            parameters += parameters
        clauses.append(f"p.n IN ({owners})")
    if wanted.lacking:
        lacking = _LACKING.get(wanted.lacking)
        if lacking is None:
            raise TreeProblem(
                f"nothing that is called {wanted.lacking!r} can lack", hint=f"one of: {', '.join(_LACKING)}"
            )
        clauses.append(lacking)
    if wanted.among is not None:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS among(handle TEXT PRIMARY KEY) WITHOUT ROWID")
        connection.execute("DELETE FROM temp.among")
        connection.executemany("INSERT INTO temp.among VALUES(?)", [(handle,) for handle in wanted.among])
        clauses.append("p.handle IN (SELECT handle FROM temp.among)")
    return " AND ".join(clauses), parameters, reasons


def select(
    connection: sqlite3.Connection, wanted: Selection, sort: str, limit: int, start: int, hidden: frozenset[int]
) -> tuple[int, list[tuple[int, str]]]:
    """Return how many people are meant, and some of them with the reason why the name matched.

    Raises:
        TreeProblem: the sort, event or what is lacking is unknown.
    """
    if sort not in _SORTS:
        raise TreeProblem(f"nothing is sorted by {sort!r}", hint=f"one of: {', '.join(_SORTS)}")
    where, parameters, reasons = _where(connection, wanted, hidden)
    (total,) = connection.execute(f"SELECT count(*) FROM person p WHERE {where}", parameters).fetchone()  # noqa: S608
    order = "(SELECT rank FROM temp.found f WHERE f.n = p.n)" if sort == "match" and wanted.name else _SORTS[sort]
    rows = connection.execute(
        f"SELECT p.n FROM person p WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608  # clauses of our own
        [*parameters, limit, start],
    )
    return total, [(n, reasons.get(n, "")) for (n,) in rows]


def group(
    connection: sqlite3.Connection, by: str, wanted: Selection, limit: int, start: int, hidden: frozenset[int]
) -> tuple[int, list[tuple[str, int]]]:
    """Return how many groups there are, and some of them with how many people each has, the largest first.

    Raises:
        TreeProblem: the grouping, event or what is lacking is unknown.
    """
    if by not in _GROUPS:
        raise TreeProblem(f"nobody is grouped by {by!r}", hint=f"one of: {', '.join(_GROUPS)}")
    column, joined, condition = _GROUPS[by]
    where, parameters, _ = _where(connection, wanted, hidden)
    inner = (
        f"SELECT {column} AS value, count(DISTINCT p.n) AS people FROM person p {joined}"  # noqa: S608  # clauses of our own
        f" WHERE {where} AND {condition} GROUP BY 1"
    )
    (total,) = connection.execute(f"SELECT count(*) FROM ({inner})", parameters).fetchone()  # noqa: S608
    rows = connection.execute(
        f"SELECT value, people FROM ({inner}) ORDER BY people DESC, value LIMIT ? OFFSET ?",  # noqa: S608
        [*parameters, limit, start],
    )
    return total, [(str(value), people) for value, people in rows]
