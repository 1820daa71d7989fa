"""The front door, `run` and `chat`, as a user without a GPU meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gemwright.cli.reports import REPORTS

TOOLS = [
    {
        "name": "tide",
        "description": "Tides.",
        "parameters": {"type": "object", "properties": {"day": {"type": "integer"}}, "required": ["day"]},
    }
]


def gemwright(*args: str, given: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a process without a terminal."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("GEMWRIGHT_")}
    return subprocess.run(
        [sys.executable, "-m", "gemwright", *args],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=50,
        cwd=cwd,
        env=environ,
        check=False,
    )


def test_five_reports_are_repaired_or_refused() -> None:
    """What the demonstration promises: calls found, thoughts apart, half a command not run, all with their source."""
    assert len(REPORTS) == 5
    for report in REPORTS:
        turn = report.parse()
        assert turn.repairs or turn.incomplete, report.title
        assert "#" in report.source
    assert REPORTS[-1].parse().tool_calls == ()


def test_without_a_terminal_it_is_a_script(tmp_path: Path) -> None:
    """`make run </dev/null` shows the same exchange and ends with 0."""
    done = gemwright(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "random weights: proves the plumbing, not Gemma" in done.stdout
    assert "call: tide_table {" in done.stdout
    assert "the injection stays text" in done.stdout
    assert done.stdout.count("model wrote") == 5
    assert "Traceback" not in done.stderr


def test_run_prints_a_turn_as_json(tmp_path: Path) -> None:
    """A program gets typed arguments, and is told what answered."""
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps(TOOLS), "utf-8")
    done = gemwright("run", "--json", "--tools", str(tools), "--must-call", "--seed", "3", "High water?", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    turn = json.loads(done.stdout)
    assert turn["tool_calls"][0]["name"] == "tide"
    assert isinstance(turn["tool_calls"][0]["arguments"]["day"], int)
    assert "random weights" in turn["note"]


def test_run_reads_the_prompt_from_standard_input(tmp_path: Path) -> None:
    """Pipes are how programs talk to programs."""
    done = gemwright("run", "--json", "--max-tokens", "5", given="Name three fjords", cwd=tmp_path)
    assert done.returncode in (0, 4), done.stderr
    assert json.loads(done.stdout)["runtime"] == "llama.cpp"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("run", "--endpoint", "http://127.0.0.1:9", "hi"), 3, "hint:"),
        (("run", "--endpoint", "ftp://x", "hi"), 2, "http"),
        (("run", "--model", "nowhere.gguf", "hi"), 2, "nowhere.gguf"),
        (("run", "--image", "nowhere.png", "hi"), 2, "nowhere.png"),
        (("run", "--variant", "13B", "hi"), 2, "13B"),
        (("run", "--temperature", "99", "hi"), 2, "temperature"),
    ],
)
def test_bad_input_is_told_with_its_exit_code(args: tuple[str, ...], code: int, words: str, tmp_path: Path) -> None:
    """One sentence, a hint, the right code, no traceback."""
    done = gemwright(*args, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_truncated_model_file_is_told(tmp_path: Path) -> None:
    """A download that broke off must not look like a crash of the engine."""
    from gemwright.launch.embedded import RANDOM_MODEL

    cut = tmp_path / "cut.gguf"
    cut.write_bytes(RANDOM_MODEL.read_bytes()[:5000])
    done = gemwright("run", "--model", str(cut), "hi", cwd=tmp_path)
    assert done.returncode == 2 and "cut.gguf" in done.stderr


def test_a_tool_file_that_is_none(tmp_path: Path) -> None:
    """A schema that is no object is refused before the model is asked."""
    tools = tmp_path / "tools.json"
    tools.write_text('[{"name": "f", "parameters": [1]}]', "utf-8")
    done = gemwright("run", "--tools", str(tools), "hi", cwd=tmp_path)
    assert done.returncode == 2 and "`f`" in done.stderr


def test_chat_talks_until_the_input_ends(tmp_path: Path) -> None:
    """Each line is answered; commands are not sent to the model; the end of the input is the end."""
    done = gemwright("chat", "--max-tokens", "8", given="Hello\n/why\n/new\n/nonsense\n", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "lane     raw" in done.stdout
    assert done.stderr.count("/quit ends") == 2
