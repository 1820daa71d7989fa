"""Calls survive the round: what the renderer writes of them, the parser reads back as the same calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gemwright.messages import ToolCall, Turn
from gemwright.tuning.check.findings import Finding, Settings
from gemwright.tuning.dataset import Generation, Row
from gemwright.wire import parse

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION: Final = "calls that are rendered and parsed are the same calls, and their tools are declared"


def check(row: Row, settings: Settings) -> Iterator[Finding]:
    """Parse what the model has to write, and compare.

    Args:
        row: the row.
        settings: not needed here.
    """
    tools = row.conversation.tools
    declared = {tool.name for tool in tools}
    for generation in row.generations():
        calls = generation.group.calls
        unknown = [(place, call) for place, call in calls if call.name not in declared]
        for place, call in unknown:
            yield Finding(
                "calls",
                row.number,
                place,
                f"the tool `{call.name}` is not declared",
                "declare it in the row's tools, or the model learns to call what it was not given",
            )
        if unknown or not (calls or "call:" in generation.text):
            continue
        yield from _compared(row, generation, parse(generation.text, tools, thinking=generation.cued))


def _compared(row: Row, generation: Generation, turn: Turn) -> Iterator[Finding]:
    wanted = generation.group.calls
    found = turn.tool_calls
    for (place, call), back in zip(wanted, found, strict=False):
        difference = _difference(call, back)
        if difference:
            yield Finding("calls", row.number, place, difference, "give the argument as its schema types it")
    for place, call in wanted[len(found) :]:
        yield Finding(
            "calls",
            row.number,
            place,
            f"the call of `{call.name}` cannot be read back",
            "look for control tokens in its arguments or in the text before it",
        )
    for back in found[len(wanted) :]:
        yield Finding(
            "calls",
            row.number,
            f"messages[{generation.group.message}]",
            f"its text is read as a call of `{back.name}`",
            "make it a call in `tool_calls`, or change the text",
        )


def _difference(call: ToolCall, back: ToolCall) -> str:
    if call.name != back.name:
        return f"the call of `{call.name}` is read back as one of `{back.name}`"
    for name in [*call.arguments, *(name for name in back.arguments if name not in call.arguments)]:
        if name not in back.arguments:
            return f"the argument `{name}` is lost when the call of `{call.name}` is read back"
        if name not in call.arguments:
            return f"the call of `{call.name}` is read back with an argument `{name}`"
        if call.arguments[name] != back.arguments[name]:
            return (
                f"the argument `{name}` of `{call.name}` is {call.arguments[name]!r}, and is read back as "
                f"{back.arguments[name]!r}"
            )
    return ""
