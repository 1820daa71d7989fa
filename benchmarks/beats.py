"""Beats of 31 songs with exact truth: ours, and librosa's tracker in an environment of its own, in one run.

F and AMLt as `mir_eval` defines them; `F any octave` counts half and double tempo as right. CPU time is that of the process
that tracks, reading the file left out: for both, from samples in memory to beats.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from typing import Any

import mir_eval
import numpy as np

from benchmarks.peers import Peer
from benchmarks.report import table
from benchmarks.songs import ROOT, SECONDS, MidiSong, midi_songs, missing

__all__ = ["main", "score"]

LIBROSA = "librosa==0.11.0"
PLACE = ROOT / ".cache" / "bench" / "librosa"
INSTALL_S, RUN_S = 600, 900
CHILD = """
import json, sys, time, wave
import numpy as np, librosa
for path in sys.argv[1:]:
    with wave.open(path) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(np.float32) / 32768
        rate = file.getframerate()
    if path == sys.argv[1]:
        librosa.beat.beat_track(y=raw[: 5 * rate].mean(axis=1), sr=rate)  # what is compiled at the first call
    started = time.process_time()
    mono = librosa.resample(raw.mean(axis=1), orig_sr=rate, target_sr=22050)
    _, beats = librosa.beat.beat_track(y=mono, sr=22050, units="time")
    print(json.dumps([[float(beat) for beat in beats], time.process_time() - started]), flush=True)
"""


def main(peers: Sequence[Peer], *, quick: bool, download: bool) -> dict[str, Any]:
    """Measure, print the table, and return the figures.

    Args:
        peers: not asked: they parse text.
        quick: every fourth song.
        download: whether librosa may be fetched.
    """
    del peers
    if need := missing():
        print(f"\nbeats: not measured; {need}")
        return {"unavailable": need}
    print("beats: playing and tracking the songs", file=sys.stderr)
    songs = midi_songs()[:: 4 if quick else 1]
    ours = [_ours(song) for song in songs]
    theirs, why = _librosa(songs, download)
    halves = (
        ("all", songs),
        ("developed on", [s for s in songs if s.develops]),
        ("held out", [s for s in songs if not s.develops]),
    )
    rows: list[list[str]] = []
    figures: dict[str, Any] = {}
    for tracker, tracked in (("gemwright-visualizer", ours), (LIBROSA.replace("==", " "), theirs)):
        for name, chosen in halves:
            pairs = [(song, found) for song, found in zip(songs, tracked, strict=False) if song in chosen]
            if pairs:
                figures[f"{tracker}, {name}"] = summary = _summary(pairs)
                rows.append([tracker, f"{name} ({len(pairs)})", *_cells(summary)])
    if why:
        rows.append(["librosa", why[:40], *["-"] * 6])
    head = ["tracker", "songs", "F", "AMLt", "F any octave", "downbeat F", "median offset", "CPU a minute"]
    print(table("Beats: 31 MIDI songs, first minute" + (", every fourth" if quick else ""), head, rows))
    all_ours, all_theirs = figures["gemwright-visualizer, all"], figures.get("librosa 0.11.0, all")
    if all_theirs:
        print(
            f"\nF: {all_ours['f'] / all_theirs['f']:.2f} times librosa's; CPU: {all_ours['cpu'] / all_theirs['cpu']:.2f} times."
        )
    return figures


def _ours(song: MidiSong) -> tuple[list[float], list[float], float]:
    from gemwright_visualizer.audio import read_sound
    from gemwright_visualizer.audio.onsets import measure_onsets
    from gemwright_visualizer.audio.rhythm import measure_rhythm
    from gemwright_visualizer.audio.spectra import measure_spectra

    samples = read_sound(song.sound).samples
    started = time.process_time()
    spectra = measure_spectra(samples)
    rhythm = measure_rhythm(spectra, measure_onsets(spectra.bands))
    return list(rhythm.beats), list(rhythm.downbeats), time.process_time() - started


def _librosa(songs: list[MidiSong], download: bool) -> tuple[list[tuple[list[float], list[float], float]], str]:
    """Return librosa's beats, or why there are none."""
    python = PLACE / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    try:
        if not (PLACE / "ready").is_file():
            if not download:
                return [], "not fetched, and --no-fetch was given"
            venv.create(PLACE, with_pip=True, clear=True)
            command = [
                str(python),
                "-m",
                "pip",
                "install",
                "-qq",
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
            ]
            subprocess.run([*command, LIBROSA], check=True, capture_output=True, timeout=INSTALL_S)
            (PLACE / "ready").touch()
        command = [str(python), "-c", CHILD, *(str(song.sound) for song in songs)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=RUN_S)
    except (subprocess.SubprocessError, OSError) as problem:
        return [], f"could not be run ({type(problem).__name__})"
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [(beats, [], cpu) for beats, cpu in rows], ""


def score(song: MidiSong, beats: Sequence[float], downbeats: Sequence[float]) -> dict[str, float]:
    """Compare found beats with a song's own.

    Args:
        song: with its truth.
        beats: found, in seconds.
        downbeats: found, in seconds.
    """
    known = mir_eval.beat.trim_beats(np.asarray(song.beats))
    found = mir_eval.beat.trim_beats(np.asarray(beats, float))
    if len(found) < 2:
        return {"f": 0.0, "amlt": 0.0, "any": 0.0, "downbeat": 0.0, "offset": float("nan")}
    double = np.sort(np.concatenate([known, (known[1:] + known[:-1]) / 2]))
    views = (known, known[::2], known[1::2], double)
    errors = found[np.abs(found[None, :] - known[:, None]).argmin(axis=1)] - known
    near = errors[np.abs(errors) < 0.07]
    bars = mir_eval.beat.trim_beats(np.asarray(song.downbeats))
    ones = mir_eval.beat.trim_beats(np.asarray(downbeats, float))
    return {
        "f": mir_eval.beat.f_measure(known, found),
        "amlt": mir_eval.beat.continuity(known, found)[3],
        "any": max(mir_eval.beat.f_measure(view, found) for view in views),
        "downbeat": mir_eval.beat.f_measure(bars, ones) if len(ones) else 0.0,
        "offset": float(np.median(near)) if len(near) else float("nan"),
    }


def _summary(pairs: Sequence[tuple[MidiSong, tuple[list[float], list[float], float]]]) -> dict[str, float]:
    scores = [score(song, beats, downbeats) for song, (beats, downbeats, _) in pairs]
    mean = {name: float(np.mean([one[name] for one in scores])) for name in ("f", "amlt", "any", "downbeat")}
    cpu = float(np.mean([seconds for _, (_, _, seconds) in pairs])) * 60 / SECONDS
    return {**mean, "offset": float(np.nanmedian([one["offset"] for one in scores])), "cpu": cpu}


def _cells(summary: dict[str, float]) -> list[str]:
    shares = [f"{summary[name]:.3f}" for name in ("f", "amlt", "any")]
    bars = f"{summary['downbeat']:.3f}" if summary["downbeat"] else "-"
    return [*shares, bars, f"{summary['offset'] * 1000:+.1f} ms", f"{summary['cpu']:.2f} s"]
