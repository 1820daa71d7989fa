"""Answers about relatives: who they are, how many, how far, and how two people are related."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.couples import spouses
from gemwright_simon.clerk.desk import Desk, NoReading
from gemwright_simon.clerk.life import not_recorded
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.say import dated, first, join, label, listing, named, some
from gemwright_simon.kinship import Relative, relationship, relatives
from gemwright_simon.records import Person

__all__ = [
    "COUNTED",
    "adopted_said",
    "birth_order",
    "chain",
    "count",
    "depth",
    "is_kin",
    "kin_of",
    "list_relatives",
    "many_relatives",
    "related",
]

_NARROWED: Final[Mapping[str, tuple[str, str]]] = {
    "father": ("parents", "M"),
    "mother": ("parents", "F"),
    "brothers": ("siblings", "M"),
    "sisters": ("siblings", "F"),
    "sons": ("children", "M"),
    "daughters": ("children", "F"),
    "uncles": ("aunts_uncles", "M"),
    "aunts": ("aunts_uncles", "F"),
    "nephews": ("nieces_nephews", "M"),
    "nieces": ("nieces_nephews", "F"),
}
"""Relation in a question → relation of the tree, and the sex that was asked for."""
_SEXED: Final = {
    "husband": "M",
    "wife": "F",
    "wives": "F",
    "grandfather": "M",
    "grandmother": "F",
    "grandson": "M",
    "granddaughter": "F",
    "brother": "M",
    "sister": "F",
    "father": "M",
    "mother": "F",
    "son": "M",
    "daughter": "F",
}
_TITLES: Final = {
    "aunts_uncles": "Aunts and uncles",
    "nieces_nephews": "Nieces and nephews",
    "parents_in_law": "Parents-in-law",
    "siblings_in_law": "Siblings-in-law",
    "children_in_law": "Children-in-law",
    "great_grandparents": "Great-grandparents",
    "great_grandchildren": "Great-grandchildren",
    "half_siblings": "Half-siblings",
    "siblings": "Full siblings",
}
COUNTED: Final = frozenset({"blood", "marriage", "adoptive"})
"""Ties that count where somebody asks how many children or siblings there were; those by adoption are named."""
_ORDINALS: Final = {
    word: number
    for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}


def kin_of(desk: Desk, person: Person, relation: str) -> list[Relative]:
    """Return the relatives of a kind, those by blood apart from the others where the kind has both."""
    if relation == "great_grandchildren":
        found = [one for one in relatives(desk.graph, person.handle, "descendants", 3) if one.generation == 3]
    elif relation == "children_in_law":
        found = [
            one
            for child in relatives(desk.graph, person.handle, "children")
            for one in relatives(desk.graph, child.handle, "spouses")
        ]
    else:
        found = list(relatives(desk.graph, person.handle, relation))
    return list({one.handle: one for one in found}.values())


def _asked(question: Question) -> tuple[str, str]:
    """Return the relation of the tree that a question means, and the sex it is narrowed to."""
    relation = question.get("relation")
    relation, sex = _NARROWED.get(relation, (relation, ""))
    said = question.get("said").lower()
    if not sex and relation in (
        "spouses",
        "grandparents",
        "grandchildren",
        "half_siblings",
        "parents_in_law",
        "siblings_in_law",
        "children_in_law",
        "step_family",
        "great_grandparents",
    ):
        sexes = {letter for word, letter in _SEXED.items() if re.search(rf"{word}s?\b", said)}
        sex = sexes.pop() if len(sexes) == 1 else ""
    return relation, sex


def _fitting(desk: Desk, found: list[Relative], sex: str) -> list[Person]:
    people = [desk.tree.person(one.handle) for one in found]
    return [one for one in people if one is not None and (not sex or one.hidden or one.sex == sex)]


def list_relatives(desk: Desk, question: Question) -> Answer:
    """Answer who a person's relatives of a kind are."""
    person = desk.one(question)
    relation, sex = _asked(question)
    if relation == "spouses":
        return spouses(desk, person, question.kind, sex)
    found = kin_of(desk, person, relation)
    other = [one for one in found if one.basis not in ("blood", "marriage")] if relation != "step_family" else []
    own = [one for one in found if one not in other]
    people, others = _fitting(desk, own, sex), _fitting(desk, other, sex)
    what = question.get("relation") if question.get("relation") in _NARROWED else relation
    if not people and not others:
        return not_recorded(
            person,
            f"any {_TITLES.get(what, what.replace('_', ' ')).lower()}"
            if what not in ("father", "mother")
            else f"the {what}",
            question.kind,
        )
    if what in ("father", "mother") and len(people) == 1 and not others:
        parent = people[0]
        shown = () if parent.hidden else (parent.handle,)
        return Answer(
            f"{label(parent)} was the {what} of {label(person)}."
            if not parent.hidden
            else f"The {what} of {label(person)} is a living person.",
            (Evidence(parent.handle, f"{named(parent)}, {what} of {named(person)}", ""),) if shown else (),
            core=shown,
            people=(person.handle, *shown),
            kind=question.kind,
        )
    terms = {one.handle: one.term for one in found}
    plain = relation in ("children", "parents") and not others
    notes = ["" if plain else terms.get(one.handle, "") for one in people]
    title = (
        _TITLES.get(relation, what.replace("_", " ").capitalize())
        if not sex or what in _NARROWED
        else _said_title(question)
    )
    title = what.capitalize() if what in _NARROWED else title
    answer = listing(
        f"{title} of {label(person)}",
        people + others,
        notes=notes + [terms.get(one.handle, "") for one in others],
        kind=question.kind,
    )
    return Answer(
        answer.text,
        answer.evidence,
        core=answer.core,
        people=(person.handle, *answer.people),
        listed=answer.listed,
        kind=question.kind,
    )


