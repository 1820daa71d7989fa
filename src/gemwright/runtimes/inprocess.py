"""A model in this process: it computes in a thread of its own, and is read as an asynchronous stream.

Knows: threads, the bounded queue between a thread and an event loop, and how either end stops the other.
Never knows: what the thread computes. The adapters of packages that run in process stand on this.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Generic, TypeVar

from gemwright.foundation.errors import (
    ContextOverflow,
    GemwrightError,
    MemoryExhausted,
    ModelMissing,
    RuntimeRejected,
    RuntimeTimeout,
    Unsupported,
)
from gemwright.foundation.http import Timeouts
from gemwright.runtimes.refusals import sharpened

__all__ = ["Feed", "Stopped", "failure_of", "folder_of", "installed", "read_thread"]

CAPACITY: Final = 64
"""Chunks that may wait for their reader; a thread that is further ahead waits."""
_LONGEST: Final = 500

T = TypeVar("T")


class Stopped(BaseException):
    """Raised in the thread when nobody reads any more; no package's `except Exception` may swallow it."""


class Feed(Generic[T]):
    """The queue between a thread that computes and the one event loop that reads.

    Args:
        loop: where it is read.
        capacity: how many items may wait.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, capacity: int = CAPACITY) -> None:
        self._loop = loop
        self._capacity = capacity
        self._waiting: deque[T] = deque()
        self._changed = threading.Condition()
        self._arrived = asyncio.Event()
        self._stopped = self._ended = False
        self._error: BaseException | None = None

    @property
    def stopped(self) -> bool:
        """Whether nobody reads any more."""
        return self._stopped

    def put(self, item: T) -> None:
        """Hand on an item; called in the thread, which waits while too many are unread.

        Raises:
            Stopped: nobody reads any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or len(self._waiting) < self._capacity)
            if self._stopped:
                raise Stopped
            self._waiting.append(item)
        self._wake()

    def end(self, error: BaseException | None = None) -> None:
        """Say that nothing follows; called in the thread.

        Args:
            error: what it failed with.
        """
        self._ended, self._error = True, error
        self._wake()

    def stop(self) -> None:
        """Say that nobody reads any more: the next `put` raises."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    async def get(self) -> list[T] | None:
        """Return what has come, at least one item; None at the end.

        Raises:
            BaseException: what the thread failed with.
        """
        while True:
            self._arrived.clear()
            with self._changed:
                if self._waiting:
                    items = list(self._waiting)
                    self._waiting.clear()
                    self._changed.notify_all()
                    return items
            if self._ended:
                if self._error is not None:
                    raise self._error
                return None
            await self._arrived.wait()

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:  # the loop is closed, so nobody reads
            self.stop()


async def read_thread(work: Callable[[Feed[T]], None], *, name: str, timeouts: Timeouts) -> AsyncGenerator[T]:
    """Run `work` in a thread and yield what it puts into its feed.

    Closing the generator makes the thread's next `put` raise `Stopped`, and its feed say `stopped`. The thread is a
    daemon: it does not keep the program from ending.

    Args:
        work: computes; called in the thread with the feed.
        name: of the thread, and in messages.
        timeouts: `first_byte` until the first item, `idle` between two.

    Raises:
        RuntimeTimeout: nothing came in time.
        GemwrightError: what `work` failed with.
    """
    feed: Feed[T] = Feed(asyncio.get_running_loop())

    def run() -> None:
        try:
            work(feed)
        except Stopped:
            feed.end()
        except BaseException as error:  # whatever it is, it belongs to the reader
            feed.end(error if isinstance(error, GemwrightError) else failure_of(error, name))
        else:
            feed.end()

    threading.Thread(target=run, name=name, daemon=True).start()
    seconds = timeouts.first_byte
    try:
        while True:
            try:
                async with asyncio.timeout(seconds):
                    items = await feed.get()
            except TimeoutError:
                raise RuntimeTimeout(f"{name} said nothing for {seconds:g} s") from None
            if items is None:
                return
            for item in items:
                yield item
            seconds = timeouts.idle
    finally:
        feed.stop()


def failure_of(error: BaseException, name: str) -> GemwrightError:
    """Return the failure that an exception of a package means.

    Args:
        error: the exception.
        name: of the package, for the message.
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return MemoryExhausted(f"{name} ran out of memory")
    said = " ".join(str(error).split())[:_LONGEST]
    failure = sharpened(RuntimeRejected(f"{name} failed: {type(error).__name__}: {said}", status=500))
    if isinstance(failure, ContextOverflow | MemoryExhausted | ModelMissing):
        return failure
    failure.settled = True  # the same computation would fail again
    return failure


def installed(package: str, extra: str) -> Any:
    """Import a package that an extra brings.

    Args:
        package: the module's name.
        extra: the extra of gemwright that has it.

    Raises:
        Unsupported: it is not installed, or does not load.
    """
    hint = f"pip install 'gemwright[{extra}]'"
    try:
        module: ModuleType = importlib.import_module(package)
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == package
        what = f"{package} is not installed" if missing else f"{package} does not load: {error}"
        raise Unsupported(what, hint=hint) from error
    return module


def folder_of(model: str | Path) -> Path:
    """Return a model's folder; nothing is ever fetched.

    Raises:
        ModelMissing: it is none, or holds no `config.json`.
    """
    folder = Path(model).expanduser()
    if not (folder / "config.json").is_file():
        raise ModelMissing(
            f"{folder} is no folder with a model in the layout of Hugging Face",
            hint="name a folder that holds config.json, *.safetensors and tokenizer.json; nothing is downloaded",
        )
    return folder.absolute()
