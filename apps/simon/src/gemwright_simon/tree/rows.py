"""What the index holds of a record, taken from its text or its lines in one pass: the quick sibling of `reading.interpret`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gemwright_simon.dates.parse import date_bounds
from gemwright_simon.reading.interpret import DEAD_TAGS, name_parts, pointer, text_of
from gemwright_simon.reading.lines import Line, RawRecord, lines_of
from gemwright_simon.reading.tags import EVENTS, LINK_KINDS

__all__ = ["EventRow", "Rows", "main_name", "rows_of"]

EventRow = tuple[str, str, int | None, int | None, str, str, int, int]
"""Kind, tag with its number, first and last day, place, value, whether it is private, whether it is cited."""

_NAME_TAGS: Final = frozenset(("NAME", "ALIA", "_AKA", "_MARNM", "_MARN"))
_NAME_PIECES: Final = frozenset(("GIVN", "SURN", "NICK", "ROMN", "FONE", "_MARNM", "_AKA", "_MARN", "TRAN"))
_PRIVATE: Final = re.compile(r"\b(?:confidential|privacy|private)\b", re.IGNORECASE)

# Most of a tree is written in few shapes; what has another shape is read line by line, with the same result.
_STRUCTURES: Final = re.compile(r"\n1 ([A-Z0-9_]+)(?: ([^\n]*))?((?:\n[2-9] [^\n]*)*)")
_EVENT: Final = re.compile(
    r"(?:\n2 TYPE [^\n]*+)?+(?:\n2 DATE ([^\n]*+))?+(?:\n2 PLAC(?: ([^\n]*+))?+)?+"
    r"(?:\n2 SOUR @([^@\s#]++)@(?:\n3 PAGE(?: ([^\n]*+))?+)?+(?:\n3 QUAY [^\n]*+)?+)?+"
)
_NAME: Final = re.compile(r"(?:\n2 GIVN ([^\n]*+))?+(?:\n2 SURN ([^\n]*+))?+")
_TYPED: Final = frozenset(("EVEN", "FACT", "IDNO"))


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
        "_counted",
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
        self._counted: dict[str, int] = {}

    def numbered(self, tag: str) -> str:
        """Return the tag of an event with its number, from the second of a kind on."""
        count = self._counted[tag] = self._counted.get(tag, 0) + 1
        return tag if count == 1 else f"{tag}{count}"

    def quick(self, tag: str, value: str, below: str) -> bool:
        """Take a structure of the first level where it has a usual shape; return whether it had."""
        if tag in EVENTS:
            match = _EVENT.fullmatch(below)
            if match is None or tag in _TYPED or tag == "ADOP" or (value and tag == "DEAT"):
                return False
            date, place, source, page = match.groups()
            lo, hi = date_bounds(date.strip()) if date else (None, None)
            if source == "VOID":
                return False
            if source:
                self.citations.append((pointer(f"@{source}@"), text_of(page) if page else ""))
            text = "" if value == "Y" or value == "y" else text_of(value)
            row = (
                EVENTS[tag],
                self.numbered(tag),
                lo,
                hi,
                text_of(place) if place else "",
                text,
                0,
                1 if source else 0,
            )
            self.events.append(row)
            if tag in DEAD_TAGS:
                self.dead = 1
        elif tag == "NAME":
            match = _NAME.fullmatch(below) if value[:1] != "@" else None
            if match is None:
                return False
            self.names.append(value)
            given, surname = match.groups()
            if given is not None:
                self.name_words.append(given)
            if surname is not None:
                self.name_words.append(_piece("SURN", surname))
        elif below:
            return False
        elif tag == "NOTE":
            if handle := pointer(value):
                self.note_links.append(handle)
            elif value:
                self.notes.append(text_of(value))
        elif tag == "SEX":
            self.sex = self.sex or value.strip()
        elif tag == "FAMS":
            if handle := pointer(value):
                self.partner_in.append(handle)
        elif tag == "FAMC":
            if handle := pointer(value):
                self.child_of.append((handle, "birth"))
        elif tag == "CHIL":
            if handle := pointer(value):
                self.children.append((handle, ""))
        elif tag == "HUSB" or tag == "WIFE":
            if handle := pointer(value):
                self.partners.append(handle)
        else:
            return False
        return True

    def take(self, lines: Iterable[Line]) -> None:
        """Take the lines of one or more structures of the first level."""
        section = tag_of_event = place = text = kind = ""
        lo: int | None = None
        hi: int | None = None
        private = cited = dated = 0
        source, said = "", [""]
        source_level = 0

        def close_source() -> None:
            nonlocal source_level
            self.citations.append((source, "; ".join(filter(None, said))))
            source_level = 0

        def close_event() -> None:
            self.events.append((kind, self.numbered(tag_of_event), lo, hi, place, text_of(text), private, cited))

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
                    self.note_links.append(handle)
                elif value:
                    self.notes.append(text_of(value))
                continue
            if level == 1:
                if tag in EVENTS:
                    if tag == "DEAT" and value.strip().upper() == "N":
                        continue
                    section, tag_of_event, kind = "event", tag, EVENTS[tag]
                    text = "" if value in ("Y", "y") else value
                    place, lo, hi, private, cited, dated = "", None, None, 0, 0, 0
                    if tag in DEAD_TAGS:
                        self.dead = 1
                else:
                    section = self._first_level(tag, value)
            elif section == "event":
                if level == 2:
                    if tag == "DATE" and not dated:
                        (lo, hi), dated = date_bounds(value.strip()), 1
                    elif tag == "PLAC":
                        place = place or text_of(value)
                    elif tag == "TYPE" and tag_of_event in _TYPED and value:
                        text = f"{value}: {text}" if text else value
                    elif tag == "RESN":
                        private |= 1 if _PRIVATE.search(value) else 0
                    elif tag == "FAMC" and tag_of_event == "ADOP" and (handle := pointer(value)):
                        self.child_of.append((handle, "adopted"))
            elif section == "name":
                if tag in _NAME_PIECES:
                    self.name_words.append(_piece(tag, value))
            elif section == "famc":
                if tag in ("PEDI", "_PEDI") and value.strip():
                    self.child_of[-1] = (self.child_of[-1][0], LINK_KINDS.get(value.strip().upper(), "unknown"))
            elif section == "chil" and tag in ("_FREL", "_MREL"):
                handle, before = self.children[-1]
                said_kind = LINK_KINDS.get(value.strip().upper(), "unknown")
                self.children[-1] = (handle, said_kind if before in ("", said_kind) else "birth")
        if source_level:
            close_source()
        if section == "event":
            close_event()

    def _first_level(self, tag: str, value: str) -> str:
        """Take a line of the first level that is no event; return what the lines below it belong to."""
        if tag in _NAME_TAGS:
            if value[:1] != "@":
                self.names.append(value) if tag == "NAME" else self.name_words.append(value)
                return "name"
        elif tag == "FAMC":
            if handle := pointer(value):
                self.child_of.append((handle, "birth"))
                return "famc"
        elif tag == "FAMS":
            if handle := pointer(value):
                self.partner_in.append(handle)
        elif tag == "CHIL":
            if handle := pointer(value):
                self.children.append((handle, ""))
                return "chil"
        elif tag == "HUSB" or tag == "WIFE":
            if handle := pointer(value):
                self.partners.append(handle)
        elif tag == "SEX":
            self.sex = self.sex or value.strip()
        elif tag == "RESN":
            self.closed |= 1 if _PRIVATE.search(value) else 0
        elif tag in DEAD_TAGS:
            self.dead = 1
        elif tag == "NICK":
            self.name_words.append(value)
        return ""


def _piece(tag: str, value: str) -> str:
    """Return a piece of a name as words: a surname that stands alone is marked as one."""
    alone = tag in ("SURN", "_MARNM", "_MARN") and "/" not in value and " " not in value.strip()
    return f"/{value}/" if alone else value


def rows_of(record: RawRecord) -> Rows:
    """Take what the index holds from a person's or a family's record."""
    rows = Rows()
    if record.body is None:
        rows.take(record.lines)
        return rows
    quick = rows.quick
    for tag, value, below in _STRUCTURES.findall(record.body):
        if not quick(tag, value, below):
            rows.take(lines_of(f"1 {tag} {value}{below}"))
    return rows


def main_name(rows: Rows) -> tuple[str, str, str]:
    """Return the preferred name as printed, its given names and its surname."""
    value = rows.names[0] if rows.names else ""
    given, surname, _, _ = name_parts(value)
    return " ".join(text_of(value).replace("/", " ").split()), given, surname
