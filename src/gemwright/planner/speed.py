"""Tokens a second: a step reads its weights and its cache once, and every layer costs a little beside.

    seconds of a step = bytes / (efficiency x bandwidth) + layers x cost of a layer

Efficiency and costs are fitted for each class of hardware and software on `speed_points`, by robust least squares of
relative errors, drawn softly towards usual values because few points tell the two terms apart. The width of an interval
comes from leaving points out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from gemwright.catalog.document import Catalog
from gemwright.catalog.load import catalog
from gemwright.catalog.things import Hardware
from gemwright.catalog.variants import Variant
from gemwright.planner.caches import Setup, row_bytes
from gemwright.planner.figures import Figure
from gemwright.planner.quantising import quant_named
from gemwright.planner.speed_points import POINTS, Point
from gemwright.planner.weights import Weights, gguf_weights

__all__ = [
    "Fit",
    "Machine",
    "class_of_point",
    "decode",
    "drafted",
    "fitted",
    "left_out",
    "prefill",
    "rate_figure",
    "read_bytes",
    "step_bytes",
]

_BANDWIDTH: Final = re.compile(r"\(([\d.,]+)\s*GB/s\)")
_PROCESSOR: Final = re.compile(r"\b(?:cpu|epyc|xeon|i[3579]|threads|ddr[345]|threadripper)\b", re.IGNORECASE)
_MAKERS: Final = {
    "nvidia": frozenset({"nvidia", "geforce", "rtx", "gtx", "quadro", "tesla"}),
    "amd": frozenset({"amd", "radeon", "instinct", "rx"}),
    "intel": frozenset({"intel", "arc"}),
    "apple": frozenset({"apple"}),
}
_TUNED: Final = "29152"
"""llama.cpp's pull request of October 2026 that tuned flash attention for Gemma 4 on NVIDIA."""
_USUAL: Final = (1 / 0.8, 80e-6, 150e-6)
"""Usual values of 1 / efficiency and of a layer's cost in seconds, dense and with experts."""
_PULL, _PULL_OF_FEW, _FEW = 0.05, 0.25, 8
"""How hard the fit is drawn there: a relative error of this weight; harder where there are fewer than so many points."""
_ROBUST: Final = 0.05
"""Relative error from which on a point counts by its error, no longer by its square: reports have outliers."""
_ROUNDS: Final = 20
_LEAST_POINTS: Final = 4
_UNSEEN: Final = 0.55
_NARROWEST: Final = 0.18
_WIDEST: Final = 0.9
"""Half-widths of intervals, relative: without enough points, and at least and at most."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a step is read from.

    Attributes:
        name: as it was written.
        vendor: who makes it; empty where that is not known.
        kind: `gpu`, `soc` or `cpu`.
        bandwidth: bytes a second.
        several: more than one device.
        card: id of the corpus's record, or empty.
    """

    name: str
    vendor: str
    kind: str
    bandwidth: float
    several: bool = False
    card: str = ""

    @classmethod
    def named(cls, text: str, known: Catalog) -> Machine | None:
        """Return the machine of that name, or None where its bandwidth is not known.

        Args:
            text: a name, with the bandwidth in brackets where it is none of the corpus: `RTX 3090 (936 GB/s)`.
            known: the catalog whose hardware is looked through.
        """
        head = text.partition("(")[0]
        given = _BANDWIDTH.search(text)
        card = _card(text, known.all(Hardware))
        record = known.all(Hardware)[card] if card else None
        bandwidth = float(given[1].replace(",", "")) if given else (record.bandwidth_gbs if record else None) or 0.0
        if not 0 < bandwidth < 1e6:
            return None
        several = bool(re.match(r"\s*[2-9]\s?x\b", head)) or "+" in head
        if record is None:
            kind = "cpu" if _PROCESSOR.search(text) else "gpu"
            words = _words(head)
            vendor = next((maker for maker, names in _MAKERS.items() if words & names), "")
            return cls(text, vendor, kind, bandwidth * 1e9, several)
        return cls(text, record.vendor, record.kind, bandwidth * 1e9, several, card)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+|\d+", text.lower()))


