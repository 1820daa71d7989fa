"""Whom a conversation is about: the person who asks, the people named last, and the list shown last."""

from __future__ import annotations

import re

from gemwright_simon.clerk import Answer
from gemwright_simon.records import Person
from gemwright_simon.tree import Tree

__all__ = ["FocusStack"]

_DEPTH = 5
_SEXES = {"he": "M", "him": "M", "his": "M", "she": "F", "her": "F"}
_SPELLED = re.compile(
    r"\b(?P<own>his|their|my|her(?= [a-z]))\b|\b(?P<who>he|him|she|her|they|them|i|me)\b|"
    r"\bthe (?P<nth>first|second|third|fourth|fifth|last) one(?P<of>'s)?\b",
    re.IGNORECASE,
)
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}


class FocusStack:
    """What pronouns and "the second one" stand for.

    Args:
        tree: the tree.
        home: handle of the person who asks; empty where it is not known.
    """

    def __init__(self, tree: Tree, home: str = "") -> None:
        self._tree = tree
        self._home = home
        self._people: list[str] = []
        self._list: tuple[str, ...] = ()
        self.last: Answer | None = None

    @property
    def home(self) -> str:
        """The handle of the person who asks; empty where it is not known."""
        return self._home

    @home.setter
    def home(self, handle: str) -> None:
        self._home = handle

    @property
    def people(self) -> tuple[str, ...]:
        """The handles of the people talked about, the last first."""
        return tuple(self._people)

    def pronoun(self, word: str) -> str:
        """Return the handle that a pronoun stands for: the last person of that sex; `they` is the last of all.

        Whoever asks says "I", so that "he" is somebody else wherever there is somebody else.
        """
        sex = _SEXES.get(word, "")
        for handle in sorted(self._people, key=lambda one: one == self._home):
            person = self._tree.person(handle)
            if person is not None and (not sex or person.sex in (sex, "U", "X")):
                return handle
        return ""

    def listed(self, number: int) -> str:
        """Return the handle of the person at a place of the last list, from 1; -1 is the last."""
        if number == -1:
            return self._list[-1] if self._list else ""
        return self._list[number - 1] if 0 < number <= len(self._list) else ""

    def note(self, answer: Answer) -> None:
        """Remember whom an answer was about."""
        self.last = answer
        self.name(*reversed(answer.people))
        if answer.listed:
            self._list = answer.listed

    def name(self, *handles: str) -> None:
        """Remember that people were named; the last of them is the nearest."""
        for handle in handles:
            if handle in self._people:
                self._people.remove(handle)
            self._people.insert(0, handle)
        del self._people[_DEPTH:]

    def spelled(self, question: str) -> str:
        """Return a question with names in place of pronouns and of places in the last list, where it is clear who is meant."""

        def name(found: re.Match[str]) -> str:
            word = (found["own"] or found["who"] or "").lower()
            if found["nth"]:
                handle = self.listed(_NTH[found["nth"].lower()])
            elif word in ("i", "me", "my"):
                handle = self._home
            else:
                handle = self.pronoun(word)
            person = self._tree.person(handle) if handle else None
            if person is None or person.hidden or not person.names:
                return found[0]
            return person.names[0].text + ("'s" if found["own"] or found["of"] else "")

        return _SPELLED.sub(name, question)

    def line(self) -> str:
        """Return who is talked about, in one line for the model; empty at the beginning."""
        parts = [f"you speak with {_shown(self._tree.person(self._home))}"] if self._home else []
        people = [_shown(person) for one in self._people if (person := self._tree.person(one)) is not None]
        if people:
            parts.append("talked about: " + ", ".join(people))
        return "; ".join(parts)


def _shown(person: Person | None) -> str:
    if person is None or person.hidden or not person.names:
        return "a living person"
    return f"{person.names[0].text} [{person.handle}] {person.sex}"
