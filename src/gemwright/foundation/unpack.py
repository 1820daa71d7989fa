"""Undoing compression that was not asked for, in pieces of bounded size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from gemwright.foundation.errors import RuntimeGarbled

__all__ = ["Unpacker"]

_PIECE: Final = 1024 * 1024


class Unpacker:
    """Unpacks a body piece by piece, so that a small body that unpacks to a huge one meets its reader's cap.

    Args:
        coding: the value of the answer's `content-encoding`.

    Raises:
        RuntimeGarbled: the coding is none that every HTTP server knows, or more than one.
    """

    def __init__(self, coding: str) -> None:
        coding = coding.strip().lower()
        self._coding = "" if coding == "identity" else coding
        if self._coding not in ("", "gzip", "x-gzip", "deflate"):
            raise RuntimeGarbled(f"the answer is compressed with {coding[:40]!r}, which nobody asked for")
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32) if self._coding else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` unpacks to."""
        if self._inflate is None:
            yield data
            return
        while data:
            try:
                piece = self._inflate.decompress(data, _PIECE)
            except zlib.error as error:
                raise RuntimeGarbled(f"the answer's {self._coding} compression is broken: {error}") from None
            data = self._inflate.unconsumed_tail
            if piece:
                yield piece

    def finish(self) -> None:
        """Check that the compressed data came to its end."""
        if self._inflate is not None and not self._inflate.eof:
            raise RuntimeGarbled(f"the answer's {self._coding} compression breaks off")
