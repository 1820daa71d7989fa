"""Everything together: from samples to what is known of a song."""

from __future__ import annotations

from typing import Any

from gemwright_visualizer.audio.bars import bars_of
from gemwright_visualizer.audio.curves import features_of
from gemwright_visualizer.audio.describing import words_of_part, words_of_song
from gemwright_visualizer.audio.loudness import measure_loudness
from gemwright_visualizer.audio.moments import moments_of
from gemwright_visualizer.audio.onsets import measure_onsets
from gemwright_visualizer.audio.rhythm import measure_rhythm
from gemwright_visualizer.audio.roles import standings
from gemwright_visualizer.audio.spectra import measure_spectra
from gemwright_visualizer.audio.structure import parts_of
from gemwright_visualizer.audio.turning import turned
from gemwright_visualizer.records import Analysis, Rhythm, Role, Section, Sound

__all__ = ["SURE", "analyse", "analyse_json"]

SURE = 0.5
"""Below it the tempo is said to be uncertain."""


def analyse(sound: Sound, grid: Rhythm | None = None) -> Analysis:
    """Measure a song.

    Args:
        sound: the decoded song.
        grid: beats given by hand; where they are given nothing is guessed.

    Returns:
        The analysis; its warnings say what the reader should know, after those of the sound.
    """
    spectra = measure_spectra(sound.samples)
    onsets = measure_onsets(spectra.bands)
    loudness, momentary = measure_loudness(sound.samples)
    rhythm = grid if grid is not None else measure_rhythm(spectra, onsets)
    features = features_of(spectra, onsets, momentary)
    bars = bars_of(spectra, onsets, rhythm, sound.duration)
    parts = parts_of(bars)
    if grid is None:
        better = turned(rhythm, [float(bars.edges[part.first]) for part in parts[1:]], spectra.bands)
        if better is not rhythm:
            rhythm = better
            bars = bars_of(spectra, onsets, rhythm, sound.duration)
            parts = parts_of(bars)
    standing = standings(bars, parts, rhythm.tempo)
    energy = tuple(own.energy for own in standing)
    roles: tuple[Role, ...] = tuple(own.role for own in standing)
    sections = tuple(
        Section(
            start=round(float(bars.edges[part.first]), 4),
            end=round(float(bars.edges[part.last]), 4) if part.last < bars.count else sound.duration,
            label=part.label,
            role=roles[index],
            energy=energy[index],
            words=words_of_part(index, parts, energy, roles, bars, features),
        )
        for index, part in enumerate(parts)
    )
    return Analysis(
        duration=sound.duration,
        rhythm=rhythm,
        sections=sections,
        moments=moments_of(bars, parts, standing, momentary),
        features=features,
        loudness=loudness,
        words=words_of_song(rhythm, loudness, features, bars),
        warnings=(*sound.warnings, *_doubts(rhythm)),
    )


def _doubts(rhythm: Rhythm) -> list[str]:
    if not rhythm.beats:
        return ["no beat was found, so cuts follow the sections; give --bpm and --first-beat if the song has one"]
    if rhythm.confidence < SURE:
        other = f" (or {', '.join(f'{tempo:.0f}' for tempo in rhythm.alternatives)})" if rhythm.alternatives else ""
        return [
            f"the tempo of {rhythm.tempo:.1f}{other} is uncertain, confidence {rhythm.confidence:.2f}; "
            "give --bpm and --first-beat if you know them"
        ]
    return []


def analyse_json(analysis: Analysis) -> dict[str, Any]:
    """Return what programs want to know of a song, as JSON values.

    Args:
        analysis: of the song.
    """
    rhythm = analysis.rhythm
    return {
        "tempo": rhythm.tempo,
        "confidence": rhythm.confidence,
        "beats": list(rhythm.beats),
        "downbeats": list(rhythm.downbeats),
        "sections": [
            {"start": part.start, "end": part.end, "label": part.label, "role": part.role} for part in analysis.sections
        ],
    }
