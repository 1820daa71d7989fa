"""What differs between two prompts, in pieces that a person can compare.

A prompt's lines are no good measure: all declarations stand in one. So it is cut at line breaks, before what opens a
block, after what closes one, and at the commas between fields. The pieces joined are the prompt.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from gemwright.wire.explain_view import Span, marked_spans
from gemwright.wire.tokens import (
    CALL_CLOSE,
    CALL_OPEN,
    CHANNEL_CLOSE,
    CHANNEL_OPEN,
    QUOTE,
    RESPONSE_CLOSE,
    RESPONSE_OPEN,
    TOOL_CLOSE,
    TOOL_OPEN,
    TURN_CLOSE,
    TURN_OPEN,
)

__all__ = ["Hunk", "differences", "differences_view", "units"]

MAX_ALIGNED: Final = 4_000
"""Most differing pieces of one side that are aligned with the other's; aligning takes time quadratic in them."""
CONTEXT: Final = 2
"""Equal pieces that are shown before and after what differs."""


def _any_of(*tokens: str) -> str:
    return "|".join(map(re.escape, tokens))


_CUT: Final = re.compile(
    rf"\n|(?:{_any_of(TURN_CLOSE, CHANNEL_CLOSE, TOOL_CLOSE, CALL_CLOSE, RESPONSE_CLOSE)})\n?"
    rf"|(?:[}}\]]|{re.escape(QUOTE)}),|(?={_any_of(TURN_OPEN, CHANNEL_OPEN, TOOL_OPEN, CALL_OPEN, RESPONSE_OPEN)})"
)


@dataclass(frozen=True, slots=True)
class Hunk:
    """A place where two prompts differ.

    Attributes:
        left_line, right_line: the line of each prompt in which it begins, from 1.
        pieces: `(sign, text)`: `-` for what only the left one has, `+` for the right one, a space for both.
    """

    left_line: int
    right_line: int
    pieces: tuple[tuple[str, str], ...]


def units(text: str) -> list[str]:
    """Return the pieces in which a prompt is compared."""
    cuts = [0, *(match.end() for match in _CUT.finditer(text)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts) if a < b]


def differences(left: str, right: str) -> list[Hunk]:
    """Return where two prompts differ, in order; empty when they are equal."""
    if left == right:
        return []
    a, b = units(left), units(right)
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    tail = 0
    while tail < min(len(a), len(b)) - same and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    start = max(0, same - CONTEXT)
    a_end, b_end = len(a) - max(0, tail - CONTEXT), len(b) - max(0, tail - CONTEXT)
    a_line, b_line = 1 + _lines(a[:start]), 1 + _lines(b[:start])
    a, b = a[start:a_end], b[start:b_end]
    return [
        Hunk(a_line + _lines(a[: group[0][1]]), b_line + _lines(b[: group[0][3]]), tuple(_signed(group, a, b)))
        for group in _groups(a, b)
    ]


def _lines(pieces: Sequence[str]) -> int:
    return sum(piece.endswith("\n") for piece in pieces)


def _groups(a: list[str], b: list[str]) -> list[list[tuple[str, int, int, int, int]]]:
    if max(len(a), len(b)) > MAX_ALIGNED:
        return [[("replace", 0, len(a), 0, len(b))]]
    return [list(group) for group in difflib.SequenceMatcher(None, a, b, autojunk=False).get_grouped_opcodes(CONTEXT)]


def _signed(
    group: Sequence[tuple[str, int, int, int, int]], a: Sequence[str], b: Sequence[str]
) -> Iterator[tuple[str, str]]:
    for operation, a_from, a_to, b_from, b_to in group:
        if operation == "equal":
            yield from ((" ", piece) for piece in a[a_from:a_to])
        else:
            yield from (("-", piece) for piece in a[a_from:a_to])
            yield from (("+", piece) for piece in b[b_from:b_to])


_SIGN_STYLES: Final = {" ": "text", "-": "removed", "+": "added"}


def differences_view(hunks: Sequence[Hunk], left_name: str, right_name: str) -> list[Span]:
    """Return a unified view of differences, control tokens in ⟦ ⟧, line breaks shown.

    Args:
        hunks: the differences.
        left_name: what to call the left prompt.
        right_name: what to call the right one.
    """
    spans: list[Span] = [(f"--- {left_name}\n", "removed"), (f"+++ {right_name}\n", "added")]
    for hunk in hunks:
        spans.append((f"@@ line {hunk.left_line} | line {hunk.right_line} @@\n", "gutter"))
        for sign, piece in hunk.pieces:
            style = _SIGN_STYLES[sign]
            spans += [(f"{sign} ", style), *marked_spans(piece, style), ("\n", "text")]
    return spans
