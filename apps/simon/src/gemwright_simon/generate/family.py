"""A synthetic family tree, the same for the same seed: generations of couples from about 1650 to today.

It has what real trees have: second marriages and so half and step children, adopted children, cousins who marry, living
people, sources and none, notes; and planted faults, which `Planted` lists so that a test can look for them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gemwright_simon.generate.dating import Day, written
from gemwright_simon.generate.pools import REGIONS, SOURCES, TRADES

__all__ = ["Planted", "generate", "write_family"]

LAST_YEAR: Final = 2022
_FOUNDERS: Final = 1650
_SOURCES: Final = 200
_NOTES: Final = (
    "Emigrated with two cows and a clock.",
    "Could read, but not write.",
    "The family bible names a twin who died young.",
    "Remembered by the grandchildren for a fine voice.",
    "Served as a godparent eleven times.",
)


@dataclass
class Planted:
    """What was planted on purpose.

    Attributes:
        death_before_birth: people who die before they are born.
        young_parents: people who are parents before they are thirteen.
        duplicates: pairs of records of one person.
        living: people born less than ninety years before the end, without a death.
        adopted: people with an adopted child's link.
    """

    death_before_birth: list[str] = field(default_factory=list[str])
    young_parents: list[str] = field(default_factory=list[str])
    duplicates: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    living: list[str] = field(default_factory=list[str])
    adopted: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class _Person:
    number: int
    male: bool
    given: str
    surname: str
    region: int
    birth: Day
    death: Day | None
    child_of: int = 0
    adopted: bool = False
    families: list[int] = field(default_factory=list[int])
    copy_of: int = 0


@dataclass(slots=True)
class _Family:
    number: int
    man: int
    woman: int
    married: Day
    children: list[int] = field(default_factory=list[int])
    divorced: bool = False
    unmarried: bool = False


class _World:
    """Lets families grow until there are enough people."""

    def __init__(self, seed: int, people: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # a story, no secret
        self.wanted = people
        self.people: list[_Person] = []
        self.families: list[_Family] = []
        self.planted = Planted()
        self.waiting: list[int] = []
        self.single: dict[tuple[bool, int], list[int]] = {}
        self.grow()
        self.plant()

    def day(self, year: int) -> Day:
        """Return some day of a year."""
        return year, self.chance.randint(1, 12), self.chance.randint(1, 28)

    def born(self, year: int, region: int, surname: str = "", male: bool | None = None) -> _Person:
        """Add a person."""
        chance, pool = self.chance, REGIONS[region]
        male = chance.random() < 0.51 if male is None else male
        names = pool.men if male else pool.women
        given = chance.choice(names)
        if chance.random() < 0.45:
            second = chance.choice(names)
            given += f" {second}" if second != given else ""
        age = min(96, max(0, int(chance.gauss(62, 22)))) if chance.random() > 0.12 else chance.randint(0, 4)
        death = self.day(year + age) if year + age <= LAST_YEAR else None
        birth = self.day(year)
        if death is not None and death < birth:
            death = birth
        person = _Person(
            len(self.people) + 1, male, given, surname or chance.choice(pool.surnames), region, birth, death
        )
        self.people.append(person)
        if age >= 22 and year + 22 <= LAST_YEAR:
            self.waiting.append(person.number)
            self.single.setdefault((male, year // 5), []).append(person.number)
        return person

    def grow(self) -> None:
        """Marry people and give them children."""
        chance = self.chance
        while len(self.people) < self.wanted:
            if not self.waiting or len(self.people) < self.wanted // 60:
                self.born(_FOUNDERS + chance.randint(0, 110), chance.randrange(len(REGIONS)))
                continue
            person = self.people[self.next() - 1]
            if person.families and chance.random() > 0.2:
                continue
            if chance.random() < 0.82:
                self.marry(person)

    def next(self) -> int:
        """Take somebody who may marry: mostly the latest, so that a small tree reaches today as well."""
        waiting, chance = self.waiting, self.chance
        if chance.random() < 0.6:
            at = chance.randrange(len(waiting))
            waiting[at], waiting[-1] = waiting[-1], waiting[at]
        return waiting.pop()

    def partner(self, person: _Person) -> _Person | None:
        """Find somebody of the tree, or a newcomer."""
        chance = self.chance
        if chance.random() < 0.3:
            pool = self.single.get((not person.male, person.birth[0] // 5), [])
            for _ in range(4):
                if not pool:
                    break
                other = self.people[pool.pop(chance.randrange(len(pool))) - 1]
                stranger = not other.child_of or other.child_of != person.child_of
                if not other.families and stranger and other.region == person.region:
                    return other
        if len(self.people) >= self.wanted:
            return None
        region = person.region if chance.random() < 0.9 else chance.randrange(len(REGIONS))
        newcomer = self.born(person.birth[0] + chance.randint(-6, 6), region, male=not person.male)
        return newcomer

    def marry(self, person: _Person) -> None:
        """Start a family, the first or a later one."""
        chance = self.chance
        other = self.partner(person)
        if other is None:
            return
        year = max(person.birth[0], other.birth[0]) + chance.randint(19, 30)
        for family in person.families:
            year = max(year, self.families[family - 1].married[0] + 8)
        ends = [one.death[0] for one in (person, other) if one.death]
        if year > min([LAST_YEAR, *ends]):
            return
        man, woman = (person, other) if person.male else (other, person)
        married = min([self.day(year), *(one.death for one in (person, other) if one.death)])
        family = _Family(len(self.families) + 1, man.number, woman.number, married)
        family.divorced, family.unmarried = chance.random() < 0.04, chance.random() < 0.05
        self.families.append(family)
        man.families.append(family.number)
        woman.families.append(family.number)
        last = min([year + 20, LAST_YEAR, woman.birth[0] + 45, *ends])
        born = year + 1
        while born <= last and len(self.people) < self.wanted and chance.random() < 0.84:
            child = self.born(born, man.region, man.surname)
            child.child_of = family.number
            self.space(child, woman, family)
            family.children.append(child.number)
            if chance.random() < 0.015:
                child.adopted = True
                self.planted.adopted.append(f"I{child.number}")
            born += chance.randint(1, 4)
        for one in (man, woman):
            if len(one.families) < 3 and chance.random() < 0.25:
                self.waiting.append(one.number)

    def space(self, child: _Person, mother: _Person, family: _Family) -> None:
        """Keep ten months between a child and the one before, and have the mother live to see it."""
        year, month, day = child.birth
        before = self.people[family.children[-1] - 1].birth if family.children else (0, 0, 0)
        if year == before[0] + 1:
            child.birth = year, max(month, before[1] - 1), day
        for one in (child, mother):
            if one.death is not None:
                one.death = max(one.death, child.birth)

    def plant(self) -> None:
        """Plant faults: one of each kind in every two hundred people, and at least one."""
        chance, planted = self.chance, self.planted
        faults = max(1, len(self.people) // 200)
        dead = [one for one in self.people if one.death and not one.families and one.birth[0] < 1900]
        for one in chance.sample(dead, min(faults, len(dead))):
            one.death = self.day(one.birth[0] - chance.randint(1, 40))
            planted.death_before_birth.append(f"I{one.number}")
        spoilt = set(planted.death_before_birth)
        parents = [one for one in self.families if one.children and not self.people[one.woman - 1].child_of]
        for family in chance.sample(parents, min(faults, len(parents))):
            mother, first = self.people[family.woman - 1], self.people[family.children[0] - 1]
            if f"I{first.number}" in spoilt or first.adopted:
                continue
            mother.birth = self.day(first.birth[0] - chance.randint(5, 10))
            planted.young_parents.append(f"I{mother.number}")
        known = [one for one in self.people if one.death and one.birth[0] < 1900 and f"I{one.number}" not in spoilt]
        for one in chance.sample(known, min(faults, len(known))):
            copy = _Person(len(self.people) + 1, one.male, one.given, one.surname, one.region, one.birth, one.death)
            copy.copy_of = one.number
            self.people.append(copy)
            planted.duplicates.append((f"I{one.number}", f"I{copy.number}"))
        planted.living = [
            f"I{one.number}"
            for one in self.people
            if one.death is None and one.birth[0] > LAST_YEAR - 90 and not one.copy_of
        ]

    def lines(self) -> Iterator[str]:
        """Yield the file, record by record."""
        yield (
            "0 HEAD\n1 SOUR gemwright-simon\n2 NAME Synthetic families\n2 VERS 1\n1 GEDC\n2 VERS 5.5.1\n2 FORM LINEAGE-LINKED\n"
            "1 CHAR UTF-8\n"
        )
        for person in self.people:
            yield self.person(person)
        for family in self.families:
            yield self.family(family)
        sources = min(_SOURCES, max(5, len(self.people) // 20))
        places = [place.partition(",")[0] for region in REGIONS for place in region.places]
        for number in range(1, sources + 1):
            title, author = SOURCES[number % len(SOURCES)]
            place = places[number % len(places)]
            head = f"0 @S{number}@ SOUR\n1 TITL {title.format(place)}, volume {number}\n"
            yield f"{head}1 AUTH {author.format(place)}\n1 PUBL 1900\n"
        yield "0 TRLR\n"

    def cited(self) -> str:
        """Return a citation below an event, or nothing."""
        chance = self.chance
        if chance.random() < 0.45:
            return ""
        number = chance.randint(1, min(_SOURCES, max(5, len(self.people) // 20)))
        quality = f"3 QUAY {chance.randint(0, 3)}\n" if chance.random() < 0.6 else ""
        return f"2 SOUR @S{number}@\n3 PAGE p. {chance.randint(1, 400)}\n{quality}"

    def happened(self, tag: str, day: Day, region: int, *, sure: bool = False) -> str:
        """Return an event with date, place and citation, each perhaps missing."""
        chance = self.chance
        date = f"2 DATE {_plain(day) if sure else written(day, chance)}\n" if sure or chance.random() < 0.92 else ""
        place = f"2 PLAC {chance.choice(REGIONS[region].places)}\n" if chance.random() < 0.85 else ""
        return f"1 {tag}\n{date}{place}{self.cited()}"

    def person(self, one: _Person) -> str:
        """Write a person."""
        chance, handle = self.chance, f"I{one.number}"
        planted = self.planted
        sure = bool(one.copy_of) or handle in planted.death_before_birth or handle in planted.young_parents
        surname = one.surname
        if one.copy_of and chance.random() < 0.5:
            surname = surname.replace("ü", "ue").replace("ö", "oe").replace("ß", "ss")
        text = [f"0 @{handle}@ INDI\n1 NAME {one.given} /{surname}/\n2 GIVN {one.given}\n2 SURN {surname}\n"]
        if not one.male and one.families and chance.random() < 0.2:
            husband = self.people[self.families[one.families[0] - 1].man - 1]
            text.append(f"1 NAME {one.given} /{husband.surname}/\n2 TYPE married\n")
        text.append(f"1 SEX {'M' if one.male else 'F'}\n")
        text.append(self.happened("BIRT", one.birth, one.region, sure=sure))
        if chance.random() < 0.3 and not sure:
            text.append(self.happened("CHR", one.birth, one.region))
        grown = one.death is None or one.death[0] - one.birth[0] > 20
        if grown and one.birth[0] < LAST_YEAR - 20 and chance.random() < 0.5:
            text.append(f"1 OCCU {chance.choice(TRADES)}\n")
        if grown and one.birth[0] < LAST_YEAR - 30 and chance.random() < 0.3 and not sure:
            moved = self.day(one.birth[0] + chance.randint(21, 28))
            text.append(self.happened("RESI", min(moved, one.death or moved), one.region))
        if one.death is not None:
            text.append(self.happened("DEAT", one.death, one.region, sure=sure))
            if chance.random() < 0.5 and not sure:
                text.append(f"1 BURI\n2 PLAC {chance.choice(REGIONS[one.region].places)}\n")
        if chance.random() < 0.15:
            text.append(f"1 NOTE {chance.choice(_NOTES)}\n2 CONT {chance.choice(_NOTES)}\n")
        if one.child_of:
            text.append(f"1 FAMC @F{one.child_of}@\n" + ("2 PEDI adopted\n" if one.adopted else ""))
        text += [f"1 FAMS @F{family}@\n" for family in one.families]
        return "".join(text)

    def family(self, family: _Family) -> str:
        """Write a family."""
        region = self.people[family.man - 1].region
        text = [f"0 @F{family.number}@ FAM\n1 HUSB @I{family.man}@\n1 WIFE @I{family.woman}@\n"]
        text += [f"1 CHIL @I{child}@\n" for child in family.children]
        if not family.unmarried:
            text.append(self.happened("MARR", family.married, region))
            if family.divorced:
                text.append("1 DIV Y\n")
        return "".join(text)


def _plain(day: Day) -> str:
    return f"{day[2]} {'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split()[day[1] - 1]} {day[0]}"


def generate(seed: int, people: int = 300, planted: Planted | None = None) -> str:
    """Return a synthetic family tree as GEDCOM 5.5.1.

    Args:
        seed: the same seed gives the same tree.
        people: how many people; planted duplicates come on top.
        planted: filled with what was planted.
    """
    world = _World(seed, people)
    if planted is not None:
        planted.__dict__.update(world.planted.__dict__)
    return "".join(world.lines())


def write_family(path: Path, seed: int, people: int) -> Planted:
    """Write a synthetic family tree of any size to a file, record by record.

    Returns:
        What was planted.

    Raises:
        OSError: it cannot be written.
    """
    world = _World(seed, people)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(world.lines())
    return world.planted
