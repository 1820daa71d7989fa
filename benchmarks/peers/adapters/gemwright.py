"""Ourselves: events iterated when streaming is timed, folded into a turn when the answer is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.peers.adapters import Adapter, Answer, answer
from gemwright.messages import Folder, ToolSpec, Turn
from gemwright.wire.parse import Parser, parse

__all__ = ["load"]


class _Gemwright(Adapter):
    def parse(self, text: str, tools: list[Any], thinking: bool) -> Turn:
        return parse(text, _specs(tools), thinking=thinking)

    def read(self, result: Turn) -> Answer:
        calls = [{"name": c.name, "arguments": c.arguments} for c in result.tool_calls]
        return answer(result.thinking, result.text, calls)

    def stream(self, chunks: Iterable[str], tools: list[Any], thinking: bool) -> Iterator[Iterable[Any]]:
        parser = Parser(_specs(tools), thinking=thinking)
        feed = parser.feed
        for chunk in chunks:
            yield feed(chunk)
        yield parser.finish()

    def gather(self, deltas: Iterable[Any]) -> Answer:
        folder = Folder()
        for event in deltas:
            folder.add(event)
        return self.read(folder.turn())


def _specs(tools: list[Any]) -> tuple[ToolSpec, ...]:
    return tuple(ToolSpec.from_json(tool) for tool in tools)


def load() -> Adapter:
    """Return the adapter."""
    return _Gemwright()
