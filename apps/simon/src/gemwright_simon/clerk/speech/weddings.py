"""What is asked of marriages: when, where, whom, how often, how they ended, and the children of one of them."""

from __future__ import annotations

from dataclasses import replace

from gemwright_simon.clerk import couples, life
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.speech import persons
from gemwright_simon.clerk.speech.asked import Asked, is_partner, question, several
from gemwright_simon.clerk.speech.items import Kinship
from gemwright_simon.clerk.speech.meaning import Meaning
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Ref, Those, plain, roots
from gemwright_simon.records import Person

__all__ = ["of_marriage", "parted", "single_life", "wedding"]


def parted(desk: Desk, asked: Asked) -> Answer | None:
    """Answer whether a marriage ended in divorce."""
    if not asked.has("DIVORCE") or not asked.only("DIVORCE", "MARRY", "WHEN", "WHO", "IT", "HAVE", "HOWLONG", "LIVE"):
        return None
    refs = asked.mains
    if len(refs) == 1 and isinstance(refs[0], Pair):
        refs = [refs[0].one, refs[0].other]
    meaning = Meaning(desk)
    if len(asked.refs) == 2 and len(refs) == 1 and is_partner(refs[0], asked.refs):
        refs = [one for one in asked.refs if one is not refs[0]]
    if len(refs) == 2:
        a, b = meaning.couple(refs[0], refs[1])
        return couples.divorced(desk, question("divorced", a=a.handle, b=b.handle))
    if len(refs) != 1:
        return None
    return couples.divorced(desk, question("divorced", a=meaning.one(refs[0]).handle))


def of_marriage(desk: Desk, asked: Asked) -> Answer | None:
    """Children of her second marriage: those with the second husband."""
    ref = asked.single
    if not isinstance(ref, Kin) or ref.kin.relation != "children" or ref.of is None or not asked.has("MARRY", "ORD"):
        return None
    if (
        not asked.has("MARRY")
        or not asked.ordinal
        or not asked.only("MARRY", "ORD", "WHO", "HOWMANY", "HAVE", "NAME", "FROM", "IT")
    ):
        return None
    if isinstance(plain(ref.of), Pair):
        return None
    spouse = Kin(of=ref.of, kin=Kinship("spouses", "", "spouse", False), number=asked.ordinal)
    both = Kin(of=Pair(one=ref.of, other=spouse), kin=ref.kin)
    group = Meaning(desk).group(both)
    if not group.people and not group.hidden:
        return Answer(group.missing, core=("not recorded",), people=group.bases[:1], kind="relatives")
    return persons.kin_answer(
        desk, group, ref.kin.said, counted=asked.has("HOWMANY"), yesno=asked.yesno, tied=False, kind="relatives"
    )


def single_life(desk: Desk, asked: Asked) -> Answer | None:
    """Did he stay single? Did she never marry?"""
    ref = asked.single
    if ref is None or not asked.has("UNMARRIED", "NEVER") or not asked.only("UNMARRIED", "NEVER", "MARRY"):
        return None
    if isinstance(ref, (Those, Pair)) or (isinstance(ref, (Named, Kin)) and several(ref)):
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


def wedding(desk: Desk, asked: Asked) -> Answer | None:
    """Answer when, where and whom somebody married, or how often."""
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
    refs, number = asked.refs[:], asked.ordinal
    if len(refs) == 1 and isinstance(refs[0], Pair):
        refs = [refs[0].one, refs[0].other]
    if len(refs) == 2:
        partner = next((one for one in refs if is_partner(one, refs)), None)
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
        return couples.marriages(desk, question("marriages", a=handle))
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
            return couples.married(desk, question("married", a=a.handle, b=b.handle))
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
