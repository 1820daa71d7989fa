"""What a GGUF's metadata say of the shape of a Gemma 4: a published one, or any other of the architecture.

Source of the keys: pkg:pypi/gguf@0.19.0 (`constants.py`).
"""

from __future__ import annotations

from gemwright.catalog.load import catalog
from gemwright.catalog.variants import Geometry, Variant
from gemwright.formats.gguf import GgufHeader
from gemwright.foundation.errors import BadModelFile

__all__ = ["header_geometry", "header_variant"]


def header_variant(header: GgufHeader, name: str = "the file") -> Variant:
    """Return the variant that a GGUF holds, by its number of layers and its width.

    Raises:
        BadModelFile: it holds another architecture, or a Gemma 4 of none of the known shapes.
    """
    if not header.is_gemma4:
        found = header.architecture or "none"
        raise BadModelFile(
            f"{name} holds the architecture {found!r}, not gemma4",
            hint="give a GGUF of a Gemma 4 text model; projectors and drafters are counted by themselves",
        )
    layers, width = header.metadata.get("gemma4.block_count"), header.metadata.get("gemma4.embedding_length")
    for one in catalog().variants.values():
        if (one.geometry.layers, one.geometry.hidden) == (layers, width):
            return one
    raise BadModelFile(
        f"{name} is a gemma4 with {layers} layers of width {width}, which is none of the published shapes",
        hint="a demo model or a cut model has no plan; give a file of E2B, E4B, 12B, 26B-A4B or 31B",
    )


def header_geometry(header: GgufHeader, name: str = "the file") -> Geometry:
    """Return the shape of any Gemma 4, as far as caches need it.

    Args:
        header: what the file says.
        name: what an error calls the file.

    Raises:
        BadModelFile: it holds another architecture, or a key is missing.
    """
    if not header.is_gemma4:
        raise BadModelFile(f"{name} holds the architecture {header.architecture or 'none'!r}, not gemma4")

    def number(key: str, default: int | None = None) -> int:
        value = header.metadata.get(f"gemma4.{key}", default)
        if not isinstance(value, int) or not 0 <= value < 1 << 24:
            raise BadModelFile(f"{name} has no usable gemma4.{key}")
        return value

    layers = number("block_count")
    pattern = header.metadata.get("gemma4.attention.sliding_window_pattern")
    if not isinstance(pattern, tuple) or len(pattern) != layers:
        raise BadModelFile(f"{name} does not say which of its {layers} layers have a window")
    seeing_all = tuple(layer for layer, near in enumerate(pattern) if not near)
    listed = header.metadata.get("gemma4.attention.head_count_kv")
    if isinstance(listed, tuple) and len(listed) == layers and all(isinstance(one, int) for one in listed):
        kv = [int(str(one)) for one in listed]
    else:
        kv = [number("attention.head_count_kv")] * layers
    wide = next((kv[layer] for layer in range(layers) if layer in seeing_all), kv[0] if kv else 0)
    near_heads = next((kv[layer] for layer in range(layers) if layer not in seeing_all), wide)
    return Geometry(
        model_type="gemma4",
        layers=layers,
        hidden=number("embedding_length"),
        mlp=0,
        heads=number("attention.head_count"),
        kv_heads_local=near_heads,
        kv_heads_global=wide,
        head_dim_local=number("attention.key_length_swa", number("attention.key_length")),
        head_dim_global=number("attention.key_length"),
        window=number("attention.sliding_window"),
        global_layers=seeing_all,
        kv_shared_layers=number("attention.shared_kv_layers", 0),
        key_is_value=False,
        vocabulary=0,
        context=number("context_length"),
        image_attention="causal",
        source=(),
    )
