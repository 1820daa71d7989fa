"""Players: what each band plays in one bar of a part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gemwright_visualizer.records import Role
from gemwright_visualizer.synth import voices
from gemwright_visualizer.synth.desk import Desk

__all__ = ["Bar", "Player", "Sheet", "play_ballad", "play_drum_and_bass", "play_house", "sheet_of"]

MINOR = (0, 2, 3, 5, 7, 8, 10)
MAJOR = (0, 2, 4, 5, 7, 9, 11)
TURNS = {
    "minor": ((0, 5, 2, 6), (0, 3, 5, 4), (0, 2, 5, 6), (5, 6, 0, 0)),
    "major": ((0, 4, 5, 3), (0, 5, 3, 4), (3, 0, 4, 5), (0, 2, 3, 4)),
}
QUIET: tuple[Role, ...] = ("intro", "break", "outro")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a song is made of: a key, two turns of chords (scale degrees, one a bar) and two motifs.

    A motif is a list of (step of 32 in two bars, scale degree above the chord, length in steps).
    """

    root: int
    scale: tuple[int, ...]
    turns: tuple[tuple[int, ...], tuple[int, ...]]
    motifs: tuple[tuple[tuple[int, int, int], ...], tuple[tuple[int, int, int], ...]]

    def note(self, degree: int, octave: int = 0) -> int:
        """Return the MIDI note of a scale degree above the root."""
        turn, step = divmod(degree, 7)
        return self.root + self.scale[step] + 12 * (turn + octave)

    def chord(self, degree: int, size: int = 3) -> list[int]:
        """Return a chord, folded into the octave around middle C so that neighbours lie close together."""
        return sorted(55 + (self.note(degree + 2 * index) - 55) % 12 for index in range(size))


def sheet_of(seed: int, mode: str) -> Sheet:
    """Draw a song's material.

    Args:
        seed: of everything drawn.
        mode: `minor` or `major`.
    """
    rng = np.random.default_rng([seed, 11])
    turns = TURNS[mode]
    first, second = (int(number) for number in rng.choice(len(turns), 2, replace=False))
    scale = MINOR if mode == "minor" else MAJOR
    return Sheet(45 + int(rng.integers(0, 8)), scale, (turns[first], turns[second]), (_motif(rng), _motif(rng)))


def _motif(rng: np.random.Generator) -> tuple[tuple[int, int, int], ...]:
    """Draw two bars of melody: a figure, the figure again with another end."""
    steps = sorted(int(step) for step in rng.choice((0, 3, 4, 6, 8, 10, 11, 14), 5, replace=False))
    degrees = [int(degree) for degree in rng.choice((0, 2, 4, 4, 5, 7), 5)]
    ends = [*steps[1:], 16]
    figure = [(step, degree, min(4, end - step)) for step, degree, end in zip(steps, degrees, ends, strict=True)]
    answer = [(step + 16, degree, length) for step, degree, length in figure[:-1]]
    return (*figure, *answer, (figure[-1][0] + 16, 0, 5))


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar to play: its beats' times (one more than it has beats), and where in its part it stands."""

    times: tuple[float, ...]
    role: Role
    number: int
    of: int
    variant: int
    shuffle: float = 0.5

    def at(self, step: float) -> float:
        """Return the time of a step, four to a beat; with a shuffle, the off-beats come later."""
        beat = step / 4
        whole = min(int(beat), len(self.times) - 2)
        part = beat - whole
        part = part * 2 * self.shuffle if part < 0.5 else self.shuffle + (part - 0.5) * 2 * (1 - self.shuffle)
        return self.times[whole] + part * (self.times[whole + 1] - self.times[whole])

    @property
    def step(self) -> float:
        """Seconds from one step to the next."""
        return (self.times[-1] - self.times[0]) / (4 * (len(self.times) - 1))

    @property
    def steps(self) -> int:
        """Steps in the bar."""
        return 4 * (len(self.times) - 1)

    @property
    def last(self) -> bool:
        """Whether the part ends with it."""
        return self.number == self.of - 1


Player = Callable[[Desk, Sheet, Bar], Sequence[float]]
"""Plays a bar and returns the bass drum's times."""


def _length(seconds: float) -> float:
    """Round a note's length so that equal notes are computed once."""
    return round(seconds, 2)


