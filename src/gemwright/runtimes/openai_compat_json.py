"""OpenAI's JSON as runtimes speak it: bodies of completions and chats, and what their frames mean.

Pure functions. Read are reasoning under both of its names, calls whole or in pieces, with or without index and id, and
arguments as text or as an object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from gemwright.foundation import jsonx
from gemwright.foundation.errors import RuntimeGarbled
from gemwright.messages import FinishReason, Usage
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Sampling, ToolCallFragment
from gemwright.runtimes.media import openai_messages
from gemwright.runtimes.reading import as_count, as_list, as_object, as_text, text_at

__all__ = [
    "ChatReader",
    "CompletionReader",
    "Differences",
    "chat_body",
    "completion_body",
    "names_of",
    "vectors",
    "whole_body",
]

Completions: TypeAlias = Literal["none", "text", "tokens"]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_FINISH: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "abort": "cancelled",
    "error": "error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """In what a runtime differs from the others that speak OpenAI's protocol.

    Attributes:
        runtime: what it is called.
        record: id of its record in the catalog, whose quirks it has; empty where there is none.
        port: where it listens when nobody says otherwise.
        reasoning: the field of a message in which it wants earlier thoughts.
        thinking: how thinking is switched: `template` by `chat_template_kwargs`, `effort` by `reasoning_effort` with
            `medium` and `none`.
        completions: what `/v1/completions` may be given so that our marks come back in the text: nothing, text, or ids.
        completion_fields: further fields that such a request needs.
        visible: the field of such a request that lists control tokens to be spelt out; empty where there is none.
        response_schema: whether `response_format` holds an answer to a JSON schema.
        top_k: whether it takes `top_k`, which OpenAI's own protocol has not.
        needs_model: whether a request has to name the model.
        version_paths: where it tells its version, tried in this order.
        version_key: under which key it stands there.
        tokenize_path: where it makes token ids of text; empty where it does not.
        tokenize_field: the field that takes the text there.
        embeddings: whether it makes vectors when its model can.
        images, audio: whether it takes them when its model can.
        ignores: fields of a request that it leaves out without a word.
    """

    runtime: str
    record: str = ""
    port: int | None = None
    reasoning: Literal["reasoning", "reasoning_content"] = "reasoning_content"
    thinking: Literal["template", "effort"] = "template"
    completions: Completions = "none"
    completion_fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    visible: str = ""
    response_schema: bool = True
    top_k: bool = True
    needs_model: bool = True
    version_paths: tuple[str, ...] = ()
    version_key: str = "version"
    tokenize_path: str = ""
    tokenize_field: str = "prompt"
    embeddings: bool = True
    images: bool = True
    audio: bool = False
    ignores: tuple[str, ...] = ()


def chat_body(request: ChatRequest, model: str, differences: Differences) -> dict[str, Any]:
    """Return the body of `/v1/chat/completions`.

    Raises:
        Unsupported: the messages hold media that the runtime does not take.
    """
    body: dict[str, Any] = {
        "messages": openai_messages(request.messages, differences.reasoning, differences.runtime),
        "stream": True,
        "stream_options": {"include_usage": True},
        **_sampling(request.sampling, differences),
    }
    if differences.thinking == "template":
        body["chat_template_kwargs"] = {"enable_thinking": request.thinking}
    else:
        body["reasoning_effort"] = "medium" if request.thinking else "none"
    if request.tools:
        body["tools"] = list(request.tools)
        body["tool_choice"] = request.tool_choice
    if request.response_schema is not None:
        schema = {"name": "answer", "schema": request.response_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return {**body, "model": model} if model else body


def completion_body(request: RawRequest, model: str, differences: Differences) -> dict[str, Any]:
    """Return the body of `/v1/completions`."""
    body: dict[str, Any] = {
        "prompt": request.prompt if isinstance(request.prompt, str) else list(request.prompt),
        "stream": True,
        "stream_options": {"include_usage": True},
        **_sampling(request.sampling, differences),
        **differences.completion_fields,
    }
    if request.visible and differences.visible:
        body[differences.visible] = list(request.visible)
    return {**body, "model": model} if model else body


def whole_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a streamed request's body as one that asks for the answer in one piece."""
    return {**{name: value for name, value in body.items() if name != "stream_options"}, "stream": False}


def vectors(answer: object, wanted: int) -> list[list[float]] | None:
    """Return the vectors of an answer of `/v1/embeddings` in the order of the texts, or None where it holds none."""
    rows = [as_object(row) for row in as_list(as_object(answer).get("data"))]
    if all(as_count(row.get("index")) is not None for row in rows):
        rows.sort(key=lambda row: int(row["index"]))
    found = [as_list(row.get("embedding")) for row in rows]
    numbers = all(isinstance(one, int | float) for row in found for one in row)
    if len(found) != wanted or not numbers or len({len(row) for row in found}) > 1 or not all(found):
        return None
    return [[float(one) for one in row] for row in found]


