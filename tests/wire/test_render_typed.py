"""Typed messages to prompts: order, results, media, and the template's traps that are led around."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.errors import BadMessages
from gemwright.messages import (
    Audio,
    Image,
    Media,
    Message,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    ToolSpec,
    assistant,
    system,
    tool_result,
    user,
)
from gemwright.wire.dialects import APRIL_28, LARGE, SMALL, Dialect
from gemwright.wire.render import render, render_text
from gemwright.wire.template_json import messages_to_json
from tests.oracle.conversations import objects

PICTURE = Media(b"\x89PNG\r\n\x1a\n0", "image/png")
OTHER = Media(b"\x89PNG\r\n\x1a\n1", "image/png")
SOUND = Media(b"RIFF0000WAVE", "audio/wav")
CALL = ToolCall("look", {"at": "sky"}, "c1")


def model_turns(messages: list[Message], **options: Any) -> str:
    """Return the prompt from its first model turn on."""
    return render(messages, **options).text.partition("<|turn>model\n")[2]


def test_text_before_calls_stays_before_them() -> None:
    """The template prints calls first and then never asks the model to go on; here the order is the model's own."""
    messages = [user("Q"), assistant("Let me look. ", CALL), tool_result(CALL, "blue")]
    text = model_turns(messages, dialect=LARGE)
    assert text == (
        'Let me look.<|tool_call>call:look{at:<|"|>sky<|"|>}<tool_call|>'
        '<|tool_response>response:look{value:<|"|>blue<|"|>}<tool_response|>'
    )


def test_the_trap_is_real() -> None:
    """One JSON message with text, calls and a result ends its turn, and with thinking a thought is cued outside any turn."""
    function = {"name": "look", "arguments": {}}
    message = {"role": "assistant", "content": "Let me look.", "tool_calls": [{"id": "c", "function": function}]}
    result = {"role": "tool", "tool_call_id": "c", "content": "blue"}
    options = {"add_generation_prompt": True, "enable_thinking": True}
    text = render_text([{"role": "user", "content": "Q"}, message, result], options=options)
    assert text.endswith("Let me look.<turn|>\n<|channel>thought\n")


def test_text_after_calls_is_put_before_them() -> None:
    """After its calls a model waits; what it wrote behind them must not come after the results."""
    messages = [user("Q"), assistant(CALL, "I look."), tool_result(CALL, "blue"), assistant("It is blue.")]
    text = model_turns(messages, add_generation_prompt=False)
    assert text.startswith("I look.<|tool_call>")
    assert text.endswith("<tool_response|>It is blue.<turn|>\n")


def test_thoughts_in_their_places() -> None:
    """A thought, a text, a second thought and a call come out as they were written."""
    messages = [user("Q"), assistant(Thinking("a"), "b", Thinking("c"), CALL)]
    text = model_turns(messages, thinking=True)
    assert text.startswith("<|channel>thought\na\n<channel|>b<|channel>thought\nc\n<channel|><|tool_call>")
    assert text.endswith("<tool_call|><|tool_response>")


def test_thoughts_that_stay_whole_to_be_preserved() -> None:
    """`preserve_thinking` keeps thoughts beside calls only, so in finished turns the two stay in one message."""
    turn = [user("Q"), assistant(Thinking("a"), "b", CALL), tool_result(CALL, 1), assistant("c"), user("R")]
    assert "thought\na\n" in render(turn, dialect=SMALL, preserve_thinking=True).text
    assert "thought\na\n" not in render(turn, dialect=SMALL).text


def test_older_generations_do_not_join_messages() -> None:
    """Two JSON messages would be two turns there, the second without an opener."""
    messages = [user("Q"), assistant("b", CALL), tool_result(CALL, 1)]
    assert len(messages_to_json(messages, dialect=Dialect(APRIL_28, "large"))) == 2
    assert len(messages_to_json(messages, dialect=LARGE)) == 3


@pytest.mark.parametrize(
    ("content", "printed"),
    [
        ("12 degrees", '{value:<|"|>12 degrees<|"|>}'),
        ('{"a": 1}', '{value:<|"|>{"a": 1}<|"|>}'),
        ({"sky": "blue", "Depth": [1, 2.5, None]}, '{Depth:[1,2.5,null],sky:<|"|>blue<|"|>}'),
        ({}, "{}"),
        ([1, {"a": True}], "{value:[1,{a:true}]}"),
        ([], "{value:[]}"),
        (None, "{value:null}"),
        (True, "{value:true}"),
        (-0.5, "{value:-0.5}"),
        ("", '{value:<|"|><|"|>}'),
    ],
)
def test_results(content: Any, printed: str) -> None:
    """A text stays a text, untouched; an object is the response itself; any other value is its value."""
    text = render([user("Q"), assistant(CALL), tool_result(CALL, content)]).text
    assert text.endswith(f"<|tool_response>response:look{printed}<tool_response|>")


@given(objects)
def test_object_result_is_what_arguments_are(value: Any) -> None:
    """A result with an object is printed with the same text as a call with it."""
    text = render([user("Q"), assistant(ToolCall("f", value)), tool_result("f", value)]).text
    call, _, result = text.partition("<|tool_call>call:f")[2].partition("<tool_call|><|tool_response>response:f")
    assert result == call + "<tool_response|>"