def _card(text: str, table: Mapping[str, Hardware]) -> str:
    words = _words(text.partition("(")[0]) | _words(text)
    if "gtx" in words and any(word.startswith("10") for word in words):
        return "gtx-10"
    best = ""
    for name, record in table.items():
        ids = [_words(name), _words(record.title.partition("(")[0])]
        if any(one and one <= words for one in ids) and len(name) > len(best):
            best = name
    return best


def class_of_point(machine: Machine, runtime: str, version: str) -> str:
    """Return the class whose fit holds for a machine and software."""
    if runtime.lower().startswith(("vllm", "sglang", "transformers", "ollama (own")):
        return "servers"
    if machine.kind == "cpu" or runtime.lower().endswith(" cpu"):
        return "processors"
    if machine.several:
        return "several cards"
    if machine.vendor == "nvidia" and machine.kind == "gpu":
        return "NVIDIA, tuned for Gemma 4" if _TUNED in version or version == "newest" else "NVIDIA"
    if machine.vendor == "apple":
        return "Apple"
    if machine.kind == "soc":
        return "Strix Halo" if machine.vendor == "amd" else "DGX Spark" if machine.card == "dgx-spark" else "Jetson"
    return {"amd": "AMD", "intel": "Intel"}.get(machine.vendor, "other cards")


def step_bytes(variant: Variant, quant: str, depth: int, sequences: int, keys: str, values: str) -> tuple[int, int]:
    """Return the bytes of weights, and of keys and values, that a step reads from the device's memory.

    Layers that share a cache read it, too. Of experts, a step reads those that any of its sequences asks for.
    """
    return read_bytes(variant, gguf_weights(variant.id, quant, unused=False), depth, sequences, keys, values)


