"""Rows of questions, each about one quantity of one run, and what is predicted for them.

A row has the columns of a table of measurements: what ran how, and which quantity is asked for. Where the honest answer is
that it cannot be known from these columns, the prediction is None and the reason says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gemwright.catalog.load import catalog
from gemwright.catalog.names import variant_of
from gemwright.catalog.variants import Variant
from gemwright.foundation.errors import BadOption
from gemwright.planner.buffers import CONTEXT_RANGE, buffers_of, device_context
from gemwright.planner.caches import CACHE_TYPES, Cache, Setup, cache_of, vllm_tokens
from gemwright.planner.figures import GB, GIB, KIB, MIB
from gemwright.planner.quantising import quant_named
from gemwright.planner.rules import Rules, rules_of
from gemwright.planner.speed import Machine, decode, prefill
from gemwright.planner.weights import Weights, checkpoint, drafter, gguf_weights, projector, vision_encoder

__all__ = ["Answer", "Row", "predicted", "read_row"]

MOST: Final = 1 << 31
"""The largest count that a row may hold."""
_UNITS: Final = {"bytes": 1, "b": 1, "kib": KIB, "mib": MIB, "gib": GIB, "gb": GB, "mb": 10**6}
_DEVICE: Final = re.compile(r"(?:device|gpu|cuda|mtl|metal|rocm|hip|vulkan|sycl|cann|musa|opencl|rpc)\d*(?:\s.*)?")
_SEVERAL: Final = re.compile(r"\b[2-9]\s?x\b|\bx\s?[2-9]\b|\+|\b(?:two|three|four|dual)\b", re.IGNORECASE)
_TRUE: Final = frozenset({"1", "on", "true", "yes", "enabled", "auto"})
_FALSE: Final = frozenset({"0", "off", "false", "no", "disabled"})
_OLD_FILES: Final = "2026-05"
"""Files of April 2026 keep the per-layer table at five bits. Source: corpus record quants/q4-k-m."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is predicted for a row, in the row's unit, or None; and why."""

    predicted: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read.

    Attributes:
        variant: the model.
        rules: how its runtime counts, or None where it is none that is known.
        setup: how it is run.
        runtime, version, quant, hardware, unit: as the row has them.
        kind, part: the two halves of its quantity.
        settings: what its settings name.
        remarks: what was taken for granted.
        date: the day of the report, where the row has one.
        depth: tokens before the first one that is timed.
    """

    variant: Variant
    rules: Rules | None
    setup: Setup
    runtime: str
    version: str
    quant: str
    hardware: str
    unit: str
    kind: str
    part: str
    settings: Mapping[str, str]
    remarks: tuple[str, ...]
    date: str = ""
    depth: int = 0

    @property
    def several(self) -> bool:
        """Whether the hardware is more than one device."""
        return bool(_SEVERAL.search(self.hardware.partition("(")[0]))


def read_row(given: Mapping[str, object]) -> Row:
    """Read a row.

    Args:
        given: the columns; values are text or numbers, blank or missing ones are the runtime's default.

    Raises:
        BadOption: the variant is unknown, a count is no count, or the quantity is missing.
    """
    text = {key: "" if value is None else str(value).strip() for key, value in given.items()}
    variant = variant_of(text.get("variant", ""))
    settings = _settings(text.get("settings", ""))
    rules = rules_of(text.get("runtime", ""), text.get("version", ""), text.get("date", ""))
    kind, _, part = text.get("quantity", "").lower().partition(":")
    if not kind:
        raise BadOption("a row needs a `quantity`, such as kv, weights:file, compute:device or decode")
    family = rules.family if rules else "llama.cpp"
    cached = kind in {"kv", "compute", "total"}
    remarks = [rules.remark] if rules and rules.remark and cached else []
    slots = _count(text, "slots")
    vllm = family.startswith("vllm") or family == "sglang"
    ubatch = _count(text, "ubatch")
    if ubatch is None:
        ubatch = 2048 if vllm else 512
        if vllm and cached:
            remarks.append("2,048 tokens of a step are assumed")
    alone = family != "llama.cpp" or text.get("runtime", "").lower().startswith("ollama")
    flag = _flag(settings, "unified")
    keys, values = _cache_types(text.get("kv_type", ""), "bf16" if vllm or family == "transformers" else "f16")
    context = _count(text, "ctx")
    timed = kind in {"decode", "prefill"}
    if family == "llama.cpp" and alone and slots and slots > 1 and not timed:
        context = (context or variant.geometry.context) * slots
        remarks.append("Ollama gives every request a context of its own")
    setup = Setup(
        context=max(context or 0, 1) if timed else context or variant.geometry.context,
        ubatch=ubatch,
        batch=_setting(settings, "batch") or 0,
        slots=slots or (1 if alone or timed else 4),
        unified=flag if flag is not None else (slots is None or slots == 1),
        keys=keys,
        values=values,
        flash=_flag(settings, "flash_attn") is not False,
        swa_full=_flag(settings, "swa_full") is True,
        outputs=_setting(settings, "outputs") or 0,
        static=settings.get("cache", "").lower() == "static",
        sequences=(_setting(settings, "batch") or 1) if family in {"transformers", "mlx"} else 1,
        tensor_parallel=_setting(settings, "tensor_parallel") or 1,
    )
    if slots is None and rules and family == "llama.cpp" and not alone and cached:
        remarks.append("the server's default: four slots of one pool")
    return Row(
        variant, rules, setup, text.get("runtime", ""), text.get("version", ""), text.get("quant", ""),
        text.get("hardware", ""), text.get("unit", "").lower(), kind.strip(), part.strip(), settings, tuple(remarks),
        text.get("date", ""), context or 0,
    )  # fmt: skip


def _count(text: Mapping[str, str], name: str) -> int | None:
    value = text.get(name, "")
    return _number(value, name) if value else None


def _setting(settings: Mapping[str, str], name: str) -> int | None:
    return _number(settings[name], name) if settings.get(name) else None


def _number(value: str, name: str) -> int:
    try:
        number = float(value.replace(",", "").replace("_", ""))
    except ValueError:
        raise BadOption(f"`{name}` is {value[:40]!r}, which is no number") from None
    if not 0 <= number <= MOST or number != int(number):
        raise BadOption(f"`{name}` is {value[:40]}, which cannot be", hint=f"a whole number from 0 to {MOST}")
    return int(number)


def _settings(text: str) -> Mapping[str, str]:
    """Return the pairs `key=value` between semicolons; anything else is a remark."""
    pairs = (piece.split("=", 1) for piece in text.split(";") if "=" in piece)
    return {key.strip().lower().replace("-", "_"): value.strip() for key, value in pairs}


def _flag(settings: Mapping[str, str], name: str) -> bool | None:
    value = settings.get(name, "").lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    if value:
        raise BadOption(f"`{name}` is {value[:40]!r}", hint="on or off")
    return None


def _cache_types(text: str, default: str) -> tuple[str, str]:
    words = [word for word in re.split(r"[/,:+ ]+", text.lower()) if word] or [default]
    for word in words:
        if word not in CACHE_TYPES:
            raise BadOption(f"`kv_type` is {word[:40]!r}", hint=f"one of {', '.join(CACHE_TYPES)}")
    return words[0], words[-1]


def predicted(row: Row) -> Answer:
    """Return what is predicted for a row, and why."""
    answer = _predicted(row)
    if answer.predicted is not None and row.unit in _UNITS and row.kind not in {"decode", "prefill"}:
        answer = Answer(answer.predicted / _UNITS[row.unit], answer.reason)
    remarks = [answer.reason, *row.remarks]
    return Answer(answer.predicted, "; ".join(dict.fromkeys(remark for remark in remarks if remark)))


def _predicted(row: Row) -> Answer:
    if row.rules is None:
        return Answer(None, f"{row.runtime[:60]!r} is no runtime whose way of counting is known")
    doers: Mapping[str, Callable[[Row, Rules], Answer]] = {
        "kv": _cache_part,
        "weights": _weights_part,
        "compute": _compute_part,
        "total": _total_part,
        "decode": _decode_part,
        "prefill": _prefill_part,
    }
    doer = doers.get(row.kind)
    if doer is None:
        return Answer(None, f"{row.kind[:40]!r} is no quantity; known are {', '.join(doers)}")
    return doer(row, row.rules)


def _cached(row: Row, rules: Rules) -> Cache | Answer:
    if rules.family == "sglang":
        return Answer(
            None, "SGLang fills a share of memory with its pools; the cache is what is left, not what is needed"
        )
    if not row.setup.flash and row.setup.values not in {"f16", "f32", "bf16", "auto"}:
        return Answer(None, "without flash attention llama.cpp refuses quantised values")
    return cache_of(row.variant.geometry, rules.family, row.setup)


def _cache_part(row: Row, rules: Rules) -> Answer:
    cache = _cached(row, rules)
    if isinstance(cache, Answer):
        return cache
    reason = cache.formula + (f"; {cache.remark}" if cache.remark else "")
    part = row.part
    if part == "gpu kv cache size" or row.unit == "tokens":
        free = row.settings.get("kv_bytes", "")
        if not free or not rules.family.startswith("vllm"):
            return Answer(
                None, "how many tokens fit depends on the bytes left for the cache: give kv_bytes in settings"
            )
        return Answer(vllm_tokens(cache, _number(free, "kv_bytes"), row.setup.context), reason)
    if row.unit == "cells" or part.endswith("cells"):
        return Answer(cache.global_cells if "global" in part else cache.local_cells, reason)
    found: Mapping[str, int] = {
        "": cache.total,
        "total": cache.total,
        "global": cache.of_global,
        "swa": cache.of_local,
        "sliding": cache.of_local,
        "per global layer": cache.global_bytes,
        "per sliding layer": cache.local_bytes,
        "needed for one request": cache.total,
    }
    if part not in found:
        return Answer(
            None, f"{part[:60]!r} is no part of a cache; known are {', '.join(name for name in found if name)}"
        )
    if part == "needed for one request" and not rules.family.startswith("vllm"):
        return Answer(found[part] // max(row.setup.slots, 1), reason + "; divided by the slots")
    return Answer(found[part], reason)


def _weighed(row: Row, rules: Rules) -> tuple[Weights | None, str]:
    """Return the weights of a row's quant, and the remark or the reason why there are none."""
    if rules.family in {"vllm", "vllm-old", "transformers", "mlx", "sglang"}:
        found = checkpoint(row.variant.id, row.quant)
        if found is None:
            return None, f"how a checkpoint in {row.quant[:40]!r} is laid out is not known: its header says it exactly"
        return found, found.origin
    name = quant_named(row.quant)
    if name is None:
        reason = f"{row.quant[:40]!r} is no quantisation whose rules are known: a file's header says it exactly"
        return None, reason if row.quant else "the row names no quantisation"
    table = row.settings.get("ple", "").upper()
    embedding = row.settings.get("embed", row.settings.get("embedding", "")).upper()
    remark = "llama-quantize's rules of today"
    if row.variant.parameters.per_layer_embeddings and name.startswith(("Q4_K", "Q5_K", "Q3_K")) and not table:
        if len(row.date) >= len(_OLD_FILES) and row.date < _OLD_FILES:
            table, remark = "Q5_K", "files of April 2026 have the per-layer table in Q5_K"
        else:
            remark += ", per-layer table in Q6_K; files of April 2026 have Q5_K and are smaller by 7 to 9 %"
    try:
        return gguf_weights(row.variant.id, name, embedding=embedding, table=table), remark
    except KeyError as e:
        return None, f"{e} is no ggml type"


