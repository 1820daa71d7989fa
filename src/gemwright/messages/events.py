"""The closed set of events that a turn in progress is made of.

Order: `TurnStarted`, then deltas in the order the model wrote them, then `UsageReported` where known, then `TurnEnded`.
Text deltas concatenate to the content; call deltas concatenate to the JSON text of the arguments, append-only; each
`ToolCallStarted` is followed by exactly one `ToolCallEnded` or `Malformed` with its index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from gemwright.messages.parts import ToolCall
from gemwright.messages.turn import FinishReason, Usage

__all__ = [
    "SUPERSEDED",
    "Event",
    "Malformed",
    "RepairApplied",
    "TextDelta",
    "ThinkingDelta",
    "ThinkingEnded",
    "ToolCallDelta",
    "ToolCallEnded",
    "ToolCallStarted",
    "TurnEnded",
    "TurnStarted",
    "UsageReported",
]


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """The runtime accepted the request."""

    runtime: str = ""
    model: str = ""
    lane: str = ""
    dialect: str = ""
    note: str = ""
    """What was neutralised or constrained, how the dialect was found, and what a person has to know of the model."""
    version: str = ""
    """Of the runtime."""
    lane_why: str = ""
    """Why this lane, as a clause."""
    ignored: tuple[str, ...] = ()
    """What was asked for and had no effect: the runtime leaves it out, or this lane cannot say it."""
    quirks: tuple[str, ...] = ()
    """Ids of known problems of this version of the runtime."""


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """More of a thought."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingEnded:
    """The thought was closed, by its mark or by what followed it."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """A call's name is known. `index` counts calls in this turn from 0."""

    index: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """More of the JSON text of a call's arguments."""

    index: int
    json: str


@dataclass(frozen=True, slots=True)
class ToolCallEnded:
    """A call is complete, its arguments typed."""

    index: int
    call: ToolCall


@dataclass(frozen=True, slots=True)
class RepairApplied:
    """A named deviation was corrected. `repair` is an id of `gemwright.wire.repair`."""

    repair: str
    detail: str = ""


SUPERSEDED: Final = "read again as a whole"
"""Reason of a `Malformed` that takes back what was begun: the whole call follows under the next index."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A call that is none: cut off, too large, unreadable, or in need of a repair that is switched off."""

    name: str
    raw: str
    reason: str
    index: int | None = None
    """The index of the `ToolCallStarted` that this ends, or None if none was begun."""


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Token counts and times, as the runtime reports them."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """Nothing follows."""

    finish: FinishReason


Event: TypeAlias = (
    TurnStarted
    | ThinkingDelta
    | ThinkingEnded
    | TextDelta
    | ToolCallStarted
    | ToolCallDelta
    | ToolCallEnded
    | RepairApplied
    | Malformed
    | UsageReported
    | TurnEnded
)
