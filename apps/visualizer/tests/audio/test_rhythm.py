"""Beats and bars of made songs, where the truth is exact, and of grids given by hand."""

from __future__ import annotations

from pathlib import Path

import mido
import mir_eval
import numpy as np
import pytest

from gemwright_visualizer.audio import analyse, grid_of_bpm, grid_of_file
from gemwright_visualizer.audio.onsets import measure_onsets
from gemwright_visualizer.audio.rhythm import measure_rhythm
from gemwright_visualizer.audio.spectra import measure_spectra
from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.records import RATE, Floats, Rhythm, Sound
from gemwright_visualizer.synth import shape


def heard(samples: Floats) -> Rhythm:
    """Return the measured grid."""
    spectra = measure_spectra(samples)
    return measure_rhythm(spectra, measure_onsets(spectra.bands))


@pytest.mark.parametrize(
    ("name", "meter"),
    [("click", 0), ("ramp", 4), ("rubato", 3), ("pickup", 4), ("five", 5), ("swing", 4), ("slow", 4), ("six-eight", 0)],
)
def test_the_beats_of_pieces_with_one_difficulty(name: str, meter: int) -> None:
    """F above 0.9 within 70 ms, and the middle of the errors within 3 ms; the meter where it can be heard."""
    samples, truth = shape(name)
    rhythm = heard(samples)
    beats, found = np.asarray(truth.beats), np.asarray(rhythm.beats)
    assert mir_eval.beat.f_measure(beats, found) > 0.9
    nearest = found[np.abs(found[None, :] - beats[:, None]).argmin(axis=1)] - beats
    assert abs(float(np.median(nearest[np.abs(nearest) < 0.07]))) < 0.003
    assert rhythm.confidence > 0.5
    assert set(rhythm.downbeats) <= set(rhythm.beats)
    if meter:
        assert rhythm.meter == meter
        assert mir_eval.beat.f_measure(np.asarray(truth.downbeats), np.asarray(rhythm.downbeats)) > 0.8


def test_an_unchanging_tempo_is_found_exactly() -> None:
    """A computer's tempo is a round number, and ten minutes of small errors would be a visible drift."""
    samples, truth = shape("five")
    rhythm = heard(samples)
    assert rhythm.tempo == pytest.approx(truth.tempo, abs=0.02)
    assert np.ptp(np.diff(np.asarray(rhythm.beats))) < 0.001


def test_no_beat_is_counted_in_silence() -> None:
    """A picture that pulses to nothing looks broken."""
    rhythm = heard(shape("gap")[0])
    assert not [beat for beat in rhythm.beats if 12.05 < beat < 17.9]
    assert [beat for beat in rhythm.beats if beat < 12]
    assert [beat for beat in rhythm.beats if beat > 18]


def test_music_without_a_beat_is_said_to_have_none() -> None:
    """Slow chords have no tempo; a made-up one with a high confidence would be a lie."""
    samples, _ = shape("ambient")
    analysis = analyse(Sound(samples, "", "", "", 2, RATE))
    assert analysis.rhythm.beats == ()
    assert analysis.rhythm.tempo == 0
    assert any("--bpm" in warning for warning in analysis.warnings)
    assert len(analysis.sections) >= 1
    assert analysis.sections[-1].end == analysis.duration


def test_noise_and_a_single_stroke_do_not_stop_it() -> None:
    """Whatever is loud enough to be read must come through."""
    noise = np.random.default_rng(1).normal(0, 0.1, (4 * RATE, 2)).astype(np.float32)
    assert heard(noise).confidence < 0.5
    stroke = np.zeros((5 * RATE, 2), np.float32)
    stroke[2 * RATE] = 0.9
    assert len(heard(stroke).beats) < 4


def test_a_grid_by_hand_wins_over_everything() -> None:
    """Producers know their tempo: even a grid that contradicts the sound is taken as it is."""
    samples, _ = shape("click")
    grid = grid_of_bpm(77, 0.5, 3, len(samples) / RATE)
    analysis = analyse(Sound(samples, "", "", "", 2, RATE), grid)
    assert analysis.rhythm is grid
    assert analysis.rhythm.confidence == 1.0


def test_a_tempo_counts_back_to_the_start_and_forward_to_the_end() -> None:
    """The first beat given is where a bar begins, not where the song does."""
    grid = grid_of_bpm(120, 1.25, 4, 4.0)
    assert grid.beats == (0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75)
    assert grid.downbeats == (1.25, 3.25)


@pytest.mark.parametrize(
    ("bpm", "first", "meter"), [(0, 0, 4), (float("nan"), 0, 4), (120, -1, 4), (120, 99, 4), (120, 0, 0)]
)
def test_a_tempo_that_cannot_be_meant_is_refused(bpm: float, first: float, meter: int) -> None:
    """With what to give instead."""
    with pytest.raises(SongProblem) as caught:
        grid_of_bpm(bpm, first, meter, 30.0)
    assert caught.value.hint


def test_taps_and_numbered_beats_are_read(tmp_path: Path) -> None:
    """Unsorted and doubled taps are put right; numbers in the second field are places in the bar."""
    (tmp_path / "taps.txt").write_text("# my taps\n1.0\n0.5\n1.5\n1.505\n2.0\n", "utf-8")
    grid = grid_of_file(tmp_path / "taps.txt", meter=2)
    assert grid.beats == (0.5, 1.0, 1.5, 2.0)
    assert grid.downbeats == (0.5, 1.5)
    (tmp_path / "a.beats").write_text("0.1\t3\n0.6\t1\n1.1\t2\n1.6\t3\n2.1\t1\n", "utf-8")
    grid = grid_of_file(tmp_path / "a.beats", duration=2.0)
    assert (grid.meter, grid.downbeats, grid.tempo) == (3, (0.6,), 120)
    (tmp_path / "a.tsv").write_text("TIME\tLABEL\n1.0\t1.1\n1.5\t1.2\n2.0\t2.1\n", "utf-8")
    assert grid_of_file(tmp_path / "a.tsv").downbeats == (1.0, 2.0)


def test_a_midi_file_gives_its_tempo_map(tmp_path: Path) -> None:
    """A change of tempo and of meter, to the millisecond."""
    track = mido.MidiTrack()
    track += [
        mido.MetaMessage("set_tempo", tempo=500_000, time=0),
        mido.MetaMessage("time_signature", numerator=3, denominator=4, time=0),
        mido.Message("note_on", note=60, velocity=64, time=0),
        mido.MetaMessage("set_tempo", tempo=250_000, time=480 * 3),
        mido.Message("note_off", note=60, time=480 * 3),
    ]
    song = mido.MidiFile(ticks_per_beat=480)
    song.tracks.append(track)
    song.save(tmp_path / "a.mid")
    grid = grid_of_file(tmp_path / "a.mid")
    assert grid.beats == (0.0, 0.5, 1.0, 1.5, 1.75, 2.0)
    assert grid.downbeats == (0.0, 1.5)
    assert grid.meter == 3


def test_a_file_without_a_grid_is_refused(tmp_path: Path) -> None:
    """Words, one beat, negative times, a broken MIDI file, no file."""
    for name, content in (
        ("a.txt", b"one\ntwo\n"),
        ("b.txt", b"1.0\n"),
        ("c.txt", b"1.0\n-2.0\n3.0\n"),
        ("d.txt", b"1.0\nx\n"),
        ("e.mid", b"MThd\x00\x00\x00\x06\x00"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SongProblem) as caught:
            grid_of_file(tmp_path / name)
        assert caught.value.hint
    with pytest.raises(SongProblem, match="cannot be read"):
        grid_of_file(tmp_path / "none.txt")
