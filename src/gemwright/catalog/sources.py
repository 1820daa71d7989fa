"""Where a fact is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

__all__ = ["Source", "cited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document, a program or a measurement that a fact was read from.

    Attributes:
        title: what it is.
        ref: where to find it: a URL, a package URL, or a path in this repository.
        date: day or month of the state that was read.
        kind: `code` and `official` are primary; `measured` is our own; `secondary` repeats somebody else.
        revision: commit, version or hash, where the reference names none.
        note: what has to be known to use it.
    """

    title: str
    ref: str
    date: str
    kind: Literal["code", "official", "measured", "secondary"]
    revision: str = ""
    note: str = ""


def cited(table: object) -> Iterator[str]:
    """Yield the ids of the sources that a record's table names, at any depth, in their order.

    Args:
        table: a record as plain values.
    """
    if isinstance(table, Mapping):
        for name, value in cast("Mapping[str, object]", table).items():
            if name == "source":
                yield from [value] if isinstance(value, str) else cast("Sequence[str]", value)
            else:
                yield from cited(value)
    elif isinstance(table, list):
        for value in cast("Sequence[object]", table):
            yield from cited(value)
