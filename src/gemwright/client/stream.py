"""A turn in progress: the events of one exchange, and what iterates them.

`TurnStarted` comes with the first chunk, since only then has the runtime accepted the request; nothing is sent again after
it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType

from gemwright.client.exchange import Question, chat_exchange, raw_exchange
from gemwright.foundation.errors import RuntimeGarbled
from gemwright.messages import (
    Event,
    FinishReason,
    Folder,
    Malformed,
    RepairApplied,
    TextDelta,
    ToolCallEnded,
    Turn,
    TurnEnded,
    Usage,
    UsageReported,
)

__all__ = ["Stream", "events_of"]


async def events_of(ask: Question) -> AsyncGenerator[Event]:
    """Send a request and yield the events of its answer.

    Raises:
        UsageProblem: the request cannot be formed.
        RuntimeFailure: the runtime failed, or its stream shows that pieces of it came twice.
    """
    exchange = await (raw_exchange if ask.lane.name == "raw" else chat_exchange)(ask)
    begun = called = broken = False
    finish: FinishReason | None = None
    usage: Usage | None = None
    tokens = 0
    async with aclosing(exchange.chunks) as chunks:
        async for chunk in chunks:
            if not begun:
                begun = True
                yield exchange.started
            for event in exchange.feed(chunk):
                called = called or isinstance(event, ToolCallEnded)
                broken = broken or isinstance(event, Malformed)
                yield event
            if chunk.finish is not None:
                finish, usage = chunk.finish, chunk.usage or usage
            elif chunk.usage is not None:
                usage = chunk.usage
            if ask.lane.name == "raw":
                tokens += len(chunk.tokens)
    if not begun:
        yield exchange.started
    if usage is not None and usage.output_tokens is not None and tokens > usage.output_tokens:
        raise RuntimeGarbled(
            f"{tokens} tokens came of the {usage.output_tokens} that were generated: frames came twice"
        )
    for event in exchange.end():
        called = called or isinstance(event, ToolCallEnded)
        broken = broken or isinstance(event, Malformed)
        yield event
    if finish == "tool_calls" and not called and not broken and "wrong-finish" not in ask.repairs_off:
        yield RepairApplied("wrong-finish", "tool_calls, without a call")
        finish = "stop"
    if usage is not None:
        yield UsageReported(usage)
    yield TurnEnded("tool_calls" if called and finish in ("stop", None) else finish or "stop")


class Stream:
    """The events of one turn; iterate it once.

    Use it as `async with client.stream(…) as stream`: leaving the block ends the runtime's work, however it is left.
    """

    def __init__(self, events: AsyncGenerator[Event]) -> None:
        self._events = events
        self._folder = Folder()

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> Event:
        event = await anext(self._events)
        self._folder.add(event)
        return event

    async def text(self) -> AsyncGenerator[str]:
        """Yield the pieces of the answer alone."""
        async for event in self:
            if isinstance(event, TextDelta):
                yield event.text

    async def turn(self) -> Turn:
        """Read to the end and return the turn."""
        async for _ in self:
            pass
        return self._folder.turn()

    def so_far(self) -> Turn:
        """Return the turn that the events seen so far amount to."""
        return self._folder.turn()

    async def aclose(self) -> None:
        """Stop the runtime's work. Closing twice does nothing."""
        await self._events.aclose()
