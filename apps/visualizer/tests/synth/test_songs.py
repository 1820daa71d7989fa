"""The made songs: what their truth says is in their samples."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from gemwright_visualizer.records import RATE, Floats
from gemwright_visualizer.synth import CHARACTERS, SHAPES, clicks, demo_song, medley, shape, write_wav


def level(samples: Floats, start: float, end: float) -> float:
    """Return the level of a stretch in dB."""
    part = samples[round(start * RATE) : round(end * RATE)]
    return 10 * float(np.log10(np.mean(part.astype(np.float64) ** 2) + 1e-12))


def test_one_seed_gives_the_same_samples_and_another_does_not() -> None:
    """A demo that changed from run to run could not be compared with anything."""
    first, _ = demo_song(3, "house", 9)
    again, _ = demo_song(3, "house", 9)
    other, _ = demo_song(4, "house", 9)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("character", sorted(CHARACTERS))
def test_a_song_is_whole_and_loud_where_it_says(character: str) -> None:
    """Sections without a break, the loudest role louder than the intro, and nothing over full scale."""
    samples, truth = demo_song(7, character, 30)
    assert samples.dtype == np.float32
    assert len(samples) / RATE == pytest.approx(truth.duration, abs=1e-3)
    assert 0.8 < float(np.abs(samples).max()) <= 0.9
    assert truth.sections[0].start == 0
    assert truth.sections[-1].end == truth.duration
    assert all(a.end == b.start for a, b in zip(truth.sections, truth.sections[1:], strict=False))
    levels = {section.role: level(samples, section.start, section.end) for section in truth.sections}
    assert max(levels.values()) > levels["intro"] + 2
    assert np.diff(truth.beats) == pytest.approx(60 / truth.tempo, abs=1e-5)
    assert set(truth.downbeats) <= set(truth.beats)


def test_the_bass_drum_falls_on_the_beats() -> None:
    """The truth would be worth nothing if the sound came later: each beat's attack lies within a millisecond."""
    samples, truth = demo_song(7, "house", 5)
    mono = np.abs(np.diff(samples.mean(axis=1)))
    for beat in truth.beats[1:7]:
        place = round(beat * RATE)
        before, after = mono[place - 480 : place - 1].max(), mono[place : place + 48].max()
        assert after > 3 * before


def test_a_gap_is_silent_and_has_no_beats() -> None:
    """The shape exists to catch a tracker that counts on through silence."""
    samples, truth = shape("gap")
    assert not samples[round(12.1 * RATE) : round(17.9 * RATE)].any()
    assert not [beat for beat in truth.beats if 12 < beat < 17.9]


def test_clicks_are_where_they_were_asked_for() -> None:
    """To the sample: these are the yardstick of the alignment tests."""
    samples, truth = clicks([0.5, 1.0, 1.5], 3, 2.0)
    assert truth.downbeats == (0.5,)
    assert np.flatnonzero(samples[:, 0])[0] - RATE // 2 in (0, 1)


def test_every_shape_and_a_medley_have_what_they_promise() -> None:
    """A shape that nobody plays would rot; the medley's joins are its sections."""
    assert {"click", "ramp", "gap", "pickup", "five", "swing", "six-eight", "ambient"} <= set(SHAPES)
    samples, truth = medley(2, 3)
    assert [section.label for section in truth.sections] == ["A", "B", "C"]
    assert truth.sections[-1].end == pytest.approx(len(samples) / RATE)


def test_a_written_file_holds_the_samples(tmp_path: Path) -> None:
    """Sixteen bits, and what is too loud is cut off instead of wrapping round."""
    path = write_wav(tmp_path / "a.wav", np.array([[0.5, -0.5], [2.0, -2.0]], np.float32))
    with wave.open(str(path)) as file:
        values = np.frombuffer(file.readframes(2), "<i2")
    assert values.tolist() == [16384, -16384, 32767, -32767]
