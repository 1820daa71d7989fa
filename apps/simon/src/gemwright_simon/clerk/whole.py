"""Answers about the whole tree: how many, who first, who longest, where, when, and what cannot be right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.desk import Desk, NoReading
from gemwright_simon.clerk.life import lifespan
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.people import fold, looks_like_a_name
from gemwright_simon.clerk.say import dated, event_evidence, events_of, first, label, listing, named, some
from gemwright_simon.clerk.spans import middle_year, year_of
from gemwright_simon.dates.calendars import to_day
from gemwright_simon.quality import Finding, findings, under_age
from gemwright_simon.records import Date, Event, Person

__all__ = [
    "alive_in",
    "all_events",
    "earliest",
    "end_of_line",
    "event_place",
    "event_years",
    "everybody",
    "given_top",
    "impossible",
    "in_place",
    "levels",
    "longest",
    "people_of",
    "private",
    "surname_count",
    "surname_top",
    "totals",
    "young_parents",
]

_PAST: Final = {
    "birth": "born",
    "death": "died",
    "burial": "buried",
    "baptism": "baptised",
    "marriage": "married",
    "residence": "resident",
}
_ROUGH: Final = frozenset({"about", "calculated", "estimated", "interpreted"})
_MOST_PEOPLE: Final = 1000


def everybody(desk: Desk) -> Iterator[Person]:
    """Yield everybody of the tree who is not private, in the order of the file."""
    for handle in desk.tree.people():
        person = desk.tree.person(handle)
        if person is not None and not person.hidden:
            yield person


def _surname(person: Person) -> str:
    return fold(person.names[0].surname) if person.names else ""


def people_of(desk: Desk, surname: str) -> list[Person]:
    """Return the people whose preferred name has a surname, or the whole of it where no surname fits.

    Raises:
        NoReading: nobody has it, and it is no name.
    """
    wanted = fold(surname)
    found = [one for one in everybody(desk) if wanted and _surname(one) == wanted]
    if not found:
        found = [
            one
            for one in everybody(desk)
            if any(fold(name.text) == wanted or wanted in fold(name.given).split() for name in one.names)
        ]
    if not found and not looks_like_a_name(surname):
        raise NoReading
    return found


def surname_count(desk: Desk, question: Question) -> Answer:
    """Answer how many people have a surname; the living are not counted by name."""
    surname = question.get("s")
    wanted = fold(surname)
    own = [one for one in everybody(desk) if wanted and _surname(one) == wanted]
    if not own and not looks_like_a_name(surname):
        raise NoReading
    other = sum(
        any(fold(name.surname) == wanted for name in one.names[1:])
        for one in everybody(desk)
        if _surname(one) != wanted
    )
    text = (
        f"{some(len(own), 'person', 'people')} in this tree {'has' if len(own) == 1 else 'have'} the surname {surname}"
    )
    text += f"; {other} more as another name." if other else "."
    text += private(desk)
    handles = tuple(one.handle for one in own)
    evidence = tuple(Evidence(one.handle, named(one)) for one in own[:_MOST_PEOPLE])
    return Answer(text, evidence, core=(str(len(own)),), listed=handles, kind=question.kind)


def private(desk: Desk) -> str:
    """Return what is said where people who may be alive are left out."""
    living = desk.tree.report.people - sum(1 for _ in everybody(desk))
    return " People who may be alive are not counted." if living > 0 else ""


def surname_top(desk: Desk, question: Question) -> Answer:
    """Answer which surname is the most common one."""
    return _top(desk, question, "surname", lambda one: one.names[0].surname if one.names else "")


def given_top(desk: Desk, question: Question) -> Answer:
    """Answer which first given name is the most common one."""
    return _top(desk, question, "given name", lambda one: (one.names[0].given.split() or [""])[0] if one.names else "")


def _top(desk: Desk, question: Question, what: str, value: Callable[[Person], str]) -> Answer:
    spelled: dict[str, Counter[str]] = {}
    for one in everybody(desk):
        text = value(one)
        if fold(text):
            spelled.setdefault(fold(text), Counter())[text] += 1
    counts = Counter({key: forms.total() for key, forms in spelled.items()})
    if not counts:
        return Answer(f"Not recorded: nobody in this tree has a {what}.", core=("not recorded",), kind=question.kind)
    most = counts.most_common(1)[0][1]
    best = [spelled[key].most_common(1)[0][0] for key, number in counts.items() if number == most]
    text = f"The most common {what} is {' and '.join(best)}: {some(most, 'person', 'people')}." + private(desk)
    return Answer(text, core=(*best, str(most)), kind=question.kind)


def event_place(desk: Desk, question: Question) -> Answer:
    """Answer who was born, died and so on in a place, or how many."""
    place, kind = question.get("p"), question.get("event")
    wanted = levels(place)
    if not wanted:
        raise NoReading
    found: list[tuple[Person, Event]] = []
    loose: list[tuple[Person, Event]] = []
    for person in everybody(desk):
        exact, near = in_place(desk, person, kind, wanted)
        if exact is not None:
            found.append((person, exact))
        elif near is not None:
            loose.append((person, near))
    note = ""
    if not found and loose:
        found, note = loose, " (the place is a part of these names)"
    if not found and not looks_like_a_name(place):
        raise NoReading
    return _told(desk, question, found, f"in {place}{note}")


def levels(place: str) -> list[str]:
    """Return the levels of a place, folded, the smallest first."""
    return [level for level in (fold(one.removeprefix("the ")) for one in place.split(",")) if level]


def in_place(desk: Desk, person: Person, kind: str, wanted: list[str]) -> tuple[Event | None, Event | None]:
    """Return an event of a kind in a place, and one where the place is only a part of a name.

    Args:
        desk: the tree.
        person: whose.
        kind: which events.
        wanted: the place, as `levels` gives it.
    """
    near: Event | None = None
    for event in all_events(desk, person, kind):
        recorded = levels(event.place)
        width = len(wanted)
        if any(recorded[start : start + width] == wanted for start in range(len(recorded) - width + 1)):
            return event, None
        if recorded and f" {' '.join(wanted)} " in f" {' '.join(recorded)} ":
            near = near or event
    return None, near


def all_events(desk: Desk, person: Person, kind: str) -> list[Event]:
    """Return the events of a kind in which a person took part: weddings and censuses too."""
    events = events_of(person, kind)
    if kind == "residence":
        events += events_of(person, "census")
    if kind == "marriage":
        events += [event for family in desk.families(person) for event in events_of(family, kind)]
    return events


def _told(desk: Desk, question: Question, found: list[tuple[Person, Event]], where: str) -> Answer:
    verb = _PAST.get(question.get("event"), question.get("event"))
    if not found:
        return Answer(f"Nobody is recorded as {verb} {where}." + private(desk), core=("0",), kind=question.kind)
    handles = tuple(person.handle for person, _ in found)
    evidence = tuple(event_evidence(person, event) for person, event in found[:_MOST_PEOPLE])
    if question.get("how") == "count":
        text = (
            f"{some(len(found), 'person', 'people')} in this tree {'is' if len(found) == 1 else 'are'} recorded "
            f"as {verb} {where}." + private(desk)
        )
        return Answer(text, evidence, core=(str(len(found)),), listed=handles, kind=question.kind)
    head = f"{verb.capitalize()} {where}"
    notes = [_when(event) for _, event in found]
    answer = listing(head, [person for person, _ in found], notes=notes, kind=question.kind)
    return Answer(
        answer.text + private(desk), evidence, core=handles, people=answer.people, listed=handles, kind=question.kind
    )


def _when(event: Event) -> str:
    return event.date.text


def event_years(desk: Desk, question: Question) -> Answer:
    """Answer who was born, died and so on in a span of years, or how many; open dates do not count."""
    kind = question.get("event")
    start, end, said = _years(question)
    found: list[tuple[Person, Event]] = []
    for person in everybody(desk):
        event = next((one for one in all_events(desk, person, kind) if _within(one.date, start, end)), None)
        if event is not None:
            found.append((person, event))
    return _told(desk, question, found, said)


def _years(question: Question) -> tuple[int | None, int | None, str]:
    decade, first_year, last_year = question.get("decade"), question.get("y"), question.get("z")
    if decade:
        return (
            int(decade),
            int(decade) + 9,
            f"in the {decade}s" + (f" (to {int(decade) + 9})" if decade.endswith("00") else ""),
        )
    year = int(first_year)
    if last_year:
        return year, int(last_year), f"from {year} to {last_year}"
    if question.get("open") == "before":
        return None, year - 1, f"before {year}"
    if question.get("open"):
        return year + (question.get("open") == "after"), None, f"{question.get('open')} {year}"
    return year, year, f"in {year}"


def _within(date: Date, start: int | None, end: int | None) -> bool:
    if date.earliest is None or date.latest is None:
        return False
    if date.qualifier in _ROUGH:
        middle = middle_year(date)
        return middle is not None and (start is None or start <= middle) and (end is None or middle <= end)
    return (start is None or start <= year_of(date.earliest)) and (end is None or year_of(date.latest) <= end)


def earliest(desk: Desk, question: Question) -> Answer:
    """Answer who of a surname, or of the tree, was born first."""
    surname = question.get("s")
    people = people_of(desk, surname) if surname else list(everybody(desk))
    born = [
        (event.date, person, event)
        for person in people
        if (event := first(person, "birth")) is not None
        and event.date.latest is not None
        and event.date.earliest is not None
    ]
    if not born:
        said = (
            f"nobody called {surname} has a date of birth that says when"
            if people
            else f"nobody called {surname} is in this tree, or the records are private"
        )
        return Answer(f"Not recorded: {said}.", core=("not recorded",), kind=question.kind)
    keys = [_key(date) for date, _, _ in born]
    least = min(keys)
    best = [(person, event) for key, (_, person, event) in zip(keys, born, strict=True) if key == least]
    whom = f"of the name {surname}" if surname else "of the tree"
    text = " and ".join(label(person) for person, _ in best)
    text = f"The earliest-born {whom} is {text}, born {dated(best[0][1].date)}."
    handles = tuple(person.handle for person, _ in best)
    return Answer(
        text,
        tuple(event_evidence(person, event) for person, event in best),
        core=handles,
        people=handles[:1],
        listed=handles,
        kind=question.kind,
    )


def _key(date: Date) -> int:
    if date.earliest is None or date.latest is None:
        return 10**9
    return (date.earliest + date.latest) // 2 if date.qualifier in _ROUGH else date.earliest


def longest(desk: Desk, question: Question) -> Answer:
    """Answer who of a surname, or of the tree, reached the greatest age."""
    surname = question.get("s")
    people = people_of(desk, surname) if surname else list(everybody(desk))
    lives = [
        (span, person, born, died)
        for person in people
        for span, born, died in [lifespan(person)]
        if span.least is not None and span.most is not None and 0 <= span.least and span.most < 130
    ]
    if not lives:
        return Answer(
            f"Not recorded: nobody{' called ' + surname if surname else ''} has dates of birth and death that allow an age.",
            core=("not recorded",),
            kind=question.kind,
        )
    most = max((span.least or 0) + (span.most or 0) for span, *_ in lives)
    best = [one for one in lives if (one[0].least or 0) + (one[0].most or 0) == most]
    whom = " and ".join(label(person) for _, person, _, _ in best)
    rivals = sum((span.most or 0) > (best[0][0].least or 0) for span, *_ in lives) - len(best)
    text = (
        f"The longest-lived {'of the name ' + surname if surname else 'of the tree'} is {whom}, aged {best[0][0].text}."
    )
    if rivals > 0 and best[0][0].least != best[0][0].most:
        text += " The dates are not exact enough to be sure."
    handles = tuple(person.handle for _, person, _, _ in best)
    evidence = tuple(
        event_evidence(person, event) for _, person, born, died in best for event in (born, died) if event is not None
    )
    return Answer(text, evidence, core=handles, people=handles[:1], listed=handles, kind=question.kind)


def alive_in(desk: Desk, question: Question) -> Answer:
    """Answer how many people were certainly alive in a year: born by its end and dead not before its beginning."""
    year = int(question.get("y"))
    start, end = to_day("gregorian", year, 1, 1), to_day("gregorian", year, 12, 31)
    found: list[Person] = []
    for person in everybody(desk):
        born, died = first(person, "birth"), first(person, "death")
        if born is None or died is None or born.date.latest is None or died.date.earliest is None:
            continue
        if born.date.latest <= end and died.date.earliest >= start:
            found.append(person)
    handles = tuple(one.handle for one in found)
    text = (
        f"{some(len(found), 'person', 'people')} of this tree {'was' if len(found) == 1 else 'were'} certainly "
        f"alive in {year}: born by its end and not dead before it, by recorded dates of birth and death."
    )
    evidence = tuple(Evidence(one.handle, named(one)) for one in found[:_MOST_PEOPLE])
    return Answer(text + private(desk), evidence, core=(str(len(found)),), listed=handles, kind=question.kind)


def totals(desk: Desk, question: Question) -> Answer:
    """Answer how many people, families and sources the tree holds."""
    report = desk.tree.report
    text = (
        f"{some(report.people, 'person', 'people')}, {some(report.families, 'family', 'families')} "
        f"and {some(report.sources, 'source')} are in this tree."
    )
    return Answer(text, core=(str(report.people), str(report.families), str(report.sources)), kind=question.kind)


def impossible(desk: Desk, question: Question) -> Answer:
    """Answer whose own dates contradict each other, or those of the parents, for certain."""
    found = findings(desk.tree, "impossible_dates")
    if not found:
        return Answer(
            "No dates in this tree are impossible: nobody died before birth, married or had a child before birth or "
            "long after death.",
            core=("none",),
            kind=question.kind,
        )
    people, evidence = _behind(desk, found)
    lines = [one.text.removesuffix(".") for one in found]
    return Answer(
        f"Impossible dates of {some(len(people), 'person', 'people')}: {'; '.join(lines)}.",
        evidence,
        core=people,
        listed=people,
        kind=question.kind,
    )


def _behind(
    desk: Desk, found: list[Finding], *, subjects: bool = False
) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """Return the people whom findings are about, or only the first of each, and the events that the findings rest on."""
    people: dict[str, None] = {}
    evidence: dict[str, Evidence] = {}
    for one in found:
        who = [handle for handle in one.handles if desk.tree.person(handle) is not None]
        people.update(dict.fromkeys(who[:1] if subjects else who))
        for handle in one.handles:
            owner, _, tag = handle.rpartition(".")
            record = desk.tree.person(owner) or desk.tree.family(owner) if tag and owner else None
            events = record.events if record is not None else ()
            evidence.update((handle, event_evidence(None, event)) for event in events if event.handle == handle)
    return tuple(people), tuple(evidence.values())


def young_parents(desk: Desk, question: Question) -> Answer:
    """Answer which parents were for certain younger than an age when a child was born."""
    word = question.get("age")
    limit = int(word) if word.isdigit() else 13
    found = under_age(desk.tree, limit)
    if not found:
        return Answer(
            f"No parent in this tree was certainly under {limit} at the birth of a child.",
            core=("none",),
            kind=question.kind,
        )
    handles, evidence = _behind(desk, found, subjects=True)
    lines = [one.text.removesuffix(".") for one in found]
    return Answer(
        f"Parents under {limit} at the birth of a child ({len(handles)}): {'; '.join(lines)}.",
        evidence,
        core=handles,
        listed=handles,
        kind=question.kind,
    )


def end_of_line(desk: Desk, question: Question) -> Answer:
    """Answer whose ancestry ends: people with children and without recorded parents."""
    found = [
        person
        for person in everybody(desk)
        if not any(
            (family := desk.tree.family(link.family)) is not None and family.partners for link in person.child_of
        )
        and any(family.children for family in desk.families(person))
    ]
    if not found:
        return Answer("Everybody with children in this tree has recorded parents.", core=("none",), kind=question.kind)
    return listing("Ends of lines, people with children and no recorded parents", found, kind=question.kind)
