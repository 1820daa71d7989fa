"""Every line of descent that two people share: from each of them up to the same ancestor, by ways that meet only there.

Two lines are listed apart where they differ in the ancestors, in the number of generations, or in the children of those
ancestors through whom they run. A couple counts as one: its children's lines are full, those of one partner alone half.
There is no limit of depth. In trees where ancestors married their kin over and over, the lines number thousands; the
nearest come first, and the search ends after `STATES` steps: it then lists what it has found and every nearest shared
ancestor, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gemwright_simon.kinship.graph import BLOOD, Graph

__all__ = ["Descent", "ancestors", "shared_descents"]

STATES = 20_000
"""How many pairs of places on the two ways are looked at, at most."""

_State = tuple[int, int, int, int, int, int, str]
"""Where the two ways are, the person before on each (-1: none), generations up from A and from B, the label so far."""


@dataclass(frozen=True, slots=True)
class Descent:
    """One line of descent that two people share, in numbers of the graph.

    Attributes:
        common: the shared ancestors: one person, or the partners of a couple.
        ups_a: the way from A up to the first of them, both ends included.
        ups_b: the way from B up to the same person.
        half: whether the two ways leave a shared ancestor through children of different partners.
        label: `""` for a line by birth alone, else the kind of the first tie that is not.
        remote: whether a shared ancestor lies further down too: the two are nearer kin by that one.
    """

    common: tuple[int, ...]
    ups_a: tuple[int, ...]
    ups_b: tuple[int, ...]
    half: bool
    label: str
    remote: bool


def ancestors(graph: Graph, person: int, *, blood: bool = True) -> dict[int, int]:
    """Return a person and all ancestors with the fewest generations up to each, nearest first."""
    found = {person: 0}
    level, depth = [person], 0
    while level:
        depth += 1
        following: list[int] = []
        for child in level:
            for parent, label, _ in graph.parents[child]:
                if parent not in found and (label == BLOOD or not blood):
                    found[parent] = depth
                    following.append(parent)
        level = following
    return found


def shared_descents(graph: Graph, a: int, b: int) -> tuple[list[Descent], bool]:
    """Return the lines of descent that two different people share, nearest first, and whether that is all of them."""
    above_a, above_b = ancestors(graph, a, blood=False), ancestors(graph, b, blood=False)
    common = above_a.keys() & above_b.keys()
    if not common:
        return [], True
    useful_a, useful_b = _below(graph, above_a, common), _below(graph, above_b, common)
    ends, whole = _walk(graph, a, b, useful_a, useful_b)
    if not whole:
        ends = _nearest(graph, a, b) + ends
    by_birth = ancestors(graph, a).keys() & ancestors(graph, b).keys()
    return _merge(graph, ends, {True: by_birth, False: common}), whole


def _below(graph: Graph, above: Iterable[int], common: Iterable[int]) -> set[int]:
    """Return those of a person's ancestors from whom a way leads up to a shared one."""
    useful = set(common)
    for person in sorted(above, key=graph.order.__getitem__):
        if any(link[0] in useful for link in graph.parents[person]):
            useful.add(person)
    return useful


@dataclass(frozen=True, slots=True)
class _End:
    """Where two ways met."""

    ups_a: tuple[int, ...]
    ups_b: tuple[int, ...]
    label: str


def _walk(graph: Graph, a: int, b: int, useful_a: set[int], useful_b: set[int]) -> tuple[list[_End], bool]:
    """Walk up from both, always from the place further down, so that two ways that have parted meet where they end."""
    order = graph.order
    start: _State = (a, -1, b, -1, 0, 0, BLOOD)
    came: dict[_State, _State | None] = {start: None}
    level: list[_State] = [start]
    ends: list[_End] = []
    while level:
        following: list[_State] = []
        for state in level:
            at_a, before_a, at_b, before_b, up_a, up_b, label = state
            if order[at_a] > order[at_b]:
                steps = [
                    (parent, at_a, at_b, before_b, up_a + 1, up_b, label or tie)
                    for parent, tie, _ in graph.parents[at_a]
                    if parent in useful_a
                ]
            else:
                steps = [
                    (at_a, before_a, parent, at_b, up_a, up_b + 1, label or tie)
                    for parent, tie, _ in graph.parents[at_b]
                    if parent in useful_b
                ]
            for step in steps:
                if step in came:
                    continue
                came[step] = state
                if step[0] == step[2]:
                    ends.append(_unwind(came, step))
                elif len(came) > STATES:
                    return ends, False
                else:
                    following.append(step)
        level = following
    return ends, True


