"""Analyses made by code, as the director gets them: no sound is needed to try what follows from numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gemwright_visualizer.records import Analysis, Features, Loudness, Moment, Rhythm, Role, Section

HOP = 0.01
PLAIN: tuple[tuple[Role, str, float, int], ...] = (
    ("intro", "A", 0.2, 8),
    ("verse", "B", 0.45, 16),
    ("build", "C", 0.65, 8),
    ("drop", "D", 0.95, 16),
    ("break", "E", 0.25, 8),
    ("verse", "B", 0.5, 16),
    ("chorus", "D", 0.9, 16),
    ("outro", "A", 0.15, 8),
)
"""Role, label, energy and bars of a song's sections."""


def features(duration: float, beats: Sequence[float], strength: float = 0.8, brightness: float = 1500.0) -> Features:
    """Return curves with an onset at each beat."""
    count = max(1, int(duration / HOP))
    onset = np.zeros(count, np.float32)
    for beat in beats:
        onset[min(count - 1, int(beat / HOP))] = strength
    flat = np.full(count, 0.5, np.float32)
    chroma = np.zeros((count, 12), np.float32)
    chroma[:, [0, 4, 7]] = 1.0
    return Features(
        hop=HOP,
        loudness=np.full(count, -14, np.float32),
        bands=np.full((count, 6), 0.5, np.float32),
        onset_low=onset,
        onset_mid=onset * 0.5,
        onset_high=onset * 0.3,
        centroid=np.full(count, brightness, np.float32),
        flatness=flat * 0.2,
        percussive=flat * (1.4 if beats else 0.2),
        chroma=chroma,
        width=flat,
    )


def song(
    tempo: float = 124.0,
    parts: Sequence[tuple[Role, str, float, int]] = PLAIN,
    meter: int = 4,
    moments: Sequence[Moment] = (),
    confidence: float = 0.9,
) -> Analysis:
    """Return the analysis of a song of an even tempo."""
    interval = 60 / tempo
    total = sum(part[3] for part in parts)
    beats = tuple(number * interval for number in range(total * meter))
    sections: list[Section] = []
    bar = 0
    for role, label, energy, bars in parts:
        end = (bar + bars) * meter * interval
        sections.append(Section(bar * meter * interval, end, label, role, energy, ("bright",)))
        bar += bars
    return of(total * meter * interval, beats, beats[::meter], sections, meter, tempo, moments, confidence)


def of(
    duration: float,
    beats: Sequence[float],
    downbeats: Sequence[float],
    sections: Sequence[Section],
    meter: int = 4,
    tempo: float = 120.0,
    moments: Sequence[Moment] = (),
    confidence: float = 0.9,
) -> Analysis:
    """Return an analysis of given beats and sections."""
    return Analysis(
        duration,
        Rhythm(tempo if beats else 0.0, confidence if beats else 0.0, tuple(beats), tuple(downbeats), meter),
        tuple(sections),
        tuple(moments),
        features(duration, beats),
        Loudness(-12.0, 6.0, -0.5),
        ("energetic",),
    )
