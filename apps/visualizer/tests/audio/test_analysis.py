"""Parts, moments, loudness, curves and words of songs whose arrangement is known, and how an analysis is kept."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import imageio_ffmpeg
import mir_eval
import numpy as np
import pytest

from gemwright_visualizer.audio import analyse, analyse_json, load_analysis, save_analysis
from gemwright_visualizer.audio.loudness import measure_loudness
from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.records import RATE, Analysis, Sound
from gemwright_visualizer.synth import Truth, demo_song, medley, write_wav


@pytest.fixture(scope="module")
def house() -> tuple[Analysis, Truth, float]:
    """The demo song, its truth, and the processor seconds that a minute of it took."""
    samples, truth = demo_song(7, "house")
    started = time.process_time()
    analysis = analyse(Sound(samples, "House", "", "", 2, RATE))
    return analysis, truth, (time.process_time() - started) / truth.duration * 60


def found_joins(analysis: Analysis, truth: Truth, window: float) -> float:
    """Return the F-measure of the inner boundaries."""
    known = np.array([[part.start, part.end] for part in truth.sections])
    found = np.array([[part.start, part.end] for part in analysis.sections])
    return float(mir_eval.segment.detection(known, found, window=window, trim=True)[2])


def test_the_parts_of_a_song_and_of_a_medley(house: tuple[Analysis, Truth, float]) -> None:
    """The demo's parts to the half second; joins of different songs within three."""
    analysis, truth, _ = house
    assert found_joins(analysis, truth, 0.5) > 0.9
    samples, joined = medley(3, 4)
    assert found_joins(analyse(Sound(samples, "", "", "", 2, RATE)), joined, 3) >= 0.75


def test_parts_begin_with_bars_and_leave_no_gap(house: tuple[Analysis, Truth, float]) -> None:
    """Cuts are laid on sections, so each begins on a downbeat, and together they are the song."""
    analysis, _, _ = house
    assert analysis.sections[0].start == 0
    assert analysis.sections[-1].end == analysis.duration
    for before, after in zip(analysis.sections, analysis.sections[1:], strict=False):
        assert before.end == after.start
        assert min(abs(after.start - beat) for beat in analysis.rhythm.downbeats) < 0.001


def test_music_that_returns_has_the_same_letter_and_role(house: tuple[Analysis, Truth, float]) -> None:
    """The drop is played twice; it is the loudest, and it is called so."""
    analysis, truth, _ = house
    drops = [part for part in truth.sections if part.role == "drop"]
    heard = [next(own for own in analysis.sections if abs(own.start - part.start) < 0.5) for part in drops]
    assert len({part.label for part in heard}) == 1
    assert {part.role for part in heard} == {"drop"}
    assert analysis.sections[0].role == "intro"
    assert analysis.sections[-1].role == "outro"
    assert max(analysis.sections, key=lambda part: part.energy).role == "drop"
    assert any(f"like section {analysis.sections.index(heard[0]) + 1}" in word for word in heard[1].words)


def test_a_drop_a_build_and_a_break_are_moments(house: tuple[Analysis, Truth, float]) -> None:
    """They stand where they were arranged."""
    analysis, truth, _ = house
    for kind, role in (("drop", "drop"), ("build", "build"), ("break", "break")):
        for part in truth.sections:
            if part.role == role:
                assert any(own.kind == kind and abs(own.start - part.start) < 2.1 for own in analysis.moments), (
                    kind,
                    part,
                )


def test_a_fade_is_seen() -> None:
    """An end that dies away needs another last shot than one that stops."""
    samples, _ = demo_song(7, "house", 30)
    faded = samples * np.linspace(1, 0, len(samples), dtype=np.float32)[:, None] ** 4
    moments = analyse(Sound(faded[: 24 * RATE], "", "", "", 2, RATE)).moments
    stopped = analyse(Sound(samples[: 24 * RATE], "", "", "", 2, RATE)).moments
    assert [moment for moment in moments if moment.kind == "fade" and moment.end > 23]
    assert not [moment for moment in stopped if moment.kind == "fade" and moment.end > 23]


