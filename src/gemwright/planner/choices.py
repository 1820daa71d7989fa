"""One way of running one model: what it needs where, how fast it would be, and how good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal, TypeAlias

from gemwright.catalog.load import catalog
from gemwright.catalog.variants import Variant
from gemwright.planner.buffers import CONTEXT_RANGE, Buffers, buffers_of, compute_figure, device_context
from gemwright.planner.caches import Cache, Setup, cache_of
from gemwright.planner.figures import GIB, Figure
from gemwright.planner.quantising import quant_named
from gemwright.planner.speed import Machine, class_of_point, fitted, rate_figure, read_bytes
from gemwright.planner.tasks import losses, score
from gemwright.planner.weights import Weights, drafter, gguf_weights, projector

__all__ = [
    "Budget",
    "Choice",
    "Kind",
    "Offload",
    "cached",
    "choice",
    "figures_of",
    "json_of",
    "most_layers",
    "rate_of",
    "weighed",
]

Offload: TypeAlias = Literal["all", "experts", "layers", "none"]
"""What lies on the device: all, all but the experts, some of the last layers, nothing."""
Kind: TypeAlias = Literal["gpu", "shared", "cpu"]
"""Whose memory is meant: a card's own, one that card and processor share, the processor's."""

USUAL_HOST: Final = 16 * 10**9
"""Bytes of free memory that a machine with a graphics card is taken to have."""
_HOST_BANDWIDTH: Final = 50e9
"""Bytes a second of a processor's memory where nothing is known: two channels of DDR4-3200 have 51.2 GB/s."""
_HOST_EFFICIENCY: Final = 0.5
_HOST_REST: Final = round(0.3 * GIB)
"""What a process takes beside: program, vocabulary, buffers of answers."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much memory there is.

    Attributes:
        bytes: of the device, or of the machine where device and processor share it.
        kind: whose memory it is.
        vendor: of the device, for what its driver takes.
        machine: for speed; None where the hardware was not named.
        host: bytes of the processor's memory beside a device; 0 where it is not known and taken for `USUAL_HOST`, or for
            as much as the device has.
    """

    bytes: int
    kind: Kind = "gpu"
    vendor: str = "nvidia"
    machine: Machine | None = None
    host: int = 0

    @property
    def host_room(self) -> int:
        """Bytes of the processor's memory that are counted on."""
        return self.host or max(USUAL_HOST, self.bytes)


@dataclass(frozen=True, slots=True)
class Choice:
    """A way of running a model. Bytes, tokens, points of 100.

    Attributes:
        variant: id of the variant.
        quant: quantisation, `QAT-Q4_0` for Google's own, or the name of a file.
        setup: context, slots, types of the cache.
        offload: what lies on the device.
        layers: how many layers lie there.
        need: bytes of the budget that it takes, with a driver's context at its largest.
        device: bytes on the device without that.
        host: bytes on the host.
        quality: score of the task less losses; None where it was not measured.
    """

    variant: str
    quant: str
    setup: Setup
    offload: Offload
    layers: int
    need: int
    device: int
    host: int
    quality: float | None


@lru_cache(maxsize=256)
def weighed(variant: str, quant: str, *, unused: bool = True) -> Weights:
    """Return the weights of a quantisation by its rules; `QAT-Q4_0` is laid out as `Q4_0`."""
    name = quant_named(quant)
    if name is None:
        raise KeyError(quant)
    return gguf_weights(variant, name, unused=unused)


def cached(one: Variant, setup: Setup) -> tuple[Cache, Buffers]:
    """Return the cache and the buffers of a model that is run by llama.cpp."""
    found = cache_of(one.geometry, "llama.cpp", setup)
    return found, buffers_of(one, setup, found)


@cache
def _kinds(variant: str) -> tuple[int, ...]:
    """Return for each layer what its cache is: 2 of a global layer, 1 of a sliding one, 0 none of its own."""
    one = catalog().variants[variant].geometry
    owners = one.layers - one.kv_shared_layers
    return tuple(0 if layer >= owners else 2 if one.is_global(layer) else 1 for layer in range(one.layers))


def choice(
    one: Variant,
    quant: str,
    weights: Weights,
    setup: Setup,
    budget: Budget,
    *,
    offload: Offload = "all",
    layers: int | None = None,
    extra: int = 0,
    task: str = "chat",
    known: tuple[Cache, Buffers] | None = None,
) -> Choice:
    """Return what a way of running a model needs.

    Args:
        one: the model.
        quant: what its weights are called.
        weights: its weights.
        setup: how it is run.
        budget: whose memory is counted.
        offload: what lies on the device.
        layers: how many of the last layers lie there, where `offload` is `layers`.
        extra: bytes beside: projector, drafter.
        task: whose scores count.
        known: cache and buffers of the setup, where they were counted before.
    """
    cache_found, buffers = known or cached(one, setup)
    count = one.geometry.layers
    compute = buffers.device or 0
    moved = 0
    if budget.kind != "gpu":
        offload, layers = ("all" if budget.kind == "shared" else "none"), count
        need = weights.file + cache_found.total + compute + buffers.host + extra + _HOST_REST
        device, host = (need - _HOST_REST, 0) if budget.kind == "shared" else (0, need)
    else:
        if offload == "experts":
            moved = weights.classes.get("experts", 0)
            layers = count
        elif offload == "layers":
            layers = layers or 0
            moved = sum(weights.layers[: count - layers]) + _cache_of_first(one, cache_found, count - layers)
        else:
            layers = count
        device = weights.device + cache_found.total + compute + extra - moved
        host = weights.host + buffers.host + moved + _HOST_REST
        need = device + CONTEXT_RANGE[budget.vendor][1]
    found = score(one.id, task)
    quality = None if found is None else found - losses(one.id, quant, setup.keys)
    return Choice(one.id, quant, setup, offload, layers, need, device, host, quality)


