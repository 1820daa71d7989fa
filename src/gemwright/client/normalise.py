"""The chat lane's deltas to the same events that the raw lane gives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import cast

from gemwright.foundation.errors import BadJSON
from gemwright.foundation.jsonx import parse as parse_json
from gemwright.messages import (
    Event,
    Malformed,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ThinkingEnded,
    ToolCall,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolSpec,
)
from gemwright.messages.parts import JSON
from gemwright.runtimes.base import ChatChunk, ToolCallFragment
from gemwright.wire.parse import MAX_CALL_CHARS, Parser
from gemwright.wire.repair import switched_off
from gemwright.wire.toolset import Toolset, typed_arguments

__all__ = ["ChatNormaliser"]


@dataclass(slots=True)
class _Call:
    """A call whose pieces are arriving."""

    index: int
    id: str
    name: str
    pieces: list[str] = field(default_factory=list[str])
    size: int = 0


class ChatNormaliser:
    """Turns chat chunks into events: reasoning to thinking, content through the wire parser, fragments to calls.

    The parser sees the content too, because runtimes leave markers, thoughts and whole calls in it.

    Args:
        tools: the declared tools.
        json_answer: whether JSON was asked for as the answer.
        disabled: ids of repairs to leave out.
        call_id: gives the id of the n-th call of this turn, for runtimes that give none.
    """

    def __init__(
        self,
        tools: Sequence[ToolSpec] = (),
        *,
        json_answer: bool = False,
        disabled: Collection[str] = (),
        call_id: Callable[[int], str] = "call_{}".format,
    ) -> None:
        self._tools = Toolset(tools)
        self._call_id = call_id
        self._found_in_text = 0
        self._reads_content = "call-in-content" not in switched_off(disabled)
        self._parser = Parser(tools, json_answer=json_answer, disabled=disabled, call_id=call_id)
        self._calls: dict[int, _Call] = {}
        self._next = 0
        self._thinking = False

    def feed(self, chunk: ChatChunk) -> list[Event]:
        """Take a chunk and return the events it completes."""
        events: list[Event] = []
        if chunk.reasoning:
            self._thinking = True
            events.append(ThinkingDelta(chunk.reasoning))
        if chunk.content or chunk.tool_calls:
            events += self._end_thinking()
        if chunk.content:
            events += self._content(chunk.content)
        for fragment in chunk.tool_calls:
            events += self._fragment(fragment)
        return events

    def finish(self) -> list[Event]:
        """Say that nothing more will arrive, and return the last events."""
        events = [*self._end_thinking(), *self._renumbered(self._parser.finish())]
        for call in self._calls.values():
            events += self._end(call)
        self._calls.clear()
        return events

    def _content(self, text: str) -> list[Event]:
        """Look for what the runtime left in the content, unless that is switched off: then it stays as it came."""
        return self._renumbered(self._parser.feed(text)) if self._reads_content else [TextDelta(text)]

    def _end_thinking(self) -> list[Event]:
        ended, self._thinking = self._thinking, False
        return [ThinkingEnded()] if ended else []

    def _renumbered(self, events: list[Event]) -> list[Event]:
        """Give calls that were found in the content indices of this turn, in the order in which they begin."""
        found: list[Event] = []
        for event in events:
            match event:
                case ToolCallStarted(_, _, name):
                    self._found_in_text = self._next
                    self._next += 1
                    found += [
                        RepairApplied("call-in-content", name),
                        ToolCallStarted(self._found_in_text, self._call_id(self._found_in_text), name),
                    ]
                case ToolCallDelta(_, json):
                    found.append(ToolCallDelta(self._found_in_text, json))
                case ToolCallEnded(_, call):
                    call = ToolCall(call.name, call.arguments, self._call_id(self._found_in_text))
                    found.append(ToolCallEnded(self._found_in_text, call))
                case Malformed(name, raw, reason, index):
                    found.append(Malformed(name, raw, reason, None if index is None else self._found_in_text))
                case _:
                    found.append(event)
        return found

    def _fragment(self, fragment: ToolCallFragment) -> list[Event]:
        events: list[Event] = []
        call = self._calls.get(fragment.index)
        if call is not None and fragment.id and call.id != fragment.id and fragment.name:
            events += self._end(call)
            call = None
        if call is None:
            call = _Call(self._next, fragment.id or self._call_id(self._next), self._tools.resolve(fragment.name))
            self._next += 1
            self._calls[fragment.index] = call
            events.append(ToolCallStarted(call.index, call.id, call.name))
        if fragment.arguments and call.size <= MAX_CALL_CHARS:
            call.pieces.append(fragment.arguments)
            call.size += len(fragment.arguments)
            events.append(ToolCallDelta(call.index, fragment.arguments))
        return events

    def _end(self, call: _Call) -> list[Event]:
        raw = "".join(call.pieces)
        if call.size > MAX_CALL_CHARS:
            return [
                Malformed(call.name, raw[:1000], f"the call is longer than {MAX_CALL_CHARS} characters", call.index)
            ]
        if not raw.strip():
            return [ToolCallDelta(call.index, "{}"), ToolCallEnded(call.index, ToolCall(call.name, {}, call.id))]
        try:
            value = parse_json(raw)
        except BadJSON as error:
            return [Malformed(call.name, raw, f"its arguments are no JSON: {error.message}", call.index)]
        if not isinstance(value, dict):
            return [Malformed(call.name, raw, "its arguments are no JSON object", call.index)]
        arguments, changed = typed_arguments(self._tools, call.name, cast("dict[str, JSON]", value))
        events: list[Event] = [RepairApplied("coerced-argument", call.name)] if changed else []
        return [*events, ToolCallEnded(call.index, ToolCall(call.name, arguments, call.id))]
