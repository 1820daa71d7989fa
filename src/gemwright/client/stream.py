"""A turn in progress."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from types import TracebackType

from gemwright.messages import Event, Folder, TextDelta, Turn

__all__ = ["Stream"]


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
