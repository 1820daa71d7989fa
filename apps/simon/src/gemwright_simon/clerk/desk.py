"""What every answer of the clerk has at hand: the tree, the conversation's focus, and how slots become people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.people import Focus, Found, resolve
from gemwright_simon.clerk.say import dated, first, label, named
from gemwright_simon.kinship import Graph
from gemwright_simon.records import Family, Person
from gemwright_simon.tree import Tree

__all__ = ["Aside", "Desk", "NoReading", "candidates"]

_MOST_CANDIDATES = 30
_MOST_LIKE = 5
_ONLY_LIKE = frozenset({"sounds like", "spelt like"})


class NoReading(Exception):
    """The words of a slot name nobody: the question was not meant this way."""


class Aside(Exception):
    """Something has to be said in place of an answer: who is meant, or that nobody is.

    Attributes:
        answer: what is said.
        certain: whether the words were understood for sure: several people of that name.
    """

    def __init__(self, answer: Answer, *, certain: bool) -> None:
        super().__init__(answer.text)
        self.answer = answer
        self.certain = certain


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer is made from.

    Attributes:
        tree: the tree, without what is private.
        focus: whom the conversation is about.
    """

    tree: Tree
    focus: Focus

    @property
    def graph(self) -> Graph:
        """The family links of the tree."""
        return Graph.of(self.tree)

    def found(self, question: Question, slot: str = "a") -> Found:
        """Resolve a slot.

        Raises:
            NoReading: its words are nobody's name.
            Aside: they name nobody of the tree.
        """
        words = question.get(slot)
        if not words:
            raise NoReading
        found = resolve(self.tree, words, self.focus)
        if not found.handles:
            if found.missing:
                raise Aside(Answer(found.missing, kind=question.kind), certain=False)
            raise NoReading
        if found.why in _ONLY_LIKE:
            raise Aside(_like(self.tree, found, question.kind), certain=False)
        return found

    def one(self, question: Question, slot: str = "a", among: Iterator[str] | None = None) -> Person:
        """Resolve a slot to one person.

        Args:
            question: the question.
            slot: which of its slots.
            among: handles that settle an ambiguity if exactly one of them is meant, as the partners of the other slot.

        Raises:
            NoReading: its words are nobody's name.
            Aside: they name nobody of the tree, or several people.
        """
        found = self.found(question, slot)
        handles = found.handles
        if len(handles) > 1 and among is not None:
            meant = tuple(one for one in dict.fromkeys(among) if one in handles)
            handles = meant if meant else handles
        if len(handles) > 1:
            raise Aside(candidates(self.tree, found.text, handles, question.kind), certain=True)
        person = self.tree.person(next(iter(handles)))
        if person is None or person.hidden:
            raise Aside(
                Answer(f"Nobody called {found.text} is in this tree, or the record is private.", kind=question.kind),
                certain=False,
            )
        return person

    def couple(self, question: Question) -> tuple[Person, Person]:
        """Resolve the slots `a` and `b` as partners: where a name is shared, the one married to the other is meant."""
        found_a, found_b = self.found(question, "a"), self.found(question, "b")
        pairs = [
            (one, other)
            for one in found_a.handles
            for other in self.partners(one)
            if other in found_b.handles and other != one
        ]
        if len(set(pairs)) == 1 and (len(found_a.handles) > 1 or len(found_b.handles) > 1):
            people = self.tree.person(pairs[0][0]), self.tree.person(pairs[0][1])
            if people[0] is not None and people[1] is not None:
                return people[0], people[1]
        return self.one(question, "a", iter([a for a, _ in pairs])), self.one(
            question, "b", iter([b for _, b in pairs])
        )

    def partners(self, handle: str) -> Iterator[str]:
        """Yield the handles of a person's partners, in the order of the file."""
        for family in self.families(self.tree.person(handle)):
            yield from (one for one in family.partners if one != handle)

    def families(self, person: Person | None) -> Iterator[Family]:
        """Yield the families in which a person is a partner."""
        for handle in person.partner_in if person is not None else ():
            family = self.tree.family(handle)
            if family is not None:
                yield family

    def family_of(self, a: Person, b: Person) -> Family | None:
        """Return the family of two partners."""
        both = {a.handle, b.handle}
        return next((one for one in self.families(a) if both <= set(one.partners)), None)


def _like(tree: Tree, found: Found, kind: str) -> Answer:
    """Return the answer that nobody has a name, with those whose names are like it: what is true of them is not told."""
    lines = [f"{number}. {label(tree.person(one))}" for number, one in enumerate(found.handles[:_MOST_LIKE], 1)]
    text = f"Nobody called {found.text} is in this tree, or the record is private. Do you mean somebody whose name is like it?"
    handles = found.handles[:_MOST_LIKE]
    return Answer("\n".join([text, *lines]), core=handles, listed=handles, kind=kind)


def candidates(tree: Tree, name: str, handles: tuple[str, ...], kind: str = "") -> Answer:
    """Return the answer that asks which of several people is meant.

    Args:
        tree: the tree.
        name: the words that fit them all.
        handles: the people.
        kind: the question's kind.
    """
    lines: list[str] = []
    evidence: list[Evidence] = []
    for number, handle in enumerate(handles[:_MOST_CANDIDATES], 1):
        person = tree.person(handle)
        if person is None:
            continue
        events = [(word, first(person, event)) for word, event in (("born", "birth"), ("died", "death"))]
        life = ", ".join(
            f"{word} {dated(event.date)}" for word, event in events if event is not None and event.date.text
        )
        lines.append(f"{number}. {label(person)}" + (f", {life}" if life else ""))
        evidence.append(Evidence(handle, named(person) + (f", {life}" if life else "")))
    more = len(handles) - _MOST_CANDIDATES
    tail = f"\nand {more} more: add a year or another name." if more > 0 else ""
    head = f"{len(handles)} people fit \u201c{name}\u201d. Which one do you mean?"
    return Answer(
        head + "\n" + "\n".join(lines) + tail, tuple(evidence), core=tuple(handles), listed=tuple(handles), kind=kind
    )
