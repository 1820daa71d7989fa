"""A finished turn of the model, and the numbers that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from gemwright.messages.message import Message
from gemwright.messages.parts import Part, Text, Thinking, ToolCall

__all__ = ["FinishReason", "IncompleteCall", "Repair", "Turn", "Usage"]

FinishReason: TypeAlias = Literal["stop", "tool_calls", "length", "cancelled", "error"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts and times of one generation; None where the runtime does not say.

    Attributes:
        prompt_tokens: tokens of the prompt.
        output_tokens: tokens generated, thinking included.
        cached_tokens: prompt tokens that came from the runtime's cache.
        prompt_seconds, output_seconds: time spent on each.
    """

    prompt_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    prompt_seconds: float | None = None
    output_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair that was made, how often, and on what."""

    id: str
    count: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IncompleteCall:
    """A call that was begun and not finished: never run, never shown as content."""

    name: str
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What the model said in one generation, and how it came about.

    Attributes:
        parts: texts, thoughts and calls, in the order in which they were written.
        finish: how it ended.
        usage: token counts and times.
        repairs: deviations that were corrected.
        incomplete: calls that are none.
        runtime, version, model: who spoke.
        lane: "raw" or "chat".
        lane_why: why that lane, as a clause.
        dialect: the format that the prompt was written in.
        note: what was neutralised or constrained, and what a person has to know of the model.
        ignored: what was asked for and had no effect.
        quirks: ids of known problems of this version of the runtime.
    """

    parts: tuple[Part, ...] = ()
    finish: FinishReason = "stop"
    usage: Usage = Usage()
    repairs: tuple[Repair, ...] = ()
    incomplete: tuple[IncompleteCall, ...] = ()
    runtime: str = ""
    model: str = ""
    lane: str = ""
    dialect: str = ""
    note: str = ""
    version: str = ""
    lane_why: str = ""
    ignored: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The answer: all text outside markup, in order."""
        return "".join(p.text for p in self.parts if isinstance(p, Text))

    @property
    def thinking(self) -> str:
        """The thoughts, in order."""
        return "\n".join(p.text for p in self.parts if isinstance(p, Thinking))

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The complete calls, in order."""
        return tuple(p for p in self.parts if isinstance(p, ToolCall))

    def message(self) -> Message:
        """Return the turn as a message for the conversation's history."""
        return Message("assistant", self.parts)
