"""Pictures for a whole storyboard: made by a back end, looked at by the critic, and written into the shots' rows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from numpy.typing import NDArray

from gemwright_visualizer.asking import Asker
from gemwright_visualizer.backends import Backend, Request
from gemwright_visualizer.critic.pixels import Facts, faults, limits_of, measure
from gemwright_visualizer.critic.reviewing import Kept, Review, Subject, Verdict, improved
from gemwright_visualizer.direction import MOST_TOKENS, PICTURE, SCENES, tokens
from gemwright_visualizer.errors import PictureProblem
from gemwright_visualizer.palettes import palette_of
from gemwright_visualizer.records import Frame, Shot, Storyboard

__all__ = ["Keyframes", "Save", "glance", "keyframes", "picture_size"]

Save = Callable[[Shot, Frame], str]
"""Keeps a picture and returns its path relative to the project."""
_LONGEST: Final = 1280
_STEP: Final = 8
_BATCH: Final = 48
"""Shots whose pictures are in memory at a time."""
_NEXT_SEED: Final = 7919


@dataclass(frozen=True, slots=True)
class Keyframes:
    """A storyboard with its pictures.

    Attributes:
        board: each picture shot has a file, or a drawn scene where no picture could be used.
        made: pictures that were made in all.
        drawn: numbers of the shots that got a drawn scene instead.
        note: how pictures were looked at.
    """

    board: Storyboard
    made: int
    drawn: tuple[int, ...]
    note: str


def picture_size(board: Storyboard) -> tuple[int, int]:
    """Return the size in which pictures are asked for: the film's shape, its longer side 1280 at most."""
    scale = min(1.0, _LONGEST / max(board.width, board.height))
    return (
        max(_STEP, round(board.width * scale / _STEP) * _STEP),
        max(_STEP, round(board.height * scale / _STEP) * _STEP),
    )


def keyframes(
    board: Storyboard,
    backend: Backend,
    save: Save,
    asker: Asker | None = None,
    *,
    budget: float = math.inf,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Keyframes:
    """Give each shot whose scene is `image` and that has no file a picture.

    The user's own pictures are taken as they are. What a back end makes from a prompt is looked at first.

    Args:
        board: as planned.
        backend: gives pictures.
        save: keeps one.
        asker: asks a model that sees; None leaves it at the pixels.
        budget: seconds for everything after the first tries.
        stop: asked now and then; True ends with `Stopped`, and what was saved is kept.
        clock: seconds that pass; tests pass their own.

    Raises:
        PictureProblem: the first pictures failed, each for itself: the back end is of no use.
        Stopped: the user stopped.
    """
    begin = clock()
    size = picture_size(board)
    wanted = [one for one in board.shots if one.scene == PICTURE and not one.keyframe_file and not one.locked]
    rows = {one.shot: one for one in board.shots}
    made, drawn, note, seen = 0, list[int](), "", list[Facts]()
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        if not backend.abilities.prompts:
            done = _as_they_are(batch, board, backend, size, stop)
        else:
            subjects = [_subject(one, board) for one in batch]
            make = _maker({one.shot: one for one in batch}, backend, size, stop)
            left = budget - (clock() - begin)
            done = improved(subjects, make, asker, size=size, budget=left, seen=seen, clock=clock)
        made, note = made + done.made, done.note
        for kept in done.kept:
            shot = rows[kept.subject.shot]
            if kept.picture is None:
                drawn.append(shot.shot)
                rows[shot.shot] = replace(shot, scene=_other_scene(shot, rows, board), critic=kept.verdict.text())
            else:
                seen.append(measure(kept.picture, kept.subject.palette))
                rows[shot.shot] = replace(shot, keyframe_file=save(shot, kept.picture), critic=kept.verdict.text())
        if batch and len(drawn) == start + len(batch):
            raise PictureProblem(
                f"{backend.name} gave no picture that can be used for {len(drawn)} shots: {rows[drawn[0]].critic}"
            )
    return Keyframes(replace(board, shots=tuple(rows[one.shot] for one in board.shots)), made, tuple(drawn), note)


def glance(board: Storyboard, frame_of: Callable[[Shot], Frame]) -> dict[int, tuple[str, ...]]:
    """Look at one frame of each drawn shot, by pixels alone, and return what is wrong, for shots where something is.

    Args:
        board: of the film.
        frame_of: draws a frame from the middle of a shot.
    """
    shots = [one for one in board.shots if one.scene != PICTURE]
    facts = [measure(frame_of(one), palette_of(one.palette)) for one in shots]
    limits = limits_of(facts, (board.width, board.height))
    found: dict[int, tuple[str, ...]] = {}
    for shot, fact in zip(shots, facts, strict=True):
        soft = shot.scene in SCENES and SCENES[shot.scene].soft
        wrong = tuple(word for word, _ in faults(fact, limits, soft=soft))
        if wrong:
            found[shot.shot] = wrong
    return found


def _subject(shot: Shot, board: Storyboard) -> Subject:
    people = ", ".join(one.looks for one in board.look.cast) if shot.cast else ""
    what = f"{shot.what}, {people}" if people else shot.what
    return Subject(shot.shot, what, board.look.style, palette_of(shot.palette))


def _maker(
    shots: dict[int, Shot], backend: Backend, size: tuple[int, int], stop: Callable[[], bool]
) -> Callable[[Subject, int], NDArray[Any]]:
    def make(subject: Subject, attempt: int) -> NDArray[Any]:
        shot = shots[subject.shot]
        prompt = f"{shot.prompt}, {subject.fix}" if subject.fix else shot.prompt
        if tokens(prompt) > MOST_TOKENS:
            prompt = shot.prompt
        seed = (shot.seed + attempt * _NEXT_SEED) % 2**31
        return backend.generate(Request(shot.shot, prompt, shot.negative, seed, size), stop).picture

    return make


def _as_they_are(
    shots: Sequence[Shot], board: Storyboard, backend: Backend, size: tuple[int, int], stop: Callable[[], bool]
) -> Review:
    """Return the user's pictures, none of which is judged."""
    done = Review(note="the user's own pictures, taken as they are")
    for shot in shots:
        done.made += 1
        picture = backend.generate(Request(shot.shot, shot.prompt, shot.negative, shot.seed, size), stop).picture
        done.kept.append(Kept(_subject(shot, board), picture, Verdict(True, by="user"), 1))
    return done


def _other_scene(shot: Shot, rows: dict[int, Shot], board: Storyboard) -> str:
    """Return a drawn scene for a shot without a picture: near the section's energy, and not its neighbours'."""
    energy = board.moods[shot.section].energy / 10 if board.moods else 0.5
    beside = {rows[one].scene for one in (shot.shot - 1, shot.shot + 1) if one in rows}
    return min((one for one in SCENES if one not in beside), key=lambda one: (abs(SCENES[one].calm - energy), one))
