"""The events of a tree as columns while it is indexed, and the orders in which they are found again."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Final

from gemwright_simon.tree.schema import COLUMNS, KINDS, UNKNOWN, numbers

__all__ = ["Events"]

_KIND: Final = {kind: number for number, kind in enumerate(KINDS)}


class Events:
    """Events, one after the other; private ones are not among them.

    Attributes:
        places: place → its number; 0 is none.
        tags: tag with its number → number.
    """

    def __init__(self) -> None:
        self.places: dict[str, int] = {"": 0}
        self.tags: dict[str, int] = {}
        self._columns = {name: numbers(code) for name, code in COLUMNS.items() if name.startswith("event_")}
        self._owner, self._kind, self._tag, self._lo, self._hi, self._place, self._value, self._cited = (
            self._columns[f"event_{name}"].append
            for name in ("owner", "kind", "tag", "lo", "hi", "place", "value", "cited")
        )

    def add(
        self, owner: int, kind: str, tag: str, lo: int | None, hi: int | None, place: str, value: int, cited: int
    ) -> None:
        """Add an event; its value by number."""
        self._owner(owner)
        self._kind(_KIND[kind])
        self._tag(self.tags.setdefault(tag, len(self.tags)))
        self._lo(UNKNOWN if lo is None else lo)
        self._hi(UNKNOWN if hi is None else hi)
        self._place(self.places.setdefault(place, len(self.places)) if place else 0)
        self._value(value)
        self._cited(cited)

    def columns(self, values: int) -> Iterator[tuple[str, array[int]]]:
        """Yield the columns and the orders by name.

        Args:
            values: how many values there are.
        """
        yield from self._columns.items()
        lo, hi = self._columns["event_lo"], self._columns["event_hi"]
        dated = [at for at, first in enumerate(lo) if first != UNKNOWN and hi[at] != UNKNOWN]
        dated.sort(key=lo.__getitem__)
        yield "by_day", array("i", dated)
        yield "days", array("i", map(lo.__getitem__, dated))
        for name, size in (("kind", len(KINDS)), ("place", len(self.places)), ("value", values)):
            column = self._columns[f"event_{name}"]
            counts = [0] * (size + 1)
            for one in column:
                counts[one] += 1
            start, starts = 0, array("i")
            for count in counts:
                starts.append(start)
                start += count
            yield f"{name}_from", starts
            yield f"by_{name}", array("i", sorted(range(len(column)), key=column.__getitem__))
