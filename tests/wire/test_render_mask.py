"""The mask: what a model writes in a conversation is trainable, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.messages import Message, Text, Thinking, ToolCall, ToolResult, assistant, system, tool_result, user
from gemwright.wire.dialects import LARGE, SMALL
from gemwright.wire.reading import TemplateRefusal
from gemwright.wire.render import render, render_json
from gemwright.wire.segments import MEDIA, Segment
from tests.oracle.conversations import PLAIN, options


def spans(segments: Any) -> list[str]:
    """Return the trainable runs of a prompt."""
    found: list[str] = []
    open_run = False
    for text, _, trainable in segments:
        if trainable and open_run:
            found[-1] += text
        elif trainable:
            found.append(text)
        open_run = trainable
    return found


def marked(segments: Any) -> str:
    """Return a prompt with its trainable runs in brackets that occur nowhere else."""
    found = ""
    inside = False
    for text, _, trainable in segments:
        if trainable != inside:
            found += "⟦" if trainable else "⟧"
            inside = trainable
        found += text
    return found + ("⟧" if inside else "")


def test_answer() -> None:
    """The answer and its stop token; not the role, not the newline after it, nothing of the user's."""
    segments = render([system("S"), user("Q"), assistant("A"), user("R")], add_generation_prompt=False).segments
    assert marked(segments) == (
        "<bos><|turn>system\nS<turn|>\n<|turn>user\nQ<turn|>\n<|turn>model\n⟦A<turn|>⟧\n<|turn>user\nR<turn|>\n"
    )


def test_agent_loop_with_thinking() -> None:
    """Thoughts and calls and the token that stops after them; results are the runtime's, and so is the next thought's cue."""
    call = ToolCall("f", {"n": 1}, "c")
    messages = [
        user("Q"),
        assistant(Thinking("T1"), call),
        tool_result(call, "R"),
        assistant(Thinking("T2"), "A"),
    ]
    segments = render(messages, thinking=True, add_generation_prompt=False).segments
    assert marked(segments) == (
        "<bos><|turn>system\n<|think|>\n<turn|>\n<|turn>user\nQ<turn|>\n<|turn>model\n"
        "⟦<|channel>thought\nT1\n<channel|><|tool_call>call:f{n:1}<tool_call|><|tool_response>⟧"
        'response:f{value:<|"|>R<|"|>}<tool_response|><|channel>thought\n'
        "⟦T2\n<channel|>A<turn|>⟧\n"
    )


def test_thought_after_result_without_cue() -> None:
    """With thinking off no prompt writes the cue, so a thought after a result is the model's from its first token."""
    call = ToolCall("f", {}, "c")
    messages = [user("Q"), assistant(call), tool_result(call, "R"), assistant(Thinking("T"), "A")]
    found = spans(render(messages, add_generation_prompt=False).segments)
    assert found[-1] == "<|channel>thought\nT\n<channel|>A<turn|>"


def test_second_result_is_not_the_models() -> None:
    """The model stops once after its calls; the opener of each further result is the runtime's."""
    calls = [ToolCall("f", {}, "a"), ToolCall("g", {}, "b")]
    messages = [user("Q"), assistant(*calls), *(tool_result(call, 1) for call in calls)]
    assert marked(render(messages, add_generation_prompt=False).segments).endswith(
        "⟦<|tool_call>call:f{}<tool_call|><|tool_call>call:g{}<tool_call|><|tool_response>⟧"
        "response:f{value:1}<tool_response|><|tool_response>response:g{value:1}<tool_response|>"
    )


def test_pending_call() -> None:
    """A call that nothing answered yet ends where the model stopped."""
    segments = render([user("Q"), assistant(ToolCall("f"))]).segments
    assert spans(segments) == ["<|tool_call>call:f{}<tool_call|><|tool_response>"]


