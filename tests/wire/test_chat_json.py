"""Chat JSON to typed messages and back."""

from __future__ import annotations

import base64
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
    Video,
    assistant,
    system,
    tool_result,
    user,
)
from gemwright.wire.chat_json import messages_from_json, messages_to_openai
from gemwright.wire.render import render, render_text

PNG = Media(b"\x89PNG\r\n\x1a\n0", "image/png")
WAV = Media(b"RIFF0000WAVE", "audio/wav")
MP4 = Media(b"0000ftypmp42", "video/mp4")


def one(message: dict[str, Any]) -> Message:
    """Read a conversation of one message."""
    [found] = messages_from_json([message])
    return found


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("Hi", (Text("Hi"),)),
        ("", ()),
        (None, ()),
        ([], ()),
        ([{"type": "text", "text": "a"}, "b"], (Text("a"), Text("b"))),
        ([{"type": "image_url", "image_url": {"url": PNG.data_url()}}], (Image(PNG),)),
        ([{"type": "image_url", "image_url": PNG.data_url()}], (Image(PNG),)),
        ([{"type": "image", "url": PNG.data_url()}], (Image(PNG),)),
        ([{"type": "image", "image": PNG.data_url()}], (Image(PNG),)),
        (
            [{"type": "input_audio", "input_audio": {"data": base64.b64encode(WAV.data).decode(), "format": "wav"}}],
            (Audio(WAV),),
        ),
        ([{"type": "audio_url", "audio_url": {"url": WAV.data_url()}}], (Audio(WAV),)),
        ([{"type": "video_url", "video_url": {"url": MP4.data_url()}}], (Video(MP4),)),
    ],
)
def test_content(content: Any, parts: tuple[Any, ...]) -> None:
    """Text, parts, null, and media in the forms that clients send them."""
    assert one({"role": "user", "content": content}).parts == parts


@pytest.mark.parametrize(
    ("role", "typed"),
    [
        ("system", "system"),
        ("developer", "system"),
        ("user", "user"),
        ("assistant", "assistant"),
        ("model", "assistant"),
    ],
)
def test_roles(role: str, typed: str) -> None:
    """Two names for two of the roles."""
    assert one({"role": role, "content": "x", "name": "ignored", "unknown": 1}).role == typed


