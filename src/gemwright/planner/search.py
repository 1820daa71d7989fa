"""Which ways of running which model fit, which of them are worth taking, and what is nearest where none does."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import log2
from typing import Final

from gemwright.catalog.load import catalog
from gemwright.catalog.variants import Variant
from gemwright.planner.caches import Setup
from gemwright.planner.choices import Budget, Choice, Offload, cached, choice, most_layers, rate_of, weighed
from gemwright.planner.figures import GB
from gemwright.planner.tasks import TASKS
from gemwright.planner.weights import Weights, drafter, projector

__all__ = ["CONTEXTS", "QUANTS_TRIED", "Pick", "Plan", "Wish", "plan", "ways", "with_context"]

QUANTS_TRIED: Final = ("BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "QAT-Q4_0")
CONTEXTS: Final = (4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144)
_FEWEST_LAYERS: Final = 0.5
"""A split that leaves more of the layers than this on the host is not offered."""

_POINTS_OF_DOUBLE: Final = 2.0
_QUICK: Final = 60.0
_NOT_MUCH_WORSE: Final = 3.0
"""How quality and speed are weighed for the picks; the front itself weighs nothing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. Empty means all.

    Attributes:
        task: key of `TASKS`.
        variants: ids of variants.
        quants: quantisations.
        contexts: contexts of a sequence in tokens that are tried; the least is what has to fit.
        caches: types of keys and values.
        slots: numbers of sequences at once.
        ubatches: micro-batches.
        split: whether experts, or some layers, may stay on the host.
        drafting: with a drafter.
        file: weights of a file that is there, with its variant and name.
    """

    task: str = "chat"
    variants: tuple[str, ...] = ()
    quants: tuple[str, ...] = QUANTS_TRIED
    contexts: tuple[int, ...] = ()
    caches: tuple[str, ...] = ("f16", "q8_0")
    slots: tuple[int, ...] = (1,)
    ubatches: tuple[int, ...] = (512,)
    split: bool = True
    drafting: bool = False
    file: tuple[Variant, str, Weights] | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice that is worth taking: its weights, tokens a second if they can be told, and why."""

    choice: Choice
    weights: Weights
    rate: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to a wish.

    Attributes:
        picks: what is worth taking, the best for the task first; empty where nothing fits.
        front: how many choices nothing else beats in everything.
        feasible: how many fit.
        tried: how many there were.
        nearest: where nothing fits: what comes nearest, each with what it changes.
    """

    picks: tuple[Pick, ...]
    front: int
    feasible: int
    tried: int
    nearest: tuple[Pick, ...] = field(default_factory=tuple[Pick, ...])


def contexts_of(wish: Wish) -> tuple[int, ...]:
    """Return the contexts that are tried: those asked for, or the task's and longer ones."""
    return wish.contexts or tuple(one for one in CONTEXTS if one >= TASKS[wish.task].context)


def with_context(setup: Setup, context: int) -> Setup:
    """Return a setup with another context for each sequence."""
    return replace(setup, context=context * (1 if setup.unified else setup.slots))


def _extra(one: Variant, wish: Wish) -> int:
    media = TASKS[wish.task].needs != ""
    return (projector(one.id) if media else 0) + (round(drafter(one.id).high or 0) if wish.drafting else 0)


def _weights(wish: Wish) -> Iterator[tuple[Variant, list[tuple[str, Weights]]]]:
    if wish.file is not None:
        yield wish.file[0], [wish.file[1:]]
        return
    needs = TASKS[wish.task].needs
    for name, one in catalog().variants.items():
        if (not wish.variants or name in wish.variants) and (not needs or needs in one.media.input):
            yield one, [(quant, weighed(name, quant)) for quant in wish.quants]


def ways(wish: Wish, budget: Budget) -> Iterator[tuple[Choice, Weights]]:
    """Yield every way of running what is wished for, whether it fits or not. Layers are split only where not all fit."""
    for one, quants in _weights(wish):
        extra = _extra(one, wish)
        for context, kept, slots, ubatch in product(contexts_of(wish), wish.caches, wish.slots, wish.ubatches):
            if context > one.geometry.context:
                continue
            setup = Setup(context * slots, ubatch, slots=slots, unified=slots == 1, keys=kept, values=kept)
            known = cached(one, setup)
            for quant, weights in quants:
                whole = choice(one, quant, weights, setup, budget, extra=extra, task=wish.task, known=known)
                yield whole, weights
                if whole.need <= budget.bytes or budget.kind != "gpu" or not wish.split:
                    continue
                offload: Offload = "experts" if one.geometry.experts is not None else "layers"
                layers = None
                if offload == "layers":
                    layers = most_layers(one, weights, budget, known, extra)
                    if layers < _FEWEST_LAYERS * one.geometry.layers:
                        continue
                split = choice(one, quant, weights, setup, budget, offload=offload, layers=layers, extra=extra,
                               task=wish.task, known=known)  # fmt: skip
                yield split, weights


def _fits(found: Choice, budget: Budget) -> bool:
    return found.need <= budget.bytes and (budget.kind != "gpu" or found.host <= budget.host_room)


