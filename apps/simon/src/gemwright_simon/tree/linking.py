"""Who belongs to which family, from what both sides of each link say; and who is on a loop of parents and children."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Final

__all__ = ["counted_children", "joined", "link", "looped"]

_LOW: Final = (1 << 32) - 1


def link(family: int, person: int) -> int:
    """Return a link as one number."""
    return family << 32 | person


def joined(
    own: array[int],
    others: array[int],
    lines: tuple[array[int], array[int]],
    warn: Callable[[str, int], None],
    lonely: str,
) -> list[list[int]]:
    """Join what families say of their members and what people say of their families.

    Args:
        own: links that families name, in the order of the file.
        others: links that people name.
        lines: by family and by person, the line of the record; 0 where the file has none.
        warn: told what is doubtful, with a line.
        lonely: what a link is called that one side alone names.

    Returns:
        By family, its members in the order of the file.
    """
    family_lines, person_lines = lines
    members: list[list[int]] = [[] for _ in family_lines]
    said, answered = dict.fromkeys(own), set(others)
    for pair in said:
        f, person = pair >> 32, pair & _LOW
        if person_lines[person]:
            members[f].append(person)
        else:
            warn("pointer to nobody", family_lines[f])
    if said.keys() == answered and all(family_lines[pair >> 32] for pair in answered):
        return members
    for f, known in enumerate(members):
        if any(link(f, person) not in answered for person in known):
            warn(lonely, family_lines[f])
    for pair in others:
        f, person = pair >> 32, pair & _LOW
        if not family_lines[f]:
            warn("pointer to no family", person_lines[person])
        elif pair not in said:
            said[pair] = None
            members[f].append(person)
            warn(lonely, person_lines[person])
    return members


def counted_children(partners: Sequence[list[int]], children: Sequence[list[int]], size: int) -> list[int]:
    """Return how many children each person has; one who is a child of two of their families counts once."""
    counts = [0] * size
    homes: dict[int, list[int]] = {}
    first = array("l", [0]) * size
    for f, offspring in enumerate(children):
        for parent in partners[f]:
            counts[parent] += len(offspring)
        for child in offspring:
            if first[child]:
                homes.setdefault(child, [first[child]]).append(f)
            else:
                first[child] = f
    for families in homes.values():
        seen: set[int] = set()
        for f in families:
            for parent in partners[f]:
                if parent in seen:
                    counts[parent] -= 1
                seen.add(parent)
    return counts


def looped(partners: Sequence[list[int]], children: Sequence[list[int]], size: int) -> list[int]:
    """Return the people who are on a loop, or between two: what is left when all ends are taken off, again and again."""
    alive = bytearray(b"\1") * size
    alive[0] = 0
    for above, below in ((partners, children), (children, partners)):
        _peel(above, below, alive)
        if not any(alive):
            return []
    return [person for person in range(1, size) if alive[person]]


def _peel(above: Sequence[list[int]], below: Sequence[list[int]], alive: bytearray) -> None:
    """Take off whoever has nobody above, then whoever has nobody above any more."""
    waits = array("l", [0]) * len(alive)  # by person: families above that are not done
    opens: dict[int, list[int]] = {}
    left = array("l", [0]) * len(above)  # by family: people above that are not done
    ready: list[int] = []
    for f, people in enumerate(above):
        for person in people:
            if alive[person]:
                left[f] += 1
                opens.setdefault(person, []).append(f)
        if left[f]:
            for person in below[f]:
                waits[person] += 1
    ready = [person for person in range(1, len(alive)) if alive[person] and not waits[person]]
    while ready:
        person = ready.pop()
        alive[person] = 0
        for f in opens.get(person, ()):
            left[f] -= 1
            if not left[f]:
                for other in below[f]:
                    waits[other] -= 1
                    if not waits[other] and alive[other]:
                        ready.append(other)
