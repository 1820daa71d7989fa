"""Support: which version of which runtime can do what."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Feature", "Statement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One runtime's answer for one feature; a runtime without a statement is unknown.

    Attributes:
        runtime: id below `runtimes/`.
        since: the first version that has it; with `≤` in front, it was seen there and may be older. Empty: never.
        until: the first version that has it no more.
        partial: it works in part; `note` says which.
        variants: which variants; empty is all five.
        mirror: id of the runtime whose answer it takes over.
        note: what has to be known to use it.
        source: ids below `sources/`.
        advisories: ids of the advisories that say what goes wrong with it.
    """

    runtime: str
    since: str = ""
    until: str = ""
    partial: bool = False
    variants: tuple[str, ...] = ()
    mirror: str = ""
    note: str = ""
    source: tuple[str, ...] = ()
    advisories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something that a runtime can or cannot do with Gemma 4.

    Attributes:
        title: its name for people.
        what: what has to work for a yes.
        topics: from `vocab.toml`.
        asked: how people ask for it.
        statement: each runtime's answer.
    """

    title: str
    what: str
    topics: tuple[str, ...]
    statement: tuple[Statement, ...]
    asked: tuple[str, ...] = ()
