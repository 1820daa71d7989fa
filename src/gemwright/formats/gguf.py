"""The head of a GGUF file: metadata and the table of tensors, never the tensors.

Knows: versions 2 and 3, both byte orders, and the value types. Refuses version 1, which nobody ships. Every count and
length is checked before it is believed, so a hostile or cut file ends in `BadModelFile` with what was wrong and where,
in bounded memory.

Source: the GGUF specification of ggml (`docs/gguf.md`). Oracle of the tests: pkg:pypi/gguf@0.19.0.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from gemwright.formats.ggml import TENSOR_TYPES
from gemwright.formats.sources import Source, as_source
from gemwright.foundation.errors import BadModelFile

__all__ = ["ArraySummary", "GgufHeader", "TensorInfo", "Value", "read_array", "read_header"]

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)
WINDOW: Final = 1 << 20
"""Bytes that are read at a time."""

MOST_METADATA: Final = 1 << 16
MOST_TENSORS: Final = 1 << 18
MOST_ELEMENTS: Final = 1 << 24
MOST_DIMENSIONS: Final = 4
DEEPEST_ARRAY: Final = 4
LONGEST_NAME: Final = 1 << 16
LONGEST_STRING: Final = 1 << 24
LARGEST_HEADER: Final = 1 << 27
LARGEST_TENSOR: Final = 1 << 50
LARGEST_ALIGNMENT: Final = 1 << 20

_TYPES: Final = {
    0: ("uint8", "B"),
    1: ("int8", "b"),
    2: ("uint16", "H"),
    3: ("int16", "h"),
    4: ("uint32", "I"),
    5: ("int32", "i"),
    6: ("float32", "f"),
    7: ("bool", "?"),
    8: ("string", ""),
    9: ("array", ""),
    10: ("uint64", "Q"),
    11: ("int64", "q"),
    12: ("float64", "d"),
}
"""Value types: name, and `struct` code where the size is fixed."""
_STRING: Final = 8
_ARRAY: Final = 9


@dataclass(frozen=True, slots=True)
class ArraySummary:
    """An array that was too long to keep. `read_array` reads it when somebody wants it."""

    type: str
    """Type of the elements, such as `string`."""
    count: int
    offset: int
    """Byte in the file where the array's value begins."""


Value: TypeAlias = "int | float | bool | str | tuple[Value, ...] | ArraySummary"


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """A line of the tensor table."""

    name: str
    shape: tuple[int, ...]
    """In ggml's order: the dimension that lies together in memory comes first."""
    type: str
    """ggml's name of the type, such as `Q4_K`."""
    offset: int
    """Bytes from the beginning of the tensor data."""
    size: int
    """Bytes of data."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says about itself."""

    version: int
    big_endian: bool
    metadata: Mapping[str, Value]
    tensors: tuple[TensorInfo, ...]
    alignment: int
    data_offset: int
    """Byte in the file where the tensor data begin."""

    def text(self, key: str) -> str:
        """Return a metadata string, or an empty one where the key is missing or is no string."""
        value = self.metadata.get(key, "")
        return value if isinstance(value, str) else ""

    @property
    def architecture(self) -> str:
        """Return llama.cpp's name of the architecture, such as `gemma4`."""
        return self.text("general.architecture")

    @property
    def is_gemma4(self) -> bool:
        """Return whether this is a Gemma 4 that writes text: drafters and encoders have other architectures."""
        return self.architecture == "gemma4"

    @property
    def chat_template(self) -> str:
        """Return the embedded Jinja template, or an empty string."""
        return self.text("tokenizer.chat_template")

    @property
    def parameters(self) -> int:
        """Return the number of weights in all tensors."""
        return sum(math.prod(tensor.shape) for tensor in self.tensors)

    @property
    def complete_size(self) -> int:
        """Return the bytes that a complete file has at least."""
        return self.data_offset + max((tensor.offset + tensor.size for tensor in self.tensors), default=0)


