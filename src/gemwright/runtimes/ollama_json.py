"""Ollama's JSON: what requests look like, and what its frames mean.

Pure functions. Source: Ollama's `api/types.go`, `server/routes.go` and `docs/api.md` at fb30760 (2026-08-21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, BadMessages, RuntimeGarbled, Unsupported
from gemwright.messages import FinishReason, Usage
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Sampling, ToolCallFragment
from gemwright.runtimes.media import ollama_content
from gemwright.runtimes.reading import as_count, as_list, as_object, as_text, text_at

__all__ = ["ChatReader", "ModelFacts", "chat_body", "facts_of", "raw_body", "raw_chunk"]

_FINISH: Final[Mapping[str, FinishReason]] = {"stop": "stop", "length": "length"}
_NANOSECONDS: Final = 1e9


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What `/api/show` tells of a model.

    Attributes:
        abilities: its capabilities, such as `vision`, `audio`, `tools`, `thinking`; empty where a server lists none.
        template: its chat template, in Go's language.
        architecture: of the weights, as their file says.
        layers, hidden: their number of layers, and the width between them.
    """

    abilities: frozenset[str] = frozenset()
    template: str = ""
    architecture: str = ""
    layers: int | None = None
    hidden: int | None = None

    def can(self, ability: str) -> bool:
        """Return whether it can do something; a server that lists nothing is believed to."""
        return not self.abilities or ability in self.abilities


def facts_of(answer: object) -> ModelFacts:
    """Read the answer of `/api/show`."""
    found = as_object(answer)
    info = as_object(found.get("model_info"))
    architecture = as_text(info.get("general.architecture"))
    return ModelFacts(
        abilities=frozenset(one for one in as_list(found.get("capabilities")) if isinstance(one, str)),
        template=as_text(found.get("template")),
        architecture=architecture,
        layers=as_count(info.get(f"{architecture}.block_count")),
        hidden=as_count(info.get(f"{architecture}.embedding_length")),
    )


def raw_body(
    request: RawRequest, model: str, *, num_ctx: int | None, repeat_penalty: float | None = None
) -> dict[str, Any]:
    """Return the body of `/api/generate` for a rendered prompt.

    `think` is false, for a model's own template would have the text searched for thoughts otherwise. `truncate` is
    false: a prompt that does not fit is refused, not cut without a word.

    Raises:
        Unsupported: the prompt is token ids, or there is a grammar: Ollama takes neither.
    """
    if not isinstance(request.prompt, str):
        raise Unsupported("Ollama takes prompts as text, not as token ids")
    if request.grammar is not None:
        raise Unsupported("Ollama takes no GBNF grammar", hint="use the chat lane, with a schema")
    return {
        "model": model,
        "prompt": request.prompt,
        "raw": True,
        "think": False,
        "stream": True,
        "truncate": False,
        "options": _options(request.sampling, num_ctx, repeat_penalty),
    }


