"""`gemwright.plugins.llm`, met by `llm` itself: library and command, in one child process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gemwright.launch.embedded import Engine
from gemwright.messages import turn_from_json
from tests.clients import run_with_clients

pytestmark = pytest.mark.timeout(180)  # for the first test, which waits for the child


@pytest.fixture(scope="module")
def found(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a program that uses `llm` saw (`ask_llm.py`)."""
    settings = {"LLM_USER_PATH": str(tmp_path_factory.mktemp("llm")), "GEMWRIGHT_ENDPOINT": engine.url}
    return json.loads(run_with_clients(Path(__file__).with_name("ask_llm.py"), settings=settings).stdout)


def test_listing_models_loads_nothing_of_ours(found: dict[str, Any]) -> None:
    """Every `llm` command loads every plug-in; those who ask another model must not pay for ours."""
    assert found["loaded"] == ["gemwright", "gemwright.plugins", "gemwright.plugins.llm"]


def test_an_answer_streams_and_is_accounted_for(found: dict[str, Any]) -> None:
    """Pieces, tokens, the model's own name, and how the answer came about."""
    sync = found["sync"]
    assert "".join(sync["pieces"]) == "I am Tidewise."
    assert len(sync["pieces"]) > 1
    assert all(tokens > 0 for tokens in sync["usage"])
    assert "demo model" in sync["resolved"]
    assert sync["facts"] == {"runtime": "llama.cpp", "lane": "raw", "finish": "stop"}


def test_a_conversation_carries_its_history(found: dict[str, Any]) -> None:
    """The second prompt goes out behind the first and its answer."""
    sync = found["sync"]
    assert sync["history"] == [
        ["user", "What model are you?"],
        ["assistant", sync["first"]],
        ["user", "What is Gemma 4?"],
    ]


def test_a_tool_is_called_and_its_result_answered(found: dict[str, Any]) -> None:
    """The call has an id, the result comes back under it, and the answer says what the tool said."""
    tool = found["sync"]["tool"]
    assert tool["calls"] == [["get_weather", {"city": "Faro"}]]
    assert tool["result_ids"] == tool["ids"]
    assert all(tool["ids"])
    assert "19 degrees" in tool["answer"]


def test_a_toolbox_is_called(found: dict[str, Any]) -> None:
    """`llm` puts the box's name before the tool's, and keeps the state."""
    seen, asked = found["sync"]["toolbox"]
    assert seen["calls"] == [["Harbour_get_weather", {"city": "Faro"}]]
    assert asked == ["Faro"]


def test_thinking_is_never_in_the_answer(found: dict[str, Any]) -> None:
    """Thoughts are events of their own, and go back with the calls they led to."""
    thought = found["sync"]["thought"]
    assert "reasoning" in thought["kinds"]
    assert thought["reasoning"].strip() and thought["reasoning"] not in thought["answer"]
    assert "3.4 m" in thought["answer"]
    assert "reasoning" not in found["sync"]["tool"]["kinds"]


def test_control_tokens_in_a_result_stay_text(found: dict[str, Any]) -> None:
    """The tide's station tries to open a turn of the system's."""
    assert "3 control-token spellings in the conversation were kept as text" in found["sync"]["thought"]["note"]


def test_a_schema_is_kept_to(found: dict[str, Any]) -> None:
    """Whatever so small a model says of a dog, it has the schema's form, and its tokens are counted."""
    for dog in (found["sync"]["schema"], found["async"]["schema"]):
        assert isinstance(dog["name"], str)
        assert set(dog) <= {"name", "age"}
    assert found["sync"]["schema_tokens"] > 0


def test_the_asynchronous_model_answers_the_same(found: dict[str, Any]) -> None:
    """Greedy sampling: the same pieces, the same tool, the same answer."""
    assert found["async"]["pieces"] == found["sync"]["pieces"]
    assert found["async"]["tool"] == found["sync"]["tool"]["answer"]


def test_failures_are_model_errors_with_a_hint(found: dict[str, Any]) -> None:
    """`llm` shows a ModelError's words and nothing else, so that they have to say what to do."""
    assert found["no server"].startswith("nothing answers at http://127.0.0.1:9")
    assert "hint: is the server running" in found["no server"]
    assert found["bad option"].startswith("temperature must be between 0 and 10")
    assert "the output budget was spent on thinking" in found["cut"]
    assert "takes no images" in found["picture"]


def test_the_command_calls_a_tool_and_keeps_a_log(found: dict[str, Any]) -> None:
    """As a person does it: a function on the command line, an answer, and the log of both requests."""
    exit_code, answered = found["command"]
    assert exit_code == 0 and "19 degrees" in answered
    code, text = found["logs"]
    assert code == 0
    call, answer = json.loads(text)
    assert call["tool_calls"][0]["arguments"] == {"city": "Faro"}
    assert answer["response"] == answered.strip()
    turn = turn_from_json(answer["response_json"])  # what `gemwright why` reads
    assert turn.text == answer["response"]
    assert turn.lane == "raw"


def test_a_logged_conversation_goes_on(found: dict[str, Any]) -> None:
    """Call and result come back out of `llm`'s database, and the model repeats what it said of them."""
    code, said = found["continued"]
    assert code == 0
    assert "19 degrees" in said


def test_a_running_server_is_found(found: dict[str, Any]) -> None:
    """Where nothing is set, the servers of this machine are asked, as bare `gemwright` does."""
    code, said = found["searched"]
    assert code == 0
    assert "demo model" in said


def test_without_a_model_the_command_says_what_to_do(found: dict[str, Any]) -> None:
    """The demo model never answers for a model that was forgotten; it has a name of its own."""
    code, error = found["unset"]
    assert code == 1
    assert error.startswith("Error: no server runs here with a Gemma 4\nhint: start one, set GEMWRIGHT_ENDPOINT")
    assert "gemwright/demo" in error


def test_the_commands_of_the_page_run(found: dict[str, Any]) -> None:
    """What the documentation shows works, with whatever so small a model makes of it."""
    page = found["page"]
    assert len(page) >= 7
    assert not [[line, said] for line, code, said in page if code != 0 or not said.strip()]