def read_bytes(
    variant: Variant, weights: Weights, depth: int, sequences: int, keys: str, values: str
) -> tuple[int, int]:
    """Return the same of weights that are known by their header."""
    one = variant.geometry
    experts = weights.classes.get("experts", 0)
    read = weights.device - experts
    if one.experts is not None:
        read += int(experts * (1 - (1 - one.experts.active / one.experts.count) ** sequences))
    every, near = one.kv_heads_global * one.head_dim_global, one.kv_heads_local * one.head_dim_local
    seeing_all = len(one.global_layers)
    cached = seeing_all * depth * (row_bytes(every, keys) + row_bytes(every, values))
    cached += (one.layers - seeing_all) * min(depth, one.window) * (row_bytes(near, keys) + row_bytes(near, values))
    return read, cached * sequences


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters of a class: 1 / efficiency, seconds of a layer (dense, with experts); half-width of its interval."""

    slowness: float
    dense: float
    experts: float
    points: int
    spread: float = _UNSEEN


def _equation(point: Point) -> tuple[tuple[float, float, float], str] | None:
    machine, quant = Machine.named(point.hardware, catalog()), quant_named(point.quant)
    if machine is None or quant is None:
        return None
    variant = catalog().variants[point.variant]
    time = point.sequences / point.decode
    read = sum(step_bytes(variant, quant, point.depth, point.sequences, "f16", "f16"))
    mixed = variant.geometry.experts is not None
    layers = variant.geometry.layers / time
    terms = (read / machine.bandwidth / time, 0.0 if mixed else layers, layers if mixed else 0.0)
    return terms, class_of_point(machine, point.runtime, point.version)


@cache
def _equations() -> tuple[tuple[tuple[float, float, float], str], ...]:
    return tuple(found for one in POINTS if (found := _equation(one)) is not None)


def _solved(rows: Sequence[tuple[float, float, float]], points: int) -> tuple[float, float, float]:
    """Return the non-negative parameters with the least relative errors, drawn towards the usual ones.

    Args:
        rows: what each point says.
        points: how many the class has, those left out included.
    """
    pull = _PULL if points >= _FEW else _PULL_OF_FEW
    pulls = [(tuple(pull / _USUAL[i] if i == j else 0.0 for j in range(3)), pull) for i in range(3)]
    weights = [1.0] * len(rows)
    found = _USUAL
    for _ in range(_ROUNDS):
        system = [(tuple(one * weight for one in row), weight) for row, weight in zip(rows, weights, strict=True)]
        found = _not_negative([*system, *pulls])
        missed = [abs(sum(a * b for a, b in zip(found, row, strict=True)) - 1) for row in rows]
        weights = [(_ROBUST / max(one, _ROBUST)) ** 0.5 for one in missed]
    return found


def _not_negative(system: Sequence[tuple[Sequence[float], float]]) -> tuple[float, float, float]:
    free = [0, 1, 2]
    while True:
        found = _least_squares(system, free)
        worst = min(free, key=lambda index: found[index])
        if found[worst] >= 0 or len(free) == 1:
            return max(found[0], 1.0), max(found[1], 0.0), max(found[2], 0.0)
        free.remove(worst)


def _least_squares(system: Sequence[tuple[Sequence[float], float]], free: Sequence[int]) -> list[float]:
    size = len(free)
    scale = [_USUAL[index] for index in free]
    matrix = [
        [sum(row[free[i]] * scale[i] * row[free[j]] * scale[j] for row, _ in system) for j in range(size)]
        + [sum(row[free[i]] * scale[i] * want for row, want in system)]
        for i in range(size)
    ]
    for column in range(size):
        for other in range(size):
            if other != column:
                factor = matrix[other][column] / matrix[column][column]
                matrix[other] = [a - factor * b for a, b in zip(matrix[other], matrix[column], strict=True)]
    found = [0.0, 0.0, 0.0]
    for place, index in enumerate(free):
        found[index] = matrix[place][size] / matrix[place][place] * scale[place]
    return found


@cache
def fitted(name: str) -> Fit:
    """Return the fit of a class; of a class without points, the usual values and a wide interval."""
    rows = [terms for terms, of in _equations() if of == name]
    if not rows:
        return Fit(*_USUAL, 0)
    errors = [abs(error) for error in _left_out(rows, len(rows))]
    return Fit(*_solved(rows, len(rows)), len(rows), _spread(errors))


def left_out(name: str) -> list[tuple[float, bool]]:
    """Return, for each point of a class, the relative error of a fit that never saw it, and whether it lay inside."""
    rows = [terms for terms, of in _equations() if of == name]
    out: list[tuple[float, bool]] = []
    for index, row in enumerate(rows):
        others = [*rows[:index], *rows[index + 1 :]]
        width = _spread([abs(error) for error in _left_out(others, len(rows))])
        error = _error(_solved(others, len(rows)), row)
        out.append((error, 1 / (1 + width) <= 1 + error <= 1 + width))
    return out


def _left_out(rows: Sequence[tuple[float, float, float]], points: int) -> list[float]:
    return [_error(_solved([*rows[:index], *rows[index + 1 :]], points), row) for index, row in enumerate(rows)]


def _error(found: Iterable[float], row: Sequence[float]) -> float:
    """Return the relative error of a predicted speed; what was measured took the time 1 in these terms."""
    return 1 / sum(a * b for a, b in zip(found, row, strict=True)) - 1


def _spread(errors: Sequence[float]) -> float:
    if len(errors) < _LEAST_POINTS:
        return _UNSEEN
    ordered = sorted(errors)
    return min(max(1.5 * ordered[round(0.85 * (len(ordered) - 1))], _NARROWEST), _WIDEST)


def decode(
    variant: Variant, quant: str, machine: Machine, runtime: str, version: str, depth: int, setup: Setup
) -> Figure:
    """Return tokens a second of all sequences together, with its interval, every layer being on the machine.

    Args:
        variant: what runs.
        quant: in which quantisation, a key of `QUANTS`.
        machine: on what.
        runtime: in what.
        version: of it; `newest` is a build of October 2026 or later.
        depth: tokens before.
        setup: sequences and types of the cache.
    """
    name = class_of_point(machine, runtime, version)
    fit = fitted(name)
    read, cached = step_bytes(variant, quant, depth, setup.slots, setup.keys, setup.values)
    return rate_figure(variant, read, cached, machine, fit, name, setup.slots)


def rate_figure(
    variant: Variant, read: int, cached: int, machine: Machine, fit: Fit, name: str, sequences: int
) -> Figure:
    """Return tokens a second of a step that reads so many bytes of weights and of cache, in a class's fit."""
    each = fit.dense if variant.geometry.experts is None else fit.experts
    seconds = (read + cached) * fit.slowness / machine.bandwidth + variant.geometry.layers * each
    rate = sequences / seconds
    inputs = {
        "bytes of weights": read,
        "bytes of cache": cached,
        "bandwidth": machine.bandwidth,
        "efficiency": round(1 / fit.slowness, 3),
        "seconds of a layer": each,
        "sequences": sequences,
    }
    source = f"fit of class {name!r}, {fit.points} points"
    formula = "sequences / (bytes / (efficiency x bandwidth) + layers x seconds of a layer)"
    low, high = rate / (1 + fit.spread), rate * (1 + fit.spread)
    return Figure("decode", rate, "tok/s", formula, inputs, source, low, high)


