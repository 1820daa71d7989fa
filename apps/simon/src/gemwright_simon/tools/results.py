"""What a tool gives back: lines within a model's means, pages for the rest, and whom the lines are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["CAP", "DEFAULT_LIMIT", "Listing", "ToolResult", "paged"]

CAP = 4_500
"""The most characters that a tool returns, about 1,200 tokens."""

DEFAULT_LIMIT = 25
_MOST = 200
_TAIL = 160
_HANDLE = re.compile(r"\[([^\[\]\s~]+)\]")


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What one call returned.

    Attributes:
        text: what a model reads, at most `CAP` characters.
        handles: what stands in square brackets in the text, in that order, each once.
        lines: the text's lines, one fact or one person each.
        error: whether the call could not be answered as it was made.
        total: how many there are in all, where the tool lists or counts; else None.
        candidates: handles of the people whom an ambiguous name may mean; empty otherwise.
    """

    text: str
    handles: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    error: bool = False
    total: int | None = None
    candidates: tuple[str, ...] = ()

    @staticmethod
    def of(
        lines: Sequence[str], *, error: bool = False, total: int | None = None, candidates: tuple[str, ...] = ()
    ) -> ToolResult:
        """Make a result of lines; what goes over the cap is cut at a line, and said."""
        kept: list[str] = []
        room = CAP
        for number, line in enumerate(lines):
            if len(line) + 1 > room - (_TAIL if number + 1 < len(lines) else 0):
                if room > 2 * _TAIL:
                    kept.append(line[: room - _TAIL].rstrip() + "\u2026")
                kept.append("(cut: ask for one section, or for fewer)")
                break
            kept.append(line)
            room -= len(line) + 1
        text = "\n".join(kept)[:CAP]
        return ToolResult(text, tuple(dict.fromkeys(_HANDLE.findall(text))), tuple(kept), error, total, candidates)


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of a list a call asks for.

    Attributes:
        limit: how many on a page.
        page: which page, from 1.
    """

    limit: int
    page: int

    @staticmethod
    def asked(limit: int | None, page: int | None) -> Listing:
        """Take what a call says, within bounds: 1 to 200 on a page, 25 where it says nothing."""
        return Listing(min(max(limit or DEFAULT_LIMIT, 1), _MOST), max(page or 1, 1))

    @property
    def start(self) -> int:
        """How many come before this page."""
        return (self.page - 1) * self.limit


def paged(head: str, lines: Sequence[str], total: int, asked: Listing, told: Sequence[str] = ()) -> ToolResult:
    """Return one page of a list: a head with the total, the lines that fit, and how to go on.

    Args:
        head: what the list is of.
        lines: the lines of this page, `asked.limit` at most.
        total: how many there are in all.
        asked: the page.
        told: sentences about the call that come after the head.
    """
    room = CAP - len(head) - sum(len(one) + 1 for one in told) - _TAIL
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0 and kept:
            break
        kept.append(line)
    out = [f"{head}: total={total}", *told, *kept]
    if len(kept) < len(lines):
        smaller = len(kept)
        # The next page must begin where this one ends: with pages of this size it does where they divide what came before.
        while asked.start % smaller:
            smaller -= 1
        kept = kept[:smaller]
        out = [f"{head}: total={total}", *told, *kept]
        out.append(f"next limit={smaller} page={asked.start // smaller + 2}")
    elif asked.start + len(lines) < total:
        more = f" limit={asked.limit}" if asked.limit != DEFAULT_LIMIT else ""
        out.append(f"next{more} page={asked.page + 1}")
    elif not lines and total:
        out.append(f"no page {asked.page}: there are {-(-total // asked.limit)}")
    return ToolResult.of(out, total=total)
