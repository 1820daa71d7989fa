"""What is known of a song and planned for its video, as frozen values that every room may hold.

Times are seconds from the first sample of the song; a frame's time is `frame / fps`, with `fps` a fraction, so nothing
ever adds up small errors. Colours are `#rrggbb`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "RATE",
    "Analysis",
    "Cast",
    "Drive",
    "Features",
    "Floats",
    "Frame",
    "Line",
    "Look",
    "Loudness",
    "Moment",
    "Mood",
    "Pace",
    "Palette",
    "Rhythm",
    "Section",
    "Shot",
    "Sound",
    "Storyboard",
    "Word",
]

RATE = 48_000
"""Samples a second on the one timeline that analysis, frames and the film's sound share."""

Floats = NDArray[np.float32]
Frame = NDArray[np.uint8]
"""A picture: height by width by 3, RGB."""
Role = Literal["intro", "verse", "build", "chorus", "drop", "break", "outro"]
Rate = Literal["hold", "slow", "medium", "fast", "frantic"]
Motion = Literal["drift", "push", "orbit", "pulse", "shake"]
Transition = Literal["cut", "dissolve", "flash", "whip", "none"]


@dataclass(frozen=True, slots=True)
class Sound:
    """A song, decoded whole.

    Attributes:
        samples: float32, frames by 2 channels, at `RATE`; nothing was scaled, so a peak above 1 was there before.
        title: of the tags, else the file's name without its ending.
        artist: of the tags, else empty.
        codec: as FFmpeg names it.
        channels: of the file; more or fewer than two were mixed to two.
        rate: samples a second in the file.
        warnings: one sentence for each thing that was not as it should be.
    """

    samples: Floats
    title: str
    artist: str
    codec: str
    channels: int
    rate: int
    warnings: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / RATE


@dataclass(frozen=True, slots=True)
class Features:
    """Curves over the song, one value each `hop` seconds; each array begins at time 0 and has the same length.

    Attributes:
        hop: seconds between two values (0.01).
        loudness: momentary loudness, dB.
        bands: values by 6, from the lowest to the highest, 0 to 1 relative to the song's own loud passages.
        onset_low: rise of energy in the bass, 0 to 1; `onset_mid` and `onset_high` likewise.
        centroid: brightness, Hz.
        flatness: 0 tonal to 1 noise.
        percussive: share of percussive energy, 0 to 1.
        chroma: values by 12, from C.
        width: stereo width, 0 mono to 1.
    """

    hop: float
    loudness: Floats
    bands: Floats
    onset_low: Floats
    onset_mid: Floats
    onset_high: Floats
    centroid: Floats
    flatness: Floats
    percussive: Floats
    chroma: Floats
    width: Floats


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The grid of beats.

    Attributes:
        tempo: beats a minute; 0 where no beat was found.
        confidence: 0 to 1; a grid given by hand has 1.
        beats: seconds, ascending; empty where the song is silent or has none.
        downbeats: the beats that begin a bar, a subset of `beats`.
        meter: beats in a bar.
        origin: `measured`, or what it was given by (`--bpm`, a tap file, MIDI, ...).
        alternatives: other tempi that fit nearly as well, such as half and double.
    """

    tempo: float
    confidence: float
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    meter: int
    origin: str = "measured"
    alternatives: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the song: `label` is the same where the music returns; `energy` is 0 to 1 within this song."""

    start: float
    end: float
    label: str
    role: Role
    energy: float
    words: tuple[str, ...] = ()
    """How it sounds, in words made from numbers: `bright`, `dense`, `like section 2 but louder`."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens: a `drop`, `build`, `break`, `fill` or `fade`, with the strength 0 to 1."""

    start: float
    end: float
    kind: Literal["drop", "build", "break", "fill", "fade"]
    strength: float


@dataclass(frozen=True, slots=True)
class Loudness:
    """By EBU R 128: integrated LUFS, range LU, true peak dBTP."""

    integrated: float
    range: float
    true_peak: float


@dataclass(frozen=True, slots=True)
class Word:
    """A sung word and when it begins."""

    start: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sung line; `approximate` says that its times were guessed."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that was measured of a song."""

    duration: float
    rhythm: Rhythm
    sections: tuple[Section, ...]
    moments: tuple[Moment, ...]
    features: Features
    loudness: Loudness
    words: tuple[str, ...] = ()
    """The whole song in words, as `Section.words`."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Palette:
    """Four colours from dark to light, and an accent."""

    name: str
    c1: str
    c2: str
    c3: str
    c4: str
    accent: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Who or what appears again and again, in fixed words."""

    name: str
    looks: str
    clothes: str


@dataclass(frozen=True, slots=True)
class Look:
    """The style of the whole film."""

    style: str
    medium: str
    lens: str
    light: str
    avoid: str
    palette: Palette
    cast: tuple[Cast, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Mood:
    """What a section feels like: one of the known moods, energy 0 to 10, a story line, a concrete thing to show."""

    mood: str
    energy: int
    story: str
    image_seed: str
    boundary: Literal["keep", "earlier", "later"] = "keep"
    lyric_focus: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a section is cut and moves."""

    rate: Rate
    motion: Motion
    transition: Transition
    anticipate: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """A row of the storyboard: flat, so that it can be a line of a table.

    Attributes:
        shot: number from 1.
        start_frame: first frame.
        end_frame: the frame after the last.
        start_beat: number of the beat it begins on, from 0; -1 where there is none.
        bars: its length.
        section: index of the section, from 0.
        scene: name of a built-in scene, or `image`.
        seed: of everything random in it.
        palette: name of a palette, or five colours with commas.
        lyric: text to be shown, else empty.
        keyframe_file: the picture of this shot relative to the project, where there is one.
        critic: what the critic said, else empty.
        locked: edited by hand: no stage changes it.
    """

    shot: int
    start_frame: int
    end_frame: int
    start_beat: int
    bars: float
    section: int
    rate: Rate
    motion: Motion
    transition: Transition
    scene: str
    what: str
    size: str
    camera: str
    cast: bool
    prompt: str
    negative: str
    seed: int
    palette: str
    lyric: str = ""
    text_style: str = ""
    keyframe_file: str = ""
    critic: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Storyboard:
    """The film as planned: enough, together with the song's analysis, to draw every frame."""

    width: int
    height: int
    fps: Fraction
    frames: int
    seed: int
    look: Look
    moods: tuple[Mood, ...]
    paces: tuple[Pace, ...]
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Drive:
    """What moves a scene at one frame; everything 0 to 1 but where it is said.

    Attributes:
        time: seconds since the song's beginning.
        shot_time: seconds since the shot's beginning.
        progress: of the shot.
        bass, mid, high: smoothed energy of the bands.
        onset: rise of energy now.
        beat: number of the beat, from 0, as a whole number; -1 before the first and where there is none.
        beat_phase: since the last beat; `pulse` is its eased envelope: 1 on the beat, falling.
        bar_phase: since the last downbeat.
        energy: of the section.
        spectrum: 64 values from low to high.
        clock: beats so far as they are felt: it hurries at each beat and rests before the next, and a beat in silence
            hardly counts. Where the song has none, time that runs with its loudness.
    """

    time: float
    shot_time: float
    progress: float
    bass: float
    mid: float
    high: float
    onset: float
    beat: int
    beat_phase: float
    pulse: float
    bar_phase: float
    energy: float
    spectrum: Floats
    clock: float = 0.0
