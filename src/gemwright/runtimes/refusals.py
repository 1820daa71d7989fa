"""What refusals mean: a full context, no memory, no such model, in the words of every runtime.

Sources of the words: llama.cpp's server; Ollama's `llm/llama_server.go`, `llm/status.go` and `server/routes.go` at
fb30760; vLLM and SGLang as users quote them in public reports; LM Studio's bug tracker;
pkg:pypi/mistralrs@0.9.5 as observed. All are compared in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from gemwright.foundation import jsonx
from gemwright.foundation.errors import (
    BadJSON,
    ContextOverflow,
    MemoryExhausted,
    ModelMissing,
    RuntimeFailure,
    RuntimeRejected,
)

__all__ = ["nearest", "sharpened"]

_OVERFLOW: Final = tuple(
    map(
        re.compile,
        (
            # llama.cpp, and what carries it
            r"request \((?P<needed>\d+) tokens\) exceeds the available context size \((?P<limit>\d+) tokens\)",
            r"exceeds? the available context|context size has been exceeded|larger than the .*context",
            # vLLM: of prompt and answer, of the prompt alone
            r"maximum context length is (?P<limit>\d+) tokens.*total of at least (?P<needed>\d+)",
            r"maximum context length is (?P<limit>\d+) tokens.*you requested (?P<needed>\d+) tokens",
            r"maximum context length is (?P<limit>\d+)",
            r"prompt \(length (?P<needed>\d+)\) is longer than the maximum model length of (?P<limit>\d+)",
            # SGLang
            r"maximum context length of (?P<limit>\d+) tokens.*total of (?P<needed>\d+) tokens",
            r"input \((?P<needed>\d+) tokens\) is longer than the model's context length \((?P<limit>\d+)",
            # LM Studio
            r"keep the first (?P<needed>\d+) tokens.*context length of only (?P<limit>\d+)",
            r"greater than the context length \(n_keep: (?P<needed>\d+) >= n_ctx: (?P<limit>\d+)\)",
            r"tokens to keep from the initial prompt is greater than the context length",
            # Ollama
            r"prompt is longer than the context length|input length exceeds the context length",
            r"exceeds maximum context length|context_length_exceeded",
            # mistral.rs
            r"prompt sequence length is greater than (?P<limit>\d+)",
        ),
    )
)
_OUT_OF_MEMORY: Final = re.compile(
    r"out of (device |system )?memory|outof(device|host)?memory|out_of_(device_)?memory|(insufficient|not enough) (\w+ )?memory"
    r"|failed to allocate|alloc\w* failed|(cuda|hip)malloc failed|requires more system memory"
    r"|no available memory for the cache"
)
_NO_MODEL: Final = re.compile(
    r"model\b.*\b(not found|does not exist|not loaded)|(unknown|no such|invalid) model|no models loaded"
)


def sharpened(error: RuntimeRejected, *, names: Sequence[str] = ()) -> RuntimeFailure:
    """Return the error that a refusal really is: a full context, no memory, no such model, or itself.

    Args:
        error: the refusal.
        names: the models that the server has, where they are known, nearest first.
    """
    details = _error_object(error.body)
    said = f"{error.message} {error.body}".lower()
    told = (_count(details.get("n_prompt_tokens")), _count(details.get("n_ctx")))
    for form in _OVERFLOW:
        if (found := form.search(said)) is not None:
            counts = found.groupdict()
            needed, limit = (int(counts[name]) if counts.get(name) else None for name in ("needed", "limit"))
            return ContextOverflow(error.message, needed=told[0] or needed, limit=told[1] or limit)
    if details.get("type") == "exceed_context_size_error":
        return ContextOverflow(error.message, needed=told[0], limit=told[1])
    if error.status == 507 or _OUT_OF_MEMORY.search(said):
        return MemoryExhausted(error.message)
    if _NO_MODEL.search(said):
        return ModelMissing(error.message, suggestions=tuple(names))
    return error


def nearest(wanted: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of models, the likeliest first."""
    import difflib

    return tuple(difflib.get_close_matches(wanted, names, n=max(1, len(names)), cutoff=0.0))


def _error_object(body: str) -> Mapping[str, Any]:
    try:
        value = jsonx.parse(body)
    except BadJSON:
        return {}
    error = cast("dict[str, Any]", value).get("error") if isinstance(value, dict) else None
    return cast("dict[str, Any]", error) if isinstance(error, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
