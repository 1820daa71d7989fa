"""A small proxy in front of a real llama.cpp: it hands everything on, but for the streams, which it spoils as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from tests.loopback import Asked, Handler, Say

STREAMS = ("/completion", "/v1/chat/completions")

Fault = Callable[[bytes, Say], Awaitable[None]]
"""Takes the body of the engine's stream, and says head and body as the client shall see them."""


async def handed_on(url: str, request: Asked) -> bytes:
    """Ask the engine the same, and return its whole answer, head included."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        head = f"{request.method} {request.path} HTTP/1.0\r\nHost: {address.netloc}\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(request.body)}\r\n\r\n"
        writer.write(head.encode() + request.body)
        await writer.drain()
        return await reader.read(-1)
    finally:
        writer.close()


def body_of(answer: bytes) -> bytes:
    """Return the body of an answer, its chunks joined."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"chunked" not in head.lower():
        return body
    joined = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        count = int(size, 16)
        joined, body = joined + rest[:count], rest[count + 2 :]
        if not count:
            break
    return joined


class Recording:
    """What the engine said, kept so that one stream can be spoiled in a thousand ways without asking as often."""

    def __init__(self, body: bytes | None = None) -> None:
        self.body = body
        self.answers: dict[tuple[str, bytes], bytes] = {}


def spoiling(url: str, fault: Fault, *, kept: Recording | None = None) -> Handler:
    """Return the handler of a proxy.

    Args:
        url: address of the engine.
        fault: what happens to streams.
        kept: where what it said first is kept and taken from later; else the engine is asked each time.
    """

    async def handler(request: Asked, say: Say) -> None:
        if request.path not in STREAMS:
            answers = {} if kept is None else kept.answers
            question = request.path, request.body
            if question not in answers:
                answers[question] = await handed_on(url, request)
            await say(answers[question])
            return
        body = kept.body if kept is not None else None
        if body is None:
            body = body_of(await handed_on(url, request))
            if kept is not None:
                kept.body = body
        await fault(body, say)

    return handler


def frames_of(body: bytes) -> list[bytes]:
    """Return the frames of a stream of events."""
    return [frame + b"\n\n" for frame in body.split(b"\n\n") if frame]
