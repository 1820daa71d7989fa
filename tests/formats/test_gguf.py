"""The GGUF header reader against the `gguf` package, and against files that are cut, hostile or not GGUF at all."""

from __future__ import annotations

import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gemwright.formats import gguf as reader
from gemwright.formats.ggml import TENSOR_TYPES
from gemwright.formats.gguf import ArraySummary, GgufHeader, read_array, read_header
from gemwright.formats.sources import BytesSource
from gemwright.foundation.errors import BadModelFile
from gemwright.foundation.remote_file import RemoteFile
from tests.noise.model import RANDOM_MODEL

DATA = RANDOM_MODEL.read_bytes()
HEADER_BYTES = read_header(RANDOM_MODEL).data_offset


def string(text: str | bytes) -> bytes:
    """Return a GGUF string."""
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(data)) + data


def entry(key: str, number: int, value: bytes) -> bytes:
    """Return a metadata entry."""
    return string(key) + struct.pack("<I", number) + value


def tensor(name: str, shape: tuple[int, ...] = (32,), number: int = 0, offset: int = 0) -> bytes:
    """Return a line of the tensor table."""
    return string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, number, offset)


def file(metadata: list[bytes] | None = None, tensors: list[bytes] | None = None, version: int = 3) -> bytes:
    """Return the head of a GGUF file."""
    metadata, tensors = metadata or [], tensors or []
    head = struct.pack("<4sIQQ", b"GGUF", version, len(tensors), len(metadata))
    return head + b"".join(metadata) + b"".join(tensors)


def oracle(path: Path) -> tuple[dict[str, Any], list[tuple[str, tuple[int, ...], str, int, int]], int, int]:
    """Read a file with the `gguf` package."""
    package = pytest.importorskip("gguf", reason="the oracle is pkg:pypi/gguf")
    found = package.GGUFReader(path)
    fields = {key: field.contents() for key, field in found.fields.items() if not key.startswith("GGUF.")}
    tensors = [
        (t.name, tuple(t.shape.tolist()), t.tensor_type.name, int(t.data_offset), int(t.n_bytes)) for t in found.tensors
    ]
    return fields, tensors, int(found.alignment), int(found.data_offset)


def assert_equal_to_oracle(path: Path, *, keep: int) -> None:
    """Compare everything that the reader says with the package."""
    fields, tensors, alignment, data_offset = oracle(path)
    header = read_header(path, keep=keep)
    assert (header.alignment, header.data_offset) == (alignment, data_offset)
    mine = [(t.name, t.shape, t.type, data_offset + t.offset, t.size) for t in header.tensors]
    assert mine == tensors
    assert list(header.metadata) == list(fields)
    for key, expected in fields.items():
        value = header.metadata[key]
        if isinstance(value, ArraySummary):
            assert len(expected) == value.count > keep
            value = read_array(path, header, key)
        assert (list(value) if isinstance(value, tuple) else value) == expected, key


@pytest.mark.parametrize("keep", [0, 3, 1024])
def test_the_packaged_model_reads_as_the_gguf_package_reads_it(keep: int) -> None:
    """Metadata, tensors and offsets have to agree with an independent reader, summarised or not."""
    assert_equal_to_oracle(RANDOM_MODEL, keep=keep)


