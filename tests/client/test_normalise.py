"""What runtimes that parse by themselves do to calls, thoughts and answers, and what is made of it.

Every stream here is written by hand after public reports; the reports stand beside the repairs in `gemwright.wire.REPAIRS`
and in the advisories of the corpus.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.client import problem_of
from gemwright.client.fragments import MAX_CALLS
from gemwright.client.normalise import REPEATED_CHARS, ChatNormaliser
from gemwright.foundation.errors import AnswerEmpty, CallUnparsable
from gemwright.messages import (
    Event,
    Malformed,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolSpec,
    fold,
)
from gemwright.messages.events import SUPERSEDED
from gemwright.runtimes.base import ChatChunk, ToolCallFragment
from tests.client.asking import PING, TIDE, call, calls, content, events, repairs, thought, turn

VIGO = '{"station": "Vigo", "n": 2}'
DONE = ChatChunk(finish="tool_calls")
STOP = ChatChunk(finish="stop")
LONG = "The user asks for the tides of Vigo, so the table has to be asked first. "


def cut(text: str, size: int = 3) -> list[str]:
    """A text in pieces."""
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize(
    ("chunks", "expected", "named"),
    [
        pytest.param([call(0, "a", "tide", VIGO)], 1, [], id="whole"),
        pytest.param([call(0, "a", "tide"), *(call(0, arguments=piece) for piece in cut(VIGO))], 1, [], id="in pieces"),
        pytest.param(
            [call(0, "a", arguments=VIGO[:5]), call(0, name="tide", arguments=VIGO[5:])], 1, [], id="name late"
        ),
        pytest.param([call(0, "a", "tide", piece) for piece in cut(VIGO)], 1, [], id="id and name with every piece"),
        pytest.param(
            [call(0, f"new{n}", "tide", piece) for n, piece in enumerate(cut(VIGO))], 1, [], id="a new id each piece"
        ),
        pytest.param([call(0, "a", "tide", VIGO), call(1, "b", "tide", VIGO)], 2, [], id="two by index"),
        pytest.param(
            [call(0, "a", "tide", VIGO), call(0, "b", "tide", VIGO)], 2, ["shared-index"], id="two under one index"
        ),
        pytest.param(
            [call(0, "", "tide", VIGO), call(0, "", "tide", VIGO)],
            2,
            ["made-up-id", "shared-index"],
            id="two under one index without ids",
        ),
        pytest.param(
            [call(0, "a", "tide", VIGO), call(0, "a", "tide", VIGO)], 1, ["repeated-call-piece"], id="said twice"
        ),
        pytest.param([call(0, "a", "tide", VIGO), call(1, "a", "tide", VIGO)], 2, ["made-up-id"], id="one id for two"),
        pytest.param([call(0, "a", "tide", json.dumps(VIGO))], 1, ["encoded-arguments"], id="encoded twice"),
        pytest.param(
            [call(0, "a", "tide"), *(call(0, arguments=piece) for piece in cut(json.dumps(VIGO)))],
            1,
            ["encoded-arguments"],
            id="encoded twice, in pieces",
        ),
        pytest.param(
            [call(0, "a", "tide", '{"station": "<|\\"|>Vigo<|\\"|>", "n": 2}')], 1, ["stray-delimiter"], id="delimiters"
        ),
        pytest.param([call(0, "a", "default_api:tide", VIGO)], 1, ["tool-namespace"], id="namespace"),
        pytest.param(
            [call(0, "a", "tide", '{"station": "Vigo", "n": "2"}')], 1, ["coerced-argument"], id="number as text"
        ),
        pytest.param(
            [call(0, "a", "tide", "{'station': 'Vigo', 'n': 2}")],
            1,
            ["single-quotes"],
            id="single quotes",
        ),
        pytest.param([call(0, "a", "tide", '{"station": "Vigo", "n": 2,}')], 1, ["loose-layout"], id="trailing comma"),
        pytest.param(
            content('<|tool_call>call:tide{station:<|"|>Vigo<|"|>,n:2}<tool_call|>'),
            1,
            ["call-in-content"],
            id="left in the content",
        ),
        pytest.param(
            thought('Look.<|tool_call>call:tide{station:<|"|>Vigo<|"|>,n:2}<tool_call|>'),
            1,
            ["call-in-thought", "answer-in-reasoning"],
            id="left in the reasoning",
        ),
    ],
)
def test_calls_arrive_as_they_were_meant(chunks: list[ChatChunk], expected: int, named: list[str]) -> None:
    """However a runtime sends them, the same calls come out, each with an id of its own, and deviations are named."""
    found = turn([*chunks, DONE])
    assert calls(found) == [("tide", {"station": "Vigo", "n": 2})] * expected
    assert len({one.id for one in found.tool_calls}) == expected and all(one.id for one in found.tool_calls)
    assert sorted(repairs(found)) == sorted(named)
    assert found.finish == "tool_calls" and problem_of(found) is None


def test_calls_without_arguments() -> None:
    """Nothing, blanks and an empty object are all the same."""
    for arguments in ("", " ", "{}"):
        found = turn([call(0, "a", "ping", arguments), DONE])
        assert calls(found) == [("ping", {})] and repairs(found) == []


@pytest.mark.parametrize(
    "arguments",
    ['{"station": "Vi', '{"station": "Vigo", "n": ', "[1]", '"Vigo"', "Vigo", '"{\\"station\\": "', '{"a":1} and more'],
)
def test_half_a_call_is_no_call(arguments: str) -> None:
    """What cannot be read whole is never run, and its text is not lost."""
    found = turn([call(0, "a", "tide", arguments), STOP])
    assert found.tool_calls == () and [one.raw for one in found.incomplete] == [arguments]
    assert isinstance(problem_of(found), CallUnparsable)


def test_a_call_without_a_name_is_no_call() -> None:
    """Nobody knows what would be run."""
    found = turn([call(0, "a", arguments=VIGO), STOP])
    assert [(one.name, one.raw) for one in found.incomplete] == [("", VIGO)] and not found.tool_calls


@pytest.mark.parametrize(
    ("off", "chunks"),
    [
        ("encoded-arguments", [call(0, "a", "tide", json.dumps(VIGO))]),
        ("stray-delimiter", [call(0, "a", "tide", '{"station": "Vigo<|\\"|>"}')]),
        ("loose-layout", [call(0, "a", "tide", '{"n": 2,}')]),
        ("shared-index", [call(0, "a", "tide", VIGO), call(0, "b", "tide", VIGO)]),
    ],
)
def test_repairs_of_calls_can_be_switched_off(off: str, chunks: list[ChatChunk]) -> None:
    """Off means that the deviation stays visible, and that the call is none."""
    found = turn([*chunks, STOP], off=[off])
    assert found.tool_calls == () and found.incomplete and off not in repairs(found)


def test_what_needs_no_call_to_be_none_stays_visible() -> None:
    """Switched off, ids, names and types come as the runtime sent them."""
    assert turn([call(0, "", "tide", VIGO), DONE], off=["made-up-id"]).tool_calls[0].id == ""
    assert turn([call(0, "a", "x:tide", VIGO), DONE], off=["tool-namespace"]).tool_calls[0].name == "x:tide"
    assert calls(turn([call(0, "a", "tide", '{"n": "2"}'), DONE], off=["coerced-argument"])) == [("tide", {"n": "2"})]


def test_what_was_begun_is_taken_back_before_it_is_said_otherwise() -> None:
    """Deltas that already went out cannot be changed: the call comes whole under the next index."""
    found = events([call(0, "a", "tide", '{"station": '), call(0, arguments="'Vigo'}"), DONE])
    kinds = [e for e in found if isinstance(e, ToolCallStarted | Malformed | ToolCallEnded)]
    assert [type(e) for e in kinds] == [ToolCallStarted, Malformed, ToolCallStarted, ToolCallEnded]
    assert isinstance(kinds[1], Malformed) and kinds[1].reason == SUPERSEDED and kinds[1].index == 0
    said = "".join(e.json for e in found if isinstance(e, ToolCallDelta) and e.index == 1)
    assert json.loads(said) == {"station": "Vigo"}


@pytest.mark.parametrize("arguments", ["", "{}", " "])
def test_a_call_that_lost_its_arguments_is_no_call(arguments: str) -> None:
    """The tool's schema demands some, and the runtime delivered none: whoever ran it would run half a call."""
    tool = ToolSpec(
        "ebb", "", {"type": "object", "properties": {"station": {"type": "string"}}, "required": ["station"]}
    )
    normaliser = ChatNormaliser([tool])
    found = fold([*normaliser.feed(call(0, "a", "ebb", arguments)), *normaliser.finish()])
    assert not found.tool_calls and [(one.name, one.raw) for one in found.incomplete] == [("ebb", arguments)]


