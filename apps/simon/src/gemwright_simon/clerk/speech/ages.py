"""What is asked of ages: at death, at a wedding, when somebody else was born or died, in a year."""

from __future__ import annotations

from gemwright_simon.clerk import couples, life
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.say import first, label
from gemwright_simon.clerk.speech import persons
from gemwright_simon.clerk.speech.asked import Asked, is_partner, question, several
from gemwright_simon.clerk.speech.items import Kinship
from gemwright_simon.clerk.speech.meaning import Meaning
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Ref, Those, plain
from gemwright_simon.records import Person

__all__ = ["age", "reached"]


def age(desk: Desk, asked: Asked) -> Answer | None:
    """Answer how old somebody was, or became."""
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
        ref = asked.single
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
        ref = asked.single
        if ref is None or kinds or time is None or time.year is None:
            return None
        group = meaning.some(ref)
        return persons.each(
            group,
            lambda one: life.age_in_year(desk, question("age_in_year", a=one.handle, y=str(time.year))),
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
        group, lambda one: life.age_at_death(desk, question("age_at_death", a=one.handle)), "age_at_death"
    )


def reached(desk: Desk, asked: Asked) -> Answer | None:
    """Did she live to 80? Did he die young? The age says it."""
    if not asked.has("REACH", "AGE") or not asked.only(
        "REACH", "AGE", "DEATH", "LIVE", "NUM", "HOWOLD", "WHEN", "OVER", "UNDER"
    ):
        return None
    ref = asked.single
    if (
        ref is None
        or isinstance(ref, (Those, Pair))
        or (isinstance(ref, (Named, Kin)) and several(ref))
        or not asked.yesno
    ):
        return None
    group = Meaning(desk).some(ref)
    return persons.each(
        group, lambda one: life.age_at_death(desk, question("age_at_death", a=one.handle)), "age_at_death"
    )


def _topics_first(asked: Asked, main: Ref) -> bool:
    """Tell whether all others are named before the age is asked for, as in `Anna Weil, how old was her husband`."""
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
    refs, meaning, number = asked.refs[:], Meaning(desk), asked.ordinal
    partner = next((one for one in refs if is_partner(one, refs)), None)
    if isinstance(partner, Kin):
        number = partner.number
        refs = [one for one in refs if one is not partner]
    elif len(refs) == 2:
        a, b = meaning.couple(refs[0], refs[1])
        return couples.age_married(desk, question("age_married", a=a.handle, b=b.handle))
    if len(refs) == 1 and isinstance(refs[0], Pair):
        a, b = meaning.couple(refs[0].one, refs[0].other)
        both = [(a, b), (b, a)]
        return persons.joined(
            [couples.age_married(desk, question("age_married", a=x.handle, b=y.handle)) for x, y in both],
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
