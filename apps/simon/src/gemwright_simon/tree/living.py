"""Who may be living: the rule that decides whom nobody but the owner of the tree gets to see.

Dead is who has a death, burial, cremation or probate recorded. Everybody else may be living if born within the last 110
years (`living_years`). Where no birth is recorded, the latest possible one follows from what is: any dated event comes
after it, a marriage 14 years, a child's birth 13 years; a parent's birth lies at most 50 years before it, a partner's at
most 40 years from it. Who stays undecided is taken for living within five steps of somebody who may be living.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

__all__ = ["UNDECIDED_STEPS", "latest_births", "living_people"]

_YEAR: Final = 365.2425
PARENT_YEARS: Final = 50
CHILD_YEARS: Final = 13
PARTNER_YEARS: Final = 40
MARRIAGE_YEARS: Final = 14
UNDECIDED_STEPS: Final = 5
_MOST_VISITS: Final = 8


def latest_births(
    known: list[int | None], partners: list[list[int]], children: list[list[int]], marriages: dict[int, int]
) -> list[int | None]:
    """Return the latest day on which each person can have been born.

    Args:
        known: by person, the latest day by the person's own events; None where there are none.
        partners: by family.
        children: by family.
        marriages: family → latest day of the marriage.

    Returns:
        By person, the day; None where nothing near the person has a date.
    """
    bounds = list(known)
    parent, child, partner = (round(years * _YEAR) for years in (PARENT_YEARS, -CHILD_YEARS, PARTNER_YEARS))
    near: dict[int, list[tuple[int, int]]] = {}
    for f, couple in enumerate(partners):
        married = marriages.get(f)
        for person in couple:
            if known[person] is not None:
                continue
            if married is not None:
                day = married - round(MARRIAGE_YEARS * _YEAR)
                bound = bounds[person]
                bounds[person] = day if bound is None else min(day, bound)
            links = near.setdefault(person, [])
            links += [(one, child) for one in children[f]]
            links += [(one, partner) for one in couple if one != person]
        for person in children[f]:
            if known[person] is None:
                near.setdefault(person, []).extend((one, parent) for one in couple)
    affected: dict[int, list[int]] = {}
    for person, links in near.items():
        for other, _ in links:
            affected.setdefault(other, []).append(person)
    visits: dict[int, int] = {}
    waiting = deque(near)
    while waiting:
        person = waiting.popleft()
        visits[person] = visits.get(person, 0) + 1
        best = bounds[person]
        for other, days in near[person]:
            other_bound = bounds[other]
            if other_bound is not None and (best is None or other_bound + days < best):
                best = other_bound + days
        if best != bounds[person]:
            bounds[person] = best
            waiting += [one for one in affected.get(person, ()) if visits.get(one, 0) < _MOST_VISITS]
    return bounds


def living_people(
    people: list[tuple[int, bool, int | None, int | None]], ties_of: Callable[[], dict[int, list[int]]], oldest: int
) -> set[int]:
    """Return the people who may be living.

    Args:
        people: number, whether dead, latest possible birth, earliest birth where only that is known.
        ties_of: gives by person the people one step away: parents, children, partners. Asked only where somebody is undecided.
        oldest: the first day of the birth of somebody who may still be living.
    """
    living: set[int] = set()
    undecided: set[int] = set()
    for n, dead, bound, earliest in people:
        if dead:
            continue
        if bound is not None:
            if bound >= oldest:
                living.add(n)
        elif earliest is not None and earliest >= oldest:
            living.add(n)
        else:
            undecided.add(n)
    if not undecided or not living:
        return living
    ties = ties_of()
    edge, seen = living, set(living)
    for _ in range(UNDECIDED_STEPS):
        edge = {other for one in edge for other in ties.get(one, ())} - seen
        seen |= edge
    return living | (undecided & seen)
