"""A folder of the user's own pictures, given to shots: by number where a file's name has one, else in turn."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gemwright_visualizer.backends.contract import Abilities, Made, Request, never
from gemwright_visualizer.backends.reading import fitted, picture_from_file
from gemwright_visualizer.errors import PictureProblem, Stopped

__all__ = ["PictureFolder"]

_ENDINGS: Final = frozenset(".png .jpg .jpeg .webp .bmp .gif .tif .tiff .ppm .tga".split())
_MOST_FILES: Final = 5_000
_NUMBERED: Final = re.compile(r"(?:shot[ _-]?)?0*(\d{1,5})", re.IGNORECASE)


class PictureFolder:
    """The back end `images DIR`.

    Args:
        folder: of the pictures; folders inside it are not looked at.

    Attributes:
        files: the pictures by name, as people sort them.
        skipped: a sentence for each file that was left out.

    Raises:
        PictureProblem: there is no such folder, or no picture in it.
    """

    name = "images"
    abilities = Abilities(prompts=False)

    def __init__(self, folder: Path) -> None:
        self.skipped: list[str] = []
        self.files = self._found(folder)
        if not self.files:
            more = f"; {self.skipped[0]}" if self.skipped else ""
            raise PictureProblem(
                f"there is no picture in {folder}{more}", hint=f"endings: {' '.join(sorted(_ENDINGS))}"
            )
        self._numbered = {
            int(match[1]): one for one in self.files if (match := _NUMBERED.fullmatch(one.stem)) is not None
        }
        self._others = [one for one in self.files if one not in self._numbered.values()] or self.files
        self._broken: set[Path] = set()

    def generate(self, request: Request, stop: Callable[[], bool] = never) -> Made:
        """Return the picture of a shot; a file that turns out broken is passed over for the next."""
        if stop():
            raise Stopped("stopped before a picture was read")
        own = self._numbered.get(request.shot)
        start = request.shot - 1
        turn = [self._others[(start + step) % len(self._others)] for step in range(len(self._others))]
        notes: list[str] = []
        for one in [*([own] if own is not None else []), *turn]:
            if one in self._broken:
                continue
            try:
                image = picture_from_file(one)
            except PictureProblem as problem:
                self._broken.add(one)
                self.skipped.append(problem.message)
                notes.append(problem.message)
                continue
            return Made(fitted(image, request.size), one.name, tuple(notes))
        raise PictureProblem("none of the pictures can be read", hint=self.skipped[-1])

    def _found(self, folder: Path) -> list[Path]:
        try:
            root = folder.resolve(strict=True)
            entries = sorted(os.scandir(root), key=lambda one: _as_people_sort(one.name))
        except OSError as error:
            raise PictureProblem(
                f"{folder} is no folder that can be read: {error.strerror or error}", hint="--backend images DIR"
            ) from error
        found: list[Path] = []
        for entry in entries:
            path = Path(entry.path)
            if path.suffix.lower() not in _ENDINGS or entry.name.startswith("."):
                continue
            if len(found) == _MOST_FILES:
                self.skipped.append(f"more than {_MOST_FILES:,} pictures: the rest was left out")
                break
            try:
                inside = path.resolve(strict=True).is_relative_to(root)
                usual = stat.S_ISREG(path.stat().st_mode)
            except (OSError, RuntimeError):
                inside = usual = False
            if inside and usual:
                found.append(path)
            else:
                self.skipped.append(f"{entry.name} is no file of this folder")
        return found


def _as_people_sort(name: str) -> list[tuple[int, int, str]]:
    """Return a key by which 2 comes before 10."""
    pieces = re.split(r"(\d{1,18})", name.casefold())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]
