"""A tree's file into its index, record by record: what is held in memory are links and numbers, never the whole file."""

from __future__ import annotations

import gc
import json
import os
import re
import sqlite3
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from gemwright_simon.names.fold import fold, spellings, words
from gemwright_simon.names.phonetic import sound_codes
from gemwright_simon.reading.interpret import person_of, text_of
from gemwright_simon.reading.lines import RawRecord, clean_handle
from gemwright_simon.reading.read import TreeFile
from gemwright_simon.records import ImportReport
from gemwright_simon.tree.living import latest_births
from gemwright_simon.tree.rows import Rows, main_name, rows_of
from gemwright_simon.tree.schema import INDEXES, TABLES

__all__ = ["build_index"]

_BATCH: Final = 4000
_LONG: Final = 100
_SEX: Final = {"M": "M", "F": "F", "X": "X"}
_NAME_WORD: Final = re.compile(r"[^\W_]+")
_INSERTS: Final = {
    "person": 16,
    "family": 5,
    "source": 4,
    "note": 4,
    "other": 4,
    "partner": 3,
    "child": 4,
    "event": 10,
    "text": 4,
    "value": 2,
}


class _Interned:
    """Texts by number, each short one once; long ones are written at once and not remembered."""

    def __init__(self, written: list[tuple[Any, ...]] | None = None) -> None:
        self.numbers: dict[str, int] = {"": 0}
        self._written = written
        self._long = 0

    def number(self, text: str) -> int:
        """Return a text's number; 0 is the empty one, and a long one has a negative number."""
        if len(text) > _LONG and self._written is not None:
            self._long -= 1
            self._written.append((self._long, text))
            return self._long
        return self.numbers.setdefault(text, len(self.numbers))


