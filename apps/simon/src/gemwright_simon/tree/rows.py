"""What the index holds of a record, taken from its text or its lines in one pass: the quick sibling of `reading.interpret`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from gemwright_simon.dates.parse import date_bounds
from gemwright_simon.reading.interpret import DEAD_TAGS, name_parts, pointer, text_of
from gemwright_simon.reading.lines import Line, RawRecord, clean_handle, lines_of
from gemwright_simon.reading.shapes import STRUCTURE, STRUCTURES
from gemwright_simon.reading.tags import EVENTS, LINK_KINDS

__all__ = ["EventRow", "Rows", "Times", "main_name", "rows_of", "times_of"]

EventRow = tuple[str, str, int | None, int | None, str, str, int, int]
"""Kind, tag with its number, first and last day, place, value, whether it is private, whether it is cited."""

_NAME_TAGS: Final = frozenset(("NAME", "ALIA", "_AKA", "_MARNM", "_MARN"))
_NAME_PIECES: Final = frozenset(("GIVN", "SURN", "NICK", "ROMN", "FONE", "_MARNM", "_AKA", "_MARN", "TRAN"))
_PRIVATE: Final = re.compile(r"\b(?:confidential|privacy|private)\b", re.IGNORECASE)

_text = lru_cache(1 << 16)(text_of)
_handle = lru_cache(1 << 12)(clean_handle)
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

    def usual(self, found: Iterable[tuple[str, ...]]) -> None:
        """Take structures of usual shapes, as the groups of `shapes.STRUCTURES`."""
        counted, tell_event, tell_source = self._counted, self.events.append, self.citations.append
        for link, handle, name, given, surname, sex, tag, value, date, place, source, page, note in found:
            if tag:
                lo, hi = date_bounds(date.strip()) if date else (None, None)
                count = counted[tag] = counted.get(tag, 0) + 1
                text = text_of(value) if value and value != "Y" and value != "y" else ""
                numbered = tag if count == 1 else f"{tag}{count}"
                cited = 0
                if source:
                    tell_source((_handle(source), _text(page) if page else ""))
                    cited = 1
                tell_event((EVENTS[tag], numbered, lo, hi, _text(place) if place else "", text, 0, cited))
                if tag in DEAD_TAGS:
                    self.dead = 1
            elif link:
                if link == "FAMS":
                    self.partner_in.append(handle)
                elif link == "FAMC":
                    self.child_of.append((handle, "birth"))
                elif link == "CHIL":
                    self.children.append((handle, ""))
                else:
                    self.partners.append(handle)
            elif name:
                self.names.append(name)
                if given:
                    self.name_words.append(given)
                if surname:
                    self.name_words.append(_piece("SURN", surname))
            elif sex:
                self.sex = self.sex or sex.strip()
            elif note:
                self.notes.append(text_of(lines_of(f"1 NOTE {note}")[0][2] if "\n" in note else note))

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
    if record.usual is not None:
        rows.usual(record.usual)
        return rows
    for part in STRUCTURE.findall(record.body):
        match = STRUCTURES.fullmatch(part)
        if match is None:
            rows.take(lines_of(part[1:]))
        else:
            rows.usual((match.groups(""),))
    return rows


def main_name(value: str) -> tuple[str, str, str]:
    """Return the value of a NAME line as printed, its given names and its surname."""
    given, surname, _, _ = name_parts(value)
    return " ".join(text_of(value).replace("/", " ").split()), given, surname


class Times(NamedTuple):
    """When somebody lived, as far as the own record tells.

    Attributes:
        days: first and last day of the birth, else of the baptism; of the death, else of the burial; and the latest day on
            which the person can have been born by any of these events.
        born: whether a birth has a date.
        cited: whether any of the events is cited.
    """

    days: tuple[int | None, int | None, int | None, int | None, int | None]
    born: bool
    cited: bool


def times_of(events: Iterable[EventRow]) -> Times:
    """Return when somebody lived by these events: of two of a kind, the first that has a date counts."""
    found: dict[str, tuple[int | None, int | None]] = {}
    bound: int | None = None
    sourced = 0
    for kind, _, lo, hi, _, _, _, cited in events:
        sourced |= cited
        if hi is not None:
            if bound is None or hi < bound:
                bound = hi
        elif lo is None:
            continue
        if kind not in found:
            found[kind] = (lo, hi)
    nothing: tuple[int | None, int | None] = (None, None)
    first, last = found.get("birth") or found.get("baptism") or nothing
    died = found.get("death") or found.get("burial") or nothing
    return Times((first, last, died[0], died[1], bound if last is None else last), "birth" in found, bool(sourced))
