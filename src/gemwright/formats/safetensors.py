"""The head of a safetensors file: names, types, shapes and places of tensors, never the tensors.

Every length is checked before it is believed, so a hostile or cut file ends in `BadModelFile`.

Source: the format's description in pkg:pypi/safetensors@0.5.3 (eight bytes of length, JSON, data).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final, cast

from gemwright.formats.sources import Source, as_source
from gemwright.foundation.errors import BadJSON, BadModelFile
from gemwright.foundation.jsonx import parse

__all__ = ["SafetensorsHeader", "StoredTensor", "read_safetensors"]

LARGEST_HEADER: Final = 100_000_000
"""The format's own limit, in bytes."""
_BITS: Final = {
    "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16,
    "I8": 8, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor of the file: its name, its type, its shape, and its bytes of data."""

    name: str
    type: str
    shape: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class SafetensorsHeader:
    """What a safetensors file says about itself."""

    tensors: tuple[StoredTensor, ...]
    data_offset: int


def read_safetensors(file: Source | Path | bytes) -> SafetensorsHeader:
    """Read the head of a safetensors file.

    Args:
        file: a path, the file's first bytes, or another source, such as a `RemoteFile`.

    Raises:
        BadModelFile: not safetensors, cut off, or with sizes that contradict each other.
    """
    source = as_source(file)
    first = source.read(0, 8)
    length = int.from_bytes(first, "little")
    if len(first) < 8 or not 2 <= length <= LARGEST_HEADER:
        raise BadModelFile(f"{source.name} is not a safetensors file", hint="give a .safetensors or .gguf file")
    text = source.read(8, length)
    if len(text) < length:
        raise BadModelFile(f"{source.name} is cut off inside its header")
    if not text.startswith(b"{"):
        raise BadModelFile(f"{source.name} is not a safetensors file", hint="give a .safetensors or .gguf file")
    try:
        table = parse(text.rstrip(b" "), max_bytes=LARGEST_HEADER)
    except BadJSON as e:
        raise BadModelFile(f"{source.name}: its header is no JSON: {e.message}") from e
    rows = cast("dict[str, Any]", table).items() if isinstance(table, dict) else ()
    tensors = tuple(_tensor(source.name, name, entry) for name, entry in rows if name != "__metadata__")
    return SafetensorsHeader(tensors, 8 + length)


def _tensor(file: str, name: str, entry: object) -> StoredTensor:
    try:
        one = cast("dict[str, Any]", entry)
        kind, shape, (begin, end) = str(one["dtype"]), tuple(int(n) for n in one["shape"]), one["data_offsets"]
        size = int(end) - int(begin)
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise BadModelFile(f"{file}: the entry of tensor {name[:80]!r} is broken") from e
    if kind in _BITS and size * 8 != prod(shape) * _BITS[kind]:
        raise BadModelFile(f"{file}: tensor {name[:80]!r} has {size} bytes, which is not its shape {shape} in {kind}")
    if size < 0:
        raise BadModelFile(f"{file}: tensor {name[:80]!r} ends before it begins")
    return StoredTensor(name, kind, shape, size)
