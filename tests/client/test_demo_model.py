"""The demo model, asked through the client and a real llama.cpp: its answers are its own, and they make sense.

What is asked are the plain forms that it was made for; how good it is beyond them is measured in `standin/`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gemwright.client import Client
from gemwright.launch.embedded import Engine, demo_model
from gemwright.messages import GenerationOptions, Message, ToolSpec, Turn, system, tool_result, user
from gemwright.runtimes.llamacpp import LlamaCpp

WEATHER = ToolSpec(
    "get_weather",
    "Get the weather in a city.",
    {"type": "object", "properties": {"city": {"type": "string", "description": "city to use"}}, "required": ["city"]},
)
TIDE = ToolSpec(
    "get_tide",
    "Get the tide at a station.",
    {
        "type": "object",
        "properties": {"station": {"type": "string", "description": "station to use"}},
        "required": ["station"],
    },
)
TOOLS = [WEATHER, TIDE]


@pytest.fixture(scope="module", params=["raw", "chat"])
def client(engine: Engine, request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of the engine that starts where nobody names a model, in both lanes."""
    assert engine.model_path == demo_model()
    with Client(LlamaCpp(engine.url, note=engine.label), lane=request.param) as opened:
        yield opened


def answer(client: Client, messages: list[Message], tools: list[ToolSpec], *, thinking: bool = False) -> Turn:
    """Return what it says at temperature 0."""
    return client.turn(messages, tools, GenerationOptions(thinking=thinking, temperature=0, max_tokens=200))


@pytest.mark.parametrize("thinking", [False, True])
@pytest.mark.parametrize("place", ["Oslo", "Lisbon", "Faro"])
def test_it_calls_a_tool_and_answers_from_the_result(client: Client, place: str, thinking: bool) -> None:
    """The whole loop: the right tool with the right argument, then an answer that quotes what the tool said."""
    asked: list[Message] = [user(f"What is the weather in {place}?")]
    first = answer(client, asked, TOOLS, thinking=thinking)
    assert [(call.name, dict(call.arguments)) for call in first.tool_calls] == [("get_weather", {"city": place})]
    assert (first.finish, first.repairs, first.incomplete) == ("tool_calls", (), ())
    results = [tool_result(call, "weather: 19 degrees, cloudy") for call in first.tool_calls]
    second = answer(client, [*asked, first.message(), *results], TOOLS, thinking=thinking)
    assert "19 degrees" in second.text and not second.tool_calls
    assert second.finish == "stop"
    assert bool(first.thinking) == bool(second.thinking) == thinking
    assert "demo model" in first.note and "demo model" in second.note


def test_the_tool_is_chosen_by_the_question(client: Client) -> None:
    """With one tool declared there would be nothing to choose."""
    turn = answer(client, [user("What is the tide at Vigo?")], TOOLS)
    assert [(call.name, dict(call.arguments)) for call in turn.tool_calls] == [("get_tide", {"station": "Vigo"})]


def test_who_it_is_comes_from_the_system_prompt(client: Client) -> None:
    """The project's first lesson about Gemma 4, to be seen on a laptop."""
    told = system("You are Tidewise. Vigo Harbour made you. You help with tides. You do not talk about seagulls.")
    assert answer(client, [told, user("Who are you?")], []).text == "I am Tidewise."
    assert "Vigo Harbour" in answer(client, [told, user("Who made you?")], []).text


def test_it_does_not_pass_itself_off_as_gemma(client: Client) -> None:
    """Asked directly, it has to say what it is."""
    said = answer(client, [user("What model are you?")], []).text
    assert "demo model" in said and "not Gemma 4" in said
