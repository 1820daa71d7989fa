"""What was put right while a file was read: kinds, and the numbers of the lines."""

from __future__ import annotations

from typing import Final

__all__ = ["MOST_NUMBERS", "Warnings"]

MOST_NUMBERS: Final = 10_000
"""How many line numbers of one kind are kept: a file may be wrong on every line."""


class Warnings:
    """Collects line numbers by kind."""

    def __init__(self) -> None:
        self._lines: dict[str, list[int]] = {}

    def add(self, kind: str, line: int) -> None:
        """Note that something of a kind was found on a line."""
        lines = self._lines.setdefault(kind, [])
        if len(lines) < MOST_NUMBERS and (not lines or lines[-1] != line):
            lines.append(line)

    def by_kind(self) -> dict[str, tuple[int, ...]]:
        """Return the numbers of the lines of each kind, in the order of the file."""
        return {kind: tuple(sorted(set(lines))) for kind, lines in sorted(self._lines.items())}
