"""What is right about an answer: its form, its calls, its thought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gemwright.messages import ToolCall, ToolSpec
from gemwright.wire import parse
from gemwright.wire.tokens import CONTROL_TOKENS, RESPONSE_OPEN, TURN_CLOSE

__all__ = ["Verdict", "fits_schema", "judge", "same_calls", "same_value"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, read.

    Attributes:
        calls: the calls that it holds.
        text: the answer without thoughts and calls.
        thought: what it thought.
        obeyed: it thought if and only if it was to think, and came to an end with an answer: silence obeys nothing.
        well_formed: it ended by itself with the right token, obeyed, and the parser had nothing to mend.
        fits: it called, and every call is of a declared tool, with arguments that its schema takes.
        fault: why it is not well-formed, if it is not.
    """

    calls: tuple[ToolCall, ...]
    text: str
    thought: str
    obeyed: bool
    well_formed: bool
    fits: bool
    fault: str = ""


def judge(said: str, tools: Sequence[ToolSpec], *, thinking: bool, opened: bool = False, ended: bool = True) -> Verdict:
    """Read an answer.

    Args:
        said: what the model said, control tokens spelt out, its last token included.
        tools: the declared tools.
        thinking: whether it was to think.
        opened: whether the prompt ended inside an open thought.
        ended: whether it ended by itself.
    """
    turn = parse(said, tools, thinking=opened)
    answered = ended and bool(turn.tool_calls or turn.text.strip())
    obeyed = answered and bool(turn.thinking.strip()) == thinking
    fault = ""
    end = RESPONSE_OPEN if turn.tool_calls else TURN_CLOSE
    if not ended:
        fault = "no end"
    elif not said.endswith(end):
        fault = "wrong end"
    elif turn.incomplete:
        fault = f"broken call: {turn.incomplete[0].reason}"
    elif turn.repairs:
        fault = f"repair: {turn.repairs[0].id}"
    elif any(token in turn.text or token in turn.thinking for token in CONTROL_TOKENS):
        fault = "control token in the text"
    elif not answered:
        fault = "nothing said"
    elif not obeyed:
        fault = "thought missing" if thinking else "thought not asked for"
    declared = {tool.name: tool for tool in tools}
    fits = bool(turn.tool_calls) and all(
        call.name in declared and fits_schema(call.arguments, declared[call.name]) for call in turn.tool_calls
    )
    return Verdict(turn.tool_calls, turn.text, turn.thinking, obeyed, not fault, fits, fault)


def same_value(one: object, other: object) -> bool:
    """Return whether two JSON values are the same; `true` is not 1, and 5 is 5.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        left, right = cast("Mapping[str, object]", one), cast("Mapping[str, object]", other)
        return left.keys() == right.keys() and all(same_value(value, right[key]) for key, value in left.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        first, second = cast("Sequence[object]", one), cast("Sequence[object]", other)
        return len(first) == len(second) and all(map(same_value, first, second))
    return one == other


def same_calls(one: Sequence[ToolCall], other: Sequence[ToolCall]) -> bool:
    """Return whether two lists of calls have the same names and arguments, in the same order."""
    return len(one) == len(other) and all(
        left.name == right.name and same_value(left.arguments, right.arguments)
        for left, right in zip(one, other, strict=True)
    )


def fits_schema(arguments: Mapping[str, Any], tool: ToolSpec) -> bool:
    """Return whether arguments have only declared names, all that are required, and values of the declared types."""
    properties = cast("Mapping[str, Mapping[str, Any]]", tool.parameters.get("properties") or {})
    required = cast("Sequence[str]", tool.parameters.get("required") or ())
    return (
        all(name in arguments for name in required)
        and all(name in properties for name in arguments)
        and all(_fits(value, properties[name]) for name, value in arguments.items())
    )


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    options = cast("Sequence[Mapping[str, Any]] | None", schema.get("anyOf") or schema.get("oneOf"))
    if options:
        return any(_fits(value, option) for option in options)
    match schema.get("type"):
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            if not isinstance(value, list | tuple):
                return False
            items = cast("Mapping[str, Any]", schema.get("items") or {})
            return all(_fits(item, items) for item in cast("Sequence[object]", value))
        case "object":
            return isinstance(value, Mapping)
        case _:
            return True
