"""The HTTP client against slow, broken, hostile and absent servers: each ends in one of our errors, soon."""

from __future__ import annotations

import asyncio
import base64
import gzip
import socket
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
    RuntimeTimeout,
    RuntimeUnreachable,
)
from gemwright.foundation.http import Http, Timeouts
from tests.loopback import END, STREAM, Asked, Handler, Loopback, Say, answer, for_ever, head, in_turn, piece, saying

QUICK = Timeouts(connect=2, first_byte=0.3, idle=0.3, total=0.6)
PATIENT = Timeouts(connect=5, first_byte=20, idle=20, total=20)


def against(
    handler: Handler, use: Callable[[Http, Loopback], Awaitable[Any]], timeouts: Timeouts = PATIENT, **options: Any
) -> Any:
    """Run `use` with a client for a server of that handler; retries wait no time."""

    async def main() -> Any:
        async with Loopback(handler) as server:
            async with Http(server.url, timeouts=timeouts, sleep=no_wait, **options) as http:
                async with asyncio.timeout(20):
                    return await use(http, server)

    return asyncio.run(main())


def failing(handler: Handler, use: Callable[[Http, Loopback], Awaitable[Any]], **options: Any) -> RuntimeFailure:
    """Run `use` as above and return the failure that it has to raise."""
    with pytest.raises(RuntimeFailure) as caught:
        against(handler, use, **options)
    return caught.value


async def no_wait(_: float) -> None:
    """Wait not at all."""


async def get(http: Http, _: Loopback) -> Any:
    """Ask a plain question."""
    return await http.get_json("/x")


async def read_stream(http: Http, _: Loopback) -> list[bytes]:
    """Ask for a stream and read it whole."""
    async with http.stream_post("/x", {}) as stream:
        return [chunk async for chunk in stream]


# plain requests


def test_json_both_ways() -> None:
    """The one thing that has to work: a value goes there, a value comes back, and we say who we are."""

    async def use(http: Http, server: Loopback) -> None:
        assert await http.post_json("/a", {"text": "é\u2028", "n": 1}) == {"b": [2]}
        asked = server.asked[0]
        assert (asked.method, asked.path, asked.json) == ("POST", "/a", {"text": "é\u2028", "n": 1})
        assert asked.headers["content-type"] == "application/json"
        assert asked.headers["user-agent"].startswith("gemwright")
        assert asked.headers["accept-encoding"] == "identity"
        assert "authorization" not in asked.headers

    against(saying(answer(b'{"b":[2]}')), use)


def test_one_client_in_two_event_loops() -> None:
    """Blocking callers start a loop for each question; connections of the first loop must not be met in the second."""

    def serve_once(http: Http | None) -> Http:
        async def main() -> Http:
            async with Loopback(saying(answer(b"1"))) as server:
                client = http or Http(server.url)
                if http is None:
                    assert await client.get_json("/") == 1
                else:
                    with pytest.raises(RuntimeUnreachable):
                        await client.get_json("/")
                return client

        return asyncio.run(main())

    client = serve_once(None)
    serve_once(Http(client.address.origin, retries=0))
    with pytest.raises(RuntimeUnreachable):
        asyncio.run(Http.get_json(client, "/"))


@pytest.mark.parametrize("body", [b"", b"{", b"<html>hello</html>", b'{"a":1,"a":2}', b"[" * 100_000, b"\xff"])
def test_not_json(body: bytes) -> None:
    """A body that is no JSON is the server's fault and says so, whatever it is instead."""
    assert isinstance(failing(saying(answer(body)), get), RuntimeGarbled)


def test_web_page_is_recognised() -> None:
    """The commonest wrong address is a web page with status 200."""
    assert "web page" in failing(saying(answer(b"<html>", kind="text/html; charset=x")), get).hint


