"""A project's folder: what was asked for, which results belong to it now, and the lock."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from gemwright.foundation.files import read_capped, write_whole
from gemwright_visualizer.errors import DiskProblem, ProjectProblem
from gemwright_visualizer.project import plain
from gemwright_visualizer.project.cache import Cache
from gemwright_visualizer.project.lock import locked
from gemwright_visualizer.project.request import Request

__all__ = ["PROJECT", "Project"]

PROJECT: Final = "project.json"
_VERSION: Final = 1
_LARGEST: Final = 1 << 20
_MEGABYTE: Final = 1 << 20


class Project:
    """A folder that a film is made in.

    Args:
        folder: where; `opened` makes it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = Cache(folder / "cache")
        self.request: Request | None = None
        self.stages: dict[str, str] = {}
        self.facts: dict[str, Any] = {}

    @contextmanager
    def opened(self, *, new: bool = False) -> Generator[Project]:
        """Hold the folder while a block runs: locked, read, swept of what a killed run left.

        Args:
            new: make the folder where there is none.

        Raises:
            ProjectProblem: it is no project's folder, or another run holds it.
            DiskProblem: it cannot be written.
        """
        path = self.folder / PROJECT
        if not new and not path.is_file():
            raise ProjectProblem(
                f"{self.folder} is no project: it has no {PROJECT}", hint="name the folder that an earlier run made"
            )
        if self.folder.exists() and not self.folder.is_dir():
            raise ProjectProblem(f"{self.folder} is no folder", hint="name another one with --project")
        if new and self.folder.exists() and not path.is_file() and not _own_or_empty(self.folder):
            raise ProjectProblem(
                f"{self.folder} holds other files and no {PROJECT}", hint="name an empty or a new folder with --project"
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder):
                self._read(path)
                self.cache.sweep()
                for part in self.folder.glob(".*.part"):
                    part.unlink(missing_ok=True)
                yield self
        except PermissionError as problem:
            raise DiskProblem(f"{problem.filename or self.folder} cannot be written: permission denied") from None

    def _read(self, path: Path) -> None:
        if not path.is_file():
            return
        try:
            data: Any = json.loads(read_capped(path, _LARGEST).decode("utf-8"))
        except ValueError:
            raise ProjectProblem(f"{path} is not JSON", hint="delete it: everything in it is found again") from None
        given = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        if given.get("version") != _VERSION:
            raise ProjectProblem(
                f"{path} is of another version of this program", hint="name another folder, or delete it"
            )
        self.request = plain.read(Request, given.get("request"), str(path))
        self.stages = {str(name): str(key) for name, key in dict(given.get("stages") or {}).items()}
        self.facts = dict(given.get("facts") or {})

    def save(self) -> None:
        """Write `project.json`.

        Raises:
            OSError: it cannot be written.
        """
        data = {
            "version": _VERSION,
            "request": plain.write(self.request),
            "stages": self.stages,
            "facts": self.facts,
        }
        write_whole(self.folder / PROJECT, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())

    def reached(self, stage: str, key: str) -> None:
        """Note which result of a stage belongs to the project now."""
        if self.stages.get(stage) != key:
            self.stages[stage] = key
            self.save()

    def need(self, size: int) -> None:
        """Make sure that there is room.

        Args:
            size: bytes that will be written.

        Raises:
            DiskProblem: there is less.
        """
        free = shutil.disk_usage(self.folder).free
        if free < size:
            raise DiskProblem(
                f"{self.folder} has room for {free // _MEGABYTE:,} MB, and the film needs about {size // _MEGABYTE:,} MB",
                hint="make room, name a folder on another disk with --project, or ask for a smaller --height",
            )
        if not os.access(self.folder, os.W_OK):
            raise DiskProblem(f"{self.folder} cannot be written")


def _own_or_empty(folder: Path) -> bool:
    """Tell whether a folder is empty, or holds only what an early end of a run leaves."""
    return all(one.name in ("cache", "lock.json", "edits.json") or one.name.startswith(".") for one in folder.iterdir())
