"""Every scene: the same each time, moved by the music, calm in silence, never blank, in every shape of picture."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from apps.visualizer.tests.rendering.boards import FPS, board, drums
from gemwright_visualizer.rendering import Film
from gemwright_visualizer.scenes import SCENES

LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
SONG = drums()
SILENCE = drums(loud=False)


@cache
def moving(scene: str) -> np.ndarray:
    """Return the brightness of a scene's pictures over three seconds of drums, frames by rows by columns, 0 to 1."""
    film = Film(board([scene], frames=64), SONG, title="Northern Lights", limited=False, size=(96, 54))
    return np.stack([film.frame(at).astype(np.float32) @ LUMA for at in range(15, 64)]) / 255


def test_there_are_the_scenes_that_the_director_counts_on() -> None:
    """A storyboard may name any of them."""
    from gemwright_visualizer.direction import SCENES as WANTED

    assert len(SCENES) >= 14
    assert set(WANTED) <= set(SCENES)
    assert {"type", "image"} <= set(SCENES)


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_moves_when_the_song_strikes(scene: str) -> None:
    """The change from frame to frame follows the strokes, in the same frame and not a frame later."""
    light = moving(scene)
    change = np.abs(np.diff(light, axis=0)).mean(axis=(1, 2))
    features = SONG.features
    onset = np.max([features.onset_low, features.onset_mid * 0.85, features.onset_high * 0.6], axis=0)
    frames = range(16, 64)
    strokes = np.array([onset[round((at - 1) / FPS * 100) + 1 : round(at / FPS * 100) + 2].max() for at in frames])
    by_lag = {
        lag: float(np.corrcoef(strokes[2:-2], change[2 + lag : len(change) - 2 + lag])[0, 1])
        for lag in (-2, -1, 0, 1, 2)
    }
    best = max(by_lag, key=lambda lag: by_lag[lag])
    assert by_lag[best] >= 0.4, by_lag
    assert abs(best) <= 1, by_lag


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_neither_blank_nor_flickering(scene: str) -> None:
    """There is something to see in every frame, and frames between strokes are near each other."""
    light = moving(scene)
    change = np.abs(np.diff(light, axis=0)).mean(axis=(1, 2))
    assert light.std(axis=(1, 2)).min() > 0.012
    assert light.mean(axis=(1, 2)).min() > 0.012
    assert float(np.median(change)) < 0.024
    assert change.min() > 0


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_calm_in_silence(scene: str) -> None:
    """Where nothing sounds, the picture drifts at most: far less than with drums."""
    film = Film(board([scene], frames=60), SILENCE, title="Northern Lights", limited=False, size=(96, 54))
    light = np.stack([film.frame(at).astype(np.float32) @ LUMA for at in range(30, 42)]) / 255
    change = np.abs(np.diff(light, axis=0)).mean(axis=(1, 2))
    loud = np.abs(np.diff(moving(scene), axis=0)).mean(axis=(1, 2))
    assert float(change.max()) < 0.6 * float(loud.max())


@pytest.mark.parametrize("scene", SCENES)
def test_any_frame_alone_is_the_frame_in_order(scene: str) -> None:
    """Chunks are drawn by different processes: the bytes may not depend on what was drawn before."""
    story = board(["ring", scene], frames=24, transition="dissolve")
    one = Film(story, SONG, title="Northern Lights", limited=False, size=(96, 54))
    sequential = [one.frame(at).tobytes() for at in range(20, 40)]
    other = Film(story, SONG, title="Northern Lights", limited=False, size=(96, 54))
    assert other.frame(38).tobytes() == sequential[18]
    assert other.frame(25).tobytes() == sequential[5]


@pytest.mark.parametrize("size", [(108, 192), (108, 108), (108, 136), (193, 107)])
def test_every_shape_of_picture_is_filled(size: tuple[int, int]) -> None:
    """Upright, square, or odd: as asked, rounded up to even, with something in each quarter."""
    film = Film(board(list(SCENES), frames=6), SONG, title="Northern Lights", limited=False, size=size)
    for number in range(len(SCENES)):
        frame = film.frame(number * 6 + 3)
        assert frame.shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)
        middle = frame[frame.shape[0] // 4 : -frame.shape[0] // 4]
        assert middle.std() > 2.5, film.storyboard.shots[number].scene


def _print(frame: np.ndarray) -> np.ndarray:
    """Return a perceptual hash: where a picture of 8 by 8 is brighter than its neighbour to the right."""
    grey = frame.astype(np.float32) @ LUMA
    rows, columns = grey.shape[0] // 8, grey.shape[1] // 9
    small = grey[: rows * 8, : columns * 9].reshape(8, rows, 9, columns).mean(axis=(1, 3))
    return (small[:, 1:] > small[:, :-1]).ravel()


def test_neighbours_differ_and_a_seed_changes_a_scene() -> None:
    """No two scenes look the same, and one scene twice is not the same picture."""
    film = Film(board([*SCENES, *SCENES], frames=8), SONG, title="Northern Lights", limited=False, size=(128, 72))
    prints = [_print(film.frame(number * 8 + 4)) for number in range(2 * len(SCENES))]
    names = [shot.scene for shot in film.storyboard.shots]
    alike = [
        (names[one], names[other])
        for one in range(len(prints))
        for other in range(one)
        if int((prints[one] != prints[other]).sum()) < 5
    ]
    assert alike == []
