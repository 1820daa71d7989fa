"""Answers about what is behind the tree: sources, citations, notes, and the background of a place and time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.desk import Desk, NoReading
from gemwright_simon.clerk.life import not_recorded
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.people import fold, looks_like_a_name
from gemwright_simon.clerk.say import cited, event_evidence, event_words, events_of, join, label, listing, named, some
from gemwright_simon.clerk.whole import everybody
from gemwright_simon.context import find as find_context
from gemwright_simon.records import Citation, Event, Person
from gemwright_simon.tree import Tree

__all__ = ["cited_to", "context", "event_source", "person_notes", "person_sources", "title_of"]

_MOST_LETTERS: Final = 1500


def title_of(tree: Tree, citation: Citation) -> str:
    """Return what a citation points to, with handle, title, page and the quality that the file gives it."""
    source = tree.source(citation.source) if citation.source else None
    what = (
        source.title or source.text or "without a title"
        if source is not None
        else " ".join(citation.text.split())[:200]
    )
    said = f"{what} [{citation.source}]" if citation.source else what or "a source without a title"
    said += f", {citation.page}" if citation.page else ""
    return said + (f" (quality {citation.quality} of 3)" if citation.quality is not None else "")


def event_source(desk: Desk, question: Question) -> Answer:
    """Answer what is cited for an event of a person."""
    person = desk.one(question)
    kind = question.get("event")
    events = events_of(person, kind)
    if kind == "marriage":
        events = [event for family in desk.families(person) for event in events_of(family, kind)]
    if not events:
        return not_recorded(person, f"a {kind}", question.kind)
    cites = [(event, one) for event in events for one in event.citations]
    evidence = tuple(event_evidence(person, event) for event in events)
    if not cites:
        text = (
            f"No source is recorded for the {kind} of {label(person)}: {event_words(events[0])} "
            f"[{events[0].handle}], recorded without a source."
        )
        return Answer(text, evidence, core=("no source",), people=(person.handle,), kind=question.kind)
    titles = list(dict.fromkeys(title_of(desk.tree, one) for _, one in cites))
    text = f"For the {kind} of {label(person)} the tree cites {join(titles)}."
    return Answer(
        text,
        evidence,
        core=tuple(dict.fromkeys(one.source or one.text for _, one in cites)),
        people=(person.handle,),
        kind=question.kind,
    )


def _citations(person: Person) -> Iterator[tuple[str, Event | None, Citation]]:
    for one in person.citations:
        yield "the person", None, one
    for event in person.events:
        for one in event.citations:
            yield event.kind, event, one


def person_sources(desk: Desk, question: Question) -> Answer:
    """Answer which sources are cited for a person and the person's events."""
    person = desk.one(question)
    found: dict[str, tuple[Citation, list[str]]] = {}
    for what, _, one in _citations(person):
        found.setdefault(title_of(desk.tree, one), (one, []))[1].append(what)
    married = [event for family in desk.families(person) for event in events_of(family, "marriage") if event.citations]
    more = f" For a marriage: {join([cited(event.citations) for event in married])}." if married else ""
    if not found:
        text = f"No source is recorded for {label(person)} as a person or an event of this life.{more}"
        return Answer(
            text,
            tuple(event_evidence(None, one) for one in married),
            core=("no source",),
            people=(person.handle,),
            kind=question.kind,
        )
    lines = [f"{title} for {join(list(dict.fromkeys(whats)))}" for title, (_, whats) in found.items()]
    core = tuple(dict.fromkeys(one.source or one.text for one, _ in found.values()))
    evidence = tuple(
        Evidence(one.source or person.handle, f"{named(person)}: {title}", cited([one]))
        for title, (one, _) in found.items()
    )
    return Answer(
        f"{some(len(core), 'source')} cited for {label(person)}: {'; '.join(lines)}.{more}",
        evidence,
        core=core,
        people=(person.handle,),
        kind=question.kind,
    )


def cited_to(desk: Desk, question: Question) -> Answer:
    """Answer for whom a source is cited."""
    words = question.get("s").strip("[]\"'\u201c\u201d")
    wanted = fold(words)
    sources = [source for handle in desk.tree.sources() if (source := desk.tree.source(handle)) is not None]
    found = [one for one in sources if one.handle.casefold() == words.casefold()]
    found = found or [one for one in sources if wanted and fold(one.title) == wanted]
    found = found or [one for one in sources if wanted and f" {wanted} " in f" {fold(one.title)} "]
    if not found:
        if not looks_like_a_name(words):
            raise NoReading
        return Answer(f"No source called {words} is in this tree.", core=("no source",), kind=question.kind)
    if len(found) > 1:
        lines = [f"{number}. {one.title} [{one.handle}]" for number, one in enumerate(found[:30], 1)]
        text = f"{len(found)} sources fit \u201c{words}\u201d. Which one do you mean?\n" + "\n".join(lines)
        return Answer(
            text,
            tuple(Evidence(one.handle, one.title) for one in found[:30]),
            core=tuple(one.handle for one in found),
            kind=question.kind,
        )
    source = found[0]
    people: list[Person] = []
    notes: list[str] = []
    for person in everybody(desk):
        whats = [what for what, _, one in _citations(person) if one.source == source.handle]
        if whats:
            people.append(person)
            notes.append(join(list(dict.fromkeys(whats))))
    if not people:
        return Answer(
            f"Nobody in this tree is cited to {source.title} [{source.handle}].",
            (Evidence(source.handle, source.title),),
            core=("nobody",),
            kind=question.kind,
        )
    return listing(
        f"Cited to {source.title or 'the source'} [{source.handle}]",
        people,
        notes=notes,
        source=source.handle,
        kind=question.kind,
    )


def person_notes(desk: Desk, question: Question) -> Answer:
    """Answer what the notes say about a person, in their own words."""
    person = desk.one(question)
    notes = [(person.handle, note) for note in person.notes] + [
        (event.handle, note) for event in person.events for note in event.notes
    ]
    notes = [(handle, " ".join(note.split())) for handle, note in notes if note.strip()]
    if not notes:
        return not_recorded(person, "a note", question.kind)
    quoted = [
        f"\u201c{note[:_MOST_LETTERS]}\u201d" + (" (shortened)" if len(note) > _MOST_LETTERS else "") + f" [{handle}]"
        for handle, note in notes
    ]
    evidence = tuple(Evidence(handle, note[:_MOST_LETTERS]) for handle, note in notes)
    return Answer(
        f"The notes on {label(person)} say: {' '.join(quoted)}",
        evidence,
        core=tuple(note[:_MOST_LETTERS] for _, note in notes),
        people=(person.handle,),
        kind=question.kind,
    )


def context(desk: Desk, question: Question) -> Answer:
    """Answer what is known in general of a place and time, from the table that comes along."""
    place, start = question.get("p"), int(question.get("y"))
    end = int(question.get("z") or start)
    rows = find_context(place, start, end, question.get("topic") or "any")
    if not rows:
        return Answer(
            f"No context on file for {place} in {start}" + (f" to {end}." if end != start else "."),
            core=("no context on file",),
            kind=question.kind,
        )
    text = "Background: " + " ".join(
        f"{row.text.rstrip('.')} ({row.start}\u2013{row.end})."
        if row.start != row.end
        else f"{row.text.rstrip('.')} ({row.start})."
        for row in rows[:6]
    )
    return Answer(
        text,
        tuple(Evidence(row.region, row.text, row.reference) for row in rows[:6]),
        core=tuple(row.text for row in rows[:6]),
        kind=question.kind,
    )
