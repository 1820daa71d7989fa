"""Rows: what is trained on is what the model writes itself at run time, after exactly the prompt it will have there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gemwright.foundation.errors import BadMessages, BadOption, GemwrightError
from gemwright.tuning import Conversation, Row, row
from gemwright.tuning.conversation import conversation_from_json
from gemwright.tuning.dataset import Targets, row_from_json
from gemwright.wire import render
from gemwright.wire.turns import EMPTY_THOUGHT
from tests.tuning.rows import CLEAN, TOOL, called, clean, lines_of, result, said, user

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "render.jsonl"


def trained(made: Row) -> list[str]:
    """Return the pieces of a row that are trained on."""
    return [made.text[first:after] for first, after in made.trained]


def prompt_of(conversation: Conversation, end: int) -> str:
    """Return the prompt that the model has for the message at an index."""
    return render(
        conversation.messages[:end],
        conversation.tools,
        dialect=conversation.dialect,
        thinking=conversation.thinking,
        preserve_thinking=conversation.keep_thinking,
    ).text


@pytest.mark.parametrize("flavour", ["large", "small"])
@pytest.mark.parametrize("name", CLEAN)
def test_each_target_follows_the_prompt_of_run_time(name: str, flavour: str) -> None:
    """The whole point: what stands before a target is, to the byte, what the runtime will put there.

    One thing cannot be in one text: after a result, the large template forgets the empty thought that it began with.
    """
    made = row_from_json({**clean(name), "flavour": flavour})
    first, *later = made.generations()
    assert made.text[: first.start] == prompt_of(made.conversation, first.group.message)
    for generation in later:
        before = made.text[: generation.start].replace(EMPTY_THOUGHT[0], "")
        assert before == prompt_of(made.conversation, generation.group.message)


def test_last_turns_alone_are_targets() -> None:
    """Earlier turns have lost their thoughts in the prompt; trained on, they would teach to answer without."""
    made = row_from_json(clean("turns"))
    assert trained(made) == ["<|channel>thought\nBe kind.\n<channel|>You are welcome.<turn|>"]


def test_all_turns_can_be_targets() -> None:
    """Data without thoughts may be trained on in every turn at once."""
    value = {"messages": [user("a"), said("b"), user("c"), said("d")], "flavour": "small"}
    assert trained(row_from_json(value, "all")) == ["b<turn|>", "d<turn|>"]


def test_all_turns_of_the_large_flavour_each_have_their_empty_thought() -> None:
    """The prompt of each answer held it, so it stands before each target, and is never itself one."""
    made = row_from_json({"messages": [user("a"), said("b"), user("c"), said("d")], "flavour": "large"}, "all")
    assert made.text.count("<|channel>thought\n<channel|>") == 2
    assert trained(made) == ["b<turn|>", "d<turn|>"]


def test_no_empty_thought_where_the_prompt_has_none() -> None:
    """With thinking on the prompt writes none ahead; and before a thought that is there it would close nothing."""
    answer = {"messages": [user("a"), said("b")], "flavour": "large", "thinking": True}
    assert EMPTY_THOUGHT[0] not in row_from_json(answer).text
    thought = {"messages": [user("a"), said("b", "c")], "flavour": "large"}
    assert EMPTY_THOUGHT[0] not in row_from_json(thought).text


def test_a_chain_trains_thoughts_calls_and_both_stops() -> None:
    """The model stops its calls with the opener of the result; without it in the mask it invents results."""
    assert trained(row_from_json(clean("chain"))) == [
        '<|channel>thought\nVigo first.\n<channel|><|tool_call>call:tide{station:<|"|>Vigo<|"|>}<tool_call|><|tool_response>',
        'Now Brest.\n<channel|><|tool_call>call:tide{station:<|"|>Brest<|"|>}<tool_call|><|tool_response>',
        "Both are there.\n<channel|>04:10, 05:55.<turn|>",
    ]


def test_thoughts_of_finished_calls_can_be_kept() -> None:
    """`preserve_thinking` exists at run time; a model that is served with it is trained with it."""
    kept = row_from_json({**clean("turns"), "keep_thinking": True}, "all")
    assert "Look." in kept.text
    assert "Look." not in row_from_json(clean("turns"), "all").text


def test_the_switches_may_stand_among_the_options() -> None:
    """The lines of `wire render --jsonl` are training data without being rewritten."""
    value = {**clean("answer"), "options": {"enable_thinking": True, "preserve_thinking": True}}
    found = conversation_from_json(value)
    assert (found.thinking, found.keep_thinking) == (True, True)


@pytest.mark.parametrize(
    "change",
    [
        {"thinking": 1},
        {"thinking": True, "options": {"enable_thinking": False}},
        {"options": "on"},
        {"flavour": "tiny"},
        {"text": 5},
        {"trained": [[1]]},
        {"trained": [[5, 2]]},
        {"trained": [[True, 2]]},
        {"trained": "all"},
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, Any]) -> None:
    """A misspelt switch that is passed over trains another model than was meant."""
    with pytest.raises(BadOption):
        row_from_json({**clean("answer"), **change})


def test_a_bad_line_is_told_and_the_rest_is_read() -> None:
    """One broken row of a hundred thousand is named by its line."""
    lines = lines_of(clean("answer"), {"messages": 5}, clean("small"))
    assert [line.row is not None for line in lines] == [True, False, True]
    assert lines[2].require().number == 3
    with pytest.raises(BadMessages, match=r"^line 2: "):
        lines[1].require()


def test_arguments_as_json_text_are_read() -> None:
    """Clients log arguments as text; the chat template itself refuses that."""
    value = clean("call")
    call = value["messages"][1]["tool_calls"][0]["function"]
    call["arguments"] = json.dumps(call["arguments"])
    assert row_from_json(value).text == row_from_json(clean("call")).text


@pytest.mark.parametrize("targets", ["last", "all"])
def test_generations_of_the_golden_conversations(targets: Targets) -> None:
    """Whatever order messages come in, each target is tied to the messages that it comes from."""
    read = 0
    for line in GOLDEN.read_text("utf-8").split("\n"):
        try:
            made = row_from_json(json.loads(line), targets) if line else None
        except GemwrightError:
            continue
        if made is not None:
            read += 1
            assert [piece.text for piece in made.generations()] == trained(made)
    assert read > 100


def test_an_answer_after_a_system_message_in_the_middle() -> None:
    """Agents put reminders between question and answer; the target is the same."""
    value = {"messages": [user("a"), {"role": "system", "content": "Be brief."}, said("b")], "flavour": "large"}
    assert trained(row_from_json(value)) == ["b<turn|>"]


def test_rows_from_typed_messages_are_those_from_json() -> None:
    """The stand-in's generator makes typed messages; both doors lead to the same row."""
    value = {"messages": [user("a"), called({"station": "b"}), result("c"), said("d")], "tools": [TOOL]}
    made = row_from_json(value)
    assert row(made.conversation).text == made.text
