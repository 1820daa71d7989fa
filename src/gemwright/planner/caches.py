"""Bytes of keys and values, by layer and runtime.

Only layers that own keys and values have a cache. Global layers keep every token, sliding ones a window and what the
runtime adds to it. A layer whose keys are its values stores both all the same: they are normed in two ways.

Sources: pkg:pypi/llama-cpp-python@0.3.36 (`src/llama-kv-cache-iswa.cpp`, `src/llama-kv-cache.cpp`), pkg:pypi/vllm@0.33.0
(`v1/kv_cache_interface.py`), pkg:pypi/transformers@5.23.0 (`cache_utils.py`), pkg:github/ml-explore/mlx-lm
(`models/cache.py`), https://github.com/ollama/ollama/issues/15388 (Ollama's own engine).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from gemwright.catalog.variants import Geometry
from gemwright.planner.figures import Figure, padded
from gemwright.planner.rules import Family

__all__ = ["CACHE_TYPES", "Cache", "Setup", "cache_of", "row_bytes", "vllm_tokens"]

CACHE_TYPES: Final = {
    "f32": (1, 4),
    "f16": (1, 2),
    "bf16": (1, 2),
    "auto": (1, 2),
    "fp8": (1, 1),
    "q8_0": (32, 34),
    "q5_1": (32, 24),
    "q5_0": (32, 22),
    "q4_1": (32, 20),
    "q4_0": (32, 18),
    "iq4_nl": (32, 18),
}
"""Types of keys and values: numbers in a block, bytes of a block."""

_STEP: Final = 256
"""llama.cpp and MLX give out cells in steps of this."""
_OLD_OLLAMA_WINDOW: Final = 4096
_VLLM_BLOCK: Final = 16


@dataclass(frozen=True, slots=True)
class Setup:
    """How a model is run. Counts are in tokens.

    Attributes:
        context: what llama.cpp's `-c`, Ollama's `num_ctx`, vLLM's `--max-model-len` say.
        ubatch: micro-batch; for vLLM the most tokens of one step.
        batch: llama.cpp's logical batch; 0 is its default, 2,048.
        slots: sequences at once.
        unified: whether llama.cpp's slots share one pool; None is its default: they do where `slots` was not said.
        keys, values: types of the cache.
        flash: flash attention.
        swa_full: llama.cpp's `--swa-full`: sliding layers keep everything.
        outputs: rows of logits that are reserved; 0 is one a slot.
        static: transformers' static cache instead of the one that grows.
        sequences: batch of transformers and MLX.
        tensor_parallel: devices over which vLLM splits heads.
    """

    context: int
    ubatch: int = 512
    batch: int = 0
    slots: int = 1
    unified: bool = True
    keys: str = "f16"
    values: str = "f16"
    flash: bool = True
    swa_full: bool = False
    outputs: int = 0
    static: bool = False
    sequences: int = 1
    tensor_parallel: int = 1

    @property
    def each(self) -> int:
        """Tokens that one sequence may have: its own pool, or all of the one that they share."""
        return self.context if self.unified else self.context // self.slots

    @property
    def quantised(self) -> bool:
        """Whether the cache is in a type of blocks."""
        return CACHE_TYPES[self.keys][0] > 1 or CACHE_TYPES[self.values][0] > 1

    @property
    def effective_ubatch(self) -> int:
        """llama.cpp's micro-batch: no more than the batch, which is no more than the context."""
        return min(self.ubatch, self.batch or 2048, padded(self.context, _STEP)) if self.ubatch else 512


@dataclass(frozen=True, slots=True)
class Cache:
    """Keys and values of a model. Bytes are of all streams together.

    Attributes:
        global_cells, local_cells: tokens kept by a layer of either kind, in each stream.
        global_layers, local_layers: how many layers have a cache.
        global_bytes, local_bytes: bytes of one layer.
        streams: separate pools.
        formula: how it was counted.
        source: what that rests on.
        remark: what else has to be known.
    """

    global_cells: int
    local_cells: int
    global_layers: int
    local_layers: int
    global_bytes: int
    local_bytes: int
    streams: int
    formula: str
    source: str
    remark: str = ""

    @property
    def of_global(self) -> int:
        """Bytes of all global layers."""
        return self.global_layers * self.global_bytes

    @property
    def of_local(self) -> int:
        """Bytes of all sliding layers."""
        return self.local_layers * self.local_bytes

    @property
    def total(self) -> int:
        """Bytes of all layers."""
        return self.of_global + self.of_local

    def figure(self) -> Figure:
        """Return the total, explained."""
        inputs = {
            "global layers": self.global_layers,
            "cells of each": self.global_cells,
            "bytes of each": self.global_bytes,
            "sliding layers": self.local_layers,
            "cells of each sliding": self.local_cells,
            "bytes of each sliding": self.local_bytes,
            "streams": self.streams,
        }
        return Figure("keys and values", self.total, "bytes", self.formula, inputs, self.source)


def row_bytes(elements: int, kind: str) -> int:
    """Return the bytes of one token's keys, or values, of a layer."""
    block, size = CACHE_TYPES[kind]
    return elements // block * size


def cache_of(geometry: Geometry, family: Family, setup: Setup) -> Cache:
    """Return the cache of a model of that shape.

    Args:
        geometry: the model's shape.
        family: whose formulas hold.
        setup: how it is run.
    """
    match family:
        case "llama.cpp":
            return _llamacpp(geometry, setup)
        case "ollama-old":
            return _old_ollama(geometry, setup)
        case "vllm" | "vllm-old" | "sglang":
            return _vllm(geometry, setup, everything=family == "vllm-old")
        case "transformers":
            return _transformers(geometry, setup)
        case "mlx":
            return _mlx(geometry, setup)


