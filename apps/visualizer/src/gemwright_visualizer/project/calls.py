"""A model's answers by what was asked, a file each, so that a run that goes on asks nothing twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from gemwright.foundation.files import write_whole
from gemwright_visualizer.project.cache import digest

__all__ = ["Calls"]


class Calls(MutableMapping[str, str]):
    """Answers in a folder.

    Args:
        folder: made when something is kept.
        prefix: stands before every question: what the answers depend on beside it, such as the model.
    """

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self._folder = folder
        self._prefix = prefix

    def _file(self, key: str) -> Path:
        return self._folder / f"{digest(self._prefix, key)}.txt"

    def __getitem__(self, key: str) -> str:
        try:
            return self._file(key).read_text("utf-8")
        except OSError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: str) -> None:
        write_whole(self._file(key), value.encode("utf-8", "replace"))

    def __delitem__(self, key: str) -> None:
        try:
            self._file(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the files: the questions themselves are not kept."""
        with contextlib.suppress(OSError):
            yield from (file.stem for file in sorted(self._folder.glob("*.txt")))

    def __len__(self) -> int:
        return sum(1 for _ in self)
