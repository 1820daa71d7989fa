"""One call from its words to its result: read, run, cut into pages; every failure becomes a result for the model."""

from __future__ import annotations

import time
from collections.abc import Mapping, Set
from dataclasses import dataclass

from gemwright.agent.paging import page_of
from gemwright.agent.signals import Result, Retry
from gemwright.agent.toolbox import Ready, Toolbox
from gemwright.foundation import jsonx
from gemwright.messages import ToolCall
from gemwright.messages.parts import JSON

__all__ = ["Carried", "carry_out", "refused"]

_AGAIN = "You made this call before; this is its result again. Use it, or answer."


@dataclass(frozen=True, slots=True)
class Carried:
    """A result, and what is kept for the same call made again.

    Attributes:
        result: what the model sees.
        key: of the call; empty where nothing is kept.
        whole: the whole result, all pages of it.
        page: which of them the model sees.
    """

    result: Result
    key: str = ""
    whole: JSON = None
    page: int = 1


async def carry_out(
    toolbox: Toolbox, call: ToolCall, wholes: Mapping[str, JSON], shown: Set[tuple[str, int]], seconds: float
) -> Carried:
    """Carry out a call.

    Args:
        toolbox: the tools.
        call: as the model wrote it.
        wholes: whole results of this question, by key.
        shown: keys and pages that the model has seen for this question.
        seconds: how long the tool may run.
    """
    began = time.monotonic()
    try:
        ready = toolbox.ready(call)
        known = ready.key in wholes and not ready.tool.repeatable
        whole = wholes[ready.key] if known else await toolbox.run(ready, seconds)
        repeated = known and (ready.key, ready.page) in shown
        content = _content(toolbox, ready, whole, [_AGAIN] if repeated else [])
        result = Result(call, content, cached=repeated, seconds=time.monotonic() - began)
    except Retry as e:
        return Carried(Result(call, f"Error: {e}", is_error=True, seconds=time.monotonic() - began))
    return Carried(result, ready.key, whole, ready.page)


def refused(call: ToolCall, reason: str) -> Carried:
    """Return the result of a call that was not run."""
    return Carried(Result(call, f"Error: {reason}", is_error=True))


def _content(toolbox: Toolbox, ready: Ready, whole: JSON, notes: list[str]) -> JSON:
    try:
        page = page_of(whole, ready.page, toolbox.page_chars)
    except IndexError as e:
        raise Retry(f"{e}.") from e
    said = [*notes, *ready.notes]
    if not said:
        return page
    text = page if isinstance(page, str) else jsonx.compact(page)
    return f"[{' '.join(said)}]\n{text}"
