"""What has happened in a conversation, kept so that a crash at any moment loses nothing that was finished.

Knows: an append-only list of entries in SQLite, one committed transaction each, written before anything that follows from
it is begun. Whoever opens the file again has the conversation as it was, and `resume` goes on.
Never knows: what the entries mean (`state`).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadMessages, BadOption

__all__ = ["Entry", "Transcript"]

_VERSION: Final = 1
_APPLICATION: Final = 0x47574147  # "GWAG"
_WAIT_SECONDS: Final = 5.0
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS entry (conversation TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, "
    "body TEXT NOT NULL, PRIMARY KEY (conversation, number)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    Attributes:
        number: its place in the conversation, from 0.
        kind: what happened.
        body: a JSON object.
    """

    number: int
    kind: str
    body: Mapping[str, Any]


class Transcript:
    """The entries of one conversation in a file, or in memory.

    Args:
        path: an SQLite file, which is made where it is missing and may hold many conversations; None keeps it in memory.
        conversation: which conversation of the file.

    Raises:
        BadMessages: the file is no transcript, or a later version wrote it.
        BadOption: the conversation has no name.
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path | str | None = None, conversation: str = "main") -> None:
        if not conversation.strip():
            raise BadOption("a conversation needs a name")
        self.path = Path(path) if path is not None else None
        self.conversation = conversation
        self._lock = threading.Lock()
        self._database = _open(self.path)
        with self._reading():
            row = self._database.execute(
                "SELECT max(number) FROM entry WHERE conversation = ?", (conversation,)
            ).fetchone()
        self._next = 0 if row[0] is None else int(row[0]) + 1

    def __enter__(self) -> Transcript:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file. Closing twice does nothing."""
        with self._lock:
            self._database.close()

    def append(self, kind: str, body: Mapping[str, Any]) -> Entry:
        """Add an entry. When this returns, the entry is on the disk.

        Raises:
            BadMessages: another program wrote to this conversation meanwhile, or the file cannot be written.
        """
        with self._lock:
            entry = Entry(self._next, kind, body)
            row = (self.conversation, entry.number, kind, jsonx.compact(dict(body)))
            try:
                with self._database:
                    self._database.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", row)
            except sqlite3.IntegrityError:
                raise BadMessages(
                    f"another program goes on with the conversation `{self.conversation}` in {self.path}",
                    hint="open it in one program at a time",
                ) from None
            except sqlite3.Error as e:
                raise BadMessages(f"{self.path or 'the transcript'} cannot be written: {e}") from e
            self._next += 1
            return entry

    def entries(self) -> list[Entry]:
        """Return all entries, oldest first.

        Raises:
            BadMessages: the file is damaged.
        """
        with self._reading():
            rows = self._database.execute(
                "SELECT number, kind, body FROM entry WHERE conversation = ? ORDER BY number", (self.conversation,)
            ).fetchall()
        return [Entry(number, kind, jsonx.parse(body)) for number, kind, body in rows]

    def conversations(self) -> list[str]:
        """Return the names of the conversations in the file, in alphabetical order."""
        with self._reading():
            rows = self._database.execute("SELECT DISTINCT conversation FROM entry ORDER BY 1").fetchall()
        return [row[0] for row in rows]

    @contextmanager
    def _reading(self) -> Generator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as e:
                raise BadMessages(f"{self.path or 'the transcript'} cannot be read: {e}") from e


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # what people said is for nobody else to read
    try:
        database = sqlite3.connect(path or ":memory:", timeout=_WAIT_SECONDS, check_same_thread=False)
    except sqlite3.Error as e:
        raise BadMessages(f"{path} cannot be opened: {e}") from e
    try:
        kind = database.execute("PRAGMA application_id").fetchone()[0]
        version = database.execute("PRAGMA user_version").fetchone()[0]
        empty = not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not (empty and kind == version == 0) and (kind, version) != (_APPLICATION, _VERSION):
            if kind == _APPLICATION:
                raise BadMessages(f"{path} was written by a later version of gemwright", hint="update gemwright")
            raise BadMessages(f"{path} is an SQLite file, and no transcript", hint="name another file")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        with database:
            database.execute(_TABLE)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.Error as e:
        database.close()
        raise BadMessages(f"{path} is no transcript: {e}", hint="name another file") from e
    except BadMessages:
        database.close()
        raise
    return database
