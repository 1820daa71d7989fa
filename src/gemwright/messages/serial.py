"""Turns and messages as JSON and back: the one form in which they are kept, printed and compared.

Written for programs to read a turn without knowing our classes: beside `parts`, which say the order, stand the texts,
thoughts and calls by themselves. Neither prompts nor addresses are in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Final, cast, get_args

from gemwright.foundation.errors import BadMessages
from gemwright.messages.media import Media
from gemwright.messages.message import Message, Role
from gemwright.messages.parts import Audio, Image, Part, Text, Thinking, ToolCall, ToolResult, Video
from gemwright.messages.turn import FinishReason, IncompleteCall, Repair, Turn, Usage

__all__ = ["message_from_json", "message_to_json", "turn_from_json", "turn_to_json"]

_HINT: Final = "it has to be what `gemwright run --json` prints"
_MEDIA: Final[Mapping[str, type[Image] | type[Audio] | type[Video]]] = {"image": Image, "audio": Audio, "video": Video}
_TEXTS: Final = ("runtime", "version", "model", "lane", "lane_why", "dialect", "note")


def turn_to_json(turn: Turn) -> dict[str, Any]:
    """Return a turn as a JSON object, from which `turn_from_json` makes an equal turn."""
    return {
        "text": turn.text,
        "thinking": turn.thinking,
        "tool_calls": [_call(call) for call in turn.tool_calls],
        "incomplete": [asdict(call) for call in turn.incomplete],
        "finish": turn.finish,
        "usage": asdict(turn.usage),
        "repairs": [asdict(repair) for repair in turn.repairs],
        "ignored": list(turn.ignored),
        "quirks": list(turn.quirks),
        **{name: getattr(turn, name) for name in _TEXTS},
        "parts": [_part(part) for part in turn.parts],
    }


def turn_from_json(value: object) -> Turn:
    """Read a turn that `turn_to_json` wrote. Fields that are not known are passed over, as a later version may add some.

    Raises:
        BadMessages: it is none.
    """
    if not isinstance(value, Mapping) or "parts" not in value or "finish" not in value:
        raise BadMessages("this is no turn", hint=_HINT)
    given = cast("Mapping[str, Any]", value)
    if given["finish"] not in get_args(FinishReason):
        raise BadMessages(f"a turn cannot end with {given['finish']!r}", hint=_HINT)
    try:
        return Turn(
            parts=tuple(_read_part(part) for part in _list(given["parts"])),
            finish=given["finish"],
            usage=Usage(**_known(Usage, given.get("usage", {}))),
            repairs=tuple(Repair(**_known(Repair, repair)) for repair in _list(given.get("repairs", []))),
            incomplete=tuple(
                IncompleteCall(**_known(IncompleteCall, call)) for call in _list(given.get("incomplete", []))
            ),
            ignored=tuple(str(name) for name in _list(given.get("ignored", []))),
            quirks=tuple(str(name) for name in _list(given.get("quirks", []))),
            **{name: str(given.get(name, "")) for name in _TEXTS},
        )
    except (TypeError, KeyError, ValueError) as e:
        raise BadMessages(f"this turn is damaged: {e}", hint=_HINT) from e


def message_to_json(message: Message) -> dict[str, Any]:
    """Return a message as a JSON object, from which `message_from_json` makes an equal message."""
    return {"role": message.role, "parts": [_part(part) for part in message.parts]}


def message_from_json(value: object) -> Message:
    """Read a message that `message_to_json` wrote.

    Raises:
        BadMessages: it is none.
    """
    try:
        given = _mapping(value)
        if given["role"] not in get_args(Role):
            raise ValueError(f"there is no role {given['role']!r}")
        return Message(given["role"], tuple(_read_part(part) for part in _list(given["parts"])))
    except (TypeError, KeyError, ValueError) as e:
        raise BadMessages(f"this message is damaged: {e}", hint="it has to be what `message_to_json` makes") from e


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": dict(call.arguments)}


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Thinking(text):
            return {"type": "thinking", "text": text}
        case ToolCall():
            return {"type": "tool_call", **_call(part)}
        case ToolResult():
            return {"type": "tool_result", **asdict(part)}
        case _:
            kind = next(name for name, one in _MEDIA.items() if one is type(part))
            return {"type": kind, "data": part.media.data_url()}


def _read_part(value: object) -> Part:
    given = _mapping(value)
    match given["type"]:
        case "text":
            return Text(_text(given["text"]))
        case "thinking":
            return Thinking(_text(given["text"]))
        case "tool_call":
            return ToolCall(_text(given["name"]), _mapping(given["arguments"]), _text(given.get("id", "")))
        case "tool_result":
            return ToolResult(**_known(ToolResult, given))
        case kind if kind in _MEDIA:
            return _MEDIA[kind](Media.from_data_url(_text(given["data"]), kind=kind))
        case kind:
            raise ValueError(f"there is no part of type {kind!r}")


def _known(record: type[Any], value: object) -> dict[str, Any]:
    names = {one.name for one in fields(record)}
    return {name: item for name, item in _mapping(value).items() if name in names}


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"an object was expected, not {type(value).__name__}")
    return cast("Mapping[str, Any]", value)


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {type(value).__name__}")
    return cast("list[Any]", value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value
