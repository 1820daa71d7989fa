"""llama.cpp's JSON: what requests look like, and what its frames and errors mean.

Pure functions. Seen on llama.cpp as it comes in pkg:pypi/xllamacpp@2026.10.11549; tests hold them against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gemwright.foundation.errors import RuntimeGarbled
from gemwright.messages import FinishReason, Usage
from gemwright.runtimes.base import ChatRequest, RawChunk, RawRequest, Sampling
from gemwright.runtimes.media import openai_messages
from gemwright.runtimes.openai_compat_json import ChatReader
from gemwright.runtimes.reading import as_count, as_list, as_object, text_at
from gemwright.runtimes.refusals import sharpened

__all__ = ["ChatReader", "chat_body", "raw_body", "raw_chunk", "sharpened", "template_body"]

_RAW_FINISH: Final[Mapping[str, FinishReason]] = {"limit": "length"}
"""`stop_type` is eos, word or limit; a full context says limit too."""

_LAST_FRAME_FIELDS: Final = (
    "content",
    "tokens",
    "stop",
    "stop_type",
    "tokens_predicted",
    "tokens_evaluated",
    "timings",
)
"""What the last frame is asked to hold: else it repeats the whole prompt and all settings."""


def raw_body(request: RawRequest, tokens: Sequence[int], model: str) -> dict[str, Any]:
    """Return the body of `/completion` for a prompt of these tokens."""
    body: dict[str, Any] = {
        "prompt": list(tokens),
        "stream": True,
        "cache_prompt": True,
        "return_tokens": True,
        "response_fields": list(_LAST_FRAME_FIELDS),
        **_sampling(request.sampling, budget="n_predict"),
    }
    if request.grammar is not None:
        body["grammar"] = request.grammar
    if request.visible:
        body["preserved_tokens"] = list(request.visible)
    return _named(body, model)


def chat_body(request: ChatRequest, model: str) -> dict[str, Any]:
    """Return the body of `/v1/chat/completions`."""
    body: dict[str, Any] = {
        **template_body(request),
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": True,
        "reasoning_format": "auto",
        **_sampling(request.sampling, budget="max_tokens"),
    }
    if request.response_schema is not None:
        schema = {"name": "answer", "schema": request.response_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return _named(body, model)


def template_body(request: ChatRequest) -> dict[str, Any]:
    """Return what the server's chat template is given: the body of `/apply-template`."""
    body: dict[str, Any] = {
        "messages": openai_messages(request.messages, "reasoning_content", "llama.cpp"),
        "chat_template_kwargs": {"enable_thinking": request.thinking},
    }
    if request.tools:
        body["tools"] = list(request.tools)
        body["tool_choice"] = request.tool_choice
    return body


def raw_chunk(frame: Mapping[str, Any]) -> RawChunk:
    """Read a frame of `/completion`.

    Raises:
        RuntimeGarbled: it does not look like one.
    """
    if "content" not in frame:
        raise RuntimeGarbled("a frame of the stream holds no content")
    text, tokens = text_at(frame, "content"), _tokens(frame.get("tokens"))
    if frame.get("stop") is not True:
        return RawChunk(text, tokens)
    timings = as_object(frame.get("timings"))
    usage = Usage(
        prompt_tokens=as_count(frame.get("tokens_evaluated")),
        output_tokens=as_count(frame.get("tokens_predicted")),
        cached_tokens=as_count(timings.get("cache_n")),
        prompt_seconds=_seconds(timings.get("prompt_ms")),
        output_seconds=_seconds(timings.get("predicted_ms")),
    )
    return RawChunk(text, tokens, _RAW_FINISH.get(str(frame.get("stop_type")), "stop"), usage)


def _named(body: dict[str, Any], model: str) -> dict[str, Any]:
    return {**body, "model": model} if model else body


def _sampling(sampling: Sampling, *, budget: str) -> dict[str, Any]:
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "seed": sampling.seed,
        budget: sampling.max_tokens,
        "stop": list(sampling.stop) or None,
    }
    chosen = {name: value for name, value in named.items() if value is not None}
    if sampling.temperature is not None or sampling.top_p is not None or sampling.top_k is not None:
        chosen["min_p"] = 0.0  # the server's own 0.05 would narrow the choice further than the caller asked for
    return chosen


def _tokens(value: object) -> tuple[int, ...]:
    return tuple(token for token in as_list(value) if isinstance(token, int))


def _seconds(milliseconds: object) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int | float) else None
