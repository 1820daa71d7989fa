"""The evaluation: what it calls right, with models that are made up, and one real engine."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from gemwright.launch.embedded import start_embedded
from gemwright.messages import ToolCall, ToolSpec, assistant, tool_result, user
from gemwright.messages.parts import Thinking
from gemwright.wire import messages_to_openai
from gemwright.wire.tokens import TURN_CLOSE
from training.evaluate import jobs_of, run_section
from training.evaluate_cases import FROZEN, Saying, golden_outputs, load, public_tools
from training.evaluate_engine import ENDS, GREEDY, Engine, Said, Sampling, prompt_of, say_on
from training.evaluate_jobs import conversation_jobs, parrot_jobs
from training.evaluate_report import measures, table
from training.evaluate_score import fits_schema, judge, same_calls, same_value
from training.tokenizer import Tokenizer

WORDS = Tokenizer([])
PING = ToolSpec(
    "ping", "Ask a host", {"type": "object", "properties": {"host": {"type": "string"}}, "required": ["host"]}
)
PORT = ToolSpec("port", "Open a port", {"type": "object", "properties": {"number": {"type": "integer"}}})


class Knowing:
    """A model that continues prompts it knows, and is silent about the rest."""

    def __init__(self, answers: dict[tuple[int, ...], str]) -> None:
        self.answers = answers
        self.asked = 0

    async def say(
        self, prompt: Sequence[int], most: int, sampling: Sampling = GREEDY, *, through: bool = False
    ) -> Said:
        """Return the known answer, cut at the first token that would end a generation."""
        self.asked += 1
        ids = WORDS.encode(self.answers.get(tuple(prompt), TURN_CLOSE), True)
        ends = {token for end in ENDS for token in WORDS.encode(end, True)}
        for at, token in enumerate(ids):
            if token in ends:
                return Said(tuple(ids[: at + 1]), True)
        return Said(tuple(ids[:most]), False)


class Talker:
    """A model that says one text whatever it is asked, going on where it was cut."""

    def __init__(self, start: int, text: str) -> None:
        self.start, self.ids = start, WORDS.encode(text, True)

    async def say(
        self, prompt: Sequence[int], most: int, sampling: Sampling = GREEDY, *, through: bool = False
    ) -> Said:
        """Return the rest of the text up to a token that ends a generation."""
        rest = self.ids[len(prompt) - self.start :]
        ends = {token for end in ENDS for token in WORDS.encode(end, True)}
        for at, token in enumerate(rest):
            if token in ends:
                return Said(tuple(rest[: at + 1]), True)
        return Said(tuple(rest), False)


FIRST = '<|tool_call>call:ping{host:<|"|>quay.example<|"|>}<tool_call|><|tool_response>'
SECOND = "<|tool_call>call:port{number:8}<tool_call|><|tool_response>"


def chain(*, thinking: bool, flavour: str) -> tuple[dict[str, Any], dict[tuple[int, ...], str]]:
    """Return a frozen conversation of two calls and an answer, and what a perfect model says to each prompt."""
    first, second = ToolCall("ping", {"host": "quay.example"}, "a"), ToolCall("port", {"number": 8}, "b")
    thought = [Thinking("I look.")] if thinking else []
    messages = [
        user("Ask quay.example, then open port 8."),
        assistant(*thought, first),
        tool_result(first, "alive"),
        assistant(*thought, second),
        tool_result(second, {"state": "open"}),
        assistant(*thought, "It says open."),
    ]
    row = {
        "messages": messages_to_openai(messages[:1]),
        "tools": [PING.to_json(), PORT.to_json()],
        "thinking": thinking,
        "flavour": flavour,
        "kind": "chain",
        "expect": {
            "steps": [
                {"calls": [{"name": "ping", "arguments": {"host": "quay.example"}}], "results": ["alive"]},
                {"calls": [{"name": "port", "arguments": {"number": 8}}], "results": [{"state": "open"}]},
                {"answer": "It says open.", "quotes": ["open"]},
            ]
        },
    }
    opened, begun = ("I look.\n<channel|>", "<|channel>thought\n") if thinking else ("", "")
    said = (begun + opened + FIRST, opened + SECOND, opened + "It says open." + TURN_CLOSE)
    answers = {
        prompt_of(messages[:at], (PING, PORT), WORDS.encode, thinking=thinking, flavour=flavour).ids: text
        for at, text in zip((1, 3, 5), said, strict=True)
    }
    return row, answers


def frozen(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    """Write a frozen file and return its folder."""
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def shares(section: str, records: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return the measures of a section by name."""
    return {one.name: one.value for one in measures(section, records)}


