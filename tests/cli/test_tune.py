"""`gemwright tune`: rows and their masks for a person, with and without colour, and for a program; findings and exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gemwright.cli.main import COMMANDS
from gemwright.cli.tune import COMMANDS as TUNE_COMMANDS
from tests.cli.program import MESSAGES, TOOLS, data, gemwright
from tests.noise.model import RANDOM_MODEL

CLEAN: dict[str, Any] = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello.\nYou."}]
}
CHAIN: dict[str, Any] = {
    "messages": [*MESSAGES[:-1], {"role": "assistant", "reasoning": "Say it.", "content": "Thick."}],
    "tools": TOOLS,
    "thinking": True,
}


def jsonl(*values: Any) -> bytes:
    """Write values as JSON Lines."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@pytest.mark.parametrize("name", ["tune", *TUNE_COMMANDS])
def test_commands_say_what_they_do_and_show_how(name: str) -> None:
    """The tables repeat each summary to save the import; a person copies an example sooner than they read options."""
    entry = COMMANDS[name] if name == "tune" else TUNE_COMMANDS[name]
    command = entry.load()
    assert command.short_help == entry.summary
    assert "Examples:" in (command.epilog or "")


def test_data_marks_what_is_trained_on_without_colour() -> None:
    """In a log, in a pipe and for who sees no colours, a letter says it."""
    shown = gemwright("--color", "never", "tune", "data", given=jsonl(CHAIN)).stdout
    assert "\x1b" not in shown
    trained = [line.partition("│ ")[2] for line in shown.split("\n") if " T │ " in line]
    assert trained == [
        "⟦<|channel>⟧thought↵",
        "Look it up.↵",
        '⟦<channel|>⟧⟦<|tool_call>⟧call:fog{city:⟦<|"|>⟧Bergen⟦<|"|>⟧}⟦<tool_call|>⟧⟦<|tool_response>⟧',
        "Say it.↵",
        "⟦<channel|>⟧Thick.⟦<turn|>⟧↵",
    ]


def test_data_colours_what_is_trained_on_and_nothing_else() -> None:
    """The line break after the end token is the commonest thing to train on by mistake: it has no colour here."""
    shown = gemwright("--color", "always", "tune", "data", given=jsonl(CLEAN)).stdout
    coloured = "".join(re.findall("\x1b\\[30;42m(.*?)\x1b\\[0m", shown))
    assert coloured == "Hello.↵You.⟦<turn|>⟧"


def test_data_cannot_be_drawn_by_a_row() -> None:
    """A row is somebody's text: it drives no terminal, and marks nothing as trained or as a control token."""
    value = {"messages": [{"role": "user", "content": "\x1b[2J ⟦x⟧ <turn|>"}, {"role": "assistant", "content": "b"}]}
    shown = gemwright("--color", "never", "tune", "data", given=jsonl(value)).stdout
    assert "<U+001B>[2J <U+27E6>x<U+27E7> ⟪<turn|>⟫" in shown


def test_data_shows_the_mask_that_a_row_brings() -> None:
    """A wrong mask has to be seen as it is, even through the middle of a word and in another template's text."""
    text = "<bos><|turn>human\nHi<turn|>\n<|turn>model\nHello.<turn|>\n"
    given = jsonl({**CLEAN, "text": text, "trained": [[18, 19], [41, 54]]})
    shown = gemwright("--color", "never", "tune", "data", given=given).stdout
    trained = [line.partition("│ ")[2] for line in shown.split("\n") if " T │ " in line]
    assert trained == ["H", "Hello.⟦<turn|>⟧↵"]
    assert "human" in shown


def test_data_as_json_gives_texts_and_spans() -> None:
    """A program trains on exactly this: the text, and which of its characters count."""
    result = gemwright("tune", "data", "--json", "--turns", "all", "--flavour", "small", given=jsonl(CLEAN, CHAIN))
    first, second = data(result)["rows"]
    assert [first["text"][a:b] for a, b in first["trained"]] == ["Hello.\nYou.<turn|>"]
    assert (first["line"], first["dialect"], first["targets"]) == (1, "2026-07-09-small", "all")
    assert (second["thinking"], len(second["trained"])) == (True, 2)


def test_data_shows_so_many_rows() -> None:
    """The first rows of a large file are there at once."""
    result = gemwright("tune", "data", "--limit", "2", "--json", given=jsonl(*[CLEAN] * 5) + b"{half")
    assert [row["line"] for row in data(result)["rows"]] == [1, 2]


def test_data_names_the_line_that_cannot_be_read() -> None:
    """An error without its line is no help in a file of thousands."""
    result = gemwright("tune", "data", given=jsonl(CLEAN, {"messages": "no"}))
    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert gemwright("tune", "data", given=b"").stderr == "no rows\n"


def test_check_is_quiet_about_clean_rows() -> None:
    """Exit code 0 is what a build waits for."""
    result = gemwright("tune", "check", given=jsonl(CLEAN, CHAIN))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "2 rows, 0 findings\n")


def test_check_tells_row_place_and_what_to_do() -> None:
    """The exit code stops a build; the line says where to look and what to change."""
    wrong = {**CLEAN, "thinking": True}
    result = gemwright("tune", "check", given=jsonl(CLEAN, wrong))
    assert result.exit_code == 1
    assert re.search(r"line 2 +thoughts +messages\[1\] +.*no thought.*\(give the message", result.stdout)
    assert result.stderr == "2 rows, 1 findings\n"


def test_check_as_json_counts_what_it_does_not_tell() -> None:
    """A file that is wrong throughout does not fill the memory with the same sentence."""
    wrong = {**CLEAN, "thinking": True}
    result = gemwright("-q", "tune", "check", "--json", "--limit", "2", given=jsonl(*[wrong] * 5))
    report = data(result)
    assert (result.exit_code, report["rows"], report["found"], len(report["findings"])) == (1, 5, 5, 2)
    assert set(report["findings"][0]) == {"rule", "row", "place", "message", "hint"}


def test_check_takes_a_limit_of_tokens() -> None:
    """There is no tokenizer here, so the number is said to be about right."""
    result = gemwright("tune", "check", "--max-tokens", "5", given=jsonl(CLEAN))
    assert result.exit_code == 1
    assert "about " in result.stdout


def test_check_compares_the_trainers_template(tmp_path: Path) -> None:
    """From a text file or from a GGUF file; the file that cannot be read is a mistake of the command line."""
    file = tmp_path / "old.jinja"
    file.write_text("{{ messages }}", "utf-8")
    model = str(RANDOM_MODEL)
    small = {**CLEAN, "flavour": "small"}
    assert gemwright("tune", "check", "--template", str(file), given=jsonl(CLEAN)).exit_code == 1
    assert gemwright("tune", "check", "--template", model, given=jsonl(small)).exit_code == 0
    assert gemwright("tune", "check", "--template", model, given=jsonl(CLEAN)).exit_code == 1
    assert gemwright("tune", "check", "--template", str(tmp_path / "none"), given=jsonl(CLEAN)).exit_code == 2


def test_check_lists_its_rules() -> None:
    """What is checked is data of the program, not of its documentation."""
    shown = gemwright("tune", "check", "--rules").stdout
    assert all(name in shown for name in ("mask", "drift", "ends", "calls", "length", "thoughts"))
