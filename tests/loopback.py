"""An HTTP server on a loopback port that says exactly the bytes that a test tells it to, and notes what it is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON value."""
        return json.loads(self.body)


Say = Callable[[bytes], Awaitable[None]]
Handler = Callable[[Asked, Say], Awaitable[None]]


class Loopback:
    """Serves each connection with one answer of the handler and closes it then.

    Attributes:
        asked: every request so far.
        left: set once a client closed its connection before the answer was complete.
    """

    def __init__(self, handler: Handler) -> None:
        self.asked: list[Asked] = []
        self.left = asyncio.Event()
        self._handler = handler
        self._serving: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Loopback:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.sleep(0)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.transport.abort() if self.left.is_set() else writer.close()
            self._serving.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read(reader)
        self.asked.append(request)

        async def say(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        talking = asyncio.ensure_future(self._handler(request, say))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait([talking, gone], return_when=asyncio.FIRST_COMPLETED)
            if not talking.done():
                self.left.set()
        finally:
            for task in (talking, gone):
                task.cancel()
            await asyncio.gather(talking, gone, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, body)


def answer(body: bytes = b"", status: int = 200, kind: str = "application/json", **headers: str) -> bytes:
    """Return a whole answer."""
    return head(status, kind, content_length=str(len(body)), **headers) + body


def head(status: int = 200, kind: str = "text/event-stream", **headers: str) -> bytes:
    """Return an answer's head; underscores in the names of headers become hyphens."""
    lines = [f"HTTP/1.1 {status} Status", f"content-type: {kind}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


STREAM = head(transfer_encoding="chunked")
"""The head of a streamed answer, whose pieces follow as `piece`s."""

END = b"0\r\n\r\n"
"""The end of a streamed answer."""


def piece(data: bytes) -> bytes:
    """Return one piece of a streamed answer."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def saying(*parts: bytes) -> Handler:
    """Return a handler that says these parts, one after the other, to every request."""

    async def handler(_: Asked, say: Say) -> None:
        for part in parts:
            await say(part)

    return handler


def in_turn(*answers: bytes) -> Handler:
    """Return a handler that gives the first answer to the first request, and so on."""
    left = iter(answers)

    async def handler(_: Asked, say: Say) -> None:
        await say(next(left))

    return handler


async def for_ever(_: Asked, __: Say) -> None:
    """A handler that never says anything."""
    await asyncio.Event().wait()
