"""The frozen questions of an evaluation, read from `frozen/` and from gemwright's own golden files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from gemwright.messages import Message, ToolCall, ToolSpec, user
from gemwright.wire import messages_from_json

__all__ = ["FROZEN", "GOLDEN", "Case", "Saying", "Step", "golden_outputs", "load", "public_tools", "random_texts"]

FROZEN: Final = Path(__file__).with_name("frozen")
GOLDEN: Final = Path(__file__).parents[2] / "tests" / "golden" / "parse.jsonl"


@dataclass(frozen=True, slots=True)
class Step:
    """One answer that is asked for: what was said before, and what is right.

    Attributes:
        messages: the conversation so far.
        calls: the calls that are right; none if a text is.
        text: the text that is right, if calls are not.
        quotes: what a right answer has to hold.
    """

    messages: tuple[Message, ...]
    calls: tuple[ToolCall, ...] = ()
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
            step = Step((user(question["ask"]),), calls)
            server = str(row["server"])
            found.append(Case(f"{name}/{server}/{at}", server, server, tools, False, "small", (step,), {}))
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
        given: Any = row["expect"]
        text = str(cast("Mapping[str, Any]", given)["text"] if isinstance(given, Mapping) else given)
        messages = tuple(messages_from_json(row["messages"])) if row.get("messages") else (user(ask(text)),)
        tools = tuple(ToolSpec.from_json(tool) for tool in row.get("tools") or ())
        flavour = str(row.get("flavour", "large"))
        found.append(Saying(f"random/{at}", text, messages, tools, bool(row.get("thinking")), flavour))
    return found


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
    """Return what is asked for: each of the model's messages after the last user message."""
    last = max(at for at, message in enumerate(messages) if message.role == "user")
    spoken = [at for at in range(last + 1, len(messages)) if messages[at].role == "assistant"]
    blank: list[Mapping[str, Any]] = [{}] * len(spoken)
    notes = cast("list[Mapping[str, Any]]", expect.get("steps")) or blank
    for at, note in zip(spoken, notes, strict=True):
        text = messages[at].text
        quotes = tuple(str(quote) for quote in note.get("quotes") or ())
        yield Step(tuple(messages[:at]), messages[at].tool_calls, text, quotes or ((text,) if text else ()))
