"""Which person a call means: by handle, or by a name that one person alone has. Never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gemwright_simon.records import Person
from gemwright_simon.tools.lines import person_line, plain
from gemwright_simon.tools.results import ToolResult
from gemwright_simon.tree import Selection, Tree

__all__ = ["Ambiguous", "Meant", "meant"]

_CANDIDATES = 15
_LOOKED_AT = 200
_SURE = ("exact", "folded", "part", "variant", "nickname")
"""Reasons for a match that are a name of the person. Sounding like one, or a letter more or less, is not."""

_HOW = {
    "exact": "",
    "folded": "",
    "part": '"{}" found as a part of the name',
    "variant": '"{}" found as another form of the name',
    "nickname": '"{}" found as a nickname',
}


class Ambiguous(Exception):
    """Nobody, or more than one person: what the tool answers instead of an answer.

    Attributes:
        result: the candidates, numbered, or a line that says that there is nobody.
    """

    def __init__(self, result: ToolResult) -> None:
        super().__init__(result.text)
        self.result = result


@dataclass(frozen=True, slots=True)
class Meant:
    """The person that a call means.

    Attributes:
        person: who.
        told: how the name was understood, where it is not the person's name as recorded; else empty.
    """

    person: Person
    told: str = ""


def meant(tree: Tree, words: str) -> Meant:
    """Return the person whom a handle or a name means.

    Raises:
        Ambiguous: the tree has nobody of that name, or several.
    """
    handle = words.strip().strip("@[]() ")
    for one in dict.fromkeys((handle, handle.upper())):
        person = tree.person(one) if one and len(one) <= 60 else None
        if person is not None:
            return Meant(person)
    name, years = _parted(words)
    found = tree.find(name, _LOOKED_AT) if name else []
    matches = [(who, reason, tree.person(who)) for who, reason in found]
    people = [(person, reason) for _, reason, person in matches if person is not None and not person.hidden]
    total = tree.select(Selection(name=name), "match", 1, 0)[0] if len(found) == _LOOKED_AT and not years else 0
    if years:
        people = [pair for pair in people if _years(pair[0]) & years] or people
    if not people:
        raise Ambiguous(
            ToolResult.of(
                [
                    f'no match or private: "{plain(words, 80)}". Try a part of the name or another spelling with find_people.'
                ],
                error=True,
                total=0,
            )
        )
    for reason in _SURE:
        named = [person for person, why in people if why == reason]
        if len(named) == 1:
            return Meant(named[0], _HOW[reason].format(plain(words, 80)))
        if named:
            more = total if len(named) == len(people) else 0
            raise Ambiguous(_candidates(words, [(person, reason) for person in named], more))
    raise Ambiguous(_candidates(words, people, total, sure=False))


def _parted(words: str) -> tuple[str, set[int]]:
    """Part a name from years that stand after it: `Maria Weil (1732-1790)`, `Maria Weil born 1732`."""
    years = {int(year) for year in re.findall(r"\b(\d{4})\b", words)}
    name = re.sub(r"\(?\b(?:born|died|b\.|d\.|\*)?\s*\d{4}\b.*$", "", words) if years else words
    return " ".join(name.strip(" ,;()").split()), years


def _years(person: Person) -> set[int]:
    return {
        int(year)
        for event in person.events
        if event.kind in {"birth", "baptism", "death", "burial"}
        for year in re.findall(r"\d{4}", event.date.text)
    }


def _candidates(words: str, people: Sequence[tuple[Person, str]], total: int, *, sure: bool = True) -> ToolResult:
    shown = people[:_CANDIDATES]
    total = max(total, len(people))
    name = plain(words, 80)
    head = (
        f'{len(people)} people are called "{name}"' if sure else f'nobody is called "{name}"; near it are {len(people)}'
    )
    lines = [f"{head}: total={len(people)}"]
    lines += [
        f"{number}. {person_line(person)}" + ("" if sure else f" ({plain(reason, 40)})")
        for number, (person, reason) in enumerate(shown, 1)
    ]
    if total > len(shown):
        lines.append(f"and {total - len(shown)} more: narrow it with find_people (place, years)")
    lines.append("Say which one by handle, or ask the user.")
    return ToolResult.of(lines, total=total, candidates=tuple(person.handle for person, _ in shown))
