"""Which ggml type llama-quantize gives each tensor of a Gemma 4, without an importance matrix and without overrides.

For files that are not there yet. A file that is there says itself what it holds, and publishers do differ.

Source: pkg:pypi/llama-cpp-python@0.3.36 (`src/llama-quant.cpp`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from gemwright.catalog.load import catalog
from gemwright.catalog.variants import Geometry
from gemwright.formats.ggml import TENSOR_TYPES
from gemwright.planner.tensors import EMBEDDING, PER_LAYER_TABLE, Tensor, tensors

__all__ = ["QUANTS", "bytes_of", "quant_named", "types"]

_TYPES: Final = {one.name: one for one in TENSOR_TYPES.values()}
QUANTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "F32": "F32",
        "F16": "F16",
        "BF16": "BF16",
        "Q8_0": "Q8_0",
        "Q6_K": "Q6_K",
        "Q5_K_M": "Q5_K",
        "Q5_K_S": "Q5_K",
        "Q4_K_M": "Q4_K",
        "Q4_K_S": "Q4_K",
        "Q4_0": "Q4_0",
        "IQ4_NL": "IQ4_NL",
        "IQ4_XS": "IQ4_XS",
        "Q3_K_M": "Q3_K",
        "Q2_K": "Q2_K",
        "MXFP4": "MXFP4",
    }
)
"""Names of quantisations whose rules are known, to the type that most tensors get."""
_FLOATS: Final = frozenset({"F32", "F16", "BF16"})
_FALLBACK: Final = {
    "Q6_K": "Q8_0",
    "Q5_K": "Q5_1",
    "Q4_K": "Q5_0",
    "Q3_K": "Q4_0",
    "Q2_K": "Q4_0",
    "IQ4_XS": "IQ4_NL",
}
"""What a type of 256 gives way to where rows are no multiple of 256, as in the experts of 26B-A4B."""


def quant_named(text: str) -> str | None:
    """Return the key of `QUANTS` that a name means, or None. `Q4_0 QAT` and `QAT-Q4_0` are laid out as `Q4_0`."""
    words = text.upper().replace("QAT", " ").replace("GGUF", " ").strip(" -_").split()
    if len(words) != 1:
        return None
    name = {"FP16": "F16", "FP32": "F32"}.get(words[0], words[0])
    return name if name in QUANTS else None


def bytes_of(tensor: Tensor, kind: str) -> int:
    """Return the bytes that a tensor takes in a ggml type."""
    form = _TYPES[kind]
    return tensor.elements // form.block * form.block_bytes


@cache
def types(
    variant: str, quant: str, *, unused: bool = True, embedding: str = "", table: str = ""
) -> tuple[tuple[Tensor, str], ...]:
    """Return each tensor of a variant's text GGUF with its type.

    Args:
        variant: id of the variant.
        quant: key of `QUANTS`.
        unused: with the weights that sharing layers carry and never use.
        embedding: type of the token embedding, where a publisher chose another one.
        table: type of the per-layer table, where a publisher chose another one.
    """
    chosen: list[tuple[Tensor, str]] = []
    listed = tensors(variant, unused=unused)
    geometry = catalog().variants[variant].geometry
    values = sum(one.name.endswith("attn_v.weight") for one in listed)
    seen = 0
    for one in listed:
        kind = _type(geometry, one, quant, seen, values)
        if one.name == EMBEDDING and embedding:
            kind = embedding
        if one.name == PER_LAYER_TABLE and table:
            kind = table
        if one.name.endswith("attn_v.weight"):
            seen += 1
        if one.shape[0] % _TYPES[kind].block:
            kind = _FALLBACK[kind]
        chosen.append((one, kind))
    return tuple(chosen)


def _type(geometry: Geometry, one: Tensor, quant: str, values_before: int, values: int) -> str:
    base = QUANTS[quant]
    if len(one.shape) == 1 or one.kind == "small":
        return "F32"
    if one.name == "per_layer_model_proj.weight":
        return quant if quant in {"F16", "F32"} else "BF16"
    if base in _FLOATS:
        return base
    if one.name in (EMBEDDING, PER_LAYER_TABLE):
        return base if base in {"Q8_0", "MXFP4"} else "Q6_K"
    if one.name.endswith("attn_v.weight"):
        few = geometry.heads // geometry.kv_heads_local >= 4
        return _of_values(quant, values_before, values, few_heads=few)
    if "ffn_down" in one.name and one.layer is not None:
        return _of_down(quant, one.layer, geometry.layers)
    if quant == "Q3_K_M" and one.name.endswith("attn_output.weight"):
        return "Q4_K"
    return base


def _of_values(quant: str, index: int, count: int, *, few_heads: bool) -> str:
    base = QUANTS[quant]
    match quant:
        case "Q4_K_M" | "Q5_K_M":
            return "Q6_K" if _more_bits(index, count) else base
        case "Q4_K_S":
            return "Q5_K" if index < 4 else base
        case "Q3_K_M":
            return "Q5_K" if index < 2 else "Q4_K"
        case "IQ4_XS" | "IQ4_NL":
            return "Q5_K" if few_heads else base
        case _:
            return base


def _of_down(quant: str, layer: int, layers: int) -> str:
    base = QUANTS[quant]
    match quant:
        case "Q4_K_M" | "Q5_K_M":
            return "Q6_K" if _more_bits(layer, layers) else base
        case "Q4_K_S" | "IQ4_XS" | "IQ4_NL":
            return "Q5_K" if layer < layers // 8 else base
        case "Q3_K_M":
            return "Q5_K" if layer < layers // 16 else "Q4_K"
        case _:
            return base


def _more_bits(index: int, count: int) -> bool:
    """Whether a layer is of those that get more bits: the first and last eighth, and every third between."""
    return index < count // 8 or index >= 7 * count // 8 or (index - count // 8) % 3 == 2
