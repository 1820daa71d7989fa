"""A request sent again, where its stream broke before anything of the answer came.

`foundation.http` sends again what failed before an answer began, and marks such failures as settled. What is left for this
file is the little time between an answer's head and its first chunk: a proxy that lost its server, or an error as the first
frame. After the first chunk nothing is sent again, since somebody may have acted on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final, TypeVar

from gemwright.foundation.errors import RuntimeFailure, RuntimeGarbled, RuntimeRejected

__all__ = ["RETRIES", "retried"]

RETRIES: Final = 1
"""How often a request is sent again."""

_BACKOFF: Final = 0.25
_TRANSIENT_STATUS: Final = frozenset({429, 502, 503, 504})

_C = TypeVar("_C")


async def retried(
    send: Callable[[], AsyncGenerator[_C]],
    *,
    retries: int = RETRIES,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[_C]:
    """Yield the chunks of a request, sent again after failures that may pass, as long as no chunk has come.

    Args:
        send: sends the request; called once for each attempt.
        retries: how often it may be sent again.
        sleep: waits between attempts; tests pass their own.

    Raises:
        RuntimeFailure: what the last attempt failed with.
    """
    attempt = 0
    while True:
        begun = False
        try:
            async with aclosing(send()) as chunks:
                async for chunk in chunks:
                    begun = True
                    yield chunk
            return
        except RuntimeFailure as failure:
            if begun or failure.settled or attempt >= retries or not _may_pass(failure):
                raise
        await sleep(_BACKOFF * 2**attempt)
        attempt += 1


def _may_pass(failure: RuntimeFailure) -> bool:
    if isinstance(failure, RuntimeRejected):
        return failure.status in _TRANSIENT_STATUS
    return isinstance(failure, RuntimeGarbled)
