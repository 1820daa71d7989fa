"""Results of stages, found again by what went into them, and written whole or not at all.

A result lies under `cache/<stage>/<hash>`; the hash is of everything that it was made of. It is prepared in a folder with
another name and gets its own when the disk has it, so that what can be found is finished, after a power cut too.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import gemwright_visualizer

__all__ = ["Cache", "code_of", "digest", "digest_of_file"]

_BLOCK: Final = 1 << 20
_LENGTH: Final = 24


def digest(*values: object) -> str:
    """Return a short hash of JSON values, which does not depend on the order of keys."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def digest_of_file(path: Path) -> str:
    """Return a hash of a file's content.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_of(*rooms: str) -> str:
    """Return a hash of the program's own text in some rooms, so that a result of older code is not taken for a new one."""
    root = Path(gemwright_visualizer.__file__).parent
    total = hashlib.sha256()
    for room in sorted(rooms):
        place = root / room
        files = [place] if place.is_file() else sorted(f for f in place.rglob("*") if f.suffix not in (".pyc", ""))
        for file in files:
            total.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:_LENGTH]


class Cache:
    """The results of a project.

    Args:
        root: the folder that holds them; made when something is kept.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, stage: str, key: str) -> Path | None:
        """Return the folder of a finished result, or None."""
        folder = self.root / stage / key
        return folder if (folder / "result.json").is_file() else None

    def result(self, stage: str, key: str) -> Any:
        """Return what a finished result says, or None where there is none that can be read."""
        folder = self.find(stage, key)
        if folder is None:
            return None
        try:
            return json.loads((folder / "result.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None

    @contextmanager
    def make(self, stage: str, key: str) -> Generator[tuple[Path, dict[str, Any]]]:
        """Prepare a result: files go into the folder, facts into the object; it is kept when the block ends well.

        Raises:
            OSError: it cannot be written; nothing is left of it.
        """
        target = self.root / stage / key
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{key}.{os.urandom(4).hex()}.part")
        part.mkdir()
        facts: dict[str, Any] = {}
        try:
            yield part, facts
            (part / "result.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
            for file in part.iterdir():
                with file.open("rb+") as opened:
                    os.fsync(opened.fileno())
            if target.exists():
                shutil.rmtree(target)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a killed program left half done. Only the holder of the project's lock may do that."""
        for part in self.root.glob("*/.*.part"):
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            else:
                part.unlink(missing_ok=True)
