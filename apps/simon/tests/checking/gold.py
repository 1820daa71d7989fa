"""Sentences that are true of a tree, in many phrasings, and ways to make each of them false."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gemwright_simon.kinship import relationship, relatives
from gemwright_simon.records import Event, Family, Person
from gemwright_simon.tree import Tree

MONTHS = "January February March April May June July August September October November December".split()
SHORT = [month[:3].upper() for month in MONTHS]


@dataclass(frozen=True)
class Gold:
    """A true sentence, and what it is about.

    Attributes:
        text: the sentence.
        people: the handles it names, the subject first.
        event: the event whose date or place it tells, where it tells one.
        term: the kin word it uses, where it uses one.
    """

    text: str
    people: tuple[str, ...]
    event: Event | None = None
    term: str = ""


def label(person: Person) -> str:
    """Return a name with its handle."""
    return f"{person.names[0].text} [{person.handle}]"


def spoken(date: str) -> str:
    """Write a day of the file as people write it: 11 FEB 1731 as 11 February 1731; other dates stay."""
    found = re.fullmatch(r"(\d+) ([A-Z]{3}) (\d+)", date)
    return f"{found[1]} {MONTHS[SHORT.index(found[2])]} {found[3]}" if found and found[2] in SHORT else date


def hedged(event: Event) -> str:
    """Write a qualified date in words."""
    words = {"ABT": "about", "BEF": "before", "AFT": "after", "EST": "estimated", "CAL": "calculated"}
    text = event.date.text
    for mark, word in words.items():
        text = re.sub(rf"^{mark} ", f"{word} ", text)
    found = re.fullmatch(r"BET (.+) AND (.+)", text)
    return f"between {spoken(found[1])} and {spoken(found[2])}" if found else text


def sentences(tree: Tree, person: Person, draw: random.Random) -> Iterator[Gold]:
    """Yield true sentences about a person: dates, places, marriages, kin, numbers."""
    me = label(person)
    for event in person.events:
        if (event.date.text and event.date.earliest is not None) or event.date.qualifier == "before":
            yield from dated(me, person, event)
        if event.place and event.kind in ("birth", "death", "burial"):
            yield from placed(me, person, event)
    for handle in person.partner_in:
        family = tree.family(handle)
        assert family is not None
        yield from couple(tree, person, family)
    yield from kin(tree, person, draw)


def dated(me: str, person: Person, event: Event) -> Iterator[Gold]:
    """Yield sentences with the date of a birth or death."""
    verbs = {"birth": "was born", "death": "died"}
    if event.kind not in verbs:
        return
    verb, noun, plain = verbs[event.kind], event.kind, event.date.qualifier == ""
    day = spoken(event.date.text)
    for text in (
        f"{me} {verb} {event.date.text}.",
        f"{me} {verb} {'on' if plain and ' ' in day else 'in' if plain else ''} {day if plain else hedged(event)}.".replace(
            "  ", " "
        ),
        f"The date of {noun} of {me} is recorded as {event.date.text}.",
        f"According to the tree, {person.names[0].text} {verb} {hedged(event)}.",
        f"{me}: {'born' if noun == 'birth' else 'died'} {event.date.text} [{event.handle}].",
    ):
        yield Gold(text, (person.handle,), event)


def placed(me: str, person: Person, event: Event) -> Iterator[Gold]:
    """Yield sentences with the place of an event."""
    verb = {"birth": "was born", "death": "died", "burial": "was buried"}[event.kind]
    yield Gold(f"{me} {verb} in {event.place}.", (person.handle,), event)
    yield Gold(
        f"The tree says that {person.names[0].text} {verb} in {event.place.split(',')[0]}.", (person.handle,), event
    )


def couple(tree: Tree, person: Person, family: Family) -> Iterator[Gold]:
    """Yield sentences about a couple and its children."""
    other = next(
        (
            found
            for one in family.partners
            if one != person.handle and (found := tree.person(one)) is not None and not found.hidden
        ),
        None,
    )
    if other is None:
        return
    a, b = label(person), label(other)
    pair = (person.handle, other.handle)
    event = next(
        (one for one in family.events if one.kind == "marriage" and one.date.text and one.date.earliest is not None),
        None,
    )
    yield Gold(f"{a} married {b}.", pair, None, "married")
    if event is not None:
        yield Gold(f"{a} and {b} married {hedged(event)}.", pair, event, "married")
        yield Gold(f"The marriage of {a} and {b} is recorded as {event.date.text}.", pair, event, "married")
    children = [found for one in family.children if (found := tree.person(one)) is not None and not found.hidden]
    if len(children) == len(family.children) > 0 and len(person.partner_in) == 1:
        handles = (person.handle, *(one.handle for one in children))
        yield Gold(
            f"Children of {a} ({len(children)}): {', '.join(label(one) for one in children)}.",
            handles,
            None,
            "children",
        )
        yield Gold(
            f"{a} had {len(children)} {'child' if len(children) == 1 else 'children'}.", (person.handle,), None, "count"
        )


def kin(tree: Tree, person: Person, draw: random.Random) -> Iterator[Gold]:
    """Yield sentences about parents and other relatives."""
    me = label(person)
    for parent in relatives(tree, person.handle, "parents"):
        found = tree.person(parent.handle)
        if found is None or found.hidden or parent.basis != "blood" or found.sex not in ("M", "F"):
            continue
        pair = (person.handle, found.handle)
        yield Gold(f"{label(found)} was the {parent.term} of {me}.", pair, None, parent.term)
        yield Gold(f"{me}'s {parent.term} was {label(found)}.", pair, None, parent.term)
        yield Gold(f"{label(found)} is {me}'s {parent.term}.", pair, None, parent.term)
    relations = ("siblings", "aunts_uncles", "first_cousins", "grandparents", "nieces_nephews", "half_siblings")
    others = [one for relation in relations for one in relatives(tree, person.handle, relation) if one.basis == "blood"]
    for one in draw.sample(others, min(3, len(others))):
        found = tree.person(one.handle)
        if found is None or found.hidden:
            continue
        term = relationship(tree, one.handle, person.handle).lines[0].term
        pair = (person.handle, found.handle)
        yield Gold(f"{label(found)} is the {term} of {me}.", pair, None, term)
        yield Gold(f"They are related: {term} (blood) [{found.handle}~{person.handle}].", pair, None, term)


def evidence(tree: Tree, gold: Gold) -> tuple[str, ...]:
    """Return what tools would have returned: the people of the sentence, their parents, partners, children and siblings."""
    handles: dict[str, None] = dict.fromkeys(gold.people)
    for handle in gold.people[:2]:
        for relation in ("parents", "spouses", "children", "siblings"):
            handles |= dict.fromkeys(one.handle for one in relatives(tree, handle, relation))
    lines: list[str] = []
    for handle in handles:
        person = tree.person(handle)
        if person is None or person.hidden:
            continue
        families = [family for one in person.partner_in if (family := tree.family(one)) is not None]
        events = [*person.events, *(event for family in families for event in family.events)]
        facts = [f"{one.kind} {one.date.text} {one.place} [{one.handle}]" for one in events]
        lines.append(" | ".join([label(person), *facts]))
    return tuple(lines)


def mutations(tree: Tree, gold: Gold, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Yield false sentences made from a true one, each with the kind of its fault."""
    date = gold.event.date.text if gold.event is not None else ""
    years = re.findall(r"\b1\d{3}\b", gold.text)
    if gold.event is not None and years:
        year = draw.choice(years)
        shift = draw.choice([-1, 1]) * draw.choice([1, 1, 2, 5, 10, 23, 50])
        yield "wrong year", gold.text.replace(year, str(int(year) + shift))
        if gold.event.date.qualifier in ("about", "before", "after", "estimated", "calculated"):
            bare = re.sub(
                r"(?:ABT|BEF|AFT|EST|CAL|about|before|after|estimated|calculated) (?=[\w ]*\d{4})", "", gold.text
            )
            if bare != gold.text:
                yield "dropped qualifier", bare
    day = re.search(r"\b(\d{1,2}) (?=[A-Z][A-Za-z]+ \d{4})", gold.text)
    if day and gold.event is not None:
        yield "wrong day", gold.text.replace(day[0], f"{int(day[1]) % 28 + 1} ", 1)
    if gold.event is not None and gold.event.place and gold.event.place.split(",")[0] in gold.text:
        mine = [
            event.place
            for one in gold.people[:1]
            if (found := tree.person(one)) is not None
            for event in found.events
            if event.kind == gold.event.kind
        ]
        places = {
            event.place
            for handle in tree.people()
            if (found := tree.person(handle)) is not None
            for event in found.events
            if event.place
        }
        wrong = sorted(place for place in places if place.split(",")[0] not in " ".join(mine))
        if wrong:
            yield (
                "wrong place",
                gold.text.replace(
                    gold.event.place if gold.event.place in gold.text else gold.event.place.split(",")[0],
                    draw.choice(wrong),
                ),
            )
    yield from _swapped(tree, gold, draw, date)
    yield from _kin(tree, gold, draw)
    numbers = re.search(r"(?:\((\d+)\)|had (\d+) )", gold.text)
    if numbers and gold.term in ("children", "count"):
        number = int(numbers[1] or numbers[2])
        yield (
            "wrong count",
            gold.text.replace(numbers[0], numbers[0].replace(str(number), str(number + draw.choice([1, 2, 5])))),
        )
    yield (
        "invented",
        f"{gold.text} In {draw.randint(1600, 1990)} the family moved to {draw.choice(['Zanzibar', 'Novgorod', 'Timbuktu'])}.",
    )
    yield (
        "invented person",
        f"{gold.text} A close friend was {draw.choice(['Zebulon Quarrick', 'Ottoline Fisk', 'Balthazar Prune'])}.",
    )


