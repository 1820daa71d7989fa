"""Answers about people who are meant in free wording: their facts, their relatives, who is older, what is so and what not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from gemwright_simon.clerk import couples, life
from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.family import adopted_said
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.say import (
    LIVING,
    VERBS,
    dated,
    event_evidence,
    first,
    join,
    label,
    large,
    listing,
    named,
)
from gemwright_simon.clerk.spans import between
from gemwright_simon.clerk.speech.items import Time
from gemwright_simon.clerk.speech.meaning import Group
from gemwright_simon.clerk.whole import all_events, in_place, levels
from gemwright_simon.records import Event, Person

__all__ = [
    "about",
    "age_at",
    "called",
    "compared",
    "each",
    "fact",
    "holds",
    "is_among",
    "joined",
    "kin_answer",
    "lives_compared",
    "surname",
]

_MOST: Final = 25


def joined(answers: Sequence[Answer], kind: str) -> Answer:
    """Return several answers as one."""
    if len(answers) == 1:
        return answers[0]
    evidence = tuple(dict.fromkeys(one for answer in answers for one in answer.evidence))
    people = tuple(dict.fromkeys(one for answer in answers for one in answer.people))
    return Answer(
        " ".join(dict.fromkeys(answer.text for answer in answers)),
        evidence,
        core=tuple(one for answer in answers for one in answer.core),
        people=people,
        listed=next((answer.listed for answer in answers if answer.listed), ()),
        kind=kind,
        topic=answers[0].topic,
    )


def about(group: Group, answer: Answer) -> Answer:
    """Return an answer with the way on which its person was found, where there is one."""
    if len(group.people) != 1 or group.said == label(group.people[0]):
        return answer
    lead = f"{large(group.said)} is {label(group.people[0])}{group.note}."
    if group.handles and group.handles[0] in group.tied:
        lead = f"{large(group.said)} is {label(group.people[0])} ({group.terms[group.handles[0]]})."
    return replace(answer, text=f"{lead} {answer.text}", people=tuple(dict.fromkeys((*group.handles, *answer.people))))


def each(group: Group, tell: Callable[[Person], Answer], kind: str) -> Answer:
    """Return what is told of each person of a group."""
    answer = joined([tell(one) for one in group.people[:_MOST]], kind)
    if len(group.people) == 1:
        answer = about(group, answer)
    more = [f" {len(group.people) - _MOST} more are not shown."] if len(group.people) > _MOST else []
    if group.hidden:
        more.append(
            f" Also {LIVING if group.hidden == 1 else f'{group.hidden} living people'}, of whom nothing is told."
        )
    listed = group.handles if len(group.people) > 1 else answer.listed
    return replace(answer, text=answer.text + "".join(more), listed=listed)


def fact(desk: Desk, person: Person, ask: str, event: str) -> Answer:
    """Return when or where something happened to a person.

    Args:
        desk: the tree.
        person: who.
        ask: `when` or `where`.
        event: what, as a kind of event.
    """
    slots = {"a": person.handle}
    if event == "marriage":
        question = Question(f"married_{ask}", slots, {"event": event})
        answer = couples.married_when(desk, question) if ask == "when" else couples.married_where(desk, question)
    else:
        question = Question(f"event_{ask}", slots, {"event": event})
        answer = life.event_when(desk, question) if ask == "when" else life.event_where(desk, question)
    return replace(answer, topic=event)


def lived_then(desk: Desk, person: Person, time: Time) -> Answer:
    """Return where a person lived at a time, as far as it is recorded."""
    found = [event for event in all_events(desk, person, "residence") if event.place and time.may_hold(event.date)]
    if not found:
        return life.not_recorded(person, f"a residence {time.said}", "event_where")
    return Answer(
        f"{label(person)} lived in {join(list(dict.fromkeys(one.place for one in found)))} {time.said}.",
        tuple(event_evidence(person, one) for one in found),
        core=tuple(one.place for one in found),
        people=(person.handle,),
        kind="event_where",
        topic="residence",
    )


def holds(desk: Desk, person: Person, event: str, time: Time | None, place: str) -> Answer:
    """Return whether something happened to a person then and there: yes or no, with what is recorded."""
    found = [one for one in all_events(desk, person, event) if one.date.text or one.place]
    verb = VERBS.get(event, event)
    if not found:
        return life.not_recorded(person, f"a {event}", f"event_{event}")
    if event not in ("residence", "marriage"):
        found = found[:1]
    asked = " ".join(filter(None, (f"in {place}" if place else "", time.said if time else "")))
    said = "; ".join(filter(None, (_when_where(one) for one in found)))
    evidence = tuple(event_evidence(person, one) for one in found)
    wanted = levels(place)
    there = [one for one in found if not place or (one.place and _there(desk, person, event, one, wanted))]
    then = [one for one in there if time is None or time.holds(one.date)]
    missing = (place and not any(one.place for one in found)) or (
        time is not None and not any(one.date.precision for one in found)
    )
    if then:
        text, core = f"Yes: {label(person)} {verb} {said}.", "yes"
    elif missing:
        text, core = f"Not recorded: whether {label(person)} {verb} {asked}. Recorded: {verb} {said}.", "not recorded"
    elif any(time is not None and time.may_hold(one.date) for one in there):
        text, core = f"That may be: {label(person)} {verb} {said}.", "maybe"
    else:
        text, core = f"No: {label(person)} {verb} {said}.", "no"
    return Answer(text, evidence, core=(core,), people=(person.handle,), kind="event_holds", topic=event)


def _there(desk: Desk, person: Person, event: str, one: Event, wanted: list[str]) -> bool:
    alone = replace(person, events=(replace(one, kind=event),), partner_in=())
    exact, near = in_place(desk, alone, event, wanted)
    return exact is not None or near is not None


def _when_where(event: Event) -> str:
    date = dated(event.date) if event.date.text else ""
    return " ".join(filter(None, (date, f"in {event.place}" if event.place else "")))


# Relatives


def kin_answer(desk: Desk, group: Group, said: str, *, counted: bool, yesno: bool, tied: bool, kind: str) -> Answer:
    """Return who somebody's relatives are, or how many.

    Args:
        desk: the tree.
        group: the relatives.
        said: the word of the question for them.
        counted: whether their number was asked for.
        yesno: whether it was asked if there are any.
        tied: whether those by adoption and the like count too.
        kind: the question's kind.
    """
    own = [one for one in group.people if one.handle not in group.tied]
    other = [one for one in group.people if one.handle in group.tied]
    if counted:
        return _counted(group, own, other, tied=tied, kind=kind)
    everybody = [*own, *other]
    hidden: list[Person | None] = [Person(f"living{place}", hidden=True) for place in range(group.hidden)]
    notes = [
        "" if group.terms.get(one.handle, said) in (said, said.rstrip("s")) else group.terms[one.handle]
        for one in everybody
    ]
    if len(everybody) == 1 and not hidden:
        note = f" ({notes[0]})" if notes[0] and _tells(notes[0], said) else ""
        answer = Answer(
            f"{large(group.said)} is {label(everybody[0])}{note}{group.note}.",
            (Evidence(everybody[0].handle, f"{named(everybody[0])}, {group.said.removeprefix('the ')}"),),
            core=group.handles,
            listed=group.handles,
            kind=kind,
        )
    else:
        answer = listing(large(group.said) + group.note, [*everybody, *hidden], notes=notes, kind=kind)
    text = ("Yes. " if yesno else "") + answer.text
    people = (*group.handles[:1], *group.bases[:1]) if len(group.people) == 1 else group.bases[:1]
    return replace(answer, text=text, people=tuple(dict.fromkeys(people)))


def _tells(note: str, said: str) -> bool:
    """Tell whether a kin term says more than the word of the question: `half-sister`, `adoptive father`."""
    return any(word in note for word in ("half", "adopt", "foster", "step", "seal")) and note.split("-")[0] not in said


def _counted(group: Group, own: list[Person], other: list[Person], *, tied: bool, kind: str) -> Answer:
    if not tied:
        taken = [one for one in other if group.terms.get(one.handle, "").startswith("adoptive")]
        own, other = [*own, *taken], [one for one in other if one not in taken]
    else:
        taken = other
    total = len(own) + group.hidden + (len(other) if tied else 0)
    said = group.said.removeprefix("the ")
    if not total and not other:
        return Answer(f"None recorded: 0 {said} are in this tree.", core=("0",), people=group.bases[:1], kind=kind)
    shown = [*own, *(other if tied else [])]
    texts = [label(one) for one in shown]
    if group.hidden:
        texts.append(LIVING if group.hidden == 1 else f"{group.hidden} living people")
    text = f"{total} recorded as {said}{group.note}" + (f": {', '.join(texts)}." if texts else ".")
    text += adopted_said([label(one) for one in taken if group.terms.get(one.handle, "").startswith("adoptive")])
    if other and not tied:
        texts = [f"{label(one)} ({group.terms.get(one.handle, 'other')})" for one in other]
        text += f" Not counted, since not by birth: {join(texts)}."
    return Answer(
        text,
        tuple(Evidence(one.handle, f"{named(one)}, {said}") for one in shown),
        core=(str(total),),
        people=group.bases[:1],
        listed=tuple(one.handle for one in shown),
        kind=kind,
    )


def is_among(desk: Desk, person: Person, group: Group) -> Answer:
    """Return whether somebody is one of a group."""
    if person.handle in group.handles:
        term = group.terms.get(person.handle, "")
        return Answer(
            f"Yes: {label(person)} is {group.said}" + (f" ({term})." if person.handle in group.tied else "."),
            (Evidence(person.handle, f"{named(person)}, {group.said.removeprefix('the ')}"),),
            core=("yes",),
            people=(person.handle, *group.bases[:1]),
            kind="is_kin",
        )
    if group.people:
        recorded = (
            f" Recorded as {group.said.removeprefix('the ')}: {join([label(one) for one in group.people[:_MOST]])}."
        )
    else:
        recorded = " " + (group.missing if not group.hidden else "")
    text = f"No: {label(person)} is not recorded as {group.said.removeprefix('the ')}.{recorded.rstrip()}"
    evidence: tuple[Evidence, ...] = tuple(Evidence(one.handle, named(one)) for one in group.people[:_MOST])
    return Answer(text, evidence, core=("no",), people=(person.handle, *group.bases[:1]), kind="is_kin")


# Names


def called(person: Person) -> Answer:
    """Return a person's name, and the other names that are recorded."""
    others = [one.text for one in person.names[1:] if one.text]
    text = f"The name is recorded as {label(person)}" + (f", also as {join(others)}." if others else ".")
    return Answer(
        text, (Evidence(person.handle, named(person)),), core=(named(person),), people=(person.handle,), kind="called"
    )


