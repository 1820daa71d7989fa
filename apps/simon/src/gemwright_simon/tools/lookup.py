"""`lookup_person`: what the tree records of one person, as a summary or by section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gemwright_simon.records import Citation, Event, Person
from gemwright_simon.tools.lines import (
    KINDS,
    date_text,
    evidence,
    fact_line,
    family_events,
    named,
    person_line,
    plain,
)
from gemwright_simon.tools.people import meant
from gemwright_simon.tools.results import Listing, ToolResult, paged
from gemwright_simon.tree import Tree

__all__ = ["lookup_person"]

_MOST_NAMES = 12
_PART = 1_200


def lookup_person(tree: Tree, arguments: dict[str, Any], told: list[str]) -> ToolResult:
    """Answer a call of the tool.

    Raises:
        Ambiguous: the tree has nobody of that name, or several.
    """
    found = meant(tree, arguments["person"])
    person = found.person
    told = [*told, *([found.told] if found.told else [])]
    if person.hidden:
        return ToolResult.of([*told, *_hidden(tree, person)])
    section = arguments.get("section", "summary")
    if section == "summary":
        return ToolResult.of([*told, " | ".join(_summary(tree, person))])
    lines = list(_SECTIONS[section](tree, person))
    asked = Listing.asked(arguments.get("limit") or 40, arguments.get("page"))
    page = lines[asked.start : asked.start + asked.limit]
    if not lines:
        return ToolResult.of([f"{section} of {named(person)}: none recorded", *told], total=0)
    return paged(f"{section} of {named(person)}", page, len(lines), asked, told)


def _hidden(tree: Tree, person: Person) -> list[str]:
    """Tell of somebody who may be living no more than the place in the family."""
    children = tree.children(person.handle)
    return [
        f"{named(person)} | nothing else is shown of people who may be living | children: {len({one for one, _ in children})}"
    ]


def _parents(tree: Tree, person: Person) -> Iterator[str]:
    for link in person.child_of:
        family = tree.family(link.family)
        if family is None or not family.partners:
            continue
        names = ", ".join(named(tree.person(one), one) for one in family.partners)
        kind = "" if link.kind in {"birth", "unknown"} else f" ({link.kind})"
        yield f"parents{kind}: {names} [{family.handle}]"


def _couples(tree: Tree, person: Person) -> Iterator[str]:
    for handle in person.partner_in:
        family = tree.family(handle)
        if family is None:
            continue
        partners = ", ".join(named(tree.person(one), one) for one in family.partners if one != person.handle)
        married = [event for event in family.events if event.kind == "marriage" and event.happened]
        words = f"spouse: {partners or 'not recorded'}"
        if married:
            when = " ".join(part for part in (date_text(married[0].date), plain(married[0].place, 100)) if part)
            words += f", married{' ' + when if when else ''} [{married[0].handle}]{evidence(married[0].citations)}"
        elif any(event.kind == "marriage" for event in family.events):
            words += ", recorded as not married"
        if any(event.kind == "divorce" and event.happened for event in family.events):
            words += ", divorced"
        children = ", ".join(named(tree.person(one), one) for one in family.children)
        yield f"{words} [{family.handle}]" + (f" children: {children}" if children else "")


def _summary(tree: Tree, person: Person) -> Iterator[str]:
    sex = "" if person.sex == "U" else f" {person.sex}"
    yield f"{named(person)}{sex}"
    if len(person.names) > 1:
        others = [f"{plain(one.text, 80)} ({one.kind})" for one in person.names[1:_MOST_NAMES]]
        yield f"also recorded as: {', '.join(others)}"
    for kind in ("birth", "baptism", "death", "burial"):
        events = [event for event in person.events if event.kind == kind]
        if events:
            yield fact_line(events[0])
        elif kind in {"birth", "death"}:
            yield f"{KINDS[kind]}: not recorded"
    parents = list(_parents(tree, person))
    yield from parents or ["parents: not recorded"]
    couples = " | ".join(_couples(tree, person))
    if couples:
        yield (
            couples
            if len(couples) <= _PART
            else couples[:_PART].rsplit(",", 1)[0] + ", \u2026 (section=family has all)"
        )
    rest = [event for event in person.events if event.kind not in {"birth", "baptism", "death", "burial"}]
    if rest:
        yield from (fact_line(event) for event in rest[:4])
    if len(rest) > 4:
        yield f"{len(rest) - 4} more events (section=events)"
    if person.notes:
        yield f"notes: {len(person.notes)} (section=notes)"
    for kind in ("birth", "death"):
        count = sum(1 for event in person.events if event.kind == kind)
        if count > 1:
            yield f"! {count} {kind} dates recorded, the first is preferred (section=events)"


def _events(tree: Tree, person: Person) -> Iterator[str]:
    yield from (fact_line(event) for event in person.events)
    yield from (fact_line(event, partners) for event, partners in family_events(tree, person))


def _family(tree: Tree, person: Person) -> Iterator[str]:
    yield from _parents(tree, person)
    seen = {person.handle}
    for link in person.child_of:
        family = tree.family(link.family)
        for one in family.children if family is not None else ():
            if one not in seen:
                seen.add(one)
                yield f"child of the same family [{link.family}]: {person_line(tree.person(one), one)}"
    for handle in person.partner_in:
        family = tree.family(handle)
        if family is None:
            continue
        for one in family.partners:
            if one != person.handle:
                yield f"spouse [{handle}]: {person_line(tree.person(one), one)}"
        for one in family.children:
            yield f"child [{handle}]: {person_line(tree.person(one), one)}"


def _cited(tree: Tree, person: Person) -> Iterator[tuple[str, Citation]]:
    yield from (("person", one) for one in person.citations)
    for event in person.events:
        yield from ((f"{event.kind} [{event.handle}]", one) for one in event.citations)
    for event, _ in family_events(tree, person):
        yield from ((f"{event.kind} [{event.handle}]", one) for one in event.citations)


def _sources(tree: Tree, person: Person) -> Iterator[str]:
    for what, citation in _cited(tree, person):
        source = tree.source(citation.source) if citation.source else None
        words = [f"{what}:"]
        if source is not None:
            words.append(plain(source.title or source.text, 160) or "(untitled)")
        if citation.page:
            words.append("p." + plain(citation.page, 100))
        if citation.quality is not None:
            words.append(f"q{citation.quality}")
        if citation.text:
            words.append(f'"{plain(citation.text, 300)}"')
        if citation.source:
            words.append(f"[{citation.source}]")
        yield " ".join(words)


def _notes(tree: Tree, person: Person) -> Iterator[str]:
    yield from (f'note: "{plain(note, 1500)}" [{person.handle}]' for note in person.notes)
    for event in person.events:
        yield from (f'note on {event.kind}: "{plain(note, 1500)}" [{event.handle}]' for note in event.notes)
    for event, _ in family_events(tree, person):
        yield from (f'note on {event.kind}: "{plain(note, 1500)}" [{event.handle}]' for note in event.notes)


def _timeline(tree: Tree, person: Person) -> Iterator[str]:
    facts: list[tuple[int, int, Event, str]] = []
    both = [(event, "") for event in person.events] + list(family_events(tree, person))
    for number, (event, partners) in enumerate(both):
        day = event.date.earliest if event.date.earliest is not None else event.date.latest
        if day is not None:
            facts.append((day, number, event, partners))
    facts.sort(key=lambda fact: fact[:2])
    yield from (fact_line(event, partners) for _, _, event, partners in facts)


_SECTIONS: dict[str, Callable[[Tree, Person], Iterator[str]]] = {
    "events": _events,
    "family": _family,
    "sources": _sources,
    "notes": _notes,
    "timeline": _timeline,
}
