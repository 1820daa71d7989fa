"""Pictures of shots: the user's as they are, a server's looked at, a drawn scene where there is none; all kept by content."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from apps.visualizer.tests.project.boards import board
from gemwright_visualizer.backends import Abilities, Made
from gemwright_visualizer.backends import Request as Wanted
from gemwright_visualizer.errors import ModelAway, PictureProblem
from gemwright_visualizer.project.cache import Cache
from gemwright_visualizer.project.pictures import Picturing, backend_of
from gemwright_visualizer.project.request import Request
from gemwright_visualizer.records import Storyboard


class Painter:
    """A stand-in for a server: paints noise of the palette, fails when told to."""

    name = "painter"
    abilities = Abilities()

    def __init__(self, fails_from: int = 999) -> None:
        self.asked: list[Wanted] = []
        self.fails_from = fails_from

    def generate(self, request: Wanted, stop: Callable[[], bool] = bool) -> Made:
        """Paint a picture."""
        self.asked.append(request)
        if len(self.asked) > self.fails_from:
            raise PictureProblem("the card is on fire")
        inks = np.array([(0, 0, 17), (34, 34, 68), (136, 136, 170), (238, 238, 255)], np.uint8)
        width, height = request.size
        rng = np.random.default_rng(request.seed)
        rows = rng.integers(0, 4, (height // 16, width // 16)).repeat(16, 0).repeat(16, 1)
        picture = np.zeros((height, width, 3), np.uint8)
        picture[: rows.shape[0], : rows.shape[1]] = inks[rows]
        return Made(picture, "painter")


def wanting(shots: int = 4) -> Storyboard:
    """Return a plan in which each shot wants a picture."""
    made = board(shots)
    return dataclasses.replace(made, shots=tuple(dataclasses.replace(one, scene="image") for one in made.shots))


def give(folder: Path, backend: object, request: Request) -> tuple[Storyboard, str]:
    """Give the plan its pictures."""
    picturing = Picturing(folder, Cache(folder / "cache"), request, backend, None, lambda *_: None)  # type: ignore[arg-type]
    return picturing.pictured(wanting(), board())[0], picturing.note


def test_own_pictures_are_taken_as_they_are(tmp_path: Path) -> None:
    """Nobody vetoes a person's holiday."""
    (tmp_path / "mine").mkdir()
    for number in (1, 2, 3, 4):
        Image.new("RGB", (90, 60), (number * 50, 0, 0)).save(tmp_path / "mine" / f"shot-{number}.png")
    request = Request("song.wav", backend="images", pictures=str(tmp_path / "mine"))
    found, _ = give(tmp_path, backend_of(request), request)
    for shot in found.shots:
        assert shot.scene == "image"
        with Image.open(tmp_path / shot.keyframe_file) as picture:
            assert picture.getpixel((5, 5)) == (shot.shot * 50, 0, 0)


def test_a_picture_is_made_once(tmp_path: Path) -> None:
    """A run that goes on, or a changed lyric, must not cost an hour on somebody's card."""
    request = Request("song.wav", backend="comfyui")
    first = Painter()
    found, note = give(tmp_path, first, request)
    assert all(shot.keyframe_file and shot.critic for shot in found.shots), [shot.critic for shot in found.shots]
    assert "pixel checks only" in note
    second = Painter()
    assert give(tmp_path, second, request)[0] == found
    assert not second.asked


def test_a_server_that_goes_away_leaves_drawn_scenes_or_stops(tmp_path: Path) -> None:
    """As the reader chose; what was made is kept for the next run."""
    found, _ = give(tmp_path / "on", Painter(fails_from=1), Request("song.wav", backend="comfyui"))
    assert [shot.scene for shot in found.shots] == ["image", "ring", "ring", "ring"]
    assert "drawn instead" in found.shots[2].critic
    with pytest.raises(ModelAway, match="on fire"):
        give(tmp_path / "stop", Painter(fails_from=1), Request("song.wav", backend="comfyui", on_fail="stop"))
    painter = Painter()
    give(tmp_path / "stop", painter, Request("song.wav", backend="comfyui", on_fail="stop"))
    assert 1 not in [asked.shot for asked in painter.asked[:1]]
