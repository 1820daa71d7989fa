"""The rules: each looks through a survey and yields what it finds, by number. What they say in words is in `kinds`.

Dates are spans. A rule about dates speaks only where no reading of the dates would satisfy it: `ABT 1850` and `1848`
contradict nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from gemwright_simon.dates.calendars import gregorian_from_day
from gemwright_simon.quality.loops import on_loops
from gemwright_simon.quality.survey import Span, Survey, is_birth

__all__ = ["RULES", "YOUNGEST_PARENT", "Hit", "parents", "young_parents"]

YOUNGEST_PARENT: Final = 13
YOUNGEST_SPOUSE: Final = 14
OLDEST_MOTHER: Final = 55
OLDEST_FATHER: Final = 90
OLDEST: Final = 110
WIDEST_GAP: Final = 40
MOST_CHILDREN: Final = 20
_AFTER_FATHER: Final = 300  # days from conception to birth, with some to spare
_TWINS: Final = 2
_NEXT_CHILD: Final = 240  # days between two births of one mother, at the least
_YEAR: Final = 365.2425


class Hit(NamedTuple):
    """What a rule found.

    Attributes:
        kind: which rule's, as in `kinds.KINDS`.
        people: whom it is about, the first one first.
        facts: owner and tag of the events that it rests on.
        number: years, days or how many.
        family: the family that it is about; 0 where it is about none.
    """

    kind: str
    people: tuple[int, ...]
    facts: tuple[tuple[int, str], ...] = ()
    number: int = 0
    family: int = 0


def years(first: int, last: int) -> int:
    """Return the whole years between two days, as a birthday counts them; negative where the second is the earlier one."""
    one, other = gregorian_from_day(first), gregorian_from_day(last)
    return other[0] - one[0] - (other[1:] < one[1:])


def _before(one: Span | None, other: Span | None) -> bool:
    """Tell whether one thing certainly came before another."""
    return one is not None and other is not None and one.hi is not None and other.lo is not None and one.hi < other.lo


def _facts(*pairs: tuple[int, Span | None]) -> tuple[tuple[int, str], ...]:
    return tuple((owner, span.tag) for owner, span in pairs if span is not None)


def lives(s: Survey) -> Iterator[Hit]:
    """Birth, baptism, death and burial of one person, in the wrong order or too far apart."""
    for n in s.sex:
        birth, baptism, death, burial = s.birth.get(n), s.baptism.get(n), s.death.get(n), s.burial.get(n)
        if _before(death, birth):
            yield Hit("death_before_birth", (n,), _facts((n, death), (n, birth)))
        elif death is None and _before(burial, birth):
            yield Hit("death_before_birth", (n,), _facts((n, burial), (n, birth)))
        if _before(baptism, birth):
            yield Hit("baptism_before_birth", (n,), _facts((n, baptism), (n, birth)))
        if _before(burial, death):
            yield Hit("burial_before_death", (n,), _facts((n, burial), (n, death)))
        if birth is not None and death is not None and birth.hi is not None and death.lo is not None:
            age = years(birth.hi, death.lo)
            if age > OLDEST:
                yield Hit("long_life", (n,), _facts((n, birth), (n, death)), age)


def events(s: Survey) -> Iterator[Hit]:
    """Events of a life before it began, after it ended, or not yet."""
    for n, span in s.life:
        birth, died = s.birth.get(n), s.died(n)
        if _before(span, birth):
            yield Hit("event_before_birth", (n,), _facts((n, span), (n, birth)))
        if _before(died, span):
            yield Hit("event_after_death", (n,), _facts((n, span), (n, died)))
    for n, baptism in s.baptism.items():
        died = s.died(n)
        if _before(died, baptism):
            yield Hit("event_after_death", (n,), _facts((n, baptism), (n, died)))
    for owner, span in s.ahead:
        people = (owner,) if owner > 0 else tuple(one for one in s.households[owner].partners if one)
        yield Hit("future_date", people, ((owner, span.tag),), family=min(owner, 0))


def conflicts(s: Survey) -> Iterator[Hit]:
    """Two births or two deaths that cannot be one."""
    for (n, _), spans in s.doubled.items():
        for one, other in combinations(spans, 2):
            if _before(one, other) or _before(other, one):
                kind = "conflicting_sources" if one.cited and other.cited else "dates_conflict"
                yield Hit(kind, (n,), _facts((n, one), (n, other)))
                break


def weddings(s: Survey) -> Iterator[Hit]:
    """Marriages before birth, in childhood, after death; partners far apart in age."""
    for family, home in s.households.items():
        shown = [one for one in home.partners if one]
        for wed in home.marriages:
            for n in shown:
                birth, died = s.birth.get(n), s.died(n)
                if _before(wed, birth):
                    yield Hit("marriage_before_birth", (n,), _facts((family, wed), (n, birth)), family=family)
                elif birth is not None and birth.lo is not None and wed.hi is not None:
                    if wed.hi - birth.lo < (YOUNGEST_SPOUSE + 1) * _YEAR:
                        age = years(birth.lo, wed.hi)
                        if age < YOUNGEST_SPOUSE:
                            yield Hit("young_marriage", (n,), _facts((n, birth), (family, wed)), age, family)
                if _before(died, wed):
                    yield Hit("marriage_after_death", (n,), _facts((family, wed), (n, died)), family=family)
        for a, b in combinations(shown, 2):
            one, other = s.birth.get(a), s.birth.get(b)
            if one is None or other is None:
                continue
            if one.lo is not None and other.lo is not None and one.lo > other.lo:
                a, b, one, other = b, a, other, one
            if one.hi is not None and other.lo is not None and other.lo - one.hi > WIDEST_GAP * _YEAR:
                yield Hit(
                    "partner_age_gap", (a, b), _facts((a, one), (b, other)), years(one.hi, other.lo), family=family
                )


def parents(s: Survey) -> Iterator[Hit]:
    """Births before a parent's own, late in a parent's life or after it."""
    for family, parent, child, kind in s.parents():
        born = s.birth.get(child)
        if not is_birth(kind) or born is None or parent == child:
            continue
        birth, died, woman = s.birth.get(parent), s.died(parent), s.sex[parent] == "F"
        if _before(born, birth):
            yield Hit("child_before_parent", (parent, child), _facts((child, born), (parent, birth)), family=family)
        if birth is not None and birth.hi is not None and born.lo is not None:
            most = OLDEST_MOTHER if woman else OLDEST_FATHER
            if born.lo - birth.hi > most * _YEAR and (age := years(birth.hi, born.lo)) > most:
                which = "old_mother" if woman else "old_father"
                yield Hit(which, (parent, child), _facts((parent, birth), (child, born)), age, family)
        if died is not None and died.hi is not None and born.lo is not None:
            late = born.lo - died.hi
            if late > (0 if woman else _AFTER_FATHER):
                which = "child_after_mothers_death" if woman else "child_after_parents_death"
                yield Hit(which, (parent, child), _facts((child, born), (parent, died)), late, family)


def young_parents(s: Survey, least: int = YOUNGEST_PARENT) -> Iterator[Hit]:
    """Yield children who were born when a parent was certainly younger than so many years, though born."""
    for family, parent, child, kind in s.parents():
        birth, born = s.birth.get(parent), s.birth.get(child)
        if (
            not is_birth(kind)
            or birth is None
            or born is None
            or birth.lo is None
            or born.hi is None
            or parent == child
        ):
            continue
        if born.hi - birth.lo < (least + 1) * _YEAR and not _before(born, birth):
            age = years(birth.lo, born.hi)
            if age < least:
                yield Hit("young_parent", (parent, child), _facts((parent, birth), (child, born)), age, family)


def mothers(s: Survey) -> Iterator[Hit]:
    """Births of one mother too close to each other, and too many of them."""
    children: dict[int, dict[int, int]] = {}
    for family, parent, child, kind in s.parents():
        if is_birth(kind) and s.sex[parent] == "F":
            children.setdefault(parent, {}).setdefault(child, family)
    for mother, own in children.items():
        if len(own) > MOST_CHILDREN:
            yield Hit("many_children", (mother,), number=len(own))
        exact = sorted(
            (birth.lo, child, birth)
            for child in own
            if (birth := s.birth.get(child)) is not None and birth.lo is not None and birth.lo == birth.hi
        )
        for (day, one, first), (other_day, other, second) in pairwise(exact):
            if _TWINS < other_day - day < _NEXT_CHILD:
                facts = _facts((one, first), (other, second))
                yield Hit("siblings_too_close", (mother, one, other), facts, other_day - day, own[other])


def ties(s: Survey) -> Iterator[Hit]:
    """Ties that cannot be, or that are rarely meant."""
    for n in on_loops((parent, child) for _, parent, child, _ in s.parents()):
        yield Hit("own_ancestor", (n,))
    for n, links in s.child_in.items():
        if len({family for family, kind in links if kind == "birth"}) > 1:
            yield Hit("two_birth_families", (n,), number=sum(kind == "birth" for _, kind in links))
    for family, home in s.households.items():
        inside = {child for child, _ in home.children}
        shown = [one for one in home.partners if one]
        for n in shown:
            if n in inside:
                yield Hit("partner_and_child", (n,), family=family)
        for a, b in combinations(shown, 2):
            if a != b and (which := _near(s, a, b)):
                yield Hit(which, (a, b), family=family)


def _near(s: Survey, a: int, b: int) -> str:
    """Return by which rule two partners are too near; empty where they are not."""
    homes = [{family for family, kind in s.child_in.get(one, ()) if is_birth(kind)} for one in (a, b)]
    if homes[0] & homes[1]:
        return "partners_are_siblings"
    if any(other in s.households[family].partners for one, other in ((0, b), (1, a)) for family in homes[one]):
        return "partners_are_parent_and_child"
    return ""


def loose(s: Survey) -> Iterator[Hit]:
    """Records that hang in the air."""
    partners = {one for home in s.households.values() for one in home.partners}
    for n in s.nameless:
        yield Hit("no_name", (n,))
    for n in s.sex:
        if n not in s.child_in and n not in partners:
            yield Hit("unconnected", (n,))
    for family, home in s.households.items():
        if len(home.partners) + len(home.children) < 2:
            yield Hit("empty_family", tuple(one for one in home.partners if one), family=family)


Rule = Callable[[Survey], Iterable[Hit]]
RULES: Final[tuple[Rule, ...]] = (lives, events, weddings, parents, young_parents, mothers, ties, conflicts, loose)
