"""`make bench` must come to an end with tables, whatever is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.peers import fetch as fetching


def test_peers_that_are_missing_are_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network there is a report, and it says what is not in it."""
    monkeypatch.setattr(fetching, "CACHE", tmp_path)
    figures = tmp_path / "figures.json"
    arguments = ["--only", "parse,growth", "--peers", "vllm,mlx-lm", "--quick", "--no-fetch", "--json", str(figures)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("cpu: ")
    assert printed.count("mlx-lm: not fetched, and --no-fetch was given") == 2
    report = json.loads(figures.read_text(encoding="utf-8"))
    assert report["machine"]["python"]
    assert set(report["growth"]["unavailable"]) == {"vllm", "mlx-lm"}


@pytest.mark.parametrize("arguments", [["--only", "everything"], ["--peers", "nobody"]])
def test_unknown_names_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error must not look like a short report."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "no such" in capsys.readouterr().err
