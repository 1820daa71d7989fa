"""A recording holds what a command showed, in order, and nothing of this machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="there is no such terminal on this system")

import record_terminal

DOCS = Path(__file__).parents[2] / "docs" / "recordings"


def test_what_is_shown_is_recorded(tmp_path: Path) -> None:
    """Output, size and exit status arrive; times only grow."""
    path = tmp_path / "one.cast"
    said = "import os, sys; print('größe', os.get_terminal_size().columns); sys.exit(3)"
    assert record_terminal.record(path, [sys.executable, "-c", said]) == 3
    header, *events = map(json.loads, path.read_text("utf-8").splitlines())
    assert header["version"] == 2
    assert "".join(text for _, _, text in events) == f"größe {record_terminal.WIDTH}\r\n"
    assert [at for at, _, _ in events] == sorted(at for at, _, _ in events)


def test_the_recording_in_the_docs_is_of_the_demo_model() -> None:
    """It shows an answer, a thought and a call, each marked."""
    _, *events = map(json.loads, (DOCS / "first-five-minutes.cast").read_text("utf-8").splitlines())
    shown = "".join(text for _, _, text in events)
    assert shown.count("demo model]") >= 5
    assert "get_weather" in shown and "thinking" in shown and "injection stays text" in shown
