"""What an agent tells while it works, and what a tool can tell the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gemwright.messages import Event, ToolCall, Turn, Usage
from gemwright.messages.parts import JSON

__all__ = [
    "AgentEvent",
    "CallFinished",
    "CallStarted",
    "Compacted",
    "Ended",
    "Finished",
    "LimitHit",
    "Nudged",
    "Paused",
    "Reply",
    "Result",
    "Retry",
    "StepStarted",
]

Ended: TypeAlias = Literal["answered", "steps", "tokens", "time", "errors", "repeats", "empty", "paused", "abandoned"]
"""How a question ended: answered, or the limit that was reached, or it waits for a person."""


class Retry(Exception):
    """Raised by a tool: the call failed, and this sentence tells the model what to do instead."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a call came to.

    Attributes:
        call: as the model wrote it.
        content: what the model sees: a text, or a JSON value.
        is_error: whether the call failed.
        cached: whether the same call was made before for this question, so that nothing was run.
        seconds: how long the tool ran.
    """

    call: ToolCall
    content: JSON
    is_error: bool = False
    cached: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent made of a question.

    Attributes:
        text: the answer; empty where there is none.
        ended: how it ended. With a limit, the text is the answer that was asked for without tools.
        steps: how often the model was asked.
        results: every call with its result, in order.
        waiting: calls that a person has to allow before they run.
        usage: tokens of all turns together, where the runtime counts them.
        complaint: what the caller's check still says against the text.
        turn: the last turn, which says who spoke and how.
    """

    text: str
    ended: Ended
    steps: int = 0
    results: tuple[Result, ...] = ()
    waiting: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    complaint: str = ""
    turn: Turn = field(default_factory=Turn)


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The model is asked. `number` counts from 1 in each question; the final step has no tools."""

    number: int
    final: bool = False


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A tool runs, or its earlier result is taken."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class CallFinished:
    """A call has its result, and the transcript has it too."""

    result: Result


@dataclass(frozen=True, slots=True)
class Paused:
    """Calls wait for a person. Nothing follows but `Finished`; `resume` goes on."""

    waiting: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class LimitHit:
    """A limit is reached: the final step follows, without tools."""

    limit: Ended
    detail: str


@dataclass(frozen=True, slots=True)
class Nudged:
    """The agent said something to the model by itself: after an empty reply, half a call, a limit, a complaint."""

    text: str


@dataclass(frozen=True, slots=True)
class Compacted:
    """The conversation was made shorter, since it did not fit.

    Attributes:
        dropped: questions that are not sent any more, each with everything that belongs to it.
        pruned: results that are not sent any more.
        noted: lines that the ledger keeps of them.
    """

    dropped: int
    pruned: int
    noted: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing follows."""

    reply: Reply


AgentEvent: TypeAlias = (
    Event | StepStarted | CallStarted | CallFinished | Paused | LimitHit | Nudged | Compacted | Finished
)