def test_arguments_that_were_split_at_the_wrong_place_are_none() -> None:
    """A delimiter inside a key: which blanks stood at the comma, nobody knows any more."""
    found = turn([call(0, "a", "tide", '{"station": "Paris", "France<|\\"|>,n": 5}'), DONE])
    assert not found.tool_calls and [one.name for one in found.incomplete] == ["tide"]
    nested = turn([call(0, "a", "tide", '{"station": [{"a<|\\"|>b": 1}]}'), DONE])
    assert not nested.tool_calls and isinstance(problem_of(nested), CallUnparsable)


@pytest.mark.parametrize(
    "arguments",
    [
        '{"station": "<|\\Vigo<|\\"|", "n": 2}',
        '{"station": "<|\\"Vigo<|\\", "n": 2}',
        '{"n": 2, "station": "<|\\"|Vigo<|\\"}',
        '{"station": "<|\\"|Vigo<|\\"|", "n": 2}',
    ],
)
def test_pieces_of_delimiters_in_arguments(arguments: str) -> None:
    """They break the JSON, and without them it is whole: the call is said once more, as it was meant."""
    found = turn([call(0, "a", "tide"), *(call(0, arguments=piece) for piece in cut(arguments)), DONE])
    assert calls(found) == [("tide", {"station": "Vigo", "n": 2})] and repairs(found) == ["stray-delimiter"]
    shown = turn([call(0, "a", "tide", arguments), DONE], off=["stray-delimiter"])
    assert not shown.tool_calls and [one.raw for one in shown.incomplete] == [arguments]


