"""`gemwright wire explain`: which of three things a file is, what is shown of each, and what is never obeyed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.program import MESSAGES, TOOLS, data, gemwright, saved

OUTPUT = '<|channel>thought\nHm<channel|><|tool_call>call:fog(city="Oslo")<tool_call|>'
PROMPT = "<bos><|turn>user\nHi<turn|>\n<|turn>model\n"


def test_a_conversation_shows_origins_and_the_mask(tmp_path: Path) -> None:
    """Only a conversation tells who wrote what, so its view has all marks, and a legend for them."""
    tools = saved(tmp_path, TOOLS, "tools.json")
    shown = gemwright("wire", "explain", "--tools", tools, saved(tmp_path, MESSAGES)).stdout
    assert shown.startswith("prompt, dialect 2026-07-09-large\n")
    assert "  3 model     call    T │ ⟦<|tool_call>call:⟧fog⟦{⟧city" in shown
    assert "  2 user             !  │ How is the fog? ⟪<turn|>⟫↵\n" in shown
    assert "⟦ ⟧  written by the renderer" in shown
    assert "⟦ ⟧" not in gemwright("wire", "explain", "--no-legend", saved(tmp_path, MESSAGES)).stdout


def test_a_prompt_is_shown_as_a_tokenizer_reads_it() -> None:
    """Found by how it begins; who wrote what is gone, and the legend says so."""
    shown = gemwright("wire", "explain", given=PROMPT).stdout
    assert shown.startswith("prompt, as a tokenizer reads it\n")
    assert "  1 user                │ Hi⟦<turn|>⟧↵\n" in shown
    assert "whoever wrote it" in shown


def test_an_output_is_shown_with_its_repairs_and_its_reading() -> None:
    """What the model wrote, what was wrong with it, and what became of it, on one page."""
    shown = gemwright("wire", "explain", given=OUTPUT).stdout
    assert shown.startswith("output\n")
    assert "^ round-brackets (fog)" in shown
    assert 'read as\nthinking\n  Hm\ncall fog\n  {\n    "city": "Oslo"\n  }\n' in shown
    assert "vllm-project/vllm#53642" in shown


@pytest.mark.parametrize("given", ['{"name": "fog", "arguments": {}}', "[1, 2]", "[half", '["role"]'])
def test_an_output_may_begin_with_a_bracket(given: str) -> None:
    """A call that lost its marks is JSON, too; it becomes a conversation only if it is one."""
    assert gemwright("wire", "explain", given=given).stdout.startswith("output\n")
    result = gemwright("wire", "explain", "--prompt", given=given)
    assert (result.exit_code, result.stdout) == (2, "")


def test_what_it_is_can_be_said() -> None:
    """A model that repeats a prompt writes an output that begins like one."""
    assert gemwright("wire", "explain", "--output", given=PROMPT).stdout.startswith("output\n")
    assert gemwright("wire", "explain", "--prompt", given="Hi").stdout.startswith("prompt, as")
    assert gemwright("wire", "explain", "--output", given=json.dumps(MESSAGES)).stdout.startswith("output\n")


def test_a_thought_that_the_prompt_opened() -> None:
    """Without the option the same text is an answer with a stray mark."""
    shown = gemwright("wire", "explain", "--thinking", given="Hm<channel|>Yes").stdout
    assert "  1 model     thought   │ Hm⟦<channel|>⟧\n" in shown
    assert "thinking\n  Hm\ncontent\n  Yes\n" in shown


def test_colours_add_nothing_but_colours(tmp_path: Path) -> None:
    """What is readable only with colours is not readable for everybody."""
    for arguments in ((saved(tmp_path, MESSAGES),), ("--output", saved(tmp_path, OUTPUT, "o.json"))):
        plain = gemwright("wire", "explain", *arguments).stdout
        colored = gemwright("--color", "always", "wire", "explain", *arguments).stdout
        assert colored != plain
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_nothing_in_an_output_drives_the_terminal() -> None:
    """Also with colours on, the only sequences are our own."""
    attack = "a\x1b]0;owned\x07\x1b[31m\x9b2J\u202e<|tool_call>call:\x1b[2J(\x1b=\x1b)<tool_call|>"
    shown = gemwright("--color", "always", "wire", "explain", given=attack).stdout
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", re.sub(r"\x1b\[[0-9;]*m", "", shown))
    assert "\x1b[31ma" not in shown
    assert "a<U+001B>]0;owned<U+0007><U+001B>[31m" in re.sub(r"\x1b\[[0-9;]*m", "", shown)


def test_json_holds_the_whole_text_and_what_each_piece_is(tmp_path: Path) -> None:
    """For other views than ours: joined, the runs are the prompt."""
    found = data(gemwright("wire", "explain", "--json", saved(tmp_path, MESSAGES)))
    rendered = gemwright("wire", "render", saved(tmp_path, MESSAGES)).stdout
    assert (found["schema_version"], found["input"], found["dialect"]) == (1, "conversation", "2026-07-09-large")
    assert "".join(run["text"] for run in found["runs"]) == rendered
    assert {run["origin"] for run in found["runs"]} == {"markup", "text", "spelled"}
    assert {run["trainable"] for run in found["runs"]} == {True, False}


def test_json_of_an_output_has_notes_and_the_turn() -> None:
    """Where each repair was decided, and what the output was read as; nobody knows the mask here."""
    found = data(gemwright("wire", "explain", "--json", given=OUTPUT))
    assert found["input"] == "output"
    assert {run["trainable"] for run in found["runs"]} == {None}
    (repair,) = [note for note in found["notes"] if note["title"] == "round-brackets"]
    assert repair["where"] == len(OUTPUT)
    assert found["turn"]["tool_calls"][0]["arguments"] == {"city": "Oslo"}


@pytest.mark.parametrize(
    ("options", "given", "said"),
    [
        ([], b"", "standard input is empty"),
        ([], b"\x00\xff", "byte 1 is 0xff"),
        (["--prompt"], b'[{"role": ', "not JSON"),
        (["--repairs-off", "nonsense"], b"x", "there is no repair `nonsense`"),
        ([], b'[{"role": "assistant", "tool_calls": 5}]', "`tool_calls`"),
    ],
)
def test_bad_input_is_a_clear_error(options: list[str], given: bytes, said: str) -> None:
    """One sentence, exit code 2, no half of a view."""
    result = gemwright("wire", "explain", *options, given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