def surname(person: Person) -> Answer:
    """Return the surname that a person's preferred name has: in most trees that of birth."""
    own = person.names[0].surname if person.names else ""
    if not own:
        return life.not_recorded(person, "a surname", "surname")
    kind = person.names[0].kind
    said = "" if kind == "birth" else f" ({kind} name)"
    text = f"The surname of {label(person)} is recorded as {own}{said}."
    others = [f"{one.surname} ({one.kind})" for one in person.names[1:] if one.surname and one.surname != own]
    text += f" Also recorded: {join(others)}." if others else ""
    return Answer(text, (Evidence(person.handle, named(person)),), core=(own,), people=(person.handle,), kind="surname")


# Ages and comparisons


def age_at(person: Person, event: Event | None, whose: str, kind: str) -> Answer:
    """Return how old a person was when something happened.

    Args:
        person: who.
        event: what happened; None where it is not recorded.
        whose: what it was, as in `the death of Jakob Weil [I4]`.
        kind: the question's kind.
    """
    born = first(person, "birth")
    if born is None or not born.date.precision:
        return life.not_recorded(person, "a date for the birth", kind)
    if event is None or not event.date.precision or not between(born.date, event.date).text:
        return Answer(f"Not recorded: a date for {whose}.", core=("not recorded",), people=(person.handle,), kind=kind)
    span = between(born.date, event.date)
    evidence = (event_evidence(person, born), event_evidence(None, event))
    if span.most is not None and span.most < 0:
        text = f"{label(person)} was not born yet at {whose}: born {born.date.text}, and that was {event.date.text}."
        return Answer(text, evidence, core=("no",), people=(person.handle,), kind=kind)
    died = first(person, "death")
    if (
        died is not None
        and died.date.latest is not None
        and event.date.earliest is not None
        and died.date.latest < event.date.earliest
    ):
        text = f"{label(person)} was no longer alive at {whose}: died {died.date.text}, and that was {event.date.text}."
        return Answer(text, (*evidence, event_evidence(person, died)), core=("no",), people=(person.handle,), kind=kind)
    rough = " (one of the dates is approximate)" if span.rough else ""
    text = f"{label(person)} was {span.text} years old{rough} at {whose}."
    return Answer(text, evidence, core=(span.text,), people=(person.handle,), kind=kind)


