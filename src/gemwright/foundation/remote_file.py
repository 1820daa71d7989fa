"""A file behind a web server, read part by part, for code that has no event loop."""

from __future__ import annotations

import asyncio
from typing import Final

from gemwright.foundation.http import Http, Timeouts

__all__ = ["RemoteFile"]

_FIRST_PART: Final = 64 * 1024


class RemoteFile:
    """A file that is read by HTTP ranges. Its first part is fetched when it is made, so a wrong address shows at once.

    Args:
        url: http or https URL of the file.
        timeouts: `total` is for one part.

    Raises:
        BadOption: the URL is none.
        RuntimeFailure: nothing is there, or the server does not serve ranges.
    """

    def __init__(self, url: str, *, timeouts: Timeouts | None = None) -> None:
        self._http = Http(url, timeouts=timeouts)
        self._loop = asyncio.Runner()
        self.name = self._http.address.shown
        """What messages call it."""
        self.size: int | None = None
        """Bytes of the whole file, where the server says it."""
        try:
            self._first = self._fetch(0, _FIRST_PART)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RemoteFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset` on, fewer only where the file ends."""
        if offset + length <= len(self._first):
            return self._first[offset : offset + length]
        return self._fetch(offset, length)

    def close(self) -> None:
        """Close the connection."""
        self._loop.run(self._http.aclose())
        self._loop.close()

    def _fetch(self, offset: int, length: int) -> bytes:
        part = self._loop.run(self._http.read_range(offset, length))
        if part.total is not None:
            self.size = part.total
        return part.data
