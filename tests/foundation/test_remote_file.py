"""Parts of files by HTTP ranges: exactly the bytes that were asked for, or an error."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from gemwright.foundation.errors import BadOption, RuntimeFailure, RuntimeGarbled, RuntimeRejected, RuntimeUnreachable
from gemwright.foundation.http import FilePart, Http
from gemwright.foundation.remote_file import RemoteFile
from tests.loopback import Loopback, answer, saying

DATA = bytes(range(256)) * 1000


class Ranges(BaseHTTPRequestHandler):
    """Serves `DATA` by ranges."""

    def do_GET(self) -> None:
        """Serve one range."""
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["range"])
        assert found is not None
        first, last = int(found[1]), min(int(found[2]), len(DATA) - 1)
        if self.path != "/file" or first >= len(DATA):
            self.send_response(404 if self.path != "/file" else 416)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        self.send_response(206)
        self.send_header("content-range", f"bytes {first}-{last}/{len(DATA)}")
        self.send_header("content-length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(DATA[first : last + 1])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a file on a server that serves ranges."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Ranges) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/file"
        server.shutdown()
        thread.join()


def read_part(answered: bytes) -> FilePart:
    """Read bytes 4 to 7 from a server that answers so."""

    async def main() -> FilePart:
        async with Loopback(saying(answered)) as server, Http(server.url, retries=0) as http:
            part = await http.read_range(4, 4)
            assert server.asked[0].headers["range"] == "bytes=4-7"
            return part

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("answered", "part"),
    [
        (answer(b"4567", 206, content_range="bytes 4-7/100"), FilePart(b"4567", 100)),
        (answer(b"45", 206, content_range="bytes 4-5/6"), FilePart(b"45", 6)),
        (answer(b"4567", 206, content_range="bytes 4-7/*"), FilePart(b"4567", None)),
        (answer(b"", 416, content_range="bytes */3"), FilePart(b"", None)),
    ],
)
def test_good_ranges(answered: bytes, part: FilePart) -> None:
    """Short where the file ends, empty behind its end; the whole size where the server says it."""
    assert read_part(answered) == part


@pytest.mark.parametrize(
    "answered",
    [
        answer(b"0123456789" * 100, 200),
        answer(b"4567", 206),
        answer(b"4567", 206, content_range="lines 4-7/100"),
        answer(b"0123", 206, content_range="bytes 0-3/100"),
        answer(b"456789", 206, content_range="bytes 4-9/100"),
    ],
)
def test_bad_ranges(answered: bytes) -> None:
    """A server that ignores ranges, or answers another, must not have its bytes taken for the ones asked for."""
    with pytest.raises(RuntimeGarbled):
        read_part(answered)


def test_ranges_that_cannot_be() -> None:
    """A range before the file or of nothing is the caller's slip."""
    for offset, length in ((-1, 4), (0, 0)):
        with pytest.raises(BadOption):
            asyncio.run(Http("http://127.0.0.1").read_range(offset, length))


def test_reading_like_a_file(url: str) -> None:
    """Small reads at the beginning come from one fetched part; any other read is exact, across the end too."""
    with RemoteFile(url) as file:
        assert file.size == len(DATA)
        for offset, length in ((0, 4), (1000, 24), (65_530, 12), (200_000, 10), (len(DATA) - 3, 10), (len(DATA), 5)):
            assert file.read(offset, length) == DATA[offset : offset + length]


def test_missing_file(url: str) -> None:
    """A wrong address shows at once, not at the first read."""
    with pytest.raises(RuntimeRejected) as caught:
        RemoteFile(url + "x")
    assert caught.value.status == 404


@pytest.mark.parametrize(
    "location", ["http://cdn.example.org/x", "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/x"]
)
def test_handing_on_is_limited(location: str) -> None:
    """A download server must not send us, unencrypted or not, into the person's own network."""
    with pytest.raises(RuntimeRejected):
        read_part(answer(b"", 302, location=location))


def test_handing_on_keeps_the_key_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Model hubs send downloads on to storage hosts: those get the request, but not the key for the hub."""
    asked: list[httpx2.Request] = []

    async def send(_: httpx2.AsyncClient, request: httpx2.Request, **__: Any) -> httpx2.Response:
        asked.append(request)
        if request.url.host == "hub.example.org":
            return httpx2.Response(
                302, headers={"location": "https://cdn.example.net/blob?signature=1"}, request=request
            )
        headers = {"content-range": "bytes 0-3/9"}
        return httpx2.Response(206, headers=headers, stream=httpx2.ByteStream(b"GGUF"), request=request)

    monkeypatch.setattr(httpx2.AsyncClient, "send", send)

    async def main() -> FilePart:
        async with Http("https://hub.example.org/m.gguf", api_key="hf_123456", headers={"x-org": "y"}) as http:
            return await http.read_range(0, 4)

    assert asyncio.run(main()) == FilePart(b"GGUF", 9)
    assert [str(one.url) for one in asked] == [
        "https://hub.example.org/m.gguf",
        "https://cdn.example.net/blob?signature=1",
    ]
    assert asked[0].headers["authorization"] == "Bearer hf_123456"
    assert "authorization" not in asked[1].headers and "x-org" not in asked[1].headers
    assert asked[1].headers["range"] == "bytes=0-3"


def test_nobody_there() -> None:
    """An address where nobody listens fails like any other runtime, and leaves nothing open."""
    with pytest.raises(RuntimeUnreachable):
        RemoteFile("http://127.0.0.1:9/x")


def test_failures_are_ours(url: str) -> None:
    """Whatever the reader of a file meets, it is one family of errors."""
    with RemoteFile(url) as file, pytest.raises((RuntimeFailure, BadOption)):
        file.read(70_000, 0)
