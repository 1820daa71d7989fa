"""The mixing desk: strokes are laid down at seconds, and one stereo song comes out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gemwright_visualizer.filters import convolved, filtered
from gemwright_visualizer.records import RATE, Floats

__all__ = ["Desk"]

PEAK = 0.89
ROOM_SECONDS = 1.3


class Desk:
    """Collects strokes on two buses and a send.

    Args:
        seconds: length of the song.
        seed: of the room's echo.
    """

    def __init__(self, seconds: float, seed: int) -> None:
        length = round(seconds * RATE)
        length += length % 2
        self.drums = np.zeros((length, 2), np.float32)
        self.tune = np.zeros((length, 2), np.float32)
        self._send = np.zeros(length, np.float32)
        self._seed = seed

    def drum(self, seconds: float, sound: Floats, gain: float, pan: float = 0.0) -> None:
        """Lay a drum stroke down; `pan` is -1 left to 1 right."""
        self._place(self.drums, seconds, sound, gain, pan, 0.12)

    def note(self, seconds: float, sound: Floats, gain: float, pan: float = 0.0, room: float = 0.3) -> None:
        """Lay a note down; `room` is its share of echo."""
        self._place(self.tune, seconds, sound, gain, pan, room)

    def _place(self, bus: Floats, seconds: float, sound: Floats, gain: float, pan: float, room: float) -> None:
        start = round(seconds * RATE)
        if start < 0 or start >= len(bus):
            return
        stroke = sound[: len(bus) - start] * np.float32(gain)
        end = start + len(stroke)
        bus[start:end, 0] += stroke * np.float32(np.sqrt((1 - pan) / 2))
        bus[start:end, 1] += stroke * np.float32(np.sqrt((1 + pan) / 2))
        if room:
            self._send[start:end] += stroke * np.float32(room)

    def duck(self, strokes: Sequence[float], depth: float) -> None:
        """Lower everything but the drums at each stroke, as a compressor on the bass drum would."""
        dip = 1 - depth * np.exp(-np.arange(round(0.35 * RATE), dtype=np.float32) / (0.11 * RATE))
        for seconds in strokes:
            start = round(seconds * RATE)
            part = self.tune[start : start + len(dip)]
            part *= dip[: len(part), None]

    def mixed(self, fade_in: float = 0.0, fade_out: float = 0.0) -> Floats:
        """Return the song, frames by 2, its peak a little below full scale.

        Args:
            fade_in: seconds at the beginning.
            fade_out: seconds at the end.
        """
        song = self.drums * np.float32(0.9) + self.tune + self._echo()
        song = np.tanh(song * np.float32(0.9 / max(0.25, float(np.percentile(np.abs(song[::7]), 99.7)))))
        song = song.astype(np.float32)
        for seconds, reverse in ((fade_in, False), (fade_out, True)):
            frames = min(len(song), round(seconds * RATE))
            if frames:
                ramp = np.linspace(0, 1, frames, dtype=np.float32)[:, None] ** 1.5
                if reverse:
                    song[-frames:] *= ramp[::-1]
                else:
                    song[:frames] *= ramp
        return song * np.float32(PEAK / max(1e-6, float(np.abs(song).max())))

    def _echo(self) -> Floats:
        """Return the room's answer to the send; at half the rate, for a room swallows the highest tones anyway."""
        dry = self._send.reshape(-1, 2).mean(axis=1)
        rng = np.random.default_rng(self._seed)
        t = np.arange(round(ROOM_SECONDS * RATE / 2), dtype=np.float32) / np.float32(RATE / 2)
        wet = np.empty_like(self.tune)
        for side in range(2):
            tail = rng.standard_normal(len(t), dtype=np.float32) * np.exp(-t * 4.5) * (1 - np.exp(-t * 90))
            tail = filtered(tail.astype(np.float32), "lowpass", 4200, 1, RATE / 2) * np.float32(0.028)
            answer = convolved(dry, tail)
            wet[0::2, side] = answer
            wet[1:-1:2, side] = (answer[:-1] + answer[1:]) / 2
            wet[-1, side] = answer[-1]
        return wet