def _pads(desk: Desk, sheet: Sheet, bar: Bar, gain: float, bright: int) -> None:
    turn = sheet.turns[bar.variant]
    seconds = _length(bar.times[-1] - bar.times[0] + 0.2)
    for index, note in enumerate(sheet.chord(turn[bar.number % len(turn)], 4)):
        desk.note(bar.times[0], voices.pad(note, seconds, bright), gain, (-0.5, 0.3, -0.2, 0.5)[index], 0.45)


def _lead(desk: Desk, sheet: Sheet, bar: Bar, gain: float, octave: int = 2) -> None:
    degree = sheet.turns[bar.variant][bar.number % len(sheet.turns[bar.variant])]
    half = 16 * (bar.number % 2)
    for step, above, length in sheet.motifs[bar.variant]:
        if half <= step < half + min(16, bar.steps):
            note = voices.bell(sheet.note(degree % 7 + above, octave), _length(length * bar.step + 0.25))
            for echo, weight in ((0, 1.0), (3, 0.35), (6, 0.14)):
                desk.note(bar.at(step - half) + echo * bar.step, note, gain * weight, 0.25 - 0.25 * echo / 3, 0.4)


def _fill(desk: Desk, bar: Bar) -> None:
    for index in range(4):
        desk.drum(bar.at(bar.steps - 4 + index), voices.tom(52 - 4 * index), 0.55, 0.4 - 0.25 * index)


def _crash(desk: Desk, bar: Bar) -> None:
    if bar.number == 0 and bar.role not in QUIET:
        desk.drum(bar.times[0], voices.hat(9.0), 0.9, -0.3)


