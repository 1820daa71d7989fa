"""Which characters, and which tokens, are trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Final, TypeAlias

from gemwright.wire import Segment, pieces
from gemwright.wire.lexer import MARKER
from gemwright.wire.segments import text_of

__all__ = ["Encode", "Span", "estimated_tokens", "joined", "mask", "spans"]

Encode: TypeAlias = Callable[[str, bool], list[int]]
"""A tokenizer: `(text, markers)` to ids. `markers` says whether spellings of control tokens become those tokens. It adds
nothing by itself, no `<bos>` either: that is in the text."""

Span: TypeAlias = tuple[int, int]
"""`(first, after the last)`, in characters."""

BYTES_PER_TOKEN: Final = 4
"""Rule of thumb for English text, where no tokenizer is at hand."""


def spans(segments: Iterable[Segment]) -> list[Span]:
    """Return which characters of the segments' text are trained on, in order, neighbours joined."""
    found: list[Span] = []
    at = 0
    for text, _, trainable in segments:
        if trainable:
            found.append((at, at + len(text)))
        at += len(text)
    return joined(found)


def joined(given: Iterable[Span]) -> list[Span]:
    """Return spans in order, without empty ones, those that touch or overlap made one."""
    found: list[Span] = []
    for first, after in sorted(given):
        if first == after:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], after))
        else:
            found.append((first, after))
    return found


def mask(segments: Sequence[Segment], encode: Encode) -> tuple[list[int], list[bool]]:
    """Return the token ids of a row, and for each whether it is trained on.

    The text is cut where what is trained on begins and ends, since there the prompt ends and begins at run time, too,
    so no token lies across. It is also cut inside control tokens that somebody's text spells, as in prompts, so those
    never become control tokens.

    Args:
        segments: the row.
        encode: the tokenizer.
    """
    text = text_of(segments)
    trained = spans(segments)
    cuts = {0, len(text), *accumulate(map(len, pieces(segments))), *(end for span in trained for end in span)}
    inside = {first for first, _ in trained}
    outside = {after for _, after in trained}
    ids: list[int] = []
    counts: list[bool] = []
    counted = False
    for first, after in pairwise(sorted(cuts)):
        counted = first in inside or (counted and first not in outside)
        found = encode(text[first:after], True)
        ids += found
        counts += [counted] * len(found)
    return ids, counts


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a rendered text has: one for each control token, one for four bytes of the rest."""
    control = MARKER.findall(text)
    rest = len(text.encode(errors="surrogatepass")) - sum(map(len, control))
    return len(control) + -(-rest // BYTES_PER_TOKEN)
