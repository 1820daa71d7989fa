"""Music with exact truth: 31 MIDI songs of Debian's `openttd-openmsx`, played by FluidSynth with `timgm6mb-soundfont`.

The truth is the MIDI file's own tempo map and time signatures. The first minute of each song is kept in `.cache/visualizer`.
The beat tracker was developed on the songs with odd numbers (in alphabetical order); the even ones confirm it.
"""

from __future__ import annotations

import shutil
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import mido

__all__ = ["MidiSong", "midi_songs", "missing"]

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "visualizer" / "openmsx"
MIDI = Path("/usr/share/games/openttd/baseset/openmsx")
FONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
SECONDS = 60
PATIENCE_S = 100


@dataclass(frozen=True, slots=True)
class MidiSong:
    """A song: its sound, where its beats are, and in which half of the split it is."""

    name: str
    sound: Path
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    develops: bool


def missing() -> str:
    """Return what has to be installed before there are songs; empty when all is there."""
    packages = {"openttd-openmsx": MIDI.is_dir(), "timgm6mb-soundfont": FONT.is_file()}
    packages["fluidsynth"] = bool(shutil.which("fluidsynth"))
    absent = [name for name, there in packages.items() if not there]
    return f"apt-get install {' '.join(absent)}" if absent else ""


def midi_songs() -> list[MidiSong]:
    """Return all songs; what was not played yet is played now, some seconds a song."""
    songs: list[MidiSong] = []
    for number, path in enumerate(sorted(MIDI.glob("*.mid")), start=1):
        sound = _played(path)
        beats, downbeats = _truth(path)
        songs.append(MidiSong(path.stem, sound, beats, downbeats, number % 2 == 1))
    return songs


def _played(path: Path) -> Path:
    target = CACHE / f"{path.stem}.wav"
    if target.is_file():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    whole = CACHE / f"{path.stem}.part"
    command = [
        "fluidsynth",
        "-ni",
        "-q",
        "-T",
        "wav",
        "-r",
        "48000",
        "-g",
        "0.5",
        "-F",
        str(whole),
        str(FONT),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    first = CACHE / f"{path.stem}.first"
    with wave.open(str(whole)) as source, wave.open(str(first), "wb") as kept:
        kept.setparams(source.getparams())
        kept.writeframes(source.readframes(SECONDS * source.getframerate()))
    first.rename(target)
    whole.unlink()
    return target


def _truth(path: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Walk through the tempo map; in 6/8, 9/8 and 12/8 a beat is three eighths."""
    song = mido.MidiFile(path, clip=True)
    tempi, meters, last, tick = [(0, 500_000)], [(0, 4, 4)], 0, 0
    for message in mido.merge_tracks(song.tracks):
        tick += message.time
        if message.type == "set_tempo":
            tempi.append((tick, message.tempo))
        elif message.type == "time_signature":
            meters.append((tick, message.numerator, message.denominator))
        elif message.type in ("note_on", "note_off"):
            last = tick
    beats: list[float] = []
    downbeats: list[float] = []
    for (start, upper, lower), end in zip(meters, [*(row[0] for row in meters[1:]), last], strict=True):
        compound = lower == 8 and upper > 3 and upper % 3 == 0
        step = song.ticks_per_beat * 4 / lower * (3 if compound else 1)
        in_bar = upper // 3 if compound else upper
        for index in range(max(0, int(-(-(end - start) // step)))):
            seconds = _seconds(start + index * step, tempi, song.ticks_per_beat)
            if seconds >= SECONDS:
                break
            beats.append(seconds)
            if index % in_bar == 0:
                downbeats.append(seconds)
    return tuple(beats), tuple(downbeats)


def _seconds(tick: float, tempi: list[tuple[int, int]], per_beat: int) -> float:
    total = 0.0
    for (start, tempo), end in zip(tempi, [*(row[0] for row in tempi[1:]), None], strict=True):
        stop = tick if end is None else min(tick, end)
        if stop > start:
            total += (stop - start) * tempo / per_beat / 1e6
    return total
