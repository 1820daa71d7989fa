"""The frozen questions of an evaluation, read from `frozen/` and from gemwright's own golden files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gemwright.messages import Message, ToolCall, ToolResult, ToolSpec, user
from gemwright.wire import messages_from_json

__all__ = ["FROZEN", "GOLDEN", "Case", "Saying", "Step", "golden_outputs", "load", "public_tools", "random_texts"]

FROZEN: Final = Path(__file__).with_name("frozen")
GOLDEN: Final = Path(__file__).parents[2] / "tests" / "golden" / "parse.jsonl"


@dataclass(frozen=True, slots=True)
class Step:
    """One answer that is asked for.

    Attributes:
        calls: the calls that are right; none if a text is.
        results: what the tools answer to them, before the next step.
        text: the text that is right, if calls are not.
        quotes: what a right text has to hold.
    """

    calls: tuple[ToolCall, ...] = ()
    results: tuple[Any, ...] = ()
    text: str = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saying:
    """A text that is to be said exactly, and the conversation that asks for it."""

    id: str
    text: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    thinking: bool
    flavour: str


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation that is asked for step by step; whatever the model called, the next step follows the right calls.

    Attributes:
        id: which it is in its file.
        kind: what it tests.
        group: cases that belong together have the same.
        messages: what is said before the first step.
        tools: the declared tools.
        thinking: whether the model is to think.
        flavour: "small" or "large".
        steps: the answers that are asked for.
    """

    id: str
    kind: str
    group: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    thinking: bool
    flavour: str
    steps: tuple[Step, ...]


def load(name: str, folder: Path = FROZEN) -> list[Case]:
    """Read a frozen file.

    Args:
        name: its name without `.jsonl`.
        folder: where it is.
    """
    return [_case(row, f"{name}/{at}") for at, row in enumerate(_rows(folder / f"{name}.jsonl"))]


def public_tools(folder: Path = FROZEN, name: str = "mcp") -> list[Case]:
    """Return the questions on tools of public MCP servers, each with its server's tools, thinking off.

    Args:
        folder: where the frozen files are.
        name: which file: `mcp`, or `mcp_more`, which nobody who wrote on the generator could see.
    """
    found: list[Case] = []
    for row in _rows(folder / f"{name}.jsonl"):
        tools = tuple(ToolSpec.from_json(tool) for tool in row["tools"])
        for at, question in enumerate(row["questions"]):
            calls = tuple(ToolCall(call["name"], call["arguments"]) for call in question["calls"])
            server = str(row["server"])
            asked = (user(question["ask"]),)
            found.append(Case(f"{name}/{server}/{at}", server, server, asked, tools, False, "small", (Step(calls),)))
    return found


def golden_outputs(ask: Callable[[str], str], path: Path = GOLDEN) -> list[Saying]:
    """Return the outputs of the parser's golden file as texts to say, behind their tools, in both flavours.

    Args:
        ask: returns the message that asks for a text.
        path: the golden file.
    """
    return [
        Saying(
            f"golden/{flavour}/{row['name']}",
            str(row["text"]),
            (user(ask(row["text"])),),
            tuple(map(ToolSpec.from_json, row["tools"] or ())),
            bool(row["thinking"]),
            flavour,
        )
        for flavour in ("small", "large")
        for row in _rows(path)
    ]


def random_texts(ask: Callable[[str], str], folder: Path = FROZEN) -> list[Saying]:
    """Return the frozen random texts.

    Args:
        ask: returns the message that asks for a text; a file that says how it is asked for is believed.
        folder: where the frozen files are.
    """
    found: list[Saying] = []
    for at, row in enumerate(_rows(folder / "parrot_random.jsonl")):
        text = str(row["expect"]["text"])
        messages = _messages(row["messages"]) if row.get("messages") else (user(ask(text)),)
        tools = tuple(map(ToolSpec.from_json, row.get("tools") or ()))
        flavour = str(row.get("flavour", "large"))
        found.append(Saying(f"random/{at}", text, messages, tools, bool(row.get("thinking")), flavour))
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _case(row: Mapping[str, Any], name: str) -> Case:
    kind, words = str(row.get("cell") or row["kind"]), row.get("words")
    return Case(
        id=name,
        kind=f"{kind}, {words}" if words else kind,
        group=str(row.get("group", name)),
        messages=_asked(_messages(row["messages"])),
        tools=tuple(map(ToolSpec.from_json, row["tools"])),
        thinking=bool(row["thinking"]),
        flavour=str(row["flavour"]),
        steps=tuple(map(_step, row["expect"]["steps"])),
    )


def _step(expected: Mapping[str, Any]) -> Step:
    if "calls" not in expected:
        text = str(expected["answer"])
        return Step(text=text, quotes=tuple(map(str, expected["quotes"])) or (text,))
    calls = (ToolCall(call["name"], call["arguments"], str(at)) for at, call in enumerate(expected["calls"]))
    return Step(tuple(calls), tuple(expected["results"]))


def _asked(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return a conversation up to its last question."""
    return messages[: 1 + max(at for at, message in enumerate(messages) if message.role == "user")]


def _messages(found: Any) -> tuple[Message, ...]:
    """Read messages; results that chat JSON turned into the text of an object or a list are that again."""
    return tuple(
        Message(one.role, tuple(_revived(part) if isinstance(part, ToolResult) else part for part in one.parts))
        for one in messages_from_json(found)
    )


def _revived(one: ToolResult) -> ToolResult:
    if isinstance(one.content, str) and one.content[:1] in ("{", "["):
        with suppress(json.JSONDecodeError):
            return replace(one, content=json.loads(one.content))
    return one
