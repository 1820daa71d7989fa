"""Frames out of bytes: server-sent events and JSON Lines, however the network cut them.

Knows: where a frame ends, how large one may be, what half a frame means, and what an error inside a stream looks like.
Never knows: what a frame says.

Both parsers take bytes by `feed` and are told the end by `finish`. Lines are found as bytes and decoded whole, so a
character that was cut in two is whole again; bytes that are no UTF-8 become U+FFFD and are counted in `damaged_lines`.
Source of the event format: the "Server-sent events" section of the WHATWG HTML standard.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar, cast

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, RuntimeGarbled, RuntimeRejected, RuntimeTimeout
from gemwright.foundation.rejections import rejection

__all__ = [
    "DONE",
    "MAX_FRAME",
    "NdjsonParser",
    "Parser",
    "SseFrame",
    "SseParser",
    "error_in",
    "frames",
    "json_object",
]

MAX_FRAME: Final = 16 * 1024 * 1024
"""Bytes of one line and of one frame. llama.cpp repeats the whole prompt in its last frame: a megabyte or two."""

DONE: Final = "[DONE]"
"""The data of the frame by which OpenAI's protocol ends a stream."""

_ANY_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_NEWLINE: Final = re.compile(rb"\n")
_SURROGATE_ESCAPE: Final = re.compile(r"\\u[dD][89abAB]|\\u[dD][c-fC-F]")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_log = logging.getLogger("gemwright.runtimes")

Frame = TypeVar("Frame")


@dataclass(frozen=True, slots=True)
class SseFrame:
    """One event: its data lines joined by newlines, and its type."""

    data: str
    event: str = "message"


class Parser(Protocol[Frame]):
    """What both parsers are. `feed` and `finish` never raise: what went wrong is in `failure`."""

    failure: RuntimeGarbled | None
    damaged_lines: int
    done: bool

    def feed(self, data: bytes) -> list[Frame]:
        """Take some bytes and return the frames that they complete."""
        ...

    def finish(self) -> list[Frame]:
        """Take the end of the stream and return the frames that it completes."""
        ...


class _Lines:
    """Cuts bytes into lines and holds back the last, unfinished one."""

    def __init__(self, ends: re.Pattern[bytes]) -> None:
        self._ends = ends
        self._rest = bytearray()
        self._after_cr = False

    def feed(self, data: bytes) -> list[bytes]:
        if self._after_cr and data:
            data = data.removeprefix(b"\n")  # the second half of a CRLF that was cut in two
            self._after_cr = False
        if not data:
            return []
        self._after_cr = self._ends is _ANY_LINE_END and data.endswith(b"\r")
        lines = self._ends.split(data)
        self._rest += lines[0]
        if len(lines) > 1:
            lines[0] = bytes(self._rest)
            self._rest = bytearray(lines[-1])
        return lines[:-1]

    @property
    def held(self) -> int:
        return len(self._rest)

    def rest(self) -> bytes:
        rest, self._rest = bytes(self._rest), bytearray()
        return rest


class _LineParser:
    """What the two parsers share: lines within a cap, damaged bytes counted, and no frame after a failure."""

    def __init__(self, ends: re.Pattern[bytes], cap: int) -> None:
        self.failure: RuntimeGarbled | None = None
        """What broke the stream, once something did; frames that were complete before it are still returned."""
        self.damaged_lines = 0
        """Lines that held bytes which are no UTF-8."""
        self.done = False
        """Whether the stream has said that nothing follows."""
        self._cap = cap
        self._lines = _Lines(ends)

    def _cut(self, data: bytes) -> Iterator[str]:
        """Yield the lines that `data` completes, as long as nothing ended the stream or broke it."""
        for line in self._lines.feed(data):
            if self.done or self.failure is not None:
                return
            if len(line) > self._cap:
                self._fail_by_size()
                return
            yield self._text(line)
        if self._lines.held > self._cap:
            self._fail_by_size()

    def _text(self, line: bytes) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.damaged_lines += 1
            return line.decode("utf-8", "replace")

    def _fail_by_size(self) -> None:
        self._fail(f"a frame of more than {self._cap:,} bytes", "is this the address of the runtime?")

    def _fail(self, what: str, hint: str = "") -> None:
        self.failure = self.failure or RuntimeGarbled(f"the stream broke: {what}", hint=hint)
        self._lines.rest()


