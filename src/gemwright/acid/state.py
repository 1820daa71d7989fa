"""An unfinished run on disk, so that a run that was cut off goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from gemwright.acid.play import Result
from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, BadOption
from gemwright.foundation.files import read_capped, write_whole

__all__ = ["State"]

FORMAT: Final = 1
_MAX_BYTES: Final = 64 * 1024 * 1024
_SECONDS_BETWEEN: Final = 2.0


class State:
    """Results of one run by play. Kept in memory alone where there is no path.

    Args:
        path: the file; read if it is there.
        identity: what a run has to have in common with the file: runtime, version, model, vectors.

    Raises:
        BadOption: the file is of another run, or is none of ours.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path | None, identity: Mapping[str, str]) -> None:
        self._path = path
        self._identity = dict(identity)
        self._written = time.monotonic()
        self.results: dict[str, Result] = {}
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        hint = "name another file by --state, or begin anew by --fresh"
        try:
            found = cast("Mapping[str, Any]", jsonx.parse(read_capped(path, _MAX_BYTES)))
            same = found["format"] == FORMAT and found["run"] == self._identity
            results = {str(key): Result.from_json(value) for key, value in found["results"].items()}
        except (BadJSON, KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadOption(f"{path} is no unfinished acid test", hint=hint) from error
        if not same:
            raise BadOption(f"{path} is an unfinished acid test of another runtime, model or version", hint=hint)
        self.results = results

    def add(self, key: str, result: Result) -> None:
        """Keep a result; the file is written every few seconds."""
        self.results[key] = result
        if time.monotonic() - self._written >= _SECONDS_BETWEEN:
            self.write()

    def write(self) -> None:
        """Write the file, whole or not at all."""
        self._written = time.monotonic()
        if self._path is None:
            return
        results = {key: result.to_json() for key, result in self.results.items()}
        value = {"format": FORMAT, "run": self._identity, "results": results}
        write_whole(self._path, (jsonx.compact(value) + "\n").encode())

    def forget(self) -> None:
        """Delete the file: the run is finished, and the next one asks everything again."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
