"""A peer for tests: echoes its text as content, sleeps for ever at "sleep", prints and raises at "raise"."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.peers.adapters import Adapter, Answer, answer

__all__ = ["load"]


class _Sleepy(Adapter):
    engine_stops = ("<turn|>",)

    def parse(self, text: str, tools: list[Any], thinking: bool) -> str:
        if text == "sleep":
            time.sleep(3600)
        if text == "raise":
            os.write(1, b"noise of a peer\n")
            raise KeyError(text)
        return text

    def read(self, result: str) -> Answer:
        return answer(None, result)

    def stream(self, chunks: Iterable[str], tools: list[Any], thinking: bool) -> Iterator[Iterable[Any]]:
        for chunk in chunks:
            yield (f"[{chunk}]",)

    def gather(self, deltas: Iterable[Any]) -> Answer:
        return answer(None, "".join(deltas))


def load() -> Adapter:
    """Return the adapter."""
    return _Sleepy()
