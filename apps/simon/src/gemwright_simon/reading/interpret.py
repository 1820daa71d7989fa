"""Records into people, families and sources. What no field holds is kept as text among the notes, so nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from gemwright_simon.dates.parse import parse_date
from gemwright_simon.reading.lines import NEWLINE, Line, clean_handle
from gemwright_simon.reading.tags import EVENTS, LABELS, LINK_KINDS, NAME_KINDS
from gemwright_simon.records import NO_DATE, ChildLink, Citation, Date, Event, Family, Name, Person, Source

__all__ = ["DEAD_TAGS", "NoteText", "family_of", "name_parts", "person_of", "pointer", "source_of", "text_of"]

NoteText = Callable[[str], str]
"""Gives the text of a note record by its handle; empty where there is none."""

DEAD_TAGS: Final = frozenset(("DEAT", "BURI", "CREM", "PROB", "_DEAD", "_FUN"))

_POINTER: Final = re.compile(r"@\s*([^@#][^@]*?)\s*@\s*")
_QUOTED: Final = re.compile(r"[\"“„]([^\"“”„]+)[\"“”]|\(([^()]+)\)")
_DEEPEST: Final = 99
_PIECES: Final = frozenset(("GIVN", "SURN", "NSFX", "NPFX", "SPFX", "NICK"))


class Node:
    """A line with what stands below it."""

    __slots__ = ("below", "tag", "value")

    def __init__(self, tag: str, value: str) -> None:
        self.tag = tag
        self.value = value
        self.below: list[Node] = []

    def first(self, tag: str) -> str:
        """Return the value of the first line below with this tag."""
        return next((one.value for one in self.below if one.tag == tag), "")


def pointer(value: str) -> str:
    """Return the handle that a value points to; empty where it is no pointer, or points to nothing (`@VOID@`)."""
    if not value.startswith("@"):
        return ""
    if value.endswith("@") and value.count("@") == 2 and " " not in value and "#" not in value and value != "@VOID@":
        return clean_handle(value[1:-1])
    match = _POINTER.fullmatch(value)
    return "" if match is None or match[1].upper() == "VOID" else clean_handle(match[1])


def text_of(value: str) -> str:
    """Return a value as a person reads it: with real ends of lines, doubled at signs single, and no space at its ends."""
    if NEWLINE in value:
        value = value.replace(NEWLINE, "\n")
    if "@@" in value:
        value = value.replace("@@", "@")
    return value.strip()


def _tree(lines: Iterable[Line]) -> list[Node]:
    """Build the nodes of a record's lines."""
    top: list[Node] = []
    stack: list[list[Node]] = [top]
    for level, tag, value in lines:
        node = Node(tag, value)
        del stack[max(level, 1) :]
        stack[-1].append(node)
        stack.append(node.below)
    return top


def _kept(node: Node, depth: int = 0) -> str:
    """Write a line that no field holds, and all below it, as text."""
    label = LABELS.get(node.tag, node.tag)
    value = node.value if pointer(node.value) else text_of(node.value)
    words = f"{label}: {value}" if value else label
    below = "; ".join(_kept(one, depth + 1) for one in node.below) if depth < _DEEPEST else ""
    return f"{words} ({below})" if below else words


class _Texts:
    """What a record says beside its fields: citations, notes, and lines that are kept as text."""

    def __init__(self, note_text: NoteText) -> None:
        self.note_text = note_text
        self.citations: list[Citation] = []
        self.notes: list[str] = []

    def take(self, node: Node, owner: str = "") -> None:
        """Keep a line that is not a field of its owner."""
        if node.tag == "SOUR":
            self.citations.append(self._citation(node))
        elif node.tag in ("NOTE", "SNOTE"):
            self._note(node, owner)
        else:
            self.notes.append(owner + _kept(node))

    def _note(self, node: Node, owner: str) -> None:
        handle = pointer(node.value)
        text = self.note_text(handle) if handle else text_of(node.value)
        text = text or (f"note {node.value}, which the file does not hold" if handle else "")
        if text:
            self.notes.append(owner + text)
        for one in node.below:
            self.take(one)

    def _citation(self, node: Node) -> Citation:
        source = pointer(node.value)
        page, quality, texts = "", None, [] if source else [text_of(node.value)]
        for one in node.below:
            if one.tag == "PAGE" and not page:
                page = text_of(one.value)
            elif one.tag == "QUAY" and quality is None and one.value.strip() in ("0", "1", "2", "3"):
                quality = int(one.value)
            elif one.tag == "TEXT" and not one.below:
                texts.append(text_of(one.value))
            elif one.tag == "DATA" and not one.value:
                texts += [text_of(part.value) if part.tag == "TEXT" else _kept(part) for part in one.below]
            elif one.tag in ("NOTE", "SNOTE") and not one.below:
                handle = pointer(one.value)
                texts.append(self.note_text(handle) if handle else text_of(one.value))
            else:
                texts.append(_kept(one))
        return Citation(source, page, quality, "\n".join(filter(None, texts)))


