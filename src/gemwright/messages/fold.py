"""Events to a turn: the only accumulator there is. One-shot and streaming results are equal because both come from here."""

from __future__ import annotations

from collections.abc import Iterable

from gemwright.messages.events import (
    SUPERSEDED,
    Event,
    Malformed,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ThinkingEnded,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnEnded,
    TurnStarted,
    UsageReported,
)
from gemwright.messages.parts import Part, Text, Thinking
from gemwright.messages.turn import FinishReason, IncompleteCall, Repair, Turn, Usage

__all__ = ["Folder", "fold"]


class Folder:
    """Accumulates events; `turn()` may be called at any time."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._repairs: dict[str, tuple[int, str]] = {}
        self._incomplete: list[IncompleteCall] = []
        self._finish: FinishReason = "stop"
        self._usage = Usage()
        self._start = TurnStarted()

    def add(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, ToolCallDelta):  # deltas come by the thousand: they go before the match below
            return
        if isinstance(event, TextDelta):
            if self._thinking:
                self._close_thinking()
            self._text.append(event.text)
            return
        if isinstance(event, ThinkingDelta):
            if self._text:
                self._close_text()
            self._thinking.append(event.text)
            return
        match event:
            case ThinkingEnded():
                self._close_thinking()
            case ToolCallStarted():
                pass
            case ToolCallEnded(_, call):
                self._close()
                self._parts.append(call)
            case RepairApplied(repair, detail):
                count, first = self._repairs.get(repair, (0, detail))
                self._repairs[repair] = (count + 1, first)
            case Malformed(name, raw, reason):
                self._close()
                if reason != SUPERSEDED:
                    self._incomplete.append(IncompleteCall(name, raw, reason))
            case UsageReported(usage):
                self._usage = usage
            case TurnStarted():
                self._start = event
            case TurnEnded(finish):
                self._finish = finish

    def turn(self) -> Turn:
        """Return what the events so far amount to."""
        self._close()
        return Turn(
            parts=tuple(self._parts),
            finish=self._finish,
            usage=self._usage,
            repairs=tuple(Repair(k, n, d) for k, (n, d) in self._repairs.items()),
            incomplete=tuple(self._incomplete),
            runtime=self._start.runtime,
            model=self._start.model,
            lane=self._start.lane,
            dialect=self._start.dialect,
            note=self._start.note,
            version=self._start.version,
            lane_why=self._start.lane_why,
            ignored=self._start.ignored,
            quirks=self._start.quirks,
        )

    def _close(self) -> None:
        self._close_thinking()
        self._close_text()

    def _close_text(self) -> None:
        if self._text:
            text = "".join(self._text)
            self._text.clear()
            last = self._parts[-1] if self._parts else None
            if isinstance(last, Text):
                self._parts[-1] = Text(last.text + text)
            elif text:
                self._parts.append(Text(text))

    def _close_thinking(self) -> None:
        if self._thinking:
            text = "".join(self._thinking)
            self._thinking.clear()
            if text:
                self._parts.append(Thinking(text))


def fold(events: Iterable[Event]) -> Turn:
    """Return the turn that a whole sequence of events amounts to."""
    folder = Folder()
    for event in events:
        folder.add(event)
    return folder.turn()