class _Builder:
    """Collects rows and writes them in batches."""

    def __init__(self, connection: sqlite3.Connection, file: TreeFile) -> None:
        self.connection = connection
        self.file = file
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERTS}
        self.waiting = 0
        self.counts = dict.fromkeys(("people", "families", "sources", "notes"), 0)
        self.places, self.values, self.vocabulary = _Interned(), _Interned(self.rows["value"]), _Interned()
        self.notes: dict[str, int] = {}
        # Links by number: a cross-reference gets one when it is first met, before or after its record.
        self.people: dict[str, int] = {}
        self.families: dict[str, int] = {}
        self.person_lines, self.family_lines = array("l", [0]), array("l", [0])
        self.chil, self.famc = array("l"), array("l")
        self.spouse, self.fams = array("l"), array("l")
        self.kinds: dict[tuple[int, int], str] = {}
        self.source_links: list[tuple[str, int]] = []
        self.sources: dict[str, int] = {}
        self.name_words = array("q")
        self.note_links: list[tuple[str, int]] = []
        self.births: list[int | None] = [None]
        self.marriages: dict[int, int] = {}
        self.dead = bytearray(1)
        self.parsed: dict[str, tuple[int, ...]] = {}

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        """Keep a row until its batch is written."""
        self.rows[table].append(row)

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
            self.sources[record.xref] = self.counts["sources"]
            self.add("source", (self.counts["sources"], record.xref, record.line, record.packed))
        elif tag in ("NOTE", "SNOTE") and record.xref:
            self.counts["notes"] += 1
            body = text_of(record.value)
            self.notes[record.xref] = self.values.number(body)
            self.add("note", (record.xref, record.line, body, record.packed))
        else:
            raw = f"0 {tag} {record.value}" + (f"\n{record.packed}" if record.packed else "")
            self.add("other", (record.xref, tag, record.line, raw))
        self.waiting += 1
        if self.waiting >= _BATCH:
            self.flush()

    def _number(self, table: dict[str, int], handle: str) -> int:
        return table.setdefault(handle, len(table) + 1)

    def _shared(self, rows: Rows, owner: int) -> None:
        """Index what people and families have alike."""
        add = self.rows["event"].append
        for seq, (kind, tag, lo, hi, place, value, private, cited) in enumerate(rows.events):
            place_number = self.places.number(place) if place else 0
            value_number = self.values.number(value) if value else 0
            add((owner, seq, kind, tag, lo, hi, place_number, value_number, private, cited))
        for body in rows.notes:
            self.add("text", (owner, "note", "", self.values.number(body)))
        self.note_links += [(handle, owner) for handle in rows.note_links]
        for source, body in rows.citations:
            if source:
                self.source_links.append((source, owner))
            if body:
                self.add("text", (owner, "source", source, self.values.number(body)))

    def _words_of(self, value: str) -> tuple[int, ...]:
        """Return the numbers of a name's words in all spellings."""
        known = self.parsed.get(value)
        if known is None:
            number = self.vocabulary.number
            known = tuple(number(one) for word in words(value) for one in spellings(word))
            if len(self.parsed) > 200_000:
                self.parsed.clear()
            self.parsed[value] = known
        return known

    def _person(self, record: RawRecord) -> None:
        rows = rows_of(record)
        self.counts["people"] += 1
        n = self._number(self.people, record.xref)
        _grow(self.person_lines, n, record.line)
        name, given, surname = main_name(rows)
        if not name:
            names = person_of(record.xref, record.lines, lambda _: "").names
            if names:
                name, given, surname = names[0].text, names[0].given, names[0].surname
                rows.name_words.append(name)
        numbers: set[int] = set()
        for value in rows.names:
            for part in value.replace("/", " ").split():
                numbers.update(self._words_of(part))
        for value in rows.name_words:
            numbers.update(self._words_of(value))
        self.name_words.extend([word << 32 | n for word in numbers])
        birth, death = _preferred(rows, ("birth", "baptism")), _preferred(rows, ("death", "burial"))
        self._shared(rows, n)
        latest = [row[3] for row in rows.events if row[3] is not None]
        bound = birth[1] if birth[1] is not None else min(latest, default=None)
        while len(self.births) <= n:
            self.births.append(None)
            self.dead.append(0)
        self.births[n], self.dead[n] = bound, rows.dead
        self.add(
            "person",
            (
                n,
                record.xref,
                record.line,
                _SEX.get(rows.sex[:1].upper(), "U"),
                name,
                given,
                surname,
                "\n".join((*rows.names, *rows.name_words)),
                rows.dead,
                rows.closed,
                *birth,
                *death,
                None,
                record.packed,
            ),
        )
        for family, kind in rows.child_of:
            f = self._number(self.families, clean_handle(family))
            self.famc.extend((n, f))
            if kind != "birth":
                self.kinds[f, n] = kind
        for family in rows.partner_in:
            self.fams.extend((n, self._number(self.families, family)))

    def _family(self, record: RawRecord) -> None:
        rows = rows_of(record)
        self.counts["families"] += 1
        f = self._number(self.families, record.xref)
        _grow(self.family_lines, f, record.line)
        self._shared(rows, -f)
        self.add("family", (f, record.xref, record.line, rows.closed, record.packed))
        partners = [self._number(self.people, one) for one in rows.partners]
        if len(set(partners)) < len(partners):
            self.file.warnings.add("the same person as both partners", record.line)
        for person in partners:
            self.spouse.extend((f, person))
        for handle, kind in rows.children:
            person = self._number(self.people, handle)
            self.chil.extend((f, person))
            if person in partners:
                self.file.warnings.add("a person as parent and child of one family", record.line)
            if kind not in ("", "birth"):
                self.kinds.setdefault((f, person), kind)
        for kind, _, _, hi, *_ in rows.events:
            if kind == "marriage" and hi is not None:
                self.marriages[f] = min(hi, self.marriages.get(f, hi))

    def links(self) -> tuple[list[list[int]], list[list[int]]]:
        """Join what both sides of each link say; return partners and children by family."""
        families, people = len(self.families) + 1, len(self.people) + 1
        _grow(self.family_lines, families - 1, None)
        _grow(self.person_lines, people - 1, None)
        partners: list[list[int]] = [[] for _ in range(families)]
        children: list[list[int]] = [[] for _ in range(families)]
        for table, own, others, lonely in (
            (partners, self.spouse, self.fams, "partner named by one side only"),
            (children, self.chil, self.famc, "child named by one side only"),
        ):
            for f, person in zip(own[::2], own[1::2], strict=True):
                if not self.person_lines[person]:
                    self.file.warnings.add("pointer to nobody", self.family_lines[f])
                elif person not in table[f]:
                    table[f].append(person)
            said = set(zip(others[1::2], others[::2], strict=True))
            for f, members in enumerate(table):
                if any((f, person) not in said for person in members):
                    self.file.warnings.add(lonely, self.family_lines[f])
            for person, f in zip(others[::2], others[1::2], strict=True):
                if not self.family_lines[f]:
                    self.file.warnings.add("pointer to no family", self.person_lines[person])
                elif person not in table[f]:
                    table[f].append(person)
                    self.file.warnings.add(lonely, self.person_lines[person])
        return partners, children

    def finish(self) -> None:
        """Write what is known only at the end: links, bounds of births, words."""
        self.flush()
        partners, children = self.links()
        for f, members in enumerate(partners):
            self.rows["partner"] += [(f, at, person) for at, person in enumerate(members)]
        kind_of = self.kinds.get
        for f, members in enumerate(children):
            self.rows["child"] += [(f, at, person, kind_of((f, person), "birth")) for at, person in enumerate(members)]
        self.flush()
        for person in _looped(partners, children, len(self.people) + 1):
            self.file.warnings.add("a person as an ancestor of themselves", self.person_lines[person])
        while len(self.births) <= len(self.people):
            self.births.append(None)
        bounds = latest_births(self.births, partners, children, self.marriages)
        execute, many = self.connection.execute, self.connection.executemany
        many("UPDATE person SET bound=? WHERE n=?", [(bound, n) for n, bound in enumerate(bounds) if bound is not None])
        places = list(self.places.numbers.items())
        many("INSERT INTO place VALUES(?,?,?)", [(n, text, fold(text)) for text, n in places if n])
        many("INSERT INTO place_words(rowid, body) VALUES(?,?)", [(n, fold(text)) for text, n in places if n])
        values = list(self.values.numbers.items())
        many("INSERT INTO value VALUES(?,?)", [(n, text) for text, n in values if n])
        many(
            "INSERT INTO value_words(rowid, body) VALUES(?,?)",
            ((n, fold(text)) for n, text in self.connection.execute("SELECT n, text FROM value ORDER BY n")),
        )
        vocabulary = [(n, text) for text, n in self.vocabulary.numbers.items() if n]
        many("INSERT INTO word VALUES(?,?)", vocabulary)
        many(
            "INSERT OR IGNORE INTO sound VALUES(?,?)",
            ((code, n) for n, text in vocabulary for code in sound_codes(text)),
        )
        for statement in INDEXES.strip().split("\n"):
            execute(statement)
        linked = [
            (owner, "note", "", self.notes[handle]) for handle, owner in self.note_links if self.notes.get(handle)
        ]
        many("INSERT INTO text VALUES(?,?,?,?)", linked)
        cited = {(self.sources[handle], owner) for handle, owner in self.source_links if handle in self.sources}
        many("INSERT INTO cite VALUES(?,?)", sorted(cited))
        known_as = ((pair >> 32, pair & 0xFFFFFFFF) for pair in sorted(self.name_words))
        many("INSERT INTO name_word VALUES(?,?)", known_as)
        many(
            "INSERT INTO source_words(rowid, body) VALUES(?,?)",
            (
                (n, fold(re.sub(r"^\d+ \S+ ", "", raw, flags=re.MULTILINE)))
                for n, raw in execute("SELECT n, raw FROM source")
            ),
        )


