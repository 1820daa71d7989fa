"""Conversations of four to six turns with pronouns, made from a tree: what is right is reckoned from the records alone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.simon.tests.clerk.truth import Truth
from gemwright_simon.records import Person
from gemwright_simon.tree import Tree


@dataclass(frozen=True)
class Turn:
    """A question of a conversation.

    Attributes:
        question: as asked.
        says: texts that have to stand in the answer.
    """

    question: str
    says: tuple[str, ...]


def dialogues(tree: Tree, seed: int, each: int = 2) -> list[tuple[Turn, ...]]:
    """Return conversations of five kinds over a tree, some of each kind, the same for a seed."""
    truth = Truth(tree)
    names = [name.text.lower() for one in truth.people.values() for name in one.names]
    people = [
        one
        for one in truth.people.values()
        if one.names
        and names.count(one.names[0].text.lower()) == 1
        and re.fullmatch(r"[^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*)+", one.names[0].text)
        and truth.plain(one.handle)
    ]
    random.Random(seed).shuffle(people)
    found: list[tuple[Turn, ...]] = []
    for make in (_parents, _couple, _children, _home, _back):
        made = (turns for one in people if (turns := make(truth, one)) is not None)
        found += [turns for _, turns in zip(range(each), made, strict=False)]
    return found


def _said(truth: Truth, person: Person, kind: str, field: str) -> tuple[str, ...] | None:
    event = truth.event(person.handle, kind)
    text = "" if event is None else event.date.text if field == "date" else event.place
    return (text,) if text else None


def _he(person: Person) -> tuple[str, str]:
    return ("he", "his") if person.sex == "M" else ("she", "her")


def _parent(truth: Truth, person: Person, sex: str) -> Person | None:
    above = [truth.people[one] for one in truth.parents(person.handle) if one in truth.people]
    found = [one for one in above if one.sex == sex]
    return found[0] if len(found) == 1 and len(above) == len(truth.parents(person.handle)) else None


def _parents(truth: Truth, one: Person) -> tuple[Turn, ...] | None:
    father = _parent(truth, one, "M")
    born, died = _said(truth, one, "birth", "date"), _said(truth, one, "death", "place")
    if father is None or one.sex != "F" or not born or not died:
        return None
    when, wives = _said(truth, father, "birth", "date"), truth.spouses(father.handle)
    if not when or not wives or wives & truth.hidden:
        return None
    return (
        Turn(f"When was {one.names[0].text} born?", born),
        Turn("And where did she die?", died),
        Turn("Who was her father?", (f"[{father.handle}]",)),
        Turn("When was he born?", when),
        Turn("Whom did he marry?", tuple(f"[{wife}]" for wife in wives)),
    )


def _couple(truth: Truth, one: Person) -> tuple[Turn, ...] | None:
    wives = truth.spouses(one.handle)
    if len(wives) != 1 or wives & truth.hidden or one.sex not in ("M", "F"):
        return None
    other = truth.people[next(iter(wives))]
    mother, born = _parent(truth, other, "F"), _said(truth, other, "birth", "date")
    children = truth.children(other.handle)
    if {one.sex, other.sex} != {"M", "F"} or mother is None or not born or not children or children & truth.hidden:
        return None
    he, his = _he(other)
    return (
        Turn(f"Whom did {one.names[0].text} marry?", (f"[{other.handle}]",)),
        Turn(f"When was {he} born?", born),
        Turn(f"How many children did {he} have?", (str(len(children)),)),
        Turn(f"Who was {his} mother?", (f"[{mother.handle}]",)),
    )


def _children(truth: Truth, one: Person) -> tuple[Turn, ...] | None:
    children = truth.children(one.handle)
    if len(children) != 1 or children & truth.hidden:
        return None
    child = truth.people[next(iter(children))]
    born, died = _said(truth, child, "birth", "date"), _said(truth, child, "death", "date")
    siblings = truth.full_siblings(child.handle)
    if not born or not died or child.sex not in ("M", "F") or siblings:
        return None
    he, _ = _he(child)
    return (
        Turn(f"List {one.names[0].text}'s children.", (f"[{child.handle}]",)),
        Turn("When was the first one born?", born),
        Turn(f"When did {he} die?", died),
        Turn(f"And when was {he} born?", born),
    )


def _home(truth: Truth, one: Person) -> tuple[Turn, ...] | None:
    father, mother = _parent(truth, one, "M"), _parent(truth, one, "F")
    born = _said(truth, one, "birth", "date")
    above = truth.steps([one.handle], 2, 0)
    if father is None or mother is None or not born or not above or above & truth.hidden:
        return None
    when = _said(truth, father, "birth", "date")
    if not when:
        return None
    return (
        Turn(f"I am {one.names[0].text}", (f"[{one.handle}]",)),
        Turn("When was I born?", born),
        Turn("Who is my mother?", (f"[{mother.handle}]",)),
        Turn("Who is my father?", (f"[{father.handle}]",)),
        Turn("When was he born?", when),
        Turn("Who are my grandparents?", tuple(f"[{handle}]" for handle in above)),
    )


def _back(truth: Truth, one: Person) -> tuple[Turn, ...] | None:
    """Two people of different sex, then a pronoun for the one who was named first."""
    others: Iterator[Person] = (
        other
        for other in truth.people.values()
        if other.sex in ("M", "F") and one.sex in ("M", "F") and other.sex != one.sex and truth.plain(other.handle)
    )
    names = [name.text.lower() for person in truth.people.values() for name in person.names]
    died, place = _said(truth, one, "death", "date"), _said(truth, one, "birth", "place")
    for other in others:
        born, dead = _said(truth, other, "birth", "date"), _said(truth, other, "death", "place")
        if died and place and born and dead and other.names and names.count(other.names[0].text.lower()) == 1:
            return (
                Turn(f"When did {one.names[0].text} die?", died),
                Turn(f"When was {other.names[0].text} born?", born),
                Turn(f"Where was {_he(one)[0]} born?", place),
                Turn(f"Where did {_he(other)[0]} die?", dead),
            )
    return None
