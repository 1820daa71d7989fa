"""A row ends where the model stops: with `<turn|>` after an answer, `<|tool_response>` after calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gemwright.tuning.check.findings import Finding, Settings, excerpt
from gemwright.tuning.dataset import Row
from gemwright.wire.tokens import RESPONSE_OPEN, TURN_CLOSE

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION: Final = "every row ends with the token by which the model stops"


def check(row: Row, settings: Settings) -> Iterator[Finding]:
    """Look for turns that were cut.

    Args:
        row: the row.
        settings: not needed here.
    """
    messages = row.conversation.messages
    if messages and messages[-1].role == "tool":
        yield Finding(
            "ends",
            row.number,
            f"messages[{len(messages) - 1}]",
            "the row ends after a tool's result, without the model's answer",
            "add the answer; where only the call is to be learned, end the row with the call",
        )
    elif not row.text.rstrip("\n").endswith((TURN_CLOSE, RESPONSE_OPEN)):
        yield Finding(
            "ends",
            row.number,
            f"character {len(row.text)}",
            f"the row ends in {excerpt(row.text[-16:])}, without an end token",
            f"a turn that was cut teaches to stop anywhere: leave it out, or end it with {TURN_CLOSE}",
        )
