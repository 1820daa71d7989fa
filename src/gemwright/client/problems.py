"""A finished turn's problem as an exception, for callers who want one: the parser itself never raises."""

from __future__ import annotations

from gemwright.foundation.errors import AnswerEmpty, CallTruncated, CallUnparsable, OutputProblem, ThinkingUnclosed
from gemwright.messages import Turn

__all__ = ["problem_of"]


def problem_of(turn: Turn) -> OutputProblem | None:
    """Return what keeps a turn from being used, or None.

    Args:
        turn: a finished turn.
    """
    for call in turn.incomplete:
        name = f"`{call.name}`" if call.name else "a tool"
        if "ended inside" in call.reason or "longer than" in call.reason:
            return CallTruncated(f"the call of {name} is not whole: {call.reason}; it was not run")
        return CallUnparsable(f"the call of {name} cannot be used: {call.reason}")
    if turn.finish == "length" and turn.thinking.strip() and not turn.text.strip() and not turn.tool_calls:
        return ThinkingUnclosed("the output budget was spent on thinking, so there is no answer")
    if turn.finish == "length" and not turn.text.strip() and not turn.tool_calls:
        return AnswerEmpty(
            "the output budget was spent and nothing of it is an answer: the model or the runtime lost it"
        )
    if turn.finish in ("stop", "tool_calls") and not turn.text.strip() and not turn.tool_calls:
        return _empty(turn)
    return None


def _empty(turn: Turn) -> AnswerEmpty:
    """Return the problem of a turn that ended well and says nothing."""
    if any(repair.id == "wrong-finish" for repair in turn.repairs) or turn.finish == "tool_calls":
        return AnswerEmpty("the runtime says that it ends with tool calls, and delivered none: it lost them")
    if turn.thinking.strip():
        return AnswerEmpty("the model thought and then said nothing, or the runtime took its answer for thinking")
    return AnswerEmpty("the answer is empty")
