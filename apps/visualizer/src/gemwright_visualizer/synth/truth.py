"""What is known of a made song."""

from __future__ import annotations

from dataclasses import dataclass

from gemwright_visualizer.records import Role

__all__ = ["TrueSection", "Truth"]


@dataclass(frozen=True, slots=True)
class TrueSection:
    """A part as it was arranged; `label` is the same where the same music returns."""

    start: float
    end: float
    label: str
    role: Role


@dataclass(frozen=True, slots=True)
class Truth:
    """What a made song holds; times in seconds from its first sample.

    Attributes:
        title: of the song.
        duration: seconds.
        tempo: beats a minute; the median where it changes; 0 where there is no beat.
        meter: beats in a bar.
        beats: every beat.
        downbeats: the beats that begin a bar.
        sections: from the first sample to the last; empty where the song has no parts.
    """

    title: str
    duration: float
    tempo: float
    meter: int
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    sections: tuple[TrueSection, ...] = ()
