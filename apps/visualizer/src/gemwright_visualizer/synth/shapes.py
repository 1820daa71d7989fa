"""Short pieces that each have one difficulty: a click, a ramp, a gap, a pickup, five to a bar, a shuffle, no beat at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gemwright_visualizer.filters import filtered
from gemwright_visualizer.records import RATE, Floats
from gemwright_visualizer.synth import voices
from gemwright_visualizer.synth.bands import sheet_of
from gemwright_visualizer.synth.desk import Desk
from gemwright_visualizer.synth.songs import CHARACTERS, Character, Part, arranged
from gemwright_visualizer.synth.truth import TrueSection, Truth

__all__ = ["SHAPES", "ambient", "clicks", "groove", "medley", "shape"]

Shape = Callable[[int], tuple[Floats, Truth]]


def clicks(beats: Sequence[float], meter: int, duration: float, first: int = 0) -> tuple[Floats, Truth]:
    """Put a click on each beat, a higher one where a bar begins.

    Args:
        beats: seconds.
        meter: beats in a bar.
        duration: seconds of the whole.
        first: index of the first beat that begins a bar.
    """
    samples = np.zeros((round(duration * RATE), 2), np.float32)
    for index, beat in enumerate(beats):
        begins = (index - first) % meter == 0
        t = np.arange(round(0.03 * RATE)) / RATE
        tick = (np.sin(2 * np.pi * (1760 if begins else 1175) * t) * np.exp(-t * 160)).astype(np.float32)
        start = round(beat * RATE)
        part = samples[start : start + len(tick)]
        part += tick[: len(part), None] * (0.8 if begins else 0.55)
    gaps = np.diff(np.asarray(beats))
    tempo = 60 / float(np.median(gaps)) if len(gaps) else 0.0
    return samples, Truth("Clicks", duration, tempo, meter, tuple(beats), tuple(beats[first::meter]))


def groove(
    beats: Sequence[float], meter: int, seed: int, *, shuffle: float = 0.5, character: str = "house"
) -> tuple[Floats, Truth]:
    """Play a plain verse on given beats, of which the first begins a bar.

    Args:
        beats: seconds of every beat and of the one after the last.
        meter: beats in a bar; what is left over after the last whole bar is not played.
        seed: of the material.
        shuffle: where the off-beat lies; 2/3 is a triplet swing.
        character: whose band plays.
    """
    kind = CHARACTERS[character]
    bars = (len(beats) - 1) // meter
    band = Character("Groove", kind.tempo, meter, kind.mode, kind.play, ())
    samples, truth = arranged(band, [Part("A", "verse", bars)], beats[: bars * meter + 1], seed, shuffle=shuffle)
    return samples, Truth(truth.title, truth.duration, truth.tempo, meter, truth.beats, truth.downbeats)


def _even(tempo: float, count: int, start: float = 0.0) -> list[float]:
    return [start + index * 60 / tempo for index in range(count + 1)]


def _ramp(seed: int) -> tuple[Floats, Truth]:
    """From 96 to 132 beats a minute."""
    tempi = np.linspace(96, 132, 48)
    return groove([0.0, *np.cumsum(60 / tempi).tolist()], 4, seed)


def _rubato(seed: int) -> tuple[Floats, Truth]:
    """Around 92 beats a minute, never the same twice."""
    rng = np.random.default_rng(seed)
    sway = np.convolve(rng.normal(0, 0.05, 48), np.ones(5) / 5, "same")
    return groove([0.0, *np.cumsum(60 / 92 * (1 + sway)).tolist()], 3, seed, character="ballad")


def _gap(seed: int) -> tuple[Floats, Truth]:
    """Sixteen bars at 120 with six silent seconds in the middle, which hold no beats."""
    samples, truth = groove(_even(120, 64), 4, seed)
    start, end = 12.0, 18.0
    quiet = samples.copy()
    ramp = np.linspace(1, 0, round(0.02 * RATE), dtype=np.float32)[:, None]
    first, last = round(start * RATE), round(end * RATE)
    quiet[first - len(ramp) : first] *= ramp
    quiet[first:last] = 0
    beats = tuple(beat for beat in truth.beats if not start - 0.01 <= beat < end - 0.01)
    downbeats = tuple(beat for beat in truth.downbeats if beat in set(beats))
    return quiet, Truth("Gap", truth.duration, truth.tempo, 4, beats, downbeats)


def _pickup(seed: int) -> tuple[Floats, Truth]:
    """Four and a half silent seconds, one beat of upbeat, then bars of four at 110."""
    start, step = 4.5, 60 / 110
    samples, truth = groove(_even(110, 48, start + step), 4, seed)
    for index, note in enumerate((60, 64)):
        stroke = voices.keys(note, 0.4)
        place = round((start + index * step / 2) * RATE)
        samples[place : place + len(stroke)] += stroke[:, None] * 0.3
    return samples, Truth("Pickup", truth.duration, 110, 4, (start, *truth.beats), truth.downbeats)


def _plain(tempo: float, count: int, meter: int, shuffle: float = 0.5, character: str = "house") -> Shape:
    def play(seed: int) -> tuple[Floats, Truth]:
        return groove(_even(tempo, count), meter, seed, shuffle=shuffle, character=character)

    return play


def _click(seed: int) -> tuple[Floats, Truth]:
    """A metronome at a tempo drawn between 80 and 180."""
    tempo = round(float(np.random.default_rng(seed).uniform(80, 180)), 2)
    beats = _even(tempo, round(30 * tempo / 60), 0.25)
    return clicks(beats, 4, 31.0)


def ambient(seed: int, seconds: float = 24.0) -> tuple[Floats, Truth]:
    """Play slow chords that begin and end nowhere in particular; there is no beat."""
    rng = np.random.default_rng([seed, 3])
    desk, sheet = Desk(seconds, seed), sheet_of(seed, "major")
    start = -2.0
    while start < seconds:
        length = round(float(rng.uniform(5, 9)), 2)
        for note in sheet.chord(int(rng.integers(0, 7)), 4):
            offset = float(rng.uniform(0, 1.5))
            place = max(0.0, start + offset)
            desk.note(place, voices.pad(note - 12, length, 4, 2.2), 0.3, float(rng.uniform(-0.7, 0.7)), 0.6)
        start += length * float(rng.uniform(0.5, 0.8))
    air = rng.standard_normal(len(desk.tune), dtype=np.float32)
    swell = 0.5 + 0.5 * np.sin(np.arange(len(air), dtype=np.float32) * np.float32(2 * np.pi * 0.07 / RATE))
    desk.tune += (filtered(air, "lowpass", 900) * swell * np.float32(0.08))[:, None]
    return desk.mixed(fade_in=3, fade_out=3), Truth("Ambient", seconds, 0.0, 4, (), ())


SHAPES: dict[str, Shape] = {
    "click": _click,
    "ramp": _ramp,
    "rubato": _rubato,
    "gap": _gap,
    "pickup": _pickup,
    "three": _plain(132, 72, 3, character="ballad"),
    "five": _plain(126, 80, 5),
    "six-eight": _plain(100, 60, 2, 2 / 3, "ballad"),
    "swing": _plain(138, 80, 4, 2 / 3),
    "slow": _plain(80, 48, 4, character="ballad"),
    "fast": _plain(178, 96, 4, character="drum-and-bass"),
    "ambient": ambient,
}
"""The pieces by name; each takes a seed."""


def shape(name: str, seed: int = 1) -> tuple[Floats, Truth]:
    """Play one of `SHAPES`.

    Raises:
        KeyError: there is no such shape.
    """
    return SHAPES[name](seed)


def medley(seed: int, songs: int = 4) -> tuple[Floats, Truth]:
    """Join pieces of different songs at bar lines; the joins are the sections.

    Args:
        seed: of the order, the lengths and the material.
        songs: how many pieces.
    """
    rng = np.random.default_rng([seed, 5])
    names = [*CHARACTERS]
    pieces: list[Floats] = []
    beats: list[float] = []
    downbeats: list[float] = []
    sections: list[TrueSection] = []
    frames = 0
    for index in range(songs):
        kind = CHARACTERS[names[(index + int(rng.integers(0, 3))) % len(names)]]
        bar = kind.meter * 60 / kind.tempo
        parts = [part for part in kind.parts if part.role in ("verse", "chorus", "drop")]
        part = parts[int(rng.integers(0, len(parts)))]
        bars = round(float(rng.uniform(13, 20)) / bar)
        count = bars * kind.meter
        samples, truth = arranged(
            kind, [Part("A", part.role, bars)], _even(kind.tempo, count), seed + index, tail=0.0, duration=bars * bar
        )
        start = frames / RATE
        pieces.append(samples)
        frames += len(samples)
        beats += [start + beat for beat in truth.beats]
        downbeats += [start + beat for beat in truth.downbeats]
        sections.append(TrueSection(start, frames / RATE, chr(65 + index), part.role))
    tempo = 60 / float(np.median(np.diff(beats)))
    whole = np.concatenate(pieces)
    return whole, Truth("Medley", len(whole) / RATE, tempo, 4, tuple(beats), tuple(downbeats), tuple(sections))
