"""The agent over a real llama.cpp with the demo model, in both lanes: one call, a chain, two calls side by side.

The questions are of the plain forms that the demo model was made for; how good it is beyond them is measured in `standin/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

from gemwright.agent import Agent, Limits, Tool, Transcript
from gemwright.client import Client
from gemwright.launch.embedded import Engine
from gemwright.messages import GenerationOptions
from gemwright.runtimes.llamacpp import LlamaCpp

COLD = GenerationOptions(temperature=0, max_tokens=200)


def get_weather(city: str) -> str:
    """Get the weather in a city.

    Args:
        city: city to use
    """
    return f"weather: {19 if city == 'Oslo' else 31} degrees"


def get_harbour(boat: str) -> str:
    """Get the harbour of a boat.

    Args:
        boat: boat to use
    """
    return "Vigo"


def get_tide(harbour: str) -> str:
    """Get the tide of a harbour.

    Args:
        harbour: harbour to use
    """
    return "3.2 m" if harbour == "Vigo" else "unknown"


def get_station(station: str) -> str:
    """Get the tide at a station.

    Args:
        station: station to use
    """
    return "tide: 3.2 m"


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[Client]:
    """A client of the engine, which takes the lane that suits it."""
    with Client(LlamaCpp(engine.url, note=engine.label)) as opened:
        yield opened


def test_it_calls_a_tool_and_answers(client: Client) -> None:
    """With the default system prompt; the second question goes on in the same conversation."""
    agent = Agent(client, [get_weather, get_tide], options=COLD)
    for city, degrees in (("Oslo", "19"), ("Faro", "31")):
        reply = agent.ask(f"What is the weather in {city}?")
        assert [(one.call.name, dict(one.call.arguments)) for one in reply.results] == [("get_weather", {"city": city})]
        assert degrees in reply.text and (reply.ended, reply.steps) == ("answered", 2)
    assert len(agent.history()) == 8


@pytest.mark.parametrize("lane", ["raw", "chat"])
def test_it_goes_on_from_one_result_to_the_next(engine: Engine, lane: Literal["raw", "chat"]) -> None:
    """The second call's argument is nowhere but in the first one's result; in both lanes."""
    with Client(LlamaCpp(engine.url), lane=lane) as client:
        reply = Agent(client, [get_weather, get_harbour, get_tide], options=COLD).ask(
            "What is the tide of the harbour of Marula?"
        )
    assert [(one.call.name, dict(one.call.arguments)) for one in reply.results] == [
        ("get_harbour", {"boat": "Marula"}),
        ("get_tide", {"harbour": "Vigo"}),
    ]
    assert "3.2 m" in reply.text and (reply.ended, reply.steps) == ("answered", 3)


def test_the_cache_of_a_real_engine_holds_from_step_to_step(client: Client) -> None:
    """The engine reads anew only what was added: the call and its result, the new question."""
    agent = Agent(client, [get_weather, get_harbour, get_tide], options=COLD)
    agent.ask("What is the tide of the harbour of Marula?")
    agent.ask("What is the weather in Oslo?")
    turns = [said.turn for question in agent.conversation.state.questions for said in question.said if said.turn]
    assert len(turns) == 5
    for before, after in pairwise(turns):
        assert before.usage.prompt_tokens and after.usage.prompt_tokens and after.usage.cached_tokens is not None
        assert after.usage.cached_tokens >= before.usage.prompt_tokens - 8
        assert after.usage.prompt_tokens - after.usage.cached_tokens < 150


def test_it_calls_two_at_once(client: Client) -> None:
    """One turn, two calls, both results in the answer."""
    reply = Agent(client, [get_weather, get_station], options=COLD).ask("What is the weather in Oslo and in Faro?")
    assert sorted(str(one.call.arguments["city"]) for one in reply.results) == ["Faro", "Oslo"]
    assert "19" in reply.text and "31" in reply.text and reply.steps == 2


def test_when_its_steps_are_used_nothing_runs_any_more(client: Client) -> None:
    """A real engine takes the prompts without declarations. The demo model seldom answers them: it goes on calling."""
    agent = Agent(client, [get_harbour, get_tide], options=COLD, limits=Limits(steps=1))
    reply = agent.ask("What is the tide of the harbour of Marula?")
    assert reply.ended == ("steps" if reply.text else "empty")
    assert len(reply.results) == 1 and reply.steps >= 2


def test_a_paused_question_goes_on_with_another_client(client: Client, engine: Engine, tmp_path: Path) -> None:
    """What was kept is enough for a real engine to go on with."""
    path = tmp_path / "talk.sqlite"
    tools = [get_harbour, Tool.from_function(get_tide, approval=True)]
    with Transcript(path) as kept:
        reply = Agent(client, tools, options=COLD, transcript=kept).ask("What is the tide of the harbour of Marula?")
        assert (reply.ended, [call.name for call in reply.waiting]) == ("paused", ["get_tide"])
    with Transcript(path) as kept, Client(LlamaCpp(engine.url)) as other:
        again = Agent(other, tools, options=COLD, transcript=kept).resume({call.id: True for call in reply.waiting})
    assert "3.2 m" in again.text and again.ended == "answered"
