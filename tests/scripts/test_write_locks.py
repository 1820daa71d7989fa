"""The locks: hashes, no address of whatever index made them, and versions that agree with each other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import write_locks


def test_one_resolution_two_exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that was resolved by itself could hold another version than its neighbour."""
    commands: list[list[str]] = []
    monkeypatch.setattr("subprocess.run", lambda command, **_: commands.append(list(command)))
    write_locks.resolve("uv", tmp_path)
    resolution, *exports, _ = commands
    assert resolution[:2] == ["uv", "lock"]
    assert [Path(command[-1]).name for command in exports] == ["run.lock", "test.lock"]
    for command in exports:
        assert "--frozen" in command
        assert not {"--emit-index-url", "--no-hashes"} & set(command)


def test_a_failing_resolver_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a network the locks stay as they are, and a maintainer reads why."""

    def run(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(write_locks, "pip_command", lambda environment: ["pip"])
    monkeypatch.setattr("subprocess.run", run)
    assert write_locks.main() == 1
    assert "not written" in capsys.readouterr().err


def test_the_clients_lock_is_held_to_the_run_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our plug-ins are tested with the versions of our own dependencies that everything else is tested with."""
    commands: list[list[str]] = []
    monkeypatch.setattr("subprocess.run", lambda command, **_: commands.append(list(command)))
    write_locks.resolve("uv", tmp_path)
    clients = commands[-1]
    assert clients[clients.index("--constraint") + 1] == "requirements/run.lock"
    assert clients[-1] == "requirements/clients.lock"
    assert "--generate-hashes" in clients
    assert "--emit-index-url" not in clients
