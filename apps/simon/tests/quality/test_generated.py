"""The checks over generated trees: every planted fault is found, and hardly anything else is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from apps.simon.tests.samples import TODAY, tree_of
from gemwright_simon.generate import Planted, generate
from gemwright_simon.quality import KINDS, PROBLEMS, Checkup, Pair, check, duplicates, having
from gemwright_simon.tools import Toolbox
from gemwright_simon.tree import Tree

SEEDS = range(2)
PEOPLE = 1500
BENIGN = ("unreadable_date",)
"""Warnings that the generator earns: it writes some dates in words on purpose."""


@dataclass
class Generated:
    """A generated tree, what was planted in it, and what was found."""

    tree: Tree
    planted: Planted
    checkup: Checkup
    pairs: list[Pair]
    spoilt: set[str] = field(default_factory=set[str])


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> list[Generated]:
    """A few trees, with everybody shown."""
    made: list[Generated] = []
    for seed in SEEDS:
        planted = Planted()
        tree = tree_of(tmp_path_factory.mktemp("generated"), generate(seed, PEOPLE, planted))
        one = Generated(tree, planted, check(tree, TODAY), duplicates(tree)[1])
        one.spoilt.update(planted.death_before_birth, planted.young_parents, *planted.duplicates)
        made.append(one)
    return made


def dated(tree: Tree, handle: str) -> bool:
    """Tell whether a birth has two ends."""
    person = tree.person(handle)
    births = [one.date for one in person.events if one.kind == "birth"] if person else []
    return any(one.earliest is not None and one.latest is not None for one in births)


def test_every_planted_fault_is_found(trees: list[Generated]) -> None:
    """Deaths before births, and parents under thirteen of whose children one has a birth with a date."""
    for one in trees:
        found = {
            kind: {handle for finding in one.checkup.findings if finding.kind == kind for handle in finding.handles}
            for kind in KINDS
        }
        assert one.planted.death_before_birth
        assert set(one.planted.death_before_birth) <= found["death_before_birth"]
        young = {handle for handle in one.planted.young_parents if dated(one.tree, one.tree.children(handle)[0][0])}
        assert young and young <= found["young_parent"]


def test_what_was_not_planted_is_hardly_ever_found(trees: list[Generated]) -> None:
    """At most three errors and warnings in a thousand people who are not what was planted, or near it."""
    false = Counter(
        finding.kind
        for one in trees
        for finding in one.checkup.findings
        if finding.severity != "note" and finding.kind not in BENIGN and not one.spoilt & set(finding.handles)
    )
    people = sum(one.checkup.people for one in trees)
    assert people >= len(SEEDS) * PEOPLE
    assert false.total() <= 0.003 * people, false
    assert not [kind for kind in false if KINDS[kind].severity == "error"], false


def test_planted_duplicates_are_found_and_few_others(trees: list[Generated]) -> None:
    """All of which both births have a date; of pairs that were not planted, at most three in a thousand people."""
    false = 0
    for one in trees:
        found = {frozenset(pair.handles) for pair in one.pairs}
        planted = [frozenset(pair) for pair in one.planted.duplicates]
        known = [pair for pair in planted if all(dated(one.tree, handle) for handle in pair)]
        assert len(known) >= 3
        assert not [pair for pair in known if pair not in found]
        false += len(found.difference(planted))
    assert false <= 0.003 * sum(one.checkup.people for one in trees)


def test_a_search_by_problem_finds_whom_the_checks_name(trees: list[Generated]) -> None:
    """`find_people` has no rules of its own."""
    one = trees[0]
    assert set(PROBLEMS) == {
        "impossible_dates",
        "young_parent",
        "dates_conflict",
        "conflicting_sources",
        "possible_duplicate",
    }
    for problem, kinds in PROBLEMS.items():
        named = having(one.tree, problem)
        told = Toolbox(one.tree).call("find_people", {"problem": problem, "limit": 200})
        assert told.total == len(named), problem
        people = set(one.tree.people())
        by_checks = {
            handle
            for finding in check(one.tree).findings
            if finding.kind in kinds
            for handle in (finding.handles[:1] if problem == "young_parent" else finding.handles)
            if handle in people
        } | {handle for pair in one.pairs for handle in pair.handles if problem == "possible_duplicate"}
        assert named == by_checks, problem
    assert having(one.tree, "impossible_dates") >= set(one.planted.death_before_birth)
