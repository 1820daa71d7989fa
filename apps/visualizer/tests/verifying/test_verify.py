"""A good film passes every check, and each defect that is put into it fails the check that is for it, and only that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gemwright_visualizer.output import VideoSettings, write_chunk, write_film
from gemwright_visualizer.records import (
    RATE,
    Analysis,
    Features,
    Floats,
    Frame,
    Line,
    Look,
    Loudness,
    Palette,
    Rhythm,
    Section,
    Shot,
    Storyboard,
)
from gemwright_visualizer.verifying import Findings, verify
from gemwright_visualizer.verifying.hearing import check_sound, shift_of

FPS = Fraction(30)
SECONDS = 8
FRAMES = SECONDS * 30
SIZE = (192, 108)
INKS = Palette("own", "#10121e", "#2a3a6a", "#7a8fc8", "#e8ecff", "#ff8a3d")
PALETTE = "#10121e,#2a3a6a,#7a8fc8,#e8ecff,#ff8a3d"
Change = Callable[[list[Frame]], None]


def song() -> tuple[Floats, Analysis]:
    """Return two beats a second of noise, and what a perfect analysis says of it."""
    rng = np.random.default_rng(5)
    beats = np.arange(0, SECONDS, 0.5)
    samples = rng.standard_normal((SECONDS * RATE, 2)).astype(np.float32) * 0.002
    noise = np.cumsum(rng.standard_normal((RATE, 2)), axis=0)
    noise = (noise - noise.mean(axis=0)) / noise.std()
    onset = np.zeros(SECONDS * 100 + 1, np.float32)
    for beat in beats:
        at = round(beat * RATE)
        length = min(9600, len(samples) - at)
        fall = np.exp(-np.arange(length) / 1500)[:, None]
        samples[at : at + length] += (0.2 * np.roll(noise, at, axis=0)[:length] * fall).astype(np.float32)
        onset[round(beat * 100) : round(beat * 100) + 3] = 1
    flat = np.zeros_like(onset)
    features = Features(
        0.01,
        flat - 20,
        np.zeros((len(onset), 6), np.float32),
        onset,
        flat,
        flat,
        flat,
        flat,
        flat + 0.8,
        np.zeros((len(onset), 12), np.float32),
        flat,
    )
    rhythm = Rhythm(120, 0.9, tuple(beats), tuple(beats[::4]), 4)
    sections = (Section(0, 4, "A", "verse", 0.4), Section(4, 8, "B", "chorus", 0.9))
    return samples, Analysis(SECONDS, rhythm, sections, (), features, Loudness(-14, 6, -1))


def plan() -> Storyboard:
    """Return a plan of four shots of two seconds."""
    shots = tuple(
        Shot(
            i + 1,
            i * 60,
            i * 60 + 60,
            i * 4,
            1,
            i // 2,
            "medium",
            "push",
            "cut" if i else "none",
            "ring",
            "x",
            "wide",
            "in",
            False,
            "",
            "",
            i,
            PALETTE,
        )
        for i in range(4)
    )
    look = Look("", "", "", "", "", INKS)
    return Storyboard(*SIZE, FPS, FRAMES, 1, look, (), (), shots, (Line(1, 3, "so far away"),))


@cache
def _good() -> tuple[Frame, ...]:
    inks = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (INKS.c1, INKS.c2, INKS.c3, INKS.c4)], float)
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    frames: list[Frame] = []
    for number in range(FRAMES):
        shot, time = number // 60, number / 30
        pulse = np.exp(-(time % 0.5) / 0.08)
        angle = (0.3, 2.0, 4.1, 5.2)[shot]
        field = 0.5 + 0.42 * np.sin(
            (x * np.cos(angle) + y * np.sin(angle)) / (14 + 9 * shot) + 0.4 * time + 0.7 * pulse
        )
        place = np.clip(field * 2.4 + 0.5 * (shot % 2), 0, 3)
        low = np.minimum(place.astype(int), 2)
        share = (place - low)[..., None]
        frames.append((inks[low] * (1 - share) + inks[low + 1] * share).astype(np.uint8))
    return tuple(frames)


def measured(
    folder: Path, change: Change | None = None, *, board: Storyboard | None = None, shift: int = 0
) -> Findings:
    """Write a film with a defect and verify it."""
    frames = list(_good())
    if change:
        change(frames)
    samples, analysis = song()
    write_chunk(folder / "c.mp4", frames, VideoSettings(*SIZE, FPS, crf=12))
    heard = np.roll(samples, shift, axis=0)
    write_film(folder / "film.mp4", [folder / "c.mp4"], heard, FPS)
    return verify(folder / "film.mp4", board or plan(), analysis, samples)


def test_a_good_film_passes_everything(tmp_path: Path) -> None:
    """A check that cannot be passed is as useless as one that cannot fail."""
    findings = measured(tmp_path)
    assert [(check.name, check.figure, check.bar) for check in findings.failed] == []
    unmeasured = [check.name for check in findings.checks if check.passed is None]
    assert unmeasured == []
    reaction = next(check for check in findings.checks if check.name == "reaction")
    assert reaction.figure
    assert reaction.figure > 0.5


def _black(frames: list[Frame]) -> None:
    frames[100] = np.zeros_like(frames[0])


def _frozen(frames: list[Frame]) -> None:
    frames[70:95] = [frames[70]] * 25


def _flashing(frames: list[Frame]) -> None:
    for number in range(130, 165, 4):
        frames[number] = np.full_like(frames[0], 235)
        frames[number + 1] = np.full_like(frames[0], 235)


def _green(frames: list[Frame]) -> None:
    for number in range(60, 120):
        frames[number] = frames[number][..., [0, 2, 1]] // np.array([4, 1, 4], np.uint8)


def _one_shot(frames: list[Frame]) -> None:
    frames[60:] = [frames[i % 60] for i in range(60, FRAMES)]


def _late(frames: list[Frame]) -> None:
    frames[3:] = frames[:-3]


def _noisy(frames: list[Frame]) -> None:
    rng = np.random.default_rng(1)
    for number in range(FRAMES):
        blocks = np.kron(rng.integers(-40, 40, (27, 48)), np.ones((4, 4), int))[..., None]
        frames[number] = np.clip(frames[number] + blocks, 0, 255).astype(np.uint8)


def _short(frames: list[Frame]) -> None:
    del frames[-2:]


def _many(frames: list[Frame]) -> None:
    for defect in (_black, _frozen, _flashing, _green, _short):
        defect(frames)


def _again_and_late(frames: list[Frame]) -> None:
    _one_shot(frames)
    _late(frames)


PICTURES: dict[str, tuple[Change, set[str]]] = {
    "a black frame, a stand-still, flashes, another colour, missing frames": (
        _many,
        {"black", "frozen", "flashes", "palette", "frames"},
    ),
    "the same shot again, three frames late": (_again_and_late, {"alike", "lag"}),
    "noise": (_noisy, {"flicker"}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_defects_of_the_picture_are_found(name: str, tmp_path: Path) -> None:
    """Each is what a renderer gets wrong one day."""
    change, expected = PICTURES[name]
    failed = {check.name for check in measured(tmp_path, change).failed}
    assert expected <= failed, failed


def test_defects_of_the_plan_and_the_sound_are_found(tmp_path: Path) -> None:
    """Cuts off the beat, lines that nobody can read, another size; sound two milliseconds late, or of another song."""
    shots = list(plan().shots)
    for index, frame in ((1, 66), (2, 126), (3, 190)):
        shots[index - 1] = dataclasses.replace(shots[index - 1], end_frame=frame)
        shots[index] = dataclasses.replace(shots[index], start_frame=frame)
    board = dataclasses.replace(plan(), shots=tuple(shots), width=194, lines=(Line(1, 1.2, "so very far away"),))
    assert {"on the beat", "size", "lines", "offset"} <= {
        c.name for c in measured(tmp_path, board=board, shift=96).failed
    }
    other = np.roll(song()[0], 4000, axis=0)[::-1].copy()
    assert "likeness" in {
        check.name for check in check_sound(tmp_path / "film.mp4", other, FRAMES, FPS) if not check.passed
    }


@pytest.mark.parametrize("shift", [-480, -3, 0, 17, 2400])
def test_a_shift_of_the_sound_is_measured_to_the_sample(shift: int) -> None:
    """The figure in the report is this one."""
    ours = np.random.default_rng(2).standard_normal(RATE)
    late, like = shift_of(ours, np.roll(ours, shift))
    assert late * RATE == pytest.approx(shift, abs=0.1)
    assert like > 0.9
