"""Results: scores that others published, and figures that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Benchmark", "Measurement", "Score"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One model's score.

    Attributes:
        model: a variant, `Gemma 3 27B`, or a relative.
        value: the score, in the unit of the benchmark.
        part: which part of the benchmark, where it has parts.
        conditions: under which it was taken, where they differ from those of the benchmark.
        margin: half-width of its interval, where given.
        source: id below `sources/`.
    """

    model: str
    value: float
    source: str
    part: str = ""
    conditions: str = ""
    margin: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A published test, and what Gemma 4 scored.

    Attributes:
        title: its name.
        what: what it tests.
        unit: of the scores.
        better: which way is better.
        conditions: under which all scores were taken, unless one says otherwise.
        topics: from `vocab.toml`.
        note: how to read it, and where sources disagree.
        asked: how people ask for it.
        score: the scores.
        source: ids below `sources/`.
    """

    title: str
    what: str
    unit: str
    better: Literal["higher", "lower"]
    conditions: str
    topics: tuple[str, ...]
    score: tuple[Score, ...]
    source: tuple[str, ...]
    note: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Figures that somebody measured, with everything needed to measure them again.

    Attributes:
        title: what was measured.
        date: the day.
        hardware: id below `hardware/`, or a description.
        software: packages with their versions.
        variants: which variants; empty where it is about none.
        command: what was run.
        conditions: everything else that mattered.
        figures: the results, by name with its unit.
        topics: from `vocab.toml`.
        note: what they mean, and what they do not.
        asked: how people ask for it.
        source: ids below `sources/`.
    """

    title: str
    date: str
    hardware: str
    figures: Mapping[str, object]
    topics: tuple[str, ...]
    source: tuple[str, ...]
    software: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    command: str = ""
    conditions: str = ""
    note: str = ""
    asked: tuple[str, ...] = ()