def test_keys_in_quotes_of_their_own() -> None:
    """Only where the tool declares them without, and nothing is overwritten."""
    found = turn([call(0, "a", "tide", '{"\\"station\\"": "Vigo", "n": 2}'), DONE])
    assert calls(found) == [("tide", {"station": "Vigo", "n": 2})] and repairs(found) == ["json-arguments"]
    for arguments in ('{"\\"other\\"": 1}', '{"\\"n\\"": 1, "n": 2}'):
        assert calls(turn([call(0, "a", "tide", arguments), DONE])) == [("tide", json.loads(arguments))]
    off = turn([call(0, "a", "tide", '{"\\"n\\"": 1}'), DONE], off=["json-arguments"])
    assert not off.tool_calls and off.incomplete


def test_keys_with_blanks_round_them() -> None:
    """Pretty-printed by the model, and kept so by a server's parser."""
    found = turn([call(0, "a", "tide", '{"station": "Vigo", "n ": 2}'), DONE])
    assert calls(found) == [("tide", {"station": "Vigo", "n": 2})] and repairs(found) == ["loose-layout"]


@pytest.mark.parametrize("key", ["{station", "tide{station"])
def test_keys_with_the_opening_of_their_call(key: str) -> None:
    """llama.cpp reads the blank or the second name behind the first as the beginning of the key."""
    found = turn([call(0, "a", "tide", json.dumps({key: "Vigo"})), DONE])
    assert calls(found) == [("tide", {"station": "Vigo"})] and repairs(found) == ["call-prefix"]
    other = turn([call(0, "a", "tide", '{"{other": "Vigo"}'), DONE])
    assert calls(other) == [("tide", {"{other": "Vigo"})]


