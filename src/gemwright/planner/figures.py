"""A number that can say where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["GB", "GIB", "KIB", "MIB", "Figure", "padded"]

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30
GB = 10**9


@dataclass(frozen=True, slots=True)
class Figure:
    """A predicted quantity.

    Attributes:
        name: what it is, such as `cache of keys and values`.
        value: the number, in `unit`.
        unit: `bytes`, `cells`, `tokens` or `tok/s`.
        formula: how it came about, with the inputs' names.
        inputs: the inputs by name.
        source: what the formula or its constants rest on.
        low, high: the range that is expected to hold the truth, where the number is no exact sum.
    """

    name: str
    value: float
    unit: str
    formula: str
    inputs: Mapping[str, object] = field(default_factory=dict[str, object])
    source: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def exact(self) -> bool:
        """Whether it is a sum of known sizes, not an estimate."""
        return self.low is None

    def as_json(self) -> Mapping[str, object]:
        """Return it as programs read it."""
        value = round(self.value) if self.unit in {"bytes", "cells", "tokens"} else round(self.value, 2)
        out: dict[str, object] = {"name": self.name, "value": value, "unit": self.unit, "formula": self.formula}
        out |= {"inputs": dict(self.inputs), "source": self.source}
        if self.low is not None and self.high is not None:
            out |= {"low": round(self.low, 2), "high": round(self.high, 2)}
        return out


def padded(count: int, step: int) -> int:
    """Return the least multiple of `step` that is no less than `count`."""
    return -(-count // step) * step
