"""`gemwright wire diff`: every pair that can be compared, the exit code that scripts ask for, and other people's templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gemwright.wire.dialects import CANONICAL, DATES, Dialect
from tests.cli.program import MESSAGES, TOOLS, data, gemwright, saved
from tests.oracle.jinja_template import MODEL, TemplateMissing, source

HI = [{"role": "user", "content": "Hi"}]


def test_equal_prompts_are_silent_data(tmp_path: Path) -> None:
    """As diff does: nothing on standard output, exit code 0."""
    file = saved(tmp_path, MESSAGES)
    result = gemwright("wire", "diff", file, file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "the same: " in result.stderr


def test_two_conversations(tmp_path: Path) -> None:
    """What a change of a message does to the prompt; exit code 1, which scripts ask for."""
    changed = [*MESSAGES[:-1], {"role": "assistant", "content": "Thin."}]
    result = gemwright("wire", "diff", saved(tmp_path, MESSAGES, "a.json"), saved(tmp_path, changed, "b.json"))
    assert result.exit_code == 1
    assert "- Thick.⟦<turn|>⟧↵\n+ Thin.⟦<turn|>⟧↵\n" in result.stdout
    assert result.stdout.startswith(f"--- {tmp_path / 'a.json'}\n+++ {tmp_path / 'b.json'}\n")


def test_a_conversation_with_the_prompt_that_a_server_made(tmp_path: Path) -> None:
    """The usual question: is what the runtime renders what it should be? One side is JSON, the other is text."""
    file = saved(tmp_path, MESSAGES)
    prompt = tmp_path / "prompt.txt"
    prompt.write_bytes(gemwright("wire", "render", file).stdout_bytes)
    assert gemwright("wire", "diff", file, str(prompt)).exit_code == 0
    prompt.write_bytes(prompt.read_bytes().replace(b"<turn|>\n", b"<turn|>\n\n", 1))
    result = gemwright("wire", "diff", file, "-", given=prompt.read_bytes())
    assert result.exit_code == 1
    assert "+ ↵\n" in result.stdout


@pytest.mark.parametrize("date", [date for date in DATES if date != CANONICAL])
def test_generations(tmp_path: Path, date: str) -> None:
    """Every older generation prints a null argument in Python's way, and both sides are named."""
    calls = [{"function": {"name": "fog", "arguments": {"city": None}}}]
    file = saved(tmp_path, [*HI, {"role": "assistant", "tool_calls": calls}])
    result = gemwright("wire", "diff", file, "--dialect", date, "--flavour", "small")
    assert result.exit_code == 1
    assert "city:null" in result.stdout
    assert "city:None" in result.stdout
    assert result.stdout.startswith(f"--- dialect {CANONICAL}-small\n+++ dialect {date}-small\n")


@pytest.mark.parametrize(("option", "sign"), [("small", "-"), ("large", "+")])
def test_flavours(tmp_path: Path, option: str, sign: str) -> None:
    """A flavour alone is compared with the other one, which differs in the empty thought and nothing else."""
    found = data(gemwright("wire", "diff", saved(tmp_path, HI), "--flavour", option, "--json"))
    (hunk,) = found["hunks"]
    assert found["right"] == f"dialect {CANONICAL}-{option}"
    changed = [(piece["sign"], piece["text"]) for piece in hunk["pieces"] if piece["sign"] != " "]
    assert changed == [(sign, "<|channel>thought\n"), (sign, "<channel|>")]


def test_the_template_inside_a_model_file(tmp_path: Path) -> None:
    """Templates inside GGUF files drift from their upstream; ours carries the canonical one of the small flavour."""
    file, tools = saved(tmp_path, MESSAGES), saved(tmp_path, TOOLS, "tools.json")
    options = ["--template", str(MODEL), "--tools", tools, "--think"]
    assert gemwright("wire", "diff", file, *options, "--flavour", "small").exit_code == 0
    assert gemwright("wire", "diff", saved(tmp_path, HI), "--template", str(MODEL)).exit_code == 1