def play_house(desk: Desk, sheet: Sheet, bar: Bar) -> Sequence[float]:
    """Play a bar of house: four on the floor, off-beat hats and bass, stabs, a plucked lead."""
    role = bar.role
    full = role in ("drop", "chorus")
    kicks = [bar.times[beat] for beat in range(len(bar.times) - 1)] if role not in ("break", "build") else []
    if role == "build":
        share = 4 if bar.number < bar.of / 2 else 2 if not bar.last else 1
        for step in range(0, bar.steps - 2 * bar.last, share):
            desk.drum(bar.at(step), voices.snare(210.0, 26.0), 0.25 + 0.5 * (bar.number + step / 16) / bar.of)
        if bar.number == 0:
            desk.note(bar.times[0], voices.riser(_length((bar.times[-1] - bar.times[0]) * bar.of - 0.1)), 0.5, 0, 0.3)
    for seconds in kicks:
        desk.drum(seconds, voices.kick(), 1.0)
    _crash(desk, bar)
    for beat in range(len(bar.times) - 1):
        if role in ("verse", "drop", "chorus") and beat % 2:
            desk.drum(bar.times[beat], voices.clap(), 0.75)
        if role not in ("break", "build") and (role != "intro" or bar.number >= bar.of // 2):
            desk.drum(bar.at(4 * beat + 2), voices.hat(22.0), 0.5, 0.2)
        if full:
            for step in (1, 3):
                desk.drum(bar.at(4 * beat + step), voices.hat(70.0), 0.28, -0.3)
    degree = sheet.turns[bar.variant][bar.number % 4]
    if role in ("verse", "drop", "chorus"):
        for step in range(2, bar.steps, 4):
            sound = voices.bass(sheet.note(degree, -1), _length(bar.step * 2.4), 9 if full else 5)
            desk.note(bar.at(step), sound, 0.85, 0, 0.02)
        for step in (0, 3, 6, 10, 13)[: 5 if full else 3]:
            if step < bar.steps:
                for index, note in enumerate(sheet.chord(degree)):
                    desk.note(bar.at(step), voices.keys(note + 12 * full, 0.35, 7), 0.3, (-0.4, 0.0, 0.4)[index])
    _pads(desk, sheet, bar, {"break": 0.34, "build": 0.3, "verse": 0.1}.get(role, 0.16), 8 if full else 5)
    if full or role == "break":
        _lead(desk, sheet, bar, 0.5 if full else 0.3)
    if bar.last and role in ("verse", "drop", "chorus"):
        _fill(desk, bar)
    return kicks


def play_drum_and_bass(desk: Desk, sheet: Sheet, bar: Bar) -> Sequence[float]:
    """Play a bar of drum'n'bass: a broken beat, a growling bass, long chords."""
    role = bar.role
    full = role in ("drop", "chorus")
    if role in ("verse", "drop", "chorus") or (role == "outro" and bar.number < bar.of // 2):
        for step, gain in ((0, 1.0), (10, 0.9), *(((6, 0.5),) if bar.number % 4 == 3 else ())):
            desk.drum(bar.at(step), voices.kick(0.8), gain)
        for step, gain in ((4, 0.95), (12, 0.95), (7, 0.22), (9, 0.28), *(((15, 0.3),) if bar.number % 2 else ())):
            desk.drum(bar.at(step), voices.snare(225.0, 22.0), gain, 0.05)
    if role not in ("break", "build"):
        for step in range(0, bar.steps, 2):
            desk.drum(bar.at(step), voices.hat(55.0), 0.4 if step % 4 else 0.3, 0.3)
    if role == "build":
        for step in range(0, bar.steps, 4 if bar.number < bar.of / 2 else 2):
            desk.drum(bar.at(step), voices.snare(250.0, 30.0), 0.2 + 0.5 * bar.number / bar.of)
        if bar.number == 0:
            desk.note(bar.times[0], voices.riser(_length((bar.times[-1] - bar.times[0]) * bar.of - 0.1)), 0.5, 0, 0.3)
    _crash(desk, bar)
    degree = sheet.turns[bar.variant][bar.number // 2 % 4]
    if full or role == "verse":
        for step, length in ((0, 6), (6, 4), (10, 6)):
            note = sheet.note(degree, -1)
            sound = voices.reese(note, _length(length * bar.step), 14) if full else voices.bass(note, 0.3)
            desk.note(bar.at(step), sound, 0.5 if full else 0.6, 0, 0.02)
    slow = Bar(bar.times, role, bar.number // 2, bar.of, bar.variant)
    _pads(desk, sheet, slow, {"intro": 0.28, "break": 0.36, "build": 0.3}.get(role, 0.15), 7)
    if role in ("drop", "break", "intro", "chorus"):
        _lead(desk, sheet, bar, 0.42 if full else 0.28)
    if bar.last and role in ("verse", "drop"):
        _fill(desk, bar)
    return ()


def play_ballad(desk: Desk, sheet: Sheet, bar: Bar) -> Sequence[float]:
    """Play a bar of a ballad: broken piano chords, soft drums, strings, a singing lead."""
    role = bar.role
    full = role in ("chorus", "drop")
    degree = sheet.turns[bar.variant][bar.number % 4]
    chord = sheet.chord(degree)
    order = (0, 1, 2, 1, 2, 1, 0, 2)
    for index, step in enumerate(range(0, bar.steps, 2)):
        note = chord[order[index % 8]] + (12 if index == 2 else 0)
        strength = 0.5 if step == 0 else 0.34
        desk.note(bar.at(step), voices.keys(note, 1.2), strength * (1.2 if full else 1.0), -0.3 + 0.1 * index)
    if role != "intro":
        desk.note(bar.times[0], voices.bass(sheet.note(degree, -1), _length(bar.step * 9)), 0.6, 0, 0.05)
    if role == "verse" or full:
        desk.drum(bar.times[0], voices.kick(0.5), 0.75 if full else 0.5)
        for beat in range(1, len(bar.times) - 1):
            desk.drum(bar.times[beat], voices.snare(170.0, 26.0), (0.42 if full else 0.2) * (1.2 if beat == 2 else 0.8))
        for step in range(0, bar.steps, 2 if full else 4):
            desk.drum(bar.at(step), voices.hat(60.0), 0.2, 0.35)
    _pads(desk, sheet, bar, {"chorus": 0.34, "break": 0.26, "verse": 0.12}.get(role, 0.1), 6 if full else 4)
    if full or role == "break":
        turn = sheet.motifs[bar.variant]
        half = 16 * (bar.number % 2)
        for step, above, length in turn:
            if half <= step < half + bar.steps:
                seconds = _length((length + 1) * bar.step * 1.3)
                sound = voices.pad(sheet.note(degree % 7 + above, 2), seconds, 3, 0.06)
                desk.note(bar.at(step - half), sound, 0.4 if full else 0.3, 0.1, 0.5)
    if bar.last and (role == "verse" or full):
        for index in range(3):
            desk.drum(bar.at(bar.steps - 3 + index), voices.tom(50 - 3 * index), 0.35, 0.3 - 0.3 * index)
    return ()
