"""What is asked of people who are meant: each frame knows a set of symbols, and answers only where no other word is left.

The frames are tried in order. One returns None where the question is none of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gemwright_simon.clerk import couples, family
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Aside, Desk
from gemwright_simon.clerk.speech import persons
from gemwright_simon.clerk.speech.ages import age, reached
from gemwright_simon.clerk.speech.anchors import anchored
from gemwright_simon.clerk.speech.asked import Asked, question
from gemwright_simon.clerk.speech.facts import facts, followed
from gemwright_simon.clerk.speech.lives import (
    alive_asked,
    names_asked,
    notes_asked,
    sources_asked,
    summary_asked,
    work_asked,
)
from gemwright_simon.clerk.speech.lore import Lore
from gemwright_simon.clerk.speech.meaning import Meaning
from gemwright_simon.clerk.speech.refs import Kin, Pair, Those, plain, roots
from gemwright_simon.clerk.speech.weddings import of_marriage, parted, single_life, wedding
from gemwright_simon.clerk.speech.wholes import whole_tree

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
        return notes_asked(desk, asked) if asked.has("NOTE") else None
    asked = anchored(desk, asked)
    for frame in _FRAMES:
        answer = frame(desk, asked)
        if answer is not None:
            return answer
    return whole_tree(desk, asked, lore)


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
    answer = family.related(desk, question("related", a=a.handle, b=b.handle, by=by))
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
        (node.item is not None and "longer" in node.item.text and "than" not in node.item.text)
        or node.kind == "LONGEST"
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


# Relatives


def _relatives(desk: Desk, asked: Asked) -> Answer | None:
    ref = asked.single
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
                    else couples.marriages(desk, question("marriages", a=handle))
                )
                yes = "Yes: " if asked.yesno and answer.core != ("not recorded",) else ""
                return persons.about(whose, replace(answer, text=yes + answer.text))
            return persons.about(whose, family.count(desk, question(f"{kin.relation}_count", a=handle), kin.relation))
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
    age,
    reached,
    parted,
    sources_asked,
    notes_asked,
    of_marriage,
    single_life,
    wedding,
    names_asked,
    work_asked,
    alive_asked,
    facts,
    _relatives,
    followed,
    summary_asked,
)
