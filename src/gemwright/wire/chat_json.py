"""Chat JSON as OpenAI's API has it, read into typed messages and written from them.

Reading takes what clients really send: content as text, parts or null, arguments as JSON text or as an object, thoughts
under `reasoning` or `reasoning_content`, images and audio as base64 `data:` URLs (remote addresses are never fetched),
and Gemma's own `tool_responses`. Fields that it does not know are ignored; values that cannot be read are refused with
the place where they stand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from gemwright.foundation.errors import BadMessages
from gemwright.messages import Audio, Image, Media, Message, Part, Role, Text, Thinking, ToolCall, ToolResult, Video
from gemwright.wire.reading import is_object
from gemwright.wire.template_json import name_of

__all__ = ["messages_from_json", "messages_to_openai"]

_ROLES: Final[dict[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "model": "assistant",
    "tool": "tool",
}
_MEDIA: Final[dict[str, type[Image] | type[Audio] | type[Video]]] = {
    "image": Image,
    "image_url": Image,
    "audio": Audio,
    "audio_url": Audio,
    "input_audio": Audio,
    "video": Video,
    "video_url": Video,
}
_AUDIO_FORMATS: Final = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/flac": "flac", "audio/ogg": "ogg"}


def messages_from_json(value: Any) -> list[Message]:
    """Read a conversation.

    Args:
        value: a list of messages as JSON.

    Raises:
        BadMessages: it cannot be read; the message names the place, as in `messages[2].content[0]`.
    """
    if not isinstance(value, list | tuple):
        raise BadMessages(f"messages must be a list, not {_kind(value)}")
    found: list[Message] = []
    calls: tuple[ToolCall, ...] = ()
    answered = 0
    for at, item in enumerate(cast("Sequence[Any]", value)):
        where = f"messages[{at}]"
        body = _object(item, where)
        role = _role(body, where)
        if role == "tool":
            found.append(_tool_message(body, calls, answered, where))
            answered += 1
        else:
            parts = _parts(body.get("content"), f"{where}.content")
            if role == "assistant":
                parts = [*_thinking(body, where), *parts, *_calls(body, where)]
            found.append(Message(role, tuple(parts)))
            calls = found[-1].tool_calls
            answered = 0
            if role == "assistant" and body.get("tool_responses"):
                found.append(_responses(body["tool_responses"], calls, f"{where}.tool_responses"))
    return found


def messages_to_openai(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Write a conversation for runtimes that render by themselves.

    Arguments become JSON text, results that are no text become JSON text, thoughts go under `reasoning_content`, media
    become `data:` URLs (audio: `input_audio`). `messages_from_json` reads all of it back, but for the order of text and
    calls within one message, and the types of results.

    Args:
        messages: the conversation, oldest first.
    """
    found: list[dict[str, Any]] = []
    ids: list[str] = []
    for at, message in enumerate(messages):
        if message.role == "tool":
            found += _written_results(message, ids)
            continue
        body: dict[str, Any] = {"role": message.role, "content": _written_content(message.parts)}
        thoughts = [part.text for part in message.parts if isinstance(part, Thinking)]
        if thoughts:
            body["reasoning_content"] = "\n".join(thoughts)
        calls = message.tool_calls
        ids = [call.id or f"call_{at}_{index}" for index, call in enumerate(calls)]
        if calls:
            body["content"] = body["content"] or None
            body["tool_calls"] = [_written_call(call, id_) for call, id_ in zip(calls, ids, strict=True)]
        found.append(body)
    return found


def _role(body: Mapping[str, Any], where: str) -> Role:
    role = body.get("role")
    found = _ROLES.get(role) if isinstance(role, str) else None
    if found is None:
        raise BadMessages(f"{where}.role must be one of {', '.join(_ROLES)}, not {role!r}")
    return found


def _parts(content: Any, where: str) -> list[Part]:
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)] if content else []
    if not isinstance(content, list | tuple):
        raise BadMessages(f"{where} must be text, a list of parts, or null, not {_kind(content)}")
    return [_part(item, f"{where}[{at}]") for at, item in enumerate(cast("Sequence[Any]", content))]


def _part(item: Any, where: str) -> Part:
    if isinstance(item, str):
        return Text(item)
    body = _object(item, where)
    kind = body.get("type")
    if kind == "text":
        return Text(_text(body.get("text"), f"{where}.text"))
    media = _MEDIA.get(kind) if isinstance(kind, str) else None
    if media is None:
        raise BadMessages(
            f"{where}.type must be one of text, {', '.join(_MEDIA)}, not {kind!r}",
            hint="files and other parts are unknown to Gemma 4: send their text, or pictures of their pages",
        )
    try:
        return media(_media(body, cast("str", kind), media.__name__.lower(), where))
    except BadMessages as e:
        raise BadMessages(f"{where}: {e.message}", hint=e.hint) from None


def _media(body: Mapping[str, Any], kind: str, family: str, where: str) -> Media:
    held = body.get(kind, body.get("url", body.get("data")))
    if isinstance(held, Mapping):
        inner = cast("Mapping[str, Any]", held)
        held = inner.get("url", inner.get("data"))
    text = _text(held, f"{where}.{kind}")
    if not text.startswith("data:") and kind == "input_audio":
        text = f"data:audio/*;base64,{text}"
    return Media.from_data_url(text, kind=family)


