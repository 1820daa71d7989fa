"""Answers about couples: when, where and at what age they married, how often, and whether they divorced."""

from __future__ import annotations

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.desk import Aside, Desk, NoReading
from gemwright_simon.clerk.life import not_recorded
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.say import (
    cited,
    dated,
    event_evidence,
    events_of,
    first,
    join,
    label,
    named,
    placed,
    some,
)
from gemwright_simon.clerk.spans import between
from gemwright_simon.records import Event, Family, Person

__all__ = ["age_married", "divorced", "marriages", "married", "married_when", "married_where", "ordered", "spouses"]


def _family(desk: Desk, question: Question) -> tuple[Person, Person, Family]:
    """Return two partners and their family.

    Raises:
        Aside: they are no couple; whom each of them married is said.
    """
    a, b = desk.couple(question)
    family = desk.family_of(a, b)
    if family is None:
        raise Aside(_no_couple(desk, a, b, question.kind), certain=True)
    return a, b, family


def _no_couple(desk: Desk, a: Person, b: Person, kind: str) -> Answer:
    text = f"No marriage of {label(a)} and {label(b)} is recorded."
    for one in (a, b):
        partners = [desk.tree.person(handle) for handle in desk.partners(one.handle)]
        if partners:
            text += f" Recorded for {label(one)}: {join([label(other) for other in partners])}."
    return Answer(text, core=("no marriage",), people=(a.handle,), kind=kind)


def _marriage(family: Family) -> Event | None:
    return first(family, "marriage")


def married_when(desk: Desk, question: Question) -> Answer:
    """Answer when two people married, or when one person did, each time."""
    return _wedding(desk, question, "when")


def married_where(desk: Desk, question: Question) -> Answer:
    """Answer where two people married, or where one person did, each time."""
    return _wedding(desk, question, "where")


def _wedding(desk: Desk, question: Question, ask: str) -> Answer:
    if not question.get("b"):
        return _weddings(desk, question, ask)
    a, b, family = _family(desk, question)
    events = events_of(family, "marriage")
    fits = [one for one in events if (one.date.text if ask == "when" else one.place)]
    if not fits:
        what = "date" if ask == "when" else "place"
        return Answer(
            f"Not recorded: {label(a)} and {label(b)} are a couple in this tree [{family.handle}], without a {what} of marriage.",
            tuple(event_evidence(None, one) for one in events),
            core=("not recorded",),
            people=(a.handle, b.handle),
            kind=question.kind,
        )
    said = dated(fits[0].date) if ask == "when" else f"in {fits[0].place}"
    text = f"{label(a)} and {label(b)} married {said}."
    if len(fits) > 1:
        text += " Also recorded: " + join([dated(one.date) if ask == "when" else one.place for one in fits[1:]]) + "."
    evidence = tuple(_couple_evidence(a, b, one) for one in fits)
    core = (fits[0].date.text if ask == "when" else fits[0].place,)
    return Answer(text, evidence, core=core, people=(a.handle, b.handle), kind=question.kind)


def _couple_evidence(a: Person, b: Person | None, event: Event) -> Evidence:
    said = event_evidence(None, event)
    return Evidence(said.handle, f"{named(a)} and {named(b)}: {said.text}", said.source)


def _weddings(desk: Desk, question: Question, ask: str) -> Answer:
    person = desk.one(question)
    lines: list[str] = []
    core: list[str] = []
    evidence: list[Evidence] = []
    for family, partner in ordered(desk, person):
        event = _marriage(family)
        said = (event.date.text if ask == "when" else event.place) if event is not None else ""
        if event is not None and said:
            lines.append(f"{dated(event.date) if ask == 'when' else 'in ' + said}, {label(partner)}")
            core.append(said)
            evidence.append(_couple_evidence(person, partner, event))
        else:
            lines.append(f"{'date' if ask == 'when' else 'place'} not recorded, {label(partner)}")
    if not lines:
        return not_recorded(person, "a marriage", question.kind)
    return Answer(
        f"{label(person)} married: {'; '.join(lines)}.",
        tuple(evidence),
        core=tuple(core) or ("not recorded",),
        people=(person.handle,),
        kind=question.kind,
    )


