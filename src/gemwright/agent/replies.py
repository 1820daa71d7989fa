"""What follows from what the model said: go on, say something to it, or end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gemwright.agent.limits import Limits
from gemwright.agent.signals import Ended, Reply, Result
from gemwright.agent.state import Question
from gemwright.messages import ToolCall, Turn

__all__ = ["Check", "End", "Nudge", "judge", "limit_hit", "reply_of"]

Check: TypeAlias = Callable[[str, Sequence[Result]], str | None]
"""Gets an answer and the results it rests on; returns what is wrong with it, as the model should hear it, or None."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """Something to say to the model. With a limit, the final answer without tools follows."""

    why: str
    text: str
    limit: Ended | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """The question is over."""

    ended: Ended
    complaint: str = ""


def judge(question: Question, limits: Limits, check: Check | None) -> Nudge | End | None:
    """Return what follows from the last turn; None is that the model is asked.

    Args:
        question: all of its calls have results.
        limits: how often something is asked for again.
        check: the caller's.
    """
    said = question.said[-1] if question.said else None
    if said is None or said.turn is None:
        return None
    turn = said.turn
    if turn.incomplete and not said.final:
        what = turn.incomplete[0]
        name = f"of `{what.name[:64]}` " if what.name else ""
        return Nudge(
            "malformed", f"Your call {name}could not be read ({what.reason}); it was not run. Make it again, shorter."
        )
    if turn.tool_calls and not said.final:
        return None
    if turn.finish == "cancelled":
        return End(question.limit or "time")
    if not turn.text.strip():
        if question.nudges.get("empty", 0) >= limits.empty:
            return End("empty")
        tools = "No tools are left. " if said.final else "Call a tool or answer. "
        return Nudge("empty", f"Your last reply had no answer in it. {tools}Answer the question in plain sentences.")
    complaint = check(turn.text, question.results) if check else None
    if complaint and question.nudges.get("check", 0) < limits.repairs:
        return Nudge("check", complaint)
    return End(question.limit or "answered", complaint or "")


def limit_hit(question: Question, limits: Limits, *, over: bool) -> Nudge | None:
    """Return the words for the final answer if a limit is reached, else None.

    Args:
        question: the question.
        limits: the limits.
        over: whether its time is over.
    """
    reached: list[tuple[bool, Ended, str]] = [
        (over, "time", f"{limits.seconds:g} seconds are over"),
        (
            limits.tokens is not None and question.tokens >= limits.tokens,
            "tokens",
            f"{question.tokens} tokens are written",
        ),
        (question.errors >= limits.errors, "errors", f"{question.errors} calls failed one after the other"),
        (question.repeats >= limits.repeats, "repeats", f"{question.repeats} calls were made before"),
        (question.steps >= limits.steps, "steps", f"{question.steps} turns were used"),
    ]
    for is_reached, limit, detail in reached:
        if is_reached:
            rest = "Ask the user for what is missing." if limit == "errors" else "Say what is missing, if anything is."
            text = f"No more tools: {detail}. Answer now with what the results above say. {rest}"
            return Nudge("limit", text, limit, detail)
    return None


def reply_of(question: Question, end: End, waiting: Sequence[ToolCall] = ()) -> Reply:
    """Return what a question came to."""
    last = question.last
    turn = last.turn if last and last.turn else Turn()
    answered = last is not None and (last.final or not turn.tool_calls)
    return Reply(
        text=turn.text if answered and end.ended != "paused" else "",
        ended=end.ended,
        steps=question.steps,
        results=question.results,
        waiting=tuple(waiting),
        usage=question.usage(),
        complaint=end.complaint,
        turn=turn,
    )
