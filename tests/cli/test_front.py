"""The front door, `run` and `chat`, as a user without a GPU meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gemwright.cli.reports import REPORTS
from gemwright.launch.embedded import Engine
from tests.noise.model import RANDOM_MODEL

TOOLS = [
    {
        "name": "tide",
        "description": "Tides.",
        "parameters": {"type": "object", "properties": {"day": {"type": "integer"}}, "required": ["day"]},
    }
]


def gemwright(*args: str, given: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a process without a terminal, which looks for servers nowhere."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("GEMWRIGHT_")}
    environ["GEMWRIGHT_SEARCH_PORTS"] = "off"
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


def tools_file(folder: Path) -> Path:
    """Write the tools to a file."""
    file = folder / "tools.json"
    file.write_text(json.dumps(TOOLS), "utf-8")
    return file


def test_five_reports_are_repaired_or_refused() -> None:
    """What the demonstration promises: calls found, thoughts apart, half a command not run, all with their source."""
    assert len(REPORTS) == 5
    for report in REPORTS:
        turn = report.parse()
        assert turn.repairs or turn.incomplete, report.title
        assert "#" in report.source
    assert REPORTS[-1].parse().tool_calls == ()


def test_without_a_terminal_it_is_a_script(tmp_path: Path) -> None:
    """`make run </dev/null` shows the same exchange, whose answers are the model's own, and ends with 0."""
    done = gemwright(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "demo model: a small model trained on synthetic conversations, not Gemma" in done.stdout
    assert "the injection stays text" in done.stdout
    said = [line.removeprefix("[demo model] ") for line in done.stdout.splitlines() if line.startswith("[demo model] ")]
    assert said[0] == "I am Tidewise."
    assert said[1] == 'call: get_weather {"city": "Faro"}' and "19 degrees" in said[2]
    assert said[3].startswith("thinking: ") and said[4] == 'call: get_tide {"station": "Vigo"}'
    assert said[5].startswith("thinking: ") and "3.4 m" in said[6] and "seagulls" not in said[6]
    assert len(said) == 7
    assert done.stdout.count("model wrote") == 5
    assert "Traceback" not in done.stderr


def test_run_prints_a_turn_as_json(tmp_path: Path) -> None:
    """A program gets typed arguments, and is told what answered."""
    tools = tools_file(tmp_path)
    done = gemwright("run", "--json", "--tools", str(tools), "--must-call", "--seed", "3", "High water?", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    turn = json.loads(done.stdout)
    assert turn["tool_calls"][0]["name"] == "tide"
    assert isinstance(turn["tool_calls"][0]["arguments"]["day"], int)
    assert "demo model: a small model" in turn["note"]
    assert "(demo model)" in turn["model"]


def test_run_reads_the_prompt_from_standard_input(tmp_path: Path) -> None:
    """Pipes are how programs talk to programs."""
    done = gemwright("run", "--json", "--max-tokens", "5", given="Name three fjords", cwd=tmp_path)
    assert done.returncode in (0, 4), done.stderr
    assert json.loads(done.stdout)["runtime"] == "llama.cpp"


def test_every_answer_of_the_demo_model_is_marked(tmp_path: Path) -> None:
    """Whoever meets one of its answers in a file, without what was said beside it, must not take it for Gemma's."""
    for more in ((), ("--think",), ("--must-call", "--tools", str(tools_file(tmp_path)))):
        done = gemwright("-q", "run", *more, "What is Gemma 4?", cwd=tmp_path)
        assert done.returncode == 0 and done.stdout, done.stderr
        assert all(line.startswith("[demo model] ") for line in done.stdout.splitlines())
    done = gemwright("run", "--model", str(RANDOM_MODEL), "--max-tokens", "9", "hi", cwd=tmp_path)
    assert done.stdout.startswith("[random weights] ")


def test_a_server_that_is_named_comes_first(engine: Engine, tmp_path: Path) -> None:
    """What a person configured answers; the demo model is not even started, so nothing is marked as its own."""
    done = gemwright("run", "--endpoint", engine.url, "--temperature", "0", "Repeat: tide", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "tide\n"
    assert engine.url in done.stderr and "an engine of our own" not in done.stderr


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
    done = gemwright("chat", "--max-tokens", "40", given="Hello!\n/why\n/new\n/nonsense\nHello!\n", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("[demo model] Hello!") == 2
    assert "lane     raw" in done.stdout
    assert done.stderr.count("/quit ends") == 2
