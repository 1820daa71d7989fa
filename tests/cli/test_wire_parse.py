"""`gemwright wire parse`: the golden outputs through the command line under every chunking, and every kind of bad input."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from gemwright.cli.output import write_json_line
from gemwright.cli.wire_parse import Chunks
from gemwright.wire import REPAIRS
from tests.cli.program import TOOLS, data, gemwright, lines, process, saved

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "parse.jsonl"
CHUNKINGS = ["one", "char", "random:7"]


def compared(text: str) -> str:
    """Return a text as the golden cases compare it: rules R1 and R2."""
    return re.sub(r"\n\n+", "\n", re.sub(r"[ \t]+\n", "\n", text.strip()))


def typed(value: object) -> str:
    """Return a value in a form that tells 1 from 1.0 and from true."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("chunks", CHUNKINGS)
def test_golden_outputs_line_by_line(chunks: str) -> None:
    """What programs use, and what the stream must not change: each case right under each way of cutting it."""
    cases = lines(GOLDEN.read_bytes())
    done = process("wire", "parse", "--jsonl", "--chunks", chunks, str(GOLDEN))
    assert (done.returncode, done.stderr) == (0, b"")
    answers = lines(done.stdout)
    assert len(answers) == len(cases) >= 220
    wrong: list[str] = []
    for case, answer in zip(cases, answers, strict=True):
        assert list(answer) == ["reasoning", "content", "tool_calls", "incomplete", "repairs"]
        expected = case["expected"]
        if (
            compared(answer["content"]) != compared(expected["content"])
            or compared(answer["reasoning"]) != compared(expected["reasoning"])
            or typed(answer["tool_calls"]) != typed(expected["tool_calls"])
        ):
            wrong.append(case["name"])
    assert not wrong


def test_every_chunking_gives_the_same_answers() -> None:
    """Beyond what is compared above: byte for byte, repairs and incomplete calls included."""
    answers = {chunks: gemwright("wire", "parse", "--jsonl", "--chunks", chunks, str(GOLDEN)) for chunks in CHUNKINGS}
    one = lines(answers["one"].stdout)
    for chunks in CHUNKINGS[1:]:
        for number, (a, b) in enumerate(zip(one, lines(answers[chunks].stdout), strict=True)):
            assert {**a, "repairs": sorted(a["repairs"])} == {**b, "repairs": sorted(b["repairs"])}, number


def test_random_chunks_are_the_same_for_the_same_seed() -> None:
    """A failure that was found has to be found again, also when its line stands alone in a file."""
    text = "x" * 1000
    assert list(Chunks("random", "7").of(text, 3)) == list(Chunks("random", "7").of(text, 3))
    assert list(Chunks("random", "7").of(text, 3)) != list(Chunks("random", "8").of(text, 3))
    assert list(Chunks("random", "7").of(text, 3)) != list(Chunks("random", "7").of(text, 4))
    for chunks in (Chunks(), Chunks("char"), Chunks("random", "7")):
        assert "".join(chunks.of(text)) == text


def answer(line: dict[str, Any], *options: str) -> Any:
    """Return the answer to one line."""
    return json.loads(gemwright("wire", "parse", "--jsonl", *options, given=json.dumps(line)).stdout)


def test_numbers_are_exact() -> None:
    """A message id of 20 digits that becomes a float is another message."""
    text = "<|tool_call>call:f{a:123456789012345678901234567890,b:1e-05,c:1.0,d:-0.0}<tool_call|>"
    found = gemwright("wire", "parse", "--jsonl", given=json.dumps({"text": text})).stdout
    assert '"arguments":{"a":123456789012345678901234567890,"b":1e-05,"c":1.0,"d":-0.0}' in found


def test_halves_of_characters_do_not_stop_the_output() -> None:
    """A runtime that cuts a character in two gives lone surrogates; JSON can escape them."""
    result = gemwright("wire", "parse", "--jsonl", given=b'{"text": "a\\ud83d b"}\n{"text": "c"}')
    first, second = lines(result.stdout)
    assert first["content"] == "a\ud83d b"
    assert second["content"] == "c"


def test_a_number_that_json_cannot_hold_becomes_its_name() -> None:
    """Strict readers refuse NaN; one odd argument must not cost the answer, nor the line."""
    buffer = io.BytesIO()
    write_json_line(buffer, {"x": [float("nan"), {"y": float("inf")}, -float("inf"), 1.5]})
    assert buffer.getvalue() == b'{"x":["NaN",{"y":"Infinity"},"-Infinity",1.5]}\n'


def test_lines_lead_and_the_command_line_fills_in(tmp_path: Path) -> None:
    """`tools` and `thinking` that a line does not name are as the command line says."""
    text = '<|tool_call>call:fog{days:<|"|>5<|"|>}<tool_call|>'
    tools = saved(tmp_path, TOOLS, "tools.json")
    assert answer({"text": text})["tool_calls"][0]["arguments"] == {"days": "5"}
    assert answer({"text": text, "tools": TOOLS})["tool_calls"][0]["arguments"] == {"days": 5}
    assert answer({"text": text, "tools": [TOOLS[0]["function"]]})["tool_calls"][0]["arguments"] == {"days": 5}
    assert answer({"text": text}, "--tools", tools)["tool_calls"][0]["arguments"] == {"days": 5}
    assert answer({"text": "Hm<channel|>Yes"}, "--thinking")["reasoning"] == "Hm"
    assert answer({"text": "Hm, yes", "thinking": False}, "--thinking")["content"] == "Hm, yes"


