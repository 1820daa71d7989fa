"""The mask covers exactly what the model writes itself: its thoughts, calls and answers, and the token by which it stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from gemwright.tuning.check.findings import Finding, Settings, excerpt
from gemwright.tuning.dataset import Row
from gemwright.tuning.masks import Span, joined, spans
from gemwright.wire.tokens import RESPONSE_OPEN, TURN_CLOSE

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION: Final = "the mask covers exactly the model's spans and their end tokens"
STOPS: Final = (TURN_CLOSE, RESPONSE_OPEN)


def check(row: Row, settings: Settings) -> Iterator[Finding]:
    """Compare a row's mask with that of the renderer.

    Args:
        row: the row. Where its text is not the renderer's, `drift` says so, and masks cannot be compared.
        settings: not needed here.
    """
    expected = spans(row.segments)
    if not expected:
        yield Finding(
            "mask",
            row.number,
            "row",
            "nothing is trained on: the model writes nothing after the last user message",
            "end the conversation with the model's turn, or leave the row out",
        )
        return
    if not row.is_canonical:
        return
    given = joined(row.trained)
    if given and given[-1][1] > len(row.text):
        yield Finding(
            "mask",
            row.number,
            f"character {given[-1][1]}",
            f"the mask goes beyond the text, which has {len(row.text)} characters",
            "count characters (code points), not bytes or UTF-16 units",
        )
        return
    for first, after in _minus(expected, given):
        yield _missing(row, first, after)
    for first, after in _minus(given, expected):
        yield Finding(
            "mask",
            row.number,
            f"character {first}",
            f"trained on {excerpt(row.text, first, after)}, which the model does not write as a target here",
            "train on the model's own spans alone; `gemwright tune data` shows them",
        )


def _missing(row: Row, first: int, after: int) -> Finding:
    piece = row.text[first:after]
    stop = next((stop for stop in STOPS if piece.endswith(stop)), None)
    if stop is not None and piece == stop:
        message, hint = f"the end token {stop} is not trained on", "without it the model never learns to stop there"
    else:
        message = f"not trained on {excerpt(piece)}, which the model has to write itself"
        hint = "take the span up to its end token into the mask"
    return Finding("mask", row.number, f"character {first}", message, hint)


def _minus(spans: Sequence[Span], others: Sequence[Span]) -> Iterator[Span]:
    """Yield what of spans lies in none of the others; both are joined and in order."""
    edges = sorted({edge for span in (*spans, *others) for edge in span})
    starts = dict(spans), dict(others)
    inside = [0, 0]
    pieces: list[Span] = []
    for first, after in pairwise(edges):
        for side in (0, 1):
            inside[side] = max(inside[side], starts[side].get(first, 0))
        if first < inside[0] and first >= inside[1]:
            pieces.append((first, after))
    yield from joined(pieces)
