"""What a model is wanted for: which scores count, what it has to take in, how much context is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from gemwright.catalog.load import catalog
from gemwright.catalog.results import Benchmark

__all__ = ["TASKS", "Task", "losses", "score"]


@dataclass(frozen=True, slots=True)
class Task:
    """A use.

    Attributes:
        benchmarks: ids of the benchmarks whose mean is the quality.
        context: tokens that are usual.
        needs: kind of content that the model has to take, beside text.
    """

    benchmarks: tuple[str, ...]
    context: int
    needs: str = ""


TASKS: Final[Mapping[str, Task]] = MappingProxyType(
    {
        "chat": Task(("mmlu-pro", "gpqa-diamond", "ifbench", "mmmlu"), 8192),
        "agent": Task(("tau2-bench", "terminal-bench-hard", "livecodebench-v6", "ifbench"), 32_768),
        "vision": Task(("mmmu-pro", "math-vision", "infographicvqa"), 8192, "image"),
        "audio": Task(("covost", "mmlu-pro"), 8192, "audio"),
        "documents": Task(("loft-128k", "mrcr-v2", "graphwalks", "ruler"), 131_072),
    }
)
"""Tasks by name. Scores are those that the publisher measured with full weights."""

_LOSSES: Final[Mapping[str, float]] = MappingProxyType(
    {"BF16": 0.0, "Q8_0": 0.1, "Q6_K": 0.4, "Q5_K_M": 1.0, "QAT-Q4_0": 1.5, "Q4_K_M": 2.5, "Q4_0": 5.0}
)
"""Points taken off for a quantisation. An order that reports agree on, in sizes that are assumed: nobody published scores
of all of them. 26B-A4B loses more in plain 4 bits (corpus: benchmarks/qat-top1-26b)."""
_EXPERTS_IN_FOUR_BITS: Final = 2.0
_CACHE_LOSSES: Final = {"f16": 0.0, "bf16": 0.0, "q8_0": 0.2, "q4_0": 8.0}
"""The same for types of cache (corpus: quantisation/q8-cache-fine, quantisation/q4-cache-wrecks)."""


@cache
def score(variant: str, task: str) -> float | None:
    """Return the mean of a task's benchmarks for a variant, in points of 100, or None where one is missing."""
    found: list[float] = []
    for name in TASKS[task].benchmarks:
        rows = [one for one in catalog().all(Benchmark)[name].score if one.model == variant]
        preferred = [one for one in rows if one.part in {"", "mean of three", "128K"}]
        if not preferred:
            return None
        found.append(preferred[0].value)
    return sum(found) / len(found)


def losses(variant: str, quant: str, cache_type: str) -> float:
    """Return the points taken off for a quantisation and a type of cache; of a kind that is not listed, 3."""
    lost = _LOSSES.get(quant, 3.0) + _CACHE_LOSSES.get(cache_type, 3.0)
    plain = quant.startswith("Q4") and catalog().variants[variant].geometry.experts is not None
    return lost + (_EXPERTS_IN_FOUR_BITS if plain else 0.0)
