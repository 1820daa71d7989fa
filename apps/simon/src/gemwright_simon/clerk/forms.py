"""Question forms filled with people, places and years of the tree at hand: what can be asked here, and what comes nearest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from gemwright_simon.clerk.people import fold
from gemwright_simon.clerk.say import events_of, first, named
from gemwright_simon.clerk.spans import middle_year
from gemwright_simon.records import Person
from gemwright_simon.tree import Tree

__all__ = ["FORMS", "GET_MODEL", "MODEL_SIZE", "filled", "nearest"]

GET_MODEL: Final = "ollama pull gemma4:e2b"
"""The command that brings Gemma 4 E2B to this computer, by Ollama's library."""
MODEL_SIZE: Final = "4.6 GB"
"""What it downloads. Source: https://ollama.com/library/gemma4/tags as of 2026-10-03 (corpus: timeline/ollama-smaller-tags)."""

FORMS: Final = (
    "When was {a} born?",
    "Where was {a} born?",
    "When did {a} die?",
    "Where did {a} die?",
    "Where is {a} buried?",
    "How old was {a} at death?",
    "What was the occupation of {a}?",
    "By what other names is {a} recorded?",
    "Who was the father of {a}?",
    "Who was the mother of {a}?",
    "Whom did {a} marry?",
    "How many times did {a} marry?",
    "Who are the children of {a}?",
    "How many children did {a} have?",
    "Who are the siblings of {a}?",
    "Who are the half-siblings of {a}?",
    "Who are the grandparents of {a}?",
    "Who are the grandchildren of {a}?",
    "When did {a} and {b} marry?",
    "Where did {a} and {b} marry?",
    "How old was {a} when marrying {b}?",
    "Did {a} and {b} divorce?",
    "Was {a} the 2nd child in the family?",
    "How old was {a}'s mother when {a} was born?",
    "Who are the aunts and uncles of {a}?",
    "Who are the nieces and nephews of {a}?",
    "Who are the first cousins of {a}?",
    "Who are the parents-in-law of {a}?",
    "How are {a} and {c} related?",
    "How many ancestors does {a} have?",
    "How many generations back does {a}'s line go?",
    "How many descendants does {a} have?",
    "How many generations of descendants does {a} have?",
    "Who are the great-grandparents of {a}?",
    "Who was {a}'s father's father?",
    "Who was {a}'s mother's mother?",
    "How many people have the surname {s}?",
    "Which surname is the most common?",
    "Who was born in {p}?",
    "How many people died in {p}?",
    "Who was born in the {d}s?",
    "Who is the earliest-born person named {s}?",
    "Who is the longest-lived person named {s}?",
    "How many people were alive in {y}?",
    "How many people are in the tree?",
    "What is the source for the birth of {a}?",
    "Which sources are there for {a}?",
    "Who is cited to {t}?",
    "What do the notes say about {a}?",
    "Whose dates are impossible?",
    "Which parents were under 13?",
    "Whose ancestry ends?",
    "What happened in {p} in {y}?",
)
"""The forms; `{a}` and `{b}` are partners, `{c}` somebody else, `{s}` a surname, `{p}` a place, `{t}` a source."""

_LOOKED_AT: Final = 400
_SMALL: Final = frozenset("the a an of in is was were are did does do has have had to for and at on there".split())


def filled(tree: Tree, person: str = "") -> Iterator[str]:
    """Yield the forms with something of this tree in each slot; a form whose slots cannot be filled is left out.

    Args:
        tree: the tree.
        person: handle of the person to ask about; else one of whom much is recorded.
    """
    people = [
        one
        for handle in islice(tree.people(), _LOOKED_AT)
        if (one := tree.person(handle)) is not None and not one.hidden and one.names
    ]
    chosen = tree.person(person) if person else None
    chosen = (
        chosen
        if chosen is not None and not chosen.hidden
        else max(people, key=lambda one: _richness(one), default=None)
    )
    values: dict[str, str] = {}
    if chosen is not None:
        values["a"] = named(chosen)
        values["s"] = chosen.names[0].surname
        values["b"] = next(
            (
                named(other)
                for family in chosen.partner_in
                if (found := tree.family(family)) is not None
                for one in found.partners
                if one != chosen.handle and (other := tree.person(one)) is not None and not other.hidden
            ),
            "",
        )
        values["c"] = next(
            (named(one) for one in people if one.handle != chosen.handle and named(one) != values["b"]), ""
        )
        born = first(chosen, "birth")
        places = [event.place for one in (chosen, *people) for event in events_of(one, "birth", "death") if event.place]
        values["p"] = places[0].split(",")[0].strip() if places else ""
        year = middle_year(born.date) if born is not None else None
        if year is not None:
            values["y"], values["d"] = str(year + 20), str(year // 10 * 10)
    source = next(iter(tree.sources()), "")
    values["t"] = source
    for form in FORMS:
        slots = set(re.findall(r"{(\w)}", form))
        if all(values.get(slot) for slot in slots):
            yield form.format(**values)


def _richness(person: Person) -> int:
    return len(person.events) + 2 * len(person.partner_in) + 2 * len(person.child_of) + len(person.notes)


def nearest(tree: Tree, question: str, person: str = "") -> str:
    """Return the form that shares most with a question, filled from the tree; an empty text for an empty tree.

    Args:
        tree: the tree.
        question: what was asked.
        person: handle of the person whom the question names, where it names one.
    """
    forms = list(filled(tree, person))
    if not forms:
        return ""
    chosen = tree.person(person) if person else None
    name = set(fold(named(chosen)).split()) if chosen is not None else set[str]()
    words = _stems(question) - name
    return max(forms, key=lambda form: len(words & _stems(form)) / (1 + len(_stems(form) - words)) if words else 0)


def _stems(text: str) -> set[str]:
    return {word.rstrip("s")[:5] for word in fold(text).split() if word not in _SMALL}
