"""What is asked of people who are meant: each frame knows a set of symbols, and answers only where no other word is left.

The frames are tried in order. One returns None where the question is none of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gemwright_simon.clerk import couples, family, life, sources
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Aside, Desk
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.say import events_of, first, label
from gemwright_simon.clerk.speech import persons
from gemwright_simon.clerk.speech.anchors import anchored
from gemwright_simon.clerk.speech.asked import EVENTS, Asked
from gemwright_simon.clerk.speech.facts import facts, followed
from gemwright_simon.clerk.speech.items import Kinship
from gemwright_simon.clerk.speech.lore import Lore
from gemwright_simon.clerk.speech.meaning import Group, Meaning
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Ref, Spoken, Those, plain, roots
from gemwright_simon.clerk.speech.wholes import whole_tree
from gemwright_simon.records import Person

__all__ = ["answered"]


def answered(desk: Desk, asked: Asked, lore: Lore) -> Answer | None:
    """Answer a question whose people are found; None where it is not understood as a whole.

    Args:
        desk: the tree and the conversation's focus.
        asked: the question.
        lore: what words the tree knows.

    Raises:
        Aside: something else has to be said: who is not recorded, or which of several is meant.
        NoReading: nobody can be meant.
    """
    if asked.has("UNKNOWN"):
        return _notes(desk, asked) if asked.has("NOTE") else None
    asked = anchored(desk, asked)
    for frame in _FRAMES:
        answer = frame(desk, asked)
        if answer is not None:
            return answer
    return whole_tree(desk, asked, lore)


def _single(asked: Asked) -> Ref | None:
    return asked.mains[0] if len(asked.mains) == 1 else None


def _question(kind: str, **slots: str) -> Question:
    return Question(kind, slots)


# Two people


def _related(desk: Desk, asked: Asked) -> Answer | None:
    refs = asked.refs[:]
    if len(refs) == 1 and isinstance(refs[0], Pair):
        refs = [refs[0].one, refs[0].other]
    if len(refs) != 2:
        return None
    to = [node.kind for node in asked.nodes if node.kind in ("REF", "TO")] == ["REF", "TO", "REF"]
    if asked.has("RELATED"):
        if not asked.only(
            "RELATED",
            "WHO",
            "BLOOD",
            "BYMARRIAGE",
            "BEFORE",
            "MARRY",
            "WHICH",
            "HAVE",
            "NAME",
            "ABOUT",
            "GIRLS",
            "BOYS",
        ):
            return None
    elif not (to and asked.only("WHO") and asked.has("WHO")):
        return None
    by = "blood" if asked.has("BLOOD") else "marriage" if asked.has("BYMARRIAGE") else ""
    a, b = Meaning(desk).one(refs[0]), Meaning(desk).one(refs[1])
    answer = family.related(desk, _question("related", a=a.handle, b=b.handle, by=by))
    if not asked.yesno or answer.core == ("self",):
        return answer
    return replace(answer, text=("No: " if answer.core == ("no relationship",) else "Yes: ") + answer.text)


def _membership(desk: Desk, asked: Asked) -> Answer | None:
    """Is A the son of B? Was Anna Jakob's wife?"""
    if not asked.yesno or len(asked.refs) != 2 or not asked.only() or asked.dangling:
        return None
    one, other = asked.refs
    if not isinstance(other, Kin) and isinstance(one, Kin):
        one, other = other, one
    if not isinstance(other, Kin) or isinstance(one, (Kin, Pair, Those)) or any(one is root for root in roots(other)):
        return None
    meaning = Meaning(desk)
    return persons.is_among(desk, meaning.one(one), meaning.group(other))


