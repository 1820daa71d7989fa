"""How a parser's time grows from 10 000 to 400 000 characters, whole and streamed at one character a chunk.

CPU seconds of the parser's own process, the least of several runs. The exponent is log(time ratio) / log(size ratio):
1 is linear, 2 quadratic; "all" from the smallest to the largest size that was measured, "last" over the last two. A
measurement that would go over the budget is given up, and the larger sizes with it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers import OURS, Peer
from benchmarks.peers.fetch import Unavailable
from benchmarks.peers.process import PeerProcess
from benchmarks.report import number, rate, seconds, table

__all__ = ["SHAPES", "exponent", "main", "make_text"]

SIZES = (10_000, 50_000, 100_000, 200_000, 400_000)
QUICK_SIZES = (10_000, 20_000, 40_000)
SMALLER = (5_000, 2_500)
"""Measured where only one size was within the budget, so that there is an exponent at all."""
BUDGET_SECONDS = 12.0
QUICK_BUDGET_SECONDS = 2.0
ENOUGH_SECONDS = 0.15
YARDSTICK = "vllm"

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "save",
            "description": "",
            "parameters": {"type": "object", "properties": {"text": {"type": "string"}, "rows": {"type": "array"}}},
        },
    }
]
SOURCE_LINES = (
    "def area(width: float, height: float) -> float:\n",
    '    """Return the area, in square metres."""\n',
    "    if width < 0 or height < 0:\n",
    '        raise ValueError(f"negative: {width}, {height}")\n',
    "    return {'area': width * height, 'unit': [\"m\", 2]}['area']\n",
    "\n",
)


def _source(size: int) -> str:
    block = "".join(SOURCE_LINES)
    return (block * (size // len(block) + 1))[:size]


def _call(size: int) -> str:
    return f'<|tool_call>call:save{{text:<|"|>{_source(size)}<|"|>}}<tool_call|>'


def _rows(size: int) -> str:
    row = '{id:%d,name:<|"|>row %d<|"|>,ok:true,ratio:0.25}'
    count = size // len(row % (1000, 1000))
    return f"<|tool_call>call:save{{rows:[{','.join(row % (n, n) for n in range(count))}]}}<tool_call|>"


def _thought(size: int) -> str:
    return f"<|channel>thought\n{_source(size)}\n<channel|>Done."


SHAPES: dict[str, Callable[[int], str]] = {"call": _call, "rows": _rows, "thought": _thought, "content": _source}
"""One call with one long string of source code; one call with many small objects; a thought; plain content."""


def make_text(shape: str, size: int) -> str:
    """Return an output of a shape, with a payload of about `size` characters."""
    return SHAPES[shape](size)


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """Return the growth exponent between two (characters, seconds)."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def main(peers: Sequence[Peer], *, quick: bool, download: bool) -> dict[str, Any]:
    """Measure, print the tables, and return the figures.

    Args:
        peers: who takes part.
        quick: fewer and smaller sizes, and a smaller budget.
        download: whether missing wheels may be fetched.
    """
    results: list[dict[str, Any]] = []
    absent: dict[str, str] = {}
    for peer in peers:
        print(f"growth: {peer.name}", file=sys.stderr)
        try:
            with PeerProcess(peer, download=download) as process:
                modes = ("one", "char", "char+fold") if peer is OURS else ("one", "char")
                for shape in SHAPES:
                    results += [_series(process, shape, mode, quick=quick) for mode in modes]
        except Unavailable as reason:
            absent[peer.name] = str(reason)
    results.sort(key=lambda series: (series["mode"] != "one", [*SHAPES].index(series["shape"])))
    for title, modes in (("whole", ("one",)), ("one character a chunk", ("char", "char+fold"))):
        rows = [_row(series, results) for series in results if series["mode"] in modes]
        if rows:
            print(table(f"Growth: {title}", HEAD, rows))
    for name, reason in absent.items():
        print(f"{name}: {reason}")
    print(NOTES)
    return {"series": results, "unavailable": absent}


def _series(process: PeerProcess, shape: str, mode: str, *, quick: bool) -> dict[str, Any]:
    budget = QUICK_BUDGET_SECONDS if quick else BUDGET_SECONDS
    points: list[tuple[int, float]] = []
    given_up = ""
    for size in QUICK_SIZES if quick else SIZES:
        point, given_up = _point(process, shape, mode, size, points, budget)
        if point is None:
            break
        points.append(point)
    for size in SMALLER:
        if len(points) > 1:
            break
        point, _ = _point(process, shape, mode, size, [], budget)
        if point is not None:
            points.insert(0, point)
    return {"peer": process.peer.name, "shape": shape, "mode": mode, "points": points, "given_up": given_up}


def _point(
    process: PeerProcess, shape: str, mode: str, size: int, before: list[tuple[int, float]], budget: float
) -> tuple[tuple[int, float] | None, str]:
    """Return (characters, seconds), or None and why there is none."""
    text = make_text(shape, size)
    if before and _expected(before, len(text)) > budget:
        return None, f"gave up at {size // 1000}k"
    question = {"text": text, "tools": TOOLS, "thinking": False, "measure": mode, "enough": ENOUGH_SECONDS}
    found = process.ask(question, seconds=2 * budget)
    if "error" in found:
        return None, f"gave up at {size // 1000}k" if "hang" in found else f"{size // 1000}k: {found['error']}"
    return (len(text), found["seconds"]), ""


def _expected(points: Sequence[tuple[int, float]], size: int) -> float:
    """Return the time to expect, from the growth so far; linear where only one point is known."""
    power = max(1.0, exponent(points[-2], points[-1])) if len(points) > 1 else 1.0
    return points[-1][1] * (size / points[-1][0]) ** power


NOTES = f"""
CPU seconds, the least of several runs. Streamed: the events are iterated; +fold: also folded into a turn (ours only).
x {YARDSTICK}: ratio of the rates at the largest size that both measured, its events iterated too; "≥" where it gave up
at smaller sizes than that, at which it is faster."""

HEAD = (
    "shape",
    "parser",
    "smallest",
    "time",
    "largest",
    "time",
    "chars/s",
    f"x {YARDSTICK}",
    "exp all",
    "exp last",
    "",
)


def _row(series: dict[str, Any], results: Sequence[dict[str, Any]]) -> list[str]:
    points: list[tuple[int, float]] = series["points"]
    name = series["peer"] + (" +fold" if series["mode"] == "char+fold" else "")
    if not points:
        return [series["shape"], name, *["-"] * 8, series["given_up"]]
    small, large = points[0], points[-1]
    growth = ["-", "-"]
    if len(points) > 1:
        growth = [f"{exponent(small, large):.2f}", f"{exponent(points[-2], large):.2f}"]
    figures = [f"{small[0]:,}", seconds(small[1]), f"{large[0]:,}", seconds(large[1]), rate(large[0] / large[1])]
    return [series["shape"], name, *figures, _against_yardstick(series, results), *growth, series["given_up"]]


def _against_yardstick(series: dict[str, Any], results: Sequence[dict[str, Any]]) -> str:
    mode = series["mode"].removesuffix("+fold")
    key = (YARDSTICK, series["shape"], mode)
    theirs = next((dict(o["points"]) for o in results if (o["peer"], o["shape"], o["mode"]) == key), None)
    if not theirs:
        return "-"
    common = [(size, time) for size, time in series["points"] if size in theirs]
    if common:
        size, time = common[-1]
        return number(theirs[size] / time)
    (size, time), their_size = series["points"][-1], max(theirs)
    bound = (size / time) / (their_size / theirs[their_size])
    return f"{'≥ ' if size > their_size else ''}{number(bound)}"
