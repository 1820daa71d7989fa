"""The tables of an index. An owner is a person's number, or a family's with a minus sign before it."""

from __future__ import annotations

from typing import Final

__all__ = ["INDEXES", "INDEX_VERSION", "TABLES"]

INDEX_VERSION: Final = "3"
"""Goes up whenever the tables change."""

TABLES: Final = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE person(n INTEGER PRIMARY KEY, handle TEXT, line INTEGER, sex TEXT, name TEXT, given TEXT, surname TEXT, names TEXT,
  dead INTEGER, closed INTEGER, birth_lo INTEGER, birth_hi INTEGER, death_lo INTEGER, death_hi INTEGER, bound INTEGER, raw TEXT);
CREATE TABLE family(n INTEGER PRIMARY KEY, handle TEXT, line INTEGER, closed INTEGER, raw TEXT);
CREATE TABLE source(n INTEGER PRIMARY KEY, handle TEXT, line INTEGER, raw TEXT);
CREATE TABLE note(handle TEXT PRIMARY KEY, line INTEGER, body TEXT, raw TEXT) WITHOUT ROWID;
CREATE TABLE other(handle TEXT, tag TEXT, line INTEGER, raw TEXT);
CREATE TABLE partner(family INTEGER, pos INTEGER, person INTEGER, PRIMARY KEY(family, pos)) WITHOUT ROWID;
CREATE TABLE child(family INTEGER, pos INTEGER, person INTEGER, kind TEXT, PRIMARY KEY(family, pos)) WITHOUT ROWID;
CREATE TABLE place(n INTEGER PRIMARY KEY, text TEXT, folded TEXT);
CREATE TABLE value(n INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE event(owner INTEGER, seq INTEGER, kind TEXT, tag TEXT, lo INTEGER, hi INTEGER, place INTEGER, value INTEGER,
  closed INTEGER, cited INTEGER);
CREATE TABLE word(n INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE name_word(word INTEGER, person INTEGER, PRIMARY KEY(word, person)) WITHOUT ROWID;
CREATE TABLE sound(code TEXT, word INTEGER, PRIMARY KEY(code, word)) WITHOUT ROWID;
CREATE TABLE text(owner INTEGER, kind TEXT, source TEXT, value INTEGER);
CREATE TABLE cite(source INTEGER, owner INTEGER, PRIMARY KEY(source, owner)) WITHOUT ROWID;
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
CREATE INDEX event_owner ON event(owner);
CREATE INDEX event_place ON event(place) WHERE place > 0;
CREATE INDEX event_value ON event(value) WHERE value > 0;
CREATE INDEX text_value ON text(value);
CREATE INDEX person_surname ON person(surname, given);
"""
