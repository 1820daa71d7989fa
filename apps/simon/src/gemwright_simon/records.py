"""What a family tree holds, as frozen values: people, families, events with their dates, sources, and how the import went.

Handles are those of the file (`I12`, `F3`, `S7`), so an answer can be looked up where it came from. Dates carry the days
they may mean as Julian day numbers, and always the words as they were recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "NO_DATE",
    "ChildLink",
    "Citation",
    "Date",
    "Event",
    "Family",
    "ImportReport",
    "Name",
    "Person",
    "Source",
]


@dataclass(frozen=True, slots=True)
class Date:
    """A date as recorded, and the days that it may mean.

    Attributes:
        text: the words of the file.
        calendar: `gregorian`, `julian`, `hebrew`, `french`, `islamic`, `persian` or `swedish`; the first of two.
        qualifier: `""` (as it stands), `about`, `calculated`, `estimated`, `before`, `after`, `between`, `from-to`,
            `interpreted`, or `ambiguous` (day and month may be swapped: only the year is sure).
        earliest: the first day it may mean, as Julian day number; None where it is open to the past, or unreadable.
        latest: the last day it may mean, as Julian day number; None where it is open to the future, or unreadable.
        precision: `day`, `month`, `year`, or `""` where no date could be read.
        note: what was repaired to read it, or the phrase that stood beside it.
    """

    text: str = ""
    calendar: str = "gregorian"
    qualifier: str = ""
    earliest: int | None = None
    latest: int | None = None
    precision: str = ""
    note: str = ""


NO_DATE = Date()
"""The date of an event that has none."""


@dataclass(frozen=True, slots=True)
class Name:
    """One of a person's names.

    Attributes:
        text: the whole name as printed, without the slashes of GEDCOM.
        given: given names.
        surname: family name with its particle.
        suffix: what follows the name, such as `Jr.`.
        nickname: what the person was called.
        kind: `birth`, `married`, `aka`, `religious`, `romanised` or `other`; the first name of a person is `birth`
            unless the file says otherwise.
    """

    text: str
    given: str = ""
    surname: str = ""
    suffix: str = ""
    nickname: str = ""
    kind: str = "birth"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement comes from.

    Attributes:
        source: handle of the source record; empty where the file describes the source in place (`text`).
        page: where in the source.
        quality: the file's own 0 (unreliable) to 3 (direct, primary); None where it says nothing.
        text: what the source says, as recorded.
    """

    source: str
    page: str = ""
    quality: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, or that is true of a person or a family.

    Attributes:
        handle: the owner's handle and the tag, `I12.BIRT`; the second of a kind is `I12.BIRT2`.
        kind: `birth`, `baptism`, `death`, `burial`, `cremation`, `marriage`, `divorce`, `residence`, `occupation` and so
            on, or the tag in lower case.
        date: when; `NO_DATE` where nothing is recorded.
        place: where, as recorded.
        value: what the event says of itself: an occupation, a title, a cause.
        citations: where it is recorded.
        notes: what else is said about it.
        happened: False where the file says that it is known not to have happened (`NO MARR`).
    """

    handle: str
    kind: str
    date: Date = NO_DATE
    place: str = ""
    value: str = ""
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    happened: bool = True


@dataclass(frozen=True, slots=True)
class ChildLink:
    """A person's place as a child of a family.

    Attributes:
        family: the family's handle.
        kind: `birth`, `adopted`, `foster`, `step`, `sealing` or `unknown`.
    """

    family: str
    kind: str = "birth"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the tree.

    Attributes:
        handle: the person's handle, or an alias of this session where the person is hidden.
        names: all recorded names, the preferred one first.
        sex: `M`, `F`, `X`, or `U` where it is not recorded.
        events: what is recorded, in the order of the file: of two births the first is the preferred one.
        child_of: the families in which the person is a child.
        partner_in: handles of the families in which the person is a partner.
        notes: notes, and lines of the file that nothing else holds.
        citations: sources of the person as a whole.
        living: whether the person may be alive.
        hidden: whether everything but the place in the family was taken out.
    """

    handle: str
    names: tuple[Name, ...] = ()
    sex: str = "U"
    events: tuple[Event, ...] = ()
    child_of: tuple[ChildLink, ...] = ()
    partner_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    living: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Partners and their children.

    Attributes:
        handle: the family's handle.
        partners: handles of the partners, in the order of the file.
        children: handles of the children, in the order of the file.
        events: what is recorded of the couple.
        notes: notes, and lines of the file that nothing else holds.
        citations: sources of the family as a whole.
    """

    handle: str
    partners: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A source that citations point to.

    Attributes:
        handle: the source's handle.
        title: its title.
        author: who made it.
        publication: where and when it was published.
        text: what else the record holds.
    """

    handle: str
    title: str = ""
    author: str = ""
    publication: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How a file was read.

    Attributes:
        people: how many people it holds.
        families: how many families.
        sources: how many sources.
        notes: how many note records.
        encoding: the encoding it was read in.
        encoding_reason: why that one.
        version: the format and its version, such as `GEDCOM 5.5.1`.
        producer: the program that wrote it, by its own word.
        warnings: what was put right or is doubtful: kind → numbers of the lines.
        lost: how many lines could not be kept; 0, since what is unknown is kept as it stands.
    """

    people: int = 0
    families: int = 0
    sources: int = 0
    notes: int = 0
    encoding: str = ""
    encoding_reason: str = ""
    version: str = ""
    producer: str = ""
    warnings: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    lost: int = 0
