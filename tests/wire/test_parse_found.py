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


Q = '<|"|>'


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("call:f{arr:[1] n:2}", {"arr": [1], "n": 2}),
        (f"call:f{{q:Paris, France{Q},n:5}}", {"q": "Paris, France", "n": 5}),
        (f"call:f(q:{Q}1{Q}}}", {"q": "1"}),
        (f"call:g{{row:[1,{{k:{Q}{Q}}}row:[1,{{k:<", {"row": [1, {"k": "<"}]}),
        ('```json\n{"name": "f", "arguments": {"n": 1}}\n```', {"n": 1}),
    ],
)
def test_damaged_calls(text: str, arguments: dict[str, object]) -> None:
    """Nothing of the arguments is lost, nothing is reported as incomplete, and chunks change nothing."""
    text = f"<|tool_call>{text}<tool_call|>"
    whole = parse(text)
    assert [dict(call.arguments) for call in whole.tool_calls] == [arguments]
    assert whole.incomplete == ()
    parser = Parser()
    assert fold([event for character in text for event in parser.feed(character)] + parser.finish()) == whole


@pytest.mark.parametrize("text", ["<|channe<channe<bos>l>thought", f"<|{Q}|>", Q * 20])
def test_halves_do_not_join(text: str) -> None:
    """Cut marks and stray delimiters leave no mark behind."""
    turn = parse(text)
    assert not any(mark in turn.text + turn.thinking for mark in ("<|channel>", Q))


@pytest.mark.parametrize("text", ["thought", "thou", "Thought", "call", "```", "{"])
def test_short_answers_are_answers(text: str) -> None:
    """What looks like the beginning of something else is the answer if nothing follows."""
    turn = parse(text, [NOW])
    assert turn.text == text and not turn.repairs