def compared(a: Person, b: Person, event: str, claim: str) -> Answer:
    """Return which of two people was born, or died, first.

    Args:
        a: the one.
        b: the other.
        event: `birth` or `death`.
        claim: `first` or `last` where it was asked if that is true of the one; empty where it was asked who.
    """
    one, other = first(a, event), first(b, event)
    verb = VERBS[event]
    if one is None or not one.date.precision:
        return life.not_recorded(a, f"a date for the {event}", "compared")
    if other is None or not other.date.precision:
        return life.not_recorded(b, f"a date for the {event}", "compared")
    facts = f"{label(a)} {verb} {dated(one.date)}, {label(b)} {verb} {dated(other.date)}"
    evidence = (event_evidence(a, one), event_evidence(b, other))
    before = _before(one, other)
    if before is None:
        return Answer(
            f"The recorded dates do not say: {facts}.",
            evidence,
            core=("not recorded",),
            people=(a.handle, b.handle),
            kind="compared",
        )
    earlier = a if before else b
    lead = f"{label(earlier)} {verb} first"
    if claim:
        lead = ("Yes" if before == (claim == "first") else "No") + f": {lead}"
    return Answer(
        f"{lead}: {facts}.",
        evidence,
        core=(earlier.handle,) if not claim else (lead.partition(":")[0].lower(),),
        people=(earlier.handle, (b if before else a).handle),
        kind="compared",
    )


