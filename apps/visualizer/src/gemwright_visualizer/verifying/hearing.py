"""Whether the film's sound is the song, at the same place: compared by cross-correlation in windows over the whole length."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

import av
import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import RATE, Floats
from gemwright_visualizer.verifying.checks import Check, at_least, at_most

# PyAV's stubs leave the parameter of `Packet` open.
# pyright: reportUnknownMemberType=false

__all__ = ["check_sound", "shift_of"]

_WINDOWS: Final = 5
_LENGTH: Final = 1 << 17
_REACH: Final = RATE // 10
_QUIET: Final = 1e-4

_Wave = NDArray[np.float64]


def check_sound(film: Path, samples: Floats, frames: int, fps: Fraction) -> list[Check]:
    """Compare the sound of a film with the samples that it was made from.

    Args:
        film: the file.
        samples: of the song, from the film's first frame on.
        frames: of the film.
        fps: frames a second.
    """
    last = max(0, len(samples) - _LENGTH)
    starts = sorted({round(last * i / (_WINDOWS - 1)) for i in range(_WINDOWS)})
    heard, end = _decode(film, starts)
    shifts: list[float] = []
    likeness: list[float] = []
    for start, theirs in zip(starts, heard, strict=True):
        ours: _Wave = samples[start : start + _LENGTH].mean(axis=1, dtype=np.float64)
        length = min(len(ours), len(theirs))
        if length < RATE // 10 or float(np.mean(np.square(ours[:length]))) < _QUIET**2:
            continue
        shift, like = shift_of(ours[:length], theirs[:length])
        shifts.append(shift)
        likeness.append(like)
    worst = max((abs(shift) for shift in shifts), default=None)
    gap = abs(end - len(samples) / RATE)
    picture = abs(float(frames / fps) - len(samples) / RATE)
    windows = f"{len(shifts)} windows of {_LENGTH / RATE:.1f} s"
    silent = "" if shifts else "the song is silent in every window that was compared"
    return [
        at_most(
            "sound",
            "offset",
            "Sound later or earlier than the song",
            None if worst is None else worst * 1000,
            1,
            "ms",
            silent or windows,
        ),
        at_least(
            "sound", "likeness", "Correlation with the song", min(likeness, default=None), 0.98, "", silent or windows
        ),
        at_most("sound", "length", "Sound longer or shorter than the song", gap * 1000, 1000 / float(fps), "ms"),
        at_most("time", "length", "Picture longer or shorter than the song", picture * float(fps), 1, "frames"),
    ]


def _decode(film: Path, starts: list[int]) -> tuple[list[_Wave], float]:
    """Return what is heard in each window, placed by the times in the file, and when the sound ends."""
    found = [np.zeros(_LENGTH) for _ in starts]
    end = 0
    with av.open(str(film)) as container:
        stream = container.streams.audio[0]
        for frame in container.decode(stream):
            if frame.pts is None or frame.time_base is None:
                continue
            begin = round(frame.pts * frame.time_base * RATE)
            end = max(end, begin + frame.samples)
            wave: _Wave | None = None
            for start, window in zip(starts, found, strict=True):
                first, last = max(begin, start), min(begin + frame.samples, start + _LENGTH)
                if last > first:
                    wave = _mono(frame) if wave is None else wave
                    window[first - start : last - start] = wave[first - begin : last - begin]
    return found, end / RATE


def _mono(frame: av.AudioFrame) -> _Wave:
    return cast("NDArray[Any]", frame.to_ndarray()).mean(axis=0, dtype=np.float64)


def shift_of(ours: _Wave, theirs: _Wave) -> tuple[float, float]:
    """Return by how many seconds the second sound is later than the first, and how alike they are then, -1 to 1.

    Args:
        ours: samples at `RATE`.
        theirs: as many.
    """
    length = len(ours)
    size = 1 << (2 * length - 1).bit_length()
    first, second = np.fft.rfft(ours, size), np.fft.rfft(theirs, size)
    product = np.fft.irfft(second * np.conj(first), size)
    reach = min(_REACH, length - 1)
    around = np.concatenate([product[-reach:], product[: reach + 1]])
    at = int(np.argmax(around))
    lag = float(at - reach)
    if 0 < at < len(around) - 1:
        before, here, after = around[at - 1 : at + 2]
        curve = before - 2 * here + after
        lag += 0.0 if curve == 0 else float(0.5 * (before - after) / curve)
    power = float(np.sqrt(np.sum(ours**2) * np.sum(theirs**2)))
    return lag / RATE, float(around[at]) / power if power > 0 else 0.0
