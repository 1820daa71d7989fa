"""`gemwright acid`: what it prints, writes and refuses."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from gemwright.launch.embedded import Engine
from tests.cli.program import data, gemwright


def test_a_table_a_page_a_record_and_json(engine: Engine, tmp_path: Path) -> None:
    """One run of one output, told in all ways."""
    (tmp_path / "corpus.toml").write_text("", "utf-8")
    page = tmp_path / "a.html"
    asked = ("acid", engine.url, "--case", "wf_multi/two_calls", "--thinking", "off")
    found = gemwright(*asked, "--json", "--html", str(page), "--record", str(tmp_path), "--state", str(tmp_path / "s"))
    told = data(found)
    assert told["runtime"] == "llama.cpp"
    assert told["command"] == "gemwright acid URL"
    assert [row["name"] for row in told["totals"]] == ["well-formed", "malformed", "all"]
    assert told["families"][0] == {
        "name": "wf_multi",
        "cases": 1,
        "not_said": 0,
        **{name: {"right": 1, "of": 1} for name in ("alone_streamed", "alone_whole", "client_chat", "client_raw")},
    }
    assert told["cases"][0]["evidence"] == "ids"
    assert "wf_multi/two_calls, thinking off" in page.read_text("utf-8")
    (record,) = tmp_path.glob("measurements/any/*-acid-llama.cpp-*.toml")
    assert tomllib.loads(record.read_text("utf-8"))["figures"]["all"][-1] == "client_raw 1 of 1"
    assert not (tmp_path / "s").exists()
    assert engine.url not in json.dumps(told) + page.read_text("utf-8") + record.read_text("utf-8")


def test_the_table_for_people(engine: Engine) -> None:
    """Families, totals, and what is wrong."""
    found = gemwright("acid", engine.url, "--case", "wf_content/plain", "--thinking", "off", "--without", "whole")
    assert found.exit_code == 0
    assert "CLIENT, RAW" in found.stdout
    assert "wrong through our client, chat lane: nothing" in found.stdout


def test_what_needs_no_server(tmp_path: Path) -> None:
    """The list of outputs, and the demo model's files."""
    listed = gemwright("acid", "--list", "--family", "wf_multi")
    assert "wf_multi/two_calls\n" in listed.stdout
    files = gemwright("acid", "--files", str(tmp_path / "demo"))
    assert [Path(line).name for line in files.stdout.splitlines()] == [
        "gemwright-standin.gguf",
        "Modelfile",
        "COMMANDS.txt",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nope",), "there is no runtime 'nope'"),
        (("--family", "nope"), "there is no family 'nope'"),
        (("ollama", "--record", "."), "holds no corpus.toml"),
    ],
)
def test_wrong_arguments_are_refused(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is started."""
    monkeypatch.chdir(tmp_path)
    found = gemwright("acid", *arguments)
    assert found.exit_code == 2
    assert message in found.stderr


def test_another_model_is_refused(noise: Engine) -> None:
    """With the reason, and with the exit code of a runtime that will not do."""
    found = gemwright("acid", noise.url)
    assert found.exit_code == 3
    assert "serves another" in found.stderr
    assert "--files" in found.stderr
