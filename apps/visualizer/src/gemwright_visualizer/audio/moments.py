"""Things that happen at one place: a drop, a build, a break, a fill, a fade."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.audio.bars import Bars
from gemwright_visualizer.audio.roles import Standing, energies
from gemwright_visualizer.audio.structure import Part
from gemwright_visualizer.records import Floats, Moment

__all__ = ["moments_of"]

FADE_DB = 14.0
FADE_S = 3.0


def moments_of(
    bars: Bars, parts: tuple[Part, ...], standing: tuple[Standing, ...], momentary: Floats
) -> tuple[Moment, ...]:
    """Find the moments, in order of time.

    Args:
        bars: the song.
        parts: its parts.
        standing: their energies and roles.
        momentary: loudness in LUFS for each hundredth of a second.
    """
    found = [*_drops_and_builds(bars, parts, standing), *_breaks(bars, parts, standing), *_fills(bars, parts)]
    found += _fades(momentary, float(bars.edges[-1]))
    return tuple(sorted(found, key=lambda moment: (moment.start, moment.kind)))


def _moment(bars: Bars, first: int, last: int, kind: str, strength: float) -> Moment:
    start, end = float(bars.edges[first]), float(bars.edges[min(last, bars.count)])
    return Moment(round(start, 4), round(end, 4), kind, round(float(np.clip(strength, 0, 1)), 3))  # type: ignore[arg-type]


def _drops_and_builds(bars: Bars, parts: tuple[Part, ...], standing: tuple[Standing, ...]) -> list[Moment]:
    found: list[Moment] = []
    each = energies(bars)
    low = bars.strokes[:, 0] / (float(bars.strokes[:, 0].max()) + 1e-9)
    for index, (part, own) in enumerate(zip(parts, standing, strict=True)):
        if own.role == "build":
            found.append(_moment(bars, max(part.first, part.last - 8), part.last, "build", 0.5 + own.energy / 2))
        if not index:
            continue
        before, after = slice(max(0, part.first - 2), part.first), slice(part.first, part.first + 2)
        step = float(each[after].mean() - each[before].mean())
        bass = float(low[after].mean() - low[before].mean())
        strength = 1.2 * max(step, 0) + 0.8 * max(bass, 0)
        if own.role == "drop" or (step > 0.25 and bass > 0.2):
            found.append(_moment(bars, part.first, part.first + 1, "drop", max(strength, 0.3)))
            if standing[index - 1].role != "build" and part.first - parts[index - 1].first >= 4:
                last = each[part.first - 4 : part.first]
                if float(last[2:].mean() - last[:2].mean()) > 0.12:
                    found.append(_moment(bars, part.first - 4, part.first, "build", 0.6))
    return found


def _breaks(bars: Bars, parts: tuple[Part, ...], standing: tuple[Standing, ...]) -> list[Moment]:
    found = [
        _moment(bars, part.first, part.last, "break", 1 - own.energy)
        for part, own in zip(parts, standing, strict=True)
        if own.role == "break"
    ]
    for bar in range(2, bars.count - 1):
        around = min(float(bars.level[bar - 2 : bar].mean()), float(bars.level[bar + 1 : bar + 3].mean()))
        hole = around - float(bars.level[bar])
        if hole > 9:
            found.append(_moment(bars, bar, bar + 1, "break", hole / 30))
    return found


def _fills(bars: Bars, parts: tuple[Part, ...]) -> list[Moment]:
    found: list[Moment] = []
    for part in parts[:-1]:
        if part.last - part.first < 4:
            continue
        own, usual = bars.strokes[part.last - 1], bars.strokes[part.last - 4 : part.last - 1].mean(axis=0)
        more = float((own[:2].sum() + 1e-6) / (usual[:2].sum() + 1e-6))
        if more > 1.12:
            start = float(bars.edges[part.last - 1] + bars.edges[part.last]) / 2
            strength = float(np.clip((more - 1) * 1.5, 0.1, 1))
            found.append(Moment(round(start, 4), round(float(bars.edges[part.last]), 4), "fill", round(strength, 3)))
    return found


def _fades(momentary: Floats, duration: float) -> list[Moment]:
    """Find a fade at the end and one at the beginning: from outside inwards, as long as two seconds later it is louder."""
    found: list[Moment] = []
    for backwards in (False, True):
        curve = momentary[::-1][::25] if not backwards else momentary[::25]
        peak = float(np.percentile(momentary, 80))
        length = 0
        while length + 8 < len(curve) and curve[length] < peak - 1 and curve[length + 8] > curve[length] + 1.5:
            length += 1
        seconds = length * 0.25
        if seconds >= FADE_S and peak - float(curve[: max(1, length // 4)].mean()) > FADE_DB:
            start, end = (0.0, seconds) if backwards else (duration - seconds, duration)
            found.append(Moment(round(max(0.0, start), 4), round(end, 4), "fade", round(min(1.0, seconds / 8), 3)))
    return found
