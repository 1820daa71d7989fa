"""Tempo, beats and bars from the onsets: what fits best, how sure that is, and what else nearly fits.

The path through the bar pointer's states gives beats within a hundredth of a second. Then four questions are asked of the
whole song: whether every second beat is only a subdivision, whether one unchanging tempo explains it, whether the beats lie
on the off-beat, and how many beats make a bar. Beats in silence are dropped at the end.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.audio.evidence import Evidence, gather
from gemwright_visualizer.audio.meter import vote
from gemwright_visualizer.audio.onsets import Onsets
from gemwright_visualizer.audio.pointer import Pointer
from gemwright_visualizer.audio.pulse import agreement, second_opinion
from gemwright_visualizer.audio.spectra import FPS, Spectra
from gemwright_visualizer.audio.steady import Grid, steady_grid
from gemwright_visualizer.audio.timing import exact
from gemwright_visualizer.records import Floats, Rhythm

__all__ = ["measure_rhythm"]

FASTEST, SLOWEST = 186.0, 78.0
STIFFNESS = 100.0
LEAST_CONFIDENCE = 0.25
"""Below it no beat is reported at all: sounds without a pulse."""
NARROW = 6
"""Rows on either side of a beat in which its onset may fall."""
CHUNK = 60 * FPS
SILENT_S = 0.7


def measure_rhythm(spectra: Spectra, onsets: Onsets) -> Rhythm:
    """Find the beats of a song.

    Args:
        spectra: its rows.
        onsets: its rises.
    """
    nothing = Rhythm(0.0, 0.0, (), (), 4)
    evidence = gather(spectra, onsets)
    if len(evidence.pulse) < 3 * FPS or not evidence.pulse.any():
        return nothing
    first = _pointed(evidence)
    if len(first) < 8:
        return nothing
    first = _coarser(first, evidence)
    grid = steady_grid(first, evidence)
    beats = grid.beats if grid else _evened(first)
    beats = _on_the_beat(beats, first, evidence, bool(grid))
    other = second_opinion(evidence.pulse)
    beats = exact(beats, spectra.fine)
    confidence = _confidence(beats, other, evidence, grid)
    if confidence < LEAST_CONFIDENCE:
        return nothing
    meter, begins = vote(beats, evidence)
    heard = _heard(beats, evidence.level)
    if int(heard.sum()) < 4:
        return nothing
    period = grid.period if grid else float(np.median(np.diff(beats)))
    return Rhythm(
        tempo=round(60 / period, 3),
        confidence=round(confidence, 3),
        beats=tuple(round(float(beat), 4) for beat in beats[heard]),
        downbeats=tuple(round(float(beat), 4) for beat in beats[heard & begins]),
        meter=meter,
        alternatives=_alternatives(60 / period, beats, other, evidence),
    )


def _weights(phase: Floats) -> Floats:
    """Say how much an onset at a place within the beat speaks against a beat there.

    Half-way and at two thirds (a shuffle) something often sounds; at one third, seldom: short-long is no shuffle.
    """

    def near(centre: float, width: float) -> Floats:
        return np.exp(-0.5 * ((phase - centre) / width) ** 2).astype(np.float32)

    weights = 1 - 0.2 * near(0.5, 0.05) - 0.4 * near(2 / 3, 0.04) + 0.4 * near(1 / 3, 0.04)
    return weights.astype(np.float32)


def _pointed(evidence: Evidence) -> NDArray[np.float64]:
    """Run the pointer over the song and return its beats in seconds."""
    pointer = Pointer(round(60 * FPS / FASTEST), round(60 * FPS / SLOWEST), STIFFNESS)
    strength = np.clip(evidence.pulse / max(1e-9, float(np.percentile(evidence.pulse, 99.9))), 0, 1) ** 0.7
    present, absent = np.log(0.02 + 0.96 * strength), np.log(0.98 - 0.96 * strength)
    places = np.concatenate([np.minimum(np.arange(n), n - np.arange(n)) for n in pointer.lengths])
    weight = np.round(_weights(pointer.phase), 1)
    columns: list[Floats] = []
    kinds = np.zeros(pointer.size, np.intp)
    for distance in range(NARROW + 1):
        there = places == distance if distance < NARROW else places >= NARROW
        share = float(np.exp(-0.5 * distance**2)) if distance < NARROW else 0.0
        for value in np.unique(weight[there]):
            kinds[there & (weight == value)] = len(columns)
            columns.append((1 - share) * (absent * value - np.log(7)) + share * present)
    fit = np.stack(columns, axis=1).astype(np.float32)
    prior = evidence.tempo_prior(60 * FPS / pointer.lengths)
    path = pointer.path(fit, kinds, prior)
    return _sharpened(path.beats, evidence.pulse)


def _sharpened(rows: NDArray[np.int64], pulse: Floats) -> NDArray[np.float64]:
    """Move each beat to the centre of the rise around it, and return seconds."""
    reach = 3
    rows = rows[(rows >= reach) & (rows < len(pulse) - reach)]
    around = rows[:, None] + np.arange(-reach, reach + 1)
    heights = pulse[around] ** 2
    total = heights.sum(axis=1)
    shift = (heights * np.arange(-reach, reach + 1)).sum(axis=1) / np.maximum(total, 1e-9)
    return (rows + np.where(total > 1e-6, shift, 0)) / FPS


def _evened(beats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smooth a free grid: each beat moves half the way to the line through its neighbours."""
    if len(beats) < 5:
        return beats
    line = beats.copy()
    line[1:-1] = (beats[:-2] + beats[2:]) / 2
    line[2:-2] = (2 * line[2:-2] + (beats[:-4] + beats[4:]) / 2) / 3
    return (beats + line) / 2


