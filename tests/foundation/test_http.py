"""The HTTP client against slow, broken, hostile and absent servers: each ends in one of our errors, soon."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gemwright.foundation.errors import (
    BadOption,
    RuntimeGarbled,
    RuntimeRejected,
    RuntimeTimeout,
    RuntimeUnreachable,
    UsageProblem,
)
from gemwright.foundation.http import Http, Timeouts
from tests.foundation.asking import QUICK, against, closed_port, failing, get, read_stream
from tests.loopback import END, STREAM, Asked, Handler, Loopback, Say, answer, for_ever, head, in_turn, piece, saying

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


def test_half_a_character_is_refused_here() -> None:
    """Servers answer a lone surrogate with the words of their JSON parser; the spelling of one in a text is fine."""

    async def use(http: Http, server: Loopback) -> None:
        with pytest.raises(UsageProblem) as caught:
            await http.post_json("/a", {"text": "a\ud800b"})
        assert "surrogate" in caught.value.message
        await http.post_json("/a", {"text": "😀 \\ud800 \\\\udfff \u2028"})
        assert [one.json for one in server.asked] == [{"text": "😀 \\ud800 \\\\udfff \u2028"}]

    against(saying(answer(b"1")), use)


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
