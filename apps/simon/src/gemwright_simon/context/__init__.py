"""General history for family historians: a curated table of regions, years and one sentence each, with its reference."""

from __future__ import annotations

from gemwright_simon.context.table import Row, find, rows

__all__ = ["Row", "find", "rows"]
