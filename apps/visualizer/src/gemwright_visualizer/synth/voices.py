"""Instruments: each function computes one note or stroke, mono, at the timeline's rate."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gemwright_visualizer.filters import filtered
from gemwright_visualizer.records import RATE, Floats

__all__ = ["bass", "bell", "clap", "hat", "hertz", "keys", "kick", "pad", "reese", "riser", "snare", "tom"]


def hertz(note: float) -> float:
    """Return the frequency of a MIDI note number (69 is A at 440 Hz)."""
    return 440.0 * 2.0 ** ((note - 69) / 12)


def _time(seconds: float) -> Floats:
    return np.arange(round(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def _noise(length: int, seed: int) -> Floats:
    return np.random.default_rng(seed).standard_normal(length, dtype=np.float32)


def _eased(sound: Floats, attack: float, release: float) -> Floats:
    """Fade both ends so that nothing clicks."""
    rise, fall = min(len(sound), round(attack * RATE)), min(len(sound), round(release * RATE))
    shaped = sound.copy()
    if rise:
        shaped[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    if fall:
        shaped[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return shaped


def _harmonics(frequency: float, seconds: float, weights: tuple[float, ...], detune: float = 0.0) -> Floats:
    """Sum partials by walking through one period in a table; partials that the rate cannot hold are left out."""
    size = 2048
    turn = np.arange(size + 1, dtype=np.float64) * (2 * np.pi / size)
    table = np.zeros(size + 1)
    for number, weight in enumerate(weights, start=1):
        if number * frequency < RATE * 0.4:
            table += weight * np.sin(number * turn)
    step = frequency * 2 ** (detune / 1200) / RATE * size
    place = np.arange(round(seconds * RATE), dtype=np.float64) * step % size
    whole = place.astype(np.int32)
    part = (place - whole).astype(np.float32)
    values = table.astype(np.float32)
    mixed = values[whole] * (1 - part) + values[whole + 1] * part
    return mixed.astype(np.float32)


@lru_cache(maxsize=64)
def _saw(brightness: int) -> tuple[float, ...]:
    return tuple(0.6 / number * np.exp(-number / brightness) for number in range(1, 4 * brightness))


@lru_cache(maxsize=8)
def kick(punch: float = 1.0) -> Floats:
    """A bass drum: a tone that falls from 180 to 48 Hz, and a tick; `punch` scales the fall."""
    t = _time(0.32)
    phase = 2 * np.pi * np.cumsum(48 + 140 * punch * np.exp(-t * 38)) / RATE
    tick = filtered(_noise(len(t), 1), "highpass", 2500) * np.exp(-t * 420) * 0.25
    return _eased((np.sin(phase) * np.exp(-t * 9.5) + tick).astype(np.float32), 0.0005, 0.02)


@lru_cache(maxsize=8)
def snare(tone: float = 190.0, decay: float = 19.0) -> Floats:
    """A snare drum: a short tone under a burst of noise."""
    t = _time(0.28)
    body = np.sin(2 * np.pi * tone * t) * np.exp(-t * 28) * 0.7
    rattle = filtered(_noise(len(t), 2), "bandpass", (900, 9000)) * np.exp(-t * decay) * 0.55
    return _eased((body + rattle).astype(np.float32), 0.0004, 0.02)


@lru_cache(maxsize=1)
def clap() -> Floats:
    """Hands: three bursts within 22 ms, then a tail."""
    t = _time(0.26)
    bursts = sum(np.where(t >= start, np.exp(-(t - start) * 260), 0) for start in (0.0, 0.011, 0.022))
    tail = np.where(t >= 0.022, np.exp(-(t - 0.022) * 20) * 0.45, 0)
    return _eased(
        filtered(_noise(len(t), 3), "bandpass", (900, 6500)) * (bursts + tail).astype(np.float32), 0.0003, 0.02
    )


@lru_cache(maxsize=8)
def hat(decay: float = 60.0) -> Floats:
    """A hi-hat: noise above 7 kHz; a small `decay` leaves it open."""
    t = _time(min(0.4, 6 / decay))
    return _eased(filtered(_noise(len(t), 4), "highpass", 7500) * np.exp(-t * decay) * 0.5, 0.0003, 0.01)


@lru_cache(maxsize=8)
def tom(note: float) -> Floats:
    """A tom for fills."""
    t = _time(0.35)
    phase = 2 * np.pi * np.cumsum(hertz(note) * (1 + 0.6 * np.exp(-t * 30))) / RATE
    return _eased((np.sin(phase) * np.exp(-t * 11) * 0.8).astype(np.float32), 0.0008, 0.02)


@lru_cache(maxsize=128)
def bass(note: float, seconds: float, bright: int = 5) -> Floats:
    """A round bass that opens and closes."""
    t = _time(seconds)
    dark, light = _harmonics(hertz(note), seconds, (1.0, 0.25)), _harmonics(hertz(note), seconds, _saw(bright))
    return _eased(((dark * 0.75 + light * np.exp(-t * 9) * 0.6) * np.exp(-t * 1.2)).astype(np.float32), 0.003, 0.03)


@lru_cache(maxsize=64)
def reese(note: float, seconds: float, bright: int = 10) -> Floats:
    """Two detuned saws that beat against each other over a sine an octave below."""
    saws = _harmonics(hertz(note), seconds, _saw(bright), -14) + _harmonics(hertz(note), seconds, _saw(bright), 14)
    return _eased((saws * 0.45 + _harmonics(hertz(note), seconds, (0.9,))).astype(np.float32), 0.004, 0.04)


@lru_cache(maxsize=128)
def keys(note: float, seconds: float, bright: int = 5) -> Floats:
    """A piano-like stroke: partials of which the higher die sooner."""
    t = _time(seconds)
    low = _harmonics(hertz(note), seconds, (1.0, 0.45, 0.2)) * np.exp(-t * 2.4)
    high = _harmonics(hertz(note), seconds, (0.0, 0.0, 0.0, *_saw(bright)[:6]), 1.5) * np.exp(-t * 7)
    return _eased((low + high) * 0.6, 0.002, 0.05)


@lru_cache(maxsize=128)
def bell(note: float, seconds: float) -> Floats:
    """A plucked, bright lead."""
    t = _time(seconds)
    body = _harmonics(hertz(note), seconds, (1.0, 0.0, 0.3, 0.0, 0.12)) * np.exp(-t * 4.5)
    ring = np.sin(2 * np.pi * hertz(note) * 4.01 * t) * np.exp(-t * 16) * 0.25
    return _eased((body + ring).astype(np.float32) * 0.7, 0.0015, 0.04)


@lru_cache(maxsize=64)
def pad(note: float, seconds: float, bright: int = 6, attack: float = 0.25) -> Floats:
    """A soft string-like sound of three detuned voices."""
    voices = sum(_harmonics(hertz(note), seconds, _saw(bright), detune) for detune in (-9.0, 0.5, 8.0))
    return _eased(np.asarray(voices, dtype=np.float32) * 0.33, attack, min(0.3, seconds / 3))


@lru_cache(maxsize=8)
def riser(seconds: float) -> Floats:
    """Noise that climbs in pitch and strength."""
    raw = _noise(round(seconds * RATE), 5)
    climb = np.linspace(0, 1, len(raw), dtype=np.float32)
    bands = ((400, 1200), (1200, 3200), (3200, 9000))
    layers = [
        filtered(raw, "bandpass", edge, 1) * np.clip(1.2 - np.abs(climb * 2 - index) * 1.1, 0, 1)
        for index, edge in enumerate(bands)
    ]
    return _eased(np.asarray(sum(layers), dtype=np.float32) * climb**2 * 0.5, 0.1, 0.01)
