"""Small trees for the tests, written by hand, and opened as a user's would be."""

from __future__ import annotations

import datetime
from pathlib import Path

from gemwright_simon.tree import Tree, open_tree

TODAY = datetime.date(2026, 6, 1)
"""The day the tests reckon from, so that nobody in them ages."""

HEAD = "0 HEAD\n1 SOUR Test\n1 GEDC\n2 VERS 5.5.1\n1 CHAR UTF-8\n"


def tree_of(folder: Path, data: bytes | str, name: str = "tree.ged", *, include_living: bool = True) -> Tree:
    """Write a file and open it, with an index beside it."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return open_tree(path, include_living=include_living, cache=folder / "cache", today=TODAY)


def one(folder: Path, lines: str, head: str = HEAD) -> Tree:
    """Open a tree of these records, between a head and a trailer."""
    return tree_of(folder, f"{head}{lines}0 TRLR\n")