def _compared(desk: Desk, asked: Asked) -> Answer | None:
    refs = asked.refs[:]
    if len(refs) == 1 and isinstance(refs[0], Pair):
        refs = [refs[0].one, refs[0].other]
    if len(refs) != 2 or not asked.only(
        "WHO",
        "WHICH",
        "OLDER",
        "YOUNGER",
        "OLDEST",
        "YOUNGEST",
        "OUTLIVE",
        "PREDECEASE",
        "THAN",
        "BIRTH",
        "DEATH",
        "BEFORE",
        "AFTER",
        "ORD",
        "LONGEST",
        "LIVE",
    ):
        return None
    longer = any(
        node.item is not None and "longer" in node.item.text and "than" not in node.item.text or node.kind == "LONGEST"
        for node in asked.nodes
        if node.kind in ("OUTLIVE", "LONGEST")
    )
    longer = longer or any(
        node.item is not None and node.item.text in ("longer", "live longer than", "lived longer than")
        for node in asked.get("OUTLIVE")
    )
    event = "death" if asked.has("DEATH", "PREDECEASE") or (asked.has("OUTLIVE") and not longer) else "birth"
    claim = ""
    if asked.has("OLDER", "PREDECEASE", "BEFORE", "OLDEST") or any(node.value == "1" for node in asked.get("ORD")):
        claim = "first"
    elif asked.has("YOUNGER", "OUTLIVE", "AFTER", "YOUNGEST") or any(node.value == "-1" for node in asked.get("ORD")):
        claim = "last"
    elif not longer:
        return None
    meaning = Meaning(desk)
    a, b = meaning.one(refs[0]), meaning.one(refs[1])
    if longer:
        return persons.lives_compared(a, b, claim=not asked.has("WHO", "WHICH"))
    return persons.compared(a, b, event, "" if asked.has("WHO", "WHICH") else claim)


def _parted(desk: Desk, asked: Asked) -> Answer | None:
    if not asked.has("DIVORCE") or not asked.only("DIVORCE", "MARRY", "WHEN", "WHO", "IT", "HAVE", "HOWLONG", "LIVE"):
        return None
    refs = asked.mains
    if len(refs) == 1 and isinstance(refs[0], Pair):
        refs = [refs[0].one, refs[0].other]
    meaning = Meaning(desk)
    if len(asked.refs) == 2 and len(refs) == 1 and _is_partner(refs[0], asked.refs):
        refs = [one for one in asked.refs if one is not refs[0]]
    if len(refs) == 2:
        a, b = meaning.couple(refs[0], refs[1])
        return couples.divorced(desk, _question("divorced", a=a.handle, b=b.handle))
    if len(refs) != 1:
        return None
    return couples.divorced(desk, _question("divorced", a=meaning.one(refs[0]).handle))


def _is_partner(ref: Ref, refs: list[Ref]) -> bool:
    return (
        isinstance(ref, Kin)
        and ref.kin.relation == "spouses"
        and ref.of is not None
        and any(plain(ref.of) is one for one in refs)
    )


def _of_marriage(desk: Desk, asked: Asked) -> Answer | None:
    """Children of her second marriage: those with the second husband."""
    ref = _single(asked)
    if not isinstance(ref, Kin) or ref.kin.relation != "children" or ref.of is None or not asked.has("MARRY", "ORD"):
        return None
    if (
        not asked.has("MARRY")
        or not _ordinal(asked)
        or not asked.only("MARRY", "ORD", "WHO", "HOWMANY", "HAVE", "NAME", "FROM", "IT")
    ):
        return None
    if isinstance(plain(ref.of), Pair):
        return None
    spouse = Kin(of=ref.of, kin=Kinship("spouses", "", "spouse", False), number=_ordinal(asked))
    both = Kin(of=Pair(one=ref.of, other=spouse), kin=ref.kin)
    group = Meaning(desk).group(both)
    if not group.people and not group.hidden:
        return Answer(group.missing, core=("not recorded",), people=group.bases[:1], kind="relatives")
    return persons.kin_answer(
        desk, group, ref.kin.said, counted=asked.has("HOWMANY"), yesno=asked.yesno, tied=False, kind="relatives"
    )


