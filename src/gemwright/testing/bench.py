"""What a check works with: a fresh runtime, watched, and the client in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gemwright.client.async_client import AsyncClient
from gemwright.client.lanes import LaneName
from gemwright.messages import Event, GenerationOptions, Message, ToolSpec, Turn
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Runtime, RuntimeInfo

__all__ = ["Bench", "Broken", "Heard", "Limits", "NotApplicable", "Watched", "bench_of"]


class Broken(AssertionError):
    """The contract does not hold; the message says what was expected and what came."""


class NotApplicable(Exception):
    """The check says nothing about this runtime; the message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds.

    Attributes:
        answer: one answer, from the request to its end.
        stop: from leaving a stream, or cancelling who waits in it, to having it behind oneself.
    """

    answer: float = 120.0
    stop: float = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: the client's events, the turn they make, and the runtime's chunks behind them."""

    events: list[Event]
    turn: Turn
    chunks: list[RawChunk | ChatChunk]


class Watched:
    """A `Runtime` that passes everything on and keeps the chunks of its streams."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.chunks: list[RawChunk | ChatChunk] = []

    async def describe(self) -> RuntimeInfo:
        """Pass on."""
        return await self.runtime.describe()

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Pass on, and keep."""
        async with aclosing(self.runtime.generate(request)) as chunks:
            async for chunk in chunks:
                self.chunks.append(chunk)
                yield chunk

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Pass on, and keep."""
        async with aclosing(self.runtime.chat(request)) as chunks:
            async for chunk in chunks:
                self.chunks.append(chunk)
                yield chunk

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Pass on."""
        return await self.runtime.tokenize(text, parse_special=parse_special)

    async def aclose(self) -> None:
        """Pass on."""
        await self.runtime.aclose()


@dataclass(slots=True)
class Bench:
    """A runtime under test.

    Attributes:
        runtime: the adapter itself.
        lane: the lane that is tested.
        limits: how long things may take.
        info: what it tells of itself.
    """

    runtime: Runtime
    lane: LaneName
    limits: Limits
    info: RuntimeInfo = field(default_factory=lambda: RuntimeInfo(""))

    async def ask(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> Heard:
        """Ask through the client, in the lane that is tested, and hear everything.

        Raises:
            Broken: it takes longer than the limit.
        """
        watched = Watched(self.runtime)
        client = AsyncClient(watched, lane=self.lane)
        events: list[Event] = []
        try:
            async with asyncio.timeout(self.limits.answer), client.stream(messages, tools, options) as stream:
                async for event in stream:
                    events.append(event)  # noqa: PERF401 - what came before a failure is wanted too
                return Heard(events, stream.so_far(), watched.chunks)
        except TimeoutError:
            raise Broken(f"no answer in {self.limits.answer:g} s; {len(events)} events came") from None

    def skip_ignored(self, name: str) -> None:
        """Leave a check out where the runtime tells that it leaves a field out.

        Raises:
            NotApplicable: it does.
        """
        if name in self.info.capabilities.ignores:
            raise NotApplicable(f"the runtime leaves {name} out, and says so")


@asynccontextmanager
async def bench_of(make: Callable[[], Runtime], lane: LaneName, limits: Limits) -> AsyncGenerator[Bench]:
    """Make a runtime, and close it afterwards.

    Args:
        make: makes it, inside the event loop.
        lane: the lane to test.
        limits: how long things may take.

    Raises:
        NotApplicable: it does not take that lane.
    """
    bench = Bench(make(), lane, limits)
    try:
        bench.info = await bench.runtime.describe()
        can: Any = bench.info.capabilities
        if not (can.chat if lane == "chat" else can.raw_text or can.raw_tokens):
            raise NotApplicable(f"{bench.info.runtime} does not take the {lane} lane")
        yield bench
    finally:
        await bench.runtime.aclose()