def _thinking(body: Mapping[str, Any], where: str) -> list[Part]:
    for field in ("reasoning", "reasoning_content"):
        thought = body.get(field)
        if thought:
            return [Thinking(_text(thought, f"{where}.{field}"))]
    return []


def _calls(body: Mapping[str, Any], where: str) -> list[Part]:
    given = body.get("tool_calls")
    if given is None:
        return []
    if not isinstance(given, list | tuple):
        raise BadMessages(f"{where}.tool_calls must be a list, not {_kind(given)}")
    return [_call(item, f"{where}.tool_calls[{at}]") for at, item in enumerate(cast("Sequence[Any]", given))]


def _call(item: Any, where: str) -> ToolCall:
    body = _object(item, where)
    function = _object(body.get("function"), f"{where}.function")
    name = _text(function.get("name"), f"{where}.function.name")
    if not name:
        raise BadMessages(f"{where}.function.name is empty")
    arguments = _arguments(function.get("arguments"), f"{where}.function.arguments")
    return ToolCall(name, arguments, _id(body.get("id")))


def _arguments(given: Any, where: str) -> dict[str, Any]:
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as e:
            raise BadMessages(f"{where} is not JSON: {e}", hint="arguments are an object, or its JSON text") from None
    if given is None or isinstance(given, str):
        return {}
    return dict(_object(given, where))


def _tool_message(body: Mapping[str, Any], calls: Sequence[ToolCall], answered: int, where: str) -> Message:
    content: Any = body.get("content")
    media: list[Part] = []
    if _are_parts(content):
        parts = _parts(content, f"{where}.content")
        content = "".join(part.text for part in parts if isinstance(part, Text))
        media = [part for part in parts if not isinstance(part, Text)]
    name = body.get("name")
    result = ToolResult(name if isinstance(name, str) else "", content, _id(body.get("tool_call_id")))
    return Message("tool", (_named(result, calls, answered, where), *media))


def _are_parts(content: Any) -> bool:
    """Whether a result's content is a list of parts, not a list that the tool gave as its answer."""
    if not isinstance(content, list) or not content:
        return False
    kinds = [item.get("type") if is_object(item) else None for item in cast("list[Any]", content)]
    return all(kind == "text" or (isinstance(kind, str) and kind in _MEDIA) for kind in kinds)


def _responses(given: Any, calls: Sequence[ToolCall], where: str) -> Message:
    if not isinstance(given, list | tuple):
        raise BadMessages(f"{where} must be a list, not {_kind(given)}")
    results: list[Part] = []
    for at, item in enumerate(cast("Sequence[Any]", given)):
        body = _object(item, f"{where}[{at}]")
        name = body.get("name")
        result = ToolResult(name if isinstance(name, str) else "", body.get("response"))
        results.append(_named(result, calls, at, f"{where}[{at}]"))
    return Message("tool", tuple(results))


def _named(result: ToolResult, calls: Sequence[ToolCall], answered: int, where: str) -> ToolResult:
    name = name_of(result, calls, answered)
    if name is None:
        raise BadMessages(
            f"{where} answers no call",
            hint="a tool message follows the assistant message that called, and names the call's id or the tool",
        )
    return ToolResult(name, result.content, result.call_id)


def _written_content(parts: Sequence[Part]) -> str | list[dict[str, Any]]:
    if not any(isinstance(part, Image | Audio | Video) for part in parts):
        return "".join(part.text for part in parts if isinstance(part, Text))
    found: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(part, Text):
            found.append({"type": "text", "text": part.text})
        elif isinstance(part, Audio) and part.media.mime in _AUDIO_FORMATS:
            sound = {
                "data": base64.b64encode(part.media.data).decode("ascii"),
                "format": _AUDIO_FORMATS[part.media.mime],
            }
            found.append({"type": "input_audio", "input_audio": sound})
        elif isinstance(part, Image | Audio | Video):
            kind = f"{type(part).__name__.lower()}_url"
            found.append({"type": kind, kind: {"url": part.media.data_url()}})
    return found


def _written_call(call: ToolCall, id_: str) -> dict[str, Any]:
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    return {"id": id_, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _written_results(message: Message, unanswered: list[str]) -> list[dict[str, Any]]:
    """Results as tool messages; one without an id gets that of the first call that is unanswered."""
    found: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            id_ = part.call_id or (unanswered[0] if unanswered else "")
            if id_ in unanswered:
                unanswered.remove(id_)
            text = part.content if isinstance(part.content, str) else json.dumps(part.content, ensure_ascii=False)
            found.append({"role": "tool", "tool_call_id": id_, "name": part.name, "content": text})
    media = [part for part in message.parts if isinstance(part, Image | Audio | Video)]
    if media and found:
        found[-1]["content"] = [{"type": "text", "text": found[-1]["content"]}, *_written_content(media)]
    return found


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadMessages(f"{where} must be an object, not {_kind(value)}")
    return cast("Mapping[str, Any]", value)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise BadMessages(f"{where} must be text, not {_kind(value)}")
    return value


def _id(value: Any) -> str:
    return "" if value is None else str(value)


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
