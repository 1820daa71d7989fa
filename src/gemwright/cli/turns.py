"""Shows a turn in the terminal while it is spoken."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gemwright.cli.output import session, write
from gemwright.foundation.terminal import harmless
from gemwright.messages import (
    Event,
    Malformed,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ThinkingEnded,
    ToolCallEnded,
    Turn,
)

__all__ = ["show_events", "why"]


def show_events(events: Iterable[Event]) -> None:
    """Print thinking, text and calls as they come; text of the model cannot drive the terminal."""
    paint = session().paint
    fresh = True
    for event in events:
        match event:
            case ThinkingDelta(text):
                if fresh:
                    write(paint("thinking: ", "dim"))
                write(paint(harmless(text), "thought"))
                fresh = False
            case ThinkingEnded():
                write("\n")
                fresh = True
            case TextDelta(text):
                write(harmless(text))
                fresh = False
            case ToolCallEnded(_, call):
                if not fresh:
                    write("\n")
                arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
                write(paint(harmless(f"call: {call.name} {arguments}"), "call") + "\n")
                fresh = True
            case Malformed(name, _, reason):
                write(paint(harmless(f"no call: {name or 'unnamed'}: {reason}"), "error") + "\n")
                fresh = True
            case RepairApplied(repair, detail):
                session().say(harmless(f"repaired: {repair}" + (f" ({detail})" if detail else "")), style="repair")
            case _:
                pass
    if not fresh:
        write("\n")


def why(turn: Turn) -> str:
    """Return how a turn came about, one fact a line."""
    usage = turn.usage
    rows = [
        ("runtime", turn.runtime),
        ("model", turn.model),
        ("lane", turn.lane),
        ("dialect", turn.dialect),
        ("note", turn.note),
        ("finish", turn.finish),
        ("tokens", f"{usage.prompt_tokens} in, {usage.output_tokens} out"),
        ("repairs", ", ".join(f"{r.id} ×{r.count}" for r in turn.repairs) or "none"),  # noqa: RUF001
    ]
    return "".join(f"{name:8} {harmless(value)}\n" for name, value in rows if value)
