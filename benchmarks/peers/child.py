"""The child process that runs one parser: JSON Lines in, JSON Lines out.

`python -m benchmarks.peers.child ADAPTER_MODULE [FOLDER…]`; the first folder is the peer's own, the others hold shared
libraries. The first line out is {"ready": true} or {"error": …}.
A line in is {text, tools, thinking, chunks} and yields an answer, or has `measure` besides and yields the least CPU
seconds of several runs. `chunks` is "one", "char" or "random:SEED". Nothing a peer prints reaches the answers.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.peers.adapters import Adapter
from benchmarks.peers.stubs import StubFinder, real_modules

__all__ = ["chunked", "main"]

MEMORY_BYTES = 4 << 30
SHARED_MODULES = (
    "regex",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_inspection",
    "typing_extensions",
    "benchmarks",
)


def chunked(text: str, chunks: str) -> Iterable[str]:
    """Return the text in pieces: "char" by single characters, "random:SEED" by 1 to 12, "one" whole."""
    if chunks == "char":
        return text
    if chunks == "one":
        return (text,)
    return _random_pieces(text, random.Random(chunks))


def _random_pieces(text: str, rng: random.Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = rng.randint(1, 12)
        yield text[at : at + size]
        at += size


def _answer(adapter: Adapter, ask: dict[str, Any]) -> Any:
    text, tools, thinking = adapter.handed_on(ask["text"]), ask["tools"], ask["thinking"]
    if ask["chunks"] == "one":
        return adapter.read(adapter.parse(text, tools, thinking))
    batches = adapter.stream(chunked(text, ask["chunks"]), tools, thinking)
    return adapter.gather(chain.from_iterable(batches))


def _run(adapter: Adapter, ask: dict[str, Any]) -> None:
    """Do the work that is timed: `measure` is "one", "char": events iterated, or "char+fold": an answer made."""
    text, tools, thinking = ask["text"], ask["tools"], ask["thinking"]
    if ask["measure"] == "one":
        adapter.parse(text, tools, thinking)
        return
    batches = adapter.stream(text, tools, thinking)
    if ask["measure"] == "char+fold":
        adapter.gather(chain.from_iterable(batches))
        return
    for batch in batches:
        for _ in batch:
            pass


def _measure(adapter: Adapter, ask: dict[str, Any]) -> dict[str, float]:
    best = total = float("inf")
    runs = 0
    while not runs or (runs < 50 and total < ask["enough"]):
        gc.collect()
        start = time.process_time()
        _run(adapter, ask)
        took = time.process_time() - start
        best, total, runs = min(best, took), (total if runs else 0.0) + took, runs + 1
    return {"seconds": best, "runs": runs}


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not on this system: the time limit is all there is
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _load(name: str, folders: list[str]) -> Adapter:
    if folders:
        own, *shared = folders
        sys.meta_path.insert(0, StubFinder(Path(own), real_modules(*SHARED_MODULES)))
        sys.path[:0] = shared
    return importlib.import_module(name).load()


def main(arguments: list[str]) -> int:
    """Answer until there is no more input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    _bound_memory()

    def say(value: object) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    try:
        adapter = _load(arguments[0], arguments[1:])
    except Exception as problem:
        say({"error": f"does not import: {type(problem).__name__}: {problem}"})
        return 1
    say({"ready": True})
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            say(_measure(adapter, ask) if "measure" in ask else _answer(adapter, ask))
        except Exception as problem:  # whatever a peer raises is its answer
            say({"error": f"{type(problem).__name__}: {problem}"[:300]})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
