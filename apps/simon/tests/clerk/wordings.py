"""Families of free wordings: each says one thing in many ways, with what is true reckoned from the records."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from apps.simon.tests.clerk.asking import Asked, Templates, name_of
from gemwright_simon.records import Person

__all__ = ["FAMILIES", "Family"]

_PRONOUNS: Final = {"M": ("he", "his", "him"), "F": ("she", "her", "her")}


@dataclass(frozen=True)
class Family:
    """One thing that people ask, in many wordings.

    Attributes:
        name: what is asked.
        wordings: the ways to say it.
        make: what to fill them with, and what has to be true of the answer.
    """

    name: str
    wordings: tuple[str, ...]
    make: Callable[[Templates], Iterator[tuple[dict[str, str], Asked]]]

    def questions(self, t: Templates, each: int) -> Iterator[Asked]:
        """Yield questions about a tree, the wordings in turn."""
        draw = random.Random(len(self.name))
        for place, (slots, asked) in enumerate(islice(self.make(t), each * len(self.wordings))):
            wording = self.wordings[place % len(self.wordings)]
            said = wording.format(**slots)
            yield Asked(
                0,
                said.lower() if draw.random() < 0.1 else said,
                asked.says,
                asked.handles,
                asked.number_is,
                asked.denies,
                asked.about,
            )


def _slots(one: Person) -> dict[str, str]:
    he, his, him = _PRONOUNS[one.sex]
    return {"a": name_of(one), "he": he, "his": his, "him": him}


def _people(t: Templates) -> Iterator[Person]:
    yield from (one for one in t.unique if one.sex in _PRONOUNS)


def _event(kind: str, field: str) -> Callable[[Templates], Iterator[tuple[dict[str, str], Asked]]]:
    def make(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
        for one in _people(t):
            event = t.truth.event(one.handle, kind)
            told = "" if event is None else event.date.text if field == "date" else event.place
            if told:
                yield _slots(one), Asked(0, "", (told,))

    return make


def _both(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    for one in _people(t):
        born, died = t.truth.event(one.handle, "birth"), t.truth.event(one.handle, "death")
        if born is not None and died is not None and born.date.text and died.place:
            yield _slots(one), Asked(0, "", (born.date.text, died.place))


def _line(*sexes: str) -> Callable[[Templates], Iterator[tuple[dict[str, str], Asked]]]:
    """Follow parents of these sexes, the nearest first."""

    def make(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
        for one in _people(t):
            here = one.handle
            for sex in sexes:
                found = [p for p in t.truth.parents(here) if p in t.truth.people and t.truth.people[p].sex == sex]
                here = found[0] if len(found) == 1 else ""
                if not here:
                    break
            if here and t.truth.plain(here):
                yield _slots(one), Asked(0, "", (f"[{here}]",))

    return make


def _birth_of_line(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    for one in _people(t):
        for spouse in _only(t.truth.spouses(one.handle)):
            for father in _only(
                {p for p in t.truth.parents(spouse) if p in t.truth.people and t.truth.people[p].sex == "M"}
            ):
                event = t.truth.event(father, "birth")
                if event is not None and event.place and spouse in t.truth.people:
                    word = {"M": "husband", "F": "wife"}.get(t.truth.people[spouse].sex)
                    if word:
                        yield _slots(one) | {"spouse": word}, Asked(0, "", (event.place,))


def _only(found: set[str]) -> Iterator[str]:
    if len(found) == 1:
        yield from found


def _children(counted: bool) -> Callable[[Templates], Iterator[tuple[dict[str, str], Asked]]]:
    def make(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
        for one in _people(t):
            found = t.truth.children(one.handle)
            if found and t.truth.plain(*found) and not found & t.truth.hidden:
                if counted:
                    yield _slots(one), Asked(0, "", number_is=len(found))
                else:
                    yield _slots(one), Asked(0, "", handles=frozenset(found), about=frozenset({one.handle}))

    return make


def _sons_born_in(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    for one in _people(t):
        found = t.truth.children(one.handle)
        if len(found) < 2 or not t.truth.plain(*found) or found & t.truth.hidden:
            continue
        places = [
            event.place.partition(",")[0] for child in found if (event := t.truth.event(child, "birth")) is not None
        ]
        for place in places[:1]:
            born = {
                child
                for child in found
                if (event := t.truth.event(child, "birth")) is not None and event.place.partition(",")[0] == place
            }
            if place:
                yield _slots(one) | {"p": place}, Asked(0, "", handles=frozenset(born), about=frozenset({one.handle}))


def _wedding(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    for one in _people(t):
        families = [t.truth.families[f] for f in one.partner_in]
        if len(families) != 1 or len(families[0].partners) != 2:
            continue
        other = next(p for p in families[0].partners if p != one.handle)
        event = next((e for e in families[0].events if e.kind == "marriage" and e.happened), None)
        if other in t.truth.people and event is not None and event.date.text:
            word = {"M": "husband", "F": "wife"}.get(t.truth.people[other].sex, "spouse")
            yield (
                _slots(one) | {"b": f"{name_of(t.truth.people[other])} [{other}]", "spouse": word},
                Asked(0, "", (event.date.text,)),
            )


def _yes(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    for one in _people(t):
        born = t.truth.event(one.handle, "birth")
        if born is not None and born.place:
            yield _slots(one) | {"p": born.place.partition(",")[0]}, Asked(0, "", ("Yes", born.place))


def _no(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    people = list(_people(t))
    for one, other in pairwise(people):
        born, there = t.truth.event(one.handle, "birth"), t.truth.event(other.handle, "birth")
        if born is not None and there is not None and born.place and there.place:
            wrong = there.place.partition(",")[0]
            if wrong not in born.place:
                yield _slots(one) | {"p": wrong}, Asked(0, "", ("No:", born.place))


def _older(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    for one in _people(t):
        for spouse in _only(t.truth.spouses(one.handle)):
            mine, theirs = (
                t.truth.event(one.handle, "birth"),
                t.truth.event(spouse, "birth") if spouse in t.truth.people else None,
            )
            if (
                mine is None
                or theirs is None
                or mine.date.latest is None
                or theirs.date.earliest is None
                or theirs.date.latest is None
                or mine.date.earliest is None
            ):
                continue
            word = {"M": "husband", "F": "wife"}.get(t.truth.people[spouse].sex)
            if word and mine.date.latest < theirs.date.earliest:
                yield _slots(one) | {"spouse": word}, Asked(0, "", ("Yes",))
            elif word and theirs.date.latest < mine.date.earliest:
                yield _slots(one) | {"spouse": word}, Asked(0, "", ("No",))


def _alone(t: Templates) -> Iterator[tuple[dict[str, str], Asked]]:
    for one in _people(t):
        if not t.truth.spouses(one.handle):
            yield _slots(one) | {"spouse": "wife" if one.sex == "M" else "husband"}, Asked(0, "", denies=True)


FAMILIES: Final = (
    Family(
        "the day of birth",
        (
            "when did {a} come into this world?",
            "{a}'s birthday?",
            "do you happen to know what date {a} was born",
            "{a} - when was {he} born?",
            "{a} b. when",
            "birth date of {a} please",
            "wen was {a} born",
            "Hello! Could you tell me which year {a} saw the light of day? Thanks",
            "So, {a}. When was {he} born?",
            "i can't remember when {a} was born",
        ),
        _event("birth", "date"),
    ),
    Family(
        "the place of death",
        (
            "whereabouts did {a} pass away?",
            "in which town did {a} breathe {his} last",
            "{a}: place of death?",
            "{a}, where did {he} die?",
            "where'd {a} die",
            "which place did {a} die in?",
            "any idea where {a} kicked the bucket?",
        ),
        _event("death", "place"),
    ),
    Family(
        "the grave",
        (
            "where is {a}'s grave?",
            "where was {a} laid to rest",
            "{a}'s final resting place?",
            "wheres {a} burried",
            "in what cemetery is {a} buried?",
        ),
        _event("burial", "place"),
    ),
    Family(
        "two facts",
        (
            "When was {a} born and where did {he} die?",
            "{a}: when born, and where did {he} pass away",
            "tell me when {a} was born and where {he} died",
        ),
        _both,
    ),
    Family(
        "the mother's father",
        (
            "{a}'s mum's dad?",
            "who was the father of the mother of {a}",
            "{a}'s grandad on {his} mother's side",
            "maternal grandfather of {a}",
            "{a}, who was {his} mother's father?",
            "what was the name of {a}'s mother's father",
        ),
        _line("F", "M"),
    ),
    Family(
        "the father's mother",
        (
            "{a}'s gran on dad's side",
            "who is {a}'s father's mother",
            "the mum of the dad of {a}",
            "{a}'s paternal granny, please",
        ),
        _line("M", "F"),
    ),
    Family(
        "where the father of the spouse was born",
        (
            "Where was the father of {a}'s {spouse} born?",
            "birthplace of {a}'s {spouse}'s dad",
            "{a}'s {spouse}'s father, where did he first see the light of day?",
        ),
        _birth_of_line,
    ),
    Family(
        "how many children",
        (
            "{a} had how many kids?",
            "number of children of {a}",
            "how many little ones did {a} bring up?",
            "{a} - how many children?",
            "how many kids did {a} have in total",
        ),
        _children(counted=True),
    ),
    Family(
        "who the children were",
        (
            "{a}: kids?",
            "names of {a}'s children, please",
            "what children did {a} have?",
            "list {a}'s offspring",
            "did {a} have any kids? names please",
        ),
        _children(counted=False),
    ),
    Family(
        "children of a place",
        (
            "which of {a}'s children were born in {p}?",
            "who of the kids of {a} was born in {p}",
            "did {a} have children who were born in {p}?",
        ),
        _sons_born_in,
    ),
    Family(
        "the wedding",
        (
            "On what date did {a} marry {his} {spouse}?",
            "{a} and {b} - when did they tie the knot?",
            "when did {a} get hitched",
            "{a}'s wedding day?",
            "what year did {a} wed {b}?",
        ),
        _wedding,
    ),
    Family(
        "a place that is right",
        (
            "was {a} born in {p}?",
            "Is it true that {a} was born in {p}?",
            "{a} was born in {p}, right?",
            "Wasn't {a} born in {p}?",
        ),
        _yes,
    ),
    Family(
        "a place that is wrong",
        ("was {a} born in {p}?", "I think {a} was born in {p}. Is that right?", "{a} was born in {p}, wasn't {he}?"),
        _no,
    ),
    Family("who is older", ("was {a} older than {his} {spouse}?", "Was {a} born before {his} {spouse}?"), _older),
    Family(
        "a spouse who is not there",
        (
            "{a}'s {spouse}, what was the name?",
            "When did {a}'s {spouse} die?",
            "what did {a}'s {spouse} do for a living",
            "who was {a}'s {spouse}?",
        ),
        _alone,
    ),
)
"""What is asked, how, and what is true. Few of the wordings are those of `wordings.toml`."""
