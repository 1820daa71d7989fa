"""The pictures of shots that want one: from the user's folder or a back end, looked at by the critic, kept by content."""

from __future__ import annotations

import dataclasses
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from PIL import Image

from gemwright.foundation.files import read_capped, write_whole
from gemwright_visualizer.asking import Asker
from gemwright_visualizer.backends import Backend, ComfyUI, PictureFolder, read_workflow
from gemwright_visualizer.backends import Request as Wanted
from gemwright_visualizer.critic import Subject, improved
from gemwright_visualizer.errors import ModelAway, PictureProblem
from gemwright_visualizer.project.cache import Cache, code_of, digest, digest_of_file
from gemwright_visualizer.project.request import Request
from gemwright_visualizer.records import Frame, Shot, Storyboard

__all__ = ["Picturing", "backend_of"]

_IMAGE: Final = "image"
_LARGEST_WORKFLOW: Final = 4 << 20
_AREA: Final = 1024 * 1024
_STEP: Final = 16
_FAILURES: Final = 3
"""Pictures that fail one after the other before the back end counts as gone."""


def backend_of(request: Request) -> Backend | None:
    """Return where pictures come from; None where scenes are drawn.

    Raises:
        PictureProblem: the folder has no pictures, or nothing answers at the address.
        UsageProblem: the workflow cannot be used.
    """
    if request.backend == "images":
        return PictureFolder(Path(request.pictures))
    if request.backend == "comfyui":
        path = Path(request.workflow)
        server = ComfyUI(request.server, read_workflow(read_capped(path, _LARGEST_WORKFLOW), path.name))
        if missing := server.check():
            raise PictureProblem(
                f"the server at {request.server} has no nodes {', '.join(missing[:5])}",
                hint="install them there, or save the workflow anew",
            )
        return server
    return None


