"""Tapes: streams of any runtime, recorded with the cuts and times that they really had, and played again.

A tape is JSON Lines. The first line is the header: `{"tape": 1, "origin": …, "lane": …, "runtime": …, …}`; each further
line is a chunk, `{"t": 0.013, "chunk": "text"}` (or an object, where more than text came), or the failure that ended
the stream, `{"t": 0.2, "error": {"code": …, "message": …}}`. `t` counts seconds from the request.

Knows: how chunks are written down. Never knows: what they say. Neither prompts, nor addresses, nor keys are recorded.
"""

from __future__ import annotations

import asyncio
import io
import logging
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast, get_args

from gemwright.foundation import errors, jsonx
from gemwright.foundation.errors import (
    BadJSON,
    LimitReached,
    RuntimeFailure,
    RuntimeRejected,
    Unsupported,
    UsageProblem,
)
from gemwright.foundation.files import read_capped, write_whole
from gemwright.messages import FinishReason, Usage
from gemwright.runtimes.base import (
    Capabilities,
    ChatChunk,
    ChatRequest,
    RawChunk,
    RawRequest,
    Runtime,
    RuntimeInfo,
    ToolCallFragment,
)

__all__ = ["MAX_TAPE", "Recorder", "Tape", "TapeEntry", "TapeHeader", "TapePlayer", "read_tape", "write_tape"]

MAX_TAPE: Final = 64 * 1024 * 1024
"""Bytes that a tape may have."""

Origin: TypeAlias = Literal["recorded", "fixture", "written"]
"""From a runtime that ran; from somebody's test data; by hand, to show a case."""

Lane: TypeAlias = Literal["raw", "chat"]
Chunk: TypeAlias = RawChunk | ChatChunk
_C = TypeVar("_C", RawChunk, ChatChunk)

_VERSION: Final = 1
_ADDRESS: Final = re.compile(r"https?://[^\s,;]+")
_HINT: Final = 'its first line has to be like {"tape":1,"origin":"recorded","lane":"raw","runtime":"llama.cpp"}'
_log = logging.getLogger("gemwright.runtimes")


@dataclass(frozen=True, slots=True)
class TapeHeader:
    """Where a tape comes from.

    Attributes:
        origin: "recorded" from a runtime that ran, "fixture" from somebody's test data, "written" by hand.
        lane: "raw" or "chat".
        runtime, version, model: who spoke.
        options: the options of the request that shaped the answer; never the prompt.
        licence: the licence of the tape's text, as an SPDX expression.
        source: where a fixture is from, or what command recorded the tape.
        note: what a reader has to know.
    """

    origin: Origin
    lane: Lane
    runtime: str
    version: str = ""
    model: str = ""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    licence: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TapeEntry:
    """One chunk, or the failure that ended the stream, and when it came, in seconds from the request."""

    t: float
    chunk: Chunk | None = None
    failure: RuntimeFailure | None = None


@dataclass(frozen=True, slots=True)
class Tape:
    """A recorded stream."""

    header: TapeHeader
    entries: tuple[TapeEntry, ...]


