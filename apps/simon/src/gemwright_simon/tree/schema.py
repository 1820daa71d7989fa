"""The tables of an index. An owner is a person's number, or a family's with a minus sign before it."""

from __future__ import annotations

import zlib
from array import array
from typing import Final, cast

from gemwright_simon.reading.tags import EVENTS

__all__ = ["COLUMNS", "INDEXES", "INDEX_VERSION", "KINDS", "LACKING", "TABLES", "UNKNOWN", "numbers"]

KINDS: Final = tuple(dict.fromkeys(EVENTS.values()))
"""Kinds of events; the index holds a kind as its place in here."""

INDEX_VERSION: Final = f"4-{zlib.crc32('|'.join(KINDS).encode()):08x}"
"""Its number goes up whenever the tables change."""

UNKNOWN: Final = -(1 << 31)
"""Stands in a column for a day that is not known."""

LACKING: Final = {"no_sources": 1, "no_parents": 2, "no_birth_date": 4}
"""What a person's record may lack → the bit of the column `lacking`."""

COLUMNS: Final = {
    "dead": "b",
    "birth_lo": "i",
    "birth_hi": "i",
    "death_lo": "i",
    "death_hi": "i",
    "bound": "i",
    "children": "i",
    "surname": "i",
    "given": "i",
    "lacking": "b",
    "event_owner": "i",
    "event_kind": "b",
    "event_tag": "h",
    "event_lo": "i",
    "event_hi": "i",
    "event_place": "i",
    "event_value": "i",
    "event_cited": "b",
    "by_day": "i",
    "days": "i",
    "by_kind": "i",
    "kind_from": "i",
    "by_place": "i",
    "place_from": "i",
    "by_value": "i",
    "value_from": "i",
    "partner_family": "i",
    "partner_person": "i",
}
"""What is asked of everybody at once is not in tables but in columns, a number of the machine for each person or event.

Those of people (up to `lacking`) have a place for each number, 0 too. Those of events hold every event that is not private,
in the order of the records; `by_day` lists the events of which both days are known by the first of them, which `days` holds.
`by_kind`, `by_place` and `by_value` list events too; those of one kind stand between two numbers of `kind_from`. Surnames and
given names are places in the sorted list of `label`.
"""

# `who` of a word, and `owners` of a source, are numbers of 32 bits in a row; `told` of a value are pairs of them: who
# owns a record that says it, and by which source: 0 for one described in place, -1 for a note.
TABLES: Final = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE numbers(name TEXT PRIMARY KEY, data BLOB);
CREATE TABLE person(n INTEGER PRIMARY KEY, handle TEXT, line INTEGER, sex TEXT, name TEXT, names TEXT);
CREATE TABLE family(n INTEGER PRIMARY KEY, handle TEXT, line INTEGER, unmarried INTEGER);
CREATE TABLE closed(n INTEGER PRIMARY KEY);
CREATE TABLE raw(owner INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE private(owner INTEGER, tag TEXT, PRIMARY KEY(owner, tag)) WITHOUT ROWID;
CREATE TABLE source(n INTEGER PRIMARY KEY, handle TEXT, line INTEGER, raw TEXT);
CREATE TABLE note(handle TEXT PRIMARY KEY, line INTEGER, body TEXT, raw TEXT) WITHOUT ROWID;
CREATE TABLE other(handle TEXT, tag TEXT, line INTEGER, raw TEXT);
CREATE TABLE partner(family INTEGER, pos INTEGER, person INTEGER, PRIMARY KEY(family, pos)) WITHOUT ROWID;
CREATE TABLE child(family INTEGER, pos INTEGER, person INTEGER, kind TEXT, PRIMARY KEY(family, pos)) WITHOUT ROWID;
CREATE TABLE place(n INTEGER PRIMARY KEY, text TEXT, folded TEXT);
CREATE TABLE label(n INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE tag(n INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE value(n INTEGER PRIMARY KEY, text TEXT, told BLOB);
CREATE TABLE word(n INTEGER PRIMARY KEY, text TEXT, who BLOB);
CREATE TABLE sound(code TEXT, word INTEGER, PRIMARY KEY(code, word)) WITHOUT ROWID;
CREATE TABLE cite(source INTEGER PRIMARY KEY, owners BLOB);
CREATE TABLE living(rule TEXT PRIMARY KEY, people BLOB) WITHOUT ROWID;
CREATE VIRTUAL TABLE place_words USING fts5(body, content='', detail=none, tokenize='unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE value_words USING fts5(body, content='', detail=none, tokenize='unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE source_words USING fts5(body, content='', detail=none, tokenize='unicode61 remove_diacritics 0');
"""

INDEXES: Final = """
CREATE UNIQUE INDEX person_handle ON person(handle);
CREATE UNIQUE INDEX family_handle ON family(handle);
CREATE UNIQUE INDEX source_handle ON source(handle);
CREATE UNIQUE INDEX word_text ON word(text);
CREATE INDEX partner_person ON partner(person);
CREATE INDEX child_person ON child(person);
"""


def numbers(code: str = "i", data: bytes | None = None) -> array[int]:
    """Return whole numbers of the machine, from the bytes that they were kept as.

    Args:
        code: how long each is, as in `COLUMNS`.
        data: the bytes; nothing where None.
    """
    found = cast("array[int]", array(code))
    found.frombytes(data or b"")
    return found
