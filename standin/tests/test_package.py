"""The distribution `gemwright-standin`: weights and card arrive whole, small, and labelled; the workshop stays at home."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from gemwright.formats.gguf import GgufHeader, read_header
from gemwright.wire.tokens import CONTROL_TOKENS
from gemwright_standin import model_path

STANDIN = Path(__file__).parents[1]
MOST_BYTES = 15_000_000
TEMPLATE_SHA256 = "0a2c8073c878ab1da004bee933a998606537bbb62016310352c7285c3f01c5b5"


def build(target: str, folder: Path) -> Path:
    """Build the distribution, without a network and without touching the tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=STANDIN, check=True, capture_output=True, timeout=60)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def header() -> GgufHeader:
    """The head of the model that the package names."""
    return read_header(model_path())


@pytest.fixture(scope="module")
def card() -> str:
    """The model card."""
    return model_path().with_name("MODEL_CARD.md").read_text("utf-8")


def test_the_wheel_holds_weights_and_card_and_nothing_else(wheel: Path) -> None:
    """Who installs the model wants neither its trainer nor its test sets, and fifteen megabytes at most."""
    assert wheel.name.endswith("-py3-none-any.whl") and wheel.stat().st_size <= MOST_BYTES
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
        assert held == {
            f"gemwright_standin/{name}" for name in ("__init__.py", "py.typed", "MODEL_CARD.md", "standin.gguf")
        }
        weights = opened.read("gemwright_standin/standin.gguf")
        (name,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = HeaderParser().parsestr(opened.read(name).decode())
        licences = [name for name in opened.namelist() if "/licenses/" in name]
    assert weights == model_path().read_bytes() and len(weights) <= MOST_BYTES
    assert metadata["Name"] == "gemwright-standin" and metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Dist"] is None
    assert [name.rpartition("/")[2] for name in licences] == ["LICENSE"]


def test_the_source_distribution_holds_the_same(wheel: Path, tmp_path: Path) -> None:
    """Weights have no source that a builder could start from: they are carried."""
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/src/")[2] for name in archive.getnames() if "/src/" in name}
    with zipfile.ZipFile(wheel) as opened:
        assert names == {name for name in opened.namelist() if ".dist-info/" not in name}


def test_the_licence_is_the_projects_own(checkout_licence: bytes) -> None:
    """A second copy of a licence must not drift from the first."""
    assert (STANDIN / "LICENSE").read_bytes() == checkout_licence


@pytest.fixture
def checkout_licence() -> bytes:
    """The licence of the repository's code."""
    return (STANDIN.parent / "LICENSE").read_bytes()


def test_the_file_is_labelled_and_is_gemma_4_in_form(header: GgufHeader) -> None:
    """Its label travels with the file, and runtimes take it for the architecture that software is written for."""
    assert header.text("gemwright.label") == "demo model: a small model trained on synthetic conversations, not Gemma"
    assert header.text("general.license") == "apache-2.0"
    assert header.is_gemma4
    assert header.metadata["gemma4.attention.shared_kv_layers"] == 3
    assert header.metadata["general.file_type"] == 7, "Q8_0"
    assert hashlib.sha256(header.chat_template.encode()).hexdigest() == TEMPLATE_SHA256
    assert "output.weight" not in {tensor.name for tensor in header.tensors}


def test_the_card_says_what_it_is_and_is_not(header: GgufHeader, card: str) -> None:
    """Plain words, and figures that are those of the file."""
    for words in ("not Gemma", "no weights of Google's", "What it does not do", "Apache-2.0", TEMPLATE_SHA256):
        assert words in card
    for fact in (f"{model_path().stat().st_size:,} bytes", f"{header.parameters:,} |", "standin.gguf"):
        assert fact in card
    assert "@@" not in card, "a figure is still to be filled in"


def test_control_tokens_have_ids_of_their_own(header: GgufHeader) -> None:
    """Code that takes Gemma's ids for granted has to fail here, in front of its author."""
    from gemwright.formats.gguf import read_array

    tokens = list(read_array(model_path(), header, "tokenizer.ggml.tokens"))
    real_ids = {"<|tool>": 46, "<|tool_call>": 48, "<|channel>": 100, "<|turn>": 105, "<turn|>": 106}
    assert set(CONTROL_TOKENS) <= set(tokens)
    assert all(tokens.index(token) != number for token, number in real_ids.items())