def _cache_of_first(one: Variant, found: Cache, layers: int) -> int:
    """Return the bytes of keys and values of the first layers, which stay on the host with them."""
    sizes = (0, found.local_bytes, found.global_bytes)
    return sum(sizes[kind] for kind in _kinds(one.id)[: max(layers, 0)])


def most_layers(one: Variant, weights: Weights, budget: Budget, known: tuple[Cache, Buffers], extra: int = 0) -> int:
    """Return how many of the last layers fit on the device; 0 where not even the output head does.

    Args:
        one: the model.
        weights: its weights.
        budget: how much memory there is.
        known: its cache and buffers.
        extra: bytes beside: projector, drafter.
    """
    found, buffers = known
    room = budget.bytes - CONTEXT_RANGE[budget.vendor][1] - (buffers.device or 0) - extra
    room -= weights.device - sum(weights.layers)
    sizes = (0, found.local_bytes, found.global_bytes)
    layers = 0
    for size, kind in zip(reversed(weights.layers), reversed(_kinds(one.id)), strict=True):
        room -= size + sizes[kind]
        if room < 0:
            break
        layers += 1
    return layers


def rate_of(chosen: Choice, weights: Weights, budget: Budget, depth: int = 0) -> Figure | None:
    """Return tokens a second at a depth, or None where the hardware was not named.

    What lies on the host is read at the speed of usual desktop memory, so splits have a wide range.
    """
    machine = budget.machine
    if machine is None:
        return None
    one, setup = catalog().variants[chosen.variant], chosen.setup
    name = class_of_point(machine, "llama.cpp", "newest")
    fit = fitted(name)
    read, cached = read_bytes(one, weights, depth, setup.slots, setup.keys, setup.values)
    aside = 0
    if chosen.offload == "experts":
        whole = weights.classes.get("experts", 0)
        aside = read - (weights.device - whole)
    elif chosen.offload == "layers":
        total = sum(weights.layers) or 1
        aside = round(read * sum(weights.layers[: one.geometry.layers - chosen.layers]) / total)
    figure = rate_figure(one, read - aside, cached, machine, fit, name, setup.slots)
    if not aside:
        return figure
    seconds = setup.slots / figure.value + aside / (_HOST_BANDWIDTH * _HOST_EFFICIENCY)
    rate = setup.slots / seconds
    formula = f"{figure.formula}; what lies on the host at {_HOST_BANDWIDTH / 1e9:.0f} GB/s x {_HOST_EFFICIENCY}"
    inputs = {**figure.inputs, "bytes on the host": aside}
    return Figure("decode", rate, "tok/s", formula, inputs, figure.source, rate / 2, rate * 2)


def figures_of(chosen: Choice, weights: Weights, budget: Budget, *, media: bool, drafting: bool) -> list[Figure]:
    """Return every number behind a choice, each explained."""
    one = catalog().variants[chosen.variant]
    cache_found, buffers = cached(one, chosen.setup)
    whole = "file" if budget.kind != "gpu" else "device"
    figures = [weights.figure(whole), weights.figure("host"), cache_found.figure()]
    figures += [figure for part in ("device", "host") if (figure := compute_figure(buffers, part)) is not None]
    if media:
        size = projector(one.id)
        formula = "2 bytes x (parameters + norms and tables, which stay in F32)"
        figures.append(Figure("projector", size, "bytes", formula, {"variant": one.id}, "corpus: variants"))
    if drafting:
        figures.append(drafter(one.id))
    if budget.kind == "gpu":
        figures.append(device_context(budget.vendor))
    rate = rate_of(chosen, weights, budget, chosen.setup.each // 4)
    return [*figures, rate] if rate is not None else figures


def json_of(chosen: Choice, rate: Figure | None) -> Mapping[str, object]:
    """Return a choice as programs read it."""
    speed = None if rate is None else {"tokens_per_second": round(rate.value, 1), "low": round(rate.low or 0, 1),
                                       "high": round(rate.high or 0, 1)}  # fmt: skip
    return {
        "variant": chosen.variant,
        "quant": chosen.quant,
        "context": chosen.setup.each,
        "cache": chosen.setup.keys,
        "slots": chosen.setup.slots,
        "offload": chosen.offload,
        "layers_on_device": chosen.layers,
        "need_bytes": chosen.need,
        "device_bytes": chosen.device,
        "host_bytes": chosen.host,
        "quality": None if chosen.quality is None else round(chosen.quality, 1),
        "decode": speed,
    }
