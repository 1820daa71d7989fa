"""What moves the picture: the song's measured curves, smoothed so that they rise at once and fall gently."""

# numpy says less of its types than a strict checker asks for.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Analysis, Drive, Floats
from gemwright_visualizer.scenes import Hit

__all__ = ["SongScore"]

_SPECTRUM = 64
_STEP = 0.01


def _follow(curve: NDArray[np.float64], hop: float, attack: float, release: float) -> Floats:
    """Return a curve that follows another: rising within `attack` seconds, falling within `release`."""
    up, down = 1 - math.exp(-hop / attack), 1 - math.exp(-hop / release)
    value = 0.0
    followed: list[float] = []
    for wanted in curve.tolist():
        value += (wanted - value) * (up if wanted > value else down)
        followed.append(value)
    return np.array(followed, dtype=np.float32)


class SongScore:
    """A song's curves at any time."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        features = analysis.features
        self._hop = features.hop
        bands = np.nan_to_num(np.asarray(features.bands, dtype=np.float64))
        self._count = max(len(bands), 1)
        onset = np.nan_to_num(
            np.clip(
                np.maximum.reduce(
                    [
                        np.asarray(features.onset_low, dtype=np.float64) * 1.0,
                        np.asarray(features.onset_mid, dtype=np.float64) * 0.85,
                        np.asarray(features.onset_high, dtype=np.float64) * 0.6,
                    ]
                ),
                0,
                1,
            )
        )
        self._raw_onset = onset
        self._onset = _follow(onset, self._hop, 0.004, 0.11)
        self._bass = _follow(bands[:, :2].max(axis=1), self._hop, 0.02, 0.28)
        self._mid = _follow(bands[:, 2:4].mean(axis=1), self._hop, 0.03, 0.30)
        self._high = _follow(bands[:, 4:].mean(axis=1), self._hop, 0.02, 0.22)
        self._beats = list(analysis.rhythm.beats)
        self._downbeats = list(analysis.rhythm.downbeats)
        self._spectra: dict[int, Floats] = {}
        self._bands = bands

    @cached_property
    def _smooth_bands(self) -> Floats:
        columns = [_follow(self._bands[:, at], self._hop, 0.02, 0.20) for at in range(self._bands.shape[1])]
        return np.stack(columns, axis=1)

    @cached_property
    def _smooth_chroma(self) -> Floats:
        chroma = np.nan_to_num(np.asarray(self.analysis.features.chroma, dtype=np.float64))
        top = np.maximum(chroma.max(axis=1, keepdims=True), 1e-6)
        return np.stack([_follow(chroma[:, at] / top[:, 0], self._hop, 0.05, 0.35) for at in range(12)], axis=1)

    @cached_property
    def _clock(self) -> tuple[list[float], list[float]]:
        """How much each beat counts, and the sum of those before it."""
        counts = [
            min(1.0, 0.12 + 2.4 * max(self._at(self._bass, beat + 0.06), self._at(self._mid, beat + 0.06)))
            for beat in self._beats
        ]
        sums = [0.0]
        for count in counts:
            sums.append(sums[-1] + count)
        return counts, sums

    @cached_property
    def _flow(self) -> NDArray[np.float64]:
        """Time that runs with loudness, for songs without beats."""
        return np.cumsum(0.12 + 1.6 * self._mid.astype(np.float64) + 0.8 * self._bass) * self._hop

    def _clock_at(self, time: float, beat: int, phase: float) -> float:
        if beat < 0 or not self._beats:
            flowed = self._at(self._flow, min(time, self._beats[0]) if self._beats else time)
            return flowed - (self._at(self._flow, self._beats[0]) if self._beats else 0.0)
        counts, sums = self._clock
        return sums[beat] + counts[beat] * (1 - (1 - phase) ** 2.6)

    @cached_property
    def _struck(self) -> tuple[list[float], list[float]]:
        """Times and strengths of what was struck: the peaks of the onset curve, 120 ms apart at least."""
        curve = self._raw_onset
        times: list[float] = []
        strengths: list[float] = []
        if len(curve) < 3:
            return times, strengths
        inner = curve[1:-1]
        places = np.flatnonzero((inner >= 0.22) & (inner >= curve[:-2]) & (inner > curve[2:])) + 1
        for place in places.tolist():
            time, strength = place * self._hop, float(curve[place])
            if times and time - times[-1] < 0.12:
                if strength > strengths[-1]:
                    times[-1], strengths[-1] = time, strength
                continue
            times.append(time)
            strengths.append(strength)
        return times, strengths

    def _at(self, curve: Any, time: float) -> float:
        place = min(max(time / self._hop, 0.0), self._count - 1.0)
        before = int(place)
        after = min(before + 1, self._count - 1)
        share = place - before
        return float(curve[before]) * (1 - share) + float(curve[after]) * share

    def spectrum(self, time: float) -> Floats:
        """Return 64 values from low to high: the six bands with the notes of the moment in them."""
        place = min(max(round(time / self._hop), 0), self._count - 1)
        known = self._spectra.get(place)
        if known is not None:
            return known
        bands, chroma = self._smooth_bands[place], self._smooth_chroma[place]
        at = np.arange(_SPECTRUM, dtype=np.float32)
        broad: NDArray[np.float64] = np.interp(at, np.linspace(0, _SPECTRUM - 1, len(bands)), bands)
        notes = chroma[np.arange(_SPECTRUM) % 12]
        # Low tones carry no note that the ear follows; the higher, the more of the note is seen.
        share = np.clip(at / 14, 0.15, 0.75)
        values = (broad * (1 - share + share * (0.25 + 1.1 * notes))).astype(np.float32)
        values = np.clip(values, 0, 1)
        if len(self._spectra) > 4096:
            self._spectra.clear()
        self._spectra[place] = values
        return values

    def hits(self, start: float, end: float) -> tuple[Hit, ...]:
        """Return what was struck within a span, in order."""
        times, strengths = self._struck
        first, last = bisect_left(times, start), bisect_right(times, end)
        return tuple(Hit(times[at], strengths[at]) for at in range(first, last))

    def _section(self, time: float) -> float:
        energy = 0.5
        for section in self.analysis.sections:
            if section.start <= time:
                energy = section.energy
        return min(max(energy, 0.0), 1.0)

    def onset(self, time: float) -> float:
        """Return the rise of energy at a time, held for the length of a frame so that none falls between two."""
        return self._at(self._onset, time)

    def drive(self, time: float, shot_start: float | None = None, shot_end: float | None = None) -> Drive:
        """Return what moves a scene at a time.

        Args:
            time: seconds.
            shot_start: when its shot begins; None leaves what belongs to a shot 0.
            shot_end: when it ends.
        """
        beat = bisect_right(self._beats, time + 1e-6) - 1
        onset = self.onset(time)
        phase, pulse = 0.0, onset * 0.8
        if self._beats and beat >= 0:
            begin = self._beats[beat]
            length = self._beats[beat + 1] - begin if beat + 1 < len(self._beats) else 0.5
            phase = min((time - begin) / max(length, 0.05), 1.0)
            # How loud it is decides how hard the beat is felt: a beat that is only counted moves nothing.
            felt = min(1.0, 0.25 + 1.1 * max(self._at(self._bass, time), self._at(self._onset, begin + 0.02)))
            felt *= min(
                1.0, 4 * max(self._at(self._bass, time), self._at(self._mid, time), self._at(self._onset, time))
            )
            pulse = felt * math.exp(-(time - begin) / 0.16) * (1 - phase * phase)
        bar = bisect_right(self._downbeats, time + 1e-6) - 1
        bar_phase = 0.0
        if bar >= 0:
            begin = self._downbeats[bar]
            length = self._downbeats[bar + 1] - begin if bar + 1 < len(self._downbeats) else 2.0
            bar_phase = min((time - begin) / max(length, 0.05), 1.0)
        shot_time = 0.0 if shot_start is None else time - shot_start
        span = 0.0 if shot_start is None or shot_end is None else shot_end - shot_start
        return Drive(
            time=time,
            shot_time=shot_time,
            progress=min(max(shot_time / span, 0.0), 1.0) if span > 0 else 0.0,
            bass=self._at(self._bass, time),
            mid=self._at(self._mid, time),
            high=self._at(self._high, time),
            onset=onset,
            beat=beat,
            beat_phase=phase,
            pulse=pulse,
            bar_phase=bar_phase,
            energy=self._section(time),
            spectrum=self.spectrum(time),
            clock=self._clock_at(time, beat, phase),
        )