def test_plain_body_is_capped() -> None:
    """A server that never stops talking must not fill the memory."""

    async def endless(_: Asked, say: Say) -> None:
        await say(STREAM)
        while True:
            await say(piece(b" " * 65536))

    tracemalloc.start()
    failure = failing(endless, get, body_cap=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(failure, RuntimeGarbled) and "1,000,000 bytes" in failure.message
    assert peak < 20_000_000


# nobody there


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_unreachable_is_tried_thrice() -> None:
    """A server that is just starting may answer a moment later; one that is not there is named soon."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    url = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(RuntimeUnreachable) as caught:
        asyncio.run(Http(url, sleep=sleep).get_json("/"))
    assert url in caught.value.message
    assert waits == [0.25, 0.5]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's queue of waiting connections differs elsewhere")
def test_connect_timeout() -> None:
    """A machine that is switched off swallows the first packet: that has a deadline of its own."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(full.getsockname())
            http = Http(f"http://127.0.0.1:{full.getsockname()[1]}", timeouts=Timeouts(connect=0.2))
            begun = time.monotonic()
            with pytest.raises(RuntimeTimeout) as caught:
                asyncio.run(http.get_json("/"))
        finally:
            for one in waiting:
                one.close()
    assert "no connection" in caught.value.message
    assert time.monotonic() - begun < 5


# retries


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_asked_again(status: int) -> None:
    """A model that is still loading says 503, and a moment later it answers."""

    async def use(http: Http, server: Loopback) -> None:
        assert await http.get_json("/") == 1
        assert len(server.asked) == 2

    against(in_turn(answer(b"{}", status), answer(b"1")), use)


def test_dropped_connection_is_asked_again() -> None:
    """A server may close a kept connection just as we use it."""

    async def use(http: Http, server: Loopback) -> None:
        assert await http.get_json("/") == 1
        assert len(server.asked) == 2

    against(in_turn(b"", answer(b"1")), use)


@pytest.mark.parametrize("status", [400, 401, 404, 413, 500])
def test_what_will_not_pass_is_asked_once(status: int) -> None:
    """A mistake stays one, and a crash would only be repeated."""

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(RuntimeRejected) as caught:
            await http.get_json("/")
        assert caught.value.status == status
        assert len(server.asked) == 1

    against(saying(answer(b"{}", status)), use)


def test_nothing_is_sent_again_after_the_head() -> None:
    """Half an answer was seen: asking again would say it twice."""

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(RuntimeGarbled):
            await read_stream(http, server)
        assert len(server.asked) == 1

    against(saying(STREAM + piece(b"data: 1\n\n")), use)


def test_retries_end() -> None:
    """A server that is always busy is given up."""

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(RuntimeRejected):
            await http.get_json("/")
        assert len(server.asked) == 3

    against(saying(answer(b"{}", 503)), use)


# deadlines


async def dripping_head(_: Asked, say: Say) -> None:
    """Send a head byte by byte, so that no single read is ever late."""
    for byte in head() * 100:
        await say(bytes([byte]))
        await asyncio.sleep(0.02)


async def dripping_body(_: Asked, say: Say) -> None:
    """Send a body byte by byte, for ever."""
    await say(STREAM)
    while True:
        await say(piece(b" "))
        await asyncio.sleep(0.02)


async def stalling(_: Asked, say: Say) -> None:
    """Begin a body and fall silent."""
    await say(STREAM + piece(b"data: 1\n\n"))
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("handler", "use", "words"),
    [
        (for_ever, read_stream, "did not begin to answer within 0.3 s"),
        (dripping_head, read_stream, "did not begin to answer within 0.3 s"),
        (stalling, read_stream, "fell silent for 0.3 s"),
        (for_ever, get, "within 0.6 s"),
        (dripping_head, get, "within 0.6 s"),
        (dripping_body, get, "the whole answer within 0.6 s"),
    ],
)
def test_deadlines(handler: Handler, use: Callable[[Http, Loopback], Awaitable[Any]], words: str) -> None:
    """Nothing may hang: not a silent server, and not one that drips just fast enough."""
    begun = time.monotonic()
    failure = failing(handler, use, timeouts=QUICK)
    assert isinstance(failure, RuntimeTimeout)
    assert words in failure.message
    assert time.monotonic() - begun < 5


