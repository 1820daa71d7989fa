"""Kinship by brute force: list every way up from both people, compare all with all. Slow, and independent of the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise, product

from gemwright_simon.kinship import Ties

Way = tuple[str, ...]
Key = tuple[frozenset[str], int, int, bool]


class Brute:
    """The ties of a tree as plain dictionaries, less those that are to be left out."""

    def __init__(self, ties: Ties, cut: Iterable[tuple[str, str]] = ()) -> None:
        partners: dict[str, list[str]] = defaultdict(list)
        children: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for family, role, person, kind in ties.links():
            if role == "partner":
                partners[family].append(person)
            elif all(person != known for known, _ in children[family]):
                children[family].append((person, kind))
        left_out = set(cut)
        self.kept: dict[tuple[str, bool], list[Way]] = {}
        self.kept_near: dict[str, dict[tuple[str, bool], int]] = {}
        self.sex = dict(ties.sexes())
        self.up: dict[str, dict[str, bool]] = defaultdict(dict)  # child → parent → by birth
        self.home: dict[str, dict[str, bool]] = defaultdict(dict)  # child → family → by birth
        self.wed: dict[str, set[str]] = defaultdict(set)
        for pair in partners.values():
            for one, other in product(pair, pair):
                if one != other:
                    self.wed[one].add(other)
        for family, all_children in children.items():
            for child, kind in all_children:
                birth = kind in {"birth", "unknown"}
                for parent in partners[family]:
                    if (child, parent) not in left_out:
                        self.up[child][parent] = self.up[child].get(parent, False) or birth
                        self.home[child][family] = birth
        self.down: dict[str, set[str]] = defaultdict(set)
        for child, parents in self.up.items():
            for parent, birth in parents.items():
                if birth:
                    self.down[parent].add(child)

    def ways_up(self, person: str, *, birth: bool) -> list[Way]:
        """List every way from a person up, the one that stays where it is included."""
        key = (person, birth)
        if key not in self.kept:
            self.kept[key] = self._ways_up(person, birth=birth)
        return self.kept[key]

    def _ways_up(self, person: str, *, birth: bool) -> list[Way]:
        found: list[Way] = []
        stack: list[Way] = [(person,)]
        while stack:
            way = stack.pop()
            found.append(way)
            stack += [(*way, parent) for parent, tie in self.up[way[-1]].items() if tie or not birth]
        return found

    def by_birth(self, *ways: Way) -> bool:
        """Tell whether all ties of some ways are by birth."""
        return all(self.up[child][parent] for way in ways for child, parent in pairwise(way))

    def same_couple(self, one: str, other: str, *, birth: bool) -> bool:
        """Tell whether two people have a family, or two parents, in common."""
        homes = [{family for family, tie in self.home[who].items() if tie or not birth} for who in (one, other)]
        both = [{parent for parent, tie in self.up[who].items() if tie or not birth} for who in (one, other)]
        return bool(homes[0] & homes[1]) or len(both[0] & both[1]) >= 2

    def blood(self, a: str, b: str) -> set[Key]:
        """Return the lines by birth: shared ancestors, generations from A, from B, and whether half."""
        return self._lines(self.ways_up(a, birth=True), self.ways_up(b, birth=True), birth=True)

    def nearest(self, a: str, b: str) -> set[str]:
        """Return the shared ancestors from whom no other shared ancestor descends."""
        above = [{way[-1] for way in self.ways_up(who, birth=True)} for who in (a, b)]
        shared = above[0] & above[1]
        over = {way[-1] for one in shared for way in self.ways_up(one, birth=True) if len(way) > 1}
        return shared - over

    def other(self, a: str, b: str) -> set[tuple[str, int, int]]:
        """Return the shared ancestors, with generations, of the lines that no way by birth alone can make."""
        tops: dict[tuple[str, str, str, int, int], bool] = {}
        for one, two in self._meeting(self.ways_up(a, birth=False), self.ways_up(b, birth=False)):
            before = [way[-2] if len(way) > 1 else "" for way in (one, two)]
            key = (one[-1], before[0], before[1], len(one) - 1, len(two) - 1)
            tops[key] = tops.get(key, False) or self.by_birth(one, two)
        return {(key[0], key[3], key[4]) for key, pure in tops.items() if not pure}

    @staticmethod
    def _meeting(ways_a: list[Way], ways_b: list[Way]) -> Iterable[tuple[Way, Way]]:
        ends: dict[str, list[Way]] = defaultdict(list)
        for way in ways_b:
            ends[way[-1]].append(way)
        for one in ways_a:
            for two in ends.get(one[-1], ()):
                if set(one) & set(two) == {one[-1]}:
                    yield one, two

    def _lines(self, ways_a: list[Way], ways_b: list[Way], *, birth: bool) -> set[Key]:
        shared: dict[tuple[str, str, int, int], set[str]] = defaultdict(set)
        lines: set[Key] = set()
        for one, two in self._meeting(ways_a, ways_b):
            if len(one) == 1 or len(two) == 1:
                lines.add((frozenset({one[-1]}), len(one) - 1, len(two) - 1, False))
            else:
                shared[one[-2], two[-2], len(one) - 1, len(two) - 1].add(one[-1])
        for (child, other, up_a, up_b), tops in shared.items():
            half = len(tops) < 2 and not self.same_couple(child, other, birth=birth)
            lines.add((frozenset(tops), up_a, up_b, half))
        return lines

    def near(self, person: str) -> dict[tuple[str, bool], int]:
        """Return the fewest steps to every ancestor, and down to those who are none: (who, whether by going down) → steps."""
        if person in self.kept_near:
            return self.kept_near[person]
        steps = self.kept_near[person] = {}
        ups = {person: 0}
        for way in self.ways_up(person, birth=True):
            ups[way[-1]] = min(ups.get(way[-1], len(way)), len(way) - 1)
        for top, up in ups.items():
            steps[top, False] = up
        for top, up in ups.items():
            level, depth = {top}, 0
            while level:
                level, depth = {child for one in level for child in self.down[one]} - ups.keys(), depth + 1
                for one in level:
                    steps[one, True] = min(steps.get((one, True), up + depth), up + depth)
        return steps

    def enters(self, near: dict[tuple[str, bool], int], place: tuple[str, bool], partner: str) -> bool:
        """Tell whether a shortest way to somebody does not come up from a child that is the partner's as well."""
        who, down = place
        if down or near[place] == 0:
            return True
        last = [child for child in self.down[who] if near.get((child, False)) == near[place] - 1]
        return any(not self.up[child].get(partner, False) for child in last)

    def one_marriage(self, a: str, b: str) -> int | None:
        """Return the fewest steps from A to B over one marriage, or None."""
        left, right = self.near(a), self.near(b)
        sums = [
            left[place] + 1 + right[partner, down]
            for place in left
            for partner in self.wed[place[0]]
            for down in (False, True)
            if (partner, down) in right
            and self.enters(left, place, partner)
            and self.enters(right, (partner, down), place[0])
        ]
        return min(sums, default=None)