def _said_title(question: Question) -> str:
    return question.get("said").capitalize() or "Relatives"


def many_relatives(desk: Desk, question: Question) -> Answer:
    """Answer how many relatives of a kind a person has, and who they are."""
    if question.get("relation") in ("ancestors", "descendants"):
        return count(desk, question, question.get("relation"))
    person = desk.one(question)
    relation, sex = _asked(question)
    every = kin_of(desk, person, relation)
    found = [one for one in every if relation == "step_family" or one.basis in COUNTED]
    people = _fitting(desk, found, sex)
    what = (question.get("said") or relation.replace("_", " ")).lower()
    if not people:
        return Answer(
            f"None recorded: 0 {what} of {label(person)} are in this tree.",
            core=("0",),
            people=(person.handle,),
            kind=question.kind,
        )
    answer = listing(f"{label(person)} has {some(len(people), what, what)} in this tree", people, kind=question.kind)
    text = answer.text.replace(f" ({len(people)}):", ":", 1)
    text += adopted_said([label(one) for one in _fitting(desk, [tie for tie in found if tie.basis == "adoptive"], sex)])
    return Answer(
        text,
        answer.evidence,
        core=(str(len(people)),),
        people=(person.handle,),
        listed=answer.listed,
        kind=question.kind,
    )


def adopted_said(names: list[str]) -> str:
    """Return who of those that were counted is so by adoption, as a sentence to follow the list; empty for nobody."""
    return f" By adoption: {join(names)}." if names else ""


def count(desk: Desk, question: Question, relation: str) -> Answer:
    """Answer how many ancestors or descendants of a person are in the tree, by blood."""
    person = desk.one(question)
    found = [one for one in relatives(desk.graph, person.handle, relation) if one.basis == "blood"]
    number = len(found)
    text = f"{label(person)} has {some(number, relation[:-1], relation)} in this tree, counted by blood."
    return Answer(
        text,
        (Evidence(person.handle, f"{named(person)}: {some(number, relation[:-1], relation)}"),),
        core=(str(number),),
        people=(person.handle,),
        kind=question.kind,
    )


