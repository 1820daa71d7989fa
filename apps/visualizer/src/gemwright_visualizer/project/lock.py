"""One program at a time in a project's folder; a lock whose program is gone does not count."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from gemwright.foundation.platform import process_mark
from gemwright_visualizer.errors import ProjectProblem

__all__ = ["LOCK", "locked"]

LOCK: Final = "lock.json"
_TRIES: Final = 5


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold a project's lock while a block runs.

    Args:
        folder: of the project; it exists.

    Raises:
        ProjectProblem: another program that runs holds it.
        OSError: the folder cannot be written.
    """
    path = folder / LOCK
    own = json.dumps({"process": os.getpid(), "mark": process_mark(os.getpid()), "machine": platform.node()})
    for _ in range(_TRIES):
        if _take(path, own):
            break
        holder = _holder(path)
        if holder is not None and _runs(holder):
            raise ProjectProblem(
                f"another run (process {holder.get('process')}) works in {folder}",
                hint=f"wait for it or stop it; if no such program runs, delete {path}",
            )
        _take_away(path)
    else:
        raise ProjectProblem(f"the lock of {folder} cannot be taken", hint="other runs start there all the time")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if path.read_text("utf-8") == own:
                path.unlink()


def _take(path: Path, own: str) -> bool:
    """Make the lock, whole from the first moment on: a file with its text is linked to the name, which fails if it exists."""
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    part.write_text(own, "utf-8")
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(own)
        except FileExistsError:
            return False
    finally:
        part.unlink(missing_ok=True)
    return True


def _holder(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return cast("dict[str, Any]", data) if isinstance(data, dict) else None


def _runs(holder: dict[str, Any]) -> bool:
    process = holder.get("process")
    if holder.get("machine") != platform.node() or not isinstance(process, int):
        return isinstance(process, int)  # of another machine nobody here can tell
    mark = process_mark(process)
    return bool(mark) and mark == holder.get("mark")


def _take_away(path: Path) -> None:
    """Remove a lock that does not count; of several that try, one does it."""
    aside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    with contextlib.suppress(OSError):
        path.rename(aside)
        aside.unlink()
