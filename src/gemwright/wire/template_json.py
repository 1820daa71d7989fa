"""Typed messages as the JSON that Gemma 4's chat template reads, led around the template's traps.

- *Order.* The template prints a message's calls before its content, and closes the turn of a message that has both and
  results, without opening another: the model is then never asked to go on. So a message with text and calls becomes
  two, which the template prints as one turn: thought, text, calls, results, as the model wrote them. (Generations
  before 2026-07-09 do not join messages, and the thoughts that `preserve_thinking` keeps have to stand beside their
  calls; such messages stay whole.)
- *Results.* They are put into the message that called, as `tool_responses`. A tool message cannot hold a JSON object,
  and without ids takes the name of the last call; here every result has its own name, an object is printed as the
  response's own fields, any other value as `value`. Only where a result brings pictures or sounds do tool messages
  remain, and what is no text is then serialised as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from gemwright.foundation.errors import BadMessages
from gemwright.messages import Audio, Image, Media, Message, Part, Text, Thinking, ToolCall, ToolResult, Video
from gemwright.wire.dialects import LARGE, Dialect

__all__ = ["media_of", "messages_to_json", "name_of"]


def messages_to_json(
    messages: Sequence[Message], *, dialect: Dialect = LARGE, preserve_thinking: bool = False
) -> list[dict[str, Any]]:
    """Return typed messages in the form that Gemma 4's chat template reads; media are bare placeholders.

    Args:
        messages: the conversation, oldest first.
        dialect: whose template will read it.
        preserve_thinking: whether that template will be told to keep thoughts that led to calls.

    Raises:
        BadMessages: a part stands in a message where it has no meaning, or a result answers no call.
    """
    last_user = max((at for at, message in enumerate(messages) if message.role == "user"), default=-1)
    found: list[dict[str, Any]] = []
    at = 0
    while at < len(messages):
        message = messages[at]
        after = at + 1
        if message.role == "tool":
            raise BadMessages(
                f"messages[{at}] is a tool result that follows no call",
                hint="results come directly after the assistant message whose calls they answer",
            )
        if message.role == "assistant":
            while after < len(messages) and messages[after].role == "tool":
                after += 1
            whole = not dialect.joins_turns or (preserve_thinking and at < last_user)
            found += _assistant(message, messages[at + 1 : after], at, whole=whole)
        else:
            found.append({"role": message.role, "content": _content(message, at)})
        at = after
    return found


def media_of(messages: Sequence[Message]) -> tuple[Media, ...]:
    """Return the media of a conversation in the order of their placeholders."""
    return tuple(
        part.media for message in messages for part in message.parts if isinstance(part, Image | Audio | Video)
    )


def name_of(result: ToolResult, calls: Sequence[ToolCall], position: int) -> str | None:
    """Return the name of the function that a result answers.

    Args:
        result: the result.
        calls: the calls of the message before it.
        position: how many results precede it.

    Returns:
        The name of the call with its id, else its own name, else the name of the call at its position, else None.
    """
    if result.call_id:
        for call in calls:
            if call.id == result.call_id:
                return call.name
    if result.name:
        return result.name
    return calls[position].name if not result.call_id and position < len(calls) else None


def _content(message: Message, at: int) -> str | list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, Text):
            if parts and parts[-1]["type"] == "text":
                parts[-1]["text"] += part.text
            else:
                parts.append({"type": "text", "text": part.text})
        elif message.role == "user" and isinstance(part, Image | Audio | Video):
            parts.append({"type": _media_type(part)})
        else:
            _misplaced(message, part, at)
    if not parts:
        return ""
    return parts[0]["text"] if len(parts) == 1 and parts[0]["type"] == "text" else parts


def _assistant(message: Message, answers: Sequence[Message], at: int, *, whole: bool) -> list[dict[str, Any]]:
    calls = message.tool_calls
    groups: list[tuple[list[str], list[str]]] = [([], [])]  # thoughts, texts
    for part in message.parts:
        if isinstance(part, Thinking):
            if groups[-1][1] and not whole:
                groups.append(([], []))
            groups[-1][0].append(part.text)
        elif isinstance(part, Text):
            groups[-1][1].append(part.text)
        elif not isinstance(part, ToolCall):
            _misplaced(message, part, at)
    if calls and groups[-1][1] and not whole:
        groups.append(([], []))
    found = [_group(thoughts, texts) for thoughts, texts in groups]
    if calls:
        found[-1]["tool_calls"] = [_call(call, str(index)) for index, call in enumerate(calls)]
    elif answers:
        raise BadMessages(
            f"messages[{at + 1}] is a tool result, and the message before it calls no tool",
            hint="results come directly after the assistant message whose calls they answer",
        )
    return _with_answers(found, calls, answers, at + 1)


def _group(thoughts: list[str], texts: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"role": "assistant", "content": "".join(texts)}
    if thoughts:
        found["reasoning"] = "\n".join(thoughts)
    return found


def _call(call: ToolCall, number: str) -> dict[str, Any]:
    """A call; its id is only there to tie results to it inside the template, which never prints ids."""
    return {"id": number, "type": "function", "function": {"name": call.name, "arguments": dict(call.arguments)}}


def _with_answers(
    found: list[dict[str, Any]], calls: tuple[ToolCall, ...], answers: Sequence[Message], at: int
) -> list[dict[str, Any]]:
    named: list[tuple[str, ToolResult, list[str]]] = []  # name, result, types of its media
    for index, message in enumerate(answers, at):
        for part in message.parts:
            if isinstance(part, ToolResult):
                name = name_of(part, calls, len(named))
                if name is None:
                    raise BadMessages(
                        f"messages[{index}] answers no call: there is none with id {part.call_id!r}",
                        hint="give the result the id of the call that it answers, or the tool's name",
                    )
                named.append((name, part, []))
            elif isinstance(part, Image | Audio | Video) and named:
                named[-1][2].append(_media_type(part))
            else:
                _misplaced(message, part, index)
    if any(media for _, _, media in named):
        return found + [_tool_message(name, result, media) for name, result, media in named]
    if named:
        found[-1]["tool_responses"] = [{"name": name, "response": result.content} for name, result, _ in named]
    return found


def _tool_message(name: str, result: ToolResult, media: list[str]) -> dict[str, Any]:
    text = result.content if isinstance(result.content, str) else json.dumps(result.content, ensure_ascii=False)
    content = [{"type": "text", "text": text}, *({"type": kind} for kind in media)]
    return {"role": "tool", "name": name, "tool_call_id": "", "content": content}


def _media_type(part: Image | Audio | Video) -> str:
    return type(part).__name__.lower()


def _misplaced(message: Message, part: Part, at: int) -> NoReturn:
    raise BadMessages(
        f"messages[{at}]: a {message.role} message cannot hold a part of type {type(part).__name__}",
        hint="media belong to user and tool messages, thoughts and calls to assistant, results to tool messages",
    )
