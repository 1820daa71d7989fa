"""The table of measurements that the planner is held against: `memory_truth.csv`, each row with its source.

Rows `reservation` are our own: llama.cpp's reservation of memory that is never taken. Rows `reported` and `speed` are what
others published. No row holds a prediction.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

__all__ = ["TABLE", "rows"]

TABLE = Path(__file__).with_name("memory_truth.csv")
NOT_ASKED = {"kind", "source", "stated", "reported", "note", "date"}


def rows(*kinds: str) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Yield rows whole, and as they are asked: without what was reported, and without its day."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] in kinds:
                yield row, {key: value for key, value in row.items() if key not in NOT_ASKED}
