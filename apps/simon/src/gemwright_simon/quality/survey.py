"""One pass over a tree: first and last days of lives, households, and who is whose parent, by number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gemwright_simon.tree import Tree

__all__ = ["Household", "Span", "Survey", "is_birth"]

_IN_LIFE: Final = frozenset(
    (
        "adult baptism",
        "bar mitzvah",
        "bat mitzvah",
        "census",
        "confirmation",
        "education",
        "emigration",
        "first communion",
        "graduation",
        "immigration",
        "military service",
        "naturalisation",
        "occupation",
        "ordination",
        "residence",
        "retirement",
    )
)
"""Kinds of events that lie between birth and death. What others do for the dead, and what has no day, is none of them."""


class Span(NamedTuple):
    """The days that a dated event may mean: first, last, its tag, whether it is cited."""

    lo: int | None
    hi: int | None
    tag: str
    cited: int


@dataclass(slots=True)
class Household:
    """Partners, children with the kind of their link, and marriages of a family; 0 for somebody hidden."""

    partners: list[int] = field(default_factory=list[int])
    children: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    marriages: list[Span] = field(default_factory=list[Span])


class Survey:
    """What the rules look at: everybody who is shown, by number; families have negative numbers.

    Args:
        tree: the tree.
        today: Julian day number of the day to reckon from.

    Attributes:
        sex: sex of everybody who is shown, in the order of the file.
        nameless: who has no name.
        birth, baptism, death, burial: the first dated event of the kind.
        life: dated events that lie between birth and death: owner and span.
        ahead: events after today: owner and span.
        doubled: owner and spans where a birth or a death is recorded with more than one date.
        households: by family.
        child_in: families of a child, with the kind of the link.
    """

    def __init__(self, tree: Tree, today: int) -> None:
        bulk = tree.bulk
        self.sex: dict[int, str] = {}
        self.nameless: list[int] = []
        for row in bulk.people():
            self.sex[row.n] = row.sex
            if not row.name.strip():
                self.nameless.append(row.n)
        self.households: dict[int, Household] = {}
        for family, person in bulk.partners():
            self._household(family).partners.append(person)
        self.child_in: dict[int, list[tuple[int, str]]] = {}
        for family, person, kind in bulk.children():
            self._household(family).children.append((person, kind))
            if person:
                self.child_in.setdefault(person, []).append((family, kind))
        self.birth: dict[int, Span] = {}
        self.baptism: dict[int, Span] = {}
        self.death: dict[int, Span] = {}
        self.burial: dict[int, Span] = {}
        self.life: list[tuple[int, Span]] = []
        self.ahead: list[tuple[int, Span]] = []
        self.doubled: dict[tuple[int, str], list[Span]] = {}
        first = {
            "birth": self.birth,
            "baptism": self.baptism,
            "death": self.death,
            "burial": self.burial,
            "cremation": self.burial,
        }
        for owner, tag, kind, lo, hi, _, cited in bulk.events():
            if lo is None and hi is None:
                continue
            span = Span(lo, hi, tag, cited)
            if owner < 0:
                if kind == "marriage":
                    self._household(owner).marriages.append(span)
            elif kind in first:
                known = first[kind].setdefault(owner, span)
                if known is not span and kind in ("birth", "death"):
                    self.doubled.setdefault((owner, kind), [known]).append(span)
            elif kind in _IN_LIFE:
                self.life.append((owner, span))
            if lo is not None and lo > today:
                self.ahead.append((owner, span))

    def _household(self, family: int) -> Household:
        return self.households.setdefault(family, Household())

    def born_by(self, person: int) -> int | None:
        """Return the last day on which somebody may have been born: by the birth, else the baptism."""
        for known in (self.birth, self.baptism):
            if person in known and known[person].hi is not None:
                return known[person].hi
        return None

    def died(self, person: int) -> Span | None:
        """Return the death, or the burial where no death is dated; the first day of a burial says nothing of a death's."""
        if person in self.death:
            return self.death[person]
        buried = self.burial.get(person)
        return buried._replace(lo=None) if buried is not None else None

    def parents(self) -> Iterator[tuple[int, int, int, str]]:
        """Yield family, parent, child and kind of the link for everybody who is shown."""
        for family, home in self.households.items():
            for child, kind in home.children:
                for parent in home.partners:
                    if parent and child:
                        yield family, parent, child, kind


def is_birth(kind: str) -> bool:
    """Tell whether a child's link says, or does not deny, that the parents are those of the birth."""
    return kind in ("birth", "unknown")