def ordered(desk: Desk, person: Person) -> list[tuple[Family, Person | None]]:
    """Return a person's families with the partner, in the order of the marriages where all are dated."""
    pairs = [
        (family, desk.tree.person(other))
        for family in desk.families(person)
        for other in [one for one in family.partners if one != person.handle] or [""]
        if other
    ]
    days = [event.date.earliest if (event := _marriage(family)) is not None else None for family, _ in pairs]
    if all(day is not None for day in days):
        order = sorted(range(len(pairs)), key=lambda place: days[place] or 0)
        return [pairs[place] for place in order]
    return pairs


def marriages(desk: Desk, question: Question) -> Answer:
    """Answer how many marriages of a person are recorded, and with whom, in order."""
    person = desk.one(question)
    pairs = ordered(desk, person)
    if not pairs:
        return not_recorded(person, "a marriage or partner", question.kind)
    texts: list[str] = []
    evidence: list[Evidence] = []
    for number, (family, partner) in enumerate(pairs, 1):
        event = _marriage(family)
        when = f", {dated(event.date)}" if event is not None and event.date.text else ""
        texts.append(f"{number}. {label(partner)}{when}")
        source = cited(event.citations if event is not None else family.citations)
        evidence.append(
            Evidence(
                event.handle if event is not None else family.handle,
                f"{named(person)} and {named(partner)}: married{when}",
                source,
            )
        )
    dates = [_marriage(family) for family, _ in pairs]
    order = (
        ""
        if all(one is not None and one.date.earliest is not None for one in dates) or len(pairs) < 2
        else " (in the order of the file: not every marriage is dated)"
    )
    handles = tuple(partner.handle for _, partner in pairs if partner is not None and not partner.hidden)
    return Answer(
        f"{some(len(pairs), 'marriage or partnership', 'marriages or partnerships')} of {label(person)} "
        f"recorded{order}: {'; '.join(texts)}.",
        tuple(evidence),
        core=(str(len(pairs)), *handles),
        people=(person.handle,),
        listed=handles,
        kind=question.kind,
    )


def spouses(desk: Desk, person: Person, kind: str, sex: str = "") -> Answer:
    """Answer whom a person married.

    Args:
        desk: the tree.
        person: whose partners.
        kind: the question's kind.
        sex: `M` or `F` where husbands or wives were asked for.
    """
    pairs = [
        (family, one)
        for family, one in ordered(desk, person)
        if one is not None and (not sex or one.hidden or one.sex in (sex, "U", "X"))
    ]
    if not pairs:
        return not_recorded(person, "a spouse", kind)
    texts: list[str] = []
    evidence: list[Evidence] = []
    for family, partner in pairs:
        event = _marriage(family)
        said = (" " + dated(event.date) if event.date.text else "") + placed(event.place) if event is not None else ""
        texts.append(label(partner) + (f", married{said}" if said.strip() else ""))
        source = cited(event.citations if event is not None else family.citations)
        evidence.append(
            Evidence(
                event.handle if event is not None else family.handle,
                f"{named(person)} and {named(partner)}: married{said}",
                source,
            )
        )
    handles = tuple(partner.handle for _, partner in pairs if not partner.hidden)
    return Answer(
        f"{label(person)} married {'; '.join(texts)}."
        if len(pairs) == 1
        else f"Spouses of {label(person)} ({len(pairs)}): {'; '.join(texts)}.",
        tuple(evidence),
        core=handles,
        people=(person.handle, *handles[:1]) if len(handles) == 1 else (person.handle,),
        listed=handles,
        kind=kind,
    )


