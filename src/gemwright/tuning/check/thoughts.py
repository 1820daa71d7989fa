"""Targets think where thinking is on, and do not where it is off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gemwright.tuning.check.findings import Finding, Settings
from gemwright.tuning.dataset import Row
from gemwright.wire.tokens import CHANNEL_CLOSE, CHANNEL_OPEN

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION: Final = "targets hold a thought exactly where thinking is on"


def check(row: Row, settings: Settings) -> Iterator[Finding]:
    """Look for thoughts that are missing, and for such as should not be there.

    Args:
        row: the row.
        settings: not needed here.
    """
    messages = row.conversation.messages
    for generation in row.generations():
        thinks = generation.text.startswith(CHANNEL_OPEN) or (generation.cued and CHANNEL_CLOSE in generation.text)
        if thinks == row.conversation.thinking:
            continue
        at = generation.group.message
        if thinks:
            message = "thinking is off, and this target begins with a thought"
            hint = "turn thinking on for this row, or take the thought out"
        elif messages[at].thinking:
            message = "thinking is on, and the template drops the thought of this finished turn, which is a target"
            hint = "train on last turns only, and make a row of its own for each earlier turn"
        else:
            message = "thinking is on, and this target has no thought, which teaches to skip it"
            hint = "give the message its thought as `reasoning`, or turn thinking off for this row"
        yield Finding("thoughts", row.number, f"messages[{at}]", message, hint)