class TapePlayer:
    """A `Runtime` that plays a tape for every request in its lane.

    Args:
        tape: what is played.
        pace: 0 plays as fast as it is read, 1 as it was recorded, 2 at half the speed.
        sleep: waits between chunks; tests pass their own.
    """

    def __init__(
        self, tape: Tape, *, pace: float = 0.0, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._tape = tape
        self._pace = pace
        self._sleep = sleep

    async def describe(self) -> RuntimeInfo:
        """Return who spoke on the tape, and that this is a tape."""
        header = self._tape.header
        raw = header.lane == "raw"
        return RuntimeInfo(
            runtime=header.runtime,
            version=header.version,
            model=header.model,
            capabilities=Capabilities(raw_text=raw, chat=not raw, grammar="gbnf" if raw else None),
            note="; ".join(filter(None, [f"a tape, {header.origin}: no model runs", header.note])),
        )

    def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Play the tape, whatever was asked."""
        return self._play("raw", RawChunk)

    def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Play the tape, whatever was asked."""
        return self._play("chat", ChatChunk)

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Refuse: a tape has no vocabulary."""
        raise Unsupported("a tape cannot turn text into tokens", hint="ask a runtime that runs a model")

    async def aclose(self) -> None:
        """Do nothing: there is nothing to release."""

    async def _play(self, lane: Lane, kind: type[_C]) -> AsyncGenerator[_C]:
        if self._tape.header.lane != lane:
            raise Unsupported(f"the tape is of the {self._tape.header.lane} lane, and the {lane} lane was asked")
        now = 0.0
        for entry in self._tape.entries:
            if self._pace:
                await self._sleep(max(0.0, entry.t - now) * self._pace)
            now = entry.t
            if entry.failure is not None:
                raise entry.failure
            if isinstance(entry.chunk, kind):
                yield entry.chunk


class Recorder:
    """A `Runtime` that passes everything through to another and keeps a tape of each stream in `tapes`.

    A stream that fails or is left early is kept up to there. One that outgrows `MAX_TAPE` is passed on but not kept.

    Args:
        runtime: who is asked.
        licence, source, note: for the tapes' headers.
        clock: tells seconds.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        licence: str = "",
        source: str = "",
        note: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.tapes: list[Tape] = []
        self._runtime = runtime
        self._about = {"licence": licence, "source": source, "note": note}
        self._clock = clock

    async def describe(self) -> RuntimeInfo:
        """Pass on what the runtime tells."""
        return await self._runtime.describe()

    def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Pass on and record."""
        options = {**_chosen(asdict(request.sampling)), "grammar": request.grammar is not None}
        return self._record("raw", options, lambda: self._runtime.generate(request))

    def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Pass on and record."""
        options = {
            **_chosen(asdict(request.sampling)),
            "thinking": request.thinking,
            "tools": len(request.tools),
            "tool_choice": request.tool_choice,
        }
        return self._record("chat", options, lambda: self._runtime.chat(request))

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Pass on."""
        return await self._runtime.tokenize(text, parse_special=parse_special)

    async def aclose(self) -> None:
        """Release what the runtime holds."""
        await self._runtime.aclose()

    async def _record(
        self, lane: Lane, options: dict[str, Any], ask: Callable[[], AsyncGenerator[_C]]
    ) -> AsyncGenerator[_C]:
        info = await self._runtime.describe()
        header = TapeHeader("recorded", lane, info.runtime, info.version, info.model, options, **self._about)
        entries: list[TapeEntry] = []
        size = 0
        start = self._clock()
        try:
            async with aclosing(ask()) as chunks:
                async for chunk in chunks:
                    entry = TapeEntry(round(self._clock() - start, 6), chunk)
                    size += len(_line(entry))
                    if size <= MAX_TAPE:
                        entries.append(entry)
                    yield chunk
        except RuntimeFailure as failure:
            entries.append(TapeEntry(round(self._clock() - start, 6), failure=failure))
            raise
        finally:
            if size <= MAX_TAPE:
                self.tapes.append(Tape(header, tuple(entries)))
            else:
                _log.warning("a stream of more than %d bytes was not recorded", MAX_TAPE)


def write_tape(path: Path, tape: Tape) -> None:
    """Write a tape, whole or not at all.

    Raises:
        LimitReached: it is larger than `MAX_TAPE`.
        OSError: it cannot be written.
    """
    lines = [jsonx.compact({"tape": _VERSION, **_chosen(asdict(tape.header))}), *map(_line, tape.entries)]
    data = "".join(f"{line}\n" for line in lines).encode()
    if len(data) > MAX_TAPE:
        raise LimitReached(f"a tape may have {MAX_TAPE:,} bytes, and this one has {len(data):,}")
    write_whole(path, data)


def read_tape(path: Path) -> Tape:
    """Read a tape.

    Raises:
        UsageProblem: the file is no tape: its message says which line is wrong.
        LimitReached: it is larger than `MAX_TAPE`.
        OSError: it cannot be read.
    """
    lines = jsonx.read_lines(io.BytesIO(read_capped(path, MAX_TAPE)))
    try:
        header = _header(_object(next(lines).require()))
        kind = RawChunk if header.lane == "raw" else ChatChunk
        return Tape(header, tuple(_entry(_object(line.require()), kind, line.number) for line in lines))
    except StopIteration:
        raise UsageProblem(f"{path} is no tape: it is empty", hint=_HINT) from None
    except (BadJSON, _Wrong) as problem:
        raise UsageProblem(f"{path} is no tape: {problem}", hint=_HINT) from None


class _Wrong(Exception):
    """What is wrong with a tape."""


def _line(entry: TapeEntry) -> str:
    value: dict[str, Any] = {"t": entry.t}
    if entry.chunk is not None:
        value["chunk"] = _chunk_value(entry.chunk)
    if entry.failure is not None:
        message = _ADDRESS.sub("the server", entry.failure.message)
        error: dict[str, Any] = {"code": entry.failure.code, "message": message}
        if isinstance(entry.failure, RuntimeRejected):
            error["status"] = entry.failure.status
        value["error"] = error
    return jsonx.compact(value)


def _chunk_value(chunk: Chunk) -> str | dict[str, Any]:
    value = _chosen(asdict(chunk))
    if chunk.usage is not None:
        value["usage"] = _chosen(asdict(chunk.usage))
    if isinstance(chunk, ChatChunk) and chunk.tool_calls:
        value["tool_calls"] = [_chosen(asdict(call)) for call in chunk.tool_calls]
    return value["text"] if value.keys() == {"text"} else value


def _chosen(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing."""
    return {key: value for key, value in values.items() if value not in (None, "", (), [], {})}


def _header(value: dict[str, Any]) -> TapeHeader:
    if value.pop("tape", None) != _VERSION:
        raise _Wrong("its first line is no header of this version")
    known = {one.name for one in fields(TapeHeader)}
    if unknown := sorted(value.keys() - known):
        raise _Wrong(f"its header has an unknown key {unknown[0]!r}")
    if value.get("origin") not in get_args(Origin):
        raise _Wrong("its header does not say its origin: recorded, fixture or written")
    if value.get("lane") not in get_args(Lane):
        raise _Wrong("its header does not say its lane: raw or chat")
    if not isinstance(value.setdefault("options", {}), dict):
        raise _Wrong("the options in its header are no object")
    if not all(isinstance(value.get(key, ""), str) for key in known - {"options"}) or not value.get("runtime"):
        raise _Wrong("its header has to name the runtime, and hold text in every other place but options")
    return TapeHeader(**value)


def _entry(value: dict[str, Any], kind: type[RawChunk] | type[ChatChunk], number: int) -> TapeEntry:
    try:
        seconds = float(value["t"])
        if "error" in value:
            return TapeEntry(seconds, failure=_failure(_object(value["error"])))
        return TapeEntry(seconds, _raw_chunk(value["chunk"]) if kind is RawChunk else _chat_chunk(value["chunk"]))
    except (KeyError, TypeError, ValueError, _Wrong) as problem:
        raise _Wrong(f"line {number} is neither a chunk nor an error ({problem})") from None


def _raw_chunk(value: object) -> RawChunk:
    if isinstance(value, str):
        return RawChunk(value)
    found = _object(value)
    finish, usage = _ending(found)
    return RawChunk(_text(found.pop("text", "")), tuple(map(int, found.pop("tokens", ()))), finish, usage, **found)


def _chat_chunk(value: object) -> ChatChunk:
    if isinstance(value, str):
        return ChatChunk(value)
    found = _object(value)
    finish, usage = _ending(found)
    calls = tuple(ToolCallFragment(**_object(call)) for call in found.pop("tool_calls", ()))
    content, reasoning = _text(found.pop("content", "")), _text(found.pop("reasoning", ""))
    return ChatChunk(content, reasoning, calls, finish, usage, **found)


def _ending(found: dict[str, Any]) -> tuple[FinishReason | None, Usage | None]:
    finish = found.pop("finish", None)
    if finish is not None and finish not in get_args(FinishReason):
        raise _Wrong(f"unknown finish {finish!r}")
    usage = found.pop("usage", None)
    return finish, None if usage is None else Usage(**_object(usage))


def _failure(value: dict[str, Any]) -> RuntimeFailure:
    code, message = value.get("code"), _text(value.get("message", ""))
    if code == RuntimeRejected.code:
        return RuntimeRejected(message, status=int(value.get("status", 500)))
    for name in errors.__all__:
        known = getattr(errors, name)
        if issubclass(known, RuntimeFailure) and known.code == code:
            return known(message)
    raise _Wrong(f"unknown error code {code!r}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"{value!r} is no text")
    return value


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong("a line is no object")
    return cast("dict[str, Any]", value)
