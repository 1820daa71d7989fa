"""What the pictures are judged by: cuts and sections, reaction to the music, calm between, stand-stills, colours, variety."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.records import Analysis, Shot, Storyboard
from gemwright_visualizer.verifying.checks import Check, at_least, at_most, told
from gemwright_visualizer.verifying.colours import share_in_palette
from gemwright_visualizer.verifying.watching import Watched

__all__ = ["check_cuts", "check_picture", "pictures_needed"]

_HARD: Final = ("cut", "flash", "whip")
_EARLY: Final = 2
_NEAR: Final = 0.25
"""Seconds before and after a boundary at which its pictures are compared."""
_VISIBLE: Final = 0.03
_ALIKE_BITS: Final = 8
_ALIKE_COLOUR: Final = 0.06
_LAG: Final = 3
"""Frames that are tried to either side: less than half a beat, which would fit as well."""
_PERCUSSIVE: Final = 0.25
_SHORTEST: Final = 0.4
_READ: Final = 1.0
_FAST_HZ: Final = 8.0

_Curve = NDArray[np.float64]
_Picture = NDArray[np.uint8]


def _boundaries(board: Storyboard, analysis: Analysis) -> list[int]:
    """Return the frames at which a section begins, without the first."""
    return [round(section.start * float(board.fps)) for section in analysis.sections if section.start > 0.5]


def _cut_near(board: Storyboard, frame: int) -> int:
    """Return the cut that belongs to a boundary: the nearest within half a second, else the boundary itself."""
    starts = [shot.start_frame for shot in board.shots]
    best = min(starts, key=lambda start: abs(start - frame), default=frame)
    return best if abs(best - frame) <= float(board.fps) / 2 else frame


def pictures_needed(board: Storyboard, analysis: Analysis) -> list[int]:
    """Return the numbers of the pictures that the checks compare.

    Args:
        board: the plan.
        analysis: of the song.
    """
    near = max(1, round(_NEAR * float(board.fps)))
    wanted = {(shot.start_frame + shot.end_frame) // 2 for shot in board.shots}
    for boundary in _boundaries(board, analysis):
        cut = _cut_near(board, boundary)
        wanted |= {cut - near, min(cut + near, board.frames - 1)}
    return sorted(number for number in wanted if 0 <= number < board.frames)


def check_cuts(board: Storyboard, analysis: Analysis, watched: Watched) -> list[Check]:
    """Check where the film is cut, and that it is seen.

    Args:
        board: the plan.
        analysis: of the song.
        watched: the film.
    """
    fps = float(board.fps)
    beats = list(analysis.rhythm.beats)
    hard = [shot.start_frame for shot in board.shots[1:] if shot.transition in _HARD]
    on_beat = [_near_beat(frame, beats, fps) for frame in hard]
    seen = [_is_seen(frame, watched.change) for frame in hard]
    near = max(1, round(_NEAR * fps))
    changes: list[bool] = []
    for boundary in _boundaries(board, analysis):
        cut = _cut_near(board, boundary)
        before, after = watched.kept.get(cut - near), watched.kept.get(min(cut + near, board.frames - 1))
        changes.append(before is not None and after is not None and _differ(before, after) >= _VISIBLE)
    lengths = [(shot.end_frame - shot.start_frame) / fps for shot in board.shots]
    readable = [line.end - line.start >= min(_READ, len(line.text) / 15) for line in board.lines]
    no_beats = "" if beats else "the song has no beats"
    return [
        at_least(
            "cuts",
            "on the beat",
            "Hard cuts within a frame of a beat",
            _share(on_beat) if beats else None,
            85,
            "%",
            no_beats or f"{len(hard)} cuts",
        ),
        at_least("cuts", "seen", "Hard cuts that are seen in the picture", _share(seen), 95, "%", f"{len(hard)} cuts"),
        at_least(
            "cuts",
            "sections",
            "Sections that begin with a visible change",
            _share(changes),
            95,
            "%",
            f"{len(changes)} sections",
        ),
        at_least(
            "cuts",
            "shortest shot",
            "Shortest shot",
            min(lengths, default=None),
            _SHORTEST,
            "s",
            f"{len(lengths)} shots",
        ),
        at_least("cuts", "lines", "Lines of the lyrics that stay long enough to be read", _share(readable), 100, "%"),
    ]


def _share(values: list[bool]) -> float | None:
    return 100.0 * sum(values) / len(values) if values else None


def _near_beat(frame: int, beats: list[float], fps: float) -> bool:
    at = bisect_left(beats, frame / fps)
    return any(-(_EARLY + 1) <= frame - beat * fps <= 1 for beat in beats[max(0, at - 1) : at + 2])


def _is_seen(frame: int, change: _Curve) -> bool:
    """Tell whether the picture changes more at a cut than around it: in the cut's frame or the one after."""
    if not 0 < frame < len(change):
        return False
    around = np.concatenate([change[max(1, frame - 8) : frame - 1], change[frame + 2 : frame + 9]])
    usual = float(np.median(around)) if len(around) else 0.0
    return float(change[frame : frame + 2].max()) > max(0.004, 1.2 * usual)


