"""What servers answer beside the point: compression, refusals, redirects; and what must never leave with a request."""

from __future__ import annotations

import asyncio
import base64
import gzip
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gemwright.foundation.errors import (
    BadOption,
    ConfigProblem,
    RuntimeFailure,
    RuntimeGarbled,
    RuntimeRejected,
)
from gemwright.foundation.http import Http, Timeouts
from tests.foundation.asking import against, closed_port, failing, get, read_stream
from tests.loopback import Asked, Loopback, Say, answer, head, in_turn, piece, saying

# compression


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b'{"a":1}', mtime=0)),
        ("x-gzip", gzip.compress(b'{"a":1}', mtime=0)),
        ("deflate", zlib.compress(b'{"a":1}')),
    ],
)
def test_compressed_though_not_asked_for(coding: str, packed: bytes) -> None:
    """Proxies compress without being asked; the two codings that every one knows are undone."""
    assert against(saying(answer(packed, content_encoding=coding)), get) == {"a": 1}


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"1", mtime=0), mtime=0)),
        ("gzip", gzip.compress(b"[1,2,3]", mtime=0)[:-4]),
        ("gzip", b"this is not gzip"),
    ],
)
def test_compression_that_cannot_be_undone(coding: str, body: bytes) -> None:
    """An unknown, doubled, cut or broken compression is named, not passed on as noise."""
    failure = failing(saying(answer(body, content_encoding=coding)), get)
    assert isinstance(failure, RuntimeGarbled) and "compress" in failure.message


def test_compression_bomb_meets_the_cap() -> None:
    """Half a megabyte that unpacks to 500 MB must cost neither the memory nor the time."""
    bomb = gzip.compress(b" " * 500_000_000, 9, mtime=0)
    tracemalloc.start()
    failure = failing(saying(answer(bomb, content_encoding="gzip")), get, body_cap=5_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(failure, RuntimeGarbled) and "5,000,000 bytes" in failure.message
    assert peak < 40_000_000


# what refusals say


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":{"code":400,"message":"too long","type":"x"}}', "answered 400: too long"),
        (b'{"error":"no such thing"}', "answered 400: no such thing"),
        (b'{"message":"hm"}', "answered 400: hm"),
        (b'{"detail":"Not Found"}', "answered 400: Not Found"),
        (b'{"error":{"reason":[1]}}', "answered 400"),
        (b"plain words", "answered 400: plain words"),
        (b"<html><body>Bad</body></html>", "answered 400: a web page"),
        (b"", "answered 400"),
        (b"\xff\x1b[31mred\x07\n\n\nrest", "answered 400: \ufffd [31mred rest"),
        (b'"' + b"x" * 5000 + b'"', "xxx…"),
    ],
)
def test_error_bodies(body: bytes, words: str) -> None:
    """The server's own words reach the reader, whatever shape they come in, and no control character does."""
    failure = failing(saying(answer(body, 400)), get)
    assert isinstance(failure, RuntimeRejected)
    assert failure.message.endswith(words)
    assert len(failure.message) < 400 and len(failure.body) <= 2000


def test_refused_stream_is_an_error_at_once() -> None:
    """A server answers a streamed question that it refuses with plain JSON."""
    failure = failing(saying(answer(b'{"error":{"message":"no"}}', 400)), read_stream)
    assert isinstance(failure, RuntimeRejected) and failure.status == 400


@pytest.mark.parametrize("pause", [0, 0.02])
@pytest.mark.parametrize("use", [get, read_stream])
def test_error_body_without_end(use: Callable[[Http, Loopback], Awaitable[Any]], pause: float) -> None:
    """The refusal counts though its explanation never ends, be it a flood or a drip."""

    async def endless(_: Asked, say: Say) -> None:
        await say(head(500, transfer_encoding="chunked"))
        while True:
            await say(piece(b"x" * (20 if pause else 65536)))
            await asyncio.sleep(pause)

    begun = time.monotonic()
    failure = failing(endless, use)
    assert isinstance(failure, RuntimeRejected) and "answered 500: xxx" in failure.message
    assert time.monotonic() - begun < 5


def test_no_secret_in_an_error() -> None:
    """Servers like to repeat the key that they refuse, and messages end up in bug reports."""

    async def handler(asked: Asked, say: Say) -> None:
        await say(answer(f"bad key {asked.headers['authorization']} {asked.headers['x-token']}".encode(), 401))

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(RuntimeRejected) as caught:
            await http.get_json("/")
        assert server.asked[0].headers["authorization"] == "Bearer sk-123456789"
        shown = caught.value.message + caught.value.body + caught.value.hint + repr(caught.value)
        assert "123456789" not in shown and "abcdefgh" not in shown
        assert "***" in shown

    against(handler, use, api_key="sk-123456789", headers={"x-token": "abcdefgh"})