def _single_life(desk: Desk, asked: Asked) -> Answer | None:
    """Did he stay single? Did she never marry?"""
    ref = _single(asked)
    if ref is None or not asked.has("UNMARRIED", "NEVER") or not asked.only("UNMARRIED", "NEVER", "MARRY"):
        return None
    if isinstance(ref, (Those, Pair)) or (isinstance(ref, (Named, Kin)) and _several(ref)):
        return None
    group = Meaning(desk).some(ref)
    return persons.each(group, lambda one: couples.spouses(desk, one, "relatives"), "relatives")


# Weddings


def _bare_couple(desk: Desk, asked: Asked) -> bool:
    """Tell whether two partners are named with nothing but when and where: their wedding is meant."""
    if not asked.has("WHEN", "WHERE") or asked.kinds - {"WHEN", "WHERE"} or len(asked.refs) != 2:
        return False
    if not all(isinstance(one, Named) for one in asked.refs):
        return False
    a, b = Meaning(desk).couple(asked.refs[0], asked.refs[1])
    return desk.family_of(a, b) is not None


def _wedding(desk: Desk, asked: Asked) -> Answer | None:
    if not (asked.has("MARRY") or _bare_couple(desk, asked)) or asked.has(
        "HOWOLD", "SOURCE", "NEVER", "UNMARRIED", "DIVORCE", "RELATED"
    ):
        return None
    if not asked.only(
        "MARRY",
        "WHEN",
        "WHERE",
        "WHO",
        "TIMES",
        "HOWMANY",
        "ORD",
        "TIME",
        "PLACE",
        "IT",
        "NAME",
        "WHICH",
        "WITH",
        "GIRLS",
        "BOYS",
    ):
        return None
    refs, number = asked.refs[:], _ordinal(asked)
    if len(refs) == 1 and isinstance(refs[0], Pair):
        refs = [refs[0].one, refs[0].other]
    if len(refs) == 2:
        partner = next((one for one in refs if _is_partner(one, refs)), None)
        if partner is None and any(any(one is root for root in roots(other)) for one in refs for other in refs):
            refs = asked.mains
        elif isinstance(partner, Kin):
            number = partner.number or number
            refs = [one for one in refs if one is not partner]
    if len(refs) == 2:
        return _couple(desk, asked, refs)
    if len(refs) != 1 or isinstance(refs[0], Those) or (isinstance(refs[0], Named) and refs[0].many):
        return None
    group = Meaning(desk).some(refs[0])
    if (
        len(group.people) == 2
        and desk.family_of(group.people[0], group.people[1]) is not None
        and not asked.has("TIME", "PLACE", "TIMES", "HOWMANY")
    ):
        return persons.about(group, _of_couple(desk, asked, group.people[0], group.people[1]))
    if len(group.people) > 1 and asked.has("WHICH", "HOWMANY"):
        return None
    if asked.yesno and (asked.has("TIME") or asked.has("PLACE")):
        time = next((node.item.time for node in asked.get("TIME") if node.item is not None), None)
        place = next((node.value for node in asked.get("PLACE")), "")
        return persons.each(group, lambda one: persons.holds(desk, one, "marriage", time, place), "married_when")
    if asked.has("TIME", "PLACE"):
        return None
    return persons.each(group, lambda one: _weddings(desk, asked, one, number), "married_when")


def _ordinal(asked: Asked) -> int:
    numbers = [int(node.value) for node in asked.get("ORD")]
    return numbers[0] if len(numbers) == 1 and not asked.has("TIMES") else 0