def _weights_part(row: Row, rules: Rules) -> Answer:
    part = row.part
    towers = "BF16 or F16, norms and positions in F32"
    if part in {"vision encoder", "projector", "mmproj"}:
        return Answer((vision_encoder if part == "vision encoder" else projector)(row.variant.id), towers)
    if part == "drafter":
        return Answer(drafter(row.variant.id).value, "F16, from the published count or from guessed shapes")
    weights, why = _weighed(row, rules)
    if weights is None:
        return Answer(None, why)
    named = {
        "": weights.file,
        "file": weights.file,
        "embedding": weights.embedding,
        "ple": weights.table,
        "resident": weights.device,
        "loaded (with projector)": weights.device + projector(row.variant.id),
    }
    if part in named:
        if part == "ple" and not weights.table:
            return Answer(None, f"{row.variant.id} has no per-layer table")
        return Answer(named[part], why)
    pieces = [piece.strip() for piece in part.split("+")]
    devices = [piece for piece in pieces if _DEVICE.fullmatch(piece)]
    hosts = [piece for piece in pieces if piece in {"host", "cpu", "cpu_mapped", "cuda_host"}]
    if len(devices) + len(hosts) < len(pieces):
        return Answer(None, f"{part[:60]!r} is no part of the weights; known are {', '.join(filter(None, named))}")
    if len(devices) == 1 and not hosts and row.several:
        return Answer(None, "how layers are split over several devices is not in the row")
    total = (weights.device if devices else 0) + (weights.host if hosts else 0)
    return Answer(total, f"{why}; every layer on a device, the token embedding on both")


