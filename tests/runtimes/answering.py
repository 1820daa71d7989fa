"""Loopback servers by path, and what an adapter makes of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from gemwright.foundation.errors import GemwrightError
from gemwright.runtimes.base import ChatRequest, RawRequest, Runtime
from tests.loopback import END, Asked, Handler, Loopback, Say, answer, head, piece

NDJSON = head(kind="application/x-ndjson", transfer_encoding="chunked")


class Making(Protocol):
    """What makes an adapter for an address."""

    def __call__(self, base_url: str, /) -> Any:
        """Make it."""
        ...


def as_json(value: object, status: int = 200) -> bytes:
    """Return a whole answer that holds a value."""
    return answer(json.dumps(value).encode(), status)


def by_path(routes: Mapping[str, bytes | Handler]) -> Handler:
    """Return a handler that answers by path, and 404 in FastAPI's words to every other."""

    async def handler(asked: Asked, say: Say) -> None:
        found = routes.get(asked.path, as_json({"detail": "Not Found"}, 404))
        await (say(found) if isinstance(found, bytes) else found(asked, say))

    return handler


def lines(*frames: object) -> bytes:
    """Return a whole stream of JSON Lines; bytes go in as they are."""
    body = b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in frames)
    return NDJSON + piece(body) + END


def events(*frames: object, done: bool = True) -> bytes:
    """Return a whole stream of server-sent events; bytes go in as they are."""
    parts = [one if isinstance(one, bytes) else b"data: " + json.dumps(one).encode() + b"\n\n" for one in frames]
    return head(transfer_encoding="chunked") + piece(b"".join(parts) + (b"data: [DONE]\n\n" if done else b"")) + END


def asking(make: Making, handler: Handler, use: Callable[[Any, Loopback], Awaitable[Any]]) -> Any:
    """Run `use` with an adapter for a server of that handler."""

    async def main() -> Any:
        async with Loopback(handler) as server:
            runtime = make(server.url)
            try:
                async with asyncio.timeout(20):
                    return await use(runtime, server)
            finally:
                await runtime.aclose()

    return asyncio.run(main())


def described(make: Making, routes: Mapping[str, bytes | Handler]) -> Any:
    """Ask who answers."""
    return asking(make, by_path(routes), lambda runtime, _: runtime.describe())


async def heard(runtime: Runtime, request: RawRequest | ChatRequest) -> tuple[list[Any], GemwrightError | None]:
    """Return the chunks of a stream, and the error that ended it."""
    chunks: list[Any] = []
    stream: Any = runtime.generate(request) if isinstance(request, RawRequest) else runtime.chat(request)
    try:
        async for chunk in stream:
            chunks.append(chunk)  # noqa: PERF401 - what came before a failure is wanted too
    except GemwrightError as failure:
        return chunks, failure
    return chunks, None


def outcome(
    make: Making, routes: Mapping[str, bytes | Handler], request: RawRequest | ChatRequest
) -> tuple[list[Any], GemwrightError | None]:
    """Return the chunks of a stream, and the error that ended it."""
    return asking(make, by_path(routes), lambda runtime, _: heard(runtime, request))


def sent(make: Making, routes: Mapping[str, bytes | Handler], request: RawRequest | ChatRequest) -> Any:
    """Return the body of the last thing that was asked for a request."""

    async def use(runtime: Any, server: Loopback) -> Any:
        await heard(runtime, request)
        return server.asked[-1].json

    return asking(make, by_path(routes), use)
