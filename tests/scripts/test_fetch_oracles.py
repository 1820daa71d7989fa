"""Oracles: fetched once, and their absence is told and never fatal."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import fetch_oracles


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout as far as fetching looks at one, with a pip that is not called."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "oracles.lock").write_text("one==1", "utf-8")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(fetch_oracles, "pip_command", lambda environment: ["pip"])
    return tmp_path


def answer(monkeypatch: pytest.MonkeyPatch, code: int) -> list[list[str]]:
    """Let the download end with an exit code; return the list that its commands are put in."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr("subprocess.run", run)
    return commands


def test_fetched_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make test` asks every time; only the first time may cost a download, and hashes are always required."""
    commands = answer(monkeypatch, 0)
    assert fetch_oracles.fetch(project) == ""
    assert fetch_oracles.fetch(project) == ""
    assert len(commands) == 1
    assert "--require-hashes" in commands[0]


def test_no_network_is_told_and_tried_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a train the tests still run; at home the oracles arrive."""
    commands = answer(monkeypatch, 1)
    assert "pip could not download" in fetch_oracles.fetch(project)
    assert "pip could not download" in fetch_oracles.fetch(project)
    assert len(commands) == 2


def test_a_hanging_network_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A download that never ends may not hold the tests up for ever."""

    def run(command: list[str], *, timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr("subprocess.run", run)
    assert "timed out" in fetch_oracles.fetch(project)


def test_main_never_fails(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Make stops at the first failure, and this one is no failure."""
    answer(monkeypatch, 1)
    monkeypatch.setattr(fetch_oracles, "CHECKOUT", project)
    assert fetch_oracles.main() == 0
    assert "will be skipped" in capsys.readouterr().err
