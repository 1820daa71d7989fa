"""Which thoughts stay: both halves of the rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemwright.messages import Message, Text, Thinking, ToolCall, ToolResult, assistant, tool_result, user
from gemwright.wire.dialects import DATES, Dialect
from gemwright.wire.history import drop_finished_thoughts
from gemwright.wire.render import render

CALL = ToolCall("f", {}, "c")


def thoughts(messages: tuple[Message, ...] | list[Message]) -> list[str]:
    """Return the thoughts that are left."""
    return [part.text for message in messages for part in message.parts if isinstance(part, Thinking)]


def test_thoughts_stay_between_tool_rounds() -> None:
    """While the model works on a question it keeps its plan."""
    messages = [user("Q"), assistant(Thinking("plan"), CALL), tool_result(CALL, 1), assistant(Thinking("more"), CALL)]
    assert thoughts(drop_finished_thoughts(messages)) == ["plan", "more"]


def test_thoughts_go_when_the_user_speaks_again() -> None:
    """In a finished turn only what was said counts."""
    messages = [
        user("Q"),
        assistant(Thinking("plan"), CALL),
        tool_result(CALL, 1),
        assistant(Thinking("t"), "A"),
        user("R"),
    ]
    kept = drop_finished_thoughts(messages)
    assert thoughts(kept) == []
    assert [message.text for message in kept] == ["Q", "", "", "A", "R"]
    assert thoughts(drop_finished_thoughts(messages, preserve_thinking=True)) == ["plan"]


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Draw conversations whose results answer calls."""
    texts = st.sampled_from(["a", "b "])
    messages: list[Message] = []
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["user", "answer", "calls"]))
        thinking = [Thinking(draw(texts)) for _ in range(draw(st.integers(0, 2)))]
        if kind == "user":
            messages.append(user(draw(texts)))
        elif kind == "answer":
            messages.append(assistant(*thinking, *([Text(draw(texts))] if draw(st.booleans()) else [])))
        else:
            messages.append(assistant(*thinking, *draw(st.lists(texts, max_size=1)), CALL))
            if draw(st.booleans()):
                messages.append(Message("tool", (ToolResult("f", 1, "c"),)))
    return messages


@given(conversations(), st.booleans())
def test_twice_is_once(messages: list[Message], preserve: bool) -> None:
    """A history that is tidied before each request must not change from request to request."""
    once = drop_finished_thoughts(messages, preserve_thinking=preserve)
    assert drop_finished_thoughts(once, preserve_thinking=preserve) == once
    assert len(once) == len(messages)


@given(conversations(), st.booleans(), st.booleans(), st.sampled_from(DATES))
def test_prompts_stay_the_same(messages: list[Message], thinking: bool, preserve: bool, date: str) -> None:
    """What is dropped is what the template does not print anyway, so a tidied history is the same prompt."""
    if not messages:
        return
    tidy = drop_finished_thoughts(messages, preserve_thinking=preserve)
    dialect = Dialect(date, "large")
    one = render(messages, dialect=dialect, thinking=thinking, preserve_thinking=preserve)
    assert one == render(tidy, dialect=dialect, thinking=thinking, preserve_thinking=preserve)
