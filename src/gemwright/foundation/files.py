"""Files read within a limit, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from gemwright.foundation import platform
from gemwright.foundation.errors import LimitReached

__all__ = ["read_capped", "write_whole"]


def read_capped(path: Path, limit: int) -> bytes:
    """Read a file that must not be larger than `limit` bytes.

    Raises:
        OSError: it cannot be read.
        LimitReached: it is larger.
    """
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise LimitReached(f"{path} has more than {limit} bytes", hint="is it the file that was meant?")
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody, not even after a crash, sees half of it. Missing folders are made.

    Raises:
        OSError: it cannot be written; what stood there before still does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        platform.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
