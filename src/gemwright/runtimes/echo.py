"""A runtime that answers from a script: for tests, for documentation, and for trying a client without a model.

Knows: nothing but its script. Every answer is the same each time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, TypeAlias

from gemwright.foundation.errors import GemwrightError, RuntimeRejected, Unsupported
from gemwright.messages import Usage
from gemwright.runtimes.base import Capabilities, ChatChunk, ChatRequest, RawChunk, RawRequest, RuntimeInfo

__all__ = ["Echo", "Pause", "Step"]

_INFO: Final = RuntimeInfo(
    runtime="echo",
    version="1",
    model="script",
    context=131_072,
    capabilities=Capabilities(raw_text=True, raw_tokens=True, chat=True, grammar="gbnf", images=True, audio=True),
    note="answers from a script: no model runs",
)
_BYTES: Final = 256


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait of some seconds before the next step."""

    seconds: float


Step: TypeAlias = str | RawChunk | ChatChunk | Pause | GemwrightError
"""A text is a chunk of content in either lane; an error is raised where it stands."""


class Echo:
    """A `Runtime` whose answers are given beforehand.

    Each request takes the next answer of the script, whatever it asks. An answer without a chunk that says how it
    finished gets one with the finish "stop" and its counts. Without a script, the prompt or the last message's text is
    the answer.

    Token ids: the bytes of UTF-8 (0 to 255), then `control_tokens` from 256 on. `detokenize` undoes it.

    Args:
        script: one sequence of steps for each request.
        info: what `describe` tells.
        control_tokens: spellings that `tokenize` takes for control tokens when asked to.
        sleep: waits for a `Pause`; tests pass their own.

    Attributes:
        requests: every request so far.
        cancelled: how many answers were left before their end.
    """

    def __init__(
        self,
        *script: Sequence[Step],
        info: RuntimeInfo = _INFO,
        control_tokens: Sequence[str] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.requests: list[RawRequest | ChatRequest] = []
        self.cancelled = 0
        self._script = script
        self._info = info
        self._ids = {spelling: _BYTES + number for number, spelling in enumerate(control_tokens)}
        self._spellings = {number: spelling.encode() for spelling, number in self._ids.items()}
        longest_first = sorted(control_tokens, key=len, reverse=True)
        self._control = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")") if control_tokens else None
        self._sleep = sleep

    async def describe(self) -> RuntimeInfo:
        """Return what was given as `info`."""
        return self._info

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Give the next answer of the script, in the raw lane."""
        prompt = request.prompt if isinstance(request.prompt, str) else self.detokenize(request.prompt)
        said = 0
        async with aclosing(self._play(request, prompt)) as steps:
            async for step in steps:
                chunk = RawChunk(step) if isinstance(step, str) else step
                if not isinstance(chunk, RawChunk):
                    raise Unsupported("this script is for the chat lane, and the raw lane was asked")
                yield chunk
                if chunk.finish is not None:
                    return
                said += len(chunk.text.encode())
        yield RawChunk(finish="stop", usage=Usage(len(prompt.encode()), said))

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Give the next answer of the script, in the chat lane."""
        prompt = str(request.messages[-1].get("content", "")) if request.messages else ""
        said = 0
        async with aclosing(self._play(request, prompt)) as steps:
            async for step in steps:
                chunk = ChatChunk(step) if isinstance(step, str) else step
                if not isinstance(chunk, ChatChunk):
                    raise Unsupported("this script is for the raw lane, and the chat lane was asked")
                yield chunk
                if chunk.finish is not None:
                    return
                said += len(chunk.content.encode())
        yield ChatChunk(finish="stop", usage=Usage(len(prompt.encode()), said))

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Return the bytes of the text, control tokens as one id each if `parse_special`."""
        pieces = self._control.split(text) if self._control and parse_special else [text]
        tokens: list[int] = []
        for number, piece in enumerate(pieces):
            tokens += [self._ids[piece]] if number % 2 else piece.encode()
        return tokens

    def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of token ids; bytes that are no UTF-8 become U+FFFD.

        Raises:
            RuntimeRejected: an id that `tokenize` never gives.
        """
        try:
            spelt = [self._spellings[token] if token >= _BYTES else bytes([token]) for token in tokens]
        except (KeyError, ValueError):
            raise RuntimeRejected("the prompt holds ids that are no tokens", status=400) from None
        return b"".join(spelt).decode("utf-8", "replace")

    async def aclose(self) -> None:
        """Do nothing: there is nothing to release."""

    async def _play(self, request: RawRequest | ChatRequest, prompt: str) -> AsyncGenerator[str | RawChunk | ChatChunk]:
        """Yield the chunks of the next answer, waiting and failing as its steps say."""
        position = len(self.requests)
        self.requests.append(request)
        if self._script and position >= len(self._script):
            raise RuntimeRejected(f"the script has no answer {position + 1}", status=400)
        whole = False
        try:
            for step in self._script[position] if self._script else [prompt]:
                if isinstance(step, Pause):
                    await self._sleep(step.seconds)
                elif isinstance(step, GemwrightError):
                    whole = True
                    raise step
                else:
                    whole = isinstance(step, RawChunk | ChatChunk) and step.finish is not None
                    yield step
            whole = True
        finally:
            self.cancelled += not whole
