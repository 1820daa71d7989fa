"""The same exchange with an agent over every runtime: the same events, nothing lost, every repair named."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gemwright.client.lanes import LaneName
from gemwright.launch.embedded import Engine
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.llamacpp_openai import LlamaCppOpenAI
from gemwright.runtimes.lmstudio import LMStudio
from gemwright.runtimes.mlx import MLX
from gemwright.runtimes.ollama import Ollama
from gemwright.runtimes.sglang import SGLang
from gemwright.runtimes.tape import TapePlayer, read_tape
from gemwright.runtimes.transformers_serve import TransformersServe
from gemwright.runtimes.vllm import VLLM
from tests.tapes.exchange import HERE, RIGHT, Spoken, exchange, played, read

ADAPTERS: dict[str, Callable[[str], Any]] = {
    "ollama": Ollama,
    "vllm": VLLM,
    "sglang": SGLang,
    "lmstudio": LMStudio,
    "mlx-lm": MLX,
    "transformers": TransformersServe,
}
RECORDED = {"mlx-lm", "transformers"}
REPAIRS = {"ollama": [["made-up-id"], []]}
"""Repairs of the two turns, where there are any: Ollama's documented calls have no ids."""


def events(turns: list[Spoken]) -> Any:
    """Return what was said in each turn, as JSON has it."""
    return json.loads(json.dumps([turn.events for turn in turns]))


@pytest.fixture(scope="module")
def kept() -> Any:
    """What the demo model said over llama.cpp when the tapes were made: another training may say it otherwise."""
    return [turn["events"] for turn in json.loads(RIGHT.read_text("utf-8"))]


@pytest.fixture(scope="module")
def right(engine: Engine) -> list[Spoken]:
    """The exchange over a real llama.cpp, in the raw lane: we render, and we parse."""
    return asyncio.run(exchange(LlamaCpp(engine.url), "raw"))


def test_the_exchange_is_one_of_an_agent(right: list[Spoken], kept: Any) -> None:
    """Guards the comparison: it has a thought, two calls at once, and an answer that takes up the results."""
    for first, second in (events(right), kept):
        assert [event[0] for event in first] == ["thought", "call", "call", "end"]
        assert [event[2:] for event in first[1:3]] == [
            ["get_weather", {"city": "Oslo"}],
            ["get_time", {"city": "Rome"}],
        ]
        assert (first[-1], second[-1]) == (["end", "tool_calls"], ["end", "stop"])
        assert "sunny" in dict(event[:2] for event in second)["text"]
    assert [turn.repairs for turn in right] == [[], []]


@pytest.mark.parametrize(("adapter", "lane"), [(LlamaCpp, "chat"), (LlamaCppOpenAI, "chat"), (LlamaCppOpenAI, "raw")])
def test_llama_cpp_says_the_same_by_every_door(
    engine: Engine, right: list[Spoken], adapter: Callable[[str], Any], lane: LaneName
) -> None:
    """A real llama.cpp, by its own endpoints and by OpenAI's, rendering itself or not."""
    turns = asyncio.run(exchange(adapter(engine.url), lane))
    assert events(turns) == events(right)
    assert [turn.repairs for turn in turns] == [[], []]


@pytest.mark.parametrize("name", ADAPTERS)
def test_other_servers_say_the_same(kept: Any, name: str) -> None:
    """Traffic of each, recorded where it runs here and written where it does not: the head says which."""
    head, rows = read(HERE / f"{name}.jsonl")
    assert (head["origin"] == "recorded") == (name in RECORDED)
    turns = asyncio.run(played(ADAPTERS[name], rows))
    assert events(turns) == kept
    assert [turn.repairs for turn in turns] == REPAIRS.get(name, [[], []])
    assert len(set(turns[0].ids)) == 2 and all(turns[0].ids)


def test_mistral_rs_says_the_same(kept: Any) -> None:
    """Chunks of mistral.rs in its process, recorded."""
    tapes = [read_tape(HERE / f"mistral.rs-{number}.jsonl") for number in (1, 2)]
    assert {tape.header.origin for tape in tapes} == {"recorded"}

    class InTurn(TapePlayer):
        """Plays one tape after the other."""

        def generate(self, request: Any) -> Any:
            """Play the next."""
            self._tape = tapes.pop(0)
            return super().generate(request)

    turns = asyncio.run(exchange(InTurn(tapes[0]), "raw"))
    assert events(turns) == kept
    assert [turn.repairs for turn in turns] == [[], []]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.jsonl")), ids=lambda path: path.stem)
def test_tapes_name_no_machine(path: Path) -> None:
    """What was recorded says nothing of the machine on which it was."""
    text = path.read_text("utf-8")
    assert not [word for word in (".cache", "x86_64", "Linux") if word in text]
