"""What runtimes say when it does not fit, word for word from their sources and from public reports."""

from __future__ import annotations

import json

import pytest

from gemwright.foundation.errors import ContextOverflow, MemoryExhausted, ModelMissing, RuntimeRejected
from gemwright.foundation.rejections import rejection
from gemwright.runtimes.refusals import nearest, sharpened


def refused(words: str, status: int = 400) -> RuntimeRejected:
    """Return a refusal in these words."""
    return rejection(status, json.dumps({"error": {"message": words}}), where="x")


@pytest.mark.parametrize(
    ("words", "needed", "limit"),
    [
        (
            "This model's maximum context length is 8192 tokens. However, you requested 4096 output tokens and your "
            "prompt contains at least 6000 input tokens, for a total of at least 10096 tokens.",
            10096,
            8192,
        ),
        (
            "This model's maximum context length is 2048 tokens. However, you requested 3000 tokens (2000 in the "
            "messages, 1000 in the completion). Please reduce the length of the messages or completion.",
            3000,
            2048,
        ),
        ("This model's maximum context length is 2048 tokens", None, 2048),
        ("The decoder prompt (length 9001) is longer than the maximum model length of 8192.", 9001, 8192),
        ("The input (516368 tokens) is longer than the model's context length (262144 tokens).", 516368, 262144),
        (
            "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of "
            "40000 tokens: 36000 tokens from the input messages and 4000 tokens for the completion.",
            40000,
            32768,
        ),
        (
            "Trying to keep the first 13201 tokens when context the overflows. However, the model is loaded with context "
            "length of only 4096 tokens, which is not enough.",
            13201,
            4096,
        ),
        (
            "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 10247 >= "
            "n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter prompt.",
            10247,
            4096,
        ),
        ("the prompt is longer than the context length currently available to the model; shorten", None, None),
        ("the input length exceeds the context length", None, None),
        ("request (70 tokens) exceeds the available context size (64 tokens), try increasing it", 70, 64),
    ],
)
def test_a_full_context(words: str, needed: int | None, limit: int | None) -> None:
    """With the numbers where they are told, also behind the part of a message that is shown."""
    found = sharpened(refused(words))
    assert isinstance(found, ContextOverflow)
    assert (found.needed, found.limit) == (needed, limit)


@pytest.mark.parametrize(
    "words",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "model requires more system memory (9.6 GiB) than is available (7.1 GiB)",
        "cudaMalloc failed: something",
        "ErrorOutOfDeviceMemory",
        "No available memory for the cache blocks.",
        "insufficient memory",
    ],
)
def test_no_memory(words: str) -> None:
    """A person can act on it."""
    assert isinstance(sharpened(refused(words, 500)), MemoryExhausted)


@pytest.mark.parametrize(
    "words",
    ["model 'gemma' not found", "The model `gemma` does not exist.", "No models loaded. Please load a model"],
)
def test_no_model(words: str) -> None:
    """The names that there are come along."""
    found = sharpened(refused(words, 404), names=("gemma4:e4b",))
    assert isinstance(found, ModelMissing) and found.suggestions == ("gemma4:e4b",)


@pytest.mark.parametrize(
    "words",
    ["Not Found", "boom", '"auto" tool choice requires --enable-auto-tool-choice', "max_tokens must be at least 1"],
)
def test_the_rest(words: str) -> None:
    """It stays what it was."""
    error = refused(words)
    assert sharpened(error) is error


def test_nearest() -> None:
    """All names, the likeliest first."""
    assert nearest("gemma4:e4", ["llama", "gemma4:31b", "gemma4:e4b"])[0] == "gemma4:e4b"
    assert nearest("a", []) == ()