def test_a_timeout_is_not_repeated() -> None:
    """The server may still be working on the question; a second one would double its work."""

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(RuntimeTimeout):
            await read_stream(http, server)
        assert len(server.asked) == 1

    against(for_ever, use, QUICK)


def test_timeouts_are_above_zero() -> None:
    """A timeout of nothing would fail everything, and not-a-number would fail nothing."""
    for wrong in (0, -1, float("nan")):
        with pytest.raises(BadOption):
            Timeouts(idle=wrong)


# streams


def test_stream_gives_the_chunks_as_they_come() -> None:
    """The first chunk has to be seen before the second is sent."""
    seen = asyncio.Event()

    async def handler(_: Asked, say: Say) -> None:
        await say(STREAM + piece(b"one"))
        await seen.wait()
        await say(piece(b"two") + END)

    async def use(http: Http, _: Loopback) -> None:
        chunks: list[bytes] = []
        async with http.stream_post("/x", {"a": 1}) as stream:
            assert stream.content_type == "text/event-stream"
            async for chunk in stream:
                chunks.append(chunk)
                seen.set()
        assert chunks == [b"one", b"two"]

    against(handler, use)


def test_cut_connection() -> None:
    """A stream that ends without its end was cut, and that must not pass for the end of an answer."""
    failure = failing(saying(STREAM + piece(b"data: 1\n\n")), read_stream)
    assert isinstance(failure, RuntimeGarbled) and "in the middle" in failure.message


def test_reset_connection() -> None:
    """A server that crashes resets its connections."""

    async def main() -> None:
        def crash(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(STREAM + piece(b"data: 1\n\n"))
            asyncio.get_running_loop().call_later(0.1, writer.transport.abort)

        server = await asyncio.start_server(crash, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Http(f"http://127.0.0.1:{port}") as http:
            with pytest.raises(RuntimeGarbled):
                async with http.stream_post("/x", {}) as stream:
                    async for _ in stream:
                        pass

    asyncio.run(main())


@pytest.mark.parametrize("talking", [True, False])
def test_cancelling_closes_the_connection_at_once(talking: bool) -> None:
    """A server learns only from the closed connection that nobody waits any more, before the first byte and after."""

    async def use(http: Http, server: Loopback) -> None:
        task = asyncio.ensure_future(read_stream(http, server))
        while not server.asked:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.left.wait(), 5)
        assert time.monotonic() - begun < 0.1

    against(stalling if talking else for_ever, use)


def test_leaving_a_stream_closes_the_connection_at_once() -> None:
    """Whoever has read enough stops the server's work by leaving the block."""

    async def use(http: Http, server: Loopback) -> None:
        async with http.stream_post("/x", {}) as stream:
            async for _ in stream:
                break
        begun = time.monotonic()
        await asyncio.wait_for(server.left.wait(), 5)
        assert time.monotonic() - begun < 0.1

    against(stalling, use)


# compression


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b'{"a":1}')),
        ("x-gzip", gzip.compress(b'{"a":1}')),
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
        ("gzip, gzip", gzip.compress(gzip.compress(b"1"))),
        ("gzip", gzip.compress(b"[1,2,3]")[:-4]),
        ("gzip", b"this is not gzip"),
    ],
)
def test_compression_that_cannot_be_undone(coding: str, body: bytes) -> None:
    """An unknown, doubled, cut or broken compression is named, not passed on as noise."""
    failure = failing(saying(answer(body, content_encoding=coding)), get)
    assert isinstance(failure, RuntimeGarbled) and "compress" in failure.message


def test_compression_bomb_meets_the_cap() -> None:
    """Half a megabyte that unpacks to 500 MB must cost neither the memory nor the time."""
    bomb = gzip.compress(b" " * 500_000_000, 9)
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
