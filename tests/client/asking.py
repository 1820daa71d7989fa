"""A scripted chat runtime, and turns asked of it: what the tests of the chat lane share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gemwright.client import Client
from gemwright.messages import Event, GenerationOptions, ToolSpec, Turn, fold, user
from gemwright.runtimes.base import Capabilities, ChatChunk, RuntimeInfo, ToolCallFragment
from gemwright.runtimes.echo import Echo, Step

TIDE = ToolSpec(
    "tide",
    "Tides.",
    {"type": "object", "properties": {"station": {"type": "string"}, "n": {"type": "integer"}}},
)
PING = ToolSpec("ping", "Nothing.")
CHAT = RuntimeInfo("written", "1", "gemma-4-E2B-it", context=4096, capabilities=Capabilities(chat=True))


def content(*pieces: str) -> list[ChatChunk]:
    """Content in pieces."""
    return [ChatChunk(content=piece) for piece in pieces]


def thought(*pieces: str) -> list[ChatChunk]:
    """Reasoning in pieces."""
    return [ChatChunk(reasoning=piece) for piece in pieces]


def call(index: int = 0, id: str = "", name: str = "", arguments: str = "") -> ChatChunk:
    """A piece of a call."""
    return ChatChunk(tool_calls=(ToolCallFragment(index, id, name, arguments),))


def events(
    chunks: Sequence[Step], *, about: RuntimeInfo = CHAT, off: Sequence[str] = (), **options: Any
) -> list[Event]:
    """The events of one turn in the chat lane."""
    runtime = Echo(chunks, info=replace(about, capabilities=replace(about.capabilities, chat=True)))
    with Client(runtime, lane="chat", repairs_off=off) as client:
        return list(client.stream([user("tides?")], [TIDE, PING], GenerationOptions(**options)))


def turn(chunks: Sequence[Step], **options: Any) -> Turn:
    """The turn that these chunks amount to."""
    return fold(events(chunks, **options))


def repairs(found: Turn) -> list[str]:
    """Ids of the repairs of a turn."""
    return [repair.id for repair in found.repairs]


def calls(found: Turn) -> list[tuple[str, dict[str, Any]]]:
    """Names and arguments of a turn's calls."""
    return [(one.name, dict(one.arguments)) for one in found.tool_calls]
