"""The index: one SQLite file in the user's cache, named by what it was made from."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

from gemwright.catalog.document import Catalog
from gemwright.catalog.ranges import Range
from gemwright.catalog.records import build
from gemwright.corpus.search.cards import Card, cards
from gemwright.corpus.search.question import Words, tokens

__all__ = ["FORM", "Index", "open_index"]

FORM = 5
"""Version of the index's form; it rises whenever an older file could be misread or would rank differently."""
_KEPT = 4

_TABLES = """
CREATE TABLE cards (number INTEGER PRIMARY KEY, record TEXT UNIQUE, kind TEXT, title TEXT, text TEXT, urls TEXT,
                    ranges TEXT, variants TEXT, severity TEXT, status TEXT);
CREATE VIRTUAL TABLE fields USING fts5(title, phrases, body, tags, parts, tokenize = "porter unicode61");
CREATE VIRTUAL TABLE phrases USING fts5(text, card UNINDEXED, tokenize = "porter unicode61");
CREATE VIRTUAL TABLE terms USING fts5vocab(fields, row);
"""


class Index:
    """An open index. One thread at a time may use it.

    Attributes:
        connection: the database.
        words: the words that may be exchanged.
        catalog: what was indexed.
    """

    def __init__(self, connection: sqlite3.Connection, catalog: Catalog) -> None:
        """Keep an index that was built."""
        self.connection = connection
        self.catalog = catalog
        self.words = Words.of(catalog)
        self._cards: dict[int, Card] = {}

    def card(self, number: int) -> Card:
        """Return a record as it was indexed, without what it was only found by."""
        if number not in self._cards:
            record, kind, title, text, urls, ranges, variants, severity, status = self.connection.execute(
                "SELECT record, kind, title, text, urls, ranges, variants, severity, status FROM cards WHERE number = ?",
                (number,),
            ).fetchone()
            self._cards[number] = Card(
                record=record,
                kind=kind,
                title=title,
                text=text,
                urls=tuple(json.loads(urls)),
                ranges=tuple(build(Range, row, record) for row in json.loads(ranges)),
                variants=tuple(json.loads(variants)),
                severity=severity,
                status=status,
            )
        return self._cards[number]

    def __enter__(self) -> Index:
        """Return the index itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the database."""
        self.connection.close()

    @cached_property
    def _count(self) -> int:
        return self.connection.execute("SELECT count(*) FROM cards").fetchone()[0]

    def __len__(self) -> int:
        """Return how many records are in it."""
        return self._count

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Every word that occurs, as the database stems it."""
        return tuple(term for (term,) in self.connection.execute("SELECT term FROM terms"))

    def holders(self, term: str) -> list[int]:
        """Return the numbers of the records that have a word, in any of its forms."""
        rows = self.connection.execute("SELECT rowid FROM fields WHERE fields MATCH ?", (f'"{term}"',))
        return [number for (number,) in rows]


def open_index(catalog: Catalog, directory: Path | None) -> Index:
    """Return the index of a catalog, building it where there is none yet.

    Args:
        catalog: what to index.
        directory: where indexes are kept; None, or one that cannot be written, keeps it in memory.
    """
    if directory is None:
        return _in_memory(catalog)
    target = directory / f"{catalog.tree}-{FORM}.sqlite"
    if (opened := _open(target, catalog)) is not None:
        return opened
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".index-", suffix=".sqlite", dir=directory)
        os.close(handle)
        temporary = Path(name)
        try:
            with closing(sqlite3.connect(temporary)) as connection:
                _build(connection, catalog)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        for old in sorted(directory.glob("*.sqlite"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
        return _open(target, catalog) or _in_memory(catalog)
    except (OSError, sqlite3.Error):
        return _in_memory(catalog)


def _open(path: Path, catalog: Catalog) -> Index | None:
    """Return the index in a file, or None where there is none that can be read."""
    if not path.is_file():
        return None
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] == FORM:
                return Index(connection, catalog)
        except sqlite3.Error:
            connection.close()
            raise
        connection.close()
    except sqlite3.Error:
        pass  # it is broken, and is made again
    return None


def _in_memory(catalog: Catalog) -> Index:
    connection = sqlite3.connect(":memory:")
    _build(connection, catalog)
    return Index(connection, catalog)


def _build(connection: sqlite3.Connection, catalog: Catalog) -> None:
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
    _fill(connection, cards(catalog))
    connection.execute("INSERT INTO fields(fields) VALUES ('optimize')")
    connection.execute("INSERT INTO phrases(phrases) VALUES ('optimize')")
    connection.execute(f"PRAGMA user_version = {FORM}")
    connection.commit()


def _fill(connection: sqlite3.Connection, found: Iterable[Card]) -> None:
    for number, card in enumerate(found, 1):
        ranges = [asdict(row) for row in card.ranges]
        connection.execute(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                card.record,
                card.kind,
                card.title,
                card.text,
                json.dumps(card.urls),
                json.dumps(ranges),
                json.dumps(card.variants),
                card.severity,
                card.status,
            ),
        )
        phrases, tags = " . ".join(card.phrases), " ".join(card.tags)
        whole = f"{card.title} {phrases} {card.body} {card.text} {tags}"
        parts = _with_parts(whole)[len(whole) :]
        connection.execute(
            "INSERT INTO fields(rowid, title, phrases, body, tags, parts) VALUES (?, ?, ?, ?, ?, ?)",
            (number, card.title, phrases, f"{card.text} {card.body}", tags, parts),
        )
        connection.executemany(
            "INSERT INTO phrases(text, card) VALUES (?, ?)",
            [(_with_parts(text), number) for text in (card.title, *card.phrases)],
        )


def _with_parts(text: str) -> str:
    seen = set(text.casefold().split())
    return " ".join([text, *(word for word in dict.fromkeys(tokens(text)) if word not in seen)])
