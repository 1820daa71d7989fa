"""Where an agent stops by itself."""

from __future__ import annotations

from dataclasses import dataclass

from gemwright.foundation.errors import BadOption

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one question. When one is reached the model is asked once more, without tools.

    Attributes:
        steps: turns of the model with tools.
        tokens: tokens that the model writes, thinking included; None sets no limit. Where a runtime counts none, four
            characters count as one.
        seconds: time from the question, or from `resume`, until the final answer is asked for.
        final_seconds: time for that answer.
        tool_seconds: time for one call. A plain function that runs longer is left behind in its thread.
        errors: calls that fail one after the other.
        repeats: calls that were made before.
        empty: replies without an answer that are asked for again.
        repairs: times that a caller's check may send an answer back.
        parallel: calls of one turn that run at the same time.
    """

    steps: int = 12
    tokens: int | None = None
    seconds: float = 300.0
    final_seconds: float = 60.0
    tool_seconds: float = 30.0
    errors: int = 3
    repeats: int = 3
    empty: int = 2
    repairs: int = 1
    parallel: int = 4

    def __post_init__(self) -> None:
        for name in ("steps", "tokens", "seconds", "final_seconds", "tool_seconds", "errors", "repeats", "parallel"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise BadOption(f"the limit `{name}` must be above 0, not {value}")
        for name in ("empty", "repairs"):
            if getattr(self, name) < 0:
                raise BadOption(f"the limit `{name}` must not be negative: {getattr(self, name)}")
