"""What a rule finds, and what it is told of the training that is meant."""

from __future__ import annotations

from dataclasses import dataclass

from gemwright.tuning.masks import Encode

__all__ = ["Finding", "Settings", "excerpt"]

SHOWN = 24
"""Characters of a text that a message quotes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        rule: name of the rule.
        row: line of the row in its file, from 1; 0 where it came from no file.
        place: where in the row.
        message: what is wrong there.
        hint: what to do.
    """

    rule: str
    row: int
    place: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What is known of the training.

    Attributes:
        max_tokens: the longest row that is trained, in tokens; None is no limit.
        encode: the tokenizer; without one, tokens are estimated.
        template: text of the chat template that the trainer renders with; None where it takes our text.
    """

    max_tokens: int | None = None
    encode: Encode | None = None
    template: str | None = None


def excerpt(text: str, first: int = 0, after: int | None = None) -> str:
    """Return the beginning of a piece of a text, for a message."""
    piece = text[first : len(text) if after is None else after]
    return repr(piece if len(piece) <= SHOWN else piece[: SHOWN - 1] + "…")
