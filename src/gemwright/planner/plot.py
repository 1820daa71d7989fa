"""Memory against context, as text and as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log2
from typing import Final

from gemwright.planner.figures import GB

__all__ = ["Curve", "as_svg", "as_text"]

_WIDTH, _HEIGHT, _EDGE = 720, 400, 60
_COLORS: Final = ("#1f5fa8", "#b4481e", "#2f7d3b", "#7a4b9d", "#8a6d00", "#555555")
_BARS: Final = 48


@dataclass(frozen=True, slots=True)
class Curve:
    """Bytes needed by context, of one model, quantisation and cache."""

    name: str
    points: tuple[tuple[int, int], ...]


def as_text(curves: Sequence[Curve], budget: int) -> str:
    """Return bars: a line for each context, `|` where the memory ends."""
    most = max([budget, *(need for curve in curves for _, need in curve.points)])
    mark = min(round(budget / most * _BARS), _BARS)
    lines: list[str] = []
    for curve in curves:
        lines.append(curve.name)
        for context, need in curve.points:
            length = round(need / most * _BARS)
            cells = ["#" if place < length else " " for place in range(_BARS + 1)]
            cells[mark] = "|"
            fits = "" if need <= budget else "  too much"
            lines.append(f"{context:>8,}  {''.join(cells)} {need / GB:6.1f} GB{fits}")
    return "\n".join(lines) + "\n"


def as_svg(curves: Sequence[Curve], budget: int) -> str:
    """Return an SVG image: memory in GB over context, both axes named, the budget as a line."""
    contexts = [context for curve in curves for context, _ in curve.points]
    low, high = log2(min(contexts)), max(log2(max(contexts)), log2(min(contexts)) + 1)
    most = 1.05 * max([budget, *(need for curve in curves for _, need in curve.points)])

    def across(context: int) -> float:
        return round(_EDGE + (log2(context) - low) / (high - low) * (_WIDTH - 2 * _EDGE), 1)

    def up(need: float) -> float:
        return round(_HEIGHT - _EDGE - need / most * (_HEIGHT - 2 * _EDGE), 1)

    body = [f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>']
    base, right = _HEIGHT - _EDGE, _WIDTH - _EDGE
    body.append(f'<path d="M{_EDGE} {_EDGE}V{base}H{right}" fill="none" stroke="black"/>')
    for context in sorted(set(contexts)):
        label = f"{context // 1024}k" if context % 1024 == 0 else str(context)
        body.append(f'<text x="{across(context)}" y="{base + 18}" text-anchor="middle">{label}</text>')
    for step in range(5):
        need = most * step / 4
        body.append(f'<text x="{_EDGE - 8}" y="{up(need) + 4}" text-anchor="end">{need / GB:.1f}</text>')
    body.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 12}" text-anchor="middle">context (tokens)</text>')
    body.append(f'<text x="{_EDGE}" y="{_EDGE - 24}">memory (GB)</text>')
    body.append(f'<path d="M{_EDGE} {up(budget)}H{right}" stroke="black" stroke-dasharray="5 4" fill="none"/>')
    body.append(f'<text x="{right}" y="{up(budget) - 6}" text-anchor="end">{budget / GB:.1f} GB available</text>')
    for number, curve in enumerate(curves):
        color = _COLORS[number % len(_COLORS)]
        line = " ".join(f"{across(context)},{up(need)}" for context, need in curve.points)
        body.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        place = f'x="{_EDGE + 12}" y="{_EDGE + 16 * number}"'
        body.append(f'<text {place} fill="{color}">{escape(curve.name)}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, "<title>Memory against context</title>", *body, "</svg>\n"])
