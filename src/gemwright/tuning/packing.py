"""Many short rows in one long one, so that no step is spent on padding.

First fit over a bounded number of open packs: the same rows in the same order give the same packs, and memory does not
grow with their number. No row is cut: half a turn teaches to stop anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from gemwright.foundation.errors import BadOption, LimitReached

__all__ = ["Document", "Pack", "pack"]

Document: TypeAlias = tuple[list[int], list[bool]]
"""A row's token ids, and for each whether it is trained on."""


def _no_ids() -> list[int]:
    return []


def _no_marks() -> list[bool]:
    return []


@dataclass(slots=True, eq=False)
class Pack:
    """Rows behind each other.

    Attributes:
        ids: their token ids.
        mask: for each whether it is trained on.
        starts: where each row begins. A token may only see those of its own row: give this to the attention.
    """

    ids: list[int] = field(default_factory=_no_ids)
    mask: list[bool] = field(default_factory=_no_marks)
    starts: list[int] = field(default_factory=_no_ids)

    def add(self, document: Document) -> None:
        """Append a row."""
        self.starts.append(len(self.ids))
        self.ids += document[0]
        self.mask += document[1]

    def documents(self) -> list[int]:
        """Return for each token the number of its row in this pack, from 0."""
        ends = [*self.starts[1:], len(self.ids)]
        return [row for row, (a, b) in enumerate(zip(self.starts, ends, strict=True)) for _ in range(b - a)]

    def positions(self) -> list[int]:
        """Return for each token its position in its row, from 0."""
        ends = [*self.starts[1:], len(self.ids)]
        return [at for a, b in zip(self.starts, ends, strict=True) for at in range(b - a)]


def pack(documents: Iterable[Document], length: int, *, at_once: int = 64) -> Iterator[Pack]:
    """Pack rows, each into the first open pack that has room.

    Args:
        documents: the rows; empty ones are passed over.
        length: tokens in a pack, at most.
        at_once: packs that are open at once. When one more is needed, the fullest is given out, of equals the oldest;
            the last ones come in the order in which they were opened.

    Raises:
        BadOption: a length or number below 1.
        LimitReached: a row is longer than a pack.
    """
    if length < 1 or at_once < 1:
        raise BadOption(f"packs need a length and a number of at least 1, not {length} and {at_once}")
    waiting: list[Pack] = []
    for number, document in enumerate(documents, 1):
        size = len(document[0])
        if size != len(document[1]):
            raise BadOption(f"row {number} has {size} tokens and a mask of {len(document[1])}")
        if size > length:
            raise LimitReached(
                f"row {number} has {size} tokens, and a pack holds {length}",
                hint="leave it out or make packs longer; a row that is cut teaches to stop in the middle",
            )
        if not size:
            continue
        fitting = next((one for one in waiting if len(one.ids) + size <= length), None)
        if fitting is None:
            if len(waiting) == at_once:
                yield waiting.pop(max(range(at_once), key=lambda at: (len(waiting[at].ids), -at)))
            fitting = Pack()
            waiting.append(fitting)
        fitting.add(document)
        if len(fitting.ids) == length:
            waiting.remove(fitting)
            yield fitting
    yield from waiting
