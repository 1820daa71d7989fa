"""Vectors through a runtime: the demo model is asked to say each, and what arrives is kept.

Three ways: `stream` and `whole` are the runtime's chat, with our client in front of the stream; `raw` is our client's
raw lane, where there is one. It also shows what the model really said, apart from what the runtime made of it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from gemwright.acid.judge import Delivered, delivered_alone, delivered_turn
from gemwright.acid.parrot import prompt, spoken
from gemwright.acid.said import known_to_say
from gemwright.acid.vectors import Vector
from gemwright.client import AsyncClient
from gemwright.foundation.errors import GemwrightError, RuntimeFailure, RuntimeTimeout, RuntimeUnreachable
from gemwright.messages import Folder, GenerationOptions, user
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Runtime, RuntimeInfo
from gemwright.wire.tokens import CONTROL_TOKENS, EOS, RESPONSE_OPEN, TURN_CLOSE

__all__ = ["HOWS", "Evidence", "How", "Play", "Result", "Stage", "plays_of"]

How: TypeAlias = Literal["raw", "stream", "whole"]
HOWS: Final[tuple[How, ...]] = ("raw", "stream", "whole")
Evidence: TypeAlias = Literal["ids", "text", "list"]
"""How it is known what the model said: by its token ids, by its raw text, or by the list of the shipped model."""

_ENDS: Final = (TURN_CLOSE, RESPONSE_OPEN, EOS)
_SPARE_TOKENS: Final = 32
_TIMEOUTS_IN_A_ROW: Final = 3
_KEPT_TEXTS: Final = 512
_PORT: Final = re.compile(r"(https?://[^\s/:]+):\d+")


@dataclass(frozen=True, slots=True)
class Play:
    """One request: a vector, thinking on or off, and one of the three ways."""

    vector: Vector
    thinking: bool
    how: How

    @property
    def key(self) -> str:
        """Its name in a state file."""
        return f"{self.vector.name} {'on' if self.thinking else 'off'} {self.how}"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a play.

    Attributes:
        arrived: what the runtime alone delivered; of the raw way, what the model said, as content.
        client: what our client delivered; None for `whole`, which it never asks for.
        repairs: what our client repaired.
        said: whether the model said exactly the vector's text; None where this play does not show it.
        evidence: how that is known.
    """

    arrived: Delivered
    client: Delivered | None = None
    repairs: tuple[str, ...] = ()
    said: bool | None = None
    evidence: Evidence | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "arrived": self.arrived.to_json(),
            "client": None if self.client is None else self.client.to_json(),
            "repairs": list(self.repairs),
            "said": self.said,
            "evidence": self.evidence,
        }

    @staticmethod
    def from_json(value: Any) -> Result:
        """Read what `to_json` wrote."""
        client = value["client"]
        return Result(
            Delivered.from_json(value["arrived"]),
            None if client is None else Delivered.from_json(client),
            tuple(value["repairs"]),
            value["said"],
            value["evidence"],
        )


def plays_of(vectors: Sequence[Vector], thinking: Sequence[bool], hows: Sequence[How]) -> list[Play]:
    """Return the plays of a run, in an order in which neighbours have a prompt in common."""
    return [
        Play(vector, thinks, how)
        for thinks in thinking
        for vector in sorted(vectors, key=lambda one: [tool.name for tool in one.tools])
        for how in HOWS
        if how in hows
    ]


@dataclass
class _Ear:
    """A runtime that is listened to.

    Attributes:
        inner: who answers.
        whole: ask it for its answers in one piece.
        chats, raws: what came since the last request.
    """

    inner: Runtime
    whole: bool = False
    chats: list[ChatChunk] = field(default_factory=list[ChatChunk])
    raws: list[RawChunk] = field(default_factory=list[RawChunk])
    ids: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    async def describe(self) -> RuntimeInfo:
        return await self.inner.describe()

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        self.raws.clear()
        async with aclosing(self.inner.generate(request)) as chunks:
            async for chunk in chunks:
                self.raws.append(chunk)
                yield chunk

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        self.chats.clear()
        if self.whole:
            answer: Callable[[ChatRequest], Any] = getattr(self.inner, "chat_whole")  # noqa: B009 (not of every runtime)
            self.chats += await answer(request)
            for chunk in self.chats:
                yield chunk
            return
        async with aclosing(self.inner.chat(request)) as chunks:
            async for chunk in chunks:
                self.chats.append(chunk)
                yield chunk

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        if len(self.ids) > _KEPT_TEXTS:
            self.ids.clear()
        if text not in self.ids:  # many prompts share their tools
            self.ids[text] = await self.inner.tokenize(text, parse_special=parse_special)
        return self.ids[text]

    async def aclose(self) -> None:
        await self.inner.aclose()