def test_turn_that_the_template_closed() -> None:
    """A user who speaks right after a result interrupted the model: it never wrote that end of turn."""
    call = ToolCall("f")
    segments = render([user("Q"), assistant(call), tool_result(call, 1), user("Stop")]).segments
    assert spans(segments) == ["<|tool_call>call:f{}<tool_call|><|tool_response>"]


@pytest.mark.parametrize("dialect", [LARGE, SMALL])
def test_prompt_that_is_written_ahead(dialect: Any) -> None:
    """The generation prompt, with its empty thought, is given to the model, not asked of it."""
    assert spans(render([user("Q")], dialect=dialect).segments) == []


def test_only_model_turns() -> None:
    """Calls in a user's message are a mistake, and nothing to learn from."""
    message = {"role": "user", "content": "x", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}
    assert spans(render_json([message])) == []


@given(PLAIN.conversations, PLAIN.tool_lists, options)
def test_invariants(messages: Any, tools: Any, options: dict[str, Any]) -> None:
    """Media are never trainable, nothing is without a model's message, and the generation prompt changes no mask."""
    try:
        segments = render_json(messages, tools, options={**options, "add_generation_prompt": False})
        longer = render_json(messages, tools, options={**options, "add_generation_prompt": True})
    except TemplateRefusal:
        return
    assert longer[: len(segments)] == segments
    assert not any(trainable for _, _, trainable in longer[len(segments) :])
    assert not any(trainable for _, origin, trainable in segments if origin == MEDIA)
    if not any(message.get("role") in ("assistant", "model") for message in messages):
        assert spans(segments) == []


words = st.sampled_from(["yes", "no", "Bergen is wet", "42", "a\nb"])


@st.composite
def agent_loops(draw: st.DrawFn) -> list[Message]:
    """Draw a question and what a model makes of it: rounds of thoughts, texts and calls, and an answer."""
    messages = [user(draw(words))]
    for number in range(draw(st.integers(0, 3))):
        calls = [ToolCall(draw(words), {"n": number}, f"{number}.{at}") for at in range(draw(st.integers(1, 2)))]
        before = [Thinking(draw(words))] if draw(st.booleans()) else []
        text = [Text(draw(words))] if draw(st.booleans()) else []
        messages.append(assistant(*before, *text, *calls))
        messages += [Message("tool", (ToolResult(call.name, draw(words), call.id),)) for call in calls]
    thoughts = [Thinking(draw(words))] if draw(st.booleans()) else []
    messages.append(assistant(*thoughts, draw(words)))
    return messages


@given(agent_loops(), st.booleans())
def test_trainable_is_what_follows_a_prompt(messages: list[Message], thinking: bool) -> None:
    """The ground of the mask: cut a conversation before any model message, and the prompt is the text up to its mask.

    What the model then writes is trainable up to the token that stops it. (With thinking off the large flavour writes
    an empty thought ahead that it leaves out of histories, so only the small one can be compared with thinking off. A
    prompt that cues a thought is longer than a history without one by that cue.)
    """
    dialect = LARGE if thinking else SMALL
    whole = render(messages, dialect=dialect, thinking=thinking, add_generation_prompt=False)
    for at, message in enumerate(messages):
        if message.role != "assistant":
            continue
        prompt = render(messages[:at], dialect=dialect, thinking=thinking)
        if prompt.starts_in_thought and not message.thinking:
            continue
        assert whole.text.startswith(prompt.text)
        written = run_after(whole.segments, len(prompt.text))
        assert written.endswith("<|tool_response>" if message.tool_calls else "<turn|>")
        assert message.text in written
        assert len(spans(prompt.segments)) == sum(earlier.role == "assistant" for earlier in messages[:at])


def run_after(segments: tuple[Segment, ...], offset: int) -> str:
    """Return the trainable run that begins at an offset; empty where none begins exactly there."""
    found = ""
    at = 0
    for text, _, trainable in segments:
        if at >= offset:
            if not trainable:
                break
            found += text
        elif at + len(text) > offset:
            return ""
        at += len(text)
    return found