def test_a_template_file(tmp_path: Path) -> None:
    """A template under test that was edited by one character is found out."""
    try:
        text = source(Dialect(CANONICAL, "large"))
    except TemplateMissing as reason:
        pytest.skip(str(reason))
    template = tmp_path / "chat.jinja"
    template.write_text(text, "utf-8")
    file = saved(tmp_path, MESSAGES)
    assert gemwright("wire", "diff", file, "--template", str(template)).exit_code == 0
    template.write_text(text.replace("<|turn>model", "<|turn> model"), "utf-8")
    result = gemwright("wire", "diff", file, "--template", str(template))
    assert result.exit_code == 1
    assert "+ ⟦<|turn>⟧ model↵" in result.stdout


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% if %}", "line 1: this is no template"),
        ("{{ raise_exception('no tools here') }}", "refuses the conversation: no tools here"),
        ("{{ nothing.at.all }}", "fails on the conversation: UndefinedError"),
        ("{{ 1 + 'a' }}", "fails on the conversation: TypeError"),
        ("{{ ''.__class__.__mro__ }}", "fails on the conversation: SecurityError"),
        ("{{ messages.append(1) }}", "fails on the conversation: SecurityError"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "does not end on the conversation: RecursionError"),
        ("{% include 'other' %}", "fails on the conversation: TypeError"),
        ("", "is empty"),
    ],
)
def test_a_bad_or_hostile_template_is_a_clear_error(tmp_path: Path, template: str, said: str) -> None:
    """A template is a program of somebody else: it runs in a sandbox, and its failures are told, not thrown."""
    file = tmp_path / "t.jinja"
    file.write_text(template, "utf-8")
    result = gemwright("wire", "diff", saved(tmp_path, HI), "--template", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_without_the_template_engine_the_message_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is no dependency; a person who needs it is told how to get it."""
    monkeypatch.setattr("gemwright.cli.foreign_template.find_spec", lambda name: None)
    result = gemwright("wire", "diff", saved(tmp_path, HI), "--template", str(MODEL))
    assert result.exit_code == 2
    assert "pip install 'gemwright[templates]'" in result.stderr


def test_a_model_file_without_a_template(tmp_path: Path) -> None:
    """A header that was cut, and one that has no template, are two different things."""
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(MODEL.read_bytes()[:1000])
    result = gemwright("wire", "diff", saved(tmp_path, HI), "--template", str(cut))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cut.gguf" in result.stderr
    bare = tmp_path / "bare.gguf"
    bare.write_bytes(b"GGUF" + (3).to_bytes(4, "little") + bytes(16))
    assert (
        "bare.gguf has no chat template"
        in gemwright("wire", "diff", saved(tmp_path, HI), "--template", str(bare)).stderr
    )


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["-"], json.dumps(HI), "name what to compare with"),
        (["-", "--dialect", CANONICAL], json.dumps(HI), "name what to compare with"),
        (["-", "--flavour", "small"], "<bos>", "holds no conversation"),
        (["-", "-"], json.dumps(HI), "standard input cannot be read twice"),
        (["-", "other", "--template", "t"], json.dumps(HI), "takes the place of a second prompt"),
        (["-", "--dialect", "2026-01-01"], json.dumps(HI), "there is no dialect of 2026-01-01"),
        (
            ["-", "--flavour", "small"],
            '[{"content": 1}]',
            f"dialect {CANONICAL}-large: the role of a message is missing",
        ),
        (["-", "--flavour", "small"], '[{"role": 1', "not JSON"),
    ],
)
def test_what_cannot_be_compared(arguments: list[str], given: str, said: str) -> None:
    """Exit code 2: a script must not take trouble for a difference, nor for none."""
    result = gemwright("wire", "diff", *arguments, given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_json_says_whether_they_are_the_same(tmp_path: Path) -> None:
    """For programs that do not ask the exit code."""
    file = saved(tmp_path, MESSAGES)
    found: Any = data(gemwright("wire", "diff", file, file, "--json"))
    assert found == {"schema_version": 1, "left": file, "right": file, "same": True, "hunks": []}