def _weddings(desk: Desk, asked: Asked, person: Person, number: int) -> Answer:
    handle = person.handle
    if number:
        pairs = couples.ordered(desk, person)
        place = number - 1 if number > 0 else len(pairs) - 1
        partner = pairs[place][1] if 0 <= place < len(pairs) else None
        if partner is None or partner.hidden:
            return life.not_recorded(person, f"a marriage number {number}", "married_when")
        return _of_couple(desk, asked, person, partner)
    if asked.has("TIMES", "HOWMANY"):
        return couples.marriages(desk, _question("marriages", a=handle))
    if asked.has("WHO", "NAME") or not asked.has("WHEN", "WHERE"):
        answer = couples.spouses(desk, person, "relatives")
        yes = asked.yesno and not answer.core == ("not recorded",)
        return replace(answer, text=("Yes: " if yes else "") + answer.text, topic="marriage")
    told = [persons.fact(desk, person, ask, "marriage") for ask in ("when", "where") if asked.has(ask.upper())]
    return persons.joined(told, "married_when")


def _couple(desk: Desk, asked: Asked, refs: list[Ref]) -> Answer | None:
    a, b = Meaning(desk).couple(refs[0], refs[1])
    if asked.has("TIMES", "HOWMANY"):
        return None
    if asked.has("TIME", "PLACE"):
        if desk.family_of(a, b) is None:
            return couples.married(desk, _question("married", a=a.handle, b=b.handle))
        time = next((node.item.time for node in asked.get("TIME") if node.item is not None), None)
        place = next((node.value for node in asked.get("PLACE")), "")
        only = desk.family_of(a, b)
        alone = replace(a, events=only.events if only is not None else (), partner_in=())
        if not asked.has("WHEN", "WHERE", "WHO"):
            return persons.holds(desk, alone, "marriage", time, place)
        return None
    return _of_couple(desk, asked, a, b)


def _of_couple(desk: Desk, asked: Asked, a: Person, b: Person) -> Answer:
    slots = {"a": a.handle, "b": b.handle}
    told: list[Answer] = []
    if asked.has("WHEN") or (not asked.has("WHERE") and not asked.yesno):
        told.append(couples.married_when(desk, Question("married_when", slots)))
    if asked.has("WHERE"):
        told.append(couples.married_where(desk, Question("married_where", slots)))
    if not told:
        told.append(couples.married(desk, Question("married", slots)))
    return replace(persons.joined(told, "married_when"), topic="marriage")


# Ages


def _age(desk: Desk, asked: Asked) -> Answer | None:
    if not asked.has("HOWOLD", "HOWLONG"):
        return None
    if not asked.only(
        "HOWOLD",
        "HOWLONG",
        "DEATH",
        "BIRTH",
        "MARRY",
        "LIVE",
        "REACH",
        "WHEN",
        "TIME",
        "WHO",
        "IT",
        "AFTER",
        "ALIVE",
        "ORD",
        "HAVE",
        "FIRSTCHILD",
    ):
        return None
    if asked.has("FIRSTCHILD"):
        ref = _single(asked)
        if ref is None or not asked.only("HOWOLD", "FIRSTCHILD", "WHEN"):
            return None
        parent = Meaning(desk).one(ref)
        oldest = Kin(of=ref, kin=Kinship("children", "", "child", False), number=1)
        child = Meaning(desk).one(oldest)
        return persons.age_at(parent, first(child, "birth"), f"the birth of {label(child)}", "age_at_birth")
    events = [node.kind for node in asked.nodes if node.kind in ("DEATH", "BIRTH", "MARRY")]
    kinds = set(events)
    meaning = Meaning(desk)
    if asked.has("HOWLONG") and (kinds - {"DEATH"} or not asked.has("LIVE", "REACH", "ALIVE")):
        return None
    if asked.has("TIME"):
        time = next((node.item.time for node in asked.get("TIME") if node.item is not None), None)
        ref = _single(asked)
        if ref is None or kinds or time is None or time.year is None:
            return None
        group = meaning.some(ref)
        return persons.each(
            group,
            lambda one: life.age_in_year(desk, _question("age_in_year", a=one.handle, y=str(time.year))),
            "age_in_year",
        )
    if len(kinds) > 1:
        return None
    event = next(iter(kinds), "")
    if event == "MARRY":
        return _age_married(desk, asked)
    mains = asked.mains
    subject, other = _age_of_whom(asked)
    if event == "BIRTH":
        if other is None or subject is None:
            return None
        child = meaning.one(other)
        return persons.age_at(
            meaning.one(subject), first(child, "birth"), f"the birth of {label(child)}", "age_at_birth"
        )
    if event == "DEATH" and other is not None and subject is not None:
        dead = meaning.one(other)
        return persons.age_at(
            meaning.one(subject), first(dead, "death"), f"the death of {label(dead)}", "age_at_other_death"
        )
    born = asked.mains[0] if len(asked.mains) == 1 else None
    if (
        not event
        and asked.has("HAVE")
        and isinstance(born, Kin)
        and born.kin.relation == "children"
        and born.of is not None
    ):
        child = meaning.one(born)
        return persons.age_at(
            meaning.one(born.of), first(child, "birth"), f"the birth of {label(child)}", "age_at_birth"
        )
    if len(mains) != 1 or isinstance(mains[0], Pair) or not _topics_first(asked, mains[0]):
        return None
    group = meaning.some(mains[0])
    return persons.each(
        group, lambda one: life.age_at_death(desk, _question("age_at_death", a=one.handle)), "age_at_death"
    )


