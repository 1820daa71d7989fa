"""The events of a tree as columns while it is indexed, and the orders in which they are found again."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from gemwright_simon.tree.rows import EventRow
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
        self._append = tuple(
            self._columns[f"event_{name}"].append
            for name in ("owner", "kind", "tag", "lo", "hi", "place", "value", "cited")
        )

    def add(self, owner: int, rows: Iterable[EventRow], number_of: Callable[[str], int]) -> list[str]:
        """Add somebody's events.

        Args:
            owner: the person, or the family with a minus sign.
            rows: the events.
            number_of: gives the number of a value.

        Returns:
            The tags of the private ones.
        """
        owners, kinds, tags, first, last, places, values, sources = self._append
        tag_number, place_number = self.tags, self.places
        private: list[str] = []
        for kind, tag, lo, hi, place, value, closed, cited in rows:
            if closed:
                private.append(tag)
                continue
            owners(owner)
            kinds(_KIND[kind])
            tags(tag_number.setdefault(tag, len(tag_number)))
            first(UNKNOWN if lo is None else lo)
            last(UNKNOWN if hi is None else hi)
            places(place_number.setdefault(place, len(place_number)) if place else 0)
            values(number_of(value) if value else 0)
            sources(cited)
        return private

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
            counts, start, starts = Counter(column), 0, array("i")
            for number in range(size + 1):
                starts.append(start)
                start += counts[number]
            yield f"{name}_from", starts
            yield f"by_{name}", array("i", sorted(range(len(column)), key=column.__getitem__))