class _Reader:
    """What both streams share: how it ended and what it cost come in frames of their own, and both are kept."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self._usage: Mapping[str, Any] = _NOTHING
        self._timings: Mapping[str, Any] = _NOTHING

    def _choice(self, frame: Mapping[str, Any]) -> Mapping[str, Any] | None:
        self._usage = as_object(frame.get("usage")) or self._usage
        self._timings = as_object(frame.get("timings")) or self._timings
        choices: Any = frame.get("choices")
        if not isinstance(choices, list):
            if self._usage and "choices" not in frame:
                return None
            raise RuntimeGarbled("a frame of the stream holds no choices")
        if not choices:
            return None
        choice = as_object(as_list(frame.get("choices"))[0])
        reason = choice.get("finish_reason")
        if reason is not None and reason != "":
            self.finish = _FINISH.get(str(reason), "stop")
        return choice

    def usage(self) -> Usage:
        """Return the counts and times that the stream told."""
        details = as_object(self._usage.get("prompt_tokens_details"))
        return Usage(
            prompt_tokens=as_count(self._usage.get("prompt_tokens")),
            output_tokens=as_count(self._usage.get("completion_tokens")),
            cached_tokens=as_count(details.get("cached_tokens")),
            prompt_seconds=_seconds(self._timings.get("prompt_ms")),
            output_seconds=_seconds(self._timings.get("predicted_ms")),
        )


class CompletionReader(_Reader):
    """Reads the frames of one stream of `/v1/completions`."""

    def read(self, frame: Mapping[str, Any]) -> RawChunk | None:
        """Read a frame; None if it says nothing.

        Raises:
            RuntimeGarbled: it does not look like a frame of a stream of completions.
        """
        choice = self._choice(frame)
        if choice is None:
            return None
        if "text" not in choice:
            raise RuntimeGarbled("a frame of the stream holds no text")
        ids = tuple(one for one in as_list(choice.get("token_ids")) if isinstance(one, int))
        chunk = RawChunk(text_at(choice, "text"), ids)
        return chunk if chunk != RawChunk() else None

    def last(self) -> RawChunk:
        """Return the chunk that ends the stream."""
        return RawChunk(finish=self.finish, usage=self.usage())


class ChatReader(_Reader):
    """Reads the frames of one stream of `/v1/chat/completions`."""

    def __init__(self) -> None:
        super().__init__()
        self._indices: dict[str, int] = {}
        self._last = -1

    def read(self, frame: Mapping[str, Any]) -> ChatChunk | None:
        """Read a frame; None if it says nothing.

        Raises:
            RuntimeGarbled: it does not look like a frame of a chat stream.
        """
        choice = self._choice(frame)
        if choice is None:
            return None
        # Some servers answer with the whole message in place of its pieces, streaming or not.
        delta = as_object(choice.get("delta")) or as_object(choice.get("message"))
        chunk = ChatChunk(
            content=_content(delta),
            reasoning=text_at(delta, "reasoning_content") or text_at(delta, "reasoning"),
            tool_calls=tuple(self._fragment(as_object(item)) for item in as_list(delta.get("tool_calls"))),
        )
        return chunk if chunk != ChatChunk() else None

    def last(self) -> ChatChunk:
        """Return the chunk that ends the stream."""
        return ChatChunk(finish=self.finish, usage=self.usage())

    def _fragment(self, item: Mapping[str, Any]) -> ToolCallFragment:
        function = as_object(item.get("function"))
        name, id_ = as_text(function.get("name")), as_text(item.get("id"))
        index = as_count(item.get("index"))
        if index is None:
            index = self._index(id_, name)
        self._last = max(self._last, index) if id_ or name else index
        if id_:
            self._indices.setdefault(id_, index)
        return ToolCallFragment(index, id_, name, _arguments(function))

    def _index(self, id_: str, name: str) -> int:
        """Return the number of a piece's call: that of its id, the next one if it begins a call, else the last one."""
        if id_ in self._indices:
            return self._indices[id_]
        return self._last + 1 if id_ or name else max(self._last, 0)


def _arguments(function: Mapping[str, Any]) -> str:
    """Return arguments as JSON text, also where a server sends the object itself."""
    value = function.get("arguments")
    if value is None or isinstance(value, str):
        return value or ""
    return jsonx.compact(value)


def _content(delta: Mapping[str, Any]) -> str:
    """Return the text of a message, also where it comes as a list of parts."""
    value = delta.get("content")
    if isinstance(value, list):
        return "".join(as_text(as_object(part).get("text")) for part in as_list(delta.get("content")))
    return text_at(delta, "content")


def _sampling(sampling: Sampling, differences: Differences) -> dict[str, Any]:
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k if differences.top_k else None,
        "seed": sampling.seed,
        "max_tokens": sampling.max_tokens,
        "stop": list(sampling.stop) or None,
    }
    return {name: value for name, value in named.items() if value is not None}


def _seconds(milliseconds: object) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int | float) else None


def names_of(answer: Any) -> Sequence[str]:
    """Return the ids in an answer of `/v1/models`."""
    rows = (as_object(row) for row in as_list(as_object(answer).get("data")))
    return [name for name in (as_text(row.get("id")) for row in rows) if name]
