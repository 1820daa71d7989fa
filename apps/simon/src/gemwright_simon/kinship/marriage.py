"""Ties through one marriage, or two: the shortest ways that leave a person's kin by a partner and go on to another's.

A way runs up and down among kin by birth, over a marriage, up and down again. Ways that say nothing new are left out:
from a child to one of its parents and over to the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from gemwright_simon.kinship.blood import ancestors
from gemwright_simon.kinship.graph import BLOOD, Graph

__all__ = ["Segment", "one_marriage", "two_marriages"]

STATES = 8_000
"""How many places are looked at around each person, nearest first."""

Segment = tuple[tuple[int, ...], int]
"""People from one end of a blood tie to the other, and how many of the steps go up before the rest goes down."""

_Key = int
"""A person's number times two; one more where the way has begun to go down."""


@dataclass(slots=True)
class _Kin:
    """The kin by birth around some people.

    Attributes:
        far: place → steps from where it began, the steps before that included.
        came: place → the place before it; -1 where the way began.
        reach: how many steps away everybody was looked at; None for no limit.
    """

    far: dict[_Key, int]
    came: dict[_Key, _Key]
    reach: int | None

    def way(self, key: _Key) -> Segment:
        """Return the way from where it began to a place."""
        keys = [key]
        while self.came[keys[-1]] >= 0:
            keys.append(self.came[keys[-1]])
        keys.reverse()
        downs = sum(1 for one in keys if one & 1)
        return tuple(one >> 1 for one in keys), len(keys) - 1 - downs


_KEPT: WeakKeyDictionary[Graph, dict[int, _Kin]] = WeakKeyDictionary()
_KEEP = 32
"""How many people's kin are kept: in a conversation the same few are asked about again and again."""


def _around(graph: Graph, person: int) -> _Kin:
    """Look around one person. Ancestors are met on the way up alone: from a cousin down to one's own says nothing new."""
    kept = _KEPT.setdefault(graph, {})
    kin = kept.get(person)
    if kin is None:
        while len(kept) >= _KEEP:
            kept.pop(next(iter(kept)), None)
        kin = kept[person] = _kin(graph, [(person, 0)], ancestors(graph, person).keys())
    return kin


def _kin(graph: Graph, starts: Iterable[tuple[int, int]], above: Collection[int] = ()) -> _Kin:
    """Look around people, each with the steps that lie behind it; down to everybody but those above."""
    far: dict[_Key, int] = {}
    came: dict[_Key, _Key] = {}
    waiting: dict[int, list[tuple[_Key, _Key]]] = {}
    for person, steps in starts:
        waiting.setdefault(steps, []).append((person << 1, -1))
    while waiting:
        steps = min(waiting)
        if len(far) > STATES:
            return _Kin(far, came, steps - 1)
        following = waiting.setdefault(steps + 1, [])
        for key, before in waiting.pop(steps):
            if key in far:
                continue
            far[key] = steps
            came[key] = before
            person = key >> 1
            if not key & 1:
                following += [(link[0] << 1, key) for link in graph.parents[person] if link[1] == BLOOD]
            for child, label, _ in graph.children[person]:
                down = (child << 1) | 1
                if label == BLOOD and down not in far and child not in above and before != child << 1:
                    following.append((down, key))
        if not following:
            del waiting[steps + 1]
    return _Kin(far, came, None)


def _to(graph: Graph, kin: _Kin, key: _Key, partner: int) -> Segment | None:
    """Return the shortest way to a person from whom it goes on to a partner; None where a shared child leads there.

    Coming up from a child that is the partner's too, the step over the marriage says nothing that the child does not.
    """
    if key & 1 or kin.came[key] < 0:
        return kin.way(key)
    for child, label, _ in graph.children[key >> 1]:
        if label == BLOOD and kin.far.get(child << 1) == kin.far[key] - 1 and not _is_child(graph, child, partner):
            people, ups = kin.way(child << 1)
            return (*people, key >> 1), ups + 1
    return None


def _is_child(graph: Graph, child: int, parent: int) -> bool:
    return any(link[0] == parent and link[1] == BLOOD for link in graph.parents[child])


def _crossings(graph: Graph, left: _Kin, right: _Kin) -> list[tuple[Segment, Segment]]:
    """Return the ways over the marriages that join two kins by the fewest steps, each as its two sides."""
    best: int | None = None
    found: list[tuple[Segment, Segment]] = []
    for key, steps in left.far.items():
        if best is not None and steps + 1 > best:
            continue
        for partner, _ in graph.partners[key >> 1]:
            for other in (partner << 1, (partner << 1) | 1):
                rest = right.far.get(other)
                if rest is None or (best is not None and steps + 1 + rest > best):
                    continue
                near, far = _to(graph, left, key, partner), _to(graph, right, other, key >> 1)
                if near is None or far is None:
                    continue
                if best is None or steps + 1 + rest < best:
                    best, found = steps + 1 + rest, []
                if (near, far) not in found:
                    found.append((near, far))
    return found


def _turned(segment: Segment) -> Segment:
    """Return a way seen from its other end."""
    people, ups = segment
    return tuple(reversed(people)), len(people) - 1 - ups


def one_marriage(graph: Graph, a: int, b: int) -> tuple[list[tuple[Segment, ...]], int | None]:
    """Return the shortest ways from A to B over one marriage, as two segments each, and how far was looked.

    The second value is None where everybody was looked at, else the steps on either side of the marriage.
    """
    left, right = _around(graph, a), _around(graph, b)
    ways = [(near, _turned(far)) for near, far in _crossings(graph, left, right)]
    return list(ways), _reach(left, right)


def two_marriages(graph: Graph, a: int, b: int) -> tuple[list[tuple[Segment, ...]], int | None]:
    """Return the shortest ways from A to B over two marriages, as three segments each, and how far was looked."""
    left, right = _around(graph, a), _around(graph, b)
    doors: dict[int, tuple[int, Segment]] = {}
    for key, steps in left.far.items():
        for partner, _ in graph.partners[key >> 1]:
            known = doors.get(partner)
            if known is None or steps + 1 < known[0]:
                way = _to(graph, left, key, partner)
                if way is not None:
                    doors[partner] = (steps + 1, way)
    middle = _kin(graph, [(person, steps) for person, (steps, _) in doors.items()])
    ways: list[tuple[Segment, ...]] = []
    for inner, far in _crossings(graph, middle, right):
        people, ups = inner
        first = doors[people[0]][1]
        if len(people) > 1 and ups == 0 and _is_child(graph, people[1], first[0][-1]):
            continue
        ways.append((first, inner, _turned(far)))
    return ways, _reach(left, middle, right)


def _reach(*kins: _Kin) -> int | None:
    limits: Sequence[int] = [kin.reach for kin in kins if kin.reach is not None]
    return min(limits) if limits else None