def test_a_word_like_a_delimiter_is_left_alone() -> None:
    """Two of its characters are an operator; in the middle of a text it is the text's."""
    for text in ("f <| x", "<|", 'say <|\\"|> to it', "a|>"):
        found = turn([call(0, "a", "tide", f'{{"station": "{text}"}}'), DONE])
        assert calls(found) == [("tide", json.loads(f'{{"station": "{text}"}}'))] and repairs(found) == []


def test_calls_inside_a_name_are_read() -> None:
    """A parser that waits for a brace takes all before it for the name, and a second call with it."""
    swallowed = 'tide(station:<|"|>Vigo<|"|>,n:2)<tool_call|>'
    second = "<|tool_call>call:ping{}<tool_call|>"
    found = turn([call(0, "a", swallowed + second, "{}"), DONE])
    assert calls(found) == [("tide", {"station": "Vigo", "n": 2}), ("ping", {})]
    assert (
        sorted(repairs(found)) == ["call-in-name", "round-brackets"] and len({one.id for one in found.tool_calls}) == 2
    )
    shown = turn([call(0, "a", swallowed, "{}"), DONE], off=["call-in-name"])
    assert calls(shown) == [(swallowed, {})]


@pytest.mark.parametrize(("name", "arguments"), [("tide<", "{}"), ("tide(", VIGO), ("<|channel>(", "")])
def test_a_name_that_is_no_call_either_is_named(name: str, arguments: str) -> None:
    """What cannot be read is kept, and not run."""
    found = turn([call(0, "a", name, arguments), DONE])
    assert not found.tool_calls and [one.raw for one in found.incomplete] == [name + arguments]


def test_calls_without_end_are_bounded() -> None:
    """A loop of the model must not fill the memory of whoever listens."""
    found = turn([call(n, f"i{n}", "ping", "{}") for n in range(MAX_CALLS + 50)])
    assert len(found.tool_calls) == MAX_CALLS
    assert [one.reason for one in found.incomplete] == [f"a turn has more than {MAX_CALLS} calls"]


# -- thoughts and answers


def test_thoughts_in_the_content() -> None:
    """The wire format itself, its marks cut in two."""
    chunks = [*content("<|chan", "nel>thought\nLook.\n<chan", "nel|>At two.<tu", "rn|>"), STOP]
    found = turn(chunks)
    assert (found.thinking, found.text) == ("Look.", "At two.") and repairs(found) == ["leftover-marks"]
    shown = turn(chunks, off=["leftover-marks"])
    assert (shown.thinking, shown.text) == ("", "Look.At two.") and repairs(shown) == []


@pytest.mark.parametrize("text", ["<|channel>thought\n<channel|>At two.", "At two.<turn|>", "At two.<eos>"])
def test_marks_alone_in_the_content(text: str) -> None:
    """Dropped, which is named once: no thought was lost with them."""
    found = turn([*content(*cut(text)), STOP])
    assert (found.thinking, found.text, repairs(found)) == ("", "At two.", ["leftover-marks"])


def test_each_repair_of_the_content_is_named() -> None:
    """A call does not hide that a thought was moved too."""
    both = content("<|channel>thought\nLook.<channel|>", "<|tool_call>call:ping{}<tool_call|>")
    assert sorted(repairs(turn([*both, DONE]))) == ["call-in-content", "leftover-marks"]


def test_a_label_without_its_mark() -> None:
    """Runtimes that hide control tokens leave the label."""
    found = turn([*content("thought\n", "Look.", "<channel|>At two."), STOP])
    assert (found.thinking, found.text) == ("Look.", "At two.") and repairs(found) == ["leaked-label"]


def test_a_label_behind_a_thought_opens_no_other() -> None:
    """The model closed its thought, wrote the label once more and then the answer; the answer must not become a thought."""
    found = turn([*thought("Look."), *content("thought\n", "At two."), STOP])
    assert (found.thinking, found.text) == ("Look.", "At two.") and repairs(found) == ["leaked-label"]
    plain = turn([*thought("Look."), *content("thoughts of two."), STOP])
    assert (plain.thinking, plain.text) == ("Look.", "thoughts of two.") and not repairs(plain)