def test_every_value_type_and_tensor_type_reads_as_the_package_writes_it(tmp_path: Path) -> None:
    """Files of other makers use types that our own model does not."""
    package = pytest.importorskip("gguf", reason="the oracle is pkg:pypi/gguf")
    numpy = pytest.importorskip("numpy", reason="the oracle needs numpy")
    path = tmp_path / "all.gguf"
    writer = package.GGUFWriter(path, "gemma4")
    writer.add_custom_alignment(64)
    for kind, value in [
        ("uint8", 255),
        ("int8", -128),
        ("uint16", 65535),
        ("int16", -32768),
        ("uint32", 2**32 - 1),
        ("int32", -(2**31)),
        ("float32", 0.1),
        ("bool", True),
        ("string", "Grüße\n"),
        ("uint64", 2**64 - 1),
        ("int64", -(2**63)),
        ("float64", 0.1),
    ]:
        getattr(writer, f"add_{kind}")(f"x.{kind}", value)
    writer.add_array("x.words", ["a", "", "ü"])
    writer.add_array("x.flags", [True, False])
    writer.add_array("x.floats", [1.5, -2.0])
    for number, kind in TENSOR_TYPES.items():
        if kind.name in {"Q8_1", "Q8_K"}:
            continue
        raw = package.GGMLQuantizationType(number)
        data = numpy.zeros((2, kind.block_bytes * (256 // kind.block)), numpy.uint8)
        writer.add_tensor(f"t.{kind.name}", data, raw_dtype=raw)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert_equal_to_oracle(path, keep=1)
    assert all(t.shape == (256, 2) for t in read_header(path).tensors)


def test_big_endian_files_read_as_the_package_writes_them(tmp_path: Path) -> None:
    """Machines with the other byte order write such files."""
    package = pytest.importorskip("gguf", reason="the oracle is pkg:pypi/gguf")
    numpy = pytest.importorskip("numpy", reason="the oracle needs numpy")
    path = tmp_path / "big.gguf"
    writer = package.GGUFWriter(path, "gemma4", endianess=package.GGUFEndian.BIG)
    writer.add_float32("x.float", 0.25)
    writer.add_array("x.numbers", [1, -2, 3])
    writer.add_tensor("t", numpy.zeros((2, 32), numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_header(path, keep=2)
    assert header.big_endian and header.architecture == "gemma4"
    assert header.metadata["x.float"] == 0.25
    assert read_array(path, header, "x.numbers") == (1, -2, 3)
    assert header.tensors[0].shape == (32, 2)


def test_block_sizes_are_those_of_the_package() -> None:
    """A wrong block size would make every plan of memory wrong."""
    package = pytest.importorskip("gguf", reason="the oracle is pkg:pypi/gguf")
    theirs = {int(kind): (kind.name, *sizes) for kind, sizes in package.GGML_QUANT_SIZES.items()}
    assert {number: (t.name, t.block, t.block_bytes) for number, t in TENSOR_TYPES.items()} == theirs
    assert TENSOR_TYPES[8].bits_per_weight == 8.5


def test_accessors_of_a_gemma_4_file() -> None:
    """Doctor, planner and engine ask for these."""
    header = read_header(RANDOM_MODEL)
    assert header.is_gemma4
    assert header.chat_template.startswith("{#\n  Template: Google Gemma 4")
    assert header.parameters == 244_580
    assert len(DATA) - 32 < header.complete_size <= len(DATA)
    assert header.text("gemwright.label") == "random weights: proves the plumbing, not Gemma"
    assert header.text("gemma4.block_count") == "" == header.text("missing")


def test_a_summarised_array_costs_no_memory_and_can_be_read_later() -> None:
    """A real vocabulary has 262,144 tokens, and most callers want none of them."""
    header = read_header(RANDOM_MODEL, keep=10)
    tokens = header.metadata["tokenizer.ggml.tokens"]
    assert isinstance(tokens, ArraySummary)
    assert (tokens.type, tokens.count) == ("string", 433)
    assert read_array(DATA, header, "tokenizer.ggml.tokens")[5:7] == ("<|turn>", "<turn|>")
    with pytest.raises(BadModelFile, match=r"no array general\.name"):
        read_array(DATA, header, "general.name")


class Counted(BytesSource):
    """A source that notes what is asked of it, and goes on for ever if told to."""

    def __init__(self, data: bytes, *, endless: bool = False) -> None:
        super().__init__(data)
        self.endless = endless
        self.asked: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        """Note it, and answer."""
        self.asked.append((offset, length))
        data = super().read(offset, length)
        return data.ljust(length, b"\0") if self.endless else data


def test_a_header_costs_one_window_and_no_tensors() -> None:
    """Looking at a model far away has to cost its header, not its weights."""
    source = Counted(DATA[:HEADER_BYTES] + bytes(10 << 20))
    assert read_header(source).tensors == read_header(RANDOM_MODEL).tensors
    assert source.asked == [(0, reader.WINDOW)]


def test_a_model_behind_a_web_server_reads_like_a_local_one() -> None:
    """`RemoteFile` is meant to be a source: what it calls itself and how it ends a file have to fit."""
    requests: list[str] = []

    class Ranges(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            first, last = map(int, self.headers["range"].removeprefix("bytes=").split("-"))
            requests.append(self.path)
            self.send_response(206)
            part = DATA[first : last + 1]
            self.send_header("content-range", f"bytes {first}-{first + len(part) - 1}/{len(DATA)}")
            self.send_header("content-length", str(len(part)))
            self.end_headers()
            self.wfile.write(part)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Ranges) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with RemoteFile(f"http://127.0.0.1:{server.server_port}/random.gguf") as file:
            header = read_header(file, keep=2)
            assert read_array(file, header, "gemma4.feed_forward_length") == (64, 64, 128, 128)
        server.shutdown()
    assert header.tensors == read_header(RANDOM_MODEL).tensors
    assert 1 < len(requests) < 5


@pytest.mark.parametrize("size", [None, len(DATA)])
def test_a_header_cut_anywhere_is_a_bad_model_file(size: int | None) -> None:
    """Half a download must never be anything but a clear error, wherever it stopped."""
    cuts = [*range(200), *range(200, HEADER_BYTES - 200, 61), *range(HEADER_BYTES - 200, HEADER_BYTES - 32)]
    for cut in cuts:
        with pytest.raises(BadModelFile):
            read_header(BytesSource(DATA[:cut], size=size), keep=4)


def test_missing_tensor_data_are_noticed_where_the_size_is_known(tmp_path: Path) -> None:
    """The head of an interrupted download is whole: only the tensor table shows that the rest is missing."""
    path = tmp_path / "half.gguf"
    path.write_bytes(DATA[: len(DATA) // 2])
    with pytest.raises(BadModelFile, match=r"is cut off: it has 149696 bytes, its tensors end at byte 299364"):
        read_header(path)
    assert read_header(DATA[: len(DATA) // 2]).is_gemma4


def test_what_is_wrong_and_where_is_said() -> None:
    """A message without the place would send people to a hex editor."""
    with pytest.raises(BadModelFile, match=r"the data is cut off inside general.name \(after byte \d+\)"):
        read_header(DATA[: DATA.index(b"gemwright random") + 3])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "cut off inside the first four bytes"),
        (b"PK\x03\x04 a zip file", r"is not a GGUF file: it begins with b'PK"),
        (file(version=1), "GGUF version 1; versions 2 and 3"),
        (file(version=4), "GGUF version 4"),
        (struct.pack("<4sIQQ", b"GGUF", 3, 1 << 40, 0), "number of tensors is 1099511627776, which cannot be"),
        (struct.pack("<4sIQQ", b"GGUF", 3, 0, 1 << 63), "number of metadata entries is 9223372036854775808"),
        (file([struct.pack("<Q", 1 << 60)]), "length of the key of metadata entry 0 is 1152921504606846976"),
        (file([entry("k", 8, struct.pack("<Q", 1 << 32))]), "length of k is 4294967296"),
        (file([entry("k", 9, struct.pack("<IQ", 4, 1 << 40))]), "length of array k is 1099511627776"),
        (file([entry("k", 9, struct.pack("<IQ", 8, 1 << 24))]), "cut off inside the length of a string in k"),
        (file([entry("k", 9, struct.pack("<IQ", 9, 1) * 9)]), "k nests arrays more than 4 deep"),
        (file([entry("k", 99, b"")]), "k has the unknown type 99"),
        (file([entry("k", 9, struct.pack("<IQ", 77, 0))]), "k has elements of the unknown type 77"),
        (file([string(b"\xff\xfe")]), "is not UTF-8"),
        (file([entry("k", 0, b"\1"), entry("k", 0, b"\1")]), "'k' stands twice"),
        (file([entry("general.alignment", 4, struct.pack("<I", 48))]), "general.alignment is 48"),
        (file([entry("general.alignment", 4, struct.pack("<I", 0))]), "general.alignment is 0"),
        (file([entry("general.alignment", 8, string("8"))]), "general.alignment is '8'"),
        (file(tensors=[tensor("t", (1,) * 5)]), "tensor t has 5 dimensions"),
        (file(tensors=[tensor("t", number=4)]), "tensor t has the unknown type 4"),
        (file(tensors=[tensor("t", (33,), 8)]), "tensor t has rows of 33, and Q8_0 packs 32"),
        (file(tensors=[tensor("t", (1 << 40, 1 << 40))]), "which cannot be"),
        (file(tensors=[tensor("t", offset=8)]), "begins at 8, which is not a multiple of 32"),
        (file(tensors=[tensor("t"), tensor("t", offset=128)]), "same name"),
    ],
)
def test_absurd_files_are_refused_with_the_reason(data: bytes, message: str) -> None:
    """Each of these would otherwise exhaust memory, loop, or end in somebody else's traceback."""
    with pytest.raises(BadModelFile, match=message):
        read_header(data)


def test_counts_are_held_against_the_size_of_the_file() -> None:
    """A count below the caps can still be more than the file could hold."""
    data = file([entry("k", 9, struct.pack("<IQ", 8, 1 << 20))])
    with pytest.raises(BadModelFile, match="cut off or broken: the length of array k is 1048576"):
        read_header(BytesSource(data, size=len(data)))


def test_an_endless_source_ends_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server could go on sending a header for ever."""
    monkeypatch.setattr(reader, "LARGEST_HEADER", 1 << 22)
    body = entry("k", 9, struct.pack("<IQ", 8, 1 << 24))

    with pytest.raises(BadModelFile, match="the header goes on after 4194304 bytes"):
        read_header(Counted(file([body]), endless=True))


def test_other_corners_that_are_fine() -> None:
    """Version 2, broken UTF-8 in a value, nested and empty arrays, no dimensions: all seen in the wild."""
    nested = struct.pack("<IQIQ2BIQ", 9, 2, 0, 2, 7, 8, 4, 0)
    header = read_header(file([entry("s", 8, string(b"a\xffb")), entry("n", 9, nested)], [tensor("t", ())], version=2))
    assert (header.version, header.metadata["s"], header.metadata["n"]) == (2, "a\ufffdb", ((7, 8), ()))
    assert (header.tensors[0].size, header.parameters) == (4, 1)
    summarised = read_header(file([entry("n", 9, nested)]), keep=1)
    assert summarised.metadata["n"] == ArraySummary("array", 2, 24 + 8 + 1 + 4)
    assert read_array(file([entry("n", 9, nested)]), summarised, "n") == ((7, 8), ())


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    """The commonest mistakes with a path."""
    with pytest.raises(BadModelFile, match="does not exist"):
        read_header(tmp_path / "missing.gguf")
    with pytest.raises(BadModelFile, match="is not a file"):
        read_header(tmp_path)


@settings(max_examples=400, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, HEADER_BYTES - 1), st.integers(0, 255)), min_size=1, max_size=8),
    small=st.booleans(),
    sized=st.booleans(),
)
def test_a_mutated_header_is_read_or_refused_and_nothing_else(
    edits: list[tuple[int, int]], small: bool, sized: bool
) -> None:
    """Whatever bytes are there, the answer is a header or `BadModelFile`: no other exception, no endless work."""
    data = bytearray(DATA[:HEADER_BYTES])
    for position, byte in edits:
        data[position % 600 if small else position] = byte
    try:
        header = read_header(BytesSource(bytes(data), size=len(DATA) if sized else None), keep=8)
    except BadModelFile as problem:
        assert str(problem).startswith("the data")
    else:
        assert isinstance(header, GgufHeader)
