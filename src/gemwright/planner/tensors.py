"""The tensors of a text GGUF of each variant, from its geometry: names, shapes, and the class that each belongs to.

Source of names and shapes: pkg:pypi/llama-cpp-python@0.3.36 (`gguf-py/gguf/constants.py`, `src/models/gemma4.cpp`).
The released E2B and E4B still carry key and value weights of layers that share another's, and llama.cpp loads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from typing import Final, Literal, TypeAlias

from gemwright.catalog.load import catalog
from gemwright.catalog.variants import Geometry

__all__ = ["CLASSES", "Tensor", "TensorClass", "class_of", "layer_of", "tensors"]

TensorClass: TypeAlias = Literal["embedding", "per_layer_table", "attention", "dense", "experts", "per_layer", "small"]
CLASSES: Final[tuple[TensorClass, ...]] = (
    "embedding",
    "per_layer_table",
    "attention",
    "dense",
    "experts",
    "per_layer",
    "small",
)
EMBEDDING: Final = "token_embd.weight"
PER_LAYER_TABLE: Final = "per_layer_token_embd.weight"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor: its name in a GGUF, its shape with the dimension first that lies together, its layer or None."""

    name: str
    shape: tuple[int, ...]
    layer: int | None = None

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)

    @property
    def kind(self) -> TensorClass:
        """The class that it belongs to."""
        return class_of(self.name)


@lru_cache(maxsize=8192)
def class_of(name: str) -> TensorClass:
    """Return the class of a tensor by its name in a GGUF."""
    if name == EMBEDDING:
        return "embedding"
    if name == PER_LAYER_TABLE:
        return "per_layer_table"
    stem = name.split(".", 2)[2] if name.startswith("blk.") and name.count(".") >= 2 else name
    if "norm" in stem or stem.endswith((".scale", "scale.weight")) or stem.startswith(("rope", "ffn_gate_inp")):
        return "small"
    if "_exps" in stem:
        return "experts"
    if stem.startswith("attn"):
        return "attention"
    if stem.startswith("ffn"):
        return "dense"
    return "per_layer" if stem.startswith(("inp_gate", "proj", "per_layer")) else "small"


@lru_cache(maxsize=8192)
def layer_of(name: str) -> int | None:
    """Return the layer, from 0, that a tensor of a GGUF belongs to, or None."""
    parts = name.split(".", 2)
    return int(parts[1]) if parts[0] == "blk" and len(parts) == 3 and parts[1].isdecimal() else None


@cache
def tensors(variant: str, *, unused: bool = True) -> tuple[Tensor, ...]:
    """Return the tensors of a variant's text GGUF.

    Args:
        variant: id of the variant.
        unused: with the key and value weights that sharing layers carry and never use.
    """
    return tuple(_tensors(catalog().variants[variant].geometry, unused))


def _tensors(one: Geometry, unused: bool) -> Iterator[Tensor]:
    hidden, table = one.hidden, one.per_layer_embedding
    yield Tensor(EMBEDDING, (hidden, one.vocabulary))
    yield Tensor("output_norm.weight", (hidden,))
    yield Tensor("rope_freqs.weight", (one.head_dim_global // 2,))
    if table is not None:
        yield Tensor(PER_LAYER_TABLE, (table.width * one.layers, table.vocabulary))
        yield Tensor("per_layer_model_proj.weight", (hidden, table.width * one.layers))
        yield Tensor("per_layer_proj_norm.weight", (table.width,))
    for layer in range(one.layers):
        for stem, *shape in _of_layer(one, layer, unused):
            yield Tensor(f"blk.{layer}.{stem}", tuple(shape), layer)


def _of_layer(one: Geometry, layer: int, unused: bool) -> Iterator[tuple[str, *tuple[int, ...]]]:
    hidden, sees_all = one.hidden, one.is_global(layer)
    width = one.head_dim_global if sees_all else one.head_dim_local
    kv = width * (one.kv_heads_global if sees_all else one.kv_heads_local)
    owns = one.kv_owner(layer) == layer
    mlp = one.mlp if owns or one.mlp_kv_shared is None else one.mlp_kv_shared
    yield "attn_norm.weight", hidden
    yield "attn_q.weight", hidden, width * one.heads
    yield "attn_output.weight", width * one.heads, hidden
    yield "attn_q_norm.weight", width
    yield "post_attention_norm.weight", hidden
    yield "layer_output_scale.weight", 1
    yield "ffn_norm.weight", hidden
    yield "ffn_gate.weight", hidden, mlp
    yield "ffn_up.weight", hidden, mlp
    yield "ffn_down.weight", mlp, hidden
    yield "post_ffw_norm.weight", hidden
    if owns or unused:
        yield "attn_k.weight", hidden, kv
        yield "attn_k_norm.weight", width
        if not (sees_all and one.key_is_value):
            yield "attn_v.weight", hidden, kv
    if one.experts is not None:
        count, inner = one.experts.count, one.experts.width
        yield "ffn_gate_inp.weight", hidden, count
        yield "ffn_gate_inp.scale", hidden
        yield "pre_ffw_norm_2.weight", hidden
        yield "post_ffw_norm_1.weight", hidden
        yield "post_ffw_norm_2.weight", hidden
        yield "ffn_gate_up_exps.weight", hidden, 2 * inner, count
        yield "ffn_down_exps.weight", inner, hidden, count
        yield "ffn_down_exps.scale", count
    if one.per_layer_embedding is not None:
        yield "inp_gate.weight", hidden, one.per_layer_embedding.width
        yield "proj.weight", one.per_layer_embedding.width, hidden
        yield "post_norm.weight", hidden