def test_a_label_in_the_reasoning() -> None:
    """The same label, where a parser took it for the thought's text."""
    found = turn([*thought("thought\n", "Look."), *content("At two."), STOP])
    assert (found.thinking, found.text) == ("Look.", "At two.") and repairs(found) == ["leaked-label"]


def test_an_answer_in_the_reasoning() -> None:
    """A parser that never left the thought: what follows the close mark is the answer."""
    found = turn([*thought("Look.<chan", "nel|>At two."), STOP])
    assert (found.thinking, found.text) == ("Look.", "At two.") and repairs(found) == ["answer-in-reasoning"]
    shown = turn([*thought("Look.<channel|>At two."), STOP], off=["answer-in-reasoning"])
    assert shown.thinking == "Look.<channel|>At two." and not shown.text


def test_plain_reasoning_is_no_deviation() -> None:
    """What a good runtime sends comes out as it is, without a single repair, and piece by piece."""
    found = events([*thought("Lo", "ok."), *content("At ", "two."), *thought("Again."), *content("Yes."), STOP])
    assert not [e for e in found if isinstance(e, RepairApplied)]
    assert [e.text for e in found if isinstance(e, ThinkingDelta | TextDelta)] == [
        "Lo", "ok.", "At ", "two.", "Again.", "Yes.",
    ]  # fmt: skip


def test_reasoning_that_is_said_again() -> None:
    """The content begins with all of it: the answer is what follows."""
    found = turn([*thought(*cut(LONG, 7)), *content(*cut(LONG + "At two.", 5)), STOP])
    assert (found.thinking, found.text) == (LONG, "At two.") and repairs(found) == ["repeated-reasoning"]


def test_one_text_in_both_fields_of_a_chunk() -> None:
    """It is the answer once, not a thought and an answer."""
    found = turn([*(ChatChunk(content=piece, reasoning=piece) for piece in ("At two", " o'clock.")), STOP])
    assert (found.thinking, found.text) == ("", "At two o'clock.") and repairs(found) == ["repeated-reasoning"]


@pytest.mark.parametrize("answer", [LONG, LONG[:-1], LONG[:-1] + "?", LONG[:20] + "else", LONG.lower()])
def test_an_answer_like_the_reasoning_is_kept(answer: str) -> None:
    """Where nothing follows, or the two part ways, the answer stays whole: nothing may be lost."""
    found = turn([*thought(LONG), *content(*cut(answer)), STOP])
    assert (found.thinking, found.text) == (LONG, answer) and repairs(found) == []


def test_a_short_thought_may_begin_the_answer() -> None:
    """An answer that begins with a short thought's words repeats nothing."""
    short = "x" * (REPEATED_CHARS - 1)
    found = turn([*thought(short), *content(short + " it is."), STOP])
    assert found.text == short + " it is." and repairs(found) == []


def test_a_call_after_repeated_reasoning() -> None:
    """With calls, content that is the reasoning once more is no answer."""
    found = turn([*thought(LONG), *content(LONG), call(0, "a", "tide", VIGO), DONE])
    assert found.text == "" and calls(found) and repairs(found) == ["repeated-reasoning"]


# -- ends


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        ([STOP], "empty"),
        ([*content(" \n"), STOP], "empty"),
        ([*thought("Look."), STOP], "thought and then said nothing"),
        ([DONE], "delivered none"),
        ([ChatChunk(finish="length")], "budget"),
        ([*content("<unused49>"), ChatChunk(finish="length")], "budget"),
    ],
)
def test_an_empty_reply_has_a_name(chunks: list[ChatChunk], words: str) -> None:
    """An agent that waits for ever is what is seen of it elsewhere."""
    found = turn(chunks)
    problem = problem_of(found)
    assert isinstance(problem, AnswerEmpty) and words in problem.message and problem.hint
    assert found.finish == ("length" if words == "budget" else "stop")