def plan(wish: Wish, budget: Budget, *, most: int = 6) -> Plan:
    """Return what fits, what of it is worth taking, and why.

    Args:
        wish: what is asked for.
        budget: how much memory there is.
        most: how many picks are named.
    """
    tried, fitting = 0, list[tuple[Choice, Weights]]()
    for found, weights in ways(wish, budget):
        tried += 1
        if _fits(found, budget):
            fitting.append((found, weights))
    if not fitting:
        return Plan((), 0, 0, tried, tuple(_nearest(wish, budget)))
    rated = [Pick(found, weights, _rate(found, weights, budget)) for found, weights in fitting]
    front = _front(rated)
    return Plan(tuple(_picked(front, most)), len(front), len(fitting), tried)


def _rate(found: Choice, weights: Weights, budget: Budget) -> float | None:
    figure = rate_of(found, weights, budget, found.setup.each // 4)
    return None if figure is None else figure.value


def _merits(one: Pick) -> tuple[float, float, float, float, float]:
    """Return what more is better of: quality, speed, context, sequences, memory left."""
    found = one.choice
    slow = {"all": 0, "experts": 1, "layers": 2, "none": 0}[found.offload]
    speed = one.rate if one.rate is not None else -float(slow * 10**13 + one.weights.device)
    return (found.quality or 0.0, speed, found.setup.each, found.setup.slots, -found.need)


def _front(picks: Sequence[Pick]) -> list[Pick]:
    """Return the picks that no other one equals or beats in everything.

    Picks come by falling quality, so whoever beats one stands before it. For each context and number of sequences the
    speeds that are worth their memory stand in order, by memory and by speed, so that one look finds the best rival.
    """
    ordered = sorted(((_merits(one), index) for index, one in enumerate(picks)), reverse=True)
    stairs: dict[tuple[float, float], tuple[list[float], list[float]]] = {}
    kept: list[Pick] = []
    for (_, speed, context, slots, left), index in ordered:
        need = -left
        if any(
            other[0] >= context and other[1] >= slots and _beaten(speed, need, *stair)
            for other, stair in stairs.items()
        ):
            continue
        kept.append(picks[index])
        needs, speeds = stairs.setdefault((context, slots), ([], []))
        place = bisect_left(needs, need)
        end = place
        while end < len(needs) and speeds[end] <= speed:
            end += 1
        needs[place:end], speeds[place:end] = [need], [speed]
    return kept


def _beaten(speed: float, need: float, needs: list[float], speeds: list[float]) -> bool:
    place = bisect_right(needs, need)
    return place > 0 and speeds[place - 1] >= speed


def _worth(one: Pick) -> float:
    """Return quality and pace in one: a doubling of speed is worth two points, up to 60 tokens a second."""
    quality = one.choice.quality or 0.0
    if one.rate is None:
        return quality - {"all": 0, "experts": 8, "layers": 12, "none": 0}[one.choice.offload]
    return quality + _POINTS_OF_DOUBLE * log2(max(min(one.rate / one.choice.setup.slots, _QUICK), 0.01) / _QUICK)


def _picked(front: Sequence[Pick], most: int) -> Iterator[Pick]:
    """Yield the best of the front by each merit, and then the best of each variant, with reasons."""
    reasons: dict[int, list[str]] = {}

    def add(index: int, why: str) -> None:
        if index in reasons or len(reasons) < most:
            reasons.setdefault(index, []).append(why)

    merits = [_merits(one) for one in front]
    several = len({one.choice.setup.slots for one in front}) > 1
    worth = [_worth(one) for one in front]
    add(max(range(len(front)), key=lambda n: worth[n]), "best for the task")
    near = max(worth) - _NOT_MUCH_WORSE
    usable = [n for n in range(len(front)) if worth[n] >= near] or list(range(len(front)))
    add(max(usable, key=lambda n: (merits[n][2], worth[n])), "longest context of nearly the same worth")
    for axis, name in ((1, "fastest"), (3, "most sequences"), (4, "least memory")):
        if axis != 3 or several:
            add(max(range(len(front)), key=lambda n: (merits[n][axis], worth[n])), name)
    for variant in reversed(list(catalog().variants)):
        of = [n for n, one in enumerate(front) if one.choice.variant == variant]
        if of:
            add(max(of, key=lambda n: worth[n]), f"best way of {variant}")
    for index, whys in reasons.items():
        yield replace(front[index], why=", ".join(whys))


def _nearest(wish: Wish, budget: Budget) -> Iterator[Pick]:
    """Yield what fits nearly as wished, each with one thing changed, and what the wish itself would take."""
    asked = min(contexts_of(wish))
    alone = replace(wish, contexts=(asked,))
    least = min((pair for pair in ways(alone, budget)), key=lambda pair: pair[0].need, default=None)
    if least is not None:
        yield Pick(*least, None, f"as asked, it takes {least[0].need / GB:.1f} GB at least")
    shorter = tuple(sorted({one for one in (1024, 2048, *CONTEXTS) if one < asked}, reverse=True))
    changes = (
        ("with less context", replace(wish, contexts=shorter)),
        ("in fewer bits", replace(alone, quants=QUANTS_TRIED)),
        ("another variant", replace(alone, variants=(), quants=QUANTS_TRIED, file=None)),
        ("another variant with less context", Wish(task=wish.task, contexts=shorter)),
    )
    for why, changed in changes:
        if not contexts_of(changed):
            continue
        found = [Pick(*pair, _rate(*pair, budget), why) for pair in ways(changed, budget) if _fits(pair[0], budget)]
        if found:
            yield max(found, key=lambda one: (one.choice.setup.each, _worth(one)))
            if why != "with less context":
                return