def _grow(lines: array[int], at: int, line: int | None) -> None:
    """Note the line of a record; 0 stands where no record was met."""
    while len(lines) <= at:
        lines.append(0)
    if line is not None:
        lines[at] = line or 1


def _preferred(rows: Rows, kinds: Iterable[str]) -> tuple[int | None, int | None]:
    """Return the days of the first event of the first kind that has any."""
    for kind in kinds:
        for row in rows.events:
            if row[0] == kind and (row[2] is not None or row[3] is not None):
                return row[2], row[3]
    return None, None


def _looped(partners: list[list[int]], children: list[list[int]], size: int) -> list[int]:
    """Return the people who are on a loop of parents and children: what is left when all ends are taken off, again and again."""
    below: list[list[int]] = [[] for _ in range(size)]
    above: list[list[int]] = [[] for _ in range(size)]
    for parents, offspring in zip(partners, children, strict=True):
        for parent in parents:
            below[parent] += offspring
        for child in offspring:
            above[child] += parents
    alive = bytearray(b"\1") * size
    for forward, backward in ((below, above), (above, below)):
        left = [sum(alive[other] for other in backward[person]) for person in range(size)]
        ends = [person for person in range(size) if alive[person] and not left[person]]
        while ends:
            person = ends.pop()
            alive[person] = 0
            for other in forward[person]:
                left[other] -= 1
                if not left[other] and alive[other]:
                    ends.append(other)
    return [person for person in range(1, size) if alive[person]]


def build_index(file: TreeFile, target: Path) -> ImportReport:
    """Read a tree and write its index, whole or not at all.

    Args:
        file: the tree.
        target: where the index goes; its folder is made.

    Returns:
        How the file was read.

    Raises:
        TreeProblem: the file cannot be read to its end.
        OSError: the index cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    part.touch(0o600)
    collecting = gc.isenabled()
    gc.disable()  # nothing here refers in circles, and looking for circles among a million rows costs a third of the time
    try:
        connection = sqlite3.connect(part, isolation_level=None)
        try:
            connection.executescript(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;"
                " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA locking_mode=EXCLUSIVE;" + TABLES
            )
            connection.execute("BEGIN")
            builder = _Builder(connection, file)
            for record in file.records():
                builder.take(record)
            builder.finish()
            report = ImportReport(
                **builder.counts,
                encoding=file.encoding.name,
                encoding_reason=file.encoding.reason,
                version=file.version,
                producer=file.producer,
                warnings=file.warnings.by_kind(),
            )
            text = json.dumps({one: getattr(report, one) for one in ImportReport.__slots__}, ensure_ascii=False)
            connection.execute("INSERT INTO meta VALUES('report', ?)", (text,))
            connection.execute("COMMIT")
        finally:
            connection.close()
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        if collecting:
            gc.enable()
    return report