def depth(desk: Desk, question: Question, relation: str) -> Answer:
    """Answer how many generations of ancestors or descendants are in the tree, along the longest line."""
    person = desk.one(question)
    found = [one for one in relatives(desk.graph, person.handle, relation) if one.basis == "blood"]
    deepest = max((one.deepest for one in found), default=0)
    ends = [desk.tree.person(one.handle) for one in found if one.deepest == deepest]
    shown = [label(one) for one in ends if one is not None and not one.hidden][:5]
    way = "back" if relation == "ancestors" else "down"
    text = f"The line of {label(person)} goes {some(deepest, 'generation')} {way} in this tree"
    text += f", to {join(shown)}" + (" and others" if len(ends) > 5 else "") + "." if shown and deepest else "."
    return Answer(
        text,
        tuple(
            Evidence(one.handle, f"{named(one)}, {some(deepest, 'generation')} {way}")
            for one in ends[:5]
            if one is not None and not one.hidden
        ),
        core=(str(deepest),),
        people=(person.handle,),
        kind=question.kind,
    )


def chain(desk: Desk, question: Question) -> Answer:
    """Answer who a particular grandparent of a person was."""
    person = desk.one(question)
    steps = _steps(question)
    here: list[Person] = [person]
    for step in steps:
        above = [
            desk.tree.person(one.handle)
            for start in here
            for one in relatives(desk.graph, start.handle, "parents")
            if one.basis == "blood"
        ]
        here = [
            one for one in above if one is not None and (one.hidden or one.sex == ("M" if step == "father" else "F"))
        ]
        if not here:
            return not_recorded(person, "the " + "'s ".join(steps), question.kind)
    what = "'s ".join(steps)
    return (
        listing(f"The {what} of {label(person)}", here, kind=question.kind)
        if len(here) > 1
        else _single(person, here[0], what, question.kind)
    )


def _single(person: Person, other: Person, what: str, kind: str) -> Answer:
    shown = () if other.hidden else (other.handle,)
    return Answer(
        f"{label(other).capitalize() if other.hidden else label(other)} was the {what} of {label(person)}.",
        (Evidence(other.handle, f"{named(other)}, {what} of {named(person)}"),) if shown else (),
        core=shown,
        people=(person.handle, *shown),
        kind=kind,
    )


def _steps(question: Question) -> list[str]:
    if question.get("two"):
        return [question.get("two").lower(), question.get("one").lower()]
    if question.get("side"):
        return [question.get("side").lower(), question.get("sex").lower()]
    words = question.get("chain").lower().replace(" ", "").replace("'s", "s")
    side = "father" if words.startswith(("paternal", "father")) else "mother"
    return [side, "father" if words.endswith("father") else "mother"]


def related(desk: Desk, question: Question) -> Answer:
    """Answer how two people are related, by every line."""
    a, b = desk.one(question, "a"), desk.one(question, "b")
    if a.handle == b.handle:
        return Answer(f"{label(a)} is one and the same person.", core=("self",), people=(a.handle,), kind=question.kind)
    by = question.get("by").lower()
    found = relationship(
        desk.graph, a.handle, b.handle, "blood" if by == "blood" else "marriage" if by == "marriage" else "all"
    )
    if not found.lines:
        text = f"No relationship of {label(a)} and {label(b)} is recorded in this tree."
        return Answer(
            text + (f" {found.searched}" if found.searched else ""),
            core=("no relationship",),
            people=(a.handle, b.handle),
            kind=question.kind,
        )
    best = found.lines[0]
    text = f"{label(a)} is the {best.term} of {label(b)} ({best.basis})"
    if best.common and not {a.handle, b.handle} & set(best.common):
        text += (
            f", through {join([label(desk.tree.person(one)) for one in best.common])}, {best.up_a} "
            f"and {best.up_b} generations up"
        )
    text += "."
    for line in found.lines[1:6]:
        text += f" Also the {line.term} ({line.basis})."
    if len(found.lines) > 6:
        text += f" {some(len(found.lines) - 6, 'more line')}."
    evidence = tuple(
        Evidence(
            f"{a.handle}~{b.handle}",
            f"{named(a)} is the {line.term} of {named(b)} ({line.basis}); path: {_path(desk, line.path)}",
        )
        for line in found.lines[:6]
    )
    return Answer(text, evidence, core=(best.term,), people=(a.handle, b.handle), kind=question.kind)