@pytest.mark.parametrize("thinking", [False, True])
@pytest.mark.parametrize("flavour", ["small", "large"])
def test_a_perfect_model_scores_everything(tmp_path: Path, thinking: bool, flavour: str) -> None:
    """If the right answers of the renderer did not score in full, the evaluation would blame models for its own faults."""
    row, answers = chain(thinking=thinking, flavour=flavour)
    cases = load("calls", frozen(tmp_path, "calls", row))
    records = asyncio.run(run_section(list(conversation_jobs(cases, WORDS)), [Knowing(answers)], tmp_path / "notes"))
    assert len(records[0]["steps"]) == 3
    found = shares("calls", records)
    assert found["calls exact"] == found["calls exact, 2 tools"] == found["answers quote the result"] == 1
    assert found["well-formed"] == found["fits the schema"] == 1
    assert found["thinking on obeyed" if thinking else "thinking off obeyed"] == 1


def test_a_silent_model_scores_nothing(tmp_path: Path) -> None:
    """A test that silence passes measures nothing."""
    row, _ = chain(thinking=False, flavour="small")
    cases = load("calls", frozen(tmp_path, "calls", row))
    records = asyncio.run(run_section(list(conversation_jobs(cases, WORDS)), [Knowing({})], tmp_path / "notes"))
    found = shares("calls", records)
    assert (
        found["calls exact"] == found["right tools"] == found["well-formed"] == found["answers quote the result"] == 0
    )
    assert found["thinking off obeyed"] == found["fits the schema"] == 0


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    """Hours of answers must not be lost with the last one, nor be counted twice."""
    row, answers = chain(thinking=False, flavour="small")
    cases = load("calls", frozen(tmp_path, "calls", row, row, row))
    jobs, notes = list(conversation_jobs(cases, WORDS)), tmp_path / "notes"
    whole = asyncio.run(run_section(jobs, [Knowing(answers)], notes))
    lines = notes.read_text().split("\n")
    kept = [line for line in lines if line][:2]
    notes.write_text(kept[0] + "\n" + kept[1][:-40])
    model = Knowing(answers)
    assert asyncio.run(run_section(jobs, [model], notes)) == whole
    assert model.asked == 6
    again = Knowing(answers)
    assert asyncio.run(run_section(jobs, [again], notes)) == whole
    assert again.asked == 0


@pytest.mark.parametrize(
    ("said", "thinking", "opened", "fault"),
    [
        ("Hi.<turn|>", False, False, ""),
        ("<|channel>thought\nHm.\n<channel|>Hi.<turn|>", True, False, ""),
        ("Hm.\n<channel|>" + FIRST, True, True, ""),
        (FIRST, False, False, ""),
        (FIRST, True, False, "thought missing"),
        ("<|channel>thought\nHm.\n<channel|>Hi.<turn|>", False, False, "thought not asked for"),
        ("Hi.<eos>", False, False, "wrong end"),
        (FIRST.replace("<|tool_response>", "<turn|>"), False, False, "wrong end"),
        ("<turn|>", False, False, "nothing said"),
        ("<|tool_call>call:port{number:8<tool_call|><|tool_response>", False, False, "repair: unbalanced-closers"),
    ],
)
def test_form(said: str, thinking: bool, opened: bool, fault: str) -> None:
    """Well-formed means that nothing had to be mended or forgiven."""
    found = judge(said, (PING, PORT), thinking=thinking, opened=opened)
    assert found.fault == fault
    assert found.well_formed is (not fault)
    assert judge(said, (PING, PORT), thinking=thinking, opened=opened, ended=False).well_formed is False


def test_values_and_calls_are_compared_strictly() -> None:
    """Python takes `True` for 1, and a call with one argument too many is not the call that was asked for."""
    assert same_value({"a": [1, "x", None]}, {"a": [1.0, "x", None]})
    assert not same_value(True, 1)
    assert not same_value({"a": 1}, {"a": 1, "b": 2})
    assert not same_value("1", 1)
    one = ToolCall("ping", {"host": "a"}, "first")
    assert same_calls([one], [ToolCall("ping", {"host": "a"}, "second")])
    assert not same_calls([one], [one, one])
    assert not same_calls([one], [ToolCall("port", {"host": "a"})])


@pytest.mark.parametrize(
    ("arguments", "tool", "fits"),
    [
        ({"host": "a"}, PING, True),
        ({}, PING, False),
        ({"host": 1}, PING, False),
        ({"host": "a", "more": 1}, PING, False),
        ({"number": 8}, PORT, True),
        ({"number": True}, PORT, False),
        ({"number": 8.5}, PORT, False),
        ({}, PORT, True),
    ],
)
def test_schemas_are_held_against_arguments(arguments: dict[str, Any], tool: ToolSpec, fits: bool) -> None:
    """Schema-valid is less than well-formed, so it is counted apart, and has to be counted right."""
    assert fits_schema(arguments, tool) is fits


