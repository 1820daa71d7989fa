"""Frames survive any cut of the network, and whatever breaks a stream breaks it in the same place."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gemwright.foundation.errors import RuntimeGarbled, RuntimeTimeout
from gemwright.runtimes.framing import NdjsonParser, Parser, SseFrame, SseParser, error_in, frames, json_object

Read = tuple[list[Any], str | None, int]


def read(parser: Parser[Any], chunks: Iterable[bytes]) -> Read:
    """Return the frames, what broke the stream, and how many lines were damaged."""
    found = [frame for chunk in chunks for frame in parser.feed(chunk)]
    found += parser.finish()
    return found, parser.failure and parser.failure.message, parser.damaged_lines


def events(data: bytes, **options: Any) -> list[tuple[str, str]]:
    """Return the events of a stream that has to be whole."""
    found, failure, _ = read(SseParser(**options), [data])
    assert failure is None
    return [(frame.event, frame.data) for frame in found]


# server-sent events


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        (b"data: a\r\rdata: b\r\r", ["a", "b"]),
        (b"data: a\ndata: b\ndata\n\n", ["a\nb\n"]),
        (b"data:a\n\ndata:  b\n\n", ["a", " b"]),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b": keepalive 16/17\n\n:\n\ndata: a\n\n: bye", ["a"]),
        (b"id: 7\nretry: 10\nunknown: x\ndata: a\nnonsense\n\n", ["a"]),
        (b"\n\n\n", []),
        (b"", []),
        (b"event: ping\n\ndata: a\n\n", ["a"]),
        (b"data: a\n\ndata: [DONE]\n\ndata: b\n\n", ["a", "[DONE]"]),
        (b"data: a\n\ndata: [DONE]", ["a", "[DONE]"]),
        (b"data: a\n\ndata: [DONE]\n", ["a", "[DONE]"]),
        ("data: é\u2028\u0085😀\n\n".encode(), ["é\u2028\u0085😀"]),
    ],
)
def test_sse(data: bytes, found: list[str]) -> None:
    """The standard's line ends, comments, fields and byte order mark; and OpenAI's end of a stream."""
    assert [text for _, text in events(data)] == found


def test_sse_event_types() -> None:
    """An event's type is its own; older llama.cpp servers name an error by the field instead."""
    data = b'event: error\ndata: {"a":1}\n\ndata: b\n\nerror: {"code":500}\n\n'
    assert events(data) == [("error", '{"a":1}'), ("message", "b"), ("error", '{"code":500}')]


@pytest.mark.parametrize("tail", [b"data: x", b"data: x\n", b"dat", b"event: x\n", b"data: {", b"data"])
def test_half_an_event_is_a_cut_stream(tail: bytes) -> None:
    """A stream that ends inside an event lost something; what came before still counts."""
    found, failure, _ = read(SseParser(), [b"data: a\n\n" + tail])
    assert found == [SseFrame("a")]
    assert failure is not None and "middle of a frame" in failure


# JSON Lines


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"a":1}\n{"b":2}\n', [{"a": 1}, {"b": 2}]),
        (b'{"a":1}\r\n\n  \n{"b":2}', [{"a": 1}, {"b": 2}]),
        ('{"a":"x\u2028y\u0085z\x1e"}\n'.encode(), None),
        ('{"a":"x\u2028y\u0085z"}\n{"b":"\u2029"}\n'.encode(), [{"a": "x\u2028y\u0085z"}, {"b": "\u2029"}]),
        (b"", []),
    ],
)
def test_ndjson(data: bytes, found: list[Any] | None) -> None:
    r"""An object a line, and only "\n" ends one; a last line may lack it if its object is whole."""
    assert read(NdjsonParser(), [data])[0] == (found or [])


@pytest.mark.parametrize("line", [b'{"a":', b"nonsense", b"[1]", b"1", b'"x"', b"{" * 9, b'{"a":1}{"b":2}', b"null"])
def test_ndjson_lines_that_are_no_object(line: bytes) -> None:
    """Frames before the broken line count, frames after it do not."""
    for end in (b"", b"\n", b'\n{"c":3}\n'):
        found, failure, _ = read(NdjsonParser(), [b'{"ok":1}\n' + line + end])
        assert found == [{"ok": 1}]
        assert failure is not None


# cuts

PIECES = st.sampled_from(
    [
        b"data: ",
        b"data:",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b": c",
        b"event: e",
        b"error: x",
        b"[DONE]",
        b'{"a":1}',
        b'{"a":"',
        "é😀\u2028".encode(),
        b"\xe2\x82",
        b"\xff",
        b"\xef\xbb\xbf",
        b"x" * 40,
    ]
)
STREAMS = st.lists(PIECES, max_size=25).map(b"".join)


@pytest.mark.parametrize("parser", [SseParser, NdjsonParser])
@given(data=STREAMS, cuts=st.lists(st.integers(0, 200), max_size=20), cap=st.sampled_from([30, 10_000]))
@example(data=b"data: a\r\n\r\ndata: b\r\n\r\n", cuts=[8, 10], cap=30)
@example(data=b"data: ok\n\ndata: " + b"x" * 40, cuts=[12], cap=30)
def test_re_chunking_changes_nothing(
    parser: Callable[..., Parser[Any]], data: bytes, cuts: list[int], cap: int
) -> None:
    """Where the network cuts the bytes must not be seen: same frames, same failure, same count of damage."""
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    whole = read(parser(cap), [data])
    assert read(parser(cap), pieces) == whole
    one_by_one = read(parser(cap), (data[i : i + 1] for i in range(len(data))))
    assert one_by_one[:2] == whole[:2]


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    """No byte sequence may raise from the parsers; what is broken is told."""
    read(SseParser(), [data])
    read(NdjsonParser(), [data])