def _swapped(tree: Tree, gold: Gold, draw: random.Random, date: str) -> Iterator[tuple[str, str]]:
    """Put another person of the evidence in the place of one of the sentence."""
    me = tree.person(gold.people[0])
    assert me is not None
    siblings = [
        found
        for one in relatives(tree, me.handle, "siblings")
        if (found := tree.person(one.handle)) is not None and not found.hidden
    ]
    others = [one for one in siblings if one.names[0].text != me.names[0].text and one.handle not in gold.people]
    if gold.event is not None and not gold.term and others:
        other = draw.choice(others)
        same = [event for event in other.events if event.kind == gold.event.kind]
        if all(
            event.date.text != date and event.place != gold.event.place and event.date.text[-4:] != date[-4:]
            for event in same
        ):
            swapped = gold.text.replace(label(me), label(other)).replace(me.names[0].text, other.names[0].text)
            swapped = swapped.replace(f"[{gold.event.handle}]", "")
            yield "right date on the wrong sibling", swapped
    if f"[{me.handle}]" in gold.text and others:
        yield "handle of somebody else", gold.text.replace(f"[{me.handle}]", f"[{others[0].handle}]", 1)


def _kin(tree: Tree, gold: Gold, draw: random.Random) -> Iterator[tuple[str, str]]:
    if len(gold.people) != 2 or not gold.term:
        return
    a, b = (tree.person(one) for one in gold.people)
    assert a is not None and b is not None
    if gold.term == "married":
        partners = {one.handle for one in relatives(tree, a.handle, "spouses")}
        wrong = [
            one.handle
            for relation in ("parents", "siblings", "children")
            for one in relatives(tree, a.handle, relation)
            if one.handle not in partners
        ]
        found = tree.person(draw.choice(wrong)) if wrong else None
        if found is not None and not found.hidden:
            yield "invented spouse", gold.text.replace(label(b), label(found))
        return
    back = {line.term for line in relationship(tree, b.handle, a.handle).lines}
    both = back & {line.term for line in relationship(tree, a.handle, b.handle).lines}
    if label(b) in gold.text and gold.term not in both:
        yield "swapped people", gold.text.replace(label(a), "@@").replace(label(b), label(a)).replace("@@", label(b))
    terms = [
        "father",
        "mother",
        "son",
        "daughter",
        "sister",
        "brother",
        "uncle",
        "aunt",
        "first cousin",
        "second cousin once removed",
        "grandfather",
    ]
    known = {
        line.term
        for line in (*relationship(tree, a.handle, b.handle).lines, *relationship(tree, b.handle, a.handle).lines)
    }
    wrong = [term for term in terms if term not in known]
    yield "wrong degree", re.sub(rf"\b{re.escape(gold.term)}\b", draw.choice(wrong), gold.text)
