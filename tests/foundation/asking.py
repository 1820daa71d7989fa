"""Clients for servers that a test makes up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gemwright.foundation.errors import RuntimeFailure
from gemwright.foundation.http import Http, Timeouts
from tests.loopback import Handler, Loopback

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


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
