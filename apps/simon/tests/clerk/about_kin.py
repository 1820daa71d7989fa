"""Templates about relatives: who they are, how many, how far the lines go."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps.simon.tests.clerk.asking import TEMPLATES, Asked, Templates, name_of, of_sex
from apps.simon.tests.clerk.truth import Truth


def _cousins(truth: Truth, one: str) -> set[str]:
    """Return the first cousins; nobody where the parents are siblings of any kind, since siblings are cousins then."""
    found = {child for aunt in truth.aunts_uncles(one) for child in truth.children(aunt)}
    near = {beside for parent in truth.parents(one) for beside in truth.siblings(parent)}
    return found if not found & truth.siblings(one) and not near & truth.parents(one) else set()


def _listed(number: int, find: Callable[[Truth, str], set[str]], *wordings: str, count: bool = False) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            found = find(t.truth, one.handle)
            if found and t.truth.plain(*found) and not found & t.truth.hidden and one.handle not in found:
                question = t.ask(*wordings, a=name_of(one))
                if count:
                    yield Asked(n, question, number_is=len(found))
                else:
                    yield Asked(n, question, handles=frozenset(found), about=frozenset({one.handle}))

    TEMPLATES[number] = make


_listed(11, of_sex("M"), "Who was {a}'s father?", "Who was the father of {a}?", "Name the father of {a}.")
_listed(12, of_sex("F"), "Who was {a}'s mother?", "Who was the mother of {a}?", "Name {a}'s mother.")
_listed(13, Truth.spouses, "Whom did {a} marry?", "Who was {a} married to?", "List the spouses of {a}.")
_listed(
    14,
    lambda truth, one: truth.spouses(one) if len(truth.spouses(one)) > 1 else set(),
    "How many times did {a} marry, and whom, in order?",
    "How often did {a} marry?",
    "List the marriages of {a}.",
)
_listed(15, Truth.children, "List {a}'s children.", "Who were the children of {a}?", "Which children did {a} have?")
_listed(
    16,
    Truth.children,
    "How many children did {a} have?",
    "How many kids did {a} have?",
    "What is the number of children of {a}?",
    count=True,
)
_listed(
    17,
    Truth.full_siblings,
    "Who are the full siblings of {a}?",
    "List the siblings of {a}.",
    "Who were {a}'s brothers and sisters?",
)
_listed(
    18,
    Truth.half_siblings,
    "Who are the half-siblings of {a}?",
    "List {a}'s half siblings.",
    "Did {a} have half-siblings?",
)
_listed(
    19,
    lambda truth, one: truth.steps([one], 2, 0),
    "Who are the grandparents of {a}?",
    "List {a}'s grandparents.",
    "Name the grandparents of {a}.",
)
_listed(
    20,
    lambda truth, one: truth.steps([one], 0, 2),
    "Who are the grandchildren of {a}?",
    "List {a}'s grandchildren.",
    "Which grandchildren did {a} have?",
)
_listed(
    27,
    Truth.aunts_uncles,
    "Who are the aunts and uncles of {a}?",
    "List {a}'s uncles and aunts.",
    "Name the aunts and uncles of {a}.",
)
_listed(
    28,
    lambda truth, one: (
        {child for sibling in truth.siblings(one) for child in truth.children(sibling)} - truth.children(one)
    ),
    "Who are the nieces and nephews of {a}?",
    "List {a}'s nephews and nieces.",
    "Which nieces and nephews did {a} have?",
)
_listed(
    29,
    _cousins,
    "Who are the first cousins of {a}?",
    "List {a}'s cousins.",
    "Name the first cousins of {a}.",
)
_listed(
    30,
    lambda truth, one: {parent for spouse in truth.spouses(one) for parent in truth.parents(spouse)},
    "Who are the parents-in-law of {a}?",
    "List {a}'s parents-in-law.",
    "Who were the parents in law of {a}?",
)
_listed(
    34,
    lambda truth, one: set(truth.line(one, up=True)),
    "How many ancestors of {a} are in the tree?",
    "How many ancestors does {a} have?",
    "How many ancestors are recorded for {a}?",
    count=True,
)
_listed(
    36,
    lambda truth, one: set(truth.line(one, up=False)),
    "How many descendants does {a} have?",
    "How many descendants of {a} are in the tree?",
    "How many people descend from {a}?",
    count=True,
)
_listed(
    38,
    lambda truth, one: truth.steps([one], 3, 0),
    "Who are the great-grandparents of {a}?",
    "List {a}'s great-grandparents.",
    "Name the great grandparents of {a}.",
)
_listed(
    39,
    lambda truth, one: {far for near in of_sex("M")(truth, one) for far in of_sex("M")(truth, near)},
    "Who was {a}'s father's father?",
    "Who was the father's father of {a}?",
    "Who was the paternal grandfather of {a}?",
)
_listed(
    40,
    lambda truth, one: {far for near in of_sex("F")(truth, one) for far in of_sex("F")(truth, near)},
    "Who was {a}'s mother's mother?",
    "Who was the maternal grandmother of {a}?",
    "Who was the mother of the mother of {a}?",
)


def _depth(number: int, up: bool, *wordings: str) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            line = t.truth.line(one.handle, up=up)
            if line and t.truth.plain(*line):
                yield Asked(n, t.ask(*wordings, a=name_of(one)), number_is=max(line.values()))

    TEMPLATES[number] = make


_depth(
    35,
    True,
    "How many generations back does {a}'s line go?",
    "How far back does {a}'s ancestry go?",
    "How many generations of ancestors does {a} have?",
)
_depth(
    37,
    False,
    "How many generations of descendants does {a} have?",
    "How many generations descend from {a}?",
    "How many generations of descendants are there of {a}?",
)
