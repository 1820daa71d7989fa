"""Who may be in the tree twice: pairs of records with what speaks for it, weighed. Nothing is ever merged.

Each thing that two records have in common is worth as many bits as it is rare in this tree: a name that one in a thousand
bears is worth ten, the same day of birth about seventeen. A pair is told when its bits are well above what chance alone
brings about among so many people, and when nothing contradicts it. Only records that share a key are compared: the sound of
the name with a year of birth or death, with a parent, or with a partner.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from gemwright_simon.dates.calendars import gregorian_from_day
from gemwright_simon.names.fold import fold, spellings, words
from gemwright_simon.names.nicknames import same_names
from gemwright_simon.names.phonetic import cologne
from gemwright_simon.quality.words import flat, label
from gemwright_simon.tree import Tree

__all__ = ["LEAST", "Pair", "duplicates", "twice"]

LEAST: Final = 60
"""The lowest score that is told, of 100."""

_MARGIN: Final = 6.0  # bits above chance at which a pair scores 60; 11 are worth 100
_STEP: Final = 8.0  # points for a bit
_WIDEST: Final = 6  # years of a span that still names a year
_BLOCK: Final = 60  # of a larger block each record is compared with so many neighbours
_SPAN: Final = 300  # years over which births are taken to spread
_YEAR: Final = 365.2425
_TO_BAPTISM: Final = 366
_TO_BURIAL: Final = 31
_CHILDBEARING: Final = 20
_SIBLINGS: Final = 4
_TWICE_NAMED: Final = 3.0
_NONE: Final[frozenset[int]] = frozenset()
_FAMILY_BITS: Final = 9.0
_SOUND_COST: Final = 1.5  # bits that a name loses where it is spelt in another way


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person.

    Attributes:
        handles: the two.
        score: from `LEAST` to 100.
        reasons: what speaks for it.
        text: one sentence.
    """

    handles: tuple[str, str]
    score: int
    reasons: tuple[str, ...]
    text: str


_Days = tuple[int, int]
"""First and last day."""


class _Record(NamedTuple):
    """What is compared of a person."""

    sex: str
    given: tuple[str, ...]
    surnames: tuple[str, ...]
    keys: tuple[int, ...]
    birth: _Days | None
    death: _Days | None
    born_in: int
    died_in: int


class _Weighed(NamedTuple):
    a: int
    b: int
    score: int
    reasons: tuple[str, ...]


@lru_cache(65536)
def _sound(word: str) -> str:
    return cologne(spellings(word)[-1]) or word


@lru_cache(65536)
def _given_key(word: str) -> str:
    return _sound(min(same_names(word) | {word}))


