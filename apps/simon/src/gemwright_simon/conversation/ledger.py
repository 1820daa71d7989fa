"""The facts that tools have returned in a conversation: what the check accepts beside those of this turn."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["MOST_LINES", "Ledger"]

MOST_LINES = 150
"""How many lines are kept; those that were not used for longest go first."""


class Ledger:
    """Lines of facts with their handles, the freshest last."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    def add(self, lines: Iterable[str]) -> None:
        """Add lines; one that is there already becomes the freshest."""
        for line in lines:
            if "[" in line:
                self._lines.pop(line, None)
                self._lines[line] = None
        while len(self._lines) > MOST_LINES:
            del self._lines[next(iter(self._lines))]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines, the oldest first."""
        return tuple(self._lines)