def name_parts(value: str) -> tuple[str, str, str, str]:
    """Split the value of a NAME line.

    Returns:
        given names, surname, suffix, nickname (in quotation marks or brackets).
    """
    before, slash, rest = text_of(value).partition("/")
    surname, _, after = rest.partition("/")
    nickname = ""
    if '"' in before or "(" in before or "“" in before or "„" in before:
        found = _QUOTED.search(before)
        if found:
            nickname = (found[1] or found[2]).strip()
            before = before[: found.start()] + before[found.end() :]
    given, suffix = " ".join(before.split()), " ".join(after.split()).strip(", ")
    if slash and not given and suffix and not before.strip():
        given, suffix = suffix, ""  # /Nagy/ János: the family name first
    return given, " ".join(surname.split()), suffix, nickname


def _name(node: Node, kind: str, texts: _Texts) -> Name:
    """Read a name with its pieces."""
    given, surname, suffix, nickname = name_parts(node.value)
    pieces = {one.tag: text_of(one.value) for one in reversed(node.below) if one.tag in _PIECES}
    particle = pieces.get("SPFX", "")
    if not surname and pieces.get("SURN"):
        surname = f"{particle} {pieces['SURN']}".strip()
        if given == surname or given.endswith(f" {surname}"):
            given = given[: -len(surname)].strip()
    given, suffix = given or pieces.get("GIVN", ""), suffix or pieces.get("NSFX", "")
    nickname = nickname or pieces.get("NICK", "")
    text = " ".join(text_of(node.value).replace("/", " ").split()) or " ".join(filter(None, (given, surname, suffix)))
    seen = f"{text} {nickname} {surname}"
    for one in node.below:
        if one.tag == "TYPE":
            known = NAME_KINDS.get(one.value.strip().upper())
            kind = known or "other"
            if known is None and one.value.strip():
                texts.notes.append(f"name {text}: {_kept(one)}")
        elif one.tag in _PIECES:
            if text_of(one.value) not in seen or one.below:
                texts.notes.append(f"name {text}: {_kept(one)}")
        else:
            texts.take(one, f"name {text}: " if one.tag not in ("SOUR",) else "")
    return Name(text, given, surname, suffix, nickname, kind)


def _names(node: Node, first: bool, texts: _Texts) -> list[Name]:
    """Read a NAME line and the names that programs put below it."""
    beside = [one for one in node.below if one.tag in ("ROMN", "FONE", "TRAN", "_MARNM", "_AKA", "_MARN")]
    node.below = [one for one in node.below if one not in beside]
    main = _name(node, "birth" if first else "aka", texts)
    found = [main] if main.text or main.nickname or first else []
    for one in beside:
        kind = "married" if one.tag in ("_MARNM", "_MARN") else "aka" if one.tag == "_AKA" else "romanised"
        if kind == "married" and "/" not in one.value and " " not in one.value.strip():
            one.value = f"{main.given} /{one.value.strip()}/"
        found.append(_name(one, kind, texts))
    return found


def _date(node: Node) -> tuple[Date, list[str]]:
    """Read a DATE line with its phrase; a phrase alone is kept as the date's words."""
    value, phrase = text_of(node.value), text_of(node.first("PHRASE"))
    date = parse_date(value or (f"({phrase})" if phrase else ""))
    if phrase and value:
        note = "; ".join(filter(None, (phrase, date.note)))
        date = Date(value, date.calendar, date.qualifier, date.earliest, date.latest, date.precision, note)
    return date, [_kept(one) for one in node.below if one.tag != "PHRASE"]


def _event(node: Node, owner: str, counted: dict[str, int], note_text: NoteText, happened: bool = True) -> Event:
    """Read an event or attribute with what stands below it."""
    count = counted[node.tag] = counted.get(node.tag, 0) + 1
    handle = f"{owner}.{node.tag}{count if count > 1 else ''}"
    texts, date, place = _Texts(note_text), NO_DATE, ""
    value = text_of(node.value)
    if value.upper() == "Y" and happened:
        value = ""
    for one in node.below:
        if one.tag == "DATE" and date is NO_DATE:
            date, rest = _date(one)
            texts.notes += rest
        elif one.tag == "PLAC" and not place:
            place = text_of(one.value)
            for part in one.below:
                texts.take(part, "place: ")
        elif one.tag == "TYPE" and node.tag in ("EVEN", "FACT", "IDNO") and one.value:
            value = f"{text_of(one.value)}: {value}" if value else text_of(one.value)
        else:
            texts.take(one)
    kind = EVENTS.get(node.tag, node.tag.lower())
    return Event(handle, kind, date, place, value, tuple(texts.citations), tuple(texts.notes), happened)


