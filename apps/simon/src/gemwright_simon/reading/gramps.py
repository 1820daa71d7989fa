"""Gramps XML as records of the same shape as GEDCOM's, so that one reader understands both.

Gramps refers from people to events, from events to places and citations, and so on, in both directions of the file; all of
it is therefore held in memory until the end. Elements that GEDCOM has no place for are kept as text under `_NAME` tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat  # entities are refused below, and the size of the input is capped

from gemwright_simon.errors import TreeProblem
from gemwright_simon.reading.encoding import Opener
from gemwright_simon.reading.lines import NEWLINE, Line, RawRecord

__all__ = ["gramps_records"]

_DEEPEST: Final = 60
_TAGS: Final = {
    "Birth": "BIRT",
    "Baptism": "BAPM",
    "Christening": "CHR",
    "Adult Christening": "CHRA",
    "Death": "DEAT",
    "Burial": "BURI",
    "Cremation": "CREM",
    "Probate": "PROB",
    "Will": "WILL",
    "Marriage": "MARR",
    "Alternate Marriage": "MARR",
    "Marriage Banns": "MARB",
    "Marriage Contract": "MARC",
    "Marriage License": "MARL",
    "Marriage Settlement": "MARS",
    "Engagement": "ENGA",
    "Divorce": "DIV",
    "Divorce Filing": "DIVF",
    "Annulment": "ANUL",
    "Residence": "RESI",
    "Occupation": "OCCU",
    "Nobility Title": "TITL",
    "Education": "EDUC",
    "Graduation": "GRAD",
    "Degree": "GRAD",
    "Retirement": "RETI",
    "Emigration": "EMIG",
    "Immigration": "IMMI",
    "Naturalization": "NATU",
    "Religion": "RELI",
    "Census": "CENS",
    "Adopted": "ADOP",
    "Confirmation": "CONF",
    "First Communion": "FCOM",
    "Ordination": "ORDN",
    "Bar Mitzvah": "BARM",
    "Bas Mitzvah": "BASM",
    "Blessing": "BLES",
    "Property": "PROP",
    "Military Service": "_MILT",
    "Number of Marriages": "NMR",
}
_PLAIN: Final = frozenset("BIRT BAPM CHR DEAT BURI CREM MARR DIV ENGA".split())
_QUALITY: Final = {"0": "0", "1": "1", "3": "2", "4": "3"}  # Gramps' "normal" (2) has no number in GEDCOM
_CALENDARS: Final = {
    "Julian": "JULIAN ",
    "Hebrew": "HEBREW ",
    "French Republican": "FRENCH_R ",
    "Islamic": "_ISLAMIC ",
    "Persian": "_PERSIAN ",
    "Swedish": "_SWEDISH ",
}
_MONTHS: Final = {
    "": "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),
    "Hebrew": "TSH CSH KSL TVT SHV ADR ADS NSN IYR SVN TMZ AAV ELL".split(),
    "French Republican": "VEND BRUM FRIM NIVO PLUV VENT GERM FLOR PRAI MESS THER FRUC COMP".split(),
    "Islamic": "MUHARRAM SAFAR RABI1 RABI2 JUMADA1 JUMADA2 RAJAB SHABAN RAMADAN SHAWWAL DHUALQIDAH DHUALHIJJAH".split(),
    "Persian": "FARVARDIN ORDIBEHESHT KHORDAD TIR MORDAD SHAHRIVAR MEHR ABAN AZAR DEY BAHMAN ESFAND".split(),
}  # fmt: skip
_VALUE: Final = re.compile(r"(-?\d+)(?:-(\d+))?(?:-(\d+))?")
_LINKS: Final = {
    "Adopted": "ADOPTED",
    "Stepchild": "STEP",
    "Foster": "FOSTER",
    "Sponsored": "UNKNOWN",
    "Unknown": "UNKNOWN",
}


class _Element:
    """An element with its attributes, text and children."""

    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[_Element] = []
        self.text = ""
        self.line = line

    def get(self, name: str) -> str:
        """Return an attribute, or empty."""
        return self.attributes.get(name, "")

    def child(self, tag: str) -> str:
        """Return the text of the first child of this name."""
        return next((one.text.strip() for one in self.children if one.tag == tag), "")


def _load(opener: Opener, name: str) -> _Element:
    """Parse the whole document.

    Raises:
        TreeProblem: it is not well-formed, defines entities, or is nested absurdly.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root = _Element("", {}, 0)
    stack = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            raise TreeProblem(f"{name} is nested deeper than Gramps nests", hint="is it the file that was meant?")
        element = _Element(tag, attributes, parser.CurrentLineNumber)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def data(text: str) -> None:
        stack[-1].text += text

    def entity(*_: Any) -> None:
        raise TreeProblem(f"{name} defines XML entities, which no Gramps file does", hint="export it from Gramps again")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.EntityDeclHandler = entity
    try:
        with opener() as stream:
            while piece := stream.read(1 << 20):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise TreeProblem(
            f"{name} is not well-formed XML: {error}", hint="is the file complete? Export it again"
        ) from None
    return root