def married(desk: Desk, question: Question) -> Answer:
    """Answer whether two people are a recorded couple."""
    a, b, family = _family(desk, question)
    event = _marriage(family)
    said = (" " + dated(event.date) if event.date.text else "") + placed(event.place) if event is not None else ""
    text = f"Yes: {label(a)} and {label(b)} are a couple in this tree [{family.handle}]" + (
        f", married{said}." if said.strip() else "."
    )
    evidence = (
        (_couple_evidence(a, b, event),)
        if event is not None
        else (Evidence(family.handle, f"{named(a)} and {named(b)}", cited(family.citations)),)
    )
    return Answer(text, evidence, core=("yes",), people=(a.handle, b.handle), kind=question.kind)


def age_married(desk: Desk, question: Question) -> Answer:
    """Answer how old the first of two people was when they married."""
    if question.get("b"):
        a, b, family = _family(desk, question)
    else:
        a = desk.one(question)
        pairs = ordered(desk, a)
        if not pairs:
            return not_recorded(a, "a marriage", question.kind)
        if len(pairs) > 1:
            texts = [_age_line(a, family, partner) for family, partner in pairs]
            return Answer(
                f"{label(a)}: " + "; ".join(texts) + ".", core=tuple(texts), people=(a.handle,), kind=question.kind
            )
        family, b = pairs[0]
    born, event = first(a, "birth"), _marriage(family)
    if born is None or event is None or not between(born.date, event.date).text:
        missing = (
            "a date of birth" if born is None or not born.date.precision else f"a date of the marriage with {label(b)}"
        )
        return not_recorded(a, missing, question.kind)
    span = between(born.date, event.date)
    rough = " (one of the dates is approximate)" if span.rough else ""
    text = f"{label(a)} was {span.text} years old{rough} at the marriage with {label(b)}."
    return Answer(
        text,
        (event_evidence(a, born), _couple_evidence(a, b, event)),
        core=(span.text,),
        people=(a.handle,),
        kind=question.kind,
    )


def _age_line(person: Person, family: Family, partner: Person | None) -> str:
    born, event = first(person, "birth"), _marriage(family)
    span = between(born.date, event.date).text if born is not None and event is not None else ""
    return f"{span or 'age not recorded'} at the marriage with {label(partner)}"


def divorced(desk: Desk, question: Question) -> Answer:
    """Answer whether two people, or one person, divorced."""
    if not question.get("b"):
        person = desk.one(question)
        pairs = [(family, one) for family, one in ordered(desk, person) if _divorce(family) is not None]
        if not pairs:
            return Answer(
                f"No divorce of {label(person)} is recorded.",
                core=("no divorce",),
                people=(person.handle,),
                kind=question.kind,
            )
        lines = [f"from {label(one)}" + _said(_divorce(family)) for family, one in pairs]
        evidence = tuple(
            _couple_evidence(person, one, event) for family, one in pairs if (event := _divorce(family)) is not None
        )
        return Answer(
            f"Yes: {label(person)} divorced {'; '.join(lines)}.",
            evidence,
            core=("yes",),
            people=(person.handle,),
            kind=question.kind,
        )
    if not question.get("a"):
        raise NoReading
    a, b, family = _family(desk, question)
    event = _divorce(family)
    if event is None:
        denied = next((one for one in family.events if one.kind == "divorce" and not one.happened), None)
        text = f"No divorce of {label(a)} and {label(b)} is recorded" + (
            ", and the file says that there was none." if denied else "."
        )
        return Answer(
            text,
            (Evidence(family.handle, f"{named(a)} and {named(b)}: no divorce recorded", cited(family.citations)),),
            core=("no divorce",),
            people=(a.handle, b.handle),
            kind=question.kind,
        )
    text = f"Yes: {label(a)} and {label(b)} divorced{_said(event)}."
    return Answer(
        text, (_couple_evidence(a, b, event),), core=("yes",), people=(a.handle, b.handle), kind=question.kind
    )


def _divorce(family: Family) -> Event | None:
    return first(family, "divorce", "annulment")


def _said(event: Event | None) -> str:
    if event is None:
        return ""
    return (f" {dated(event.date)}" if event.date.text else ", on a day that the tree does not say") + placed(
        event.place
    )