def _unwind(came: dict[_State, _State | None], state: _State) -> _End:
    ups_a, ups_b = [state[0]], [state[2]]
    label = state[6]
    current: _State | None = state
    while current is not None:
        if current[0] != ups_a[-1]:
            ups_a.append(current[0])
        if current[2] != ups_b[-1]:
            ups_b.append(current[2])
        current = came[current]
    return _End(tuple(reversed(ups_a)), tuple(reversed(ups_b)), label)


def _nearest(graph: Graph, a: int, b: int) -> list[_End]:
    """Return the shortest ways by birth to each shared ancestor who has no descendant among the shared ancestors."""
    above_a, above_b = ancestors(graph, a), ancestors(graph, b)
    common = above_a.keys() & above_b.keys()
    ends: list[_End] = []
    for top in common:
        if any(link[0] in common and link[1] == BLOOD for link in graph.children[top]):
            continue
        ends.append(_End(_shortest(graph, above_a, top), _shortest(graph, above_b, top), BLOOD))
    return ends


def _shortest(graph: Graph, above: dict[int, int], top: int) -> tuple[int, ...]:
    way = [top]
    one = top
    for depth in range(above[top] - 1, -1, -1):
        one = next(c for c, tie, _ in graph.children[one] if tie == BLOOD and above.get(c) == depth)
        way.append(one)
    way.reverse()
    return tuple(way)


def _merge(graph: Graph, ends: Iterable[_End], shared: dict[bool, set[int]]) -> list[Descent]:
    """Make one line of the two that run through a couple's same children.

    Args:
        graph: the graph.
        ends: where two ways met.
        shared: the shared ancestors, by birth alone (True), and by any tie (False).
    """
    best: dict[tuple[int, int, int, int, int], _End] = {}
    for end in ends:
        top = end.ups_a[-1]
        before_a = end.ups_a[-2] if len(end.ups_a) > 1 else -1
        before_b = end.ups_b[-2] if len(end.ups_b) > 1 else -1
        key = (before_a, before_b, len(end.ups_a), len(end.ups_b), top)
        known = best.get(key)
        if known is None or (known.label and not end.label):
            best[key] = end
    together: dict[tuple[int, int, int, int, str], list[_End]] = {}
    for (before_a, before_b, long_a, long_b, top), end in best.items():
        alone = top if before_a < 0 or before_b < 0 else -1
        together.setdefault((before_a, before_b, long_a, long_b, f"{end.label}/{alone}"), []).append(end)
    lines: list[Descent] = []
    for (before_a, before_b, _, _, _), group in together.items():
        common = tuple(end.ups_a[-1] for end in group)
        first = group[0]
        sided = before_a >= 0 and before_b >= 0
        half = sided and len(common) < 2 and not graph.full(before_a, before_b, blood=first.label == BLOOD)
        blood = first.label == BLOOD
        remote = all(_has_below(graph, one, shared[blood], blood=blood) for one in common)
        lines.append(Descent(common, first.ups_a, first.ups_b, half, first.label, remote))
    lines.sort(
        key=lambda line: (
            bool(line.label),
            line.remote,
            len(line.ups_a) + len(line.ups_b),
            line.half,
            max(len(line.ups_a), len(line.ups_b)),
            line.common,
        )
    )
    return lines


def _has_below(graph: Graph, top: int, shared: set[int], *, blood: bool) -> bool:
    return any(link[0] in shared and (link[1] == BLOOD or not blood) for link in graph.children[top])