def _no_event(node: Node, owner: str, counted: dict[str, int], note_text: NoteText) -> Event:
    """Read `NO MARR`: known not to have happened."""
    inner = Node(text_of(node.value) or "EVEN", "")
    inner.below = node.below
    return _event(inner, owner, counted, note_text, happened=False)


def _link_kind(node: Node) -> str:
    pedigree = node.first("PEDI") or node.first("_PEDI")
    return LINK_KINDS.get(pedigree.strip().upper(), "unknown") if pedigree.strip() else "birth"


def person_of(handle: str, lines: Iterable[Line], note_text: NoteText) -> Person:
    """Read a person's record; links are those of the record alone, and nobody is taken to be living."""
    texts, counted = _Texts(note_text), dict[str, int]()
    names: list[Name] = []
    events: list[Event] = []
    child_of: dict[str, str] = {}
    partner_in: list[str] = []
    adopted_by: list[str] = []
    sex = ""
    for node in _tree(lines):
        tag = node.tag
        if tag == "NAME" or (tag in ("ALIA", "_AKA", "_MARNM", "_MARN") and not pointer(node.value)):
            if tag in ("_MARNM", "_MARN"):
                node.below.append(Node("TYPE", "married"))
            names += _names(node, not names, texts)
        elif tag == "SEX" and not sex and node.value.strip():
            sex = node.value.strip()
            for one in node.below:
                texts.take(one, "sex: ")
        elif tag in EVENTS and not (tag == "DEAT" and node.value.strip().upper() == "N"):
            adopted_by += [
                found for one in node.below if tag == "ADOP" and one.tag == "FAMC" and (found := pointer(one.value))
            ]
            events.append(_event(node, handle, counted, note_text))
        elif tag == "NO":
            events.append(_no_event(node, handle, counted, note_text))
        elif tag == "FAMC" and (family := pointer(node.value)):
            child_of.setdefault(family, _link_kind(node))
            known = ("PEDI", "_PEDI")
            for one in node.below:
                if one.tag not in known or one.value.strip().upper() not in LINK_KINDS:
                    texts.take(one, f"child of {family}: ")
        elif tag == "FAMS" and (family := pointer(node.value)):
            partner_in.append(family)
            for one in node.below:
                texts.take(one, f"partner in {family}: ")
        elif tag in ("FAMC", "FAMS") and not node.below and not node.value.replace("@VOID@", "").strip("@ "):
            continue
        elif tag == "NICK" and names:
            first = names[0]
            names[0] = Name(first.text, first.given, first.surname, first.suffix, text_of(node.value), first.kind)
        else:
            texts.take(node)
    for family in adopted_by:
        child_of[family] = "adopted"
    mark = sex[:1].upper()
    if mark not in ("M", "F", "X", "U", "") or len(sex) > 6:
        texts.notes.append(f"sex: {sex}")
    return Person(
        handle,
        tuple(names),
        mark if mark in ("M", "F", "X") else "U",
        tuple(events),
        tuple(ChildLink(family, kind) for family, kind in child_of.items()),
        tuple(dict.fromkeys(partner_in)),
        tuple(texts.notes),
        tuple(texts.citations),
    )


def family_of(handle: str, lines: Iterable[Line], note_text: NoteText) -> Family:
    """Read a family's record."""
    texts, counted = _Texts(note_text), dict[str, int]()
    partners: list[str] = []
    children: list[str] = []
    events: list[Event] = []
    for node in _tree(lines):
        tag, person = node.tag, pointer(node.value)
        if tag in ("HUSB", "WIFE", "CHIL") and person:
            (children if tag == "CHIL" else partners).append(person)
            for one in node.below:
                texts.take(one, f"{person}: ")
        elif tag in ("HUSB", "WIFE", "CHIL") and not node.below and not node.value.replace("@VOID@", "").strip("@ "):
            continue
        elif tag in EVENTS:
            events.append(_event(node, handle, counted, note_text))
        elif tag == "NO":
            events.append(_no_event(node, handle, counted, note_text))
        else:
            texts.take(node)
    return Family(
        handle,
        tuple(dict.fromkeys(partners)),
        tuple(dict.fromkeys(children)),
        tuple(events),
        tuple(texts.notes),
        tuple(texts.citations),
    )


def source_of(handle: str, lines: Iterable[Line], note_text: NoteText) -> Source:
    """Read a source's record."""
    fields = {"TITL": "", "AUTH": "", "PUBL": ""}
    texts = _Texts(note_text)
    for node in _tree(lines):
        if node.tag in fields and not fields[node.tag] and not node.below:
            fields[node.tag] = text_of(node.value)
        elif node.tag == "TEXT" and not node.below:
            texts.notes.append(text_of(node.value))
        else:
            texts.take(node)
    cited = [f"source: {one.source} {one.page} {one.text}".strip() for one in texts.citations]
    return Source(handle, fields["TITL"], fields["AUTH"], fields["PUBL"], "\n".join(filter(None, texts.notes + cited)))