class SseParser(_LineParser):
    """Server-sent events.

    A comment is passed over, `id` and `retry` are of no use here. A stream that ends inside an event was cut off; only
    an unfinished `[DONE]` is taken for one.

    Args:
        cap: bytes that a line, and the data of an event, may have.
    """

    def __init__(self, cap: int = MAX_FRAME) -> None:
        super().__init__(_ANY_LINE_END, cap)
        self._data: list[str] = []
        self._size = 0
        self._event = ""
        self._first = True

    def feed(self, data: bytes) -> list[SseFrame]:
        """Take some bytes and return the events that they complete, none after a failure or after `[DONE]`."""
        found: list[SseFrame] = []
        if self.failure is None and not self.done:
            for line in self._cut(data):
                self._line(line, found)
        return found

    def finish(self) -> list[SseFrame]:
        """Take the end of the stream; a half event becomes the `failure`."""
        found: list[SseFrame] = []
        if self.failure is None and not self.done:
            rest = self._text(self._lines.rest())
            if rest:
                self._line(rest, found)
            if self._data == [DONE]:
                self._end_of_event(found)
            elif self._data or self._event or (rest and not rest.startswith(":")):
                self._fail("it ends in the middle of a frame")
        return found

    def _line(self, line: str, found: list[SseFrame]) -> None:
        if self._first:
            line, self._first = line.removeprefix("\ufeff"), False
        if not line:
            self._end_of_event(found)
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name in ("data", "error"):  # older llama.cpp servers write `error: {…}` for an error in a stream
            self._event = "error" if name == "error" else self._event
            self._size += len(value) + 1
            if self._size > self._cap:
                self._fail_by_size()
                return
            self._data.append(value)
        elif name == "event":
            self._event = value

    def _end_of_event(self, found: list[SseFrame]) -> None:
        if self._data:
            frame = SseFrame("\n".join(self._data), self._event or "message")
            self.done = frame.data.strip() == DONE
            found.append(frame)
        self._data, self._size, self._event = [], 0, ""


class NdjsonParser(_LineParser):
    r"""JSON Lines: an object a line, "\n" and nothing else between two of them (U+2028 is data).

    Blank lines are passed over. A last line without its "\n" counts if it is a whole object, else the stream was cut.

    Args:
        cap: bytes that a line may have.
    """

    def __init__(self, cap: int = MAX_FRAME) -> None:
        super().__init__(_NEWLINE, cap)

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Take some bytes and return the objects that they complete, none after a failure."""
        found: list[dict[str, Any]] = []
        if self.failure is None:
            for line in self._cut(data):
                self._line(line, found)
        return found

    def finish(self) -> list[dict[str, Any]]:
        """Take the end of the stream; half an object becomes the `failure`."""
        found: list[dict[str, Any]] = []
        if self.failure is None:
            self._line(self._text(self._lines.rest()), found)
        return found

    def _line(self, line: str, found: list[dict[str, Any]]) -> None:
        if self.failure is None and not line.isspace() and line:
            try:
                found.append(json_object(line))
            except RuntimeGarbled as error:
                self._fail(error.message)


async def frames(
    chunks: AsyncIterable[bytes],
    parser: Parser[Frame],
    *,
    silence: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Frame]:
    """Yield the frames of a stream until it ends or says that it is done.

    Args:
        chunks: bytes, as the network cut them.
        parser: a fresh parser.
        silence: seconds in which a frame has to come though bytes do: comments prove that a server lives, not that it
            is going to answer.
        clock: tells seconds.

    Raises:
        RuntimeGarbled: the stream breaks its format or ends inside a frame.
        RuntimeTimeout: no frame within `silence`.
    """
    last = clock()
    async for data in chunks:
        for frame in parser.feed(data):
            yield frame
            last = clock()
        if parser.failure is not None:
            raise parser.failure
        if parser.done:
            break
        if silence is not None and clock() - last > silence:
            raise RuntimeTimeout(f"the stream carried signs of life but no frame for {silence:g} s")
    else:
        for frame in parser.finish():
            yield frame
        if parser.failure is not None:
            raise parser.failure
    if parser.damaged_lines:
        _log.warning("%d frames held bytes that are no UTF-8; they became U+FFFD", parser.damaged_lines)


def json_object(text: str) -> dict[str, Any]:
    """Read a frame that has to be a JSON object. Lone surrogates in its strings, which no text has, become U+FFFD.

    Raises:
        RuntimeGarbled: it is none.
    """
    try:
        value = jsonx.parse(text)
    except BadJSON as error:
        raise RuntimeGarbled(f"a frame is {error}") from None
    if not isinstance(value, dict):
        raise RuntimeGarbled("a frame is JSON, but no object")
    found = cast("dict[str, Any]", value)
    return _mended(found) if _SURROGATE_ESCAPE.search(text) else found


def error_in(frame: dict[str, Any], *, where: str, event: str = "message") -> RuntimeRejected | None:
    """Return the error that a frame reports, or None if it reports none.

    Args:
        frame: the frame's object: `{"error": {"code": …, "message": …}}`, `{"error": "…"}`, or, in an event of type
            error, the error itself.
        where: who sent it, for the message.
        event: type of the event that it came in.
    """
    error: Any = frame.get("error") or (frame if event == "error" else None)
    if not error:
        return None
    code: Any = cast("dict[str, Any]", error).get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code <= 599 else 500
    body: dict[str, Any] = {"error": error}
    return rejection(status, jsonx.compact(body), where=where)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {_mended(k): _mended(v) for k, v in cast("dict[str, Any]", value).items()}
    return value