def drafted(rate: Figure, variant: Variant) -> tuple[float, float]:
    """Return the range of tokens a second with a drafter: predictable text gains, prose with experts may lose.

    Source: reports with n-max 1 to 4: 0.69 to 2.0 times for dense models, 0.70 to 1.5 times for 26B-A4B.
    """
    best = 2.0 if variant.geometry.experts is None else 1.5
    return rate.value * 0.69, rate.value * best


def prompt_flops(variant: Variant, tokens: int, depth: int = 0) -> float:
    """Return the operations that reading a prompt takes after `depth` tokens."""
    one, counts = variant.geometry, variant.parameters
    body = (counts.active or counts.language_model) - counts.embeddings - counts.per_layer_embeddings
    every = len(one.global_layers) * one.head_dim_global * (tokens * depth + tokens * tokens / 2)
    near = (one.layers - len(one.global_layers)) * one.head_dim_local * tokens * min(depth + tokens / 2, one.window)
    return 2.0 * body * tokens + 4.0 * one.heads * (every + near)


@cache
def _operations() -> dict[tuple[str, bool], float]:
    """Return the operations a second that prompts were read with, by card and by whether there were experts."""
    found: dict[tuple[str, bool], float] = {}
    for one in POINTS:
        machine = Machine.named(one.hardware, catalog())
        if one.prefill and machine is not None and machine.card and not machine.several:
            variant = catalog().variants[one.variant]
            rate = one.prefill * prompt_flops(variant, 512) / 512
            found[machine.card, variant.geometry.experts is not None] = rate
    return found


def prefill(variant: Variant, machine: Machine, tokens: int) -> Figure | None:
    """Return tokens of prompt a second, or None for cards without a report. One report a card: a wide range.

    Args:
        variant: the model.
        machine: on what.
        tokens: length of the prompt.
    """
    mixed = variant.geometry.experts is not None
    rates, ratio = _operations(), 2.5
    known = rates.get((machine.card, mixed))
    spread = 0.4
    if known is None and (other := rates.get((machine.card, not mixed))):
        known, spread = (other / ratio if mixed else other * ratio), 0.7
    if known is None:
        return None
    rate = known * tokens / prompt_flops(variant, tokens)
    inputs = {"operations a second": known, "tokens": tokens}
    formula = "operations a second / operations of a token"
    source = f"a report on {machine.card}"
    return Figure("prefill", rate, "tok/s", formula, inputs, source, rate / (1 + spread), rate * (1 + spread))
