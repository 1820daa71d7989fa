"""Grids given by hand: a tempo, tapped beats, a list of beats, a MIDI file. Whoever made the song knows best."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
import re
from pathlib import Path

import mido
import numpy as np

from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.records import Rhythm

__all__ = ["grid_of_bpm", "grid_of_file"]

LARGEST = 4 * 1024 * 1024
MOST_BEATS = 200_000
HINT = "one time in seconds on each line, with the beat's number in the bar after it if you like: `12.480<TAB>1`"


def grid_of_bpm(bpm: float, first_beat: float, meter: int, duration: float) -> Rhythm:
    """Lay beats at one tempo.

    Args:
        bpm: beats a minute.
        first_beat: seconds of the first beat of a bar; beats before it are counted back.
        meter: beats in a bar.
        duration: seconds of the song.

    Raises:
        SongProblem: the tempo, the first beat or the meter cannot be meant.
    """
    if not (math.isfinite(bpm) and 20 <= bpm <= 400):
        raise SongProblem(
            f"--bpm {bpm:g} is no tempo", hint="give beats a minute between 20 and 400, such as --bpm 128"
        )
    if not (math.isfinite(first_beat) and 0 <= first_beat < duration):
        raise SongProblem(
            f"--first-beat {first_beat:g} lies outside the song, which lasts {duration:.1f} s",
            hint="give the seconds at which the first beat of a bar falls, such as --first-beat 0.012",
        )
    _need_meter(meter)
    step = 60 / bpm
    back = int(first_beat / step + 1e-9)
    count = int((duration - first_beat) / step + 1e-9) + 1
    numbers = np.arange(-back, count)
    beats = tuple(round(max(0.0, first_beat + int(number) * step), 6) for number in numbers)
    kept = [(beat, int(number) % meter == 0) for beat, number in zip(beats, numbers, strict=True) if beat < duration]
    return Rhythm(
        bpm, 1.0, tuple(beat for beat, _ in kept), tuple(beat for beat, begins in kept if begins), meter, "--bpm"
    )


def _need_meter(meter: int) -> None:
    if not 1 <= meter <= 16:
        raise SongProblem(f"--meter {meter} is no meter", hint="give the beats in a bar, 1 to 16, such as --meter 4")


def grid_of_file(path: Path, *, meter: int | None = None, duration: float | None = None) -> Rhythm:
    """Read beats from a file: tapped times, `.beats` or TSV with the beat's number in its bar, or a MIDI file's tempo map.

    Args:
        path: the file.
        meter: beats in a bar where the file does not say; 4 where it is not given.
        duration: seconds of the song; later beats are left out.

    Raises:
        SongProblem: it cannot be read, or holds no grid.
    """
    if meter is not None:
        _need_meter(meter)
    try:
        if path.stat().st_size > LARGEST:
            raise SongProblem(f"{path.name} is too large for a list of beats", hint=HINT)
        content = path.read_bytes()
    except OSError as problem:
        reason = (problem.strerror or "an unknown error").lower()
        raise SongProblem(f"the beats in {path.name} cannot be read: {reason}", hint="check the path") from None
    limit = duration if duration is not None else math.inf
    if content[:4] == b"MThd":
        return _of_midi(path, limit)
    return _of_text(path, content.decode("utf-8-sig", "replace"), meter, limit)


def _of_text(path: Path, text: str, meter: int | None, limit: float) -> Rhythm:
    times: list[float] = []
    numbers: list[int | None] = []
    for count, line in enumerate(text.splitlines(), start=1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        fields = [field for field in re.split(r"[\t;, ]+", line) if field]
        try:
            time = float(fields[0])
        except ValueError:
            if not times:
                continue  # a heading
            raise SongProblem(
                f"line {count} of {path.name} does not begin with a time: {line[:40]!r}", hint=HINT
            ) from None
        if not math.isfinite(time) or time < 0:
            raise SongProblem(f"line {count} of {path.name} has no time in the song: {line[:40]!r}", hint=HINT)
        times.append(time)
        numbers.append(_number(fields))
        if len(times) > MOST_BEATS:
            raise SongProblem(f"{path.name} has more than {MOST_BEATS} beats", hint=HINT)
    order = sorted(range(len(times)), key=lambda index: times[index])
    kept: list[tuple[float, int | None]] = []
    for index in order:
        if times[index] < limit and (not kept or times[index] - kept[-1][0] > 0.02):
            kept.append((times[index], numbers[index]))
    if len(kept) < 2:
        raise SongProblem(f"{path.name} holds fewer than two beats within the song", hint=HINT)
    counted = [number for _, number in kept if number is not None]
    size = meter or (max(counted) if counted else 4)
    first = [index for index, (_, number) in enumerate(kept) if number == 1]
    begins = set(first) if counted else set(range(0, len(kept), size))
    beats = [time for time, _ in kept]
    return _given(beats, [beats[index] for index in sorted(begins)], min(max(size, 1), 16), path)


def _number(fields: list[str]) -> int | None:
    """Return the beat's number in its bar: the last field, as in `.beats` files, or the part after a dot in `3.1`."""
    if len(fields) < 2:
        return None
    found = re.fullmatch(r"(?:\d+\.)?(\d{1,2})", fields[1])
    return int(found.group(1)) if found and 1 <= int(found.group(1)) <= 16 else None