def _reached(desk: Desk, asked: Asked) -> Answer | None:
    """Did she live to 80? Did he die young? The age says it."""
    if not asked.has("REACH", "AGE") or not asked.only(
        "REACH", "AGE", "DEATH", "LIVE", "NUM", "HOWOLD", "WHEN", "OVER", "UNDER"
    ):
        return None
    ref = _single(asked)
    if (
        ref is None
        or isinstance(ref, (Those, Pair))
        or (isinstance(ref, (Named, Kin)) and _several(ref))
        or not asked.yesno
    ):
        return None
    group = Meaning(desk).some(ref)
    return persons.each(
        group, lambda one: life.age_at_death(desk, _question("age_at_death", a=one.handle)), "age_at_death"
    )


def _several(ref: Named | Kin) -> bool:
    return ref.many if isinstance(ref, Named) else ref.kin.many


def _topics_first(asked: Asked, main: Ref) -> bool:
    """Tell whether everybody else is only named before it is asked whose age is meant: `Anna Weil, how old was her husband?`"""
    asking = next(place for place, node in enumerate(asked.nodes) if node.kind in ("HOWOLD", "HOWLONG"))
    return all(
        node.ref is None or plain(node.ref) is main or place < asking or len(asked.refs) == 1
        for place, node in enumerate(asked.nodes)
    )


def _age_of_whom(asked: Asked) -> tuple[Ref | None, Ref | None]:
    """Return whose age is asked for, and to whom the event happened where that is somebody else."""
    order: list[Ref | str] = [
        plain(node.ref) if node.ref is not None else node.kind for node in asked.pieces(("DEATH", "BIRTH", "HOWOLD"))
    ]
    event = next((place for place, one in enumerate(order) if one in ("DEATH", "BIRTH")), -1)
    if event < 0:
        return None, None
    asking = next((place for place, one in enumerate(order) if one == "HOWOLD"), 0)
    refs = [(place, one) for place, one in enumerate(order) if isinstance(one, Ref)]
    after = [one for place, one in refs if asking < place < event]
    if len(after) >= 2:
        subject, other = after[0], after[-1]
    elif asking > event and len(refs) >= 2:
        subject = next((one for place, one in refs if place > asking), None)
        other = next((one for place, one in refs if place < event), None)
    elif len(after) == 1 and any(place > event for place, _ in refs):
        return None, None
    else:
        return (after[0] if after else None), None
    if subject is None or other is None or subject is other:
        return subject, None
    return subject, other


