"""The ties of a tree in memory: who is whose parent, child and partner, without the loops that a file may hold.

Kinship asks about thousands of people in one question, which a database answers too slowly: the graph is read once, in
one pass, and kept beside the tree. It holds handles, sexes and ties, nothing else; of a living person it knows what the
tree shows, an alias.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from weakref import WeakKeyDictionary

__all__ = ["BLOOD", "Graph", "Link", "Ties"]

BLOOD = ""
"""The label of a tie by birth. A tie of another kind says which: `adoptive`, `foster`, `step`, `sealed`."""

_LABELS = {
    "birth": BLOOD,
    "unknown": BLOOD,
    "adopted": "adoptive",
    "foster": "foster",
    "step": "step",
    "sealing": "sealed",
}

Link = tuple[int, str, int]
"""A tie between parent and child: the other one, its label, and the family."""


class Ties(Protocol):
    """What the graph reads: a tree, or anything that lists the same."""

    def sexes(self) -> Iterable[tuple[str, str]]:
        """List every person's handle and sex, in the order of the file."""
        ...

    def links(self) -> Iterable[tuple[str, str, str, str]]:
        """List family, role (`partner` or `child`), person and kind of every tie, in the order of the file.

        The kind of a child's tie is that of `records.ChildLink`; that of a partner's is `married`, or `unmarried` where
        the tree says that there was no marriage.
        """
        ...


class Graph:
    """Who belongs to whom, by number.

    Attributes:
        handles: number → handle.
        numbers: handle → number.
        sexes: number → sex.
        parents: number → links to parents. The first link is the first of the file.
        children: number → links to children.
        partners: number → (partner, family) in the order of the file.
        families: family number → its children.
        unmarried: family numbers of couples that are recorded as not married.
        order: number → place in an order in which parents come before their children.
        cut: (child, parent) ties that were left out since they close a loop, as handles.
    """

    def __init__(self, ties: Ties) -> None:
        self.handles: list[str] = []
        self.sexes: list[str] = []
        for handle, sex in ties.sexes():
            self.handles.append(handle)
            self.sexes.append(sex)
        self.numbers = {handle: number for number, handle in enumerate(self.handles)}
        size = len(self.handles)
        self.parents: list[list[Link]] = [[] for _ in range(size)]
        self.children: list[list[Link]] = [[] for _ in range(size)]
        self.partners: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        self.families: list[list[int]] = []
        self.unmarried: set[int] = set()
        self._read(ties)
        self.order = [0] * size
        self.cut = tuple((self.handles[child], self.handles[parent]) for child, parent in self._sort())

    @staticmethod
    def of(tree: Ties) -> Graph:
        """Return the graph of a tree, read on the first call and kept as long as the tree lives."""
        graph = _KEPT.get(tree)
        if graph is None:
            graph = _KEPT[tree] = Graph(tree)
        return graph

    def _read(self, ties: Ties) -> None:
        couples: dict[str, tuple[int, list[int], list[tuple[int, str]]]] = {}
        for name, role, handle, kind in ties.links():
            person = self.numbers.get(handle)
            family = couples.get(name)
            if family is None:
                family = couples[name] = (len(couples), [], [])
            if person is None:
                continue
            if role == "partner":
                if person not in family[1]:
                    family[1].append(person)
                if kind == "unmarried":
                    self.unmarried.add(family[0])
            else:
                family[2].append((person, _LABELS.get(kind, BLOOD)))
        for number, partners, children in couples.values():
            seen: list[int] = []
            for child, label in children:
                if child in seen:
                    continue
                seen.append(child)
                for parent in partners:
                    self.parents[child].append((parent, label, number))
                    self.children[parent].append((child, label, number))
            self.families.append(seen)
            for person in partners:
                self.partners[person] += [(other, number) for other in partners if other != person]

    def _sort(self) -> list[tuple[int, int]]:
        """Put parents before children, and take out every tie that leads back to where one came from."""
        cut: list[tuple[int, int]] = []
        state = bytearray(len(self.handles))  # 0 not seen, 1 on the way, 2 done
        place = 0
        for start in range(len(self.handles)):
            if state[start]:
                continue
            state[start] = 1
            stack = [(start, iter(tuple(self.parents[start])))]
            while stack:
                person, rest = stack[-1]
                for parent, _, _ in rest:
                    if state[parent] == 1:
                        cut.append((person, parent))
                        self.parents[person] = [link for link in self.parents[person] if link[0] != parent]
                        self.children[parent] = [link for link in self.children[parent] if link[0] != person]
                    elif state[parent] == 0:
                        state[parent] = 1
                        stack.append((parent, iter(tuple(self.parents[parent]))))
                        break
                else:
                    state[person] = 2
                    self.order[person] = place
                    place += 1
                    stack.pop()
        return list(dict.fromkeys(cut))

    def full(self, one: int, other: int, *, blood: bool = True) -> bool:
        """Tell whether two people are children of the same couple: two shared parents, or the same family.

        Args:
            one: a person.
            other: another one.
            blood: whether ties of other kinds are left out.
        """
        mine = [link for link in self.parents[one] if not blood or link[1] == BLOOD]
        theirs = [link for link in self.parents[other] if not blood or link[1] == BLOOD]
        if {link[2] for link in mine} & {link[2] for link in theirs}:
            return True
        return len({link[0] for link in mine} & {link[0] for link in theirs}) >= 2


_KEPT: WeakKeyDictionary[Ties, Graph] = WeakKeyDictionary()
