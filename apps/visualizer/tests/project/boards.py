"""A small plan that tests change."""

from __future__ import annotations

from fractions import Fraction

from gemwright_visualizer.records import Line, Look, Mood, Pace, Palette, Shot, Storyboard, Word

__all__ = ["board"]


def shot(number: int, start: int, end: int) -> Shot:
    """Return a shot of the plan."""
    return Shot(
        shot=number,
        start_frame=start,
        end_frame=end,
        start_beat=number * 4,
        bars=1.5,
        section=0,
        rate="fast",
        motion="push",
        transition="cut",
        scene="ring",
        what="a lantern, drifting",
        size="wide",
        camera="in",
        cast=False,
        prompt="=SUM(A1) a lantern; at sea",
        negative="text",
        seed=number,
        palette="dusk",
        lyric='so "far" away',
    )


def board(shots: int = 4, length: int = 20) -> Storyboard:
    """Return a plan of some shots of the same length."""
    return Storyboard(
        width=64,
        height=36,
        fps=Fraction(30000, 1001),
        frames=shots * length,
        seed=7,
        look=Look(
            "quiet",
            "film",
            "wide",
            "dusk",
            "text",
            Palette("dusk", "#000011", "#222244", "#8888aa", "#eeeeff", "#ff8800"),
        ),
        moods=(Mood("calm", 3, "a night at sea", "a lantern"),),
        paces=(Pace("fast", "push", "cut"),),
        shots=tuple(shot(i + 1, i * length, (i + 1) * length) for i in range(shots)),
        lines=(Line(0.5, 1.5, "so far away", (Word(0.5, "so"), Word(0.8, "far"))),),
    )