def test_loudness_is_what_ffmpeg_measures(tmp_path: Path) -> None:
    """The same standard by another program: within a tenth of a unit, the range within half of one."""
    samples, _ = demo_song(5, "ballad", 30)
    path = write_wav(tmp_path / "a.wav", samples * 0.4)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-i", str(path)]
    done = subprocess.run(
        [*command, "-af", "ebur128=peak=true", "-f", "null", "-"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    summary = done.stderr[done.stderr.rindex("Summary") :]
    theirs = [float(re.search(rf"{name}:\s+(-?[\d.]+)", summary).group(1)) for name in ("I", "LRA", "Peak")]  # type: ignore[union-attr]
    ours, _ = measure_loudness(samples * np.float32(0.4))
    assert ours.integrated == pytest.approx(theirs[0], abs=0.11)
    assert ours.range == pytest.approx(theirs[1], abs=0.5)
    assert ours.true_peak == pytest.approx(theirs[2], abs=0.2)


def test_curves_have_one_length_and_their_ranges(house: tuple[Analysis, Truth, float]) -> None:
    """Pictures index them by time and multiply with them."""
    features = house[0].features
    rows = len(features.loudness)
    assert rows == pytest.approx(house[0].duration / features.hop, abs=2)
    for name in ("bands", "onset_low", "onset_mid", "onset_high", "flatness", "percussive", "chroma", "width"):
        curve = getattr(features, name)
        assert len(curve) == rows and curve.dtype == np.float32
        assert np.isfinite(curve).all() and curve.min() >= 0 and curve.max() <= 1.0001, name
    assert features.bands.shape == (rows, 6)
    assert float(features.onset_low.max()) == pytest.approx(1, abs=0.01)


def test_the_bass_curve_rises_with_the_bass_drum(house: tuple[Analysis, Truth, float]) -> None:
    """A curve that came late would make every picture late."""
    analysis, truth, _ = house
    low = analysis.features.onset_low
    rows = [round(beat * 100) for beat in truth.beats[2:14]]
    peaks = [int(np.argmax(low[row - 8 : row + 9])) - 8 for row in rows]
    assert abs(float(np.median(peaks))) <= 2


def test_it_costs_no_more_than_three_seconds_a_minute(house: tuple[Analysis, Truth, float]) -> None:
    """The bar of the processor time for the whole analysis."""
    assert house[2] <= 3.0


def test_an_analysis_is_kept_and_read_again(house: tuple[Analysis, Truth, float], tmp_path: Path) -> None:
    """What comes back is what was measured; what was spoilt is refused with what to do."""
    analysis = house[0]
    save_analysis(analysis, tmp_path / "a")
    again = load_analysis(tmp_path / "a")
    assert (again.rhythm, again.sections, again.moments) == (analysis.rhythm, analysis.sections, analysis.moments)
    assert (again.words, again.loudness) == (analysis.words, analysis.loudness)
    assert np.array_equal(again.features.chroma, analysis.features.chroma)
    (tmp_path / "a" / "features.npz").write_bytes(b"PK\x03\x04 half")
    with pytest.raises(SongProblem) as caught:
        load_analysis(tmp_path / "a")
    assert "delete" in caught.value.hint


def test_programs_get_plain_json(house: tuple[Analysis, Truth, float]) -> None:
    """Exactly the promised keys, and nothing that JSON cannot hold."""
    told = json.loads(json.dumps(analyse_json(house[0]), allow_nan=False))
    assert set(told) == {"tempo", "confidence", "beats", "downbeats", "sections"}
    assert told["tempo"] == pytest.approx(124, abs=0.02)
    assert set(told["sections"][0]) == {"start", "end", "label", "role"}