class Picturing:
    """Gives each shot that wants one its picture.

    Args:
        project: the folder.
        cache: its cache.
        request: what is asked for.
        backend: where pictures come from.
        asker: asks a model that sees; None leaves it at the pixels.
        tell: is told how far it is.
    """

    def __init__(
        self,
        project: Path,
        cache: Cache,
        request: Request,
        backend: Backend,
        asker: Asker | None,
        tell: Callable[[int, int], None],
    ) -> None:
        self._project, self._cache, self._request = project, cache, request
        self._backend, self._asker, self._tell = backend, asker, tell
        self._failed = 0
        self._made = 0
        self.note = ""

    def pictured(self, board: Storyboard, drawn: Storyboard) -> tuple[Storyboard, str]:
        """Return the plan with a picture in each shot that wants one, and the key of this result.

        Args:
            board: the plan.
            drawn: the same film with drawn scenes, for shots that get no picture.

        Raises:
            ModelAway: the back end went away, and the reader wanted to stop then.
            Stopped: the reader stopped.
        """
        wanted = [shot for shot in board.shots if shot.scene == _IMAGE and not (shot.locked and shot.keyframe_file)]
        key = digest("pictures", [self._asked(board, shot, 0) for shot in wanted], code_of("backends", "critic"))
        known = self._cache.result("pictures", key)
        if known is None:
            rows = self._own(board, wanted) if not self._backend.abilities.prompts else self._reviewed(board, wanted)
            with self._cache.make("pictures", key) as (_, facts):
                facts |= {"shots": rows, "note": self.note}
            known = facts
        self.note = str(known["note"])
        found: dict[int, dict[str, Any]] = {int(row["shot"]): row for row in known["shots"]}
        scenes = {shot.shot: shot.scene for shot in drawn.shots}
        shots = tuple(self._filled(shot, found.get(shot.shot), scenes.get(shot.shot, "liquid")) for shot in board.shots)
        return dataclasses.replace(board, shots=shots), key

    def _filled(self, shot: Shot, row: dict[str, Any] | None, scene: str) -> Shot:
        if row is None:
            return shot
        if not row["file"]:
            return dataclasses.replace(shot, scene=scene, critic=row["critic"])
        return dataclasses.replace(shot, keyframe_file=row["file"], critic=row["critic"])

    def _size(self, board: Storyboard) -> tuple[int, int]:
        if not self._backend.abilities.prompts:
            return board.width, board.height
        scale = math.sqrt(_AREA / (board.width * board.height))
        return round(board.width * scale / _STEP) * _STEP, round(board.height * scale / _STEP) * _STEP

    def _asked(self, board: Storyboard, shot: Shot, attempt: int, fix: str = "") -> list[Any]:
        """Return everything that a picture is made of."""
        request = self._request
        source: list[Any] = [self._backend.name, request.server]
        if request.backend == "images":
            files = sorted(path for path in Path(request.pictures).iterdir() if path.is_file())
            source.append([[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files])
        elif request.workflow:
            source.append(digest_of_file(Path(request.workflow)))
        return [*source, shot.shot, shot.prompt, shot.negative, shot.seed, list(self._size(board)), attempt, fix]

    def _picture(self, board: Storyboard, shot: Shot, attempt: int, fix: str) -> Frame:
        key = digest("picture", self._asked(board, shot, attempt, fix))
        path = self._cache.root / "made" / f"{key}.png"
        if path.is_file():
            with Image.open(path) as opened:
                return np.asarray(opened.convert("RGB"))
        if self._failed >= _FAILURES:
            raise PictureProblem("the back end went away")
        prompt = f"{shot.prompt}, {fix}" if fix and attempt else shot.prompt
        asked = Wanted(shot.shot, prompt, shot.negative, (shot.seed + 7919 * attempt) % 2**31, self._size(board))
        try:
            made = self._backend.generate(asked)
        except PictureProblem as problem:
            self._failed += 1
            if self._failed >= _FAILURES and self._request.on_fail == "stop":
                raise ModelAway(f"{self._backend.name} failed {_FAILURES} times: {problem.message}") from None
            raise
        self._failed = 0
        self._made += 1
        self._tell(self._made, 0)
        write_whole(path, _png(made.picture))
        return made.picture

    def _kept(self, picture: Frame) -> str:
        """Keep a picture by its content; return its name relative to the project."""
        data = _png(picture)
        path = self._cache.root / "keyframes" / f"{digest(picture.shape, data.hex())}.png"
        if not path.is_file():
            write_whole(path, data)
        return path.relative_to(self._project).as_posix()

    def _own(self, board: Storyboard, wanted: list[Shot]) -> list[dict[str, Any]]:
        """Take the user's pictures as they are: nobody vetoes those."""
        rows: list[dict[str, Any]] = []
        for shot in wanted:
            made = self._backend.generate(Wanted(shot.shot, shot.prompt, shot.negative, shot.seed, self._size(board)))
            self._tell(len(rows) + 1, len(wanted))
            rows.append({"shot": shot.shot, "file": self._kept(made.picture), "critic": made.source})
        self.note = "your own pictures, taken as they are"
        return rows

    def _reviewed(self, board: Storyboard, wanted: list[Shot]) -> list[dict[str, Any]]:
        shots = {shot.shot: shot for shot in wanted}
        look = board.look
        subjects = [Subject(shot.shot, shot.what, look.style, look.palette) for shot in wanted]

        def make(subject: Subject, attempt: int) -> Frame:
            return self._picture(board, shots[subject.shot], attempt, subject.fix)

        budget = self._request.budget or math.inf
        review = improved(subjects, make, self._asker, size=self._size(board), budget=budget)
        self.note = f"{review.note}; {review.made} pictures for {len(wanted)} shots"
        rows: list[dict[str, Any]] = []
        for kept in review.kept:
            verdict = kept.verdict
            said = "accepted" if verdict.accepted else "; ".join(verdict.reasons) or "none could be had"
            if kept.picture is None:
                rows.append({"shot": kept.subject.shot, "file": "", "critic": f"drawn instead: {said}"})
            else:
                file = self._kept(cast("Frame", kept.picture))
                rows.append(
                    {"shot": kept.subject.shot, "file": file, "critic": f"{said} ({verdict.by}, try {kept.tries})"}
                )
        return rows


def _png(picture: Frame) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", compress_level=3)
    return out.getvalue()