@pytest.mark.parametrize("text", ["plain", "a<turn|>b<|tool_response><turn|>", "<turn|>", FIRST + "<eos>x"])
def test_a_parrot_goes_on_behind_tokens_that_end_a_generation(text: str) -> None:
    """llama.cpp stops at them; only a new request with the ids so far can show what would have come next."""
    (last,) = WORDS.encode(TURN_CLOSE, True)
    ends = frozenset(token for end in ENDS for token in WORDS.encode(end, True))
    wanted = WORDS.encode(text, True)
    said = asyncio.run(say_on(Talker(2, text + TURN_CLOSE), (1, 2), wanted, last, ends))
    assert said == (*wanted, last)
    said = asyncio.run(say_on(Talker(2, text + "!" + TURN_CLOSE), (1, 2), wanted, last, ends))
    assert said != (*wanted, last), "a text with something behind it is another text"


def test_parrot_records_tell_where_it_went_wrong(tmp_path: Path) -> None:
    """The generator is mended by what the first wrong token was."""
    prompt = prompt_of((user("say abc"),), (PING,), WORDS.encode, thinking=True, flavour="large")
    saying = Saying("one", "abc", (user("say abc"),), (PING,), True, "large")
    jobs = list(parrot_jobs([saying], WORDS))
    speakers = [Talker(len(prompt.ids), "abX" + TURN_CLOSE)]
    (record,) = asyncio.run(run_section(jobs, speakers, tmp_path / "notes"))
    assert record["exact"] is False
    assert (record["right"], record["should"], record["went_on"]) == (2, "c", "X<turn|>")
    assert shares("parrot", [record])["exact"] == 0


PUBLIC = [path.stem for path in sorted(FROZEN.glob("mcp*.jsonl"))]


def test_there_are_enough_public_tools() -> None:
    """The bar is about at least ten real servers, with questions enough to tell 60 % from 50 %."""
    cases = public_tools()
    assert len({case.kind for case in cases}) >= 10
    assert len(cases) >= 70


@pytest.mark.parametrize("file", PUBLIC)
def test_public_tools_are_cited_and_their_questions_can_be_answered(file: str) -> None:
    """An expected call that its own schema refuses would be a question that nobody can get right."""
    rows = [json.loads(line) for line in (FROZEN / f"{file}.jsonl").read_text("utf-8").splitlines()]
    assert all(re.fullmatch(r"pkg:github/\S+@[0-9a-f]{40}#\S+", source) for row in rows for source in row["source"])
    cases = public_tools(name=file)
    assert max(len(case.tools) for case in cases) <= 10
    declared = {(case.kind, tool.name): tool for case in cases for tool in case.tools}
    for case in cases:
        for call in case.steps[0].calls:
            assert fits_schema(call.arguments, declared[case.kind, call.name]), case.id


def test_values_of_public_questions_stand_in_the_question() -> None:
    """The test is about choosing and copying: no value has to be guessed."""
    for case in [case for file in PUBLIC for case in public_tools(name=file)]:
        asked = case.messages[0].text
        for call in case.steps[0].calls:
            for value in flat(call.arguments):
                assert value is True or str(value) in asked, (case.id, value)


def flat(value: Any) -> list[Any]:
    """Return the scalars of a JSON value."""
    if isinstance(value, dict | list):
        return [one for part in (value.values() if isinstance(value, dict) else value) for one in flat(part)]
    return [value]


def test_every_golden_output_can_be_asked_for() -> None:
    """A case whose tools could not be declared would silently leave the parrot's score."""
    outputs = golden_outputs("say {}".format)
    assert len({one.id for one in outputs}) == len(outputs) >= 400
    for one in outputs:
        prompt = prompt_of(one.messages, one.tools, WORDS.encode, thinking=one.thinking, flavour=one.flavour)
        assert len(prompt.ids) < 8192 - 1500


def test_a_bar_that_is_missed_is_seen() -> None:
    """The table is what a person reads: a measure below its bar must stand out."""
    slow = [{"prompt_tokens": 2000, "tokens_per_second": 120, "first_token_seconds": 2.5}]
    assert table(measures("speed", slow)).count("**below**") == 2
    fast = [{"prompt_tokens": 2000, "tokens_per_second": 490, "first_token_seconds": 0.97}]
    assert "below" not in table(measures("speed", fast))


def test_an_unknown_section_is_refused() -> None:
    """A misspelt section would otherwise be a section that passed."""
    with pytest.raises(ValueError, match="no section"):
        list(jobs_of("cals", WORDS))


def test_a_real_engine_gives_every_token_back() -> None:
    """Scores are read from ids: the server has to return all of them, also the parts of a character."""

    async def ask(url: str) -> tuple[Said, Said]:
        engine = Engine(url)
        try:
            short = await engine.say((2, 5, 6, 7), 24, through=True)
            free = await engine.say((2, 5, 6, 7), 400, Sampling(temperature=3.0, seed=0))
        finally:
            await engine.close()
        return short, free

    with start_embedded(context=1024) as running:
        short, free = asyncio.run(ask(running.url))
    assert len(short.ids) == 24
    assert short.ended is False
    assert short.timings["predicted_n"] == 24
    assert free.ended is (len(free.ids) < 400)
