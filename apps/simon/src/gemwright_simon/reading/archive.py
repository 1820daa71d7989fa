"""What a file is by its first bytes, and how its text is reached: plain, in a GEDZIP archive, or compressed Gramps XML."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

from gemwright_simon.errors import TreeProblem
from gemwright_simon.reading.encoding import Opener
from gemwright_simon.reading.warnings import Warnings

__all__ = ["LARGEST", "MOST_RATIO", "open_tree_file"]

LARGEST: Final = 4 * 1024**3
"""The most bytes that an archive may unpack to."""
MOST_RATIO: Final = 200
"""How many times its own size an archive may unpack to; GEDCOM packs to a fifth or a tenth."""

_FLOOR: Final = 16 * 1024 * 1024
_OTHERS: Final = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database (RootsMagic, Ancestris and others keep their own files so)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "an RTF document"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"II*\0", "a TIFF picture"),
)
_EXPORT: Final = "export the tree as GEDCOM (.ged) from the program that made it, and open that"


class _Capped(io.RawIOBase):
    """A stream that refuses to give more than a number of bytes, so that a small archive cannot fill the machine."""

    def __init__(self, inner: BinaryIO, limit: int, name: str) -> None:
        self._inner = inner
        self._left = limit
        self._name = name

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill a buffer."""
        try:
            data = self._inner.read(len(buffer))
        except (OSError, zlib.error, zipfile.BadZipFile, EOFError) as error:
            raise TreeProblem(f"{self._name} cannot be unpacked: {error}", hint="is the file complete?") from None
        self._left -= len(data)
        if self._left < 0:
            raise TreeProblem(
                f"{self._name} unpacks to far more than a family tree has, and was left alone",
                hint="unpack it by hand if it is right, and open the .ged file inside",
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close what is below."""
        self._inner.close()
        super().close()


def _cap(path: Path) -> int:
    return min(LARGEST, max(_FLOOR, MOST_RATIO * path.stat().st_size))


def _gedzip(path: Path, warnings: Warnings) -> Opener:
    """Find the tree inside an archive. Nothing else is unpacked, and nothing is written."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            encrypted = [one.filename for one in archive.infolist() if one.flag_bits & 1]
    except (zipfile.BadZipFile, OSError) as error:
        raise TreeProblem(f"{path.name} is a damaged ZIP archive: {error}", hint="is the file complete?") from None
    escaping = [name for name in names if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
    for _ in escaping[:1]:
        warnings.add("path outside the archive, ignored", 0)
    inside = [name for name in names if name not in escaping]
    trees = [name for name in inside if name.lower() == "gedcom.ged"] or [
        name for name in inside if name.lower().endswith(".ged")
    ]
    if not trees:
        kind = "an Office document" if "[Content_Types].xml" in names else "a ZIP archive without a gedcom.ged"
        raise TreeProblem(f"{path.name} is {kind}, not a family tree", hint=_EXPORT)
    if trees[0] in encrypted:
        raise TreeProblem(
            f"{path.name} is protected by a password", hint="unpack it first, and open the .ged file inside"
        )

    def opener() -> BinaryIO:
        archive = zipfile.ZipFile(path)
        member = archive.open(trees[0])
        archive.close()  # the member keeps the file open
        return io.BufferedReader(_Capped(cast(BinaryIO, member), _cap(path), path.name))

    return opener


def open_tree_file(path: Path, warnings: Warnings) -> tuple[str, Opener]:
    """Tell what a file is, and how its bytes are reached.

    Args:
        path: the file.
        warnings: gets what is odd about an archive.

    Returns:
        `gedcom`, `gedzip` or `gramps`, and a function that opens its bytes.

    Raises:
        TreeProblem: it is not there, is empty, or is something else; the message says what it looks like.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except IsADirectoryError:
        raise TreeProblem(f"{path} is a folder", hint="name the file of the tree inside it") from None
    except OSError as error:
        raise TreeProblem(f"{path} cannot be read: {error.strerror or error}", hint="is the name right?") from None
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise TreeProblem(f"{path.name} is empty", hint="is it the file that was meant? It may not have been saved")
    for magic, name in _OTHERS:
        if head.startswith(magic):
            raise TreeProblem(f"{path.name} is {name}, not a family tree", hint=_EXPORT)
    if head.startswith(b"PK"):
        return "gedzip", _gedzip(path, warnings)
    if head.startswith(b"\x1f\x8b"):

        def unzipped() -> BinaryIO:
            return io.BufferedReader(_Capped(cast(BinaryIO, gzip.open(path, "rb")), _cap(path), path.name))

        with unzipped() as stream:
            head = stream.read(4096)
        if b"gramps-project.org/xml" not in head:
            what = "a Gramps package; unpack it and open data.gramps" if b"ustar" in head else "a gzip archive"
            raise TreeProblem(f"{path.name} is {what}, not Gramps XML", hint=_EXPORT)
        return "gramps", unzipped
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<":
        if b"gramps-project.org/xml" in head:
            return "gramps", lambda: path.open("rb")
        kind = (
            "a web page"
            if b"<html" in head.lower() or b"<!doctype html" in head.lower()
            else "an XML file of another kind"
        )
        raise TreeProblem(f"{path.name} is {kind}, not a family tree", hint=_EXPORT)
    return "gedcom", lambda: path.open("rb")
