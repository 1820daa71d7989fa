"""Relatives that a word of free wording means, from the relations of the tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from gemwright_simon.clerk.couples import ordered
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.family import kin_of
from gemwright_simon.clerk.say import first
from gemwright_simon.clerk.speech.items import Kinship
from gemwright_simon.kinship import Relative, relatives
from gemwright_simon.records import Person

__all__ = ["INVERSE", "in_order", "kin_list", "said_of"]

INVERSE: Final = {
    "parents": "children",
    "children": "parents",
    "grandparents": "grandchildren",
    "grandchildren": "grandparents",
    "spouses": "spouses",
    "siblings": "siblings",
    "half_siblings": "half_siblings",
    "aunts_uncles": "nieces_nephews",
    "nieces_nephews": "aunts_uncles",
    "first_cousins": "first_cousins",
    "parents_in_law": "children_in_law",
    "children_in_law": "parents_in_law",
    "siblings_in_law": "siblings_in_law",
}
"""Relation → that of the people whose such relative somebody is."""
_USUAL: Final = {
    "parents": ("parent", "father", "mother"),
    "children": ("child", "son", "daughter"),
    "siblings": ("sibling", "brother", "sister"),
    "spouses": ("spouse", "husband", "wife"),
    "grandparents": ("grandparent", "grandfather", "grandmother"),
    "grandchildren": ("grandchild", "grandson", "granddaughter"),
    "aunts_uncles": ("aunt or uncle", "uncle", "aunt"),
}
_PLURALS: Final = {
    "child": "children",
    "grandchild": "grandchildren",
    "wife": "wives",
    "aunt or uncle": "aunts and uncles",
}


def said_of(relation: str, sex: str, word: str, *, many: bool) -> str:
    """Return the usual word for relatives, in place of `hubby`, `gran` and `lads`.

    Args:
        relation: which relatives.
        sex: that was said.
        word: the word of the question, which stays where there is no other.
        many: whether it is a plural.
    """
    if relation not in _USUAL or "full" in word:
        return word
    usual = _USUAL[relation][" MF".index(sex or " ")]
    return _PLURALS.get(usual, usual + "s") if many else usual


def kin_list(desk: Desk, person: Person, kin: Kinship) -> list[Relative]:
    """Return a person's relatives of a kind, whatever the tie; the sex that was asked for is not looked at.

    Args:
        desk: the tree.
        person: whose.
        kin: which, with the side where it was said.
    """
    found = _sided(desk, person, kin) if kin.side else _all(desk, person, kin.relation)
    return list({one.handle: one for one in found if one.handle != person.handle}.values())


def _all(desk: Desk, person: Person, relation: str) -> list[Relative]:
    base, _, number = relation.partition("@")
    count = int(number or 0)
    if base in ("ancestors", "descendants") and count:
        return [one for one in relatives(desk.graph, person.handle, base, count) if one.generation == count]
    if base in ("aunts_uncles", "nieces_nephews") and count:
        return _great(desk, person, base, count)
    if base == "first_cousins_removed":
        return [
            *_from(desk, _all(desk, person, "parents"), "first_cousins"),
            *_from(desk, _all(desk, person, "first_cousins"), "children"),
        ]
    if base.startswith("step_") and base != "step_family":
        word = {"step_parents": ("father", "mother", "parent"), "step_siblings": ("brother", "sister", "sibling")}.get(
            base, ("son", "daughter", "child")
        )
        return [one for one in relatives(desk.graph, person.handle, "step_family") if one.term.endswith(word)]
    return kin_of(desk, person, base)


def _great(desk: Desk, person: Person, base: str, count: int) -> list[Relative]:
    if base == "aunts_uncles":
        above = _all(desk, person, f"ancestors@{count + 1}")
        return [*_from(desk, above, "siblings"), *_from(desk, above, "half_siblings")]
    beside = [*_all(desk, person, "siblings"), *_all(desk, person, "half_siblings")]
    return _from(desk, beside, f"descendants@{count + 1}")


def _from(desk: Desk, people: Iterable[Relative], relation: str) -> list[Relative]:
    """Return relatives of relatives; who is private is not gone beyond."""
    found: list[Relative] = []
    for one in people:
        person = desk.tree.person(one.handle)
        if person is not None and not person.hidden:
            # What they are is reckoned from somebody else here, so the term would be wrong.
            found += [replace(other, term="") for other in _all(desk, person, relation)]
    return found


def _sided(desk: Desk, person: Person, kin: Kinship) -> list[Relative]:
    parents = [(one, desk.tree.person(one.handle)) for one in _all(desk, person, "parents")]
    if kin.side in ("M", "F"):
        via = [one for one, parent in parents if parent is not None and parent.sex == kin.side]
    else:
        via = [one for one, parent in parents if parent is not None and _called(desk, parent, kin.side)]
    if kin.relation == "grandparents":
        return _from(desk, via, "parents")
    if kin.relation == "aunts_uncles":
        return [*_from(desk, via, "siblings"), *_from(desk, via, "half_siblings")]
    if kin.relation == "first_cousins":
        return _from(desk, [*_from(desk, via, "siblings"), *_from(desk, via, "half_siblings")], "children")
    base, _, number = kin.relation.partition("@")
    if base == "ancestors" and int(number or 0) > 1:
        return _from(desk, via, f"ancestors@{int(number) - 1}")
    return []


def _called(desk: Desk, parent: Person, surname: str) -> bool:
    """Tell whether a parent is of a side that is named by a surname: the parent's own, or that of either parent's parent."""
    wanted = surname.casefold()
    near = [parent, *(desk.tree.person(one.handle) for one in _all(desk, parent, "parents"))]
    return any(
        one is not None and not one.hidden and any(name.surname.casefold() == wanted for name in one.names)
        for one in near
    )


def in_order(desk: Desk, base: Person, kin: Kinship, people: list[Person]) -> tuple[list[Person], str]:
    """Return people in the order in which "the first" of them is counted, with what is not sure of it.

    Args:
        desk: the tree.
        base: whose relatives they are.
        kin: which.
        people: the relatives.
    """
    if kin.relation == "spouses":
        known = [one.handle for _, one in ordered(desk, base) if one is not None]
        return sorted(people, key=lambda one: known.index(one.handle) if one.handle in known else len(known)), ""
    days = {
        one.handle: event.date.earliest
        for one in people
        if not one.hidden
        and (event := first(one, "birth")) is not None
        and event.date.earliest is not None
        and event.date.latest is not None
    }
    if len(days) == len(people):
        return sorted(people, key=lambda one: days[one.handle] or 0), ""
    return people, " (in the order of the file: not every birth is dated)"
