"""Answers about one life: when, where, how old, what for a living, under which names."""

from __future__ import annotations

from typing import Final

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.say import (
    VERBS,
    cited,
    dated,
    event_evidence,
    event_words,
    events_of,
    first,
    join,
    label,
    named,
    some,
)
from gemwright_simon.clerk.spans import Span, between
from gemwright_simon.dates.calendars import to_day
from gemwright_simon.kinship import relatives
from gemwright_simon.records import Date, Event, Person

__all__ = [
    "age_at_death",
    "age_in_year",
    "event_when",
    "event_where",
    "not_recorded",
    "occupation",
    "other_names",
    "parent_age",
    "summary",
]

_NOUN: Final = {"birth": "birth", "baptism": "baptism", "death": "death", "burial": "burial", "residence": "residence"}
_WORK: Final = ("occupation", "title", "nobility", "titl", "occu")


def not_recorded(person: Person, what: str, kind: str) -> Answer:
    """Return the answer that the tree does not say something of a person."""
    if what.startswith("any "):
        text = f"No {what[4:]} of {label(person)} are recorded in this tree."
    else:
        text = f"Not recorded: {what} of {label(person)} is not in this tree."
    return Answer(
        text,
        core=("not recorded",),
        people=(person.handle,),
        kind=kind,
    )


def _events(person: Person, kind: str) -> list[Event]:
    found = events_of(person, kind)
    if kind == "residence":
        found += events_of(person, "census")
    return found


def event_when(desk: Desk, question: Question) -> Answer:
    """Answer on what date something happened to a person."""
    person = desk.one(question)
    kind = question.get("event")
    found = [event for event in _events(person, kind) if event.date.text]
    if not found:
        answer = not_recorded(person, f"a date for the {_NOUN.get(kind, kind)}", question.kind)
        return _instead(answer, person, kind)
    texts = [f"{label(person)} {VERBS.get(kind, kind)} {dated(found[0].date)}."]
    return _with_others(person, kind, found, texts, question.kind, (found[0].date.text,))


def event_where(desk: Desk, question: Question) -> Answer:
    """Answer where something happened to a person."""
    person = desk.one(question)
    kind = question.get("event")
    found = [event for event in _events(person, kind) if event.place]
    if not found:
        return _instead(not_recorded(person, f"a place for the {_NOUN.get(kind, kind)}", question.kind), person, kind)
    if kind == "residence":
        places = list(dict.fromkeys(event.place for event in found))
        texts = [f"{label(person)} lived in {join(places)}."]
        return Answer(
            texts[0],
            tuple(event_evidence(person, one) for one in found),
            core=tuple(places),
            people=(person.handle,),
            kind=question.kind,
        )
    texts = [f"{label(person)} {VERBS.get(kind, kind)} in {found[0].place}."]
    return _with_others(person, kind, found, texts, question.kind, (found[0].place,))


def _instead(answer: Answer, person: Person, kind: str) -> Answer:
    """Add to a missing event what is recorded in its place: a baptism for a birth, a burial for a death."""
    other = first(person, {"birth": "baptism", "death": "burial"}.get(kind, ""))
    if other is None or not (other.date.text or other.place):
        return answer
    text = f"{answer.text} The {other.kind} is recorded: {event_words(other)} [{other.handle}]."
    return Answer(text, (event_evidence(person, other),), core=answer.core, people=answer.people, kind=answer.kind)


def _with_others(
    person: Person, kind: str, found: list[Event], texts: list[str], asked: str, core: tuple[str, ...]
) -> Answer:
    if len(found) > 1:
        others = join([f"{event_words(one)} [{one.handle}]" for one in found[1:]])
        texts.append(f"Sources disagree or repeat it: also recorded is {others}; the first is the preferred one.")
    evidence = tuple(event_evidence(person, one) for one in found)
    return Answer(" ".join(texts), evidence, core=core, people=(person.handle,), kind=asked)


def age_at_death(desk: Desk, question: Question) -> Answer:
    """Answer how old a person became, as the interval that the recorded dates allow."""
    person = desk.one(question)
    span, born, died = lifespan(person)
    if born is None or died is None or not span.text:
        missing = join(
            [word for word, event in (("birth", born), ("death", died)) if event is None or not event.date.text]
        )
        return not_recorded(person, f"a date of {missing or 'birth or death that allows an age'}", question.kind)
    rough = " (one of the dates is approximate)" if span.rough else ""
    if span.most is not None and span.most < 0:
        text = f"The dates of {label(person)} contradict each other: born {born.date.text}, died {died.date.text}."
    else:
        text = f"{label(person)} died aged {span.text}{rough}: born {born.date.text}, died {died.date.text}."
    evidence = (event_evidence(person, born), event_evidence(person, died))
    return Answer(text, evidence, core=(span.text,), people=(person.handle,), kind=question.kind)


def lifespan(person: Person) -> tuple[Span, Event | None, Event | None]:
    """Return how long a person lived, with the birth and the death it was reckoned from."""
    born, died = first(person, "birth"), first(person, "death")
    if born is None or died is None:
        return Span(None, None), born, died
    return between(born.date, died.date), born, died


