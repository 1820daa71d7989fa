"""A thread that computes and a loop that reads: order, bounds, and how each ends the other."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

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
from gemwright.runtimes.inprocess import CAPACITY, Feed, Stopped, failure_of, folder_of, installed, read_thread

SOON = Timeouts(first_byte=5, idle=5)


def read(work: Callable[[Feed[Any]], None], *, most: int = 1 << 30, timeouts: Timeouts = SOON) -> list[Any]:
    """Return what a thread hands on, up to a number of items."""

    async def use() -> list[Any]:
        got: list[Any] = []
        async with aclosing(read_thread(work, name="made up", timeouts=timeouts)) as items:
            async for item in items:
                got.append(item)
                if len(got) >= most:
                    break
        return got

    return asyncio.run(use())


def wait(stop: threading.Event) -> None:
    """Say nothing for a while."""
    stop.wait(10)


def test_everything_comes_in_order() -> None:
    """Many more items than fit into the queue come, once each."""

    def work(feed: Feed[int]) -> None:
        for number in range(20 * CAPACITY):
            feed.put(number)

    assert read(work) == list(range(20 * CAPACITY))


def test_a_thread_does_not_run_ahead_and_stops_with_its_reader() -> None:
    """A reader that leaves stops a thread which waits to hand on, and only so much was computed for nothing."""
    done: list[int] = []
    left = threading.Event()

    def work(feed: Feed[int]) -> None:
        try:
            for number in range(100_000):
                feed.put(number)
                done.append(number)
        except Stopped:
            left.set()
            raise

    assert read(work, most=3) == [0, 1, 2]
    assert left.wait(5)
    assert len(done) <= 3 * CAPACITY


def test_failures_of_the_thread_are_the_reader_s() -> None:
    """What came before is read, then the failure is raised, ours as it is and others by their meaning."""

    def work(feed: Feed[str]) -> None:
        feed.put("said")
        raise ValueError("Prompt sequence length is greater than 8192, perhaps consider using `truncate_sequence`?")

    with pytest.raises(ContextOverflow) as caught:
        read(work)
    assert caught.value.limit == 8192


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), MemoryExhausted),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), MemoryExhausted),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), RuntimeRejected),
    ],
)
def test_exceptions_of_a_package_have_a_meaning(error: Exception, kind: type[GemwrightError]) -> None:
    """No exception of a package reaches the caller as it is; the message names whose it was."""
    assert type(failure_of(error, "made up")) is kind
    assert "made up" in str(failure_of(error, "made up"))


def test_silence_ends_in_a_timeout() -> None:
    """A thread that says nothing is not waited for longer than the deadline."""
    stop = threading.Event()
    started = time.monotonic()
    with pytest.raises(RuntimeTimeout, match="said nothing for"):
        read(lambda feed: wait(stop), timeouts=Timeouts(first_byte=0.05, idle=0.05))
    assert time.monotonic() - started < 5
    stop.set()


def test_missing_package_comes_with_the_command_that_installs_it() -> None:
    """The words name the extra, since nobody has to know which packages are in it."""
    with pytest.raises(Unsupported) as caught:
        installed("no_such_package_of_ours", "transformers")
    assert caught.value.hint == "pip install 'gemwright[transformers]'"


def test_only_a_folder_with_a_model_is_taken(tmp_path: Path) -> None:
    """A name as of a hub is refused: nothing is downloaded."""
    with pytest.raises(ModelMissing, match="layout of Hugging Face"):
        folder_of("google/gemma-4-E2B-it")
    (tmp_path / "config.json").write_text(json.dumps({}), "utf-8")
    assert folder_of(tmp_path) == tmp_path