def test_a_bad_line_is_answered_and_the_rest_goes_on() -> None:
    """Each line gets exactly one answer, in its place."""
    given = [
        b'{"text": "a"}',
        b"{half",
        b"5",
        b'{"text": 5}',
        b'{"tools": []}',
        b'{"text": "b", "tools": {}}',
        b'{"text": "b", "tools": [{"function": {}}]}',
        b"\xff",
        b'{"text": "c"}',
    ]
    result = gemwright("wire", "parse", "--jsonl", given=b"\n".join(given))
    answers = lines(result.stdout)
    assert result.exit_code == 0
    assert [answer.get("content") for answer in answers] == ["a", *[None] * 7, "c"]
    assert all(answer["error"].startswith("GW-E") and answer["message"] for answer in answers[1:-1])


def test_repairs_can_be_left_out() -> None:
    """Off means that the deviation stays visible; the same through a list and one by one."""
    text = json.dumps({"text": "<|tool_call>call:f(k=1)<tool_call|>"})
    assert lines(gemwright("wire", "parse", "--jsonl", given=text).stdout)[0]["tool_calls"]
    for options in (
        ["--repairs-off", "round-brackets,python-arguments"],
        ["--repairs-off", "round-brackets", "--repairs-off", "python-arguments"],
    ):
        (found,) = lines(gemwright("wire", "parse", "--jsonl", *options, given=text).stdout)
        assert found["tool_calls"] == []
        assert found["incomplete"][0]["name"] == "f"
        assert "k=1" in found["incomplete"][0]["raw"]


def test_an_unknown_repair_is_an_error() -> None:
    """Else a misspelt id would leave the repair on, and nobody would know."""
    result = gemwright("wire", "parse", "--repairs-off", "round-bracket", given="x")
    assert result.exit_code == 2
    assert "round-brackets" in result.stderr


def test_help_names_every_repair() -> None:
    """There is no other place where a person finds the ids."""
    shown = gemwright("wire", "parse", "--help").stdout
    assert all(f"  {name}\n" in shown for name in REPAIRS)


def test_json_trims_nothing_and_explains_repairs() -> None:
    """One output whole: what JSON Lines leave out for brevity is here."""
    given = " Hi\n<|tool_call>call:f(k=1)<tool_call|><|tool_call>call:g{a:<|"
    found = data(gemwright("wire", "parse", "--json", given=given))
    assert found["schema_version"] == 1
    assert found["content"] == " Hi\n"
    assert found["tool_calls"] == [{"id": "call_0", "name": "f", "arguments": {"k": 1}}]
    assert found["incomplete"][0]["name"] == "g"
    repairs = {repair["id"]: repair for repair in found["repairs"]}
    assert repairs["round-brackets"]["deviation"] == REPAIRS["round-brackets"].deviation
    assert repairs["round-brackets"]["report"] == "vllm-project/vllm#53642"


def test_the_human_view_shows_all_and_obeys_nothing() -> None:
    """Thoughts, text, calls, what stayed incomplete, repairs; and a text that would clear the screen only says so."""
    given = "<|channel>thought\nHm\n<channel|>Hi\x1b[2J<|tool_call>call:f(k=1)<tool_call|><|tool_call>call:g{a:<|"
    shown = gemwright("wire", "parse", given=given).stdout
    assert shown.startswith(
        'thinking\n  Hm\ncontent\n  Hi<U+001B>[2J\ncall f\n  {\n    "k": 1\n  }\nincomplete call g: '
    )
    assert "round-brackets: a call with its arguments in round brackets; " in shown
    assert "\x1b" not in shown


def test_nothing_is_said_to_be_nothing() -> None:
    """An empty answer is a finding of its own; an empty screen would look like a failure of ours."""
    assert gemwright("wire", "parse", given="<turn|>").stdout == "nothing: no thought, no text, no call\n"


@pytest.mark.parametrize(
    ("options", "given", "said"),
    [
        ([], b"", "standard input is empty"),
        ([], b"\xff\xfeH\x00i\x00", "standard input is not UTF-8 text: byte 0 is 0xff"),
        (["--chunks", "words"], b"x", "'words' is none of one, char, random:SEED"),
        (["--chunks", "random"], b"x", "'random' is none of"),
        (["--chunks", "one:1"], b"x", "'one:1' is none of"),
        (["--json", "--jsonl"], b"", "exclude each other"),
    ],
)
def test_bad_input_is_a_clear_error(options: list[str], given: bytes, said: str) -> None:
    """Said once, with exit code 2, and no data."""
    result = gemwright("wire", "parse", *options, given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_huge_argument_is_given_up_and_not_lost_in_silence() -> None:
    """Fifty megabytes in one argument: bounded, named as incomplete, and quickly over."""
    text = b'<|tool_call>call:f{a:<|"|>' + b"x" * 50_000_000 + b'<|"|>}<tool_call|>'
    found = data(gemwright("wire", "parse", "--json", given=text))
    assert found["tool_calls"] == []
    assert found["incomplete"][0]["name"] == "f"
    assert "longer than" in found["incomplete"][0]["reason"]


def test_an_input_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays bounded whatever is given: a file, or standard input."""
    monkeypatch.setattr("gemwright.cli.input.read_bytes.__kwdefaults__", {"max_bytes": 1000})
    big = tmp_path / "big.txt"
    big.write_bytes(b"x" * 1001)
    for result in (gemwright("wire", "parse", str(big)), gemwright("wire", "parse", given=b"x" * 1001)):
        assert result.exit_code == 5
        assert "has more than 1000 bytes" in result.stderr
    assert gemwright("wire", "parse", given=b"x" * 1000).exit_code == 0
