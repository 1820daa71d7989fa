"""Whole songs: a character says the tempo, the meter, the parts and who plays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gemwright_visualizer.records import Floats, Role
from gemwright_visualizer.synth.bands import Bar, Player, play_ballad, play_drum_and_bass, play_house, sheet_of
from gemwright_visualizer.synth.desk import Desk
from gemwright_visualizer.synth.truth import TrueSection, Truth

__all__ = ["CHARACTERS", "Character", "Part", "arranged", "demo_song"]

TAIL = 1.5
"""Seconds after the last bar in which the room dies away."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a song: the same `label` means the same music."""

    label: str
    role: Role
    bars: int


@dataclass(frozen=True, slots=True)
class Character:
    """A kind of song."""

    title: str
    tempo: float
    meter: int
    mode: str
    play: Player
    parts: tuple[Part, ...]


def _parts(text: str) -> tuple[Part, ...]:
    """Read `label:role:bars` words."""
    roles: dict[str, Role] = {
        "intro": "intro", "verse": "verse", "build": "build", "chorus": "chorus", "drop": "drop", "break": "break",
        "outro": "outro",
    }  # fmt: skip
    rows = (word.split(":") for word in text.split())
    return tuple(Part(label, roles[role], int(bars)) for label, role, bars in rows)


CHARACTERS: dict[str, Character] = {
    "house": Character(
        "Harbour Lights", 124.0, 4, "minor", play_house,
        _parts("A:intro:4 B:verse:8 C:build:4 D:drop:8 E:break:4 B:verse:4 C:build:4 D:drop:8 F:outro:4"),
    ),
    "ballad": Character(
        "Paper Boats", 84.0, 3, "major", play_ballad,
        _parts("A:intro:4 B:verse:8 C:chorus:8 B:verse:8 C:chorus:8 D:break:4 C:chorus:4 A:outro:4"),
    ),
    "drum-and-bass": Character(
        "Night Bus", 172.0, 4, "minor", play_drum_and_bass,
        _parts("A:intro:8 B:verse:8 C:build:4 D:drop:16 E:break:8 C:build:4 D:drop:16 A:outro:8"),
    ),
}  # fmt: skip
"""The songs that exist, by name."""


def demo_song(seed: int = 7, character: str = "house", seconds: float | None = None) -> tuple[Floats, Truth]:
    """Play a song.

    Args:
        seed: of the key, the chords, the melody and the room; the same seed gives the same samples.
        character: a name of `CHARACTERS`: `house` (124 beats a minute), `ballad` (84, three to a bar) or
            `drum-and-bass` (172).
        seconds: stop after the bar that reaches this; the whole song where it is not given.

    Returns:
        The samples (frames by 2, at the timeline's rate) and the truth about them.

    Raises:
        KeyError: there is no such character.
    """
    kind = CHARACTERS[character]
    parts = kind.parts
    if seconds is not None:
        bars = max(1, round(seconds / (kind.meter * 60 / kind.tempo)))
        parts = _first_bars(parts, bars)
    count = sum(part.bars for part in parts) * kind.meter
    beats = [index * 60 / kind.tempo for index in range(count + 1)]
    return arranged(kind, parts, beats, seed)


def _first_bars(parts: Sequence[Part], bars: int) -> tuple[Part, ...]:
    kept: list[Part] = []
    for part in parts:
        if bars <= 0:
            break
        kept.append(Part(part.label, part.role, min(part.bars, bars)))
        bars -= part.bars
    return tuple(kept)


def arranged(
    kind: Character,
    parts: Sequence[Part],
    beats: Sequence[float],
    seed: int,
    *,
    shuffle: float = 0.5,
    tail: float = TAIL,
    duration: float | None = None,
) -> tuple[Floats, Truth]:
    """Play parts on given beats.

    Args:
        kind: who plays what.
        parts: in order.
        beats: seconds of every beat, and of the one after the last; the first begins a bar.
        seed: of the material.
        shuffle: where the off-beat lies between two beats; 0.5 is straight.
        tail: seconds after the last bar.
        duration: the song's length where it shall not be the last beat and the tail.

    Returns:
        The samples and the truth.
    """
    length = duration if duration is not None else beats[-1] + tail
    desk, sheet = Desk(length, seed), sheet_of(seed, kind.mode)
    kicks: list[float] = []
    sections: list[TrueSection] = []
    variants = {label: index % 2 for index, label in enumerate(dict.fromkeys(part.label for part in parts))}
    bar = 0
    for part in parts:
        start = beats[bar * kind.meter]
        for number in range(part.bars):
            times = tuple(beats[bar * kind.meter : (bar + 1) * kind.meter + 1])
            kicks += kind.play(desk, sheet, Bar(times, part.role, number, part.bars, variants[part.label], shuffle))
            bar += 1
        sections.append(TrueSection(start, beats[bar * kind.meter], part.label, part.role))
    desk.duck(kicks, 0.5)
    sections[0] = TrueSection(0.0, sections[0].end, sections[0].label, sections[0].role)
    sections[-1] = TrueSection(sections[-1].start, length, sections[-1].label, sections[-1].role)
    heard = tuple(round(beat, 6) for beat in beats[: bar * kind.meter])
    gaps = sorted(later - earlier for earlier, later in pairwise(beats))
    truth = Truth(
        kind.title, length, 60 / gaps[len(gaps) // 2], kind.meter, heard, heard[:: kind.meter], tuple(sections)
    )
    return desk.mixed(fade_out=min(tail, 1.0)), truth
