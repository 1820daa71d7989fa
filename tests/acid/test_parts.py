"""The acid test's parts, without a model: vectors, the parrot's spelling, verdicts, state, table, page, record, files."""

from __future__ import annotations

import asyncio
import hashlib
import html.parser
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from gemwright.acid import chosen, hand_out, page, record, record_name, run, vectors
from gemwright.acid.endpoints import NAMES, endpoint
from gemwright.acid.judge import Delivered, judge, wrong_parts
from gemwright.acid.parrot import prompt, spell, spoken
from gemwright.acid.play import Play, Result
from gemwright.acid.said import known_to_say, listed_model
from gemwright.acid.state import State
from gemwright.acid.table import table_of
from gemwright.acid.vectors import Call
from gemwright.foundation.errors import BadOption, ModelMissing, RuntimeTimeout, Unsupported
from gemwright.launch.embedded import demo_model
from gemwright.runtimes.base import Capabilities, ChatChunk, ChatRequest, RuntimeInfo, ToolCallFragment
from gemwright.runtimes.registry import Recognised
from gemwright.wire import parse
from gemwright.wire.tokens import SPECIAL_TOKENS
from tests.acid.fakes import HOSTILE, Fake, hostile_report, parrot, report_of, vector

TWO_CALLS = "wf_multi/two_calls"


def test_the_shipped_vectors_are_the_parsers_vectors() -> None:
    """Whoever changes one side has to write the other."""
    assert import_module("scripts.write_acid_vectors").main(["--check"]) == 0
    assert len(vectors()) > 200
    assert len({one.family for one in vectors()}) == 34


@pytest.mark.parametrize("one", vectors(), ids=lambda one: one.name)
def test_what_a_model_says_of_a_vector_is_right_to_our_parser(one: object) -> None:
    """Also behind the cut that every runtime makes at the end of the turn."""
    assert isinstance(one, type(vectors()[0]))
    turn = parse(spoken(one.text), one.tools)
    calls = tuple(Call(call.name, dict(call.arguments)) for call in turn.tool_calls)
    assert wrong_parts(one, Delivered(turn.thinking, turn.text, calls)) == []


def test_the_spelling_holds_no_control_token_and_is_the_one_that_the_model_was_trained_on() -> None:
    """Two spellings would make every result worthless."""
    text = "".join(SPECIAL_TOKENS) + "\u27e6\u27e7 <|tool_call <b>"
    assert not any(token in spell(text) for token in SPECIAL_TOKENS)
    trained = import_module("training.parrot")
    for one in (text, *(one.text for one in vectors())):
        assert trained.prompt(one) == prompt(one)


def test_the_list_of_what_is_said_is_of_the_shipped_model() -> None:
    """Another model file: run scripts/write_acid_said.py."""
    assert listed_model() == hashlib.sha256(demo_model().read_bytes()).hexdigest()
    said = [known_to_say(one.name, thinking=thinking) for one in vectors() for thinking in (False, True)]
    assert sum(said) > 0.94 * len(said)


def test_unknown_names_are_refused() -> None:
    """With the way to the known ones."""
    for wrong in ({"families": ["nope"]}, {"names": ["nope"]}):
        with pytest.raises(BadOption, match="nope"):
            chosen(**wrong)  # type: ignore[arg-type]
    assert [one.family for one in chosen(["wf_content"], [TWO_CALLS], 1)] == ["wf_content", "wf_multi"]


def test_verdicts_tell_what_is_wrong_from_whose_fault_it_is() -> None:
    """Right, kept, destroyed, altered, failed."""
    right = vector(TWO_CALLS)
    good = Delivered(content="", calls=right.calls)
    assert judge(right, good, good) == "right"
    text = Delivered(content=right.text)
    assert judge(right, text, text) == "kept"
    half = Delivered(calls=right.calls[:1])
    assert judge(right, half, half) == "destroyed"
    invented = Delivered(calls=(*right.calls, right.calls[0]))
    assert judge(right, invented, invented) == "destroyed"
    other = Delivered(calls=(right.calls[0], Call("lookup_tide", {"station": "Bergen harbour"})))
    assert judge(right, other, other) == "altered"
    assert judge(right, Delivered(error="no"), Delivered()) == "failed"


