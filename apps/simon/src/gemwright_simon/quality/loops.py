"""Who is an ancestor of themselves."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["on_loops"]


def on_loops(ties: Iterable[tuple[int, int]]) -> list[int]:
    """Return the people who are their own ancestors, in the order of their numbers.

    Args:
        ties: parent and child.
    """
    below: dict[int, list[int]] = {}
    above: dict[int, int] = {}
    for parent, child in ties:
        below.setdefault(parent, []).append(child)
        above[child] = above.get(child, 0) + 1
    # Whoever has no parents left is on no loop; what stays is on one, or descends from one.
    ends = [one for one in below if one not in above]
    while ends:
        for child in below.pop(ends.pop(), ()):
            above[child] -= 1
            if not above[child]:
                del above[child]
                ends.append(child)
    left = {one: [child for child in children if child in above] for one, children in below.items() if one in above}
    return sorted(_knots(left))


def _knots(below: dict[int, list[int]]) -> Iterable[int]:
    """Yield the members of all strongly connected parts with a way back (Tarjan's algorithm, without recursion)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for start in below:
        if start in order:
            continue
        work = [(start, iter(below.get(start, ())))]
        order[start] = low[start] = len(order)
        path.append(start)
        on_path.add(start)
        while work:
            one, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[one])
                if low[one] == order[one]:
                    knot: list[int] = []
                    while True:
                        other = path.pop()
                        on_path.discard(other)
                        knot.append(other)
                        if other == one:
                            break
                    if len(knot) > 1 or one in below.get(one, ()):
                        yield from knot
            elif following not in order:
                order[following] = low[following] = len(order)
                path.append(following)
                on_path.add(following)
                work.append((following, iter(below.get(following, ()))))
            elif following in on_path:
                low[one] = min(low[one], order[following])
