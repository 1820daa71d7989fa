"""The head of safetensors files: what they hold, and files that are cut, hostile or something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gemwright.formats.safetensors import read_safetensors
from gemwright.foundation.errors import BadModelFile


def stored(tensors: dict[str, Any], data: int = 0) -> bytes:
    """Return a safetensors file with that header and so many bytes of data."""
    head = json.dumps(tensors).encode()
    return len(head).to_bytes(8, "little") + head + bytes(data)


def test_tensors_are_listed_with_their_bytes(tmp_path: Path) -> None:
    """Names, types, shapes and sizes stand in the header; the file's own remarks are no tensor."""
    whole = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]},
        "b": {"dtype": "U8", "shape": [4], "data_offsets": [12, 16]},
        "new": {"dtype": "F6_E9", "shape": [4], "data_offsets": [16, 19]},
    }
    path = tmp_path / "model.safetensors"
    path.write_bytes(stored(whole, 19))
    found = read_safetensors(path)
    assert [(one.name, one.type, one.shape, one.size) for one in found.tensors] == [
        ("a", "BF16", (2, 3), 12),
        ("b", "U8", (4,), 4),
        ("new", "F6_E9", (4,), 3),
    ]
    assert found.data_offset == path.stat().st_size - 19


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGUF\x03\x00\x00\x00",
        b"<!doctype html><html>404",
        (10**12).to_bytes(8, "little") + b"{}",
        (50).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        stored({"a": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 13]}}),
        stored({"a": {"dtype": "F9", "shape": [2], "data_offsets": [9, 0]}}),
        stored({"a": {"shape": [2]}}),
        stored({"a": "b"}),
        stored({"a": {"dtype": "U8", "shape": 5, "data_offsets": [0, 5]}}),
        (9).to_bytes(8, "little") + b'{"a": tru',
    ],
)
def test_what_is_broken_is_refused(data: bytes) -> None:
    """A file from somewhere is not to be believed: each of these ends in one kind of error."""
    with pytest.raises(BadModelFile):
        read_safetensors(data)
