"""The contract kit over what every checkout has: scripts, tapes of them, and a real llama.cpp by all its doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gemwright.client.lanes import LaneName
from gemwright.launch.embedded import Engine
from gemwright.messages import Usage
from gemwright.runtimes.base import ChatChunk, ChatRequest, Runtime
from gemwright.runtimes.echo import Echo
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.llamacpp_openai import LlamaCppOpenAI
from gemwright.runtimes.tape import Recorder, TapePlayer, read_tape, write_tape
from gemwright.testing.runtime_contract import CHECKS, Broken, Check, hold, require, run_contract, scripted

LANES: tuple[LaneName, ...] = ("raw", "chat")
BY_NAME = {check.name: check for check in CHECKS}
SINGLE = [check for check in CHECKS if len(check.script) == 1]


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_script_keeps_the_contract(check: Check, lane: LaneName) -> None:
    """Guards the kit: a runtime that does everything right is found right, without a model."""
    require(check, lambda: scripted(check, lane), lane=lane)


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("check", SINGLE, ids=str)
def test_tape_keeps_the_contract(check: Check, lane: LaneName, tmp_path: Path) -> None:
    """Guards tapes: what was recorded, written and read again is played as it was, failures included."""
    recorder = Recorder(scripted(check, lane))
    asyncio.run(hold(check, lambda: recorder, lane=lane))
    write_tape(tmp_path / "tape.jsonl", recorder.tapes[0])
    player = TapePlayer(read_tape(tmp_path / "tape.jsonl"))
    if check.name in ("errors typed", "context overflow"):
        pytest.skip("a tape holds one answer and no context: it plays it whatever is asked")
    require(check, lambda: player, lane=lane)


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("adapter", [LlamaCpp, LlamaCppOpenAI], ids=["native", "openai"])
def test_llama_cpp_keeps_the_contract(engine: Engine, adapter: Callable[[str], Runtime], lane: LaneName) -> None:
    """Guards both adapters of a real llama.cpp, in both lanes; only what it does not tell is left out."""
    outcomes = run_contract(lambda: adapter(engine.url), lanes=[lane])
    assert [one for one in outcomes if one.status == "broken"] == []
    left_out = {one.check: one.why for one in outcomes if one.status == "not applicable"}
    told = {} if adapter is LlamaCpp else {"context overflow": "the runtime does not tell its context"}
    assert left_out == told


class Spoilt:
    """A scripted runtime whose chat lane somebody spoils: what a bad adapter would do.

    Args:
        check: for whom it is scripted.
        spoil: changes a chunk, or says what comes instead of it.
        deaf: seconds that it takes to notice that nobody reads any more.
    """

    def __init__(self, check: Check, spoil: Callable[[ChatChunk], list[Any]], deaf: float = 0.0) -> None:
        self._echo: Echo = scripted(check, "chat")
        self._spoil, self._deaf = spoil, deaf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._echo, name)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Say what the script says, spoilt."""
        try:
            async with aclosing(self._echo.chat(request)) as chunks:
                async for chunk in chunks:
                    for one in self._spoil(chunk):
                        if isinstance(one, Exception):
                            raise one
                        yield one
        finally:
            await asyncio.sleep(self._deaf)


def kept(chunk: ChatChunk) -> list[Any]:
    """Spoil nothing."""
    return [chunk]


SPOILT: list[tuple[str, Callable[[ChatChunk], list[Any]], float]] = [
    ("one end", lambda chunk: [chunk, ChatChunk(finish="stop")] if chunk.finish else [chunk], 0),
    ("usage", lambda chunk: [replace(chunk, usage=None)], 0),
    ("usage", lambda chunk: [replace(chunk, usage=Usage(0, 0) if chunk.usage else None)], 0),
    ("text intact", lambda chunk: [replace(chunk, content=chunk.content.encode("latin-1", "replace").decode())], 0),
    ("text intact", lambda chunk: [replace(chunk, content=chunk.content.replace(" ", ""))], 0),
    ("thinking apart", lambda chunk: [replace(chunk, content=chunk.reasoning + chunk.content, reasoning="")], 0),
    ("no thinking", lambda chunk: [replace(chunk, content="", reasoning=chunk.content)], 0),
    ("call whole", lambda chunk: [replace(chunk, tool_calls=())], 0),
    ("calls apart", lambda chunk: [] if any(call.index for call in chunk.tool_calls) else [chunk], 0),
    ("max_tokens", lambda chunk: [replace(chunk, finish="stop" if chunk.finish else None)], 0),
    ("stop", lambda chunk: [replace(chunk, content="seven" if chunk.finish else chunk.content)], 0),
    ("left early", kept, 1.5),
    ("waiting cancelled", kept, 1.5),
    ("describe", kept, 0),
    ("errors typed", lambda chunk: [ValueError("what a package says")], 0),
]


@pytest.mark.parametrize(("name", "spoil", "deaf"), SPOILT, ids=[name for name, _, _ in SPOILT])
def test_every_check_sees_what_it_is_for(name: str, spoil: Callable[[ChatChunk], list[Any]], deaf: float) -> None:
    """Guards against checks that cannot fail: an adapter with the one fault breaks the one promise."""
    check = BY_NAME[name]
    runtime = Spoilt(check, spoil, deaf)
    if name == "describe":
        runtime._echo._info = replace(runtime._echo._info, model="/srv/model.gguf")
    if name == "errors typed":
        runtime._echo._script = [["a"], ["b"]]
    with pytest.raises(Broken):
        require(check, lambda: runtime, lane="chat")


def test_every_promise_is_a_sentence() -> None:
    """The page of the contract shows them; names are what `pytest -k` finds them by."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.promise.endswith(".") for check in CHECKS)


def test_another_lane_is_left_out_with_the_reason() -> None:
    """A runtime that takes no rendered prompts is not broken for it."""
    outcome = asyncio.run(hold(CHECKS[0], lambda: scripted(CHECKS[0], "chat"), lane="raw"))
    assert (outcome.status, outcome.why) == ("not applicable", "echo does not take the raw lane")


def test_the_page_names_every_promise(checkout: Path) -> None:
    """Whoever writes an adapter reads the promises there, so they have to be the ones that are checked."""
    page = (checkout / "docs" / "how-to" / "test-an-adapter.md").read_text("utf-8")
    rows = [f"| {check.name} | {' '.join(check.promise.split())} |" for check in CHECKS]
    assert [row for row in rows if row not in page.splitlines()] == []
