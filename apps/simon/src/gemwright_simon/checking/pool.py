"""The evidence that an answer may rest on: what tools returned in this turn, and what the ledger keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gemwright_simon.clerk.people import fold
from gemwright_simon.kinship import Graph
from gemwright_simon.records import Event, Person
from gemwright_simon.tree import Tree

__all__ = ["HANDLES", "Pool", "handles_in"]

HANDLES: Final = re.compile(r"\[([^\[\]\s]{1,60}(?:\s?[~,]\s?[^\[\]\s]{1,60})*)\]")
_NUMBER: Final = re.compile(r"(?<![A-Za-z\d])(?:p\.|q)?(\d+)(?!\d)")
_MARKS: Final = re.compile(r"\{([^{}]*)\}")


def handles_in(text: str) -> list[str]:
    """Return the handles that stand in square brackets, pairs such as `I1~I2` as both."""
    return [one for found in HANDLES.findall(text) for one in re.split(r"[~,\s]+", found) if one]


@dataclass(frozen=True)
class Pool:
    """What was returned, and the tree behind it.

    Attributes:
        tree: the tree; a record counts only once its handle was returned.
        lines: what tools returned, and the lines of the ledger.
        question: what was asked: its own words may come back.
        extra: handles that count as returned without a line.
    """

    tree: Tree
    lines: tuple[str, ...]
    question: str = ""
    extra: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """Everything that was returned, as one text."""
        return "\n".join(self.lines)

    @cached_property
    def handles(self) -> frozenset[str]:
        """The handles that were returned; an event's handle brings its owner."""
        cited = {
            one
            for marks in _MARKS.findall(self.text)
            for one in re.split(r"[\s;,]+", marks)
            if one and self.tree.source(one)
        }
        found = set(handles_in(self.text)) | set(self.extra) | cited
        return frozenset(found | {one.partition(".")[0] for one in found})

    @cached_property
    def people(self) -> dict[str, Person]:
        """The people whose handles were returned, and of returned families the partners and children."""
        found: dict[str, Person] = {}
        for handle in sorted(self.handles):
            family = self.tree.family(handle)
            members = (*family.partners, *family.children) if family is not None else (handle,)
            for one in members:
                person = self.tree.person(one)
                if person is not None and not person.hidden:
                    found[one] = person
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that were returned, folded, and those of the question."""
        names = " ".join(name.text for person in self.people.values() for name in person.names)
        titles = " ".join(source.title for handle in self.handles if (source := self.tree.source(handle)) is not None)
        return frozenset(fold(f"{self.text} {names} {titles} {self.question}").replace("'", " ").split())

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers that were returned."""
        return frozenset(int(one) for one in _NUMBER.findall(self.text) if len(one) < 9)

    @cached_property
    def graph(self) -> Graph:
        """The family links of the tree."""
        return Graph.of(self.tree)

    def events(self, handle: str) -> list[Event]:
        """Return a person's events, with those of the person's families."""
        person = self.people.get(handle)
        if person is None:
            return []
        families = [family for one in person.partner_in if (family := self.tree.family(one)) is not None]
        return [*person.events, *(event for family in families for event in family.events)]

    def partners(self, event: Event) -> tuple[str, ...]:
        """Return the partners of the family that an event belongs to; nobody for a person's own event."""
        family = self.tree.family(event.handle.partition(".")[0])
        return family.partners if family is not None else ()

    def returned(self, event: Event) -> bool:
        """Tell whether an event was among what was returned: by its handle, or by its date or place in the text."""
        return event.handle in self.handles or any(
            word and word in self.text for word in (event.date.text, event.place)
        )
