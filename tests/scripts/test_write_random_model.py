"""The committed model of random weights is what its script writes, and is what it says it is."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from gemwright.formats.gguf import GgufHeader, read_header
from gemwright.wire.tokens import CONTROL_TOKENS
from tests.noise.model import RANDOM_MODEL

pytest.importorskip("gguf", reason="the script needs pkg:pypi/gguf")
pytest.importorskip("numpy", reason="the script needs numpy")

import write_random_model as script

LARGEST = 600_000


@pytest.fixture(scope="module")
def header() -> GgufHeader:
    """The head of the committed file."""
    return read_header(RANDOM_MODEL)


def test_the_committed_file_is_what_the_script_writes(header: GgufHeader, tmp_path: Path) -> None:
    """A binary in a repository has to be reproducible, on every machine and with every numpy."""
    source = tmp_path / "template.jinja"
    source.write_bytes(header.chat_template.encode())
    written = tmp_path / "random.gguf"
    script.write(written, script.template(source))
    assert written.read_bytes() == RANDOM_MODEL.read_bytes()
    assert written.stat().st_size < LARGEST


def test_the_template_is_the_canonical_one_or_none(header: GgufHeader, tmp_path: Path) -> None:
    """Another template in the file would make every comparison with the server's rendering worthless."""
    data = header.chat_template.encode()
    assert hashlib.sha256(data).hexdigest() == script.TEMPLATE_SHA256
    wheel = tmp_path / "trl.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(script.TEMPLATE_IN_TRL, data)
    assert script.template(wheel) == header.chat_template
    other = tmp_path / "other.jinja"
    other.write_bytes(data + b"\n")
    with pytest.raises(SystemExit, match=r"sha256 .* expected 0a2c8073"):
        script.template(other)


def test_the_vocabulary_is_gemmas_in_kind_and_not_in_ids(header: GgufHeader) -> None:
    """The engine treats tokens by their types, and our code must not get by with Gemma's ids."""
    tokens, kinds, _ = script.vocabulary()
    assert set(CONTROL_TOKENS) <= set(tokens) and len(set(tokens)) == len(tokens)
    assert {f"<0x{byte:02X}>" for byte in range(256)} | set(map(chr, range(33, 127))) <= set(tokens)
    shown = {token for token, kind in zip(tokens, kinds, strict=True) if kind == 4}
    assert shown == script.SHOWN
    real_ids = {"<|tool>": 46, "<|tool_call>": 48, "<|channel>": 100, "<|turn>": 105, "<turn|>": 106}
    assert all(tokens.index(token) != number for token, number in real_ids.items())
    assert header.metadata["tokenizer.ggml.tokens"] == tuple(tokens)


def test_it_has_the_features_of_the_small_gemma_4(header: GgufHeader) -> None:
    """A plain transformer would load as well, and would prove less."""
    field = header.metadata
    assert header.is_gemma4
    assert field["gemma4.attention.sliding_window_pattern"] == (True, False, True, False)
    assert field["gemma4.attention.shared_kv_layers"] == 2
    assert field["gemma4.embedding_length_per_layer_input"] == 32
    assert field["gemma4.final_logit_softcapping"] == 30.0
    assert "output.weight" not in {tensor.name for tensor in header.tensors}


def test_it_says_that_it_is_random(header: GgufHeader) -> None:
    """Nobody may take its words for Gemma's: the file itself says so, and so does its card."""
    assert header.text("gemwright.label") == script.LABEL == "random weights: proves the plumbing, not Gemma"
    assert header.text("general.name") == "gemwright random weights"
    assert header.text("general.license") == "apache-2.0"
    card = RANDOM_MODEL.with_name("README.md").read_text("utf-8")
    for fact in (script.TEMPLATE_SHA256, f"{RANDOM_MODEL.stat().st_size:,} bytes", f"{header.parameters:,} parameters"):
        assert fact in card
    tokens = header.metadata["tokenizer.ggml.tokens"]
    assert isinstance(tokens, tuple) and f"{len(tokens)} tokens" in card