def _named(names: str, given: str, surname: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return given names and surnames, folded, of all names of a record."""
    surnames = [fold(" ".join(words(surname)))] if surname else []
    for value in names.split("\n"):
        parts = value.split("/")
        if len(parts) >= 3 and parts[1].strip():
            surnames.append(fold(" ".join(words(parts[1]))))
    return tuple(fold(one) for one in words(given)), tuple(dict.fromkeys(filter(None, surnames)))


class _Matcher:
    """The records of a tree, the blocks that they fall into, and how rare everything in them is."""

    def __init__(self, tree: Tree) -> None:
        bulk = tree.bulk
        births, deaths, born_in, died_in = _lives(tree)
        self.ids: dict[tuple[str, str], int] = {}
        self.records: dict[int, _Record] = {}
        for n, _, sex, _, given, surname, names in bulk.people():
            first, last = _named(names, given, surname)
            if not first or not last:
                continue
            keys = tuple(dict.fromkeys(self.key(first[0], one) for one in last))
            life = births.get(n), deaths.get(n), born_in.get(n, 0), died_in.get(n, 0)
            self.records[n] = _Record(sex, first, last, keys, *life)
        self.partners: dict[int, set[int]] = defaultdict(set)
        self.parents: dict[int, set[int]] = defaultdict(set)
        self.homes: dict[int, set[int]] = defaultdict(set)
        couples: dict[int, list[int]] = defaultdict(list)
        for family, person in bulk.partners():
            couples[family].append(person)
        for members in couples.values():
            for one in members:
                if one:
                    self.partners[one].update(other for other in members if other and other != one)
        for family, child, _ in bulk.children():
            if child:
                self.homes[child].add(family)
                self.parents[child].update(one for one in couples.get(family, ()) if one)
        self.surnames = Counter(one.surnames[0] for one in self.records.values())
        self.names = Counter((one.given[0], one.surnames[0]) for one in self.records.values())
        self.places = Counter(place for one in self.records.values() for place in (one.born_in, one.died_in) if place)
        self.total = max(len(self.records), 2)

    def key(self, given: str, surname: str) -> int:
        """Return a number for the sound of a name."""
        return self.ids.setdefault((_sound(surname), _given_key(given)), len(self.ids))

    def blocks(self) -> Iterator[list[int]]:
        """Yield groups of records that share a key."""
        yield from self._grouped(self._by_year("birth"))
        yield from self._grouped(self._by_year("death"))
        yield from self._grouped(self._by_tie(self.parents))
        yield from self._grouped(self._by_tie(self.partners))
        yield from self._grouped(
            ((_given_key(one.given[0]), partner), n)
            for n, one in self.records.items()
            for partner in self.partners.get(n, ())
        )

    @staticmethod
    def _grouped(keys: Iterable[tuple[object, int]]) -> Iterator[list[int]]:
        first: dict[object, int] = {}
        blocks: dict[object, list[int]] = {}
        for key, n in keys:
            other = first.setdefault(key, n)
            if other != n:
                blocks.setdefault(key, [other]).append(n)
        yield from blocks.values()

    def _by_year(self, what: str) -> Iterator[tuple[int, int]]:
        for n, one in self.records.items():
            span = one.birth if what == "birth" else one.death
            if span is not None and span[1] - span[0] <= _WIDEST * _YEAR:
                first, last = gregorian_from_day(span[0])[0], gregorian_from_day(span[1])[0]
                for key in one.keys:
                    for year in range(first, last + 1):
                        yield key << 16 | year & 0xFFFF, n

    def _by_tie(self, ties: Mapping[int, set[int]]) -> Iterator[tuple[int, int]]:
        """Yield the sound of a name with the person at the other end of a tie, and with the sound of that one's name."""
        for n, one in self.records.items():
            for other in ties.get(n, ()):
                for key in one.keys:
                    yield key << 32 | other, n
                    if other in self.records:
                        yield -(key << 32 | self.records[other].keys[0]) - 1, n

    def pairs(self) -> Iterator[_Weighed]:
        """Yield the pairs that are told, each once."""
        seen: set[tuple[int, int]] = set()
        for block in self.blocks():
            if len(block) > _BLOCK:
                block.sort(key=lambda n: (self.records[n].birth or (0, 0), n))
            for at, n in enumerate(block):
                for other in block[at + 1 : at + 1 + _BLOCK]:
                    pair = (n, other) if n < other else (other, n)
                    if n == other or pair in seen:
                        continue
                    seen.add(pair)
                    found = self.weigh(*pair)
                    if found is not None:
                        yield found

    def weigh(self, a: int, b: int) -> _Weighed | None:
        """Return what speaks for two records being one person; None where it is too little, or where something contradicts."""
        one, other = self.records[a], self.records[b]
        if {one.sex, other.sex} == {"M", "F"} or self.kin(a, b):
            return None
        if _apart(one.birth, other.birth) or _apart(one.death, other.death):
            return None
        if _apart(one.birth, other.death, order=True) or _apart(other.birth, one.death, order=True):
            return None
        reasons: list[str] = []
        bits = self._name_bits(one, other, reasons)
        if bits is None:
            return None
        spread = _SPAN
        if self.homes.get(a, _NONE) & self.homes.get(b, _NONE):
            # Of one family they bear one surname and were born within twenty years; few names are given twice to those who live.
            spread = _CHILDBEARING
            bits += log2(self.total / _SIBLINGS) + _TWICE_NAMED
            bits -= log2(self.total / max(self.surnames[one.surnames[0]], self.surnames[other.surnames[0]]))
            reasons.append("children of one family")
        else:
            bits += self._kin_bits(a, b, reasons)
        bits += _date_bits("birth", one.birth, other.birth, spread, reasons)
        bits += _date_bits("death", one.death, other.death, _SPAN, reasons)
        for word, place, same in (
            ("birthplace", one.born_in, other.born_in),
            ("place of death", one.died_in, other.died_in),
        ):
            if place and place == same:
                bits += min(4.0, log2(2 * self.total / self.places[place])) if spread == _SPAN else 0.0
                reasons.append(f"same {word}")
        score = round(LEAST + (bits - log2(self.total) - _MARGIN) * _STEP)
        return _Weighed(a, b, min(score, 100), tuple(reasons)) if score >= LEAST else None

    def kin(self, a: int, b: int) -> bool:
        """Tell whether two records are parent and child, or partners: then they are two people."""
        return b in self.parents.get(a, ()) or a in self.parents.get(b, ()) or b in self.partners.get(a, ())

    def _name_bits(self, one: _Record, other: _Record, reasons: list[str]) -> float | None:
        surnames = set(one.surnames) & set(other.surnames)
        shared = {word for name in one.surnames for word in spellings(name)} & {
            word for name in other.surnames for word in spellings(name)
        }
        sounds = {_sound(name) for name in one.surnames} & {_sound(name) for name in other.surnames}
        first, second = one.given[0], other.given[0]
        frequency = max(self.names[one.given[0], one.surnames[0]], self.names[other.given[0], other.surnames[0]])
        bits = log2(self.total / frequency)
        if surnames or shared:
            reasons.append("same surname" if surnames else "surname in another spelling")
        elif sounds:
            reasons.append("surname that sounds the same")
            bits -= _SOUND_COST
        else:
            reasons.append("other surname")
            bits /= 2
        if first == second or spellings(first)[-1] == spellings(second)[-1]:
            reasons.append("same given name")
        elif second in same_names(first):
            reasons.append("given name in another form")
            bits -= _SOUND_COST
        elif _given_key(first) == _given_key(second):
            reasons.append("given name that sounds the same")
            bits -= _SOUND_COST
        else:
            return None
        if len(one.given) > 1 and len(other.given) > 1:
            if one.given[1:] == other.given[1:]:
                bits += 3
                reasons.append("same further given names")
            elif one.given[1][0] != other.given[1][0]:
                bits -= 4
        return bits

    def _kin_bits(self, a: int, b: int, reasons: list[str]) -> float:
        bits = 0.0
        for word, ties in (("parent", self.parents), ("partner", self.partners)):
            mine, theirs = ties.get(a, _NONE), ties.get(b, _NONE)
            if mine & theirs:
                bits += _FAMILY_BITS
                reasons.append(f"the same {word}")
            elif self._names_of(mine) & self._names_of(theirs):
                bits += _FAMILY_BITS - 2
                reasons.append(f"a {word} of the same name")
        return bits

    def _names_of(self, people: frozenset[int] | set[int]) -> set[int]:
        return {key for one in people if one in self.records for key in self.records[one].keys}


def _lives(tree: Tree) -> tuple[dict[int, _Days], dict[int, _Days], dict[int, int], dict[int, int]]:
    """Return when people may have been born and have died, where both ends are known, and the places where they were."""
    births: dict[int, _Days] = {}
    deaths: dict[int, _Days] = {}
    born_in: dict[int, int] = {}
    died_in: dict[int, int] = {}
    for owner, _, kind, lo, hi, place, _ in tree.bulk.events():
        if owner < 0:
            continue
        if kind in ("birth", "baptism"):
            table, places = births, born_in
        elif kind in ("death", "burial"):
            table, places = deaths, died_in
        else:
            continue
        if place:
            places.setdefault(owner, place)
        if lo is None or hi is None:
            continue
        if kind in (
            "baptism",
            "burial",
        ):  # a birth lies within the year before a baptism, a death in the month before a burial
            lo -= _TO_BAPTISM if kind == "baptism" else _TO_BURIAL
        known = table.get(owner)
        if known is None:
            table[owner] = lo, hi
        elif max(known[0], lo) <= min(known[1], hi):
            table[owner] = max(known[0], lo), min(known[1], hi)
    return births, deaths, born_in, died_in


def _apart(one: _Days | None, other: _Days | None, *, order: bool = False) -> bool:
    """Tell whether two spans cannot be of one day; with `order`, whether the second certainly ends before the first begins."""
    if one is None or other is None:
        return False
    return other[1] < one[0] or (not order and one[1] < other[0])


def _date_bits(what: str, one: _Days | None, other: _Days | None, spread: int, reasons: list[str]) -> float:
    """Return how much is known when two spans agree: the narrower, the more."""
    if one is None or other is None:
        return 0.0
    if one[0] == one[1] == other[0] == other[1]:
        reasons.append(f"same day of {what}")
    else:
        reasons.append(f"dates of {what} that agree")
    widest = max(one[1] - one[0], other[1] - other[0]) + 1
    return max(0.0, log2(spread * _YEAR / widest))


_KEPT: WeakKeyDictionary[Tree, tuple[_Weighed, ...]] = WeakKeyDictionary()


def _pairs(tree: Tree) -> tuple[_Weighed, ...]:
    """Return the pairs of a tree, the likeliest first; worked out once for a tree that is open."""
    kept = _KEPT.get(tree)
    if kept is None:
        kept = _KEPT[tree] = tuple(sorted(_Matcher(tree).pairs(), key=lambda one: (-one.score, one.a, one.b)))
    return kept


def twice(tree: Tree) -> frozenset[str]:
    """Return the handles of the people who may be in a tree twice, by the same rule as `duplicates`."""
    return frozenset(tree.bulk.handle(n) for one in _pairs(tree) for n in (one.a, one.b))


def duplicates(tree: Tree, limit: int = 0) -> tuple[int, list[Pair]]:
    """Return how many pairs may be one person, and the likeliest of them.

    Args:
        tree: the tree.
        limit: how many to return; all where 0.
    """
    found = _pairs(tree)
    told: list[Pair] = []
    for one in found[:limit] if limit else found:
        a, b = tree.bulk.handle(one.a), tree.bulk.handle(one.b)
        why = flat(", ".join(one.reasons), 300)
        text = f"{label(tree, a)} and {label(tree, b)} may be one person ({one.score} of 100): {why}."
        told.append(Pair((a, b), one.score, one.reasons, text))
    return len(found), told
