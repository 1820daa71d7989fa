"""Faults that were found by trying to break the parser, each with what it has to do instead."""

from __future__ import annotations

import time

import pytest

from gemwright.messages import Malformed, ToolCallDelta, ToolSpec, fold
from gemwright.wire import Parser, parse

NOW = ToolSpec("now", "", {"type": "object", "properties": {}})
NOTE = ToolSpec("note", "", {"type": "object", "properties": {"text": {"type": "string"}, "n": {"type": "integer"}}})


def test_code_fences_show_calls() -> None:
    """An answer that documents a call must not run it; after the fence a call is a call again."""
    shown = "Example:\n```\ncall:now{}\n```\n"
    assert parse(shown, [NOW]).tool_calls == ()
    assert [call.name for call in parse(shown + "call:now{}", [NOW]).tool_calls] == ["now"]


def test_a_key_twice_is_one_call() -> None:
    """The last value stands, the streamed JSON says so too, and nothing is reported as incomplete."""
    parser = Parser([NOTE])
    text = "<|tool_call>call:note{n:1,n:2}<tool_call|>"
    events = [event for character in text for event in parser.feed(character)] + parser.finish()
    turn = fold(events)
    assert dict(turn.tool_calls[0].arguments) == {"n": 2}
    assert not any(isinstance(event, Malformed) for event in events)
    assert "".join(e.json for e in events if isinstance(e, ToolCallDelta)) == '{"n":1,"n":2}'
    assert [repair.id for repair in turn.repairs] == ["repeated-key"]


def test_no_number_that_json_does_not_have() -> None:
    """NaN would break every JSON reader behind us."""
    text = '<|tool_call>{"name": "note", "arguments": {"text": NaN}}<tool_call|>'
    assert [dict(call.arguments) for call in parse(text, [NOTE]).tool_calls] == [{"text": "NaN"}]


@pytest.mark.parametrize("token", ["<pad>", "<image|>", "<unused9>", "<bos>"])
def test_dropped_tokens_join_nothing(token: str) -> None:
    """What a dropped token cuts apart must not make a marker in what is left."""
    for cut in range(1, 12):
        marker = "<|tool_call>"
        turn = parse("a " + marker[:cut] + token + marker[cut:] + " b", [NOW])
        assert marker not in turn.text + turn.thinking


def test_a_call_of_any_size_has_a_cap() -> None:
    """A call beyond the cap is given up with its beginning; memory stays bounded, and what follows is parsed."""
    parser = Parser([NOTE], max_call_chars=10_000)
    events = parser.feed('<|tool_call>call:note{text:<|"|>')
    begin = time.monotonic()
    for _ in range(200):
        events += parser.feed("x" * 1000)
    events += parser.feed('<|"|>}<tool_call|>Done.')
    turn = fold([*events, *parser.finish()])
    assert turn.tool_calls == () and "longer than" in turn.incomplete[0].reason
    assert len(turn.incomplete[0].raw) <= 1000
    assert turn.text == "Done."
    assert time.monotonic() - begin < 5
