"""The engine and brute force agree on ten thousand pairs of random families, each with marriages of kin and adoptions."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from apps.simon.tests.kinship.brute import Brute
from apps.simon.tests.kinship.shapes import random_shape
from gemwright_simon.kinship import Graph, relationship, relatives

PAIRS = 10_000
FAMILIES = 40
PARTS = 5


def compare(a: str, b: str, graph: Graph, brute: Brute, kinds: Counter[str]) -> list[str]:
    """Return what differs for one pair."""
    found = relationship(graph, a, b)
    assert not found.searched
    kinds.update("half" if line.half else line.basis for line in found.lines)
    differs: list[str] = []
    blood = {(frozenset(one.common), one.up_a, one.up_b, one.half) for one in found.lines if one.basis == "blood"}
    wanted = brute.blood(a, b)
    if blood != wanted:
        differs.append(f"blood {a}~{b}: {blood ^ wanted}")
    nearest = brute.nearest(a, b)
    wrong = [one for one in found.lines if one.basis == "blood" and one.remote == bool(nearest & set(one.common))]
    differs += [f"remote {a}~{b}: {one.common}" for one in wrong]
    others = {
        (top, one.up_a, one.up_b)
        for one in found.lines
        if one.basis != "blood" and one.up_a is not None
        for top in one.common
    }
    if others != brute.other(a, b):
        differs.append(f"adoptive {a}~{b}: {others ^ brute.other(a, b)}")
    steps = brute.one_marriage(a, b)
    married = relationship(graph, a, b, "marriage").lines if steps is not None or not found.lines else ()
    once = [len(one.arrows) for one in married if one.arrows.count("=") == 1]
    if once != [steps] * len(once) or (steps is not None) != bool(once):
        differs.append(f"marriage {a}~{b}: {once}, {steps}")
    return differs


@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_pairs_are_related_as_brute_force_says(part: int) -> None:
    """Ancestors, generations, halves, adoptive lines, and the steps to the nearest tie by marriage."""
    differs: list[str] = []
    kinds: Counter[str] = Counter()
    for seed in range(part * FAMILIES // PARTS, (part + 1) * FAMILIES // PARTS):
        shape = random_shape(seed, people=60 + seed, loops=seed % 3)
        graph = Graph(shape)
        brute = Brute(shape, graph.cut)
        chance = random.Random(seed)
        for _ in range(PAIRS // FAMILIES):
            a, b = chance.sample(shape.people, 2)
            differs += compare(a, b, graph, brute, kinds)
    assert not differs, f"{len(differs)}: {differs[:3]}"
    # The families hold enough of each kind for the comparison to mean something.
    assert all(kinds[kind] > 10 for kind in ("blood", "half", "adoptive", "foster", "marriage", "step")), kinds


def test_ties_left_out_are_those_that_close_a_loop_and_no_others() -> None:
    """Whoever was cut off as a parent descends from the child by the ties that are left."""
    looped = 0
    for seed in range(200):
        shape = random_shape(seed, people=40, loops=3)
        graph = Graph(shape)
        brute = Brute(shape, graph.cut)
        above = {person: {way[-1] for way in brute.ways_up(person, birth=False)} for person in shape.people}
        for child, parent in graph.cut:
            looped += 1
            assert child in above[parent], f"{child} is not above {parent}: nothing to cut"
    assert looped > 100


def test_lists_of_relatives_hold_whom_brute_force_finds() -> None:
    """Ancestors with generations, parents to great-grandparents, full and half siblings, spouses, cousins."""
    for seed in range(20):
        shape = random_shape(seed, people=80)
        graph = Graph(shape)
        brute = Brute(shape)
        for person in shape.people:
            ways = brute.ways_up(person, birth=True)
            depth: dict[str, set[int]] = {}
            for way in ways:
                depth.setdefault(way[-1], set()).add(len(way) - 1)
            blood = [one for one in relatives(graph, person, "ancestors") if one.basis == "blood"]
            assert {one.handle: one.generation for one in blood} == {
                who: min(far) for who, far in depth.items() if who != person
            }
            for relation, far in (("parents", 1), ("grandparents", 2), ("great_grandparents", 3)):
                there = {one.handle for one in relatives(graph, person, relation) if one.basis == "blood"}
                assert there == {who for who, all_far in depth.items() if far in all_far}, relation
            parents = {one for one, birth in brute.up[person].items() if birth}
            kin = {child for parent in parents for child in brute.down[parent]} - {person}
            full = {one for one in kin if brute.same_couple(person, one, birth=True)}
            assert {one.handle for one in relatives(graph, person, "siblings") if one.basis == "blood"} == full
            assert {
                one.handle for one in relatives(graph, person, "half_siblings") if one.basis == "blood"
            } == kin - full
            spouses = {one.handle for one in relatives(graph, person, "spouses")}
            assert spouses == brute.wed[person]
            for one in relatives(graph, person, "descendants"):
                if one.basis == "blood":
                    assert any(way[-1] == person for way in brute.ways_up(one.handle, birth=True))
            for one in relatives(graph, person, "first_cousins"):
                if one.basis == "blood":  # through another couple they can be nearer kin
                    assert any(up_a + up_b <= 4 for _, up_a, up_b, _ in brute.blood(person, one.handle))
