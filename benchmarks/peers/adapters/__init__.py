"""One module a parser: how it is driven, the way its own server drives it. Each has `load() -> Adapter`.

Imported only inside the child process that runs the peer, where everything but its parser is a stand-in.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

__all__ = ["STOPS", "Adapter", "Answer", "Call", "answer", "call"]

STOPS = ("<turn|>", "<eos>", "<|tool_response>")
"""Where an engine stops: its server does not hand these on to the parser."""


class Call(TypedDict):
    """A tool call; arguments that are no JSON are reported as the string they are."""

    name: str
    arguments: Any


class Answer(TypedDict):
    """What a parser made of an output."""

    reasoning: str
    content: str
    tool_calls: list[Call]


class Adapter(ABC):
    """Drives one parser.

    `tools` are declarations in OpenAI's envelope; `thinking` means that the prompt ended in an open thought;
    `engine_stops` are marks that never reach this parser at the end of an output, because its engine cuts them off.
    """

    engine_stops: tuple[str, ...] = ()

    def handed_on(self, text: str) -> str:
        """Return the part of an output that the peer's engine hands on to its parser."""
        while mark := next((mark for mark in self.engine_stops if text.endswith(mark)), ""):
            text = text.removesuffix(mark)
        return text

    @abstractmethod
    def parse(self, text: str, tools: list[Any], thinking: bool) -> Any:
        """Parse a whole output by the peer's one-shot way; `read` makes an answer of the result."""

    @abstractmethod
    def read(self, result: Any) -> Answer:
        """Return the peer's one-shot result as an answer."""

    @abstractmethod
    def stream(self, chunks: Iterable[str], tools: list[Any], thinking: bool) -> Iterator[Iterable[Any]]:
        """Yield what the peer's streaming way gives for each chunk, and at the end."""

    @abstractmethod
    def gather(self, deltas: Iterable[Any]) -> Answer:
        """Return the answer that a client puts together from the deltas."""


def call(name: str, arguments: str) -> Call:
    """Return a call from a name and its arguments as JSON text."""
    try:
        return {"name": name, "arguments": json.loads(arguments)}
    except ValueError:
        return {"name": name, "arguments": arguments}


def answer(reasoning: str | None, content: str | None, calls: Iterable[Call] = ()) -> Answer:
    """Return an answer; None is the empty text."""
    return {"reasoning": reasoning or "", "content": content or "", "tool_calls": list(calls)}
