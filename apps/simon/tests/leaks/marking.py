"""Trees in which all that belongs to a living person is a word of its own kind, so that one look finds a leak.

Every name, place, occupation, note and page of a hidden person's record is replaced by made-up words that begin with `zq`; and
other people's notes, pages and families are made to speak of them by their full names, as real notes do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from xml.etree import ElementTree

from apps.simon.tests.samples import TODAY
from gemwright_simon.tree import Tree, open_tree

SENTINEL = re.compile(r"zq[a-z]+", re.IGNORECASE)

_LETTERS = "bdfgklmnprstvw"
_OWN = re.compile(r"^(\d+) (NAME|GIVN|SURN|NICK|_MARNM|PLAC|OCCU|TITL|NOTE|CONT|PAGE|TEXT|CAUS|ADDR)(?: .*)?$")
_HEAD = re.compile(r"^0 @([^@]+)@ (\w+)")


def word(number: int, what: str) -> str:
    """Return a word that stands nowhere else: of a person's number and of what it is in place of."""
    said = ""
    at = number * 31 + sum(map(ord, what)) % 31 + 1
    while at:
        at, rest = divmod(at, len(_LETTERS))
        said += _LETTERS[rest] + "aeiou"[rest % 5]
    return f"Zq{said}{what[0].lower()}"


def name_of(number: int) -> tuple[str, str]:
    """Return the given name and the surname of a marked person."""
    return word(number, "given"), word(number, "Surname")


def opened(file: Path, *, include_living: bool = False) -> Tree:
    """Open a file, with an index beside it."""
    return open_tree(file, cache=file.parent / "cache", include_living=include_living, today=TODAY)


def hidden_of(file: Path) -> list[str]:
    """Return the handles of the people whom a tree hides."""
    with opened(file) as shown, opened(file, include_living=True) as whole:
        return [handle for handle in whole.people() if shown.person(handle) is None]


def _marked_line(line: str, number: int) -> str:
    match = _OWN.match(line)
    if match is None:
        return line
    level, tag = match.groups()
    given, surname = name_of(number)
    value = {
        "NAME": f"{given} /{surname}/",
        "GIVN": given,
        "SURN": surname,
    }.get(tag, word(number, tag))
    return f"{level} {tag} {value}"


def mark_gedcom(file: Path) -> None:
    """Mark a GEDCOM file in place."""
    numbers = {handle: at for at, handle in enumerate(hidden_of(file), 1)}
    lines: list[str] = []
    number = seen = 0
    for line in file.read_text("utf-8").splitlines():
        head = _HEAD.match(line)
        if head is not None:
            number = numbers.get(head[1], 0)
            lines.append(line)
            seen += 1
            if not number and head[2] in ("INDI", "FAM") and seen % 3 == 0 and numbers:
                given, surname = name_of(1 + seen % len(numbers))
                lines.append(
                    f"1 NOTE Told by {given} {surname}, also {surname}, {given}; see {given} M. {surname.upper()}."
                )
                lines.append(f"1 EVEN a visit of {given} {surname}")
            continue
        lines.append(_marked_line(line, number) if number else line)
    file.write_text("\n".join(lines) + "\n", "utf-8")


def mark_gramps(file: Path) -> None:
    """Mark a Gramps XML file in place: names, attributes, and the descriptions of events of hidden people alone."""
    numbers = {handle: at for at, handle in enumerate(hidden_of(file), 1)}
    root = ElementTree.fromstring(file.read_bytes())  # noqa: S314  # a file that we know by its hash
    space = root.tag.partition("}")[0] + "}"
    ElementTree.register_namespace("", space.strip("{}"))
    told: dict[str, list[int]] = {}
    for person in root.iter(f"{space}person"):
        number = numbers.get(person.get("id") or "", 0)
        for ref in person.findall(f"{space}eventref"):
            told.setdefault(ref.get("hlink") or "", []).append(number)
        if number:
            _mark_person(person, number, space)
    events = list(root.iter(f"{space}event"))
    for at, event in enumerate(events):
        owners = told.get(event.get("handle") or "", [0])
        description = event.find(f"{space}description")
        if description is not None and all(owners):
            description.text = word(owners[0], "description")
        elif description is not None and at % 5 == 0 and numbers:
            given, surname = name_of(1 + at % len(numbers))
            description.text = f"told by {given} {surname}, and by {surname}, {given}"
    for at, note in enumerate(root.iter(f"{space}note")):
        text = note.find(f"{space}text")
        if text is not None and numbers:
            given, surname = name_of(1 + at % len(numbers))
            text.text = f"{text.text or ''} As {given} {surname} remembers."
    file.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _mark_person(person: ElementTree.Element, number: int, space: str) -> None:
    given, surname = name_of(number)
    for name in person.findall(f"{space}name"):
        for part in list(name):
            if part.tag == f"{space}first":
                part.text = given
            elif part.tag == f"{space}surname":
                part.text = surname
                part.attrib.pop("prefix", None)
            elif part.text:
                part.text = word(number, "other")
    for attribute in person.findall(f"{space}attribute"):
        attribute.set("value", word(number, "attribute"))


def leaks(answer: str, question: str, hidden: Collection[str] = ()) -> list[str]:
    """Return the sentinels, and the true handles of hidden people, that stand in an answer and not in the question."""
    asked = question.lower()
    words = {one.lower() for one in SENTINEL.findall(answer)}
    handles = set(re.findall(r"[\w-]+", answer)) & set(hidden)
    return [one for one in (*sorted(words), *sorted(handles)) if one.lower() not in asked]


Marking = Callable[[Path], None]