def test_a_finish_that_is_not_true() -> None:
    """Ends with calls, and there is none; ends without, and there is one."""
    assert repairs(turn([*content("Hi."), DONE])) == ["wrong-finish"]
    assert turn([*content("Hi."), DONE], off=["wrong-finish"]).finish == "tool_calls"
    assert turn([call(0, "a", "tide", VIGO), STOP]).finish == "tool_calls"
    assert turn([call(0, "a", "tide", VIGO[:5]), DONE]).finish == "tool_calls"


# -- properties

_PIECES = st.lists(
    st.one_of(
        st.builds(ChatChunk, content=st.text(max_size=12)),
        st.builds(ChatChunk, reasoning=st.text(max_size=12)),
        st.builds(
            ChatChunk, content=st.sampled_from(["<|channel>thought\n", "<channel|>", "<|tool_call>call:tide{n:", "2}"])
        ),
        st.builds(
            ChatChunk, reasoning=st.sampled_from(["<channel|>", "<|tool_call>call:ping{}", "<tool_call|>", LONG])
        ),
        st.builds(
            lambda *given: ChatChunk(tool_calls=(ToolCallFragment(*given),)),
            st.integers(0, 2),
            st.sampled_from(["", "a", "b"]),
            st.sampled_from(["", "tide", "ping", "x:tide", "ping()<tool_call|>", "ti<"]),
            st.sampled_from(["", "{", VIGO, '"', '"n": 2', "}", "{'n': 2}", json.dumps(VIGO)]),
        ),
    ),
    max_size=20,
)


def normalised(chunks: Sequence[ChatChunk], **options: Any) -> list[Event]:
    """The events of chunks."""
    normaliser = ChatNormaliser([TIDE, PING], **options)
    return [event for chunk in chunks for event in normaliser.feed(chunk)] + normaliser.finish()


@given(_PIECES)
def test_whatever_comes_makes_sound_events(chunks: list[ChatChunk]) -> None:
    """Each call that begins ends once, under its own index, its deltas JSON; nothing raises."""
    open_calls: dict[int, str] = {}
    seen: set[int] = set()
    ids: list[str] = []
    for event in normalised(chunks):
        match event:
            case ToolCallStarted(index, id, name):
                assert index not in seen and name
                seen.add(index)
                open_calls[index] = ""
                ids.append(id)
            case ToolCallDelta(index, text):
                open_calls[index] += text
            case ToolCallEnded(index, _):
                assert isinstance(json.loads(open_calls.pop(index)), dict)
            case Malformed(index=int(index)):
                open_calls.pop(index)
            case _:
                pass
    assert not open_calls


@given(_PIECES)
def test_what_is_not_as_it_came_is_named(chunks: list[ChatChunk]) -> None:
    """Without a repair and without a half call, texts and thoughts are those that the runtime sent."""
    found = normalised(chunks)
    if not [e for e in found if isinstance(e, RepairApplied | Malformed)]:
        texts = "".join(e.text for e in found if isinstance(e, TextDelta))
        thoughts = "".join(e.text for e in found if isinstance(e, ThinkingDelta))
        assert texts.split() == "".join(c.content for c in chunks).split()
        assert thoughts.split() == "".join(c.reasoning for c in chunks).split()


@given(_PIECES)
def test_cuts_carry_no_meaning(chunks: list[ChatChunk]) -> None:
    """Texts cut into characters amount to the same turn."""
    small = [
        replaced
        for chunk in chunks
        for replaced in (
            [ChatChunk(content=c) for c in chunk.content] + [ChatChunk(reasoning=c) for c in chunk.reasoning]
            if not chunk.tool_calls
            else [chunk]
        )
    ]
    one, other = fold(normalised(chunks)), fold(normalised(small))
    assert (one.text, one.thinking, calls(one)) == (other.text, other.thinking, calls(other))


def test_line_break_behind_a_channel_name_that_was_taken_off_is_no_thought() -> None:
    """As mlx-lm 0.32.2 streams it: the name is gone, and the line break that ends it comes as the first reasoning."""
    normaliser = ChatNormaliser([])
    events = [*normaliser.feed(ChatChunk(reasoning="\n")), *normaliser.feed(ChatChunk(reasoning="I see."))]
    assert "".join(one.text for one in events if isinstance(one, ThinkingDelta)) == "I see."
