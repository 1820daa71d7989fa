"""Tables as plain text."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["number", "rate", "seconds", "table"]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 2) -> str:
    """Return an aligned table: the first `names` columns to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if at < names else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([f"\n## {title}\n", line(head), rule, *map(line, rows)])


def seconds(value: float) -> str:
    """Return a duration with three digits that mean something."""
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.3g} ms" if value >= 1e-3 else f"{value * 1e6:.3g} µs"


def rate(value: float) -> str:
    """Return characters a second, in millions from 10 000 up."""
    return f"{number(value / 1e6)} M" if value >= 1e4 else f"{value:,.0f}"


def number(value: float) -> str:
    """Return a number with three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
