"""Turns as JSON: what is written is read back as it was, and what is no turn is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gemwright.foundation.errors import BadMessages
from gemwright.messages import (
    Image,
    IncompleteCall,
    Media,
    Repair,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
    Usage,
    turn_from_json,
    turn_to_json,
)

WHOLE = Turn(
    parts=(
        Thinking("Look."),
        Text("One moment. "),
        ToolCall("tide", {"n": 2, "deep": [{"a": None}]}, "1"),
        Text("é\u2028"),
        ToolResult("tide", {"high": 1.5}, "1"),
        Image(Media(b"\x89PNG\r\n\x1a\n", "image/png")),
    ),
    finish="tool_calls",
    usage=Usage(3, 4, None, 0.5),
    repairs=(Repair("made-up-id", 2, "tide"),),
    incomplete=(IncompleteCall("tide", "{", "cut"),),
    runtime="ollama",
    version="0.32.1",
    model="gemma4:e2b",
    lane="chat",
    lane_why="the conversation holds media",
    dialect="the runtime's own template",
    note="a note",
    ignored=("tool_choice",),
    quirks=("ollama/a",),
)


@pytest.mark.parametrize("turn", [Turn(), WHOLE])
def test_a_turn_survives(turn: Turn) -> None:
    """Lossless through JSON text, not only through dictionaries."""
    assert turn_from_json(json.loads(json.dumps(turn_to_json(turn)))) == turn


def test_programs_need_no_parts() -> None:
    """Text and calls stand by themselves, and no field of a turn is left out."""
    value = turn_to_json(WHOLE)
    assert value["text"] == WHOLE.text and value["tool_calls"][0]["arguments"] == {"n": 2, "deep": [{"a": None}]}
    assert set(Turn.__dataclass_fields__) <= set(value)


def broken(**changes: Any) -> dict[str, Any]:
    """The whole turn with other fields."""
    return {**turn_to_json(WHOLE), **changes}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"parts": []},
        broken(finish="bored"),
        broken(parts={}),
        broken(parts=[{"type": "song"}]),
        broken(parts=[{"type": "text"}]),
        broken(parts=[{"type": "text", "text": 3}]),
        broken(parts=[{"type": "tool_call", "name": "a", "arguments": "{}"}]),
        broken(parts=[{"type": "image", "data": "data:image/png;base64,AAAA"}]),
        broken(repairs=[{"count": 1}]),
        broken(usage=[]),
    ],
)
def test_what_is_no_turn_is_refused(value: object) -> None:
    """A damaged file must not be explained as if it were whole."""
    with pytest.raises(BadMessages) as caught:
        turn_from_json(value)
    assert caught.value.hint


def test_fields_of_later_versions_are_passed_over() -> None:
    """An older program reads what it knows."""
    value = broken(mood="good")
    value["repairs"][0]["why"] = "x"
    assert turn_from_json(value) == WHOLE