def _differ(first: _Picture, second: _Picture) -> float:
    return float(np.abs(first.astype(np.int16) - second.astype(np.int16)).mean()) / 255


def check_picture(board: Storyboard, analysis: Analysis, watched: Watched) -> list[Check]:
    """Check what is seen between the cuts.

    Args:
        board: the plan.
        analysis: of the song.
        watched: the film.
    """
    fps = float(board.fps)
    inside = _inside(board, watched.frames)
    correlation, lag = _reaction(board, analysis, watched, inside, fps)
    percussive = float(np.mean(analysis.features.percussive)) if len(analysis.features.percussive) else 0.0
    drums = percussive >= _PERCUSSIVE and analysis.rhythm.confidence >= 0.5
    calm = "" if drums else "without a bar: the song has no clear drums"
    edge = round(fps)
    black = [number for number in watched.black if edge <= number < watched.frames - edge]
    still, where = watched.longest_still
    reaction = (
        [
            at_least("picture", "reaction", "Picture moves with the music: correlation", correlation, 0.4),
            at_most("picture", "lag", "Picture later or earlier than the music", abs(lag), 1, "frames", f"{lag:+.0f}"),
        ]
        if drums
        else [told("picture", "reaction", "Picture moves with the music: correlation", correlation, "", calm)]
    )
    middles = [(shot, watched.kept[middle]) for shot in board.shots if (middle := _middle(shot)) in watched.kept]
    right = [share_in_palette(picture, shot.palette) >= 0.75 for shot, picture in middles if shot.scene != "image"]
    alike = [first[0].shot for first, second in pairwise(middles) if _alike(first[1], second[1])]
    return [
        *reaction,
        at_most(
            "picture", "flicker", "Change from frame to frame that is no motion", _flicker(board, watched), 1.5, "%"
        ),
        at_most(
            "picture",
            "fast light",
            "Brightness that trembles faster than 8 Hz, off the beat",
            _tremble(board, analysis, watched),
            1.5,
            "%",
        ),
        at_most(
            "picture", "black", "Black frames", float(len(black)), 0, "frames", f"first at {black[0]}" if black else ""
        ),
        at_most("picture", "frozen", "Longest stand-still", still / fps, 0.5, "s", f"from {where / fps:.1f} s"),
        at_least(
            "picture", "palette", "Shots in the colours of their palette", _share(right), 90, "%", f"{len(right)} shots"
        ),
        at_most(
            "picture",
            "alike",
            "Neighbouring shots that look alike",
            float(len(alike)),
            0,
            "",
            ", ".join(map(str, alike[:9])),
        ),
        at_most(
            "safety",
            "flashes",
            "Flashes in a second over a quarter of the picture",
            watched.general,
            3,
            "",
            f"ending at {watched.flash_frame / fps:.1f} s",
        ),
        at_most("safety", "red flashes", "Red flashes in a second over a quarter of the picture", watched.red, 3),
    ]


def _middle(shot: Shot) -> int:
    return (shot.start_frame + shot.end_frame) // 2