class Stage:
    """Plays vectors through one runtime, one after the other.

    Args:
        runtime: who answers; it stays open.
        deadline: seconds that one answer may take.
    """

    def __init__(self, runtime: Runtime, *, deadline: float = 120.0) -> None:
        self._runtime = runtime
        self._deadline = deadline
        self._ears: dict[How, _Ear] = {how: _Ear(runtime, whole=how == "whole") for how in HOWS}
        self._clients = {
            how: AsyncClient(ear, lane="raw" if how == "raw" else "chat") for how, ear in self._ears.items()
        }
        self._info: RuntimeInfo | None = None
        self._marks: frozenset[int] | None = None
        self._late = 0

    async def describe(self) -> RuntimeInfo:
        """Return who answers; asked once."""
        if self._info is None:
            self._info = await self._runtime.describe()
        return self._info

    async def hows(self) -> list[How]:
        """Return the ways that this runtime has."""
        can = (await self.describe()).capabilities
        found: list[How] = ["raw"] if can.raw_tokens or can.raw_text else []
        if can.chat:
            found.append("stream")
            if hasattr(self._runtime, "chat_whole"):
                found.append("whole")
        return found

    async def play(self, one: Play) -> Result:
        """Ask for one answer. An answer that fails is a result as well.

        Raises:
            RuntimeUnreachable: nobody answers any more.
            RuntimeTimeout: several answers in a row took longer than the deadline.
            UsageProblem: the request cannot be formed.
        """
        ear, client = self._ears[one.how], self._clients[one.how]
        ear.chats.clear()
        ear.raws.clear()
        options = GenerationOptions(
            thinking=one.thinking,
            temperature=0.0,
            seed=1,
            max_tokens=len(one.vector.text.encode()) + _SPARE_TOKENS,
        )
        folder = Folder()
        error = ""
        try:
            async with asyncio.timeout(self._deadline):
                async with client.stream([user(prompt(one.vector.text))], one.vector.tools, options) as events:
                    async for event in events:
                        folder.add(event)
            self._late = 0
        except (TimeoutError, RuntimeTimeout) as failure:
            self._late += 1
            if self._late >= _TIMEOUTS_IN_A_ROW:
                hint = "its own log says why; --deadline gives it longer"
                raise RuntimeTimeout(f"{self._late} answers in a row did not come in time", hint=hint) from failure
            error = f"no end within {self._deadline:g} seconds"
        except RuntimeUnreachable:
            raise
        except RuntimeFailure as failure:
            self._late = 0
            error = _told(failure)
        turn = folder.turn()
        ours = delivered_turn(turn, error)
        repairs = tuple(repair.id for repair in turn.repairs)
        if one.how != "raw":
            arrived = delivered_alone(ear.chats, error)
            return Result(arrived, ours if one.how == "stream" else None, repairs if one.how == "stream" else ())
        text = "".join(chunk.text for chunk in ear.raws)
        said, evidence = await self._said(one, ear.raws)
        return Result(Delivered(content=text, error=error), ours, repairs, said, evidence)

    async def _said(self, one: Play, chunks: Sequence[RawChunk]) -> tuple[bool, Evidence]:
        """Return whether the raw answer is the vector's text, token for token where the runtime tells tokens."""
        text, wanted = "".join(chunk.text for chunk in chunks), spoken(one.vector.text)
        ids = [token for chunk in chunks for token in chunk.tokens]
        whole = text == wanted or any(text + end == wanted for end in _ENDS)
        if not (await self.describe()).capabilities.raw_tokens:
            # Servers that take text may hide control tokens, so a difference shows nothing.
            return (True, "text") if whole else (known_to_say(one.vector.name, thinking=one.thinking), "list")
        if not whole or not ids:
            return whole, "text"
        if self._marks is None:
            found: set[int] = set()
            for spelling in CONTROL_TOKENS:
                found.update(await self._runtime.tokenize(spelling, parse_special=True))
            self._marks = frozenset(found)
        # Of a character made of several tokens only the last one is told, so control tokens alone are compared.
        asked = [token for token in await self._runtime.tokenize(wanted, parse_special=True) if token in self._marks]
        told = [token for token in ids if token in self._marks]
        return told == asked[: len(told)] and len(asked) - len(told) <= 1, "ids"


def _told(error: GemwrightError) -> str:
    """Return a failure as one line without the server's port, which differs from run to run."""
    message = _PORT.sub(r"\1", error.message)
    return f"{error.code}: {message}"[:400]
