"""The kinds of record: the folder each lives in, and the class that is its schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.claims import Claim
from gemwright.catalog.results import Benchmark, Measurement
from gemwright.catalog.sources import Source
from gemwright.catalog.support import Feature
from gemwright.catalog.things import Hardware, Quant, Relative, Runtime
from gemwright.catalog.tooling import Tooling
from gemwright.catalog.variants import Variant

__all__ = ["KINDS", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record.

    Attributes:
        record: its class.
        ending: of its files' names.
    """

    record: type[Any]
    ending: str = ".toml"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "sources": Kind(Source),
        "claims": Kind(Claim),
        "advisories": Kind(Advisory, ".md"),
        "support": Kind(Feature),
        "variants": Kind(Variant),
        "quants": Kind(Quant),
        "runtimes": Kind(Runtime),
        "hardware": Kind(Hardware),
        "relatives": Kind(Relative),
        "benchmarks": Kind(Benchmark),
        "measurements": Kind(Measurement),
        "tooling": Kind(Tooling),
    }
)
"""Folder below `corpus/` to kind."""
