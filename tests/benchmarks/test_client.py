"""The benchmark of the client's overhead: it measures both readers, and says so where a figure is over its budget."""

from __future__ import annotations

import pytest

from benchmarks import client


def test_both_lanes_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """The client is a little dearer than a bare read. Thrice the budget here: a test does not choose its machine."""
    figures = client.main([], quick=True, download=False)
    assert set(figures) == set(client.LANES)
    for lane in client.LANES:
        assert 0 < figures[lane]["bare"] < figures[lane]["client"]
        assert figures[lane]["request"] < 3 * client.REQUEST_BUDGET
        assert 0 < figures[lane]["chunk"] < 3 * client.CHUNK_BUDGET
    assert "over it a request" in capsys.readouterr().out


def test_a_figure_over_its_budget_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody compares numbers in a table with numbers in its head."""
    measured = {"bare": 0.001, "client": 0.002, "request": 0.01, "chunk": 1e-6}
    monkeypatch.setattr(client, "measure", lambda *_: measured)
    client.main([], quick=True, download=False)
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("raw"))
    assert "10 ms, OVER" in row and "1 µs, OVER" not in row
