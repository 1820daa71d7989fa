"""The contracts of `.importlinter` hold here (`make check` runs them), and they do catch what they are for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINTER = Path(sys.executable).with_name("lint-imports")


def lint(checkout: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """Run the project's contracts over a copy of its source tree."""
    return subprocess.run(
        [str(LINTER), "--no-logo", "--no-cache", "--config", str(checkout / ".importlinter")],
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"},
        cwd=source,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def source(checkout: Path, tmp_path: Path) -> Path:
    """A copy of `src` to plant violations in."""
    target = tmp_path / "src"
    shutil.copytree(checkout / "src", target, ignore=shutil.ignore_patterns("__pycache__", "*.gguf"))
    return target


def test_planted_violations_are_named(checkout: Path, source: Path) -> None:
    """A contract that nothing can break protects nothing: one violation of each, and all are reported by name."""
    room = source / "gemwright"
    (room / "wire" / "planted.py").write_text("import socket\n\nimport httpx2\n", "utf-8")
    (room / "messages" / "planted.py").write_text("from gemwright import wire\n", "utf-8")
    (room / "runtimes" / "planted.py").write_text("from gemwright.wire import tokens\n", "utf-8")
    with (room / "runtimes" / "echo.py").open("a", encoding="utf-8") as adapter:
        adapter.write("\n\nfrom gemwright.runtimes import tape\n")
    result = lint(checkout, source)
    assert result.returncode == 1, result.stdout + result.stderr
    for sentence in (
        "gemwright.messages.planted -> gemwright.wire",
        "gemwright.runtimes.echo -> gemwright.runtimes.tape",
        "gemwright.runtimes.planted -> gemwright.wire.tokens",
        "gemwright.wire.planted -> httpx2",
        "gemwright.wire.planted -> socket",
    ):
        assert sentence in result.stdout


def test_an_unlisted_room_is_named(checkout: Path, source: Path) -> None:
    """A new package has to be given a floor before it can be merged."""
    attic = source / "gemwright" / "attic"
    attic.mkdir()
    (attic / "__init__.py").write_text('"""A room nobody placed."""\n', "utf-8")
    result = lint(checkout, source)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "attic" in result.stdout