def _age_married(desk: Desk, asked: Asked) -> Answer | None:
    refs, meaning, number = asked.refs[:], Meaning(desk), _ordinal(asked)
    partner = next((one for one in refs if _is_partner(one, refs)), None)
    if isinstance(partner, Kin):
        number = partner.number
        refs = [one for one in refs if one is not partner]
    elif len(refs) == 2:
        a, b = meaning.couple(refs[0], refs[1])
        return couples.age_married(desk, _question("age_married", a=a.handle, b=b.handle))
    if len(refs) == 1 and isinstance(refs[0], Pair):
        a, b = meaning.couple(refs[0].one, refs[0].other)
        both = [(a, b), (b, a)]
        return persons.joined(
            [couples.age_married(desk, _question("age_married", a=x.handle, b=y.handle)) for x, y in both],
            "age_married",
        )
    if len(refs) != 1:
        refs = asked.mains
    if len(refs) != 1:
        return None
    group = meaning.some(refs[0])

    def tell(one: Person) -> Answer:
        pairs = couples.ordered(desk, one)
        place = number - 1 if number > 0 else len(pairs) - 1
        wanted = pairs[place][1] if number and 0 <= place < len(pairs) else None
        slots = {"a": one.handle} | ({"b": wanted.handle} if wanted is not None and not wanted.hidden else {})
        if number and wanted is None:
            return life.not_recorded(one, f"a marriage number {number}", "age_married")
        return couples.age_married(desk, Question("age_married", slots))

    return persons.each(group, tell, "age_married")


# Sources, notes, names, work


def _sources(desk: Desk, asked: Asked) -> Answer | None:
    if not asked.has("SOURCE") or asked.has("HOWMANY"):
        return None
    events = list(dict.fromkeys(EVENTS[node.kind] for node in asked.nodes if node.kind in EVENTS))
    ref = _single(asked)
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
            group, lambda one: sources.person_sources(desk, _question("person_sources", a=one.handle)), "person_sources"
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


def _notes(desk: Desk, asked: Asked) -> Answer | None:
    """What the notes say is quoted whole, so what else the question wants to know of them may stay open."""
    ref = _single(asked)
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
        group, lambda one: sources.person_notes(desk, _question("person_notes", a=one.handle)), "person_notes"
    )