def test_invalid_utf8_is_replaced_and_counted() -> None:
    """Broken bytes cost a character, not the answer, and the count makes it a matter of record."""
    found, failure, damaged = read(SseParser(), [b"data: a\xff\xe2\x82b\n\ndata: c\n\n"])
    assert found == [SseFrame("a\ufffd\ufffdb"), SseFrame("c")]
    assert failure is None and damaged == 1


# caps


@pytest.mark.parametrize("start", [b"data: ", b'{"a":"', b": comment "])
@pytest.mark.parametrize("parser", [SseParser, NdjsonParser])
def test_a_line_of_100_megabytes(parser: Callable[[], Parser[Any]], start: bytes) -> None:
    """A line without end is refused at the cap, and the memory stays there."""

    def flood() -> Iterable[bytes]:
        yield start
        for _ in range(1600):
            yield b"x" * 65536

    tracemalloc.start()
    found, failure, _ = read(parser(), flood())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not found
    assert failure is not None and "more than 16,777,216 bytes" in failure
    assert peak < 60_000_000


def test_a_frame_of_many_lines_meets_the_cap() -> None:
    """Each line may be small and the event still without end."""
    parser = SseParser(cap=1000)
    chunks = (b"data: " + b"x" * 100 + b"\n" for _ in range(100))
    found, failure, _ = read(parser, chunks)
    assert not found and failure is not None


def test_a_large_frame_in_small_pieces_takes_linear_time() -> None:
    """A tool argument of 8 MB comes in pieces of a few bytes; joining them must not be quadratic."""
    body = b"data: " + b"x" * 8_000_000 + b"\n\n"
    found, failure, _ = read(SseParser(), (body[i : i + 64] for i in range(0, len(body), 64)))
    assert failure is None and len(found[0].data) == 8_000_000


# the asynchronous reader


async def chunks_of(*chunks: bytes) -> AsyncIterator[bytes]:
    """Give chunks."""
    for chunk in chunks:
        yield chunk


def collect(chunks: AsyncIterator[bytes], parser: Parser[Any], **options: Any) -> tuple[list[Any], Exception | None]:
    """Return the frames and what was raised after them."""

    async def main() -> tuple[list[Any], Exception | None]:
        found: list[Any] = []
        try:
            async for frame in frames(chunks, parser, **options):
                found.append(frame)  # noqa: PERF401 - what came before a failure is wanted too
        except Exception as error:
            return found, error
        return found, None

    return asyncio.run(main())


def test_frames_before_a_failure_are_delivered() -> None:
    """Words that arrived are shown even if the stream breaks in the same packet."""
    found, error = collect(chunks_of(b'{"a":1}\n{"b":\n{"c":3}\n'), NdjsonParser())
    assert found == [{"a": 1}] and isinstance(error, RuntimeGarbled)
    found, error = collect(chunks_of(b"data: a\n\ndata: b"), SseParser())
    assert found == [SseFrame("a")] and isinstance(error, RuntimeGarbled)


def test_reading_stops_at_done() -> None:
    """A server that keeps the connection open after `[DONE]` must not be waited for."""

    async def never_ending() -> AsyncIterator[bytes]:
        yield b"data: [DONE]\n\n"
        raise AssertionError("read on after the end")

    assert collect(never_ending(), SseParser()) == ([SseFrame("[DONE]")], None)


def test_signs_of_life_are_not_an_answer() -> None:
    """Comments keep the connection from idling out; without a frame they are a hang of their own."""
    now = iter(range(100))
    chunks = chunks_of(*[b": still here\n\n"] * 50)
    found, error = collect(chunks, SseParser(), silence=10, clock=lambda: next(now))
    assert found == [] and isinstance(error, RuntimeTimeout)
    now = iter(range(1000))
    chunks = chunks_of(*[b": still here\n\n", b"data: a\n\n"] * 50)
    assert len(collect(chunks, SseParser(), silence=10, clock=lambda: next(now))[0]) == 50


def test_damage_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Replaced bytes are visible to whoever looks, though nothing fails."""
    collect(chunks_of(b"data: \xff\n\n"), SseParser())
    assert "no UTF-8" in caplog.text


# objects


def test_lone_surrogates_become_text() -> None:
    """JSON can spell half a character; no file, terminal or request could carry it on."""
    text = json.dumps({"a\ud800": ["x\udc00", {"b": "😀"}], "n": 1})
    assert json_object(text) == {"a\ufffd": ["x\ufffd", {"b": "😀"}], "n": 1}


@pytest.mark.parametrize(
    ("frame", "event", "status", "words"),
    [
        ({"error": {"code": 500, "message": "boom"}}, "message", 500, "answered 500: boom"),
        ({"error": {"code": 400, "message": "no"}}, "message", 400, "answered 400: no"),
        ({"error": "out of luck"}, "message", 500, "answered 500: out of luck"),
        ({"error": {"code": "rate_limit", "message": "slow"}}, "message", 500, "answered 500: slow"),
        ({"error": {"code": 200, "message": "odd"}}, "message", 500, "answered 500: odd"),
        ({"code": 503, "message": "gone"}, "error", 503, "answered 503: gone"),
    ],
)
def test_errors_in_a_stream(frame: dict[str, Any], event: str, status: int, words: str) -> None:
    """The status line said 200 long ago: the frame's own code counts."""
    error = error_in(frame, where="http://x", event=event)
    assert error is not None
    assert (error.status, error.message) == (status, f"http://x {words}")


def test_no_error_in_a_stream() -> None:
    """An error field that holds nothing is none."""
    assert error_in({"content": "a", "error": None}, where="x") is None
    assert error_in({"content": "error"}, where="x") is None
