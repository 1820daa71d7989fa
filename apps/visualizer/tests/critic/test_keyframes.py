"""Pictures of a whole film: from prompts to rows of the storyboard, with back ends that serve well and badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from apps.visualizer.tests.critic.test_reviewing import PALETTE, picture
from apps.visualizer.tests.direction.songs import PLAIN, song
from gemwright_visualizer.backends import Abilities, Made, Request
from gemwright_visualizer.critic import glance, keyframes, picture_size
from gemwright_visualizer.direction import SCENES, Options, from_json, plan, to_json
from gemwright_visualizer.errors import PictureProblem, Stopped
from gemwright_visualizer.palettes import palette_text
from gemwright_visualizer.records import Frame, Shot, Storyboard

BOARD = plan(song(100.0, PLAIN[:3]), options=Options(pictures=True, height=144, palette=palette_text(PALETTE)))


class Blocks:
    """A back end that makes pictures of blocks; black ones for some shots, and where `broken` none at all."""

    name = "blocks"

    def __init__(self, *, black: tuple[int, ...] = (), broken: bool = False, prompts: bool = True) -> None:
        self.abilities = Abilities(prompts=prompts)
        self.asked: list[Request] = []
        self._black, self._broken = black, broken

    def generate(self, request: Request, stop: Callable[[], bool] = lambda: False) -> Made:
        """Return a picture that follows from the seed."""
        self.asked.append(request)
        if stop():
            raise Stopped("stopped")
        if self._broken:
            raise PictureProblem("the server is on fire")
        made = picture(request.seed, request.size)[: request.size[1], : request.size[0]]
        padded = np.zeros((request.size[1], request.size[0], 3), np.uint8)
        padded[: made.shape[0], : made.shape[1]] = made
        return Made(padded * (0 if request.shot in self._black else 1), "blocks")


def saved(board: Storyboard, backend: Blocks, **settings: object) -> tuple[Storyboard, list[str], tuple[int, ...]]:
    """Return the storyboard with pictures, the files that were kept, and the shots that are drawn."""
    files: list[str] = []

    def save(shot: Shot, _frame: Frame) -> str:
        files.append(f"keyframes/{shot.shot:04d}.png")
        return files[-1]

    done = keyframes(board, backend, save, **settings)  # type: ignore[arg-type]
    return done.board, files, done.drawn


def test_every_shot_gets_its_picture_with_its_prompt_and_seed() -> None:
    """What the storyboard says is what is asked, in the film's shape, and the file stands in the row."""
    backend = Blocks()
    board, files, drawn = saved(BOARD, backend)
    assert len(files) == len(BOARD.shots) and drawn == ()
    assert [one.keyframe_file for one in board.shots] == files and from_json(to_json(board)) == board
    assert all(
        one.prompt == shot.prompt and one.seed == shot.seed
        for one, shot in zip(backend.asked, BOARD.shots, strict=False)
    )
    assert {one.size for one in backend.asked} == {picture_size(BOARD)} == {(256, 144)}
    assert {one.critic for one in board.shots} == {"accepted (pixels)"}


def test_a_shot_without_a_usable_picture_is_drawn() -> None:
    """After three black frames the film gets a scene of the same palette, and the row says why."""
    board, files, drawn = saved(BOARD, Blocks(black=(2,)))
    assert drawn == (2,) and len(files) == len(BOARD.shots) - 1
    assert board.shots[1].scene in SCENES and not board.shots[1].keyframe_file and "black" in board.shots[1].critic
    assert board.shots[1].palette == BOARD.shots[1].palette


def test_a_back_end_of_no_use_is_told() -> None:
    """A server that fails for every shot is an error, not a film of fallbacks."""
    with pytest.raises(PictureProblem, match="blocks gave no picture"):
        saved(BOARD, Blocks(broken=True))


def test_what_has_a_file_or_is_locked_is_left_alone() -> None:
    """The user's edits and earlier results are not made again."""
    first, second = BOARD.shots[0], BOARD.shots[1]
    shots = (replace(first, keyframe_file="mine.png"), replace(second, locked=True), *BOARD.shots[2:])
    backend = Blocks()
    board, _, _ = saved(replace(BOARD, shots=shots), backend)
    assert board.shots[:2] == shots[:2] and min(one.shot for one in backend.asked) == 3


def test_the_user_s_own_pictures_are_not_judged() -> None:
    """A folder of black pictures is a film of black pictures, if that is what the user has."""
    board, files, drawn = saved(BOARD, Blocks(black=tuple(range(99)), prompts=False))
    assert len(files) == len(BOARD.shots) and drawn == () and board.shots[0].critic == "accepted (user)"


def test_a_stop_keeps_what_is_done() -> None:
    """It ends at once, as `Stopped`."""
    with pytest.raises(Stopped):
        saved(BOARD, Blocks(), stop=lambda: True)


def test_drawn_shots_are_glanced_at_by_pixels() -> None:
    """A black frame among good ones is named by its shot."""
    board = plan(song(100.0, PLAIN[:3]), options=Options(height=144, palette=palette_text(PALETTE)))
    board = replace(board, width=160, height=90)
    assert glance(board, lambda shot: picture(shot.shot) * (0 if shot.shot == 3 else 1)) == {3: ("black",)}
