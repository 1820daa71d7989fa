"""Memory of fine-tuning: full, LoRA and QLoRA, as ranges.

Weights, gradients and states of the optimiser are sums; activations depend on the trainer, so they are a range. Compared
with what trainers name (corpus: fine-tuning/vram): 31B QLoRA 25.2 GiB, 12B LoRA 27.8 GiB.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from gemwright.catalog.load import catalog
from gemwright.planner.figures import GIB, Figure

__all__ = ["METHODS", "Method", "training_memory"]

Method: TypeAlias = Literal["full", "lora", "qlora"]
METHODS: Final[tuple[Method, ...]] = ("full", "lora", "qlora")
_ADAPTER_RANK: Final = 16
_NF4_BITS: Final = 4.127
"""Bits a weight in NF4 with double quantisation. Source: arXiv:2305.14314."""


def training_memory(variant: str, method: Method, tokens: int = 2048) -> Figure:
    """Return what fine-tuning on one device takes, with its range.

    Args:
        variant: id of the variant.
        method: `full` (BF16 weights and gradients, Adam in F32), `lora` (BF16), `qlora` (NF4, embeddings in BF16).
        tokens: length of a sequence; one sequence at once, activations checkpointed.
    """
    one = catalog().variants[variant]
    counts, geometry = one.parameters, one.geometry
    tables = counts.embeddings + counts.per_layer_embeddings
    towers = counts.full_model - counts.language_model
    linear = counts.language_model - tables
    adapter = _ADAPTER_RANK * geometry.layers * 7 * 2 * (geometry.hidden + geometry.mlp) // 2
    if method == "full":
        fixed = round(counts.full_model * (2 + 2 + 8))
        formula = "parameters x (2 weights + 2 gradients + 8 Adam)"
    elif method == "lora":
        fixed = 2 * counts.full_model + 16 * adapter
        formula = f"parameters x 2 + adapters of rank {_ADAPTER_RANK} x 16"
    else:
        fixed = round(linear * _NF4_BITS / 8) + 2 * (tables + towers) + 16 * adapter
        formula = f"linear layers x {_NF4_BITS} bits + tables and encoders x 2 + adapters of rank {_ADAPTER_RANK} x 16"
    checkpoints = 2 * geometry.layers * geometry.hidden * tokens
    logits = 4 * geometry.vocabulary * tokens
    least = fixed + checkpoints + 0.2 * GIB
    most = 1.1 * fixed + 4 * checkpoints + 3 * logits + 2 * GIB
    inputs = {"parameters": counts.full_model, "adapter": adapter, "tokens": tokens, "logits": logits}
    source = "sums; activations by range; corpus: fine-tuning/vram"
    return Figure(f"fine-tuning: {method}", (least + most) / 2, "bytes", formula, inputs, source, least, most)