def _made(
    geometry: Geometry, setup: Setup, cells: tuple[int, int], streams: int, formula: str, source: str, remark: str = ""
) -> Cache:
    """Multiply cells by bytes of a token, of both kinds of layers."""
    every = geometry.kv_heads_global * geometry.head_dim_global
    near = geometry.kv_heads_local * geometry.head_dim_local
    wide = max(every, near)
    values = (every, near) if setup.flash else (wide, wide)
    each_global = cells[0] * streams * (row_bytes(every, setup.keys) + row_bytes(values[0], setup.values))
    each_local = cells[1] * streams * (row_bytes(near, setup.keys) + row_bytes(values[1], setup.values))
    counts = (geometry.global_kv_layers, geometry.local_kv_layers)
    return Cache(*cells, *counts, each_global, each_local, streams, formula, source, remark)


def _llamacpp(geometry: Geometry, setup: Setup) -> Cache:
    streams = 1 if setup.unified else setup.slots
    whole = padded(setup.context, _STEP)
    cells = padded(whole // streams, _STEP)
    window = geometry.window * (setup.slots if setup.unified else 1)
    near = padded(min(cells, window + setup.effective_ubatch), _STEP)
    if setup.swa_full:
        near = cells
    remark = "" if setup.flash else "without flash attention values are padded to the widest layer"
    return _made(
        geometry,
        setup,
        (cells, near),
        streams,
        "streams x (global layers x context + sliding layers x min(context, window x slots of a pool + micro-batch)) x"
        " (keys + values); cells in steps of 256",
        "pkg:pypi/llama-cpp-python@0.3.36, src/llama-kv-cache-iswa.cpp",
        remark,
    )


def _old_ollama(geometry: Geometry, setup: Setup) -> Cache:
    cells = setup.context * setup.slots
    near = min(cells, _OLD_OLLAMA_WINDOW * setup.slots + setup.ubatch)
    return _made(
        geometry,
        replace(setup, flash=True),
        (cells, near),
        1,
        "(global layers x context x parallel + sliding layers x min(that, 4096 x parallel + batch)) x (keys + values)",
        "https://github.com/ollama/ollama/issues/15388",
    )


def _transformers(geometry: Geometry, setup: Setup) -> Cache:
    window = geometry.window if setup.static else geometry.window - 1
    return _made(
        geometry,
        replace(setup, flash=True),
        (setup.context, min(setup.context, window)),
        setup.sequences * setup.slots,
        "batch x (global layers x tokens + sliding layers x min(tokens, window"
        + ("" if setup.static else " - 1")
        + ")) x (keys + values)",
        "pkg:pypi/transformers@5.23.0, cache_utils.py",
        "" if setup.static else "while a long prompt is read, sliding layers hold its whole chunk until the next step",
    )


def _mlx(geometry: Geometry, setup: Setup) -> Cache:
    grown = padded(setup.context, _STEP)
    return _made(
        geometry,
        replace(setup, flash=True),
        (grown, min(grown, geometry.window)),
        setup.sequences * setup.slots,
        "batch x (global layers x tokens in steps of 256 + sliding layers x min(that, window)) x (keys + values)",
        "pkg:github/ml-explore/mlx-lm, models/cache.py",
        "while a prompt is read, sliding layers hold up to a window and one chunk of it",
    )


def _vllm(geometry: Geometry, setup: Setup, *, everything: bool) -> Cache:
    """Return what one request of the whole length needs: blocks of one page size for both kinds of layers."""
    shared = setup.tensor_parallel
    every = max(geometry.kv_heads_global // shared, 1) * geometry.head_dim_global
    near = max(geometry.kv_heads_local // shared, 1) * geometry.head_dim_local
    of_global = row_bytes(every, setup.keys) + row_bytes(every, setup.values)
    of_local = row_bytes(near, setup.keys) + row_bytes(near, setup.values)
    counts = (geometry.global_kv_layers, geometry.local_kv_layers)
    source = "pkg:pypi/vllm@0.33.0, v1/kv_cache_interface.py"
    if everything:
        cells = padded(setup.context, _VLLM_BLOCK)
        sizes = (cells * of_global, cells * of_local)
        formula = "every layer x maximum length x (keys + values)"
        return Cache(cells, cells, *counts, *sizes, 1, formula, "https://github.com/vllm-project/vllm/issues/43308")
    page = max(of_global, of_local) * _VLLM_BLOCK
    block_global, block_local = page // of_global, page // of_local
    tokens = min(geometry.window - 1 + setup.ubatch, setup.context)
    blocks = (-(-setup.context // block_global), -(-tokens // block_local) + 1)
    cells = (blocks[0] * block_global, blocks[1] * block_local)
    formula = "global layers x maximum length + sliding layers x (min(window - 1 + tokens of a step, maximum length) + a block)"
    return Cache(*cells, *counts, page * blocks[0], page * blocks[1], 1, formula, source, "one request of full length")


def vllm_tokens(cache: Cache, free: int, length: int) -> int:
    """Return the `GPU KV cache size` that vLLM prints: how many requests fit, times the maximum length.

    Args:
        cache: of one request.
        free: bytes that are left for keys and values.
        length: the maximum length.
    """
    return int(free / cache.total * length)
