"""What to look for next: facts without a source, parents and dates that are not recorded; the direct line of somebody first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from gemwright_simon.quality.words import flat, label, when_and_where
from gemwright_simon.records import Person
from gemwright_simon.tree import Tree

__all__ = ["GAPS", "Gap", "Gaps", "gaps"]

GAPS: Final = {
    "missing_parents": "Parents of {a}{known}: nobody is recorded.",
    "missing_parent": "The other parent of {a}{known}: only {b} is recorded.",
    "missing_birth_date": "When {a} was born{known}: no date is recorded.",
    "missing_death_date": "When {a} died{known}: no date is recorded.",
    "missing_marriage_date": "When {a} and {b} married: no date is recorded.",
    "unsourced_birth": "A source for the birth of {a}: {x} has none.",
    "unsourced_death": "A source for the death of {a}: {x} has none.",
    "unsourced_marriage": "A source for the marriage of {a} and {b}: {x} has none.",
}
"""Kinds of gaps, in the order of what leads furthest, and the sentence of each."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something to look for.

    Attributes:
        kind: what is missing, as in `GAPS`.
        generation: how many generations above the home person: 0 for that person; None outside the direct line.
        handles: the people, the family and the event that it is about.
        text: one sentence that says what is looked for, and what is known.
    """

    kind: str
    generation: int | None
    handles: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a tree lacks.

    Attributes:
        counts: how many gaps there are of each kind that has any.
        found: the first of them: the direct line by generations, then everybody else in the order of the file.
    """

    counts: Mapping[str, int]
    found: tuple[Gap, ...]


class _Missing(NamedTuple):
    kind: str
    person: int
    other: int = 0
    owner: int = 0
    tag: str = ""


class _Known(NamedTuple):
    """An event of which something may be missing: its tag, whether it is dated, whether cited, whether it has a place."""

    tag: str
    dated: bool
    cited: bool
    place: bool


def _missing(tree: Tree) -> Iterator[_Missing]:
    """Yield what is missing: person by person in the order of the file, each marriage with the partner who comes first."""
    bulk = tree.bulk
    known: dict[tuple[int, str], _Known] = {}
    for owner, tag, kind, lo, hi, place, cited in bulk.events():
        if kind not in ("birth", "death", "marriage"):
            continue
        new, old = _Known(tag, lo is not None or hi is not None, bool(cited), bool(place)), known.get((owner, kind))
        if old is None:
            known[owner, kind] = new
        elif new.dated and not old.dated:
            known[owner, kind] = new._replace(cited=new.cited or old.cited)
        elif new.cited and not old.cited:
            known[owner, kind] = old._replace(cited=True)
    couples: dict[int, list[int]] = {}
    for family, person in bulk.partners():
        couples.setdefault(family, []).append(person)
    parents: dict[int, list[int]] = {}
    for family, child, _ in bulk.children():
        parents.setdefault(child, []).extend(couples.get(family, ()))
    marriages: dict[int, list[int]] = {}
    for family, members in couples.items():
        if len(members) == 2 and all(members):
            marriages.setdefault(members[0], []).append(family)
    for row in bulk.people():
        n = row.n
        above = parents.get(n, [])
        if not above:
            yield _Missing("missing_parents", n)
        elif len(above) == 1 and above[0]:
            yield _Missing("missing_parent", n, above[0])
        for kind in ("birth", "death"):
            event = known.get((n, kind))
            # Whoever is shown has died, unless living people are shown too: then only a recorded death lacks a date.
            if (event is None and (kind == "birth" or tree.redacted)) or (event is not None and not event.dated):
                yield _Missing(f"missing_{kind}_date", n)
            if event is not None and not event.cited and (event.dated or event.place):
                yield _Missing(f"unsourced_{kind}", n, owner=n, tag=event.tag)
        for family in marriages.get(n, ()):
            other = couples[family][1]
            event = known.get((family, "marriage"))
            if event is None or not event.dated:
                yield _Missing("missing_marriage_date", n, other, family)
            if event is not None and not event.cited and (event.dated or event.place):
                yield _Missing("unsourced_marriage", n, other, family, event.tag)


def _line(tree: Tree, home: str) -> dict[int, int]:
    """Return the numbers of somebody and of all ancestors who are shown, each with the fewest generations up."""
    line, level, up = {home: 0}, [home], 0
    while level:
        up += 1
        above = (parent for one in level for parent, _ in tree.parents(one))
        level = [parent for parent in dict.fromkeys(above) if parent not in line]
        line.update(dict.fromkeys(level, up))
    return {row.n: line[row.handle] for row in tree.bulk.people() if row.handle in line}


def gaps(tree: Tree, home: str = "", limit: int = 50) -> Gaps:
    """Find what to look for next in a tree. Living people are no part of it.

    Args:
        tree: the tree.
        home: handle of the person whose direct line comes first; nobody where empty.
        limit: how many gaps to return; all where 0.
    """
    line = _line(tree, home) if home else {}
    direct: list[tuple[int, int, _Missing]] = []
    rest: list[_Missing] = []
    counted: Counter[str] = Counter()
    rank = {kind: at for at, kind in enumerate(GAPS)}
    for one in _missing(tree):
        counted[one.kind] += 1
        generation = line.get(one.person)
        if generation is None and one.owner < 0:
            generation = line.get(one.other)
        if generation is not None:
            direct.append((generation, rank[one.kind], one))
        elif not limit or len(rest) < limit:
            rest.append(one)
    direct.sort(key=lambda found: found[:2])
    found = [_gap(tree, one, generation) for generation, _, one in (direct[:limit] if limit else direct)]
    room = len(rest) if not limit else max(0, limit - len(found))
    found += [_gap(tree, one, None) for one in rest[:room]]
    return Gaps({kind: counted[kind] for kind in GAPS if counted[kind]}, tuple(found))


def _gap(tree: Tree, one: _Missing, generation: int | None) -> Gap:
    handle = tree.bulk.handle
    who = handle(one.person)
    other = handle(one.other) if one.other else ""
    owner = handle(one.owner) if one.owner else ""
    event = f"{owner}.{one.tag}" if one.tag else ""
    person = tree.person(who)
    text = GAPS[one.kind].format(
        a=label(tree, who),
        b=label(tree, other) if other else "",
        known=_known(person, one.kind) if person is not None else "",
        x=_fact(tree, owner, event) if event else "",
    )
    family = owner if one.owner < 0 else ""
    return Gap(one.kind, generation, tuple(dict.fromkeys(filter(None, (who, other, family, event)))), text)


def _known(person: Person, kind: str) -> str:
    """Return what is known that helps to look for somebody's parents or dates."""
    wanted = {
        "missing_birth_date": (("baptism",), ("death", "burial", "cremation")),
        "missing_death_date": (("burial", "cremation"), ("birth", "baptism")),
    }.get(kind, (("birth", "baptism"), ("death", "burial", "cremation")))
    told = next((told for kinds in wanted if (told := when_and_where(person, kinds))), "")
    return f", {told}" if told else ""


def _fact(tree: Tree, owner: str, handle: str) -> str:
    record = tree.person(owner) or tree.family(owner)
    for event in record.events if record is not None else ():
        if event.handle == handle:
            parts = flat(event.date.text, 60), f"in {flat(event.place)}" if event.place else ""
            return " ".join(filter(None, parts))
    return "it"
