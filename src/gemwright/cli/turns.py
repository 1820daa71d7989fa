"""Shows a turn in the terminal while it is spoken, explains it, and keeps the last one for `gemwright why last`."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from gemwright.cli.output import session, write
from gemwright.foundation import jsonx
from gemwright.foundation.errors import GemwrightError
from gemwright.foundation.files import write_whole
from gemwright.foundation.paths import places
from gemwright.foundation.terminal import harmless
from gemwright.messages import (
    Event,
    FinishReason,
    Folder,
    Malformed,
    Repair,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ThinkingEnded,
    ToolCallDelta,
    ToolCallEnded,
    Turn,
    turn_to_json,
)
from gemwright.wire import REPAIRS

__all__ = ["Arrivals", "keep_last", "last_turn_file", "show_events", "why", "why_rows"]

_log = logging.getLogger("gemwright.cli")


LAST: Final = "last-turn.json"
"""Name of the file that holds the last turn, in the directory for state."""


class Arrivals:
    """Passes events on, and counts and times what arrives of an answer.

    Args:
        events: what a stream yields.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = events
        self._began = time.monotonic()
        self._first: float | None = None
        self._pieces = 0

    def __iter__(self) -> Iterator[Event]:
        for event in self._events:
            if isinstance(event, ThinkingDelta | TextDelta | ToolCallDelta | ToolCallEnded | Malformed):
                self._pieces += 1
                self._first = time.monotonic() - self._began if self._first is None else self._first
            yield event

    @property
    def said(self) -> str:
        """What arrived, in a line."""
        if self._first is None:
            return "arrived  nothing"
        whole = time.monotonic() - self._began
        return f"arrived  in {self._pieces} pieces, the first after {self._first:.2f} s, all after {whole:.2f} s"


def show_events(events: Iterable[Event], mark: str = "") -> Turn:
    """Print thinking, text and calls as they come; text of the model cannot drive the terminal.

    Args:
        events: what a stream yields.
        mark: what has to stand at everything that this model says, such as `demo model`; often empty.

    Returns:
        The turn. It is kept as the last one, and so is what had come of it when it broke off.
    """
    folder = Folder()
    broken: FinishReason | None = "error"
    try:
        _show(events, folder, mark)
        broken = None
    except KeyboardInterrupt:
        broken = "cancelled"
        raise
    finally:
        turn = folder.turn()
        if turn != Turn():
            keep_last(replace(turn, finish=broken) if broken else turn)
    return turn


def last_turn_file() -> Path:
    """Return where the last turn is kept."""
    return places(os.environ).state / LAST


def keep_last(turn: Turn) -> None:
    """Keep a turn as the last one, unless the settings say otherwise. That it cannot be kept is no failure.

    What is kept is what the model said and how that came about: no prompt, no address, no key.
    """
    if not session().settings().keep_last:
        return
    path = last_turn_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, jsonx.compact(turn_to_json(turn)).encode() + b"\n")
    except (OSError, GemwrightError) as e:
        _log.info("the last turn was not kept: %s", e)


def _show(events: Iterable[Event], folder: Folder, mark: str) -> None:
    paint = session().paint
    lead = paint(f"[{harmless(mark)}] ", "note") if mark else ""
    fresh = True
    for event in events:
        folder.add(event)
        match event:
            case ThinkingDelta(text):
                if fresh:
                    write(lead + paint("thinking: ", "dim"))
                write(paint(harmless(text), "thought"))
                fresh = False
            case ThinkingEnded():
                write("\n")
                fresh = True
            case TextDelta(text):
                write((lead if fresh else "") + harmless(text))
                fresh = False
            case ToolCallEnded(_, call):
                if not fresh:
                    write("\n")
                arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
                write(lead + paint(harmless(f"call: {call.name} {arguments}"), "call") + "\n")
                fresh = True
            case Malformed(name, _, reason):
                write(lead + paint(harmless(f"no call: {name or 'unnamed'}: {reason}"), "error") + "\n")
                fresh = True
            case RepairApplied(repair, detail):
                session().say(harmless(f"repaired: {repair}" + (f" ({detail})" if detail else "")), style="repair")
            case _:
                pass
    if not fresh:
        write("\n")


def why(turn: Turn) -> str:
    """Return how a turn came about, one fact a line."""
    return "".join(f"{name:8} {harmless(value)}\n" for name, value in why_rows(turn))


def why_rows(turn: Turn) -> list[tuple[str, str]]:
    """Return how a turn came about, as names and values; what is not known is left out."""
    usage = turn.usage
    spent = [f"{usage.prompt_tokens} in", f"{usage.output_tokens} out"]
    spent += [f"{usage.cached_tokens} from the cache"] if usage.cached_tokens else []
    rows = [
        ("runtime", " ".join(filter(None, [turn.runtime, turn.version]))),
        ("model", turn.model),
        ("lane", f"{turn.lane}: {turn.lane_why}" if turn.lane_why else turn.lane),
        ("dialect", turn.dialect),
        ("note", turn.note),
        ("finish", turn.finish),
        ("tokens", ", ".join(spent) if usage.output_tokens is not None else "the runtime does not say"),
        *[("repaired", _repair_row(repair)) for repair in turn.repairs],
        *[("no call", f"{call.name or 'unnamed'}: {call.reason}") for call in turn.incomplete],
        ("ignored", ", ".join(turn.ignored)),
        *[("known", f"{quirk} (gemwright corpus show {quirk})") for quirk in turn.quirks],
    ]
    if not turn.repairs:
        rows.append(("repaired", "nothing"))
    return [(name, value) for name, value in rows if value]


def _repair_row(repair: Repair) -> str:
    rule = REPAIRS.get(repair.id)
    times = f" {repair.count} times" if repair.count > 1 else ""
    detail = f" ({repair.detail})" if repair.detail else ""
    meaning = f": {rule.deviation}; {rule.correction}" if rule else ""
    return f"{repair.id}{times}{detail}{meaning}"