def test_credentials_of_the_address_travel_in_a_header() -> None:
    """`http://user:password@host` works, and the password stays out of the request line and of messages."""

    async def main() -> None:
        async with Loopback(saying(answer(b"no", 403))) as server:
            http = Http(f"http://me:secret-word@127.0.0.1:{server.port}")
            with pytest.raises(RuntimeRejected) as caught:
                await http.get_json("/x")
            assert server.asked[0].path == "/x"
            assert base64.b64decode(server.asked[0].headers["authorization"].split()[1]) == b"me:secret-word"
            assert "secret-word" not in str(caught.value)
            await http.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("key", ["a\nb", "clé", "a\x00"])
def test_keys_that_no_header_can_carry(key: str) -> None:
    """A key pasted with its newline is an error of its own, without the key in it."""
    with pytest.raises(BadOption) as caught:
        Http("http://127.0.0.1", api_key=key)
    assert key not in caught.value.message


@pytest.mark.parametrize("url", ["http://a..b", "http://-.-", "http://xn--a.b", "http://" + "a" * 300, "http://ü" * 9])
def test_hosts_that_cannot_be(url: str) -> None:
    """A host that no resolver takes is an error of ours, not of a library's."""
    with pytest.raises((BadOption, RuntimeFailure)):
        asyncio.run(Http(url, retries=0, timeouts=Timeouts(connect=2, total=4)).get_json("/"))


# redirects


def test_redirect_within_the_origin() -> None:
    """Servers add a slash or a prefix; that is followed, method and body kept."""

    async def use(http: Http, server: Loopback) -> None:
        assert await http.post_json("/a", {"b": 1}) == 2
        assert [(one.method, one.path, one.json) for one in server.asked] == [
            ("POST", "/a", {"b": 1}),
            ("POST", "/c/", {"b": 1}),
        ]

    against(in_turn(answer(b"", 307, location="/c/"), answer(b"2")), use)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_redirect_that_would_lose_the_question(status: int) -> None:
    """These statuses turn a POST into a GET without its body: that is not what was asked."""

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(RuntimeRejected):
            await http.post_json("/a", {})
        assert len(server.asked) == 1

    against(saying(answer(b"", status, location="/c")), use)


def test_redirect_to_another_server_is_refused() -> None:
    """Prompts and keys go where the person said and nowhere else."""

    async def main() -> None:
        async with Loopback(saying(answer(b"1"))) as other:
            async with Loopback(saying(answer(b"", 307, location=f"{other.url}/x"))) as server:
                async with Http(server.url, api_key="sk-123456789") as http:
                    with pytest.raises(RuntimeRejected) as caught:
                        await http.post_json("/a", {"prompt": "private"})
                    with pytest.raises(RuntimeRejected):
                        await http.read_range(0, 1)
            assert other.asked == []
            assert other.url in caught.value.message

    asyncio.run(main())


def test_redirects_end() -> None:
    """Two redirects that point at each other are an error, not a loop."""

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(RuntimeRejected):
            await http.get_json("/a")
        assert len(server.asked) == 4

    against(saying(answer(b"", 302, location="/a")), use)


@pytest.mark.parametrize("location", ["gopher://x", "http://[", "http://a b", "//:x"])
def test_redirect_to_nowhere(location: str) -> None:
    """A server that redirects to nonsense is broken; the person's own address is not."""
    assert isinstance(failing(saying(answer(b"", 302, location=location)), get), RuntimeGarbled)


# proxies


def test_no_proxy_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's proxy cannot reach our loopback, and has no business with it."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert against(saying(answer(b"1")), get) == 1


def test_proxy_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere the environment's proxy is often the only way out."""

    async def main() -> None:
        async with Loopback(saying(answer(b"1"))) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url)
            monkeypatch.delenv("no_proxy", raising=False)
            monkeypatch.delenv("NO_PROXY", raising=False)
            async with Http("http://runtime.invalid") as http:
                assert await http.get_json("/x") == 1
            assert proxy.asked[0].path == "http://runtime.invalid/x"

    asyncio.run(main())


def test_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy setting that cannot be used is named as what it is."""
    monkeypatch.setenv("all_proxy", "gopher://127.0.0.1")
    with pytest.raises(ConfigProblem) as caught:
        asyncio.run(Http("http://runtime.invalid").get_json("/"))
    assert "proxy" in caught.value.message


def test_importing_the_module_is_cheap() -> None:
    """Commands that ask nobody must not pay for a client."""
    code = "import sys, gemwright.foundation.http; assert not {'httpx2', 'httpcore2', 'anyio'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