def test_numbers_and_booleans_are_not_the_same() -> None:
    """1, 1.0 and true differ; the order of keys does not matter."""
    right = vector("wf_call_scalars/string")
    name = right.calls[0].name
    one = type(right)("x/x", True, "", (), "", "", (Call(name, {"a": 1, "b": [True]}),), "own")
    assert wrong_parts(one, Delivered(calls=(Call(name, {"b": [True], "a": 1}),))) == []
    for wrong in ({"a": 1.0, "b": [True]}, {"a": 1, "b": [1]}, {"a": True, "b": [True]}):
        assert wrong_parts(one, Delivered(calls=(Call(name, wrong),))) == ["calls"]


def test_what_the_model_did_not_say_is_in_no_share() -> None:
    """The model's mistakes are not the runtime's."""
    one = vector(TWO_CALLS)
    plays = [Play(one, thinking, how) for thinking in (False, True) for how in ("raw", "stream")]
    wrong = Result(Delivered(content="Hm."), Delivered(content="Hm."), said=False, evidence="ids")
    good = Result(Delivered(calls=one.calls), Delivered(calls=one.calls), said=True, evidence="ids")
    results = {play.key: wrong if play.thinking else good for play in plays}
    total = table_of(plays, results).total("all")
    assert (total.cases, total.not_said) == (2, 1)
    assert [(cell.right, cell.of) for cell in total.cells.values()] == [(1, 1)] * 3


def test_a_run_that_is_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    """Every answer is asked for once, and the finished run leaves no file."""
    chosen_ones = chosen(["wf_content"])
    path = tmp_path / "state.json"
    server = Fake(parrot)

    def stop(done: int, of: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run(server, chosen_ones, state=lambda _: path, progress=stop))
    assert path.exists()
    before = len(server.asked)
    seen: list[int] = []
    report = asyncio.run(run(server, chosen_ones, state=lambda _: path, progress=lambda done, of: seen.append(done)))
    assert seen[-1] == 2 * len(chosen_ones)
    checks = 2
    assert len(server.asked) - before == 2 * len(chosen_ones) - 4 + checks
    assert not path.exists()
    again = asyncio.run(run(Fake(parrot), chosen_ones))
    assert again.to_json() == report.to_json()


