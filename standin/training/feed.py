"""Conversations to batches: packed rows of token ids, made by processes of their own and never waited for twice.

A batch is one long row of documents, `BATCH_TOKENS` in the real run. What the generator makes is packed in order; the
piece at the end that the next document would not fit into is padding. In every `LONG_EVERY`-th process short
conversations are joined to documents of up to 8,192 tokens, so that attention also learns to look past old ones.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BATCH_TOKENS", "MODEL", "PROMPT", "UNTRAINED", "Batch", "Feed", "Stream", "batches"]

BATCH_TOKENS = 65_536
LONGEST = 8192
SHORTER = 3072
LONG_EVERY = 7
FAILURES = 50
PATIENCE_S = 300
UNTRAINED, PROMPT, MODEL = 0, 1, 2
"""What the token after this one is: nothing to learn (another document), the prompt's, the model's."""

Stream = Callable[[int, int, int, int], Iterator[tuple[list[int], list[float]]]]
"""`rows.stream`: seed, process, processes and longest row, to token ids and their weights."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One packed row.

    Attributes:
        ids: the tokens.
        starts: where each token's document starts.
        kinds: what each token's successor is: `UNTRAINED`, `PROMPT` or `MODEL`.
    """

    ids: NDArray[np.uint16]
    starts: NDArray[np.int32]
    kinds: NDArray[np.uint8]


def _documents(stream: Stream, seed: int, worker: int, workers: int) -> Iterator[tuple[list[int], list[float]]]:
    """Yield documents: conversations, and in some processes several of them joined."""
    long = worker % LONG_EVERY == LONG_EVERY - 1
    dice = random.Random(seed * 1009 + worker)
    ids: list[int] = []
    weights: list[float] = []
    room = 0
    for more, theirs in stream(seed, worker, workers, LONGEST if long else SHORTER):
        if not long:
            yield more, theirs
            continue
        if ids and len(ids) + len(more) > room:
            yield ids, weights
            ids, weights = [], []
        if not ids:
            room = dice.choice((1, SHORTER, LONGEST, LONGEST))
        ids, weights = ids + more, weights + theirs


def batches(stream: Stream, seed: int, worker: int, workers: int, tokens: int) -> Iterator[Batch]:
    """Yield packed rows without end.

    Args:
        stream: where conversations come from.
        seed: another seed gives other conversations.
        worker: the number of this process.
        workers: how many processes share the stream.
        tokens: the length of a row.
    """
    ids, starts = np.zeros(tokens, np.uint16), np.zeros(tokens, np.int32)
    kinds, used = np.zeros(tokens, np.uint8), 0
    for more, weights in _documents(stream, seed, worker, workers):
        size = len(more)
        if size < 2 or size > tokens:
            continue
        if used + size > tokens:
            starts[used:] = used
            yield Batch(ids, starts, kinds)
            ids, starts = np.zeros(tokens, np.uint16), np.zeros(tokens, np.int32)
            kinds, used = np.zeros(tokens, np.uint8), 0
        ids[used : used + size] = more
        starts[used : used + size] = used
        kinds[used : used + size - 1] = np.where(np.asarray(weights[1:]) > 0, MODEL, PROMPT)
        used += size


def _work(stream: Stream, seed: int, worker: int, workers: int, tokens: int, out: multiprocessing.Queue[Batch]) -> None:
    os.nice(10)  # compiling and feeding the accelerator come first
    for again in range(FAILURES):
        try:
            for batch in batches(stream, seed + again * 1_000_003, worker, workers, tokens):
                out.put(batch)
        except Exception:  # one conversation in millions that cannot be made must not end a run of minutes
            print(traceback.format_exc(limit=-4), file=sys.stderr, flush=True)


class Feed:
    """Batches from `workers` processes, or made on the spot with none. Stop it, or the processes go on.

    A trainer that is faster than the generator gets batches of earlier on again, drawn by lot from the last `again`.
    """

    def __init__(
        self, stream: Stream, seed: int, workers: int, tokens: int, ahead: int = 2000, again: int = 1500
    ) -> None:
        self.fresh, self.repeated, self._again = 0, 0, again
        self._kept: list[Batch] = []
        self._dice = random.Random(seed)
        self._own = batches(stream, seed, 0, 1, tokens) if workers == 0 else None
        context = multiprocessing.get_context("fork")  # before the accelerator is touched
        self._queue: multiprocessing.Queue[Batch] = context.Queue(ahead)
        self._processes = [
            context.Process(target=_work, args=(stream, seed, n, workers, tokens, self._queue), daemon=True)
            for n in range(workers)
        ]
        for process in self._processes:
            process.start()

    def take(self) -> Batch:
        """Return a batch: a fresh one if one is there, an earlier one otherwise."""
        if self._own is not None:
            self.fresh += 1
            return next(self._own)
        try:
            wait = len(self._kept) < min(64, self._again)
            batch = self._queue.get(timeout=PATIENCE_S) if wait else self._queue.get_nowait()
        except queue.Empty:
            if not self._kept:
                raise RuntimeError(f"no conversations within {PATIENCE_S} s; the processes' errors are above") from None
            self.repeated += 1
            return self._dice.choice(self._kept)
        self.fresh += 1
        if len(self._kept) < self._again:
            self._kept.append(batch)
        else:
            self._kept[self._dice.randrange(self._again)] = batch
        return batch

    def stop(self) -> None:
        """End the processes, whatever they are doing."""
        for process in self._processes:
            process.kill()
        deadline = time.monotonic() + 10
        for process in self._processes:
            process.join(max(0.1, deadline - time.monotonic()))
        self._queue.cancel_join_thread()
        self._queue.close()