def _path(desk: Desk, path: tuple[str, ...]) -> str:
    shown = [named(desk.tree.person(one)) for one in path]
    return " > ".join(shown if len(shown) <= 30 else [*shown[:15], "\u2026", *shown[-15:]])


def is_kin(desk: Desk, question: Question) -> Answer:
    """Answer whether one person is a particular relative of another."""
    a, b = desk.one(question, "a"), desk.one(question, "b")
    relation, sex = _asked(question)
    found = [one for one in kin_of(desk, b, relation) if one.handle == a.handle]
    said = question.get("said").lower()
    if found and (not sex or a.sex == sex):
        text = f"Yes: {label(a)} is the {found[0].term} of {label(b)}."
        return Answer(
            text,
            (Evidence(f"{a.handle}~{b.handle}", f"{named(a)} is the {found[0].term} of {named(b)}"),),
            core=("yes",),
            people=(a.handle, b.handle),
            kind=question.kind,
        )
    answer = related(desk, question)
    return Answer(
        f"No: {label(a)} is not recorded as {said} of {label(b)}. {answer.text}",
        answer.evidence,
        core=("no",),
        people=answer.people,
        kind=question.kind,
    )


def birth_order(desk: Desk, question: Question) -> Answer:
    """Answer which child of the parents a person was."""
    person = desk.one(question)
    family = next((desk.tree.family(link.family) for link in person.child_of if link.kind == "birth"), None)
    family = family or next((desk.tree.family(link.family) for link in person.child_of), None)
    if family is None:
        return not_recorded(person, "a family of origin", question.kind)
    days: dict[str, int] = {}
    for handle in family.children:
        child = desk.tree.person(handle)
        born = first(child, "birth") if child is not None and not child.hidden else None
        if born is not None and born.date.earliest is not None and born.date.latest is not None:
            days[handle] = born.date.earliest
    dates_say = len(days) == len(family.children)
    order = sorted(family.children, key=lambda one: days[one]) if dates_say else list(family.children)
    if person.handle not in order:
        raise NoReading
    place, total = order.index(person.handle) + 1, len(order)
    basis = "by date of birth" if dates_say else "in the order of the file, since not every birth is dated"
    said = f"{label(person)} is child {place} of {total} in the family [{family.handle}], {basis}."
    wanted = _number(question.get("n"), total)
    if wanted is not None:
        said = ("Yes: " if wanted == place and (question.get("n") != "only" or total == 1) else "No: ") + said
    born = first(person, "birth")
    evidence = Evidence(
        family.handle,
        f"child {place} of {total}" + (f", born {dated(born.date)}" if born is not None and born.date.text else ""),
    )
    return Answer(
        said,
        (evidence,),
        core=(
            ("yes" if said.startswith("Yes") else "no") if wanted is not None else str(place),
            f"child {place} of {total}",
        ),
        people=(person.handle,),
        kind=question.kind,
    )


def _number(word: str, total: int) -> int | None:
    word = word.lower()
    if not word:
        return None
    if word in ("eldest", "oldest", "firstborn", "only"):
        return 1
    if word in ("youngest", "last"):
        return total
    return _ORDINALS.get(word) or int(re.sub(r"\D", "", word))
