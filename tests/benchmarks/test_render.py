"""The rendering benchmark: it measures the same text on both sides, and says by how much."""

from __future__ import annotations

import pytest

from benchmarks import render


def test_main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A figure is worth nothing where the two sides do different work; `main` compares their texts before timing them."""
    monkeypatch.setattr(render, "REPEATS", 1)
    monkeypatch.setattr(render, "LEAST_SECONDS", 0.0)
    figures = render.main()
    assert figures.keys() == {*render.CASES, render.CHANGED}
    assert all(row["ratio"] == row["jinja2"] / row["gemwright"] > 0 for row in figures.values())
    assert "times faster" in capsys.readouterr().out


def test_changing_tools_change() -> None:
    """Else the uncached row would be served from the cache."""
    change = render._changing(render.tool_set())
    assert [change()[0]["function"]["description"] for _ in range(2)] == ["0", "1"]