def _one_date(value: str, calendar: str, dual: bool, new_year: str) -> str:
    """Write one of Gramps' dates in the words of GEDCOM 7."""
    match = _VALUE.fullmatch(value.strip())
    if match is None:
        return value
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    months = _MONTHS.get(calendar, _MONTHS[""])
    if dual or (new_year and (month, day) < {"Mar1": (3, 1), "Mar25": (3, 25), "Sep1": (9, 1)}.get(new_year, (0, 0))):
        shown = f"{year - 1}/{year % 100:02}" if dual else f"{year}/{(year + 1) % 100:02}"
    else:
        shown = str(abs(year)) if year else ""
    words = [str(day) if day else "", months[month - 1] if 1 <= month <= len(months) else "", shown]
    return _CALENDARS.get(calendar, "") + " ".join(filter(None, words)) + (" BCE" if year < 0 else "")


def _date(element: _Element) -> str:
    """Write a date element as the value of a DATE line."""
    if element.tag == "datestr":
        return element.get("val")
    calendar, dual, new_year = element.get("cformat"), element.get("dualdated") == "1", element.get("newyear")
    quality = {"estimated": "EST ", "calculated": "CAL "}.get(element.get("quality"), "")
    if element.tag == "dateval":
        kind = {"about": "ABT ", "before": "BEF ", "after": "AFT ", "from": "FROM ", "to": "TO "}.get(
            element.get("type"), ""
        )
        return (kind or quality) + _one_date(element.get("val"), calendar, dual, new_year)
    first, last = (_one_date(element.get(end), calendar, dual, new_year) for end in ("start", "stop"))
    return f"BET {first} AND {last}" if element.tag == "daterange" else f"FROM {first} TO {last}"


