"""A song and its parts in words made from numbers, for readers who cannot hear: a director, a language model."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.audio.bars import Bars
from gemwright_visualizer.audio.structure import Part
from gemwright_visualizer.records import Features, Floats, Loudness, Rhythm, Role

__all__ = ["mode_of", "words_of_part", "words_of_song"]

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""How well each step fits a key: the probe tone ratings of Krumhansl and Kessler (1982)."""
NAMES = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")


def mode_of(chroma: Floats) -> tuple[str, bool, float]:
    """Return the key's name, whether it is minor, and by how much it leads the best key of the other mode.

    Args:
        chroma: twelve values from C.
    """
    scores: list[tuple[float, int, bool]] = []
    for minor, profile in ((False, MAJOR), (True, MINOR)):
        for tonic in range(12):
            turned = np.roll(np.asarray(profile), tonic)
            if float(np.std(chroma)) < 1e-6:
                return "C", False, 0.0
            scores.append((float(np.corrcoef(turned, chroma)[0, 1]), tonic, minor))
    best = max(scores)
    other = max(score for score, _, minor in scores if minor != best[2])
    return f"{NAMES[best[1]]} {'minor' if best[2] else 'major'}", best[2], best[0] - other


def _class(value: float, *steps: tuple[float, str], above: str) -> str:
    return next((word for limit, word in steps if value < limit), above)


def _sounds(features: Features, start: float, end: float) -> tuple[str, ...]:
    """Describe a stretch against fixed anchors."""
    rows = slice(round(start / features.hop), max(round(start / features.hop) + 1, round(end / features.hop)))
    loud = features.loudness[rows] > -60
    if not loud.any():
        return ("silent",)
    centroid = float(features.centroid[rows][loud].mean())
    flat = float(features.flatness[rows][loud].mean())
    struck = float(features.percussive[rows][loud].mean())
    attacks = features.onset_low[rows], features.onset_mid[rows], features.onset_high[rows]
    density = float(np.mean([attack.mean() for attack in attacks]))
    bass = float(features.bands[rows, :2].mean() - features.bands[rows, 3:].mean())
    words = [
        _class(centroid, (1300, "dark"), (2400, "warm"), (3800, "clear"), above="bright"),
        _class(density, (0.06, "sparse"), (0.16, "open"), (0.28, "busy"), above="dense"),
        _class(struck, (0.18, "smooth"), (0.34, "pulsing"), above="percussive"),
    ]
    if bass > 0.12:
        words.append("bass-heavy")
    if bass < -0.2:
        words.append("light in the bass")
    if flat > 0.25:
        words.append("noisy")
    if float(features.width[rows][loud].mean()) > 0.25:
        words.append("wide")
    return tuple(words)


def words_of_part(
    index: int,
    parts: tuple[Part, ...],
    energies: tuple[float, ...],
    roles: tuple[Role, ...],
    bars: Bars,
    features: Features,
) -> tuple[str, ...]:
    """Describe one part, also by what came before.

    Args:
        index: of the part.
        parts: of the song.
        energies: of the parts.
        roles: of the parts.
        bars: the song.
        features: its curves.
    """
    part = parts[index]
    start, end = float(bars.edges[part.first]), float(bars.edges[part.last])
    own = energies[index]
    words = [_class(own, (0.25, "very quiet"), (0.45, "calm"), (0.7, "moving"), (0.88, "strong"), above="full power")]
    words += _sounds(features, start, end)
    chroma = bars.chroma[part.first : part.last].mean(axis=0)
    _, minor, lead = mode_of(chroma)
    if lead > 0.05:
        words.append("minor" if minor else "major")
    earlier = [other for other in range(index) if parts[other].label == part.label]
    if earlier:
        gap = own - energies[earlier[-1]]
        but = " but louder" if gap > 0.06 else " but quieter" if gap < -0.06 else " again"
        words.append(f"like section {earlier[-1] + 1}{but}")
    elif index and abs(own - energies[index - 1]) > 0.25:
        words.append("a sudden rise" if own > energies[index - 1] else "a sudden fall")
    if roles[index] == "build":
        words.append("rising")
    return tuple(words)


def words_of_song(rhythm: Rhythm, loudness: Loudness, features: Features, bars: Bars) -> tuple[str, ...]:
    """Describe the whole song.

    Args:
        rhythm: its grid.
        loudness: its level.
        features: its curves.
        bars: its bars.
    """
    words: list[str] = []
    if rhythm.tempo:
        pace = _class(
            rhythm.tempo, (80, "slow"), (104, "unhurried"), (126, "walking"), (150, "fast"), above="very fast"
        )
        words.append(f"{pace}, {rhythm.tempo:.0f} beats a minute")
        words.append(f"{rhythm.meter} beats to a bar")
    else:
        words.append("without a beat")
    words += _sounds(features, 0.0, float(bars.edges[-1]))
    key, _, lead = mode_of(bars.chroma.mean(axis=0))
    if lead > 0.03:
        words.append(f"in {key}")
    words.append(_class(loudness.range, (4, "even in level"), (9, "with some contrast"), above="with great contrast"))
    words.append(_class(loudness.integrated, (-22, "quiet master"), (-12, "moderate master"), above="loud master"))
    return tuple(words)
