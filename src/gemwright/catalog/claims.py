"""Claims: sentences that can be wrong, each with what it rests on and where it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gemwright.catalog.ranges import Range

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a claim rests on.

    Attributes:
        source: id below `sources/`.
        locator: where in the source: a section, a table, a file with its function, a message of a thread.
        kind: `primary` where the source decides the matter, `measured` where somebody tried, `secondary` where it
            repeats another, `inferred` where we conclude.
        retrieved: the day on which it was read.
        url: the exact page, where the source's own address is less exact.
    """

    source: str
    locator: str
    kind: Literal["primary", "measured", "secondary", "inferred"]
    retrieved: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One falsifiable sentence.

    Attributes:
        statement: the sentence.
        status: `verified` by a primary source or a measurement; `reported` by others only; `disputed` where sources
            disagree; `superseded` by another claim that is true now; `retracted` where it was wrong.
        topics: what it is about, from `vocab.toml`; the folder is the first of them and need not be repeated.
        variants: which variants or relatives it is true of; empty is all five.
        applies: in which versions of which software it holds; empty is everywhere.
        detail: what has to be known to use it: conditions, why, exceptions.
        advice: what to do about it, as an instruction.
        figures: the exact numbers in it, by name; the sentence may round them.
        asked: how people ask for it, in their words.
        check: what proves it again: a test of this repository (`tests/…::test_…`), a command, or `probe: …`.
        supersedes: ids of claims that this one takes the place of.
        contradicts: ids of claims that cannot be true beside this one.
        replaced_by: the claim to read instead; every superseded or retracted claim has one.
        reason: why it was superseded or retracted.
        last_checked: the day somebody last compared it with its evidence.
        review_by: the day after which it is old.
        evidence: what it rests on.
    """

    statement: str
    status: Literal["verified", "reported", "disputed", "superseded", "retracted"]
    last_checked: str
    review_by: str
    evidence: tuple[Evidence, ...]
    topics: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    applies: tuple[Range, ...] = ()
    detail: str = ""
    advice: str = ""
    figures: Mapping[str, object] | None = None
    asked: tuple[str, ...] = ()
    check: str = ""
    supersedes: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    replaced_by: str = ""
    reason: str = ""