def _compute_part(row: Row, rules: Rules) -> Answer:
    if rules.family != "llama.cpp":
        return Answer(None, f"compute buffers of {row.runtime[:60]} were not measured")
    cache = _cached(row, rules)
    if isinstance(cache, Answer):
        return cache
    buffers = buffers_of(row.variant, row.setup, cache, all_rows=rules.all_rows)
    if row.part.startswith("host") or row.part in {"cpu", "cuda_host"}:
        return Answer(buffers.host, "inputs of a micro-batch and its masks")
    if row.part and not _DEVICE.fullmatch(row.part):
        return Answer(None, f"{row.part[:60]!r} is neither a device nor host")
    if row.several:
        return Answer(None, "the buffer of one of several devices depends on which layers it holds")
    return Answer(buffers.device, buffers.remark or "bytes of a row x micro-batch + masks, one row of logits a slot")


def _total_part(row: Row, rules: Rules) -> Answer:
    if row.part == "ollama ps":
        return Answer(None, "ollama ps reads its size from log lines and has missed whole cards; it is no measurement")
    if rules.family != "llama.cpp":
        whys = {
            "vllm": "vLLM takes the share of memory that --gpu-memory-utilization names, whatever is needed",
            "ollama-old": "the compute graph of Ollama's own engine was not measured",
        }
        return Answer(
            None, whys.get(rules.family, "temporaries of this runtime were not measured, weights and cache are")
        )
    weights, why = _weighed(row, rules)
    if weights is None:
        return Answer(None, why)
    cache = _cached(row, rules)
    if isinstance(cache, Answer):
        return cache
    buffers = buffers_of(row.variant, row.setup, cache, all_rows=rules.all_rows)
    if row.part in {"host", "cpu"}:
        return Answer(weights.host + buffers.host, f"{why}; weights + buffers of the host")
    if buffers.device is None:
        return Answer(None, buffers.remark)
    total = weights.device + cache.total + buffers.device
    if row.part in {"", "device"}:
        return Answer(total, f"{why}; weights + cache + compute, without the driver's context")
    if row.part in {"nvidia-smi", "nvtop"}:
        context = device_context("nvidia")
        low, high = CONTEXT_RANGE["nvidia"]
        reason = f"weights + cache + compute + {low / GIB:.1f} to {high / GIB:.1f} GiB of the driver's context (middle taken)"
        return Answer(total + context.value, f"{why}; {reason}")
    return Answer(None, f"{row.part[:60]!r} is no total that is known")


def _decode_part(row: Row, _rules: Rules) -> Answer:
    quant = quant_named(row.quant)
    if quant is None:
        return Answer(None, f"speed is known for quantisations of GGUF files, not for {row.quant[:40]!r}")
    machine = Machine.named(row.hardware, catalog())
    if machine is None:
        return Answer(None, "the hardware's memory bandwidth is not known: name it, or write it like `(936 GB/s)`")
    figure = decode(row.variant, quant, machine, row.runtime, row.version, row.depth, row.setup)
    low, high = figure.low or figure.value, figure.high or figure.value
    return Answer(figure.value, f"{figure.source}; range {low:.1f} to {high:.1f}")


def _prefill_part(row: Row, _rules: Rules) -> Answer:
    machine = Machine.named(row.hardware, catalog())
    figure = prefill(row.variant, machine, max(row.depth, 1)) if machine else None
    if figure is None:
        return Answer(None, "prefill speed is known for a few cards alone, and this is none of them")
    low, high = figure.low or figure.value, figure.high or figure.value
    return Answer(figure.value, f"{figure.source}; range {low:.0f} to {high:.0f}")