def _inside(board: Storyboard, frames: int) -> NDArray[np.bool_]:
    """Return for each picture whether it is inside a shot, away from its cuts and transitions."""
    inside = np.ones(frames, bool)
    for shot in board.shots:
        length = max(2, round(0.5 * float(board.fps))) if shot.transition == "dissolve" else 3
        inside[
            max(0, shot.start_frame - (length if shot.transition == "dissolve" else 2)) : shot.start_frame + length
        ] = False
    return inside


def _reaction(
    board: Storyboard, analysis: Analysis, watched: Watched, inside: NDArray[np.bool_], fps: float
) -> tuple[float | None, float]:
    """Return the best correlation of the song's onsets with how much the picture changes, and at which lag in frames."""
    features = analysis.features
    onsets = np.maximum.reduce([features.onset_low, features.onset_mid, features.onset_high]).astype(np.float64)
    edges = ((np.arange(watched.frames + 1) - 0.5) / fps / features.hop).astype(int).clip(0, max(0, len(onsets) - 1))
    beaten = np.array([onsets[a : max(b, a + 1)].max(initial=0.0) for a, b in pairwise(edges.tolist())])
    if inside.sum() < fps or float(beaten.std()) < 1e-3:
        return None, 0.0
    found = (-1.0, 0)
    for lag in range(-_LAG, _LAG + 1):
        shifted = np.roll(beaten, lag)
        pairs = [
            (_standard(shifted[part][kept]), _standard(watched.change[part][kept]))
            for shot in board.shots
            if (kept := inside[part := slice(shot.start_frame, shot.end_frame)]).sum() > 2 * _LAG
        ]
        if pairs:
            best = float(np.mean(np.concatenate([ours * theirs for ours, theirs in pairs])))
            found = max(found, (best, lag))
    return found[0], float(found[1])


def _standard(values: _Curve) -> _Curve:
    """Return values by how many deviations they lie above their own mean: the level of movement differs by scene."""
    return (values - values.mean()) / max(float(values.std()), 1e-9)


def _flicker(board: Storyboard, watched: Watched) -> float | None:
    """Return the mean over shots of what changes in a thirtieth of a second after motion, in percent of full scale."""
    inside = _inside(board, watched.frames)
    means = [
        float(watched.residual[shot.start_frame : shot.end_frame][inside[shot.start_frame : shot.end_frame]].mean())
        for shot in board.shots
        if inside[shot.start_frame : shot.end_frame].any()
    ]
    return 100 * float(np.mean(means)) * float(board.fps) / 30 if means else None


def _tremble(board: Storyboard, analysis: Analysis, watched: Watched) -> float | None:
    """Return how much the mean brightness moves faster than 8 Hz away from beats, in percent of full scale."""
    fps = float(board.fps)
    if fps <= 2.2 * _FAST_HZ or watched.frames < 3 * fps:
        return None
    waves = np.fft.rfft(watched.luma - watched.luma.mean())
    waves[np.fft.rfftfreq(watched.frames, 1 / fps) < _FAST_HZ] = 0
    fast = np.fft.irfft(waves, watched.frames)
    away = _inside(board, watched.frames)
    for beat in analysis.rhythm.beats:
        frame = round(beat * fps)
        away[max(0, frame - 3) : frame + 4] = False
    return 100 * float(np.sqrt(np.mean(fast[away] ** 2))) if away.sum() > fps else None


def _alike(first: _Picture, second: _Picture) -> bool:
    return _differ(first, second) <= _ALIKE_COLOUR and int((_print(first) ^ _print(second)).sum()) <= _ALIKE_BITS


def _print(picture: _Picture) -> NDArray[np.bool_]:
    """Return a picture's 63 bits by its lowest waves: alike pictures differ in few of them."""
    grey = picture.mean(axis=2)
    waves = (_cosines(grey.shape[0]) @ grey @ _cosines(grey.shape[1]).T).reshape(-1)[1:]
    return waves > np.median(waves)


def _cosines(length: int) -> _Curve:
    """Return the eight lowest waves of the cosine transform over so many samples."""
    return np.cos(np.pi / length * np.outer(np.arange(8), np.arange(length) + 0.5))
