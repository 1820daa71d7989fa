"""A conversation of pydantic-ai as messages of ours.

What pydantic-ai sees as requests with parts of many kinds becomes system, user and tool messages; what a model said
before, its own thoughts and calls among it, becomes assistant messages. A kind that cannot be sent is an error, never
left out in silence.

Source: `pydantic_ai.messages` and `Model.prepare_messages` of pkg:pypi/pydantic-ai-slim@2.68.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from pydantic_ai import messages as theirs
from pydantic_ai.models import ModelRequestParameters

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, BadMessages, Unsupported
from gemwright.messages import Audio, Image, Media, Message, Part, Text, Thinking, ToolCall, ToolResult
from gemwright.messages.parts import JSON

__all__ = ["messages_of"]

_BETWEEN: Final = "\n\n"


def messages_of(messages: Sequence[theirs.ModelMessage], parameters: ModelRequestParameters) -> tuple[Message, ...]:
    """Return a conversation, its system prompt and the instructions of this request first.

    Args:
        messages: as pydantic-ai hands them to a model.
        parameters: those of the request, which hold its instructions.

    Raises:
        BadMessages: something cannot be said to Gemma 4.
        Unsupported: something cannot be sent from here.
    """
    found = [one for message in messages for one in _one(message)]
    standing = 0
    while standing < len(found) and found[standing].role == "system":
        standing += 1
    texts = [message.text for message in found[:standing]] + _instructions(messages, parameters)
    opening = [Message("system", (Text(_BETWEEN.join(texts)),))] if texts else []
    return (*opening, *found[standing:])


def _instructions(messages: Sequence[theirs.ModelMessage], parameters: ModelRequestParameters) -> list[str]:
    """Return this request's instructions: those it names, else those of the last request that had some."""
    if parameters.instruction_parts is not None:
        return [part.content for part in parameters.instruction_parts if part.content]
    for message in reversed(messages):
        if isinstance(message, theirs.ModelRequest) and message.instructions is not None:
            return [message.instructions] if message.instructions else []
    return []


def _one(message: theirs.ModelMessage) -> Iterator[Message]:
    if isinstance(message, theirs.ModelResponse):
        parts = tuple(part for one in message.parts for part in _said(one))
        if parts:
            yield Message("assistant", parts)
        return
    for part in message.parts:
        match part:
            case theirs.SystemPromptPart(content=text):
                yield Message("system", (Text(text),))
            case theirs.UserPromptPart(content=content):
                yield Message("user", tuple(_contents([content] if isinstance(content, str) else content)))
            case theirs.ToolReturnPart():
                yield Message("tool", (_result(part), *_contents(part.files)))
            case _:
                raise BadMessages(
                    f"a request holds a {part.part_kind} part, which cannot be sent",
                    hint="an agent prepares messages before it asks a model: call `prepare_messages` first",
                )


def _said(part: theirs.ModelResponsePart) -> Iterator[Part]:
    match part:
        case theirs.TextPart(content=text):
            if text:
                yield Text(text)
        case theirs.ThinkingPart(content=text):
            if text:
                yield Thinking(text)
        case theirs.ToolCallPart():
            yield ToolCall(part.tool_name, part.args_as_dict(), part.tool_call_id)
        case theirs.NativeToolCallPart() | theirs.NativeToolReturnPart():
            pass  # what another provider's server did for itself; pydantic-ai never sends it to anybody else
        case _:
            raise BadMessages(f"a model said a {part.part_kind} part, which Gemma 4 cannot be shown as its own")


def _result(part: theirs.ToolReturnPart) -> ToolResult:
    """Return a tool's answer: text as text, anything else as the JSON value that it is."""
    text = part.model_response_str(wrap_if_error=False)
    value: JSON = text
    if not isinstance(cast("object", part.content), str):
        try:
            value = cast("JSON", jsonx.parse(text))
        except BadJSON:
            value = text
    return ToolResult(part.tool_name, value, part.tool_call_id, part.outcome in theirs.ERROR_OUTCOMES)


def _contents(items: Iterable[theirs.UserContent]) -> Iterator[Part]:
    for item in items:
        match item:
            case str():
                yield Text(item)
            case theirs.TextContent():
                yield Text(item.content)
            case theirs.BinaryContent() if item.is_image:
                yield Image(Media.from_bytes(item.data, kind="image"))
            case theirs.BinaryContent() if item.is_audio:
                yield Audio(Media.from_bytes(item.data, kind="audio"))
            case theirs.CachePoint():
                pass  # a hint to providers that cache on demand; local runtimes cache by themselves
            case theirs.BinaryContent():
                raise Unsupported(f"a file of type {item.media_type} cannot be sent", hint="images and audio can")
            case _:
                raise Unsupported(
                    f"a file given as {item.kind} is not fetched from here",
                    hint="read it and give its bytes: BinaryContent.from_path(...)",
                )
