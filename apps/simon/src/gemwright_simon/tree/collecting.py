"""What the index holds of records, collected one by one: in memory are links and numbers, never the whole file."""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections.abc import Iterator
from typing import Any, Final

from gemwright_simon.names.fold import fold, spellings, words
from gemwright_simon.names.phonetic import sound_codes
from gemwright_simon.reading.interpret import person_of, text_of
from gemwright_simon.reading.lines import RawRecord
from gemwright_simon.reading.read import TreeFile
from gemwright_simon.tree.events import Events
from gemwright_simon.tree.linking import counted_children, joined, link, looped
from gemwright_simon.tree.living import latest_births
from gemwright_simon.tree.rows import Rows, main_name, rows_of, times_of
from gemwright_simon.tree.schema import COLUMNS, INDEXES, LACKING, UNKNOWN, numbers

__all__ = ["Collector"]

_BATCH: Final = 4000
_LONG: Final = 100
_SEX: Final = {"M": "M", "F": "F", "X": "X"}
_LEVEL_AND_TAG: Final = re.compile(r"^\d+ \S+ ?", re.MULTILINE)
_UNMARRIED: Final = re.compile(r"^1 NO MARR|_REL: type Unmarried", re.MULTILINE)
_INSERTS: Final = {
    "person": 6,
    "raw": 2,
    "private": 2,
    "family": 4,
    "closed": 1,
    "source": 4,
    "note": 4,
    "other": 4,
    "partner": 3,
    "child": 4,
    "value": 3,
}

_DAYS: Final = ("birth_lo", "birth_hi", "death_lo", "death_hi", "bound")
_OF_PEOPLE: Final = (*_DAYS, "dead", "surname", "given", "lacking")
_NO_SOURCES, _NO_PARENTS, _NO_BIRTH_DATE = LACKING.values()


class Values:
    """Texts by number, each short one once, with who says them; long ones are written at once and not remembered."""

    def __init__(self, written: list[tuple[Any, ...]]) -> None:
        self.numbers: dict[str, int] = {"": 0}
        self.told: dict[int, array[int]] = {}
        self._written = written
        self._long = 0

    def number(self, text: str) -> int:
        """Return the number of a text that is no record of its own."""
        return self.numbers.setdefault(text, len(self.numbers))

    def tell(self, text: str, owner: int, source: int) -> None:
        """Note that somebody's record says a text: a note for source -1, else what a source says."""
        if len(text) > _LONG:
            self._long -= 1
            self._written.append((self._long, text, array("i", (owner, source)).tobytes()))
            return
        number = self.numbers.setdefault(text, len(self.numbers))
        told = self.told.get(number)
        if told is None:
            self.told[number] = array("i", (owner, source))
        else:
            told.extend((owner, source))