@pytest.mark.parametrize("arguments", ['{"a": 1.0}', {"a": 1.0}])
def test_arguments(arguments: Any) -> None:
    """OpenAI's API sends JSON text, Ollama and transformers an object."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    [found] = one({"role": "assistant", "content": None, "tool_calls": [call]}).tool_calls
    assert found == ToolCall("f", {"a": 1.0}, "c")
    assert isinstance(found.arguments["a"], float)


@pytest.mark.parametrize("arguments", [None, "", " ", "{}", "null"])
def test_no_arguments(arguments: Any) -> None:
    """All the ways to say that there are none."""
    call = {"function": {"name": "f", "arguments": arguments}}
    assert one({"role": "assistant", "tool_calls": [call]}).tool_calls == (ToolCall("f"),)


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_thoughts(field: str) -> None:
    """Under either name; they come first, as the model wrote them."""
    assert one({"role": "assistant", "content": "A", field: "T"}).parts == (Thinking("T"), Text("A"))


def test_results() -> None:
    """A result gets the name of the call whose id it has, or whose turn it is."""
    calls = [{"id": id_, "function": {"name": name, "arguments": "{}"}} for id_, name in [("1", "f"), ("2", "g")]]
    messages = [
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "2", "content": "G"},
        {"role": "tool", "tool_call_id": "1", "content": {"a": [1]}},
    ]
    _, second, first = messages_from_json(messages)
    assert second.parts == (ToolResult("g", "G", "2"),)
    assert first.parts == (ToolResult("f", {"a": [1]}, "1"),)
    nameless = [{"role": "assistant", "tool_calls": calls}, *({"role": "tool", "content": n} for n in range(2))]
    assert [message.parts[0] for message in messages_from_json(nameless)[1:]] == [
        ToolResult("f", 0),
        ToolResult("g", 1),
    ]


def test_result_with_parts() -> None:
    """A list of parts is text and pictures; any other list is what the tool answered."""
    call = {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f"}}]}
    picture = {"type": "image_url", "image_url": {"url": PNG.data_url()}}
    content = [{"type": "text", "text": "a"}, picture, {"type": "text", "text": "b"}]
    assert messages_from_json([call, {"role": "tool", "content": content}])[1].parts == (
        ToolResult("f", "ab"),
        Image(PNG),
    )
    for answer in ([1, 2], [], [{"type": "river"}], ["text"]):
        assert messages_from_json([call, {"role": "tool", "content": answer}])[1].parts == (ToolResult("f", answer),)


def test_gemmas_own_results() -> None:
    """`tool_responses` inside the message that called."""
    calls = [{"function": {"name": "f", "arguments": {}}}]
    message = {"role": "assistant", "tool_calls": calls, "tool_responses": [{"name": "f", "response": {"a": 1}}]}
    assert messages_from_json([message])[1] == Message("tool", (ToolResult("f", {"a": 1}),))


CALLS = {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": {}}}]}


@pytest.mark.parametrize(
    ("messages", "place"),
    [
        ("hello", "messages"),
        ([None], r"messages\[0\]"),
        ([{"content": "x"}], r"messages\[0\].role"),
        ([{"role": "critic"}], r"messages\[0\].role"),
        ([{"role": ["user"]}], r"messages\[0\].role"),
        ([{"role": "user", "content": 5}], r"messages\[0\].content"),
        ([{"role": "user", "content": {"a": 1}}], r"messages\[0\].content"),
        ([{"role": "user", "content": [5]}], r"messages\[0\].content\[0\]"),
        ([{"role": "user", "content": [{"type": "text"}]}], r"content\[0\].text"),
        ([{"role": "user", "content": [{"type": "file"}]}], r"content\[0\].type"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], r"content\[0\].image_url"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]}], "data:"),
        ([{"role": "user", "content": [{"type": "image", "url": "data:image/png;base64,####"}]}], r"content\[0\]"),
        ([{"role": "user", "content": [{"type": "image", "url": WAV.data_url()}]}], r"content\[0\].*image"),
        ([{"role": "assistant", "reasoning": ["x"]}], r"messages\[0\].reasoning"),
        ([{"role": "assistant", "tool_calls": {"a": 1}}], r"messages\[0\].tool_calls"),
        ([{"role": "assistant", "tool_calls": [5]}], r"tool_calls\[0\]"),
        ([{"role": "assistant", "tool_calls": [{"name": "f"}]}], r"tool_calls\[0\].function"),
        ([{"role": "assistant", "tool_calls": [{"function": {"name": ""}}]}], r"function.name"),
        ([{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{"}}]}], "not JSON"),
        ([{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[1]"}}]}], "arguments"),
        ([{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[" * 10**5}}]}], "arguments"),
        ([{"role": "tool", "content": "x"}], r"messages\[0\] answers no call"),
        ([CALLS, {"role": "tool", "tool_call_id": "2", "content": "x"}], r"messages\[1\] answers no call"),
        ([{**CALLS, "tool_responses": 5}], "tool_responses"),
    ],
)
def test_refused(messages: Any, place: str) -> None:
    """What cannot be read is refused with the place where it stands and a hint."""
    with pytest.raises(BadMessages, match=place) as problem:
        messages_from_json(messages)
    assert problem.value.hint


texts = st.sampled_from(["a", "b c", '"\n'])
values = st.recursive(
    st.none() | st.integers() | texts, lambda v: st.lists(v) | st.dictionaries(texts, v), max_leaves=4
)
media = st.sampled_from([Image(PNG), Audio(WAV), Audio(Media(b"ID3 ", "audio/mpeg")), Video(MP4)])


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Draw conversations in the form that OpenAI's API can hold: text before calls, ids, results as text."""
    messages = [system(draw(texts))]
    for turn in range(draw(st.integers(0, 3))):
        messages.append(user(*draw(st.lists(media | texts.map(Text), min_size=1, max_size=3))))
        calls = [
            ToolCall(draw(texts), draw(st.dictionaries(texts, values, max_size=2)), f"{turn}.{number}")
            for number in range(draw(st.integers(0, 2)))
        ]
        thoughts = [Thinking(draw(texts))] if draw(st.booleans()) else []
        messages.append(assistant(*thoughts, draw(texts), *calls))
        messages += [tool_result(call, draw(texts)) for call in calls]
    return messages


@given(conversations())
def test_there_and_back(messages: list[Message]) -> None:
    """What is written for other runtimes is read back the same, and renders the same."""
    written = json.loads(json.dumps(messages_to_openai(messages)))
    read = messages_from_json(written)
    assert [message.role for message in read] == [message.role for message in messages]
    assert render(read) == render(messages)
    assert [m.tool_calls for m in read] == [m.tool_calls for m in messages]


def test_written_calls_and_results_have_ids() -> None:
    """OpenAI's API wants them; where there were none, they are made up and match."""
    call = ToolCall("f", {"a": 1})
    written = messages_to_openai([user("Q"), assistant(call, call), tool_result("f", {"x": 1}), tool_result("f", 2)])
    ids = [item["id"] for item in written[1]["tool_calls"]]
    assert ids == ["call_1_0", "call_1_1"]
    assert [message["tool_call_id"] for message in written[2:]] == ids
    assert [message["content"] for message in written[2:]] == ['{"x": 1}', "2"]
    assert written[1]["content"] is None
    assert written[1]["tool_calls"][0]["function"]["arguments"] == '{"a": 1}'


def test_reading_is_rendering_the_same_prompt() -> None:
    """For a usual conversation the way over typed messages gives the very prompt that the template gives."""
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Depth?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": {"n": 1}}}],
        },
        {"role": "tool", "tool_call_id": "1", "content": "400 m"},
        {"role": "assistant", "content": "400 metres."},
        {"role": "user", "content": "Thanks"},
    ]
    assert render(messages_from_json(messages)).text == render_text(messages, options={"add_generation_prompt": True})
