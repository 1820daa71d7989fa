"""How many letters two words differ by."""

from __future__ import annotations

__all__ = ["within"]


def within(one: str, other: str, most: int) -> int | None:
    """Return the Damerau-Levenshtein distance (a swap of neighbours counts once) if it is at most `most`, else None."""
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        previous, row, older = row, [i], before
        for j, right in enumerate(other, 1):
            best = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return None
        before = previous
    return row[-1] if row[-1] <= most else None
