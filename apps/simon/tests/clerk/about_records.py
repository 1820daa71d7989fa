"""Templates about sources, notes, impossible dates, ends of lines and false premises."""

from __future__ import annotations

from collections.abc import Iterator

from apps.simon.tests.clerk.asking import TEMPLATES, Asked, Templates, name_of, template
from apps.simon.tests.clerk.truth import day


def _sourced(number: int, cited: bool) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            births = [event for event in one.events if event.kind == "birth"]
            handles = tuple(f"[{cite.source}]" for event in births for cite in event.citations if cite.source)
            if (
                births
                and bool(handles) == cited
                and not any(cite.text and not cite.source for event in births for cite in event.citations)
            ):
                yield Asked(
                    n,
                    t.ask(
                        "What is the source for {a}'s birth?",
                        "What is the source for the birth of {a}?",
                        "Which source is cited for {a}'s birth?",
                        a=name_of(one),
                    ),
                    handles if cited else ("no source",),
                )

    TEMPLATES[number] = make


_sourced(51, True)
_sourced(53, False)


@template(52)
def _sources(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        handles = {cite.source for event in one.events for cite in event.citations if cite.source} | {
            cite.source for cite in one.citations if cite.source
        }
        if handles:
            yield Asked(
                n,
                t.ask(
                    "Which sources are attached to {a}?",
                    "What sources are there for {a}?",
                    "List the sources for {a}.",
                    a=name_of(one),
                ),
                tuple(f"[{handle}]" for handle in sorted(handles)),
            )


@template(54)
def _cited(t: Templates, n: int) -> Iterator[Asked]:
    for handle in t.truth.tree.sources():
        found = frozenset(
            one.handle
            for one in t.truth.people.values()
            if any(
                cite.source == handle
                for cites in (one.citations, *(event.citations for event in one.events))
                for cite in cites
            )
        )
        if found and len(found) <= 400:  # of a longer list the clerk shows a part, and says how many more there are
            yield Asked(
                n,
                t.ask(
                    "Who is cited to source {s}?",
                    "Who is cited to {s}?",
                    "List the people cited to source {s}.",
                    s=handle,
                ),
                handles=found,
                about=frozenset({handle}),
            )


@template(55)
def _noted(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        notes = tuple(" ".join(note.split()) for note in one.notes if 0 < len(note) < 800)
        if notes and len(notes) == len(one.notes):
            yield Asked(
                n,
                t.ask(
                    "What do the notes say about {a}?",
                    "What is noted about {a}?",
                    "Show the notes on {a}.",
                    a=name_of(one),
                ),
                notes,
            )


@template(56)
def _impossible(t: Templates, n: int) -> Iterator[Asked]:
    wrong = [
        one
        for one in t.truth.people.values()
        if (born := t.truth.event(one.handle, "birth")) is not None
        and (died := t.truth.event(one.handle, "death")) is not None
        and died.date.latest is not None
        and born.date.earliest is not None
        and died.date.latest < born.date.earliest
    ]
    if wrong:
        for question in (
            "Whose dates are impossible?",
            "Which people have impossible dates?",
            "List people with impossible dates.",
        ):
            yield Asked(n, question, tuple(f"[{one.handle}]" for one in wrong))


@template(57)
def _young(t: Templates, n: int) -> Iterator[Asked]:
    found: set[str] = set()
    for family in t.truth.families.values():
        for parent in family.partners:
            for child in family.children:
                if parent in t.truth.people and child in t.truth.people:
                    born, birth = t.truth.event(parent, "birth"), t.truth.event(child, "birth")
                    if (
                        born is not None
                        and birth is not None
                        and born.date.earliest is not None
                        and birth.date.latest is not None
                        and _under(t, born.date.earliest, birth.date.latest)
                    ):
                        found.add(parent)
    for question in (
        "Which parents were under 13?",
        "Which parents were under 13 when a child was born?",
        "Which parents were younger than 13?",
    ):
        yield Asked(n, question, tuple(f"[{one}]" for one in sorted(found)), denies=not found)


def _under(t: Templates, start: int, end: int) -> bool:
    first, last = day(start), day(end)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day)) < 13


@template(58)
def _ends(t: Templates, n: int) -> Iterator[Asked]:
    found = frozenset(
        one
        for one in t.truth.people
        if not any(t.truth.up.get(one, {}).values()) and any(t.truth.down.get(one, {}).values())
    )
    if len(found) <= 400:
        for question in (
            "Whose ancestry ends?",
            "Whose ancestry ends (no parents but children)?",
            "Who has no parents but has children?",
        ):
            yield Asked(n, question, handles=found)


@template(59)
def _false_premises(t: Templates, n: int) -> Iterator[Asked]:
    yield Asked(n, "When was Zebulon Quarrick born?", denies=True)
    yield Asked(n, "Who was the father of Ottoline Fiskworth?", denies=True)
    for one, other in zip(t.unique, t.unique[7:], strict=False):
        if other.handle not in t.truth.spouses(one.handle):
            yield Asked(
                n,
                t.ask(
                    "When did {a} and {b} marry?",
                    "Where did {a} marry {b}?",
                    "How old was {a} when marrying {b}?",
                    a=name_of(one),
                    b=name_of(other),
                ),
                ("no marriage",),
            )