def _coarser(beats: NDArray[np.float64], evidence: Evidence) -> NDArray[np.float64]:
    """Drop every second beat of a fast grid where nothing happens between the beats and every second one is weak."""
    if 60 / float(np.median(np.diff(beats))) < 145:
        return beats
    strong, weak, between = evidence.levels(beats)
    if min(strong - weak, (strong + weak) / 2 - between - 0.7) > 0.9:
        return beats[evidence.stronger_half(beats) :: 2]
    return beats


def _on_the_beat(
    beats: NDArray[np.float64], first: NDArray[np.float64], evidence: Evidence, steady: bool
) -> NDArray[np.float64]:
    """Shift the grid where another place within the beat has more of what beats have: half a beat, or a third of one.

    What the pointer found has a lead; a third needs a greater one, for it is rarer.
    """
    gaps = np.diff(beats, append=2 * beats[-1] - beats[-2])
    chosen, best = 0.0, 0.0
    for shift, lead in ((1 / 2, 0.0), (1 / 3, 0.25), (2 / 3, 0.25)):
        margin = evidence.margin(beats + shift * gaps, beats) - lead - _backing(beats, first, shift, steady)
        if margin > best:
            chosen, best = shift, margin
    if not chosen:
        return beats
    moved = beats + chosen * gaps
    before = moved[0] - gaps[0]
    return np.concatenate([[before], moved]) if before >= 0 else moved


def _backing(beats: NDArray[np.float64], first: NDArray[np.float64], shift: float, steady: bool) -> float:
    """Return how much more of the pointer's beats lie on the grid than on the shifted one."""
    if not steady:
        return 0.3
    period = float(np.median(np.diff(beats)))
    place = (first - beats[0]) / period
    on, off = (np.count_nonzero(np.abs((place - at + 0.5) % 1 - 0.5) < 0.12) / len(place) for at in (0.0, shift))
    return 0.2 * min(1.5, max(-1.5, math.log((on + 0.05) / (off + 0.05))))


def _confidence(beats: NDArray[np.float64], other: NDArray[np.float64], evidence: Evidence, grid: Grid | None) -> float:
    """Join how clear the pulse is, whether another tracker agrees, and how far the off-beat is behind."""
    clear = evidence.clarity(beats)
    agrees = agreement(beats, other)
    between = (beats[:-1] + beats[1:]) / 2
    margin = float(np.clip(evidence.margin(beats, between), 0, 1))
    value = clear * (0.45 + 0.35 * agrees + 0.1 * margin + 0.1 * (grid is not None))
    return float(np.clip(value, 0, 0.99))


def _heard(beats: NDArray[np.float64], level: Floats) -> NDArray[np.bool_]:
    """Say which beats do not lie in silence."""
    floor = max(3e-4, float(np.percentile(level, 95)) * 10 ** (-55 / 20))
    quiet = np.concatenate([[False], level < floor, [False]])
    edges = np.flatnonzero(quiet[1:] != quiet[:-1])
    heard = np.ones(len(beats), bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= SILENT_S * FPS:
            heard &= ~((beats > start / FPS - 0.03) & (beats < end / FPS - 0.03))
    return heard & (beats < len(level) / FPS)


def _alternatives(
    tempo: float, beats: NDArray[np.float64], other: NDArray[np.float64], evidence: Evidence
) -> tuple[float, ...]:
    """Return other tempi that fit nearly as well: half, double, or what the other tracker found."""
    strong, weak, between = evidence.levels(beats)
    found: list[float] = []
    if strong - weak > 0.35 and tempo > 70:
        found.append(tempo / 2)
    if (strong + weak) / 2 - between < 1.2 and tempo < 120:
        found.append(tempo * 2)
    if len(other) > 4:
        theirs = 60 / float(np.median(np.diff(other)))
        if all(abs(theirs / known - 1) > 0.04 for known in (tempo, *found)):
            found.append(theirs)
    return tuple(round(value, 1) for value in found)
