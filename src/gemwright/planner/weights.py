"""Bytes of weights by class of tensor, where they lie, and what lies beside them: projector and drafter.

From a header the sums are exact. From llama-quantize's rules they are exact for files made by it, which published files
need not be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

from gemwright.catalog.load import catalog
from gemwright.catalog.things import Quant, Relative
from gemwright.catalog.variants import Variant
from gemwright.formats.gguf import GgufHeader
from gemwright.formats.safetensors import SafetensorsHeader
from gemwright.planner.figures import Figure, padded
from gemwright.planner.quantising import bytes_of, types
from gemwright.planner.tensors import EMBEDDING, PER_LAYER_TABLE, class_of, layer_of

__all__ = [
    "Weights",
    "checkpoint",
    "drafter",
    "gguf_weights",
    "header_weights",
    "projector",
    "safetensors_weights",
    "vision_encoder",
]

_ALIGNMENT: Final = 32
"""Tensors of a GGUF, and of llama.cpp's buffers, begin at multiples of this. Source: ggml's GGUF specification."""
_POSITION_TABLE: Final = 2 * 10_240
"""Rows of the image encoder's table of positions, x and y. Source: pkg:pypi/transformers@5.23.0 (Gemma4VisionConfig)."""
_LINEAR_BITS: Final[Mapping[str, str]] = {
    "AWQ": "awq",
    "W4A16": "qat-w4a16",
    "INT8": "int8-per-channel",
    "FP8": "fp8",
    "NVFP4": "nvfp4",
    "MXFP8": "mxfp8",
    "NF4": "bnb-nf4",
    "4BIT": "mlx-4bit",
    "8BIT": "mlx-8bit",
}
"""Words in names of checkpoints, to the corpus's record of the quantisation."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a model file's tensors take, in bytes.

    Attributes:
        classes: bytes by class of tensor.
        layers: bytes of each layer.
        experts: of these, bytes of experts, by layer.
        tied: whether the output head is the token embedding, which llama.cpp then holds twice.
        origin: `rules` or the name of the file whose header was read.
        spread: relative half-width of the range, 0 where the sum is exact.
    """

    classes: Mapping[str, int]
    layers: tuple[int, ...]
    experts: tuple[int, ...]
    tied: bool = True
    origin: str = "rules"
    spread: float = 0.0

    @property
    def file(self) -> int:
        """All tensors, without the file's header."""
        return sum(self.classes.values())

    @property
    def embedding(self) -> int:
        """The token embedding."""
        return self.classes.get("embedding", 0)

    @property
    def table(self) -> int:
        """The per-layer table, which llama.cpp reads where it lies and never moves to a device."""
        return self.classes.get("per_layer_table", 0)

    @property
    def host(self) -> int:
        """What llama.cpp leaves on the host with every layer on a device: embedding and per-layer table."""
        return self.embedding + self.table

    @property
    def device(self) -> int:
        """What llama.cpp moves to devices: everything but the table; of a tied embedding a second copy, as output head."""
        return self.file - self.table - (0 if self.tied else self.embedding)

    def figure(self, part: str) -> Figure:
        """Return one part, explained. `file`, `device`, `host`, `embedding` or `table`."""
        value = {
            "file": self.file,
            "device": self.device,
            "host": self.host,
            "embedding": self.embedding,
            "table": self.table,
        }[part]
        formula = {
            "file": "sum of all tensors",
            "device": "all tensors - per-layer table" + ("" if self.tied else " - token embedding"),
            "host": "token embedding + per-layer table" + (" (the embedding lies on the device, too)" * self.tied),
            "embedding": "token embedding",
            "table": "per-layer table",
        }[part]
        source = "llama-quantize's rules, pkg:pypi/llama-cpp-python@0.3.36" if self.origin == "rules" else self.origin
        low, high = (value * (1 - self.spread), value * (1 + self.spread)) if self.spread else (None, None)
        return Figure(f"weights: {part}", value, "bytes", formula, dict(self.classes), source, low, high)


def _summed(rows: Iterable[tuple[str, int]], layers: int, *, tied: bool = True, origin: str = "rules") -> Weights:
    classes: Counter[str] = Counter()
    by_layer = [0] * layers
    experts = [0] * layers
    for name, size in rows:
        kind, layer = class_of(name), layer_of(name)
        classes[kind] += size
        if layer is not None and layer < layers:
            by_layer[layer] += size
            if kind == "experts":
                experts[layer] += size
    return Weights(dict(classes), tuple(by_layer), tuple(experts), tied, origin)


@cache
def gguf_weights(variant: str, quant: str, *, unused: bool = True, embedding: str = "", table: str = "") -> Weights:
    """Return what a GGUF made by llama-quantize holds.

    Args:
        variant: id of the variant.
        quant: key of `QUANTS`.
        unused: with the weights that sharing layers carry and never use.
        embedding: another type of the token embedding, where a publisher chose one.
        table: another type of the per-layer table.
    """
    rows = types(variant, quant, unused=unused, embedding=embedding, table=table)
    layers = catalog().variants[variant].geometry.layers
    return _summed(((one.name, padded(bytes_of(one, kind), _ALIGNMENT)) for one, kind in rows), layers)