def _names(desk: Desk, asked: Asked) -> Answer | None:
    ref = _single(asked)
    if ref is None or asked.has("HOWMANY", "MOST", "COMMON", "PEOPLE"):
        return None
    meaning = Meaning(desk)
    if asked.has("OTHERNAMES") and asked.only("OTHERNAMES", "WHO", "NAME", "HAVE", "WHICH"):
        return persons.each(
            meaning.some(ref), lambda one: life.other_names(desk, _question("other_names", a=one.handle)), "other_names"
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


def _work(desk: Desk, asked: Asked) -> Answer | None:
    ref = _single(asked)
    if ref is None or asked.has("HOWMANY", "PEOPLE", "MOST"):
        return None
    group: Group | None = None
    if asked.has("WORK") and asked.only("WORK", "WHO", "JOB", "WHICH", "HAVE", "NAME", "IT"):
        group = Meaning(desk).some(ref)
        return persons.each(
            group, lambda one: life.occupation(desk, _question("occupation", a=one.handle)), "occupation"
        )
    many = isinstance(ref, Those) or (isinstance(ref, Kin) and ref.kin.many) or (isinstance(ref, Named) and ref.many)
    if asked.has("JOB") and asked.yesno and asked.only("JOB") and not many:
        group = Meaning(desk).some(ref)
        trades = {node.value for node in asked.get("JOB")}
        return persons.each(group, lambda one: _is_so(desk, one, trades), "occupation")
    return None


def _is_so(desk: Desk, person: Person, trades: set[str]) -> Answer:
    answer = life.occupation(desk, _question("occupation", a=person.handle))
    recorded = {event.value for event in events_of(person, "occupation", "title")}
    if not recorded:
        return answer
    return replace(
        answer,
        text=("Yes: " if trades <= recorded else "No: ") + answer.text,
        core=("yes" if trades <= recorded else "no",),
    )


def _alive(desk: Desk, asked: Asked) -> Answer | None:
    ref = _single(asked)
    if ref is None or not asked.has("ALIVE") or not asked.only("ALIVE", "TIME", "LIVE", "WHERE", "WHEN"):
        return None
    group = Meaning(desk).some(ref)
    time = next((node.item.time for node in asked.get("TIME") if node.item is not None), None)
    if asked.has("TIME"):
        if time is None or time.year is None or asked.has("WHERE", "WHEN"):
            return None
        return persons.each(
            group,
            lambda one: life.age_in_year(desk, _question("age_in_year", a=one.handle, y=str(time.year))),
            "age_in_year",
        )
    return persons.each(group, lambda one: persons.fact(desk, one, "when", "death"), "alive")


def _summary(desk: Desk, asked: Asked) -> Answer | None:
    ref = _single(asked)
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
    return persons.each(group, lambda one: life.summary(desk, _question("summary", a=one.handle)), "summary")


# Relatives


def _relatives(desk: Desk, asked: Asked) -> Answer | None:
    ref = _single(asked)
    if not isinstance(ref, Kin) or asked.dangling:
        return None
    again = ("MARRY", "AFTER", "BEFORE", "ORD") if ref.kin.relation == "spouses" and ref.number else ()
    if not asked.only(
        "WHO",
        "NAME",
        "HOWMANY",
        "WHICH",
        "HAVE",
        "FULL",
        "ADOPTED",
        "ONLY",
        "NUM",
        "WHOSE",
        "WITH",
        *again,
        "PEOPLE",
        "TIMES",
    ):
        return None
    if asked.has("HOWMANY") and asked.has("NUM"):
        return None
    meaning, kin = Meaning(desk), ref.kin
    counted = asked.has("HOWMANY")
    base = plain(ref.of) if ref.of is not None else None
    lone = base is not None and not isinstance(base, Pair) and not ref.number and not ref.qualities and not kin.side
    if (
        lone
        and base is not None
        and kin.relation in ("spouses", "ancestors", "descendants")
        and (counted or kin.relation == "spouses")
    ):
        whose = meaning.some(base)
        if len(whose.people) == 1:
            handle = whose.people[0].handle
            if kin.relation == "spouses":
                answer = (
                    couples.spouses(desk, whose.people[0], "relatives", kin.sex)
                    if not counted
                    else couples.marriages(desk, _question("marriages", a=handle))
                )
                yes = "Yes: " if asked.yesno and answer.core != ("not recorded",) else ""
                return persons.about(whose, replace(answer, text=yes + answer.text))
            return persons.about(whose, family.count(desk, _question(f"{kin.relation}_count", a=handle), kin.relation))
    if asked.has("ADOPTED") and kin.relation == "siblings":
        ref.kin = kin = replace(kin, relation="siblings")
    group = meaning.group(ref)
    if not group.people and not counted:
        if group.hidden:
            raise Aside(meaning.nobody(group), certain=True)
        return Answer(group.missing, core=("not recorded",), people=group.bases[:1], kind="relatives")
    kind = "relatives_count" if counted else "relatives"
    return persons.kin_answer(
        desk, group, kin.said, counted=counted, yesno=asked.yesno, tied=asked.has("ADOPTED"), kind=kind
    )


_FRAMES: Final[tuple[Callable[[Desk, Asked], Answer | None], ...]] = (
    _related,
    _membership,
    _compared,
    _age,
    _reached,
    _parted,
    _sources,
    _notes,
    _of_marriage,
    _single_life,
    _wedding,
    _names,
    _work,
    _alive,
    facts,
    _relatives,
    followed,
    _summary,
)
