"""`gemwright plan --file` for safetensors: what a checkpoint and one request of it take in vLLM."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gemwright.cli.output import session, table, write, write_json
from gemwright.foundation.errors import BadModelFile

if TYPE_CHECKING:
    from gemwright.catalog.variants import Variant
    from gemwright.formats.safetensors import SafetensorsHeader

__all__ = ["is_checkpoint", "plan_checkpoint"]

_MOST_SHARDS: Final = 1000
_LAYER: Final = re.compile(r"\.layers\.(\d+)\.")


def is_checkpoint(name: str) -> bool:
    """Whether a name is a safetensors file or a folder, which may hold shards."""
    return name.endswith(".safetensors") or Path(name).is_dir()


def plan_checkpoint(name: str, memory: int, context: int, *, as_json: bool) -> bool:
    """Tell what a checkpoint takes, and whether it fits; return that.

    Args:
        name: path of a file, or of a folder of shards.
        memory: bytes that there are.
        context: tokens of a request.
        as_json: for programs.

    Raises:
        BadModelFile: nothing there is safetensors, or it is no Gemma 4 of a published shape.
    """
    from gemwright.formats.safetensors import read_safetensors
    from gemwright.planner.buffers import CONTEXT_RANGE
    from gemwright.planner.caches import Setup, cache_of
    from gemwright.planner.weights import safetensors_weights

    path = Path(name)
    files = sorted(path.glob("*.safetensors"))[:_MOST_SHARDS] if path.is_dir() else [path]
    if not files:
        raise BadModelFile(f"there is no .safetensors file in {name}", hint="give the folder of a checkpoint")
    headers = [read_safetensors(file) for file in files]
    one = _variant(headers, name)
    weights = safetensors_weights(headers)
    cache = cache_of(one.geometry, "vllm", Setup(min(context, one.geometry.context), 2048, keys="bf16", values="bf16"))
    low, high = (weights.file + cache.total + part for part in CONTEXT_RANGE["nvidia"])
    fits = high <= memory
    if as_json:
        write_json(
            {
                "variant": one.id,
                "memory_bytes": memory,
                "context": cache.global_cells,
                "weights_bytes": weights.file,
                "embedding_bytes": weights.embedding,
                "per_layer_table_bytes": weights.table,
                "request_bytes": cache.total,
                "need_bytes": [low, high],
                "fits": fits,
            }
        )
        return fits
    cells = (f"{weights.file / 1e9:.2f} GB", f"{cache.total / 1e9:.2f} GB", f"{low / 1e9:.1f} to {high / 1e9:.1f} GB")
    row = (one.id, *cells, f"{memory / 1e9:.1f} GB", "yes" if fits else "no")
    write(table([row], ("MODEL", "WEIGHTS", f"ONE REQUEST OF {cache.global_cells:,}", "TOGETHER", "MEMORY", "FITS")))
    session().say("buffers of vLLM itself come on top: 1 to 3 GB in reports", style="note")
    return fits


def _variant(headers: list[SafetensorsHeader], name: str) -> Variant:
    from gemwright.catalog import catalog

    tensors = [
        one for header in headers for one in header.tensors if "vision" not in one.name and "audio" not in one.name
    ]
    layers = 1 + max((int(found[1]) for one in tensors if (found := _LAYER.search(one.name))), default=-1)
    widths = {one.shape[-1] for one in tensors if one.name.endswith("embed_tokens.weight") and len(one.shape) == 2}
    for one in catalog().variants.values():
        if one.geometry.layers == layers and one.geometry.hidden in widths:
            return one
    width = ", ".join(map(str, sorted(widths))) or "unknown"
    raise BadModelFile(
        f"{name} holds {layers} layers of width {width}, which is no published Gemma 4",
        hint="give the folder with all shards of E2B, E4B, 12B, 26B-A4B or 31B",
    )