def chat_body(
    request: ChatRequest,
    model: str,
    *,
    think: bool | None,
    num_ctx: int | None,
    repeat_penalty: float | None = None,
) -> dict[str, Any]:
    """Return the body of `/api/chat`. `think` of None is left out.

    Raises:
        BadMessages: arguments in the history are no JSON object.
        Unsupported: the messages hold media that Ollama cannot take.
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": _messages(request.messages),
        "stream": True,
        "truncate": False,
        "options": _options(request.sampling, num_ctx, repeat_penalty),
    }
    if think is not None:
        body["think"] = think
    if request.tools and request.tool_choice != "none":
        body["tools"] = list(request.tools)
    if request.response_schema is not None:
        body["format"] = request.response_schema
    return body


def raw_chunk(frame: Mapping[str, Any]) -> RawChunk:
    """Read a frame of `/api/generate`.

    Raises:
        RuntimeGarbled: it does not look like one.
    """
    if "response" not in frame and frame.get("done") is not True:
        raise RuntimeGarbled("a frame of the stream holds no response")
    text = text_at(frame, "response")
    if frame.get("done") is not True:
        return RawChunk(text)
    return RawChunk(text, finish=_finish(frame), usage=_usage(frame))


class ChatReader:
    """Reads the frames of one stream of `/api/chat`. Ollama sends each call whole; they are numbered as they come."""

    def __init__(self) -> None:
        self._calls = 0

    def read(self, frame: Mapping[str, Any]) -> ChatChunk | None:
        """Read a frame; None if it says nothing.

        Raises:
            RuntimeGarbled: it does not look like one.
        """
        done = frame.get("done") is True
        if "message" not in frame and not done:
            raise RuntimeGarbled("a frame of the stream holds no message")
        message = as_object(frame.get("message"))
        chunk = ChatChunk(
            content=text_at(message, "content"),
            reasoning=text_at(message, "thinking"),
            tool_calls=tuple(self._call(as_object(item)) for item in as_list(message.get("tool_calls"))),
        )
        if not done:
            return chunk if chunk != ChatChunk() else None
        finish = _finish(frame)
        if finish == "stop" and self._calls:
            finish = "tool_calls"
        return ChatChunk(chunk.content, chunk.reasoning, chunk.tool_calls, finish, _usage(frame))

    def _call(self, item: Mapping[str, Any]) -> ToolCallFragment:
        function = as_object(item.get("function"))
        arguments = function.get("arguments")
        text = arguments if isinstance(arguments, str) else jsonx.compact({} if arguments is None else arguments)
        self._calls += 1
        return ToolCallFragment(self._calls - 1, as_text(item.get("id")), as_text(function.get("name")), text)


def _finish(frame: Mapping[str, Any]) -> FinishReason:
    """Return how an answer ended. One that is empty is a runner that went away; no reason at all counts as an end.

    Raises:
        RuntimeGarbled: the runner went away, or the model was only loaded or unloaded.
    """
    reason = frame.get("done_reason", "stop")
    if reason in _FINISH:
        return _FINISH[str(reason)]
    if reason in ("load", "unload"):
        raise RuntimeGarbled(f"the model was {reason}ed and nothing was answered", hint="is the prompt empty?")
    raise RuntimeGarbled("the stream broke: Ollama's runner went away", hint="Ollama's own log says why")


def _usage(frame: Mapping[str, Any]) -> Usage:
    return Usage(
        prompt_tokens=as_count(frame.get("prompt_eval_count")),
        output_tokens=as_count(frame.get("eval_count")),
        prompt_seconds=_seconds(frame.get("prompt_eval_duration")),
        output_seconds=_seconds(frame.get("eval_duration")),
    )


def _seconds(nanoseconds: object) -> float | None:
    return nanoseconds / _NANOSECONDS if isinstance(nanoseconds, int | float) else None


def _options(sampling: Sampling, num_ctx: int | None, repeat_penalty: float | None) -> dict[str, Any]:
    named = {
        "num_ctx": num_ctx,
        "num_predict": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
        "stop": list(sampling.stop) or None,
        "repeat_penalty": repeat_penalty,
    }
    return {name: value for name, value in named.items() if value is not None}


def _messages(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for at, message in enumerate(messages):
        text, media = ollama_content(message.get("content"))
        body: dict[str, Any] = {"role": message.get("role"), "content": text}
        if media:
            body["images"] = media
        thought = as_text(message.get("reasoning_content")) or as_text(message.get("reasoning"))
        if thought:
            body["thinking"] = thought
        calls = [_written_call(as_object(item), f"messages[{at}]") for item in as_list(message.get("tool_calls"))]
        if calls:
            body["tool_calls"] = calls
            names.update((call["id"], call["function"]["name"]) for call in calls if "id" in call)
        if message.get("role") == "tool":
            id_ = as_text(message.get("tool_call_id"))
            name = as_text(message.get("name")) or names.get(id_, "")
            body |= {"tool_name": name} if name else {}
            body |= {"tool_call_id": id_} if id_ else {}
        found.append(body)
    return found


def _written_call(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    function = as_object(item.get("function"))
    arguments: object = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = jsonx.parse(arguments) if arguments.strip() else None
        except BadJSON as error:
            raise BadMessages(f"{where}: the arguments of a call are no JSON: {error.message}") from None
    found = as_object(arguments)
    if arguments is not None and arguments != found:
        raise BadMessages(f"{where}: the arguments of a call are no object")
    written: dict[str, Any] = {"function": {"name": as_text(function.get("name")), "arguments": found}}
    return {"id": as_text(item.get("id")), **written} if item.get("id") else written
