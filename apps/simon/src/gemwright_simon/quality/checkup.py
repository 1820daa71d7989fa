"""The checks of a whole tree: what cannot be, what rarely is, what hangs in the air. One sentence each, with the records."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from gemwright_simon.quality.kinds import KINDS, PROBLEMS, SEVERITIES, Severity
from gemwright_simon.quality.matching import twice
from gemwright_simon.quality.rules import RULES, YOUNGEST_PARENT, Hit, parents, young_parents
from gemwright_simon.quality.survey import Survey
from gemwright_simon.quality.words import dated, label, named
from gemwright_simon.tree import Tree

__all__ = ["Checkup", "Finding", "check", "findings", "having", "under_age"]

_DAY_ONE: Final = 1721425
"""What a Julian day number is more than Python's number of the day."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        kind: what it is called, as in `KINDS`.
        severity: `error`, `warning` or `note`.
        handles: the people, families, sources and events that it is about.
        text: one sentence, with names, dates and numbers.
    """

    kind: str
    severity: Severity
    handles: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """What the checks of a tree found.

    Attributes:
        people: how many people were looked at.
        hidden: how many were not, since they may be living.
        counts: how many findings there are of each kind that has any, in the order of `KINDS`.
        findings: errors first; of one kind in the order of the file.
    """

    people: int
    hidden: int
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]

    def of(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(count for kind, count in self.counts.items() if KINDS[kind].severity == severity)


_KEPT: WeakKeyDictionary[Tree, tuple[int, tuple[Hit, ...]]] = WeakKeyDictionary()


def _today(today: datetime.date | None = None) -> int:
    return (today or datetime.date.today()).toordinal() + _DAY_ONE  # noqa: DTZ011  # the user's own day


def _hits(tree: Tree, today: datetime.date | None) -> tuple[int, tuple[Hit, ...]]:
    """Return how many people were looked at, and what the rules found; worked out once for a tree that is open."""
    kept = _KEPT.get(tree) if today is None else None
    if kept is not None:
        return kept
    survey = Survey(tree, _today(today))
    rank = {kind: at for at, kind in enumerate(KINDS)}
    found = (
        len(survey.sex),
        tuple(sorted((hit for rule in RULES for hit in rule(survey)), key=lambda hit: rank[hit.kind])),
    )
    if today is None:
        _KEPT[tree] = found
    return found


def having(tree: Tree, problem: str) -> frozenset[str]:
    """Return the handles of the people who have a problem, by the same rules as `check` and `duplicates`.

    Args:
        tree: the tree.
        problem: one of `PROBLEMS`.
    """
    if problem == "possible_duplicate":
        return twice(tree)
    kinds, handle = PROBLEMS[problem], tree.bulk.handle
    found = (hit.people for hit in _hits(tree, None)[1] if hit.kind in kinds)
    return frozenset(handle(one) for people in found for one in (people[:1] if problem == "young_parent" else people))


def findings(tree: Tree, problem: str) -> list[Finding]:
    """Return what the checks say of one problem with dates, in the order of `check`.

    Args:
        tree: the tree.
        problem: one of `PROBLEMS`, but for `possible_duplicate`.
    """
    return _findings(tree, (hit for hit in _hits(tree, None)[1] if hit.kind in PROBLEMS[problem]))


def under_age(tree: Tree, years: int) -> list[Finding]:
    """Return the parents who were certainly younger than so many years when a child was born.

    Args:
        tree: the tree.
        years: the age that they had not reached; with 13 the same as the check.
    """
    if years == YOUNGEST_PARENT:
        return findings(tree, "young_parent")
    survey = Survey(tree, _today())
    unborn = [hit for hit in parents(survey) if hit.kind == "child_before_parent"]
    return _findings(tree, (*unborn, *young_parents(survey, years)))


def check(tree: Tree, today: datetime.date | None = None) -> Checkup:
    """Check everybody who is shown.

    Args:
        tree: the tree.
        today: the day after which dates are still to come; the machine's when None.
    """
    people, hits = _hits(tree, today)
    findings = [*_findings(tree, hits), *_dates(tree), *_sources(tree)]
    rank = {kind: at for at, kind in enumerate(KINDS)}
    findings.sort(key=lambda one: (SEVERITIES.index(one.severity), rank[one.kind]))
    counted = Counter(one.kind for one in findings)
    counts = {kind: counted[kind] for kind in KINDS if counted[kind]}
    return Checkup(people, tree.count_hidden, counts, tuple(findings))


def _findings(tree: Tree, hits: Iterable[Hit]) -> list[Finding]:
    """Put what the rules found into words. Names come in one pass, a record is opened only for its dates."""
    hits = tuple(hits)
    about = {one for hit in hits for one in hit.people}
    people = {row.n: (row.handle, named(row.name, row.handle)) for row in tree.bulk.people() if row.n in about}
    return [_finding(tree, hit, people) for hit in hits]


def _finding(tree: Tree, hit: Hit, people: Mapping[int, tuple[str, str]]) -> Finding:
    severity, sentence = KINDS[hit.kind]
    shown = [people[one] for one in hit.people]
    family = tree.bulk.handle(hit.family) if hit.family else ""
    events = [(people[owner][0] if owner in people else tree.bulk.handle(owner), tag) for owner, tag in hit.facts]
    told = [dated(tree, owner, tag) for owner, tag in events]
    words = dict(zip("abc", (label for _, label in shown), strict=False))
    words |= dict(zip("xy", (date for _, date in told), strict=False))
    said = {"e": told[0][0] if told else "", "n": hit.number, "f": f"[{family}]", "a": f"[{family}]"} | words
    handles = (*(handle for handle, _ in shown), *filter(None, (family,)), *(f"{owner}.{tag}" for owner, tag in events))
    return Finding(hit.kind, severity, tuple(dict.fromkeys(handles)), sentence.format_map(said))


def _dates(tree: Tree) -> Iterator[Finding]:
    """Yield dates that could not be read, and dates with two readings."""
    for owner in tree.bulk.doubtful():
        handle = tree.bulk.handle(owner)
        record = tree.person(handle) if owner > 0 else tree.family(handle)
        for event in record.events if record is not None else ():
            date = event.date
            kind = "ambiguous_date" if date.qualifier == "ambiguous" else "unreadable_date"
            if not date.text or (date.precision and kind != "ambiguous_date"):
                continue
            who = label(tree, handle) if owner > 0 else f"The family [{handle}]"
            severity, sentence = KINDS[kind]
            text = sentence.format(a=who, e=event.kind, x=date.text)
            yield Finding(kind, severity, (handle, event.handle), text)


def _sources(tree: Tree) -> Iterator[Finding]:
    """Yield sources that nobody uses, and sources without a title."""
    for handle in tree.bulk.unused_sources():
        yield _about_source("unused_source", handle, _titled(tree, handle))
    for handle in tree.sources():
        source = tree.source(handle)
        if source is not None and not source.title.strip():
            yield _about_source("untitled_source", handle, f"[{handle}]")


def _about_source(kind: str, handle: str, named: str) -> Finding:
    severity, sentence = KINDS[kind]
    return Finding(kind, severity, (handle,), sentence.format(f=named))


def _titled(tree: Tree, handle: str) -> str:
    source = tree.source(handle)
    title = " ".join(source.title.split())[:120] if source is not None else ""
    return f"{title} [{handle}]" if title else f"[{handle}]"