def _before(one: Event, other: Event) -> bool | None:
    if one.date.latest is not None and other.date.earliest is not None and one.date.latest < other.date.earliest:
        return True
    if other.date.latest is not None and one.date.earliest is not None and other.date.latest < one.date.earliest:
        return False
    return None


def lives_compared(a: Person, b: Person, *, claim: bool) -> Answer:
    """Return which of two people reached the greater age."""
    spans = [life.lifespan(one)[0] for one in (a, b)]
    for person, span in zip((a, b), spans, strict=True):
        if span.least is None or span.most is None:
            return life.not_recorded(person, "an age", "compared")
    facts = f"{label(a)} became {spans[0].text}, {label(b)} {spans[1].text}"
    evidence = tuple(
        event_evidence(one, event) for one in (a, b) for event in life.lifespan(one)[1:] if event is not None
    )
    (least_a, most_a), (least_b, most_b) = ((span.least or 0, span.most or 0) for span in spans)
    if least_a > most_b or least_b > most_a:
        longer = a if least_a > most_b else b
        lead = f"{label(longer)} lived longer"
        lead = (("Yes: " if longer is a else "No: ") if claim else "") + lead
        return Answer(f"{lead}: {facts}.", evidence, core=(longer.handle,), people=(longer.handle,), kind="compared")
    lead = (
        "Both reached the same age"
        if (least_a, most_a) == (least_b, most_b) and least_a == most_a
        else "The recorded dates do not say"
    )
    return Answer(f"{lead}: {facts}.", evidence, core=("not recorded",), people=(a.handle, b.handle), kind="compared")