def read_header(file: Source | Path | bytes, *, keep: int = 1024) -> GgufHeader:
    """Read the head of a GGUF file.

    Args:
        file: a path, the file's first bytes, or another source, such as a `RemoteFile`.
        keep: arrays with more elements than this become an `ArraySummary`.

    Raises:
        BadModelFile: not GGUF, another version, cut off, or with sizes that no model has. Where the size of the file
            is known, tensor data that are missing at its end count as cut off.
    """
    source = as_source(file)
    reader = _Reader(source)
    version, tensor_count, metadata_count = reader.preamble()
    metadata: dict[str, Value] = {}
    for index in range(metadata_count):
        key = reader.name(f"the key of metadata entry {index}")
        if key in metadata:
            raise reader.bad(f"metadata key {key!r} stands twice")
        metadata[key] = reader.value(reader.number("I", f"the type of {key}"), key, keep)
    alignment = _alignment(metadata, reader)
    tensors = tuple([_tensor(reader, index, alignment) for index in range(tensor_count)])
    if len({tensor.name for tensor in tensors}) < len(tensors):
        raise reader.bad("two tensors have the same name")
    data_offset = -(-reader.at // alignment) * alignment
    header = GgufHeader(version, reader.order == ">", MappingProxyType(metadata), tensors, alignment, data_offset)
    if source.size is not None and tensors and source.size < header.complete_size:
        raise BadModelFile(
            f"{source.name} is cut off: it has {source.size} bytes, its tensors end at byte {header.complete_size}"
        )
    return header


def read_array(file: Source | Path | bytes, header: GgufHeader, key: str) -> tuple[Value, ...]:
    """Return a metadata array in full, from the file again where the header has only its summary.

    Args:
        file: what `header` was read from.
        header: the header.
        key: the metadata key, such as `tokenizer.ggml.tokens`.

    Raises:
        BadModelFile: the key is missing or is no array, or the file is no longer what it was.
    """
    source = as_source(file)
    value = header.metadata.get(key)
    if isinstance(value, ArraySummary):
        reader = _Reader(source, order=">" if header.big_endian else "<", at=value.offset)
        value = reader.value(_ARRAY, key, keep=MOST_ELEMENTS)
    if not isinstance(value, tuple):
        raise BadModelFile(f"{source.name} has no array {key}")
    return value


def _alignment(metadata: Mapping[str, Value], reader: _Reader) -> int:
    """Return the alignment of tensor data in bytes."""
    value = metadata.get("general.alignment", 32)
    if not isinstance(value, int) or not 0 < value <= LARGEST_ALIGNMENT or value.bit_count() != 1:
        raise reader.bad(f"general.alignment is {value!r}, not a power of two")
    return value


def _tensor(reader: _Reader, index: int, alignment: int) -> TensorInfo:
    """Read a line of the tensor table."""
    name = reader.name(f"the name of tensor {index}")
    dimensions = reader.number("I", f"the number of dimensions of {name}")
    if dimensions > MOST_DIMENSIONS:
        raise reader.bad(f"tensor {name} has {dimensions} dimensions; ggml has at most {MOST_DIMENSIONS}")
    shape = tuple([reader.number("Q", f"the shape of {name}") for _ in range(dimensions)])
    number = reader.number("I", f"the type of {name}")
    kind = TENSOR_TYPES.get(number)
    if kind is None:
        raise reader.bad(f"tensor {name} has the unknown type {number}")
    row = shape[0] if shape else 1
    if row % kind.block:
        raise reader.bad(f"tensor {name} has rows of {row}, and {kind.name} packs {kind.block} at a time")
    size = math.prod(shape) // kind.block * kind.block_bytes
    offset = reader.number("Q", f"the offset of {name}")
    if size > LARGEST_TENSOR or offset > LARGEST_TENSOR:
        raise reader.bad(f"tensor {name} has {size} bytes at {offset}, which cannot be")
    if offset % alignment:
        raise reader.bad(f"tensor {name} begins at {offset}, which is not a multiple of {alignment}")
    return TensorInfo(name, shape, kind.name, offset, size)


class _Reader:
    """Walks through a source with one window of it in memory."""

    def __init__(self, source: Source, order: str = "<", at: int = 0) -> None:
        self._source = source
        self._window = b""
        self._window_at = at
        self.order = order
        """`struct`'s sign for the byte order."""
        self.at = at

    def bad(self, problem: str) -> BadModelFile:
        """Return the error to raise, with the place."""
        return BadModelFile(f"{self._source.name}: {problem} (before byte {self.at})")

    def preamble(self) -> tuple[int, int, int]:
        """Read magic and version, find the byte order; return the version and the numbers of tensors and entries."""
        magic = self.take(4, "the first four bytes")
        if magic != MAGIC:
            raise BadModelFile(
                f"{self._source.name} is not a GGUF file: it begins with {magic!r}", hint="give a model in GGUF format"
            )
        version = self.number("I", "the version")
        if version > 0xFFFF:
            self.order = ">"
            version = int.from_bytes(version.to_bytes(4, "little"), "big")
        if version not in VERSIONS:
            raise BadModelFile(
                f"{self._source.name} is GGUF version {version}; versions 2 and 3 can be read",
                hint="convert the model again with a current llama.cpp",
            )
        tensors = self.count("the number of tensors", MOST_TENSORS, each=24)
        return version, tensors, self.count("the number of metadata entries", MOST_METADATA, each=13)

    def take(self, length: int, what: str) -> bytes:
        """Return the next `length` bytes."""
        begin = self.at - self._window_at
        if begin + length > len(self._window):
            self._load(length, what)
            begin = 0
        self.at += length
        return self._window[begin : begin + length]

    def skip(self, length: int, what: str) -> None:
        """Move on by `length` bytes, all of which have to be there."""
        if length:
            self.at += length - 1
            self.take(1, what)

    def _load(self, length: int, what: str) -> None:
        """Move the window here, with at least `length` bytes in it."""
        if self.at + length > LARGEST_HEADER:
            raise self.bad(f"the header goes on after {LARGEST_HEADER} bytes, at {what}")
        self._window = self._source.read(self.at, max(length, WINDOW))
        self._window_at = self.at
        if len(self._window) < length:
            raise BadModelFile(f"{self._source.name} is cut off inside {what} (after byte {self.at})")

    def number(self, code: str, what: str) -> int:
        """Return an unsigned integer by its `struct` code."""
        data = self.take(struct.calcsize(f"={code}"), what)
        return int.from_bytes(data, "big" if self.order == ">" else "little")

    def count(self, what: str, most: int, each: int) -> int:
        """Return a number of things that take at least `each` bytes."""
        count = self.number("Q", what)
        size = self._source.size
        if count > most:
            raise self.bad(f"{what} is {count}, which cannot be")
        if size is not None and self.at + count * each > size:
            raise self.bad(f"it is cut off or broken: {what} is {count}, and the file ends at byte {size}")
        return count

    def name(self, what: str) -> str:
        """Return a string that names something: short, and UTF-8."""
        data = self.take(self.count(f"the length of {what}", LONGEST_NAME, each=1), what)
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise self.bad(f"{what} is not UTF-8: {data[:40]!r}") from None

    def value(self, number: int, key: str, keep: int, depth: int = 0) -> Value:
        """Return a value of the type with this number; a string's broken UTF-8 is replaced."""
        if number == _STRING:
            return self.take(self.count(f"the length of {key}", LONGEST_STRING, each=1), key).decode(errors="replace")
        if number == _ARRAY:
            return self._array(key, keep, depth)
        if number not in _TYPES:
            raise self.bad(f"{key} has the unknown type {number}")
        return self._scalars(_TYPES[number][1], 1, key)[0]

    def _scalars(self, code: str, count: int, key: str) -> tuple[int | float | bool, ...]:
        return struct.unpack(f"{self.order}{count}{code}", self.take(count * struct.calcsize(f"={code}"), key))

    def _array(self, key: str, keep: int, depth: int) -> Value:
        """Return an array, or its summary where it has more elements than `keep`."""
        if depth == DEEPEST_ARRAY:
            raise self.bad(f"{key} nests arrays more than {DEEPEST_ARRAY} deep")
        offset = self.at
        number = self.number("I", f"the element type of {key}")
        if number not in _TYPES:
            raise self.bad(f"{key} has elements of the unknown type {number}")
        name, code = _TYPES[number]
        width = struct.calcsize(f"={code}") if code else 8
        count = self.count(f"the length of array {key}", MOST_ELEMENTS, each=width)
        if count > keep:
            self._walk(number, count, key, depth)
            return ArraySummary(name, count, offset)
        if code:
            return self._scalars(code, count, key)
        return tuple([self.value(number, key, keep, depth + 1) for _ in range(count)])

    def _walk(self, number: int, count: int, key: str, depth: int) -> None:
        """Move to the end of an array's elements."""
        code = _TYPES[number][1]
        if code:
            self.skip(count * struct.calcsize(f"={code}"), key)
        elif number == _STRING:
            what = f"the length of a string in {key}"
            for _ in range(count):
                self.skip(self.count(what, LONGEST_STRING, each=1), key)
        else:
            for _ in range(count):
                self._array(key, 0, depth + 1)