def test_results_have_their_own_names() -> None:
    """By id, in any order; without ids by their own name; with neither by position. The template alone gets these wrong."""
    calls = [ToolCall("f", {}, "1"), ToolCall("g", {}, "2")]
    for results in (
        [ToolResult("", "G", "2"), ToolResult("", "F", "1")],
        [ToolResult("g", "G"), ToolResult("f", "F")],
    ):
        text = render([user("Q"), assistant(*calls), Message("tool", tuple(results))]).text
        assert text.index('response:g{value:<|"|>G<|"|>}') < text.index('response:f{value:<|"|>F<|"|>}')
    nameless = [ToolCall("f"), ToolCall("g")]
    results = [Message("tool", (ToolResult("", at),)) for at in range(2)]
    text = render([user("Q"), assistant(*nameless), *results]).text
    assert "response:f{value:0}" in text and "response:g{value:1}" in text


def test_pictures_and_sounds_in_order() -> None:
    """Placeholders and media are matched by position, also where a tool brings pictures."""
    messages = [
        user(Image(PICTURE), "What is this?", Audio(SOUND)),
        assistant(CALL),
        Message("tool", (ToolResult("look", {"seen": 1}, "c1"), Image(OTHER))),
    ]
    rendered = render(messages)
    assert rendered.media == (PICTURE, SOUND, OTHER)
    assert "<|image|>What is this?<|audio|><turn|>" in rendered.text
    assert rendered.text.endswith('response:look{value:<|"|>{"seen": 1}<|"|>}<tool_response|><|image|>')


def test_media_without_a_place() -> None:
    """In April pictures of tools were dropped: an engine would be given one more than the prompt has places for."""
    messages = [user("Q"), assistant(CALL), Message("tool", (ToolResult("look", "", "c1"), Image(OTHER)))]
    with pytest.raises(BadMessages, match="1 media"):
        render(messages, dialect=Dialect(APRIL_28, "small"))


@pytest.mark.parametrize("dialect", [LARGE, SMALL])
@pytest.mark.parametrize("thinking", [False, True])
def test_starts_in_thought(dialect: Dialect, thinking: bool) -> None:
    """The parser has to know whether the first token of the answer belongs to a thought."""
    after_result = [user("Q"), assistant(CALL), tool_result(CALL, 1)]
    assert render(after_result, dialect=dialect, thinking=thinking).starts_in_thought is thinking
    assert not render(after_result, dialect=dialect, thinking=thinking, add_generation_prompt=False).starts_in_thought
    assert not render([user("Q")], dialect=dialect, thinking=thinking).starts_in_thought
    cut = [user("Q"), assistant(CALL), tool_result(CALL, "<|channel>thought\n")]
    assert not render(cut, dialect=dialect).starts_in_thought


def test_neighbouring_texts_are_one() -> None:
    """Deltas folded into several parts must not lose the space between them to the template's trimming."""
    assert "Hello world<turn|>" in render([user("Hello ", "world")]).text
    assert "Be brief. Be kind.<turn|>" in render([system("Be brief. ", "Be kind."), user("Q")]).text


@pytest.mark.parametrize(
    "messages",
    [
        [user("Q"), tool_result("f", 1)],
        [tool_result("f", 1)],
        [user("Q"), assistant("A"), tool_result("f", 1)],
        [user("Q"), assistant(CALL), Message("tool", (ToolResult("", 1, "other"),))],
        [user("Q"), assistant(CALL), Message("tool", (Text("x"),))],
        [user("Q"), assistant(CALL), Message("tool", (Image(PICTURE),))],
        [system(Image(PICTURE))],
        [assistant(Image(PICTURE))],
        [user(CALL)],
        [user(Thinking("x"))],
        [assistant(ToolResult("f", 1))],
    ],
)
def test_misplaced(messages: list[Message]) -> None:
    """What the template would drop in silence is refused, with the place."""
    with pytest.raises(BadMessages, match=r"messages\[\d\]") as problem:
        render(messages)
    assert problem.value.hint


def test_losses_are_reported() -> None:
    """A declaration looks complete in code; the caller learns what the model is not shown."""
    tool = ToolSpec("f", "F", {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}})
    [loss] = render([user("Q")], [tool]).lost
    assert (loss.tool, loss.path, loss.keyword) == ("f", "n", "minimum")


def test_tools_are_declared() -> None:
    """Typed declarations give the same text as JSON."""
    tool = ToolSpec("f", "F", {"type": "object", "properties": {"n": {"type": "integer"}}})
    json_tool = json.loads(json.dumps(tool.to_json()))
    options = {"add_generation_prompt": True}
    expected = render_text([{"role": "user", "content": "Q"}], [json_tool], options=options)
    assert render([user("Q")], [tool]).text == expected


@given(st.lists(st.sampled_from(["", " ", "a", "<channel|>", "b "]), max_size=4))
def test_one_text_is_one_content(texts: list[str]) -> None:
    """Splitting a text into parts changes nothing."""
    whole = "".join(texts)
    for message in (user, assistant, system):
        assert render([message(*texts)]).text == render([message(whole)]).text
