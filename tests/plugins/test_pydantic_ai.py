"""`gemwright.plugins.pydantic_ai`, met by pydantic-ai's own agents in one child process (`ask_pydantic_ai.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gemwright.launch.embedded import Engine
from tests.clients import run_with_clients

pytestmark = pytest.mark.timeout(180)  # for the first test, which waits for the child


@pytest.fixture(scope="module")
def found(engine: Engine) -> dict[str, Any]:
    """What the agents saw."""
    settings = {"GEMWRIGHT_ENDPOINT": engine.url}
    return json.loads(run_with_clients(Path(__file__).with_name("ask_pydantic_ai.py"), settings=settings).stdout)


def test_an_answer_is_accounted_for(found: dict[str, Any]) -> None:
    """Tokens, why it ended, the model's own name, and how it came about."""
    text, tokens_in, tokens_out, seen = found["talk"]["plain"]
    assert text == "I am Tidewise."
    assert tokens_in > tokens_out > 0
    assert seen["finish"] == "stop"
    assert "demo model" in seen["model"]
    assert seen["details"]["runtime"] == "llama.cpp"
    assert seen["details"]["lane"] == "raw"
    assert seen["details"]["repairs"] == []


def test_instructions_are_a_system_prompt(found: dict[str, Any]) -> None:
    """pydantic-ai keeps instructions out of the history; the model reads both the same way."""
    assert found["talk"]["instructed"] == "I am Tidewise."


def test_a_tool_is_called_and_its_result_answered(found: dict[str, Any]) -> None:
    """An agent's whole loop: call, result under the call's id, answer."""
    text, seen = found["tools"]["once"]
    assert seen["kinds"] == ["user-prompt", "tool-call", "tool-return", "text"]
    assert seen["calls"] == [["get_weather", {"city": "Faro"}]]
    assert seen["result_ids"] == seen["ids"]
    assert "19 degrees" in text


def test_parallel_calls_are_answered_together(found: dict[str, Any]) -> None:
    """Two calls of one turn have ids of their own, and both results go back before the model speaks again."""
    _, seen = found["tools"]["twice"]
    assert seen["calls"] == [["get_weather", {"city": "Faro"}], ["get_tide", {"station": "Vigo"}]]
    assert len(set(seen["ids"])) == 2
    assert seen["result_ids"] == seen["ids"]
    assert seen["kinds"][1:5] == ["tool-call", "tool-call", "tool-return", "tool-return"]


def test_thinking_is_a_part_of_its_own(found: dict[str, Any]) -> None:
    """An effort level means on, since Gemma 4 has a switch; no thought is in the answer."""
    text, seen = found["talk"]["thought"]
    thinking = [kind for kind in seen["kinds"] if kind == "thinking"]
    assert thinking
    assert all(thought.strip() and thought not in text for thought in seen["thinking"])
    assert found["talk"]["plain"][3]["thinking"] == []


def test_control_tokens_in_a_result_stay_text(found: dict[str, Any]) -> None:
    """The tide's station tries to open a turn of the system's; the next run has it in its history still."""
    text, seen = found["talk"]["thought"]
    assert "3 control-token spellings in the conversation were kept as text" in seen["details"]["note"]
    assert "seagulls" not in text
    assert "kept as text" in found["talk"]["after"][1]["details"]["note"]


def test_a_stored_history_with_thoughts_goes_on(found: dict[str, Any]) -> None:
    """Thoughts, calls and results are read back from JSON, and the next question is answered."""
    text, seen = found["talk"]["after"]
    assert text
    assert [kind for kind in seen["kinds"] if kind in ("user-prompt", "text")] == ["user-prompt", "text"]


def test_a_prompt_can_be_counted_before_it_is_sent(found: dict[str, Any]) -> None:
    """pydantic-ai's limits rest on the runtime's own tokenizer."""
    kind, words = found["talk"]["counted"]
    assert kind == "UsageLimitExceeded"
    assert "input_tokens_limit of 5" in words


@pytest.mark.parametrize("mode", ["tool", "native"])
def test_an_answer_has_its_type(found: dict[str, Any], mode: str) -> None:
    """Whatever so small a model says of a dog, it is one."""
    kind, dog = found["typed"][mode]
    assert kind == "Dog"
    assert set(dog) == {"name", "age"}


def test_a_type_that_is_no_object(found: dict[str, Any]) -> None:
    """A number has to be wrapped to be a call's argument, and comes back a number."""
    assert found["typed"]["number"] == "int"


def test_a_native_answer_comes_after_the_calls(found: dict[str, Any]) -> None:
    """With tools and a type, the model may call first."""
    kind, seen = found["typed"]["native with tools"]
    assert kind == "Dog"
    assert seen["kinds"] == ["user-prompt", "tool-call", "tool-return", "text"]


def test_retries_are_the_agents(found: dict[str, Any]) -> None:
    """A refused answer is asked for once more by pydantic-ai, and counted as its request."""
    assert found["typed"]["validated"] == [2, 2, "Dog"]


def test_an_answer_streams(found: dict[str, Any]) -> None:
    """The call comes first and whole, then the answer in pieces, with the same history as without a stream."""
    streamed = found["streamed"]
    assert len(streamed["pieces"]) > 1
    assert "".join(streamed["pieces"]) == found["tools"]["once"][0]
    assert streamed["requests"] == 2
    for name in ("kinds", "calls", "finish", "model", "details"):
        assert streamed["history"][name] == found["tools"]["once"][1][name]


def test_a_typed_answer_comes_through_a_stream(found: dict[str, Any]) -> None:
    """In both ways of asking for it."""
    assert (found["streamed"]["native"], found["streamed"]["tool"]) == ("Dog", "Dog")


def test_a_server_that_is_gone_lets_another_model_step_in(found: dict[str, Any]) -> None:
    """Our failures are pydantic-ai's errors, also where a stream is opened, so its fallback knows them."""
    kind, words = found["failures"]["nobody"]
    assert kind == "ModelConnectionError"
    assert "nothing answers at http://127.0.0.1:9" in words
    assert "hint: is the server running" in words
    assert all("demo model" in text for text in found["failures"]["fallback"])


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("option", "temperature must be between 0 and 10"),
        ("picture", "takes no images"),
        ("address", "give its bytes"),
    ],
)
def test_what_cannot_be_asked_is_a_user_error(found: dict[str, Any], case: str, words: str) -> None:
    """And says what can; a picture is refused by this runtime, not by the plug-in."""
    kind, said = found["failures"][case]
    assert kind == "UserError"
    assert words in said


def test_a_picture_is_a_part_of_the_message(found: dict[str, Any]) -> None:
    """Bytes become an image, in the place where they stood."""
    assert found["failures"]["picture parts"] == ["Text", "Image"]


def test_a_client_of_ones_own_serves(found: dict[str, Any]) -> None:
    """Whoever wants another lane, or repairs off, brings a client."""
    assert "demo model" in found["failures"]["own"]


def test_the_example_of_the_page_runs(found: dict[str, Any]) -> None:
    """What the documentation shows works."""
    weather, dog = found["page"]
    assert "19 degrees" in weather
    assert dog.startswith("name=")