class Collector:
    """Collects rows and writes them in batches."""

    def __init__(self, connection: sqlite3.Connection, file: TreeFile) -> None:
        self.connection = connection
        self.file = file
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERTS}
        self.waiting = 0
        self.counts = dict.fromkeys(("people", "families", "sources", "notes"), 0)
        self.events = Events()
        self.values = Values(self.rows["value"])
        self.notes: dict[str, str] = {}
        self.note_links: list[tuple[str, int]] = []
        # Links by number: a cross-reference gets one when it is first met, before or after its record.
        self.people: dict[str, int] = {}
        self.families: dict[str, int] = {}
        self.sources: dict[str, int] = {}
        self.person_lines, self.family_lines = array("l", [0]), array("l", [0])
        self.chil, self.famc = array("q"), array("q")
        self.spouse, self.fams = array("q"), array("q")
        self.kinds: dict[tuple[int, int], str] = {}
        self.cited: dict[int, array[int]] = {}
        self.vocabulary: dict[str, int] = {}
        self.known_as: list[array[int]] = []
        self.parsed: dict[str, tuple[tuple[int, ...], str, int, int]] = {}
        self.labels: dict[str, int] = {"": 0}
        # By number of the person.
        self.people_columns = {
            name: numbers(COLUMNS[name], bytes(4 if COLUMNS[name] == "i" else 1)) for name in _OF_PEOPLE
        }
        self.size = 1
        self.marriages: dict[int, int] = {}

    def flush(self) -> None:
        """Write what is waiting."""
        for table, rows in self.rows.items():
            if rows:
                marks = ",".join("?" * _INSERTS[table])
                self.connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES({marks})", rows)
                rows.clear()
        self.waiting = 0

    def take(self, record: RawRecord) -> None:
        """Index a record."""
        tag = record.tag
        if tag == "INDI":
            self._person(record)
        elif tag == "FAM":
            self._family(record)
        elif tag == "SOUR" and record.xref:
            self.counts["sources"] += 1
            number = _number(self.sources, record.xref)
            self.rows["source"].append((number, record.xref, record.line, record.packed))
        elif tag in ("NOTE", "SNOTE") and record.xref:
            self.counts["notes"] += 1
            body = text_of(record.value)
            self.notes[record.xref] = body
            self.rows["note"].append((record.xref, record.line, body, record.packed))
        else:
            below = record.packed
            raw = f"0 {tag} {record.value}" + (f"\n{below}" if below else "")
            self.rows["other"].append((record.xref, tag, record.line, raw))
        self.waiting += 1
        if self.waiting >= _BATCH:
            self.flush()

    def _shared(self, rows: Rows, owner: int) -> None:
        """Index what people and families have alike."""
        values = self.values
        if rows.events:
            for tag in self.events.add(owner, rows.events, values.number):
                self.rows["private"].append((owner, tag))
        if rows.closed:
            self.rows["closed"].append((owner,))
        for body in rows.notes:
            values.tell(body, owner, -1)
        for handle in rows.note_links:
            self.note_links.append((handle, owner))
        for source, body in rows.citations:
            number = 0
            if source:
                number = _number(self.sources, source)
                owners = self.cited.get(number)
                if owners is None:
                    self.cited[number] = array("i", (owner,))
                elif owners[-1] != owner:
                    owners.append(owner)
            if body:
                values.tell(body, owner, number)

    def _known_as(self, names: str) -> tuple[tuple[int, ...], str, int, int]:
        """Return the numbers of the words of somebody's names, the first name, and the labels of its surname and given name."""
        known = self.parsed.get(names)
        if known is None:
            heard: dict[int, None] = {}
            for word in words(names.replace("/", " ")):
                for one in spellings(word):
                    number = self.vocabulary.setdefault(one, len(self.known_as))
                    if number == len(self.known_as):
                        self.known_as.append(array("i"))
                    heard[number] = None
            name, given, surname = main_name(names.partition("\n")[0])
            known = (tuple(heard), name, self._label(surname), self._label(given))
            if len(self.parsed) > 200_000:
                self.parsed.clear()
            self.parsed[names] = known
        return known

    def _label(self, text: str) -> int:
        return self.labels.setdefault(text, len(self.labels))

    def _person(self, record: RawRecord) -> None:
        rows = rows_of(record)
        self.counts["people"] += 1
        n = _number(self.people, record.xref)
        known_as = "\n".join(rows.names + rows.name_words if rows.names else ["", *rows.name_words])
        heard, name, surname, given = self._known_as(known_as)
        if not name:
            names = person_of(record.xref, record.lines, lambda _: "").names
            if names:
                first = names[0]
                known_as = f"{known_as}\n{first.text}"
                heard, name = self._known_as(known_as)[0], first.text
                surname, given = self._label(first.surname), self._label(first.given)
        for word in heard:
            self.known_as[word].append(n)
        self._shared(rows, n)
        self._facts(n, record.line, rows, given, surname)
        sex = _SEX.get(rows.sex[:1].upper(), "U")
        self.rows["person"].append((n, record.xref, record.line, sex, name, known_as))
        self.rows["raw"].append((n, record.packed))
        for family, kind in rows.child_of:
            f = _number(self.families, family)
            self.famc.append(link(f, n))
            if kind != "birth":
                self.kinds[f, n] = kind
        for family in rows.partner_in:
            self.fams.append(link(_number(self.families, family), n))

    def _facts(self, n: int, line: int, rows: Rows, given: int, surname: int) -> None:
        """Keep what is counted, sorted and hidden by."""
        if n >= self.size:
            self._grow(n)
        self.person_lines[n] = line or 1
        times = times_of(rows.events)
        columns = self.people_columns
        for name, day in zip(_DAYS, times.days, strict=True):
            columns[name][n] = UNKNOWN if day is None else day
        columns["dead"][n] = rows.dead
        columns["surname"][n] = surname
        columns["given"][n] = given
        columns["lacking"][n] = (0 if times.cited else _NO_SOURCES) | (0 if times.born else _NO_BIRTH_DATE)

    def _grow(self, n: int) -> None:
        """Make room for a person's number, and for many that will come."""
        more = max(n + 1 - self.size, _BATCH)
        self.size += more
        for column in self.people_columns.values():
            column.extend([UNKNOWN if column.typecode == "i" else 0] * more)
        self.person_lines.extend([0] * more)

    def _fit(self) -> None:
        """Take back the room that nobody came for."""
        self._grow(len(self.people))
        self.size = len(self.people) + 1
        for column in (*self.people_columns.values(), self.person_lines):
            del column[self.size :]

    def _family(self, record: RawRecord) -> None:
        rows = rows_of(record)
        self.counts["families"] += 1
        f = _number(self.families, record.xref)
        if f >= len(self.family_lines):
            self.family_lines.extend([0] * (f + 1 - len(self.family_lines)))
        self.family_lines[f] = record.line or 1
        self._shared(rows, -f)
        raw = record.packed
        unmarried = ("NO MARR" in raw or "Unmarried" in raw) and _UNMARRIED.search(raw) is not None
        self.rows["family"].append((f, record.xref, record.line, int(unmarried)))
        self.rows["raw"].append((-f, raw))
        partners = [_number(self.people, one) for one in rows.partners]
        if len(set(partners)) < len(partners):
            self.file.warnings.add("the same person as both partners", record.line)
        for person in partners:
            self.spouse.append(link(f, person))
        for handle, kind in rows.children:
            person = _number(self.people, handle)
            self.chil.append(link(f, person))
            if person in partners:
                self.file.warnings.add("a person as parent and child of one family", record.line)
            if kind not in ("", "birth"):
                self.kinds.setdefault((f, person), kind)
        for kind, _, _, hi, *_ in rows.events:
            if kind == "marriage" and hi is not None:
                self.marriages[f] = min(hi, self.marriages.get(f, hi))

    def links(self) -> tuple[list[list[int]], list[list[int]]]:
        """Write the links that both sides say; return partners and children by family."""
        self._fit()
        self.family_lines.extend([0] * (len(self.families) + 1 - len(self.family_lines)))
        lines, warn = (self.family_lines, self.person_lines), self.file.warnings.add
        partners = joined(self.spouse, self.fams, lines, warn, "partner named by one side only")
        children = joined(self.chil, self.famc, lines, warn, "child named by one side only")
        for f, members in enumerate(partners):
            self.rows["partner"] += [(f, at, person) for at, person in enumerate(members)]
        kind_of = self.kinds.get
        for f, members in enumerate(children):
            self.rows["child"] += [(f, at, person, kind_of((f, person), "birth")) for at, person in enumerate(members)]
        self.flush()
        for person in looped(partners, children, self.size):
            warn("a person as an ancestor of themselves", self.person_lines[person])
        return partners, children

    def _finish_people(self, partners: list[list[int]], children: list[list[int]], sources: set[int]) -> None:
        """Fill in what depends on other people, and on sources that came after them."""
        columns = self.people_columns
        lacking, dead = columns["lacking"], columns["dead"]
        for number, owners in self.cited.items():
            if number in sources:
                for owner in owners:
                    if owner > 0:
                        lacking[owner] &= ~_NO_SOURCES
        parented = bytearray(self.size)
        for f, offspring in enumerate(children):
            if partners[f]:
                for child in offspring:
                    parented[child] = 1
        for n, line in enumerate(self.person_lines):
            if not line:
                lacking[n], dead[n] = 0, 1  # somebody who is pointed to and is not there
            elif not parented[n]:
                lacking[n] |= _NO_PARENTS
        latest = [None if day == UNKNOWN else day for day in columns["bound"]]
        bounds = latest_births(latest, partners, children, self.marriages)
        columns["bound"] = array("i", [UNKNOWN if day is None else day for day in bounds])
        columns["children"] = array("i", counted_children(partners, children, self.size))
        # Labels in the order of the alphabet, so that numbers sort as they do.
        ranks = array("i", [0]) * len(self.labels)
        for rank, text in enumerate(sorted(self.labels)):
            ranks[self.labels[text]] = rank
        for name in ("surname", "given"):
            column = columns[name]
            columns[name] = array("i", [0 if at == UNKNOWN else ranks[at] for at in column])

    def _columns(self, partners: list[list[int]]) -> Iterator[tuple[str, bytes]]:
        """Yield everything that is kept as columns."""
        for name, column in (*self.people_columns.items(), *self.events.columns(len(self.values.numbers))):
            yield name, column.tobytes()
        yield "partner_family", array("i", [f for f, members in enumerate(partners) for _ in members]).tobytes()
        yield "partner_person", array("i", [person for members in partners for person in members]).tobytes()

    def finish(self) -> None:
        """Write what is known only at the end: links, facts, words."""
        self.flush()
        for handle, owner in self.note_links:
            if body := self.notes.get(handle):
                self.values.tell(body, owner, -1)
        self.flush()
        partners, children = self.links()
        many = self.connection.executemany
        written = {n for (n,) in self.connection.execute("SELECT n FROM source")}
        self._finish_people(partners, children, written)
        many("INSERT INTO numbers VALUES(?,?)", self._columns(partners))
        many("INSERT INTO label VALUES(?,?)", enumerate(sorted(self.labels)))
        many("INSERT INTO tag VALUES(?,?)", [(n, text) for text, n in self.events.tags.items()])
        places = [(n, text, fold(text)) for text, n in self.events.places.items() if n]
        many("INSERT INTO place VALUES(?,?,?)", places)
        many("INSERT INTO place_words(rowid, body) VALUES(?,?)", [(n, folded) for n, _, folded in places])
        told = self.values.told
        many(
            "INSERT INTO value VALUES(?,?,?)",
            ((n, text, told[n].tobytes() if n in told else None) for text, n in self.values.numbers.items() if n),
        )
        values = self.connection.execute("SELECT n, text FROM value ORDER BY n")
        many("INSERT INTO value_words(rowid, body) VALUES(?,?)", ((n, fold(text)) for n, text in values))
        vocabulary = list(self.vocabulary.items())
        many("INSERT INTO word VALUES(?,?,?)", [(n, text, self.known_as[n].tobytes()) for text, n in vocabulary])
        many(
            "INSERT OR IGNORE INTO sound VALUES(?,?)",
            ((code, n) for text, n in vocabulary for code in sound_codes(text)),
        )
        cited = [(n, owners.tobytes()) for n, owners in self.cited.items() if n in written]
        many("INSERT INTO cite VALUES(?,?)", cited)
        sources = self.connection.execute("SELECT n, raw FROM source ORDER BY n")
        many(
            "INSERT INTO source_words(rowid, body) VALUES(?,?)",
            ((n, fold(_LEVEL_AND_TAG.sub("", raw))) for n, raw in sources),
        )
        for statement in INDEXES.strip().split("\n"):
            self.connection.execute(statement)


def _number(table: dict[str, int], handle: str) -> int:
    return table.get(handle) or table.setdefault(handle, len(table) + 1)
