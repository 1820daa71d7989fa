"""A row is no longer than what is trained: trainers cut the rest, and with it the end of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gemwright.tuning.check.findings import Finding, Settings
from gemwright.tuning.dataset import Row
from gemwright.tuning.masks import estimated_tokens, mask

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION: Final = "no row has more tokens than are trained"


def check(row: Row, settings: Settings) -> Iterator[Finding]:
    """Count a row's tokens, or estimate them where there is no tokenizer.

    Args:
        row: the row.
        settings: the limit, and perhaps the tokenizer.
    """
    if settings.max_tokens is None:
        return
    if settings.encode is None:
        tokens, about = estimated_tokens(row.text), "about "
    elif row.is_canonical:
        tokens, about = len(mask(row.segments, settings.encode)[0]), ""
    else:
        tokens, about = len(settings.encode(row.text, True)), ""
    if tokens > settings.max_tokens:
        yield Finding(
            "length",
            row.number,
            "row",
            f"{about}{tokens} tokens, and {settings.max_tokens} are trained",
            "shorten its results or its history, or leave it out: a trainer that cuts it loses the end token",
        )
