"""Templates about the whole tree: surnames, places, years, the first and the oldest, and names that several bear."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from apps.simon.tests.clerk.asking import TEMPLATES, Asked, Templates, name_of, template
from apps.simon.tests.clerk.truth import day


@template(41)
def _surnames(t: Templates, n: int) -> Iterator[Asked]:
    counts = Counter(
        one.names[0].surname
        for one in t.truth.people.values()
        if one.names and re.fullmatch(r"[A-Z][a-z]+", one.names[0].surname)
    )
    folded = Counter(one.names[0].surname.casefold() for one in t.truth.people.values() if one.names)
    for name, count in counts.most_common(12):
        if folded[name.casefold()] == count:
            yield Asked(
                n,
                t.ask(
                    "How many people have surname {s}?",
                    "How many people have the surname {s}?",
                    "How many people are called {s}?",
                    s=name,
                ),
                number_is=count,
            )


@template(42)
def _top_surname(t: Templates, n: int) -> Iterator[Asked]:
    counts = Counter(one.names[0].surname for one in t.truth.people.values() if one.names and one.names[0].surname)
    (name, most), (_, second) = counts.most_common(2)
    if most > second:
        for question in (
            "Which surname is most common?",
            "What is the most common surname?",
            "What is the most frequent family name?",
        ):
            yield Asked(n, question, (name,), number_is=most)


def _placed(number: int, kind: str, count: bool, *wordings: str) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        levels = Counter(
            part.strip()
            for one in t.truth.people.values()
            for event in one.events
            if event.kind == kind
            for part in event.place.split(",")
        )
        for place, _ in [
            one for one in levels.most_common(30) if re.fullmatch(r"[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*", one[0])
        ]:
            found = frozenset(
                one.handle
                for one in t.truth.people.values()
                if any(
                    event.kind == kind
                    and place.casefold() in [part.strip().casefold() for part in event.place.split(",")]
                    for event in one.events
                )
            )
            question = t.ask(*wordings, p=place)
            yield Asked(n, question, number_is=len(found)) if count else Asked(n, question, handles=found)

    TEMPLATES[number] = make


_placed(
    43, "birth", False, "Who was born in {p}?", "Which people were born in {p}?", "List everybody who was born in {p}."
)
_placed(
    44, "death", True, "How many died in {p}?", "How many people died in {p}?", "How many deaths are recorded in {p}?"
)


@template(45)
def _decades(t: Templates, n: int) -> Iterator[Asked]:
    exact = {
        one.handle: event.date
        for one in t.truth.people.values()
        if (event := t.truth.event(one.handle, "birth")) is not None and event.date.text
    }
    for decade in t.draw.sample(range(1600, 1900, 10), 30):
        inside = {
            handle
            for handle, date in exact.items()
            if date.earliest is not None
            and date.latest is not None
            and day(date.earliest).year // 10 == day(date.latest).year // 10 == decade // 10
        }
        touching = {
            handle
            for handle, date in exact.items()
            if date.earliest is not None
            and date.latest is not None
            and day(date.earliest).year <= decade + 9
            and day(date.latest).year >= decade
        }
        if inside and inside == touching:
            yield Asked(
                n,
                t.ask(
                    "Who was born in the {d}s?",
                    "Which people were born in the {d}s?",
                    "List everyone born in the {d}s.",
                    d=str(decade),
                ),
                handles=frozenset(inside),
            )


@template(46)
def _first_born(t: Templates, n: int) -> Iterator[Asked]:
    for name in sorted(
        {one.names[0].surname for one in t.unique if re.fullmatch(r"[A-Z][a-z]+", one.names[0].surname)}
    ):
        people = [
            one for one in t.truth.people.values() if one.names and one.names[0].surname.casefold() == name.casefold()
        ]
        days = {
            one.handle: event.date
            for one in people
            if (event := t.truth.event(one.handle, "birth")) is not None
            and event.date.earliest is not None
            and event.date.latest is not None
        }
        first = sorted(days.items(), key=lambda one: one[1].earliest or 0)
        if first and not any(
            date.earliest is not None and date.earliest <= (first[0][1].latest or 0) for _, date in first[1:]
        ):
            yield Asked(
                n,
                t.ask(
                    "Who is the earliest-born person named {s}?",
                    "Who was the first-born person with the surname {s}?",
                    "Which {s} was born first?",
                    s=name,
                ),
                handles=frozenset({first[0][0]}),
            )


@template(47)
def _oldest(t: Templates, n: int) -> Iterator[Asked]:
    for name in sorted(
        {one.names[0].surname for one in t.unique if re.fullmatch(r"[A-Z][a-z]+", one.names[0].surname)}
    ):
        ages: dict[str, tuple[int, int]] = {}
        for one in t.truth.people.values():
            if one.names and one.names[0].surname.casefold() == name.casefold():
                born, died = t.truth.event(one.handle, "birth"), t.truth.event(one.handle, "death")
                span = t.truth.age(born.date, died.date) if born is not None and died is not None else None
                if span is not None and 0 <= span[0] and span[1] < 130:
                    ages[one.handle] = span
        ranked = sorted(ages.items(), key=lambda one: -one[1][0])
        if ranked and not any(span[1] >= ranked[0][1][0] for _, span in ranked[1:]):
            yield Asked(
                n,
                t.ask(
                    "Who is the longest-lived person named {s}?",
                    "Which {s} lived the longest?",
                    "Who was the longest-lived {s}?",
                    s=name,
                ),
                handles=frozenset({ranked[0][0]}),
            )


@template(48)
def _ambiguous(t: Templates, n: int) -> Iterator[Asked]:
    for name in t.shared:
        found = [one for one in t.truth.people.values() if one.names and one.names[0].text.lower() == name]
        if len(found) <= 30:
            yield Asked(
                n,
                t.ask("When was {a} born?", "Who was the father of {a}?", "Where did {a} die?", a=name_of(found[0])),
                ("which one",),
                handles=frozenset(one.handle for one in found),
            )


@template(49)
def _alive(t: Templates, n: int) -> Iterator[Asked]:
    for year in t.draw.sample(range(1650, 1900), 40):
        count = 0
        for one in t.truth.people.values():
            born, died = t.truth.event(one.handle, "birth"), t.truth.event(one.handle, "death")
            if (
                born is not None
                and died is not None
                and born.date.latest is not None
                and died.date.earliest is not None
            ):
                count += day(born.date.latest).year <= year <= day(died.date.earliest).year
        if count:
            yield Asked(
                n,
                t.ask(
                    "How many people were certainly alive in {y}?",
                    "How many people were alive in {y}?",
                    "How many individuals were living in {y}?",
                    y=str(year),
                ),
                number_is=count,
            )


@template(50)
def _totals(t: Templates, n: int) -> Iterator[Asked]:
    report = t.truth.tree.report
    yield Asked(n, "How many people are in the tree?", number_is=report.people)
    yield Asked(n, "How many families are in the tree?", number_is=report.families)
    yield Asked(n, "How many sources are in the tree?", number_is=report.sources)