def _given(beats: list[float], downbeats: list[float], meter: int, path: Path) -> Rhythm:
    tempo = 60 / float(np.median(np.diff(np.asarray(beats))))
    return Rhythm(round(tempo, 3), 1.0, tuple(beats), tuple(downbeats), meter, path.name)


def _of_midi(path: Path, limit: float) -> Rhythm:
    try:
        song = mido.MidiFile(path, clip=True)
        messages = list(mido.merge_tracks(song.tracks))
    except Exception as problem:
        raise SongProblem(
            f"{path.name} is a damaged MIDI file ({type(problem).__name__})", hint="export it again, or give --bpm"
        ) from None
    if song.ticks_per_beat <= 0 or song.ticks_per_beat > 0x7FFF:
        raise SongProblem(
            f"{path.name} counts in film frames, not in beats", hint="export it with a tempo, or give --bpm"
        )
    tempi, meters, last, tick = [(0, 500_000)], [(0, 4, 4)], 0, 0
    for message in messages:
        tick += int(message.time)
        if message.type == "set_tempo" and message.tempo > 0:
            tempi.append((tick, int(message.tempo)))
        elif message.type == "time_signature" and message.numerator > 0:
            meters.append((tick, int(message.numerator), int(message.denominator)))
        last = max(last, tick)
    beats, downbeats = _walk(song.ticks_per_beat, tempi, meters, last, limit)
    if len(beats) < 2:
        raise SongProblem(
            f"{path.name} has no notes and no length to lay beats on", hint="export it again, or give --bpm"
        )
    upper, lower = meters[-1][1:]
    return _given(beats, downbeats, upper // 3 if lower == 8 and upper > 3 and upper % 3 == 0 else upper, path)


def _walk(
    per_beat: int, tempi: list[tuple[int, int]], meters: list[tuple[int, int, int]], last: int, limit: float
) -> tuple[list[float], list[float]]:
    """Follow the tempo map; in 6/8, 9/8 and 12/8 a beat is three eighths."""
    beats: list[float] = []
    downbeats: list[float] = []
    starts = np.asarray([tick for tick, _ in tempi], np.float64)
    rates = np.asarray([tempo / per_beat / 1e6 for _, tempo in tempi])
    passed = np.concatenate([[0.0], np.cumsum(np.diff(starts) * rates[:-1])])
    ends = [row[0] for row in meters[1:]] + [last]
    for (start, upper, lower), end in zip(meters, ends, strict=True):
        compound = lower == 8 and upper > 3 and upper % 3 == 0
        step = per_beat * 4 / lower * (3 if compound else 1)
        in_bar = upper // 3 if compound else upper
        for index in range(min(MOST_BEATS, max(0, math.ceil((end - start) / step)))):
            tick = start + index * step
            piece = int(np.searchsorted(starts, tick, "right")) - 1
            seconds = float(passed[piece] + (tick - starts[piece]) * rates[piece])
            if seconds >= limit or len(beats) >= MOST_BEATS:
                return beats, downbeats
            beats.append(round(seconds, 6))
            if index % in_bar == 0:
                downbeats.append(round(seconds, 6))
    return beats, downbeats
