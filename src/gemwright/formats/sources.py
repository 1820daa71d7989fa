"""Where the bytes of a file come from: a path, a buffer, or anything else that reads by position.

Readers of this room ask a source for the bytes they need, so that a header of 16 MB in a file of 16 GB costs 16 MB
wherever the file lies. `gemwright.foundation.remote_file.RemoteFile` is a source, too: a file behind a web server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from gemwright.foundation.errors import BadModelFile

__all__ = ["BytesSource", "FileSource", "Source", "as_source"]


class Source(Protocol):
    """Bytes by position."""

    @property
    def name(self) -> str:
        """Return what error messages call it."""
        ...

    @property
    def size(self) -> int | None:
        """Return the size of the whole file in bytes, or None where it is not known."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on, fewer only where the file ends."""
        ...


class FileSource:
    """A file on this machine. It is opened for each read, so nothing has to be closed.

    Args:
        path: the file.

    Raises:
        BadModelFile: nothing is there, or it is not a file.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            problem = "is not a file" if path.exists() else "does not exist"
            raise BadModelFile(f"{path} {problem}", hint="give the path of a .gguf file")
        self._path = path
        self.name = str(path)
        self.size = path.stat().st_size

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on, fewer only where the file ends."""
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except OSError as problem:
            raise BadModelFile(f"{self.name} cannot be read: {problem.strerror}") from problem


class BytesSource:
    """The first bytes of a file, or all of them, in memory.

    Args:
        data: the bytes.
        name: what error messages call them.
        size: size of the whole file, if `data` may be only its beginning and the size is known.
    """

    def __init__(self, data: bytes, name: str = "the data", size: int | None = None) -> None:
        self._data = data
        self.name = name
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on, fewer only where the data end."""
        return self._data[offset : offset + length]


def as_source(file: Source | Path | bytes) -> Source:
    """Return a source for a path, a buffer, or a source."""
    if isinstance(file, Path):
        return FileSource(file)
    if isinstance(file, bytes):
        return BytesSource(file)
    return file