class _Tree:
    """The document's objects by handle, and how they are written as lines."""

    def __init__(self, root: _Element) -> None:
        self.objects: dict[str, _Element] = {}
        self.order: list[_Element] = []
        database = next((one for one in root.children if one.tag == "database"), root)
        for section in database.children:
            for element in section.children:
                if element.get("handle"):
                    self.objects[element.get("handle")] = element
                    self.order.append(element)
        self.database = database
        self.ids: dict[str, str] = {}
        taken: set[str] = set()
        for element in self.order:
            handle = (element.get("id") or element.get("handle")).replace("@", "_")
            while handle in taken:
                handle += "-2"
            taken.add(handle)
            self.ids[element.get("handle")] = handle

    def linked(self, element: _Element) -> str:
        """Return the id that a reference points to, as a GEDCOM pointer."""
        target = self.ids.get(element.get("hlink"), element.get("hlink"))
        return f"@{target}@"

    def place(self, handle: str) -> str:
        """Return a place with all that lies around it, smallest first."""
        names: list[str] = []
        seen: set[str] = set()
        while handle and handle not in seen and handle in self.objects:
            seen.add(handle)
            element = self.objects[handle]
            name = next((one.get("value") for one in element.children if one.tag == "pname"), "")
            if not name:
                names.append(element.child("ptitle"))
                break
            names.append(name)
            handle = next((one.get("hlink") for one in element.children if one.tag == "placeref"), "")
        return ", ".join(filter(None, names))

    def shared(self, element: _Element, level: int, lines: list[Line]) -> None:
        """Write what any object may hold: citations, notes, attributes, and whatever else is there."""
        tag = element.tag
        if tag == "citationref":
            self.citation(self.objects.get(element.get("hlink")), level, lines)
        elif tag == "noteref":
            lines.append((level, "NOTE", self.linked(element)))
        elif tag in ("attribute", "srcattribute"):
            lines.append((level, "_ATTR", f"{element.get('type')}: {element.get('value')}"))
            for one in element.children:
                self.shared(one, level + 1, lines)
        elif tag.startswith("date"):
            lines.append((level, "DATE", _date(element)))
        else:
            said = [
                f"{key} {value}" for key, value in element.attributes.items() if key not in ("hlink", "priv", "change")
            ]
            if element.get("hlink"):
                said.insert(0, self.linked(element))
            words = " ".join(filter(None, [*said, element.text.strip()])).replace("\n", NEWLINE)
            lines.append((level, f"_{tag.upper()}", words))
            for one in element.children:
                self.shared(one, level + 1, lines)

    def citation(self, element: _Element | None, level: int, lines: list[Line]) -> None:
        """Write a citation with its source."""
        if element is None:
            return
        source = next((self.linked(one) for one in element.children if one.tag == "sourceref"), "")
        lines.append((level, "SOUR", source))
        for one in element.children:
            if one.tag == "page":
                lines.append((level + 1, "PAGE", one.text.strip().replace("\n", " ")))
            elif one.tag == "confidence":
                if quality := _QUALITY.get(one.text.strip()):
                    lines.append((level + 1, "QUAY", quality))
            elif one.tag != "sourceref":
                self.shared(one, level + 1, lines)

    def event(self, reference: _Element, lines: list[Line]) -> None:
        """Write an event where somebody takes part in it."""
        element = self.objects.get(reference.get("hlink"))
        if element is None:
            lines.append((1, "_EVENTREF", reference.get("hlink")))
            return
        kind, role = element.child("type"), reference.get("role")
        description = element.child("description").replace("\n", " ")
        if role in ("Primary", "Family", ""):
            tag = _TAGS.get(kind, "EVEN")
            generated = tag in _PLAIN  # Gramps writes "Birth of Weil, Maria" by itself
            lines.append((1, tag, "" if generated else description))
            if generated and description:
                lines.append((2, "_DESCRIPTION", description))
            if tag == "EVEN" and kind:
                lines.append((2, "TYPE", kind))
        else:
            lines.append((1, "_ROLE", f"{role} at {kind}"))
            if description:
                lines.append((2, "_DESCRIPTION", description))
        if element.get("priv") == "1" or reference.get("priv") == "1":
            lines.append((2, "RESN", "privacy"))
        for one in element.children:
            if one.tag == "place":
                lines.append((2, "PLAC", self.place(one.get("hlink")).replace("\n", " ")))
            elif one.tag not in ("type", "description"):
                self.shared(one, 2, lines)
        for one in reference.children:
            self.shared(one, 2, lines)

    def name(self, element: _Element, lines: list[Line]) -> None:
        """Write a name with its pieces."""
        surnames = [
            f"{one.get('prefix')} {one.text}".strip() for one in element.children if one.tag in ("surname", "last")
        ]
        first, suffix = element.child("first"), element.child("suffix")
        surname = " ".join(filter(None, surnames))
        lines.append((1, "NAME", f"{first} /{surname}/ {suffix}".strip().replace("\n", " ")))
        if element.get("type"):
            lines.append((2, "TYPE", element.get("type")))
        for one in element.children:
            if one.tag == "nick":
                lines.append((2, "NICK", one.text.strip()))
            elif one.tag == "title":
                lines.append((2, "NPFX", one.text.strip()))
            elif one.tag not in ("first", "surname", "last", "suffix"):
                self.shared(one, 2, lines)

    def person(self, element: _Element) -> RawRecord:
        """Write a person."""
        record = RawRecord("INDI", self.ids[element.get("handle")], "", element.line)
        lines = record.lines
        if element.get("priv") == "1":
            lines.append((1, "RESN", "privacy"))
        for one in element.children:
            if one.tag == "gender":
                lines.append((1, "SEX", one.text.strip()))
            elif one.tag == "name":
                self.name(one, lines)
            elif one.tag == "eventref":
                self.event(one, lines)
            elif one.tag == "childof":
                lines.append((1, "FAMC", self.linked(one)))
                kind = self.link_kind(one.get("hlink"), element.get("handle"))
                if kind:
                    lines.append((2, "PEDI", kind))
            elif one.tag == "parentin":
                lines.append((1, "FAMS", self.linked(one)))
            else:
                self.shared(one, 1, lines)
        return record

    def link_kind(self, family: str, person: str) -> str:
        """Return the PEDI value of a child in a family: how it belongs to both parents, where that is the same."""
        element = self.objects.get(family)
        for one in element.children if element else ():
            if one.tag == "childref" and one.get("hlink") == person:
                kinds = {_LINKS.get(one.get(side), "") for side in ("mrel", "frel")}
                return kinds.pop() if len(kinds) == 1 else ""
        return ""

    def family(self, element: _Element) -> RawRecord:
        """Write a family."""
        record = RawRecord("FAM", self.ids[element.get("handle")], "", element.line)
        lines = record.lines
        if element.get("priv") == "1":
            lines.append((1, "RESN", "privacy"))
        for one in element.children:
            if one.tag in ("father", "mother"):
                lines.append((1, "HUSB" if one.tag == "father" else "WIFE", self.linked(one)))
            elif one.tag == "childref":
                lines.append((1, "CHIL", self.linked(one)))
                for side in ("mrel", "frel"):
                    if one.get(side) not in ("", "Birth"):
                        lines.append((2, f"_{side.upper()}", one.get(side)))
                for inner in one.children:
                    self.shared(inner, 2, lines)
            elif one.tag == "eventref":
                self.event(one, lines)
            else:
                self.shared(one, 1, lines)
        return record

    def other(self, element: _Element) -> RawRecord | None:
        """Write a source, a note, or anything else that is not part of a person or family already."""
        handle = self.ids[element.get("handle")]
        if element.tag == "source":
            record = RawRecord("SOUR", handle, "", element.line)
            tags = {"stitle": "TITL", "sauthor": "AUTH", "spubinfo": "PUBL", "sabbrev": "ABBR"}
            for one in element.children:
                if one.tag in tags:
                    record.lines.append((1, tags[one.tag], one.text.strip().replace("\n", NEWLINE)))
                else:
                    self.shared(one, 1, record.lines)
            return record
        if element.tag == "note":
            return RawRecord("NOTE", handle, element.child("text").replace("\n", NEWLINE), element.line)
        if element.tag in ("event", "citation"):
            return None
        record = RawRecord(f"_{element.tag.upper()}", handle, "", element.line)
        for one in element.children:
            self.shared(one, 1, record.lines)
        return record


def gramps_records(opener: Opener, name: str) -> Iterator[RawRecord]:
    """Yield the records of a Gramps file: a header, people, families, sources, notes, and the rest.

    Args:
        opener: opens the bytes of the XML.
        name: the file's name, for messages.

    Raises:
        TreeProblem: the XML is damaged or not Gramps'.
    """
    tree = _Tree(_load(opener, name))
    space = tree.database.get("xmlns") or "/"
    head = RawRecord("HEAD", "", "", 1, [(1, "_GRAMPS", space.strip("/").rpartition("/")[2])])
    header = next((one for one in tree.database.children if one.tag == "header"), None)
    created = next((one for one in header.children if one.tag == "created"), None) if header else None
    head.lines.extend([(1, "SOUR", "Gramps"), (2, "VERS", created.get("version") if created else "")])
    yield head
    for element in tree.order:
        if element.tag == "person":
            yield tree.person(element)
        elif element.tag == "family":
            yield tree.family(element)
    for element in tree.order:
        if element.tag not in ("person", "family") and (record := tree.other(element)) is not None:
            yield record
    yield RawRecord("TRLR", "", "", 0)