def header_weights(header: GgufHeader, name: str = "the file") -> Weights:
    """Return what a GGUF holds, to the byte, whatever the shape of its Gemma 4."""
    layers = header.metadata.get("gemma4.block_count")
    rows = ((one.name, padded(one.size, _ALIGNMENT)) for one in header.tensors)
    tied = not any(one.name == "output.weight" for one in header.tensors)
    return _summed(rows, layers if isinstance(layers, int) and layers < 10_000 else 0, tied=tied, origin=name)


_HUB_NAMES: Final = {"embed_tokens_per_layer.weight": PER_LAYER_TABLE, "embed_tokens.weight": EMBEDDING}


def safetensors_weights(headers: Iterable[SafetensorsHeader]) -> Weights:
    """Return what a checkpoint's shards hold, to the byte. Encoders and projections count as `small`."""
    rows: list[tuple[str, int]] = []
    for header in headers:
        for one in header.tensors:
            known = next((ours for end, ours in _HUB_NAMES.items() if one.name.endswith(end)), "")
            kind = "ffn_x_exps" if ".experts." in one.name else "ffn" if ".mlp." in one.name else "attn"
            text = ".language_model." in one.name or one.name.startswith("model.layers.")
            rows.append((known or (f"blk.0.{kind}" if text and ".layers." in one.name else "norm"), one.size))
    return _summed(rows, 1, origin="safetensors")


@cache
def checkpoint(variant: str, quant: str) -> Weights | None:
    """Return what a checkpoint for vLLM, SGLang, transformers or MLX takes, or None where its layout is not known.

    BF16 and F16 are exact. For others the linear layers are counted at the record's bits per weight and embeddings and
    encoders at 16 bits (MLX: embeddings as the rest), within 6 %.
    """
    one = catalog().variants[variant]
    words = quant.upper().replace("-", " ").replace("_", " ").split()
    counts = one.parameters
    if words and words[0] in {"BF16", "F16", "BFLOAT16"}:
        rest = counts.full_model - counts.embeddings - counts.per_layer_embeddings
        sizes = {"embedding": 2 * counts.embeddings, "per_layer_table": 2 * counts.per_layer_embeddings}
        return Weights({**sizes, "dense": 2 * rest}, (), (), origin="parameters x 2 bytes")
    record = next((_LINEAR_BITS[word] for word in words if word in _LINEAR_BITS), None)
    bits = catalog().all(Quant)[record].bits_per_weight if record else None
    if record is None or bits is None:
        return None
    linear = counts.language_model - counts.embeddings - counts.per_layer_embeddings
    wide = bits / 8 if record.startswith("mlx") else 2
    towers = 2 * (counts.full_model - counts.language_model)
    sizes = {
        "embedding": round(wide * counts.embeddings),
        "per_layer_table": round(wide * counts.per_layer_embeddings),
        "dense": round(linear * bits / 8),
        "small": towers,
    }
    return Weights(sizes, (), (), origin=f"linear layers at {bits} bits", spread=0.06)


@cache
def projector(variant: str) -> int:
    """Return the bytes of a variant's projector file in F16 or BF16: its norms and tables of positions stay in F32.

    Source: sizes of published files agree to 0.05 % (31B 1143.4 MiB, 12B 175,115,584 bytes).
    """
    one = catalog().variants[variant]
    return 2 * (one.parameters.full_model - one.parameters.language_model + _kept_wide(one))


@cache
def vision_encoder(variant: str) -> int:
    """Return the bytes of the part of the projector file that reads images, with its projection."""
    one = catalog().variants[variant]
    if one.vision is None:
        return projector(variant)
    return 2 * (one.vision.parameters + one.vision.hidden * one.geometry.hidden + _kept_wide(one))


def _kept_wide(one: Variant) -> int:
    """Return how many numbers of a projector file stay in F32."""
    if one.vision is not None:
        image = one.vision
        return _POSITION_TABLE * image.hidden + image.layers * (4 * image.hidden + 2 * image.head_dim)
    if one.unified is not None:
        return (one.unified.image_input + 2 * one.unified.image_positions) * one.geometry.hidden
    return 0


@cache
def drafter(variant: str) -> Figure:
    """Return the bytes of a variant's drafter in F16. Its layers read the target's cache and add none of their own."""
    record = catalog().all(Relative)["assistants"]
    counts = {key: str(value) for key, value in (record.parameters or {}).items()}
    guessed = (record.figures or {}).get("counted_from_guessed_shapes", ())
    if isinstance(guessed, list | tuple):
        listed = [str(one) for one in cast("Sequence[object]", guessed)]
        counts = dict(zip(("E2B", "E4B", "26B-A4B"), listed, strict=False)) | counts
    value = 2 * int(counts[variant])
    return Figure(
        "drafter", value, "bytes", "parameters x 2", {"variant": variant}, "corpus: relatives/assistants",
        value * 0.95, value * 1.1,
    )  # fmt: skip