def test_what_a_killed_run_leaves_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written by an end that never comes."""
    monkeypatch.setattr("gemwright.acid.state._SECONDS_BETWEEN", 0.0)
    path, run_of = tmp_path / "state.json", {"runtime": "a"}
    State(path, run_of).add("x", Result(Delivered(content="\ud83d odd \u2028")))
    assert State(path, run_of).results["x"].arrived.content.endswith("odd \u2028")
    with pytest.raises(BadOption, match="another"):
        State(path, {"runtime": "b"})
    path.write_text("{", "utf-8")
    with pytest.raises(BadOption, match="no unfinished acid test"):
        State(path, run_of)


def test_other_models_are_refused_with_the_reason() -> None:
    """By what they say, or by what they are called."""

    def other(request: ChatRequest) -> list[ChatChunk]:
        return [ChatChunk(content="I would love to help!"), ChatChunk(finish="stop")]

    with pytest.raises(ModelMissing, match=r"calls itself demo.*I would love to help!") as refusal:
        asyncio.run(run(Fake(other), vectors()))
    assert "--files" in refusal.value.hint
    named = Fake(parrot, RuntimeInfo("fake", "1", "google/gemma-4-31B-it", capabilities=Capabilities(chat=True)))
    with pytest.raises(ModelMissing, match="by its name is Gemma 4 31B"):
        asyncio.run(run(named, vectors()))
    assert not named.asked
    with pytest.raises(Unsupported, match="no chat interface"):
        asyncio.run(run(Fake(parrot, RuntimeInfo("fake")), vectors()))


def test_answers_that_never_come_end_the_run(tmp_path: Path) -> None:
    """One late answer is a result; three in a row are a dead server."""
    late = 0

    def slow(request: ChatRequest) -> list[ChatChunk]:
        nonlocal late
        late += 1
        if late > 2:
            raise RuntimeTimeout("no answer")
        return parrot(request)

    with pytest.raises(RuntimeTimeout, match="3 answers in a row"):
        asyncio.run(run(Fake(slow), vectors(), state=lambda _: tmp_path / "state.json"))
    assert len(State(tmp_path / "state.json", dict(_identity())).results) == 2


def _identity() -> list[tuple[str, str]]:
    from gemwright import __version__
    from gemwright.acid.vectors import vectors_hash

    return [
        ("runtime", "fake"),
        ("version", "1.0"),
        ("model", "demo"),
        ("vectors", vectors_hash()),
        ("gemwright", __version__),
    ]


def test_calls_in_pieces_are_joined() -> None:
    """As somebody without our client would."""
    pieces = (
        ToolCallFragment(0, "a", "tide", '{"x"'),
        ToolCallFragment(0, "", "", ":1}"),
        ToolCallFragment(1, "", "y", "{"),
    )

    def answer(request: ChatRequest) -> list[ChatChunk]:
        if "harbour" in str(request.messages) or "is not" in str(request.messages):
            return parrot(request)
        return [*(ChatChunk(tool_calls=(one,)) for one in pieces), ChatChunk(finish="tool_calls")]

    report = asyncio.run(run(Fake(answer), chosen([], ["wf_keys/dotted_key"]), thinking=(False,)))
    found = report.table.cases[0].delivered["alone_streamed"].calls
    assert found == (Call("tide", {"x": 1}), Call("y", "{"))


def test_the_page_lets_nothing_out() -> None:
    """No tag, no control character, nothing from outside; it is one page."""
    text = page(hostile_report(), date="2026-11-24", command=f"gemwright {HOSTILE}")
    tags: list[str] = []
    reader = html.parser.HTMLParser()
    reader.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]
    reader.feed(text)
    assert "script" not in tags
    assert "details" in tags
    assert "alert(&#x27;x&#x27;)" in text
    assert not {"\x1b", "\u202e"} & set(text)
    assert "http" not in text.replace("http-equiv", "")


def test_the_record_is_toml_with_every_family() -> None:
    """Also where a server's name tries to break out."""
    one = vector(TWO_CALLS)
    report = report_of((one, Result(Delivered(calls=one.calls), Delivered(calls=one.calls))))
    found = tomllib.loads(record(report, date="2026-11-24", command="gemwright acid"))
    assert found["figures"]["wf_multi"] == ["cases 1", "not_said 0", "alone_streamed 1 of 1", "client_chat 1 of 1"]
    assert record_name(report, "2026-11-24").startswith("measurements/any/20261124-acid-fake-script-alert")
    assert "/" not in record_name(report, "2026-11-24").removeprefix("measurements/any/")


def test_the_demo_model_is_handed_out(tmp_path: Path) -> None:
    """With what Ollama needs, and the commands of the others."""
    files = hand_out(tmp_path / "demo", demo_model())
    assert files[0].read_bytes() == demo_model().read_bytes()
    assert "RENDERER gemma4-small" in files[1].read_text("utf-8")
    told = files[2].read_text("utf-8")
    assert all(
        f"gemwright acid {name}" in told for name in ("ollama", "vllm", "sglang", "lmstudio", "llama.cpp", "mlx-lm")
    )
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(BadOption):
        hand_out(tmp_path / "file", demo_model())


def test_names_and_addresses_mean_adapters() -> None:
    """A name means its usual port here; an address is asked who it is, unless somebody says so."""
    for name in sorted({*NAMES} - {"mistral.rs", "transformers-local"}):
        runtime, url = endpoint(name)
        assert url.startswith("http://127.0.0.1:")
        assert not isinstance(runtime, Recognised)
    assert isinstance(endpoint("http://127.0.0.1:9")[0], Recognised)
    assert type(endpoint("http://127.0.0.1:9", speaks="vllm")[0]).__name__ == "VLLM"
    with pytest.raises(BadOption, match="folder"):
        endpoint("mistral.rs")
    for wrong in (("nope", ""), ("http://127.0.0.1:9", "nope"), ("ollama", "nope")):
        with pytest.raises(BadOption, match="nope"):
            endpoint(wrong[0], speaks=wrong[1])