def age_in_year(desk: Desk, question: Question) -> Answer:
    """Answer how old a person was in a year."""
    person = desk.one(question)
    year = int(question.get("y"))
    born = first(person, "birth")
    if born is None or not born.date.precision:
        return not_recorded(person, "a date for the birth", question.kind)
    whole = Date(
        str(year), earliest=to_day("gregorian", year, 1, 1), latest=to_day("gregorian", year, 12, 31), precision="year"
    )
    span = between(born.date, whole)
    died = first(person, "death")
    if (
        died is not None
        and died.date.latest is not None
        and whole.earliest is not None
        and died.date.latest < whole.earliest
    ):
        text = f"{label(person)} was no longer alive in {year}: died {dated(died.date)}."
        return Answer(
            text, (event_evidence(person, died),), core=(died.date.text,), people=(person.handle,), kind=question.kind
        )
    if span.most is not None and span.most < 0:
        text = f"{label(person)} was not born yet in {year}: born {dated(born.date)}."
    else:
        text = f"In {year} {label(person)} was {span.text} years old: born {dated(born.date)}."
    return Answer(text, (event_evidence(person, born),), core=(span.text,), people=(person.handle,), kind=question.kind)


def parent_age(desk: Desk, question: Question) -> Answer:
    """Answer how old a parent was when a person was born."""
    person = desk.one(question)
    sex, word = ("F", "mother") if question.get("parent").lower() in ("mother", "mum", "mom") else ("M", "father")
    parents = [one for one in relatives(desk.graph, person.handle, "parents") if one.basis == "blood"]
    people = [desk.tree.person(one.handle) for one in parents]
    known = [one for one in people if one is not None and not one.hidden and one.sex == sex]
    if not known:
        return not_recorded(person, f"the {word}", question.kind)
    parent = known[0]
    other = question.get("c")
    if other and other.lower() not in ("he", "she", "they"):
        person = desk.one(question, "c")
    born, own = first(person, "birth"), first(parent, "birth")
    span = between(own.date, born.date) if own is not None and born is not None else Span(None, None)
    if not span.text or own is None or born is None:
        return Answer(
            f"Not recorded: the dates of birth of {label(person)} and of {label(parent)}, the {word}, do not allow an age.",
            tuple(event_evidence(one, event) for one, event in ((person, born), (parent, own)) if event is not None),
            core=("not recorded",),
            people=(person.handle,),
            kind=question.kind,
        )
    rough = " (one of the dates is approximate)" if span.rough else ""
    text = f"{label(parent)}, the {word}, was {span.text} years old{rough} when {label(person)} was born."
    return Answer(
        text,
        (event_evidence(parent, own), event_evidence(person, born)),
        core=(span.text,),
        people=(person.handle,),
        kind=question.kind,
    )


def occupation(desk: Desk, question: Question) -> Answer:
    """Answer what a person did for a living, and which titles the person bore."""
    person = desk.one(question)
    found = [event for event in events_of(person, *_WORK) if event.value]
    if not found:
        return not_recorded(person, "an occupation or title", question.kind)
    texts = [f"{event.value}" + (f" ({dated(event.date)})" if event.date.text else "") for event in found]
    return Answer(
        f"Recorded as occupation or title of {label(person)}: {'; '.join(texts)}.",
        tuple(event_evidence(person, one) for one in found),
        core=tuple(event.value for event in found),
        people=(person.handle,),
        kind=question.kind,
    )


def other_names(desk: Desk, question: Question) -> Answer:
    """Answer under which other names a person is recorded."""
    person = desk.one(question)
    names = [(one.text, one.kind) for one in person.names[1:] if one.text]
    names += [(one.nickname, "nickname") for one in person.names if one.nickname]
    names = list(dict.fromkeys(names))
    if not names:
        return not_recorded(person, "another name", question.kind)
    said = join([f"{text} ({kind})" for text, kind in names])
    return Answer(
        f"{label(person)} is also recorded as {said}.",
        tuple(
            Evidence(person.handle, f"{named(person)}: also {text} ({kind})", cited(person.citations))
            for text, kind in names
        ),
        core=tuple(text for text, _ in names),
        people=(person.handle,),
        kind=question.kind,
    )


def summary(desk: Desk, question: Question) -> Answer:
    """Answer who a person was: events, parents, partners and children, as recorded."""
    person = desk.one(question)
    parts = [f"{label(person)}"]
    evidence: list[Evidence] = []
    for event in person.events:
        if event.happened and (event.date.text or event.place or event.value):
            evidence.append(event_evidence(person, event))
            if event.kind in VERBS or event.kind in _WORK:
                parts.append(f"{event_words(event)} [{event.handle}]")
    for word, relation in (("parents", "parents"), ("partners", "spouses"), ("children", "children")):
        people = [desk.tree.person(one.handle) for one in relatives(desk.graph, person.handle, relation)]
        if people:
            parts.append(
                f"{word}: "
                + join([label(one) for one in people[:20]])
                + (f" and {some(len(people) - 20, 'other')}" if len(people) > 20 else "")
            )
    text = "; ".join(parts) + "." if len(parts) > 1 else f"{parts[0]}: nothing but the name is recorded."
    return Answer(text, tuple(evidence), core=(person.handle,), people=(person.handle,), kind=question.kind)
