"""All of a person's relatives of one kind: parents to second cousins, in-laws, the step family, and the two long lines.

Ties by birth come first. Whoever is reached over an adoption, a fostering or a recorded step tie alone is listed after
them and says so. Half-siblings are a kind of their own; half-aunts and half-cousins stand among the aunts and cousins,
with their word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gemwright_simon.kinship.graph import BLOOD, Graph, Ties
from gemwright_simon.kinship.terms import blood_term, labelled, spouse_word

__all__ = ["RELATIONS", "Relative", "relatives"]


@dataclass(frozen=True, slots=True)
class Relative:
    """One relative of a person.

    Attributes:
        handle: who.
        term: what the relative is of the person: `half-sister`, `adoptive father`, `first cousin`.
        basis: `blood`, `marriage`, `step`, or the kind of tie: `adoptive`, `foster`, `sealed`.
        generation: generations up (ancestors) or down (descendants) by the shortest way; 0 for all others.
        deepest: the same by the longest way.
        through: handle of the person by whom they are related; empty for parents, children, siblings and spouses.
    """

    handle: str
    term: str
    basis: str = "blood"
    generation: int = 0
    deepest: int = 0
    through: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    person: int
    term: str
    label: str = BLOOD
    generation: int = 0
    deepest: int = 0
    through: int = -1
    half: bool = False


def relatives(tree: Ties | Graph, person: str, relation: str, generations: int = 0) -> tuple[Relative, ...]:
    """List a person's relatives of one kind, ties by birth first, then by generation, then in the order of the file.

    Args:
        tree: the tree, or its graph.
        person: the person's handle.
        relation: one of `RELATIONS`.
        generations: for `ancestors`, `descendants` and the two lines: how many generations at most; 0 for all.

    Raises:
        KeyError: a handle that the tree does not have, or a relation that is none of `RELATIONS`.
    """
    graph = tree if isinstance(tree, Graph) else Graph.of(tree)
    found = _FINDERS[relation](graph, graph.numbers[person], generations)
    best: dict[int, _Found] = {}
    for one in found:
        known = best.get(one.person)
        if known is None or (bool(one.label), one.half) < (bool(known.label), known.half):
            best[one.person] = one
    ordered = sorted(best.values(), key=lambda one: (one.label not in {BLOOD, "marriage"}, one.generation))
    return tuple(
        Relative(
            graph.handles[one.person],
            one.term,
            one.label or "blood",
            one.generation,
            one.deepest,
            graph.handles[one.through] if one.through >= 0 else "",
        )
        for one in ordered
    )


def _all(links: Iterable[tuple[int, str, int]]) -> dict[int, str]:
    """Return the people at the other end of links with the tie to each; a tie by birth wins over another."""
    ties: dict[int, str] = {}
    for other, label, _ in links:
        if other not in ties or label == BLOOD:
            ties[other] = label
    return ties


def _levels(
    graph: Graph, person: int, links: list[list[tuple[int, str, int]]], depth: int
) -> dict[int, tuple[str, int]]:
    """Return who is exactly so many generations away, with the tie to each and the last person before."""
    level: dict[int, tuple[str, int]] = {person: (BLOOD, -1)}
    for _ in range(depth):
        following: dict[int, tuple[str, int]] = {}
        for one, (label, _) in level.items():
            for other, tie in _all(links[one]).items():
                joined = label or tie
                if other not in following or (following[other][0] and not joined):
                    following[other] = (joined, one)
        level = following
    return level


def _exactly(up: bool, depth: int) -> Callable[[Graph, int, int], list[_Found]]:
    def find(graph: Graph, person: int, _: int) -> list[_Found]:
        links = graph.parents if up else graph.children
        ups, downs = (0, depth) if up else (depth, 0)
        return [
            _Found(
                one,
                labelled(blood_term(ups, downs, graph.sexes[one]), label),
                label,
                depth,
                depth,
                via if depth > 1 else -1,
            )
            for one, (label, via) in _levels(graph, person, links, depth).items()
        ]

    return find


def _lineage(up: bool) -> Callable[[Graph, int, int], list[_Found]]:
    """Find all ancestors, or all descendants."""

    def find(graph: Graph, person: int, generations: int) -> list[_Found]:
        links = graph.parents if up else graph.children
        by_birth = _nearest(links, person, blood=True)
        anyhow = _nearest(links, person, blood=False)
        deepest = {person: 0}
        for one in sorted(anyhow, key=graph.order.__getitem__, reverse=up):
            for other, _, _ in links[one]:
                deepest[other] = max(deepest.get(other, 0), deepest[one] + 1)
        found: list[_Found] = []
        for one, near in anyhow.items():
            if one == person:
                continue
            label = BLOOD
            if one not in by_birth:
                label = _tie(graph, links, person, one, anyhow)
            near = by_birth.get(one, near)
            if generations and near > generations:
                continue
            ups, downs = (0, near) if up else (near, 0)
            term = labelled(blood_term(ups, downs, graph.sexes[one]), label)
            found.append(_Found(one, term, label, near, deepest[one]))
        return found

    return find


def _nearest(links: list[list[tuple[int, str, int]]], person: int, *, blood: bool) -> dict[int, int]:
    near = {person: 0}
    level = [person]
    while level:
        following: list[int] = []
        for one in level:
            for other, label, _ in links[one]:
                if other not in near and (label == BLOOD or not blood):
                    near[other] = near[one] + 1
                    following.append(other)
        level = following
    return near


def _tie(graph: Graph, links: list[list[tuple[int, str, int]]], person: int, end: int, near: dict[int, int]) -> str:
    """Return the tie, other than birth, that stands nearest to somebody on the shortest way from a person."""
    back = graph.children if links is graph.parents else graph.parents
    one, label = end, BLOOD
    while one != person:
        before = [(other, tie) for other, tie in _all(back[one]).items() if near.get(other) == near[one] - 1]
        one, tie = min(before, key=lambda pair: bool(pair[1]))
        label = tie or label
    return label


def _siblings(graph: Graph, person: int, *, half: bool | None) -> list[_Found]:
    """Find siblings: full ones and those by adoption, half ones, or (None) all of them."""
    found: dict[int, _Found] = {}
    for parent, mine in _all(graph.parents[person]).items():
        for other, theirs in _all(graph.children[parent]).items():
            if other == person:
                continue
            label = mine or theirs
            is_half = not graph.full(person, other, blood=label == BLOOD)
            term = labelled(blood_term(1, 1, graph.sexes[other], half=is_half), label)
            one = _Found(other, term, label, half=is_half)
            known = found.get(other)
            if known is None or (bool(label), is_half) < (bool(known.label), known.half):
                found[other] = one
    return [one for one in found.values() if half is None or one.half == half]


def _aunts(graph: Graph, person: int, _: int) -> list[_Found]:
    found: list[_Found] = []
    for parent, mine in _all(graph.parents[person]).items():
        for one in _siblings(graph, parent, half=None):
            label = mine or one.label
            term = labelled(blood_term(1, 2, graph.sexes[one.person], half=one.half), label)
            found.append(_Found(one.person, term, label, through=parent, half=one.half))
    return found


def _nieces(graph: Graph, person: int, _: int) -> list[_Found]:
    found: list[_Found] = []
    for sibling in _siblings(graph, person, half=None):
        for child, tie in _all(graph.children[sibling.person]).items():
            label = sibling.label or tie
            term = labelled(blood_term(2, 1, graph.sexes[child], half=sibling.half), label)
            found.append(_Found(child, term, label, through=sibling.person, half=sibling.half))
    return found


def _cousins(degree: int) -> Callable[[Graph, int, int], list[_Found]]:
    def find(graph: Graph, person: int, _: int) -> list[_Found]:
        found: list[_Found] = []
        for ancestor, (mine, _) in _levels(graph, person, graph.parents, degree).items():
            for sibling in _siblings(graph, ancestor, half=None):
                for cousin, (theirs, _) in _levels(graph, sibling.person, graph.children, degree).items():
                    if cousin == person:
                        continue
                    label = mine or sibling.label or theirs
                    term = labelled(blood_term(degree + 1, degree + 1, "U", half=sibling.half), label)
                    found.append(_Found(cousin, term, label, through=sibling.person, half=sibling.half))
        return found

    return find


def _spouses(graph: Graph, person: int, _: int = 0) -> list[_Found]:
    families: dict[int, list[int]] = {}
    for partner, family in graph.partners[person]:
        families.setdefault(partner, []).append(family)
    return [
        _Found(
            partner,
            spouse_word(graph.sexes[partner], married=any(family not in graph.unmarried for family in shared)),
            "marriage",
        )
        for partner, shared in families.items()
    ]


def _parents_in_law(graph: Graph, person: int, _: int) -> list[_Found]:
    return [
        _Found(
            parent,
            f"{labelled(blood_term(0, 1, graph.sexes[parent]), label)}-in-law",
            label or "marriage",
            through=spouse.person,
        )
        for spouse in _spouses(graph, person)
        for parent, label in _all(graph.parents[spouse.person]).items()
    ]


def _siblings_in_law(graph: Graph, person: int, _: int) -> list[_Found]:
    found: list[_Found] = []
    for spouse in _spouses(graph, person):
        found += [
            _Found(one.person, f"{one.term}-in-law", one.label or "marriage", through=spouse.person)
            for one in _siblings(graph, spouse.person, half=None)
            if one.person != person
        ]
    for sibling in _siblings(graph, person, half=None):
        found += [
            _Found(
                one.person,
                f"{blood_term(1, 1, graph.sexes[one.person])}-in-law",
                sibling.label or "marriage",
                through=sibling.person,
            )
            for one in _spouses(graph, sibling.person)
            if one.person != person
        ]
    return found


def _step_family(graph: Graph, person: int, _: int) -> list[_Found]:
    found: list[_Found] = []
    parents = _all(graph.parents[person])
    siblings = {one.person for one in _siblings(graph, person, half=None)}
    for parent, tie in parents.items():
        if tie == "step":
            found.append(_Found(parent, labelled(blood_term(0, 1, graph.sexes[parent]), "step"), "step"))
            continue
        for partner in _spouses(graph, parent):
            if partner.person in parents or partner.person == person:
                continue
            term = labelled(blood_term(0, 1, graph.sexes[partner.person]), "step")
            found.append(_Found(partner.person, term, "step", through=parent))
            found += [
                _Found(child, labelled(blood_term(1, 1, graph.sexes[child]), "step"), "step", through=partner.person)
                for child in _all(graph.children[partner.person])
                if child != person and child not in siblings
            ]
    children = _all(graph.children[person])
    for child, tie in children.items():
        if tie == "step":
            found.append(_Found(child, labelled(blood_term(1, 0, graph.sexes[child]), "step"), "step"))
    for spouse in _spouses(graph, person):
        found += [
            _Found(child, labelled(blood_term(1, 0, graph.sexes[child]), "step"), "step", through=spouse.person)
            for child in _all(graph.children[spouse.person])
            if child not in children and child != person
        ]
    return found


def _line(sex: str) -> Callable[[Graph, int, int], list[_Found]]:
    """Follow fathers, or mothers, by birth, as far as they are recorded."""

    def find(graph: Graph, person: int, generations: int) -> list[_Found]:
        found: list[_Found] = []
        one = person
        while not generations or len(found) < generations:
            parents = [p for p, tie in _all(graph.parents[one]).items() if tie == BLOOD and graph.sexes[p] == sex]
            if not parents:
                break
            one = parents[0]
            depth = len(found) + 1
            found.append(_Found(one, blood_term(0, depth, sex), BLOOD, depth, depth))
        return found

    return find


def _full_siblings(graph: Graph, person: int, _: int) -> list[_Found]:
    return _siblings(graph, person, half=False)


def _half_siblings(graph: Graph, person: int, _: int) -> list[_Found]:
    return _siblings(graph, person, half=True)


_FINDERS: dict[str, Callable[[Graph, int, int], list[_Found]]] = {
    "parents": _exactly(up=True, depth=1),
    "grandparents": _exactly(up=True, depth=2),
    "great_grandparents": _exactly(up=True, depth=3),
    "ancestors": _lineage(up=True),
    "children": _exactly(up=False, depth=1),
    "grandchildren": _exactly(up=False, depth=2),
    "descendants": _lineage(up=False),
    "siblings": _full_siblings,
    "half_siblings": _half_siblings,
    "spouses": _spouses,
    "aunts_uncles": _aunts,
    "nieces_nephews": _nieces,
    "first_cousins": _cousins(1),
    "second_cousins": _cousins(2),
    "parents_in_law": _parents_in_law,
    "siblings_in_law": _siblings_in_law,
    "step_family": _step_family,
    "paternal_line": _line("M"),
    "maternal_line": _line("F"),
}
RELATIONS = tuple(_FINDERS)
"""The kinds of relatives that can be listed."""
