"""The index of a tree that is open: one connection, and one thread at a time on it, whoever asks.

Everything in an index stays as it was written, so that two readers can never see different things; the lock keeps the
connection, what is worked out once, and aliases from being used by two threads at the same moment.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator
from threading import RLock
from typing import Any, Final, TypeVar

from gemwright_simon.tree.schema import COLUMNS, numbers

__all__ = ["Store"]

_AT_ONCE: Final = 1000
_Worked = TypeVar("_Worked")


class Store:
    """An index that is open for reading. Safe to use from several threads.

    Args:
        connection: opened with `check_same_thread=False`.

    Attributes:
        lock: held while the connection is used, and while something is worked out that is kept.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kept: dict[str, Any] = {}
        self.lock = RLock()

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self.lock:
            return self._connection.execute(query, parameters).fetchall()

    def stream(self, query: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query that may have very many."""
        with self.lock:
            cursor = self._connection.execute(query, parameters)
        while True:
            with self.lock:
                rows = cursor.fetchmany(_AT_ONCE)
            if not rows:
                return
            yield from rows

    def one(self, query: str, *parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        with self.lock:
            return self._connection.execute(query, parameters).fetchone()

    def of(self, query: str, wanted: Iterable[int]) -> dict[int, Any]:
        """Return number → value for some numbers.

        Args:
            query: selects a number and a value, and has `{}` where the numbers belong.
            wanted: which.
        """
        wanted = list(wanted)
        found: dict[int, Any] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            marks = ",".join(map(str, wanted[start : start + _AT_ONCE]))
            found.update(self.rows(query.format(marks)))
        return found

    def kept(self, name: str, work_out: Callable[[], _Worked]) -> _Worked:
        """Return what was worked out on the first call for this name."""
        with self.lock:
            if name not in self._kept:
                self._kept[name] = work_out()
            return self._kept[name]

    def column(self, name: str) -> array[int]:
        """Return a column by its name in `schema.COLUMNS`."""

        def read() -> array[int]:
            row = self.one("SELECT data FROM numbers WHERE name=?", name)
            return numbers(COLUMNS[name], row[0] if row else None)

        return self.kept(name, read)

    def close(self) -> None:
        """Close the connection."""
        with self.lock:
            self._connection.close()
