"""What is asked of one life beside its dates: sources, notes, names, work, and all of it."""

from __future__ import annotations

from dataclasses import replace

from gemwright_simon.clerk import life, sources
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.say import events_of
from gemwright_simon.clerk.speech import persons
from gemwright_simon.clerk.speech.asked import EVENTS, Asked, question
from gemwright_simon.clerk.speech.meaning import Group, Meaning
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Spoken, Those
from gemwright_simon.records import Person

__all__ = ["alive_asked", "names_asked", "notes_asked", "sources_asked", "summary_asked", "work_asked"]


def sources_asked(desk: Desk, asked: Asked) -> Answer | None:
    """Answer what is cited for somebody, or for an event."""
    if not asked.has("SOURCE") or asked.has("HOWMANY"):
        return None
    events = list(dict.fromkeys(EVENTS[node.kind] for node in asked.nodes if node.kind in EVENTS))
    ref = asked.single
    if ref is None or not asked.only(
        "SOURCE",
        *EVENTS,
        "WHO",
        "WHEN",
        "WHERE",
        "IT",
        "WHICH",
        "HAVE",
        "SUMMARY",
        "WORK",
        "FROM",
        "NAME",
        "TIME",
        "PLACE",
    ):
        return None
    group = Meaning(desk).some(ref)
    if asked.has("WORK"):
        events.append("occupation")
    if not events:
        return persons.each(
            group, lambda one: sources.person_sources(desk, question("person_sources", a=one.handle)), "person_sources"
        )

    def tell(one: Person) -> Answer:
        told = [
            replace(
                sources.event_source(desk, Question("event_source", {"a": one.handle}, {"event": event})), topic=event
            )
            for event in events
        ]
        return persons.joined(told, "event_source")

    return persons.each(group, tell, "event_source")


def notes_asked(desk: Desk, asked: Asked) -> Answer | None:
    """What the notes say is quoted whole, so what else the question wants to know of them may stay open."""
    ref = asked.single
    if ref is None or not asked.has("NOTE") or asked.has("HOWMANY", "SOURCE"):
        return None
    if not asked.only(
        "NOTE",
        "UNKNOWN",
        *EVENTS,
        "WHO",
        "WHEN",
        "WHERE",
        "HAVE",
        "ABOUT",
        "SUMMARY",
        "IT",
        "WITH",
        "WORK",
        "LIVE",
        "FROM",
    ):
        return None
    group = Meaning(desk).some(ref)
    return persons.each(
        group, lambda one: sources.person_notes(desk, question("person_notes", a=one.handle)), "person_notes"
    )


def names_asked(desk: Desk, asked: Asked) -> Answer | None:
    """Answer what somebody is called: the name, other names, the surname of birth."""
    ref = asked.single
    if ref is None or asked.has("HOWMANY", "MOST", "COMMON", "PEOPLE"):
        return None
    meaning = Meaning(desk)
    if asked.has("OTHERNAMES") and asked.only("OTHERNAMES", "WHO", "NAME", "HAVE", "WHICH"):
        return persons.each(
            meaning.some(ref), lambda one: life.other_names(desk, question("other_names", a=one.handle)), "other_names"
        )
    if asked.has("SURNAME") and asked.only("SURNAME", "WHO", "NAME", "HAVE", "WHICH", "BEFORE", "MARRY"):
        group = meaning.some(ref)
        answer = persons.each(group, persons.surname, "surname")
        return answer
    if (
        asked.has("NAME")
        and asked.only("NAME", "WHO")
        and not isinstance(ref, (Kin, Those))
        and not (isinstance(ref, Named) and ref.many)
    ):
        return persons.each(meaning.some(ref), persons.called, "called")
    return None


def work_asked(desk: Desk, asked: Asked) -> Answer | None:
    """Answer what somebody did for a living, and whether it was a certain trade."""
    ref = asked.single
    if ref is None or asked.has("HOWMANY", "PEOPLE", "MOST"):
        return None
    group: Group | None = None
    if asked.has("WORK") and asked.only("WORK", "WHO", "JOB", "WHICH", "HAVE", "NAME", "IT"):
        group = Meaning(desk).some(ref)
        return persons.each(
            group, lambda one: life.occupation(desk, question("occupation", a=one.handle)), "occupation"
        )
    many = isinstance(ref, Those) or (isinstance(ref, Kin) and ref.kin.many) or (isinstance(ref, Named) and ref.many)
    if asked.has("JOB") and asked.yesno and asked.only("JOB") and not many:
        group = Meaning(desk).some(ref)
        trades = {node.value for node in asked.get("JOB")}
        return persons.each(group, lambda one: _is_so(desk, one, trades), "occupation")
    return None


def _is_so(desk: Desk, person: Person, trades: set[str]) -> Answer:
    answer = life.occupation(desk, question("occupation", a=person.handle))
    recorded = {event.value for event in events_of(person, "occupation", "title")}
    if not recorded:
        return answer
    return replace(
        answer,
        text=("Yes: " if trades <= recorded else "No: ") + answer.text,
        core=("yes" if trades <= recorded else "no",),
    )


def alive_asked(desk: Desk, asked: Asked) -> Answer | None:
    """Answer whether somebody is alive, by the recorded death, or was alive in a year."""
    ref = asked.single
    if ref is None or not asked.has("ALIVE") or not asked.only("ALIVE", "TIME", "LIVE", "WHERE", "WHEN"):
        return None
    group = Meaning(desk).some(ref)
    time = next((node.item.time for node in asked.get("TIME") if node.item is not None), None)
    if asked.has("TIME"):
        if time is None or time.year is None or asked.has("WHERE", "WHEN"):
            return None
        return persons.each(
            group,
            lambda one: life.age_in_year(desk, question("age_in_year", a=one.handle, y=str(time.year))),
            "age_in_year",
        )
    return persons.each(group, lambda one: persons.fact(desk, one, "when", "death"), "alive")


def summary_asked(desk: Desk, asked: Asked) -> Answer | None:
    """Answer what is recorded of somebody at all."""
    ref = asked.single
    if (
        ref is None
        or not asked.only("SUMMARY", "WHO", "ABOUT", "IT", "FAMILY")
        or (asked.has("HAVE") and not asked.has("SUMMARY", "FAMILY"))
    ):
        return None
    if isinstance(ref, (Those, Pair)) or (isinstance(ref, Named) and ref.many) or len(asked.refs) > 1:
        return None
    if isinstance(ref, Kin) and not asked.has("SUMMARY", "ABOUT", "FAMILY"):
        return None
    if isinstance(ref, Spoken) and not asked.kinds & {"SUMMARY", "WHO", "ABOUT", "FAMILY"}:
        return None
    group = Meaning(desk).some(ref)
    if len(group.people) > 3:
        return None
    return persons.each(group, lambda one: life.summary(desk, question("summary", a=one.handle)), "summary")
