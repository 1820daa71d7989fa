"""Rendering against the official template in Jinja, compiled once and reused: the same conversations, the same text.

Times are the least of several runs. "changed" gives our renderer a tool set that it has not seen before each time, so
that nothing comes from its cache of declarations; Jinja keeps none.
"""

from __future__ import annotations

import itertools
import json
import timeit
from collections.abc import Callable
from typing import Any

from benchmarks.report import number, seconds, table
from gemwright.wire.dialects import SMALL
from gemwright.wire.render import render_text
from tests.oracle.jinja_template import template

__all__ = ["CASES", "main", "plain_chat", "tool_chat", "tool_set"]

REPEATS = 7
LEAST_SECONDS = 0.05
"""How long one run takes at least."""


def plain_chat(messages: int) -> list[dict[str, Any]]:
    """Return a chat of short questions and answers of some lines."""
    question = "How deep is the fjord at Bergen, and how cold does its water get in winter? "
    answer = "It is about 400 metres deep there; the water stays around six degrees through the winter. "
    return [
        {"role": "assistant", "content": answer * 6} if at % 2 else {"role": "user", "content": f"({at}) {question}"}
        for at in range(messages)
    ]


def tool_set() -> list[dict[str, Any]]:
    """Return five declarations with scalars, an enum, a list and a nested object each."""
    properties = {
        "city": {"type": "string", "description": "Name of the city"},
        "days": {"type": "integer", "description": "How many days ahead"},
        "units": {"type": "string", "enum": ["metric", "imperial"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "options": {
            "type": "object",
            "properties": {"hourly": {"type": "boolean"}, "limit": {"type": "number", "description": "At most"}},
            "required": ["hourly"],
        },
    }
    return [
        {
            "type": "function",
            "function": {
                "name": f"weather_{at}",
                "description": "Look up the weather of a place and a day, with units.",
                "parameters": {"type": "object", "properties": properties, "required": ["city", "days"]},
            },
        }
        for at in range(5)
    ]


def tool_chat() -> list[dict[str, Any]]:
    """Return eight messages: instructions, a question, two rounds of calls with a thought, an answer, a new question."""

    def call(at: int, arguments: dict[str, Any]) -> dict[str, Any]:
        function = {"name": f"weather_{at}", "arguments": arguments}
        return {"role": "assistant", "content": None, "tool_calls": [{"id": f"call_{at}", "function": function}]}

    return [
        {"role": "system", "content": "You are a helpful assistant. Use the tools for anything about the weather."},
        {"role": "user", "content": "What will the weather be like in Bergen and in Oslo?"},
        {**call(1, {"city": "Bergen", "days": 3, "units": "metric"}), "reasoning": "Two places, so two calls."},
        {"role": "tool", "tool_call_id": "call_1", "content": "12 degrees, rain from the west all day"},
        call(2, {"city": "Oslo", "days": 3, "tags": ["temperature", "rain"]}),
        {"role": "tool", "tool_call_id": "call_2", "content": "8 degrees, sun after eleven"},
        {"role": "assistant", "content": "Bergen gets rain at 12 degrees; Oslo sun at 8 degrees."},
        {"role": "user", "content": "And in Tromsø?"},
    ]


CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]] | None]] = {
    "1 message": (plain_chat(1), None),
    "20 messages": (plain_chat(20), None),
    "200 messages": (plain_chat(200), None),
    "8 messages with calls": (tool_chat(), None),
    "8 messages with calls, 5 tools": (tool_chat(), json.loads(json.dumps(tool_set()))),
}
CHANGED = "8 messages with calls, 5 tools, changed"


def _measure(call: Callable[[], object]) -> float:
    timer = timeit.Timer(call)
    count = max(1, round(LEAST_SECONDS / min(timer.repeat(REPEATS, 1))))
    return min(timer.repeat(REPEATS, count)) / count


def _changing(tools: list[dict[str, Any]]) -> Callable[[], list[dict[str, Any]]]:
    """Return a function that gives the tools with another description each time."""
    counter = itertools.count()
    tools = json.loads(json.dumps(tools))

    def change() -> list[dict[str, Any]]:
        tools[0]["function"]["description"] = str(next(counter))
        return tools

    return change


def main() -> dict[str, dict[str, float]]:
    """Print a table, and return seconds and ratio by case."""
    jinja = template(SMALL)
    options = {"add_generation_prompt": True, "enable_thinking": True}
    figures: dict[str, dict[str, float]] = {}
    for name, (messages, tools) in [*CASES.items(), (CHANGED, CASES["8 messages with calls, 5 tools"])]:
        change = _changing(tools) if name == CHANGED and tools else lambda tools=tools: tools

        def ours(messages: Any = messages, change: Callable[[], Any] = change) -> str:
            return render_text(messages, change(), dialect=SMALL, options=options)

        def theirs(messages: Any = messages, tools: Any = tools) -> str:
            return jinja.render(messages=messages, tools=tools, bos_token="<bos>", **options)  # noqa: S106 - no password

        if name != CHANGED and ours() != theirs():
            raise AssertionError(f"{name}: the texts differ")
        mine, other = _measure(ours), _measure(theirs)
        figures[name] = {"gemwright": mine, "jinja2": other, "ratio": other / mine}
    rows = [
        [name, *map(seconds, (row["gemwright"], row["jinja2"])), number(row["ratio"])] for name, row in figures.items()
    ]
    print(table("render: a prompt's text", ["conversation", "gemwright", "jinja2", "times faster"], rows, names=1))
    return figures
