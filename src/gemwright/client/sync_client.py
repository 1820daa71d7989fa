"""The blocking client: the asynchronous one, run by an event loop in a thread of its own."""

from __future__ import annotations

import queue
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, aclosing, suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar, cast

from gemwright.client.async_client import AsyncClient
from gemwright.client.lanes import LaneName
from gemwright.client.model import Model
from gemwright.client.prompts import TurnMarks
from gemwright.client.retry import RETRIES
from gemwright.client.stream import Stream
from gemwright.client.structured import Structured
from gemwright.messages import Event, Folder, GenerationOptions, Message, TextDelta, ToolSpec, Turn
from gemwright.runtimes.base import Runtime, RuntimeInfo

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

__all__ = ["Client", "Iterated", "SyncStream"]

T = TypeVar("T")

_END: Final = object()
_CLOSING_SECONDS: Final = 5.0


class Iterated(Generic[T]):
    """What an asynchronous source yields, to be iterated once by a thread that waits.

    Use it as a context manager, so that leaving it ends the work.
    """

    def __init__(self, start: Callable[[Callable[[object], None]], Future[None]]) -> None:
        self._found: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._start = start
        self._future: Future[None] | None = None
        self._over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if self._over:
            raise StopIteration
        if self._future is None:
            self._future = self._start(self._found.put)
        found = self._found.get()
        if found is _END:
            self._over = True
            raise StopIteration
        if isinstance(found, BaseException):
            self._over = True
            raise found
        return cast("T", found)

    def close(self) -> None:
        """Stop the work. Closing twice does nothing."""
        self._over = True
        future, self._future = self._future, None
        if future is not None and not future.done():
            future.cancel()
            with suppress(Exception):
                future.exception(timeout=_CLOSING_SECONDS)


class SyncStream(Iterated[Event]):
    """The events of one turn; iterate it once, and use it as a context manager so that leaving it ends the work."""

    def __init__(self, start: Callable[[Callable[[object], None]], Future[None]]) -> None:
        super().__init__(start)
        self._folder = Folder()

    def __next__(self) -> Event:
        event = super().__next__()
        self._folder.add(event)
        return event

    def text(self) -> Iterator[str]:
        """Yield the pieces of the answer alone."""
        for event in self:
            if isinstance(event, TextDelta):
                yield event.text

    def turn(self) -> Turn:
        """Read to the end and return the turn."""
        for _ in self:
            pass
        return self._folder.turn()

    def so_far(self) -> Turn:
        """Return the turn that the events seen so far amount to."""
        return self._folder.turn()


class Client:
    """The blocking twin of `AsyncClient`; the arguments are the same. Close it, or use it as a context manager."""

    def __init__(
        self,
        runtime: Runtime | str,
        *,
        variant: str = "",
        lane: LaneName | None = None,
        allow_control_tokens: bool = False,
        repairs_off: Iterable[str] = (),
        retries: int = RETRIES,
    ) -> None:
        from anyio.from_thread import start_blocking_portal

        self._async = AsyncClient(
            runtime,
            variant=variant,
            lane=lane,
            allow_control_tokens=allow_control_tokens,
            repairs_off=repairs_off,
            retries=retries,
        )
        self._loop: AbstractContextManager[BlockingPortal] = start_blocking_portal()
        self._portal = self._loop.__enter__()
        self._closed = False

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release connections and the thread. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            self._portal.call(self._async.aclose)
        finally:
            self._loop.__exit__(None, None, None)

    def info(self) -> RuntimeInfo:
        """Return who answers; asked once."""
        return self._portal.call(self._async.info)

    def model(self) -> Model:
        """Return which model answers, and the dialect it is spoken to in."""
        return self._portal.call(self._async.model)

    def stream(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> SyncStream:
        """Let the model speak next, and return its events as they come (see `AsyncClient.stream`)."""
        source = self._async.stream(messages, tools, options)
        return SyncStream(lambda put: self._portal.start_task_soon(_pump, source, put))

    @property
    def asynchronous(self) -> AsyncClient:
        """The client that does the work, for what is iterated with `iterate`."""
        return self._async

    def iterate(self, source: AsyncGenerator[T]) -> Iterated[T]:
        """Return what an asynchronous generator yields, run by this client's event loop.

        Args:
            source: uses `asynchronous` and nothing of another event loop.
        """
        return Iterated(lambda put: self._portal.start_task_soon(_pump, source, put))

    def turn(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> Turn:
        """Let the model speak next, and return the whole turn (see `AsyncClient.turn`)."""
        with self.stream(messages, tools, options) as stream:
            return stream.turn()

    def structured(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        options: GenerationOptions | None = None,
        *,
        read: Callable[[Any], T] | None = None,
        attempts: int = 3,
    ) -> Structured[T]:
        """Let the model give an answer that fits a JSON schema, and return it typed (see `AsyncClient.structured`)."""
        ask = partial(self._async.structured, messages, schema, options, read=read, attempts=attempts)
        return self._portal.call(ask)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector for each text, in their order (see `AsyncClient.embed`)."""
        return self._portal.call(self._async.embed, texts)

    def count_tokens(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> int:
        """Return how many tokens the prompt of this conversation has (see `AsyncClient.count_tokens`)."""
        return self._portal.call(self._async.count_tokens, messages, tools, options)

    def control_tokens(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> TurnMarks:
        """Count the turn marks of a conversation's prompt (see `AsyncClient.control_tokens`)."""
        return self._portal.call(self._async.control_tokens, messages, tools)


async def _pump(source: Stream | AsyncGenerator[Any], put: Callable[[object], None]) -> None:
    try:
        async with aclosing(source):
            async for found in source:
                put(found)
    except Exception as error:  # handed over to the thread that iterates
        put(error)
    finally:
        put(_END)
