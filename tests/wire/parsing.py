"""How a parse is judged: what must hold for any output, and how a result is compared with what was expected."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gemwright.messages import (
    Event,
    Malformed,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolSpec,
    Turn,
    fold,
)
from gemwright.wire.parse import Parser
from gemwright.wire.tokens import CONTROL_TOKENS

__all__ = ["RESERVED", "Said", "broken_invariants", "chunkings", "said", "same_text", "shown", "stream", "typed"]

RESERVED = re.compile("|".join([*map(re.escape, CONTROL_TOKENS), "<unused[0-9]+>"]))
"""A control token in text that the user sees."""


@dataclass(frozen=True)
class Said:
    """All of a turn that must not depend on how the stream was cut."""

    parts: tuple[Any, ...]
    incomplete: tuple[Any, ...]
    repairs: tuple[Any, ...]


def said(turn: Turn) -> Said:
    """Return what of a turn must be the same for every chunking."""
    return Said(turn.parts, turn.incomplete, turn.repairs)


def stream(chunks: Sequence[str], tools: Sequence[ToolSpec] = (), **options: Any) -> list[Event]:
    """Return all events of a stream."""
    parser = Parser(tools, **options)
    events: list[Event] = []
    for chunk in chunks:
        events += parser.feed(chunk)
    return events + parser.finish()


def chunkings(text: str, seeds: Sequence[int] = (1, 2, 3)) -> Iterator[tuple[str, list[str]]]:
    """Yield named ways to cut a text: whole, by characters, and at random places, empty chunks included."""
    yield "whole", [text]
    yield "one character each", list(text)
    for seed in seeds:
        draw = random.Random(seed)
        chunks: list[str] = []
        at = 0
        while at < len(text):
            size = draw.choice((0, 1, 1, 2, 3, 5, 8, 13, 40))
            chunks.append(text[at : at + size])
            at += size
        yield f"random, seed {seed}", chunks


def same_text(text: str) -> str:
    """Return text in the form in which content and reasoning are compared (rules R1 and R2)."""
    return re.sub(r"\n\n+", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def typed(value: Any) -> Any:
    """Return JSON with its types spelled out, so that 1, 1.0 and true differ; key order does not matter."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [typed(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return (type(value).__name__, repr(value))


def shown(turn: Turn) -> dict[str, Any]:
    """Return a turn in the golden files' form."""
    return {
        "reasoning": same_text(turn.thinking),
        "content": same_text(turn.text),
        "tool_calls": [{"name": call.name, "arguments": dict(call.arguments)} for call in turn.tool_calls],
    }


def broken_invariants(events: Sequence[Event], *, clean: bool = True) -> list[str]:
    """Return what is wrong with a stream of events, whatever its text was; `clean` asks for text without markers."""
    wrong: list[str] = []
    open_calls: dict[int, str] = {}
    begun: set[int] = set()
    written: dict[int, str] = {}
    for event in events:
        match event:
            case TextDelta(text) | ThinkingDelta(text):
                if not text:
                    wrong.append("an empty delta")
            case ToolCallStarted(index, _, name):
                if index in begun:
                    wrong.append(f"call {index} started twice")
                if index != len(begun):
                    wrong.append(f"call {index} started after {len(begun)} calls")
                begun.add(index)
                open_calls[index] = name
                written[index] = ""
            case ToolCallDelta(index, text):
                if index not in open_calls:
                    wrong.append(f"a delta of call {index}, which is not open")
                written[index] = written.get(index, "") + text
            case ToolCallEnded(index, call):
                if open_calls.pop(index, None) != call.name:
                    wrong.append(f"call {index} ended under another name, or was not open")
                wrong += wrong_json(index, written.get(index, ""), dict(call.arguments))
            case Malformed(index=index) if index is not None:
                if open_calls.pop(index, None) is None:
                    wrong.append(f"call {index} broke off without being open")
            case _:
                pass
    wrong += [f"call {index} never ended" for index in open_calls]
    turn = fold(events)
    for kind, text in (("content", turn.text), ("reasoning", turn.thinking)):
        found = RESERVED.search(text)
        if clean and found:
            wrong.append(f"{found[0]} in the {kind}")
    deltas = "".join(event.text for event in events if isinstance(event, TextDelta))
    if deltas != turn.text:
        wrong.append("the text deltas do not concatenate to the content")
    return wrong


def wrong_json(index: int, written: str, arguments: dict[str, Any]) -> list[str]:
    """Say what is wrong with the JSON text that was streamed for a call's arguments."""
    try:
        read = json.loads(written)
    except ValueError as error:
        return [f"the JSON text of call {index} does not parse: {error}: {written[:200]}"]
    if typed(read) != typed(arguments):
        return [f"the JSON text of call {index} is not its arguments: {written[:200]} for {arguments!r}"]
    return []
