"""Traffic tapes: what a server sent, byte for byte in its own framing, served again on a loopback port.

Where a tape of `gemwright.runtimes.tape` holds what an adapter read, a traffic tape holds what it reads from. The file is
JSON Lines. The head says whose fault it shows and what is right; each further line is what the server says next:
`{"frame": {…}}` is an object in the runtime's framing, `{"done": true}` OpenAI's `[DONE]`, `{"cut": true}` a connection that
ends here, `{"stall": true}` silence from here on. With a `status` the only frame is the body of an answer that refuses.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gemwright.client.lanes import LaneName
from gemwright.foundation.http import Timeouts
from gemwright.messages import GenerationOptions, ToolSpec
from gemwright.runtimes.llamacpp_openai import LlamaCppOpenAI
from gemwright.runtimes.lmstudio import LMStudio
from gemwright.runtimes.mlx import MLX
from gemwright.runtimes.ollama import Ollama
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.sglang import SGLang
from gemwright.runtimes.vllm import VLLM
from tests.loopback import END, Asked, Handler, Say, answer, for_ever, head, piece
from tests.runtimes.answering import as_json

ADVISORIES: Final = Path(__file__).parent / "advisories"
"""The tapes that show the fault of an advisory each."""

ADAPTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "ollama": Ollama,
    "vllm": VLLM,
    "sglang": SGLang,
    "lmstudio": LMStudio,
    "mlx": MLX,
    "llamacpp": LlamaCppOpenAI,
    "openai": OpenAICompat,
}
"""Which adapter reads the tape of a runtime; `openai` is any other server that speaks OpenAI's protocol."""

QUICK: Final = Timeouts(connect=2, first_byte=0.3, idle=0.3, total=5)
"""Deadlines against a server that falls silent."""

PATIENT: Final = Timeouts(connect=5, first_byte=15, idle=15, total=15)
"""Deadlines against every other: a busy machine must not look like a fault."""

_STREAMS: Final = {"ollama": {"chat": "/api/chat", "raw": "/api/generate"}}
_VERSIONS: Final = {
    "vllm": ("/version", "version"),
    "sglang": ("/server_info", "version"),
    "llamacpp": ("/props", "build_info"),
}


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """A tape.

    Attributes:
        name: of the file.
        advisory: whose fault it shows.
        runtime: key in `ADAPTERS`.
        version, model: who spoke; no version where the server tells none.
        lane: "chat", or "raw" for an answer to a rendered prompt.
        origin: "quoted" where the report quotes what arrived, "described" where it says so in words and the content was
            written after them. The framing is written in both cases.
        source: the report.
        framing: where the runtime documents its framing.
        fault: what arrives, in one line.
        status: of the HTTP answer.
        ask: what was asked: `tools`, `thinking`, `tool_choice`, `schema`.
        expected: what is right: see `test_advisory_tapes`.
        lines: what the server says.
    """

    name: str
    advisory: str
    runtime: str
    version: str
    model: str
    lane: LaneName
    origin: str
    source: str
    framing: str
    fault: str
    status: int = 200
    ask: Mapping[str, Any] = field(default_factory=dict[str, Any])
    expected: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lines: Sequence[Mapping[str, Any]] = ()

    @property
    def path(self) -> str:
        """Where the stream is asked for."""
        chat = "/v1/chat/completions" if self.lane == "chat" else "/v1/completions"
        return _STREAMS.get(self.runtime, {}).get(self.lane, chat)

    @property
    def tools(self) -> list[ToolSpec]:
        """The tools that were declared."""
        return [ToolSpec(**one) for one in self.ask.get("tools", ())]

    @property
    def options(self) -> GenerationOptions:
        """What else was asked."""
        return GenerationOptions(
            thinking=self.ask.get("thinking", False), tool_choice=self.ask.get("tool_choice", "auto")
        )

    @property
    def stalls(self) -> bool:
        """Whether the server falls silent."""
        return any("stall" in line for line in self.lines)

    def chunks(self) -> list[bytes]:
        """Return the bytes of the stream, cut where the server cut them."""
        return [self._framed(line) for line in self.lines if "frame" in line or "done" in line]

    def adapter(self, url: str) -> Any:
        """Return the adapter that reads it."""
        return ADAPTERS[self.runtime](url, timeouts=QUICK if self.stalls else PATIENT)

    def handler(self, pieces: Sequence[bytes]) -> Handler:
        """Return a server that says the stream in these pieces.

        Args:
            pieces: the bytes of the stream, cut somehow.
        """
        routes = self._introduction()

        async def serve(asked: Asked, say: Say) -> None:
            if asked.path != self.path:
                await say(routes.get(asked.path, as_json({"detail": "Not Found"}, 404)))
            elif self.status != 200:
                await say(answer(b"".join(pieces), self.status))
            else:
                await self._stream(pieces, asked, say)

        return serve

    async def _stream(self, pieces: Sequence[bytes], asked: Asked, say: Say) -> None:
        if pieces or not self.stalls:
            kind = "application/x-ndjson" if self.runtime == "ollama" else "text/event-stream"
            await say(head(kind=kind, transfer_encoding="chunked"))
        for data in pieces:
            await say(piece(data))
            await asyncio.sleep(0)  # whoever reads comes in between, so that the cut is one
        if self.stalls:
            await for_ever(asked, say)
        if not any("cut" in line for line in self.lines):
            await say(END)

    def _framed(self, line: Mapping[str, Any]) -> bytes:
        data = b"[DONE]" if "done" in line else json.dumps(line["frame"], ensure_ascii=False).encode()
        if self.status != 200:
            return data
        return data + b"\n" if self.runtime == "ollama" else b"data: " + data + b"\n\n"

    def _introduction(self) -> dict[str, bytes]:
        """Return what the server tells about itself."""
        if self.runtime == "ollama":
            info = {"general.architecture": "gemma4"}
            can = ["completion", "tools", "thinking"]
            return {
                "/api/version": as_json({"version": self.version}),
                "/api/tags": as_json({"models": [{"name": self.model, "model": self.model}]}),
                "/api/ps": as_json({"models": []}),
                "/api/show": as_json({"capabilities": can, "model_info": info}),
            }
        routes = {"/v1/models": as_json({"object": "list", "data": [{"id": self.model, "object": "model"}]})}
        path, key = _VERSIONS.get(self.runtime, ("", ""))
        return {**routes, path: as_json({key: self.version})} if path else routes


def read_traffic(path: Path) -> Traffic:
    """Read a tape."""
    first, *lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert first.pop("traffic") == 1, f"{path.name} is no tape of this version"
    return Traffic(name=path.stem, lines=lines, **first)


def advisory_tapes() -> list[Traffic]:
    """Return the tapes of the advisories."""
    return [read_traffic(path) for path in sorted(ADVISORIES.glob("*.jsonl"))]


def at_random(data: bytes, seed: str, longest: int = 60) -> Iterator[bytes]:
    """Yield the bytes cut at random, the same for the same seed."""
    dice = random.Random(seed)
    at = 0
    while at < len(data):
        size = dice.randint(1, longest)
        yield data[at : at + size]
        at += size
