"""llama.cpp's JSON: what requests look like, and what its frames and errors mean.

Pure functions. Seen on llama.cpp as it comes in pkg:pypi/xllamacpp@2026.10.11549; tests hold them against it.
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
    RuntimeGarbled,
    RuntimeRejected,
)
from gemwright.messages import FinishReason, Usage
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Sampling, ToolCallFragment

__all__ = ["ChatReader", "chat_body", "raw_body", "raw_chunk", "sharpened", "template_body"]

_RAW_FINISH: Final[Mapping[str, FinishReason]] = {"limit": "length"}
"""`stop_type` is eos, word or limit; a full context says limit too."""

_CHAT_FINISH: Final[Mapping[str, FinishReason]] = {
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}

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

_OVERFLOW: Final = re.compile(
    r"exceeds? the available context|context size has been exceeded|larger than the .*context"
)
_OVERFLOW_COUNTS: Final = re.compile(r"\((\d+) tokens\).*\((\d+) tokens\)")
_OUT_OF_MEMORY: Final = re.compile(r"out of memory|outofmemory|insufficient memory|failed to allocate|alloc\w* failed")
_NO_MODEL: Final = re.compile(r"model\b.*\b(not found|does not exist|not loaded)|(unknown|no such|invalid) model")


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
        "messages": list(request.messages),
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
    text, tokens = _text(frame, "content"), _tokens(frame.get("tokens"))
    if frame.get("stop") is not True:
        return RawChunk(text, tokens)
    timings = _object(frame.get("timings"))
    usage = Usage(
        prompt_tokens=_count(frame.get("tokens_evaluated")),
        output_tokens=_count(frame.get("tokens_predicted")),
        cached_tokens=_count(timings.get("cache_n")),
        prompt_seconds=_seconds(timings.get("prompt_ms")),
        output_seconds=_seconds(timings.get("predicted_ms")),
    )
    return RawChunk(text, tokens, _RAW_FINISH.get(str(frame.get("stop_type")), "stop"), usage)


class ChatReader:
    """Reads the frames of one chat stream. How it ended and what it cost come in frames of their own: both are kept."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self._usage: Mapping[str, Any] = {}
        self._timings: Mapping[str, Any] = {}

    def read(self, frame: Mapping[str, Any]) -> ChatChunk | None:
        """Read a frame; None if it says nothing.

        Raises:
            RuntimeGarbled: it does not look like a frame of a chat stream.
        """
        self._usage = _object(frame.get("usage")) or self._usage
        self._timings = _object(frame.get("timings")) or self._timings
        choices: Any = frame.get("choices")
        if not isinstance(choices, list):
            raise RuntimeGarbled("a frame of the stream holds no choices")
        if not choices:
            return None
        choice = _object(cast("list[Any]", choices)[0])
        reason = choice.get("finish_reason")
        if reason is not None:
            self.finish = _CHAT_FINISH.get(str(reason), "stop")
        delta = _object(choice.get("delta"))
        chunk = ChatChunk(
            content=_text(delta, "content"),
            reasoning=_text(delta, "reasoning_content") or _text(delta, "reasoning"),
            tool_calls=_fragments(delta.get("tool_calls")),
        )
        return chunk if chunk != ChatChunk() else None

    def last(self) -> ChatChunk:
        """Return the chunk that ends the stream."""
        details = _object(self._usage.get("prompt_tokens_details"))
        usage = Usage(
            prompt_tokens=_count(self._usage.get("prompt_tokens")),
            output_tokens=_count(self._usage.get("completion_tokens")),
            cached_tokens=_count(details.get("cached_tokens")),
            prompt_seconds=_seconds(self._timings.get("prompt_ms")),
            output_seconds=_seconds(self._timings.get("predicted_ms")),
        )
        return ChatChunk(finish=self.finish, usage=usage)


def sharpened(error: RuntimeRejected) -> RuntimeFailure:
    """Return the error that a refusal really is: a full context, no memory, no such model, or itself."""
    details = _error_object(error.body)
    said = error.message.lower()
    if details.get("type") == "exceed_context_size_error" or _OVERFLOW.search(said):
        counts = _OVERFLOW_COUNTS.search(said)
        needed, limit = (int(counts[1]), int(counts[2])) if counts else (None, None)
        needed, limit = _count(details.get("n_prompt_tokens")) or needed, _count(details.get("n_ctx")) or limit
        return ContextOverflow(error.message, needed=needed, limit=limit)
    if error.status == 507 or _OUT_OF_MEMORY.search(said):
        return MemoryExhausted(error.message)
    if _NO_MODEL.search(said):
        return ModelMissing(error.message)
    return error


def _error_object(body: str) -> Mapping[str, Any]:
    try:
        return _object(_object(jsonx.parse(body)).get("error"))
    except BadJSON:
        return {}


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


def _text(frame: Mapping[str, Any], key: str) -> str:
    value = frame.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RuntimeGarbled(f"{key} in a frame of the stream is no text")
    return value


def _tokens(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(token for token in cast("list[object]", value) if isinstance(token, int))


def _fragments(value: object) -> tuple[ToolCallFragment, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(_fragment(_object(item), position) for position, item in enumerate(cast("list[object]", value)))


def _fragment(item: Mapping[str, Any], position: int) -> ToolCallFragment:
    function = _object(item.get("function"))
    index = _count(item.get("index"))
    return ToolCallFragment(
        index=position if index is None else index,
        id=_text(item, "id"),
        name=_text(function, "name"),
        arguments=_text(function, "arguments"),
    )


def _object(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _seconds(milliseconds: object) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int | float) else None
