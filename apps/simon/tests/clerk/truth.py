"""What is true of a tree, reckoned from its records alone: no kinship engine, no tools, no clerk."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from gemwright_simon.records import Date, Event, Person
from gemwright_simon.tree import Tree


class Truth:
    """The people of a tree that are not private, with their families as plain sets."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        everybody = (tree.person(handle) for handle in tree.people())
        self.people: dict[str, Person] = {one.handle: one for one in everybody if one is not None and not one.hidden}
        self.families = {handle: family for handle in tree.families() if (family := tree.family(handle)) is not None}
        self.up: dict[str, dict[str, set[str]]] = {}
        self.down: dict[str, dict[str, set[str]]] = {}
        self.hidden = {one for family in self.families.values() for one in (*family.partners, *family.children)} - set(
            self.people
        )
        for handle in {*self.people, *self.hidden}:
            person = tree.person(handle)
            for link in person.child_of if person is not None else ():
                family = self.families.get(link.family)
                kind = "birth" if link.kind in ("birth", "unknown") else link.kind
                for parent in family.partners if family is not None else ():
                    self.up.setdefault(handle, {}).setdefault(kind, set()).add(parent)
                    self.down.setdefault(parent, {}).setdefault(kind, set()).add(handle)

    def parents(self, handle: str) -> set[str]:
        """Return the parents by birth."""
        return self.up.get(handle, {}).get("birth", set())

    def children(self, handle: str) -> set[str]:
        """Return the children by birth."""
        return self.down.get(handle, {}).get("birth", set())

    def plain(self, *handles: str) -> bool:
        """Tell whether people have no ties but those of birth, so that every reckoning means the same."""
        near, new = set(handles), set(handles)
        for _ in range(4):
            new = {other for one in new for other in self.beside(one)} - near
            near |= new
        return all(set(self.up.get(one, {})) | set(self.down.get(one, {})) <= {"birth"} for one in near)

    def beside(self, handle: str) -> set[str]:
        """Return parents, children and partners, whatever ties them."""
        ties = [*self.up.get(handle, {}).values(), *self.down.get(handle, {}).values()]
        return set[str]().union(*ties) | self.spouses(handle)

    def steps(self, start: Iterable[str], up: int, down: int) -> set[str]:
        """Return who is so many generations up and then down."""
        here = set(start)
        for _ in range(up):
            here = {parent for one in here for parent in self.parents(one)}
        for _ in range(down):
            here = {child for one in here for child in self.children(one)}
        return here

    def full_siblings(self, handle: str) -> set[str]:
        """Return who has the same two parents."""
        mine = self.parents(handle)
        return {
            one
            for one in self.steps([handle], 1, 1) - {handle}
            if len(mine & self.parents(one)) == len(mine) == len(self.parents(one))
        }

    def half_siblings(self, handle: str) -> set[str]:
        """Return who shares one of two parents."""
        return {
            one
            for one in self.steps([handle], 1, 1) - {handle}
            if len(self.parents(handle) & self.parents(one)) == 1
            and (len(self.parents(handle)) > 1 or len(self.parents(one)) > 1)
        }

    def siblings(self, handle: str) -> set[str]:
        """Return who shares a parent."""
        return self.steps([handle], 1, 1) - {handle}

    def aunts_uncles(self, handle: str) -> set[str]:
        """Return the siblings of the parents."""
        return {one for parent in self.parents(handle) for one in self.siblings(parent)} - self.parents(handle)

    def spouses(self, handle: str) -> set[str]:
        """Return the partners of all families."""
        person = self.tree.person(handle)
        own = [self.families[one] for one in (person.partner_in if person is not None else ())]
        return {one for family in own for one in family.partners if one != handle}

    def line(self, handle: str, *, up: bool) -> dict[str, int]:
        """Return ancestors or descendants with the longest way to each, by relaxing over all links."""
        links = self.parents if up else self.children
        longest: dict[str, int] = {}
        level = {handle}
        for depth in range(1, len(self.up) + len(self.down) + 2):
            level = {other for one in level for other in links(one)}
            if not level:
                return longest
            longest |= dict.fromkeys(level, depth)
        raise AssertionError("the tree has a loop")

    def event(self, handle: str, kind: str) -> Event | None:
        """Return the preferred event of a kind."""
        events = [one for one in self.people[handle].events if one.kind == kind and one.happened]
        return next((one for one in events if one.date.text or one.place), events[0] if events else None)

    def age(self, start: Date, end: Date) -> tuple[int, int] | None:
        """Return the least and the most whole years between two dates, by calendar days."""
        if None in (start.earliest, start.latest, end.earliest, end.latest):
            return None
        assert (
            start.earliest is not None
            and start.latest is not None
            and end.earliest is not None
            and end.latest is not None
        )
        return _years(start.latest, end.earliest), _years(start.earliest, end.latest)


def day(number: int) -> datetime.date:
    """Return the Gregorian day of a Julian day number."""
    return datetime.date.fromordinal(number - 1721425)


def _years(start: int, end: int) -> int:
    first, last = day(start), day(end)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
