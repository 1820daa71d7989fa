"""Whose relatives are meant where a question does not say it beside the word, as in `Anna Weil: siblings?`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Aside, Desk
from gemwright_simon.clerk.speech.asked import Asked
from gemwright_simon.clerk.speech.grammar import Node
from gemwright_simon.clerk.speech.kin import INVERSE
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Ref, Spoken, Those, innermost, plain

__all__ = ["anchored"]

_SHARED: Final = frozenset({"children", "grandchildren", "descendants", "great_grandchildren"})
_FORMAL: Final = frozenset({"father", "mother", "grandfather", "grandmother"})
_SEXED: Final = frozenset({"girl", "girls", "boy", "boys", "sons", "daughters", "lads", "lasses"})
_TWO_SIDED: Final = frozenset({"grandparents", "aunts_uncles", "first_cousins", "ancestors@3", "ancestors@4"})
_WORDS: Final = {"parents_in_law": "parents-in-law", "children_in_law": "children-in-law"}


def anchored(desk: Desk, asked: Asked) -> Asked:
    """Return a question in which every relative is somebody's.

    Args:
        desk: the tree and the conversation's focus.
        asked: the question.

    Raises:
        Aside: it is the relative of who asks, and who that is is not known.
    """
    asked = _sided(asked)
    loose = asked.loose
    if loose is None:
        return asked
    others = [ref for ref in asked.refs if innermost(ref) is not loose]
    second = next((one for one in others if isinstance(one, Kin) and one.of is None), None)
    if second is not None and second.kin.word in _SEXED and loose.kin.many:
        return anchored(desk, _filtered(asked, second))
    many = [one for one in others if isinstance(one, Those) or (isinstance(one, Kin) and one.kin.many)]
    if len(others) == 1 and many and loose.kin.word in _SEXED:
        return _filtered(asked, loose)
    if asked.dangling or asked.has("WHOSE"):
        if len(others) == 1 and loose.kin.relation in INVERSE:
            relation = INVERSE[loose.kin.relation]
            said = _WORDS.get(relation, relation.replace("_", " "))
            if said == loose.kin.relation.replace("_", " "):
                said = loose.kin.said
            loose.of, loose.kin = others[0], replace(loose.kin, relation=relation, sex="", said=said, many=True)
            kept = [node for node in asked.nodes if node.kind not in ("OF", "WHOSE")]
            return Asked(kept, asked.yesno, asked.home)
        return asked
    whose = _whose(desk, asked, loose, others)
    if whose is None:
        return asked
    loose.of = whose
    return Asked(asked.nodes, asked.yesno, asked.home)


def _sided(asked: Asked) -> Asked:
    """Read `her gran, the one on her mother's side`: a side that is said later than the relative."""
    sides = asked.get("SIDED")
    kin = [one for one in asked.refs if isinstance(one, Kin) and one.kin.relation in _TWO_SIDED and not one.kin.side]
    if len(sides) != 1 or len(kin) != 1:
        return asked
    kin[0].kin = replace(kin[0].kin, side=sides[0].value)
    return Asked([node for node in asked.nodes if node.kind != "SIDED"], asked.yesno, asked.home)


def _filtered(asked: Asked, loose: Kin) -> Asked:
    kind = "GIRLS" if loose.kin.sex == "F" else "BOYS"
    nodes = [
        Node(kind, node.item) if node.ref is not None and plain(node.ref) is loose else node for node in asked.nodes
    ]
    return Asked(nodes, asked.yesno, asked.home)


def _whose(desk: Desk, asked: Asked, loose: Kin, others: list[Ref]) -> Ref | None:
    if loose.kin.home and not desk.focus.home and any(isinstance(one.same, Named) for one in loose.qualities):
        return Spoken(word="me")  # "Grandpa Jakob Weil": the name is enough
    colloquial = loose.kin.home and loose.kin.word not in _FORMAL
    if loose.kin.home and desk.focus.home and (colloquial or not others) and not asked.has("HAVE"):
        return Spoken(word="me")
    if len(others) == 2 and loose.kin.relation in _SHARED and not any(isinstance(one, Pair) for one in others):
        return Pair(one=others[0], other=others[1])
    mains = [one for one in asked.mains if innermost(one) is not loose]
    if len(mains) == 1 and not (isinstance(mains[0], Named) and mains[0].many):
        return mains[0]
    if others or asked.has("MOST", "PEOPLE"):
        return None
    if loose.kin.home and not desk.focus.pronoun("they"):
        raise Aside(Answer("Who are you in this tree? Say it once, as in: I am NAME."), certain=False)
    return Spoken(word="they") if desk.focus.pronoun("they") else None
