"""A song and storyboards made by code: enough to draw with, and each thing in them known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from gemwright_visualizer.palettes import palette_named
from gemwright_visualizer.records import (
    Analysis,
    Features,
    Line,
    Look,
    Loudness,
    Mood,
    Pace,
    Rhythm,
    Section,
    Shot,
    Storyboard,
    Transition,
    Word,
)

FPS = 30


def drums(seconds: float = 16.0, tempo: float = 120.0, *, loud: bool = True) -> Analysis:
    """Return the analysis of a drum pattern over a held chord, or of silence with a grid that was given by hand."""
    count = int(seconds * 100)
    time = np.arange(count) / 100
    beats = tuple(float(beat) for beat in np.arange(0.5, seconds, 60 / tempo))
    rises = np.zeros((3, count))
    levels = np.zeros((3, count))
    strokes = [(0, 1.0, 0.12, 0.0, 1), (1, 0.9, 0.10, 0.0, 2), (2, 0.5, 0.05, 30 / tempo, 1)]
    for drum, strength, decay, late, every in strokes:
        for beat in beats[:: every if loud else 1]:
            at = round((beat + late) * 100)
            if not loud or at >= count:
                continue
            length = min(count - at, 60)
            fall = np.exp(-np.arange(length) / 100 / decay)
            levels[drum, at : at + length] = np.maximum(levels[drum, at : at + length], strength * fall)
            rises[drum, at : at + 4] = strength * np.array([1.0, 0.5, 0.2, 0.1])[: min(4, count - at)]
    pad = 0.35 + 0.15 * np.sin(time * 0.7) if loud else np.zeros(count)
    low, middle, high = levels
    bands = np.stack(
        [low, 0.6 * low + 0.3 * pad, pad + 0.3 * middle, pad + 0.4 * middle, 0.3 * pad + high, high], axis=1
    )
    chroma = np.clip(0.5 + 0.5 * np.sin(time[:, None] * 0.4 + np.arange(12)), 0, 1) * (1.0 if loud else 0.0)

    def curve(values: np.ndarray) -> np.ndarray:
        return np.clip(values, -100, 20000).astype(np.float32)

    features = Features(
        hop=0.01,
        loudness=curve(np.full(count, -14.0 if loud else -90.0)),
        bands=curve(np.clip(bands, 0, 1)),
        onset_low=curve(rises[0]),
        onset_mid=curve(rises[1]),
        onset_high=curve(rises[2]),
        centroid=curve(np.full(count, 1500.0)),
        flatness=curve(np.full(count, 0.3)),
        percussive=curve(np.full(count, 0.6)),
        chroma=curve(chroma),
        width=curve(np.full(count, 0.5)),
    )
    half = seconds / 2
    return Analysis(
        duration=seconds,
        rhythm=Rhythm(tempo, 1.0, beats, beats[::4], 4),
        sections=(Section(0, half, "A", "verse", 0.4), Section(half, seconds, "B", "drop", 0.9)),
        moments=(),
        features=features,
        loudness=Loudness(-14, 5, -1),
    )


def board(
    scenes: Sequence[str],
    *,
    frames: int = 60,
    palettes: Sequence[str] = ("neonrain",),
    transition: Transition = "cut",
    text: str = "",
    style: str = "clean",
    size: tuple[int, int] = (192, 108),
) -> Storyboard:
    """Return a storyboard that shows scenes one after the other, each with the same line of text or none."""
    cameras, motions = ("in", "left", "orbit", "out", "static"), ("push", "drift", "orbit", "pulse", "shake")
    sizes = ("wide", "medium", "close", "macro")
    shots: list[Shot] = []
    lines: list[Line] = []
    for number, scene in enumerate(scenes):
        start = number * frames
        shots.append(
            Shot(
                shot=number + 1,
                start_frame=start,
                end_frame=start + frames,
                start_beat=-1,
                bars=1,
                section=0,
                rate="medium",
                motion=motions[number % 5],  # pyright: ignore[reportArgumentType]
                transition=transition if number else "none",
                scene=scene,
                what="a lamp",
                size=sizes[number % 4],
                camera=cameras[number % 5],
                cast=False,
                prompt="",
                negative="",
                seed=977 * number + 5,
                palette=palettes[number % len(palettes)],
                lyric=text,
                text_style=style if text else "",
            )
        )
        if text:
            begin, end = start / FPS + 0.1, (start + frames) / FPS - 0.05
            words = text.split()
            step = (end - begin) * 0.6 / len(words)
            sung = tuple(Word(begin + at * step, word) for at, word in enumerate(words))
            lines.append(Line(begin, end, text, sung))
    return Storyboard(
        width=size[0],
        height=size[1],
        fps=Fraction(FPS),
        frames=frames * len(scenes),
        seed=7,
        look=Look("", "film", "", "", "", palette_named("dusk")),
        moods=(Mood("calm", 5, "", ""),),
        paces=(Pace("medium", "drift", "cut"),),
        shots=tuple(shots),
        lines=tuple(lines),
    )
