"""Names: the spellings of publishers, runtimes and file systems, and the relatives that are not Gemma 4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.catalog import ModelName, Variant, catalog, resolve

VARIANTS = list(catalog().variants.values())


@pytest.mark.parametrize(
    ("name", "variant", "quant"),
    [
        # Ollama
        ("gemma4", "E4B", None),
        ("gemma4:latest", "E4B", None),
        ("gemma4:12b", "12B", None),
        ("Gemma4:E2B-it-q4_K_M", "E2B", "Q4_K_M"),
        ("gemma4:26b-a4b-it-qat", "26B-A4B", "QAT"),
        ("gemma4:26b-nvfp4", "26B-A4B", "NVFP4"),
        ("gemma4:31b-coding-mtp-bf16", "31B", "BF16"),
        ("gemma4:31b-it-q2_K", "31B", "Q2_K"),  # no tag we know, and plain enough
        ("library/gemma4:e4b", "E4B", None),
        ("https://ollama.com/library/gemma4:e4b", "E4B", None),
        ("someone/gemma4-abliterated:e4b", "E4B", None),
        # Hugging Face
        ("google/gemma-4-12B-it", "12B", None),
        ("google/gemma-4-31B", "31B", None),
        ("unsloth/gemma-4-26B-A4B-it-GGUF", "26B-A4B", None),
        ("hf.co/unsloth/gemma-4-26B-A4B-it-GGUF:UD-Q4_K_XL", "26B-A4B", "UD-Q4_K_XL"),
        ("ggml-org/gemma-4-E2B-it-GGUF:Q8_0", "E2B", "Q8_0"),
        ("google/gemma-4-12B-it-qat-q4_0-gguf", "12B", "QAT-Q4_0"),
        ("google/gemma-4-E2B-it-qat-w4a16-ct", "E2B", "QAT-W4A16"),
        ("google/gemma-4-E2B-it-qat-mobile-ct", "E2B", "QAT-mobile"),
        ("mlx-community/gemma-4-e2b-it-4bit", "E2B", "4bit"),
        ("mlx-community/gemma-4-31b-it-8-bit", "31B", "8bit"),
        ("someone/gemma-4-31B-it-FP8-dynamic", "31B", "FP8"),
        ("models/gemma-4-26b-a4b-it", "26B-A4B", None),
        # Files and paths
        ("gemma-4-12b-it-qat-q4_0.gguf", "12B", "QAT-Q4_0"),
        ("gemma-4-26b_a4b-it-IQ4_XS.gguf", "26B-A4B", "IQ4_XS"),
        ("gemma-4-26b-it.gguf", "26B-A4B", None),
        ("gemma-4-E4B-it.litertlm", "E4B", None),
        ("Gemma 4 12B f16.gguf", "12B", "F16"),
        ("gemma_4_e2b", "E2B", None),
        (r"C:\models\gemma-4-31B-it-BF16-00001-of-00002.gguf", "31B", "BF16"),
        ("/models/gemma-4-12B-it-GGUF/Q4_K_M/model-00001-of-00002.gguf", "12B", "Q4_K_M"),
        ("hub/models--google--gemma-4-12B-it/snapshots/0a1b2c3d4e5f/model.safetensors", "12B", None),
        ("UD-IQ2_XXS/gemma-4-31B-it-UD-IQ2_XXS.gguf", "31B", "UD-IQ2_XXS"),
        ("legal-assistant-gemma-4-12b-tq1_0.gguf", "12B", "TQ1_0"),
        ("gemma-4-E2B-mobile-actions", "E2B", None),
    ],
)
def test_what_names_mean(name: str, variant: str, quant: str | None) -> None:
    """One spelling of each kind."""
    assert resolve(name) == ModelName(variant, quant)


@pytest.mark.parametrize(
    "name",
    [
        "google/gemma-3-12b-it",
        "gemma-3n-E2B-it",
        "gemma3:12b",
        "gemma-2-9b-it",
        "gemma-4b-it",  # four billion parameters of an older generation
        "google/medgemma-4b-it",
        "google/functiongemma-270m-it",
        "google/embeddinggemma-2",
        "google/shieldgemma-2-4b-it",
        "google/diffusiongemma-26B-A4B-it",
        "google/t5gemma-2-4b-4b",
        "gemma-4-27b-it",  # is told of, and does not exist
        "gemma4:cloud",  # served by whatever Ollama likes
        "gemma-4n-e2b",
        "gemma-4-e2bx",
        "gemma-4",
        "12b",
        "E2B",
        "llama-3-8b.gguf",
        "/gemma-4-12B/llama-3-8b-q4_0.gguf",  # the file's own name counts
        "gemma-4-E2B-it-assistant",
        "google/gemma-4-12B-it-qat-q4_0-unquantized-assistant",
        "mmproj-gemma-4-12B-it-bf16.gguf",
        "/gemma-4-12B-it-GGUF/mmproj-F16.gguf",
        "",
        "/",
        "gemma4:",
        "gemma-4-12b" + "x" * 2000,
    ],
)
def test_what_is_not_gemma_4(name: str) -> None:
    """Taken for a variant, each of these would get the wrong template, limits or advice."""
    assert resolve(name) is None


@pytest.mark.parametrize("one", VARIANTS, ids=lambda one: one.id)
def test_every_name_in_the_corpus_leads_home(one: Variant) -> None:
    """The rules and the data must not drift apart."""
    for name in (one.names.base, one.names.instruct, *(f"gemma4:{tag}" for tag in one.names.ollama)):
        found = resolve(name)
        assert found is not None and found.variant == one.id, name
    for word in one.names.short:
        assert resolve(f"gemma-4-{word}-it-Q4_K_M.gguf") == ModelName(one.id, "Q4_K_M")
    assert resolve(one.names.drafter) is None


words = st.sampled_from(
    [
        "gemma",
        "gemma-4",
        "gemma4",
        "4",
        "12b",
        "26b",
        "a4b",
        "e2b",
        "it",
        "qat",
        "q4_0",
        "UD",
        "IQ2",
        "k",
        "mmproj",
        "4bit",
    ]
)
marks = st.sampled_from(["-", "_", ".", ":", "/", "\\", " ", "--", "", "\n", "\0"])


@given(st.text(max_size=60) | st.lists(st.tuples(words, marks), max_size=12).map(lambda p: "".join(map("".join, p))))
def test_no_name_raises(name: str) -> None:
    """Names come from other people's servers and file systems."""
    found = resolve(name)
    assert found is None or found.variant in catalog().variants
