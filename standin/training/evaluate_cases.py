"""The frozen questions of an evaluation, read from `frozen/` and from gemwright's own golden files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from gemwright.messages import Message, ToolCall, ToolSpec, user
from gemwright.wire import messages_from_json

__all__ = ["FROZEN", "GOLDEN", "Case", "Step", "golden_outputs", "load", "public_tools"]

FROZEN: Final = Path(__file__).with_name("frozen")
GOLDEN: Final = Path(__file__).parents[2] / "tests" / "golden" / "parse.jsonl"


@dataclass(frozen=True, slots=True)
class Step:
    """One answer that is asked for: what was said before, and what is right.

    Attributes:
        messages: the conversation so far.
        calls: the calls that are right; none if a text is.
        text: the text that is right, if calls are not.
    """

    messages: tuple[Message, ...]
    calls: tuple[ToolCall, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation that is asked for step by step, each time with the right history.

    Attributes:
        id: which it is in its file.
        kind: what it tests.
        group: cases that belong together have the same.
        tools: the declared tools.
        thinking: whether the model is to think.
        flavour: "small" or "large".
        steps: the answers that are asked for.
        expect: what else is known about the right answer, as it stands in the file.
    """

    id: str
    kind: str
    group: str
    tools: tuple[ToolSpec, ...]
    thinking: bool
    flavour: str
    steps: tuple[Step, ...]
    expect: Mapping[str, Any]


def load(name: str, folder: Path = FROZEN) -> list[Case]:
    """Read a frozen file.

    Args:
        name: its name without `.jsonl`.
        folder: where it is.
    """
    return [_case(row, f"{name}/{at}") for at, row in enumerate(_rows(folder / f"{name}.jsonl"))]


def public_tools(folder: Path = FROZEN) -> list[Case]:
    """Return the questions on tools of public MCP servers, each with its server's tools, thinking off."""
    found: list[Case] = []
    for row in _rows(folder / "mcp.jsonl"):
        tools = tuple(ToolSpec.from_json(tool) for tool in row["tools"])
        for at, question in enumerate(row["questions"]):
            calls = tuple(ToolCall(call["name"], call["arguments"]) for call in question["calls"])
            step = Step((user(question["ask"]),), calls)
            server = str(row["server"])
            found.append(Case(f"mcp/{server}/{at}", server, server, tools, False, "small", (step,), {}))
    return found


def golden_outputs(path: Path = GOLDEN) -> list[tuple[str, str, tuple[ToolSpec, ...], bool]]:
    """Return the outputs of the parser's golden file: name, text, the tools that were declared, and thinking."""
    return [
        (str(row["name"]), str(row["text"]), tuple(map(ToolSpec.from_json, row["tools"] or ())), bool(row["thinking"]))
        for row in _rows(path)
    ]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _case(row: Mapping[str, Any], name: str) -> Case:
    messages = tuple(messages_from_json(row["messages"]))
    given = row.get("expect")
    expect = cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {"value": given}
    return Case(
        id=name,
        kind=str(row.get("kind", "")),
        group=str(row.get("group", name)),
        tools=tuple(ToolSpec.from_json(tool) for tool in row.get("tools") or ()),
        thinking=bool(row.get("thinking")),
        flavour=str(row.get("flavour", "large")),
        steps=tuple(_steps(messages, expect)),
        expect=expect,
    )


def _steps(messages: Sequence[Message], expect: Mapping[str, Any]) -> Iterator[Step]:
    """Return what is asked for: the model's messages after the last user message, or what `expect` says."""
    last = max(at for at, message in enumerate(messages) if message.role == "user")
    spoken = [at for at in range(last + 1, len(messages)) if messages[at].role == "assistant"]
    for at in spoken:
        yield Step(tuple(messages[:at]), messages[at].tool_calls, messages[at].text)
    if not spoken or spoken[-1] != len(messages) - 1:
        calls = tuple(ToolCall(call["name"], call["arguments"]) for call in expect.get("calls") or ())
        yield Step(tuple(messages), calls, str(expect.get("text", "")))
