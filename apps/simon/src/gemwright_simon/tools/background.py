"""`get_historical_context`: what a curated table knows of a place and time. It says nothing about anybody in the tree."""

from __future__ import annotations

from typing import Any

from gemwright_simon.context import find
from gemwright_simon.tools.lines import plain
from gemwright_simon.tools.results import Listing, ToolResult, paged
from gemwright_simon.tree import Tree

__all__ = ["get_historical_context"]

_AROUND = 10
"""Years looked at before and after, where a call names one year alone."""

_LIMIT = 12


def get_historical_context(tree: Tree, arguments: dict[str, Any], told: list[str]) -> ToolResult:
    """Answer a call of the tool."""
    first = arguments["from_year"]
    if "to_year" in arguments:
        first, last = sorted((first, arguments["to_year"]))
    else:
        first, last = first - _AROUND, first + _AROUND
    rows = find(arguments["place"], first, last, arguments.get("topic", "any"))
    head = f'background for "{plain(arguments["place"], 80)}" {first}-{last}'
    if not rows:
        return ToolResult.of([f"{head}: no context on file", *told], total=0)
    asked = Listing.asked(arguments.get("limit") or _LIMIT, arguments.get("page"))
    lines = [f"{row.years} {row.region} ({row.topic}): {row.text} {{{row.reference}}}" for row in rows]
    page = lines[asked.start : asked.start + asked.limit]
    return paged(head, page, len(rows), asked, [*told, "General history, not evidence about a person."])
