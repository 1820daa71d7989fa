"""What the index holds of a record, taken from its lines in one pass: the quick sibling of `reading.interpret`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gemwright_simon.dates.parse import parse_date
from gemwright_simon.reading.interpret import DEAD_TAGS, name_parts, pointer, text_of
from gemwright_simon.reading.lines import Line
from gemwright_simon.reading.tags import EVENTS, LINK_KINDS

__all__ = ["EventRow", "Rows", "main_name", "pack_lines", "rows_of", "unpack_lines"]

EventRow = tuple[str, str, int | None, int | None, str, str, int, int]
"""Kind, tag with its number, first and last day, place, value, whether it is private, whether it is cited."""

_NAME_TAGS: Final = frozenset(("NAME", "ALIA", "_AKA", "_MARNM", "_MARN"))
_NAME_PIECES: Final = frozenset(("GIVN", "SURN", "NICK", "ROMN", "FONE", "_MARNM", "_AKA", "_MARN", "TRAN"))
_PRIVATE: Final = re.compile(r"\b(?:confidential|privacy|private)\b", re.IGNORECASE)


class Rows:
    """What the index holds of a person or family.

    Attributes:
        names: values of its names.
        name_words: more words that it is known by.
        sex: as recorded.
        events: its events.
        child_of: (family, kind of link).
        partner_in: families.
        partners: people of a family.
        children: (person, kind of link) of a family.
        notes: texts of notes.
        note_links: handles of note records.
        citations: (handle of a source, what it says).
        dead: whether a death is recorded.
        closed: whether the file asks to keep it private.
    """

    __slots__ = (
        "child_of",
        "children",
        "citations",
        "closed",
        "dead",
        "events",
        "name_words",
        "names",
        "note_links",
        "notes",
        "partner_in",
        "partners",
        "sex",
    )

    def __init__(self) -> None:
        self.names: list[str] = []
        self.name_words: list[str] = []
        self.sex = ""
        self.events: list[EventRow] = []
        self.child_of: list[tuple[str, str]] = []
        self.partner_in: list[str] = []
        self.partners: list[str] = []
        self.children: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.note_links: list[str] = []
        self.citations: list[tuple[str, str]] = []
        self.dead = self.closed = 0


def pack_lines(lines: Iterable[Line]) -> str:
    """Write lines as one text."""
    return "\n".join([f"{level} {tag} {value}" for level, tag, value in lines])


def unpack_lines(text: str) -> list[Line]:
    """Read what `pack_lines` wrote."""
    parts = [line.split(" ", 2) for line in text.split("\n")] if text else []
    return [(int(level), tag, value) for level, tag, value in parts]


def rows_of(lines: Iterable[Line]) -> Rows:
    """Take what the index holds from the lines of a person or a family."""
    rows = Rows()
    counted: dict[str, int] = {}
    section = tag_of_event = place = text = kind = ""
    lo: int | None = None
    hi: int | None = None
    private = cited = dated = 0
    source, said = "", [""]
    source_level = 0

    def close_source() -> None:
        nonlocal source_level
        rows.citations.append((source, "; ".join(filter(None, said))))
        source_level = 0

    def close_event() -> None:
        count = counted[tag_of_event] = counted.get(tag_of_event, 0) + 1
        numbered = f"{tag_of_event}{count}" if count > 1 else tag_of_event
        rows.events.append((kind, numbered, lo, hi, place, text_of(text), private, cited))

    for level, tag, value in lines:
        if source_level:
            if level > source_level:
                if tag == "PAGE" or tag == "TEXT" or tag == "NOTE":
                    said.append(text_of(value))
                continue
            close_source()
        if level == 1:
            if section == "event":
                close_event()
            section = ""
        if tag == "SOUR":
            source = pointer(value)
            said = [] if source else [text_of(value)]
            source_level = level
            if section == "event":
                cited = 1
            continue
        if tag == "NOTE" or tag == "SNOTE":
            handle = pointer(value)
            if handle:
                rows.note_links.append(handle)
            elif value:
                rows.notes.append(text_of(value))
            continue
        if level == 1:
            if tag in EVENTS:
                if tag == "DEAT" and value.strip().upper() == "N":
                    continue
                section, tag_of_event, kind = "event", tag, EVENTS[tag]
                text = "" if value in ("Y", "y") else value
                place, lo, hi, private, cited, dated = "", None, None, 0, 0, 0
                if tag in DEAD_TAGS:
                    rows.dead = 1
            elif tag in _NAME_TAGS:
                if value[:1] != "@":
                    section = "name"
                    rows.names.append(value) if tag == "NAME" else rows.name_words.append(value)
            elif tag == "FAMC":
                if handle := pointer(value):
                    section = "famc"
                    rows.child_of.append((handle, "birth"))
            elif tag == "FAMS":
                if handle := pointer(value):
                    rows.partner_in.append(handle)
            elif tag == "CHIL":
                if handle := pointer(value):
                    section = "chil"
                    rows.children.append((handle, ""))
            elif tag == "HUSB" or tag == "WIFE":
                if handle := pointer(value):
                    rows.partners.append(handle)
            elif tag == "SEX":
                rows.sex = rows.sex or value.strip()
            elif tag == "RESN":
                rows.closed |= 1 if _PRIVATE.search(value) else 0
            elif tag in DEAD_TAGS:
                rows.dead = 1
            elif tag == "NICK":
                rows.name_words.append(value)
        elif section == "event":
            if level == 2:
                if tag == "DATE" and not dated:
                    date, dated = parse_date(value.strip()), 1
                    lo, hi = date.earliest, date.latest
                elif tag == "PLAC":
                    place = place or text_of(value)
                elif tag == "TYPE" and tag_of_event in ("EVEN", "FACT", "IDNO") and value:
                    text = f"{value}: {text}" if text else value
                elif tag == "RESN":
                    private |= 1 if _PRIVATE.search(value) else 0
                elif tag == "FAMC" and tag_of_event == "ADOP" and (handle := pointer(value)):
                    rows.child_of.append((handle, "adopted"))
        elif section == "name":
            if tag in _NAME_PIECES:
                alone = tag in ("SURN", "_MARNM", "_MARN") and "/" not in value and " " not in value.strip()
                rows.name_words.append(f"/{value}/" if alone else value)
        elif section == "famc":
            if tag in ("PEDI", "_PEDI") and value.strip():
                rows.child_of[-1] = (rows.child_of[-1][0], LINK_KINDS.get(value.strip().upper(), "unknown"))
        elif section == "chil" and tag in ("_FREL", "_MREL"):
            handle, before = rows.children[-1]
            said_kind = LINK_KINDS.get(value.strip().upper(), "unknown")
            rows.children[-1] = (handle, said_kind if before in ("", said_kind) else "birth")
    if source_level:
        close_source()
    if section == "event":
        close_event()
    return rows


def main_name(rows: Rows) -> tuple[str, str, str]:
    """Return the preferred name as printed, its given names and its surname."""
    value = rows.names[0] if rows.names else ""
    given, surname, _, _ = name_parts(value)
    return " ".join(text_of(value).replace("/", " ").split()), given, surname
