"""What tools do: verbs with the pieces of names, questions and descriptions that go with them.

Questions and descriptions of one verb share some words and paraphrase others, so that choosing a tool needs more than
equal words.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["VERBS", "Verb"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb.

    Attributes:
        key: its own name.
        names: pieces of tool names.
        asks: questions and commands with a place for the noun, `{n}`.
        says: descriptions with the same place.
        gives: what comes back: `value`, `list`, `count` or `done`.
    """

    key: str
    names: tuple[str, ...]
    asks: tuple[str, ...]
    says: tuple[str, ...]
    gives: str


_TABLE: Final = Path(__file__).with_name("verbs.txt").read_text()


def _read() -> dict[str, Verb]:
    found: dict[str, Verb] = {}
    for line in _TABLE.strip().split("\n"):
        key, names, asks, says, gives = line.split("/")
        found[key] = Verb(key, tuple(names.split(",")), tuple(asks.split(";")), tuple(says.split(";")), gives)
    return found


VERBS: Final = _read()
"""Verbs by key."""
