"""Environments from JSON: names as people write them, and errors that name the part."""

from __future__ import annotations

from typing import Any

import pytest

from gemwright.corpus import Environment
from gemwright.corpus.environment import package_name, setting_name, variant_name
from gemwright.foundation.errors import UsageProblem


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("llama-server", "llama.cpp"),
        ("LM Studio", "lmstudio"),
        ("unsloth_zoo", "unsloth-zoo"),
        ("flash_attn", "flash-attn"),
        ("gemma_pytorch", "gemma_pytorch"),
        ("docker/model-runner", "docker/model-runner"),
        ("@huggingface/transformers", "@huggingface/transformers"),
    ],
)
def test_packages(given: str, name: str) -> None:
    """One software, one name."""
    assert package_name(given) == name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("--kv-cache-dtype", "kv_cache_dtype"),
        ("-fa", "flash_attn"),
        ("options.num_ctx", "num_ctx"),
        ("OLLAMA_X", "ollama_x"),
    ],
)
def test_settings(given: str, name: str) -> None:
    """Flags and fields are the same thing."""
    assert setting_name(given) == name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("26B-A4B", "26B-A4B"),
        ("26b", "26B-A4B"),
        ("gemma4:26b", "26B-A4B"),
        ("google/gemma-4-12B-it", "12B"),
        ("gemma-4-E2B-it", "E2B"),
        ("DiffusionGemma-26B-A4B", "diffusiongemma"),
        ("embeddinggemma-2", "embeddinggemma-2"),
    ],
)
def test_variants(given: str, name: str) -> None:
    """Tags and repositories are variants."""
    assert variant_name(given) == name


def test_nested_settings_are_seen() -> None:
    """Requests carry tables: what is inside counts, unless the same name stands outside."""
    settings = {
        "options": {"num_ctx": 4096, "top_k": 1},
        "top_k": 64,
        "chat_template_kwargs": {"enable_thinking": True},
    }
    found = Environment.from_json({"settings": settings}).settings
    assert (found["num_ctx"], found["top_k"], found["enable_thinking"]) == (4096, 64, True)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ([], "the facts must be a JSON object"),
        ({"runtime": {}}, "no part 'runtime'"),
        ({"runtimes": ["ollama"]}, "runtimes must be a JSON object"),
        ({"runtimes": {"ollama": ["0.20"]}}, "runtimes.ollama must be text or null"),
        ({"models": {}}, "models must be a list"),
        ({"models": ["26b"]}, r"models\[0\] must be a JSON object"),
        ({"models": [{"variant": 26}]}, r"models\[0\].variant must be text"),
        ({"hardware": {"gpus": "H100"}}, "hardware.gpus must be a list"),
        ({"task": 1}, "task must be text"),
        ({"settings": {str(n): 1 for n in range(10_001)}}, "more than 10000"),
    ],
)
def test_bad_shapes_are_named(facts: Any, says: str) -> None:
    """The message says which part, and what it should be."""
    with pytest.raises(UsageProblem, match=says):
        Environment.from_json(facts)


def test_versions_may_be_numbers_or_unknown() -> None:
    """JSON writers send 26.04 as a number."""
    environment = Environment.from_json({"packages": {"axolotl": 0.18, "trl": None}})
    assert environment.version("axolotl") == (True, "0.18")
    assert environment.version("trl") == (True, None)
    assert environment.version("peft") == (False, None)
