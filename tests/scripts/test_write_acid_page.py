"""The acid test's generated table, and how the measuring script takes its arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import measure_acid, write_acid_page

RECORD = """date = "{date}"
software = ["llama.cpp b1"]
command = "gemwright acid"
conditions = "{conditions}"
[figures]
well_formed = ["cases 2", "not_said 0", "alone_streamed 1 of 2; 1 kept", "client_chat 2 of 2"]
malformed = ["cases 1", "not_said 1"]
all = ["cases 3", "not_said 1", "alone_streamed 1 of 2; 1 kept", "client_chat 2 of 2"]
wf_multi = ["cases 2", "not_said 0", "alone_streamed 1 of 2; 1 kept", "client_chat 2 of 2"]
"""


def test_the_newest_measurement_of_a_runtime_counts(tmp_path: Path) -> None:
    """What stands between the marks is written anew; the rest of the page stays."""
    for date, conditions in (("2026-11-24", "old"), ("2026-11-25", "new")):
        path = tmp_path / f"{date.replace('-', '')}-acid-llama.cpp-b1.toml"
        path.write_text(RECORD.format(date=date, conditions=conditions), "utf-8")
    text = f"Before.\n{write_acid_page.START}\nstale\n{write_acid_page.END}\nBehind.\n"
    written = write_acid_page.page(text, write_acid_page.newest(tmp_path))
    assert written.startswith("Before.\n")
    assert written.endswith("Behind.\n")
    assert "stale" not in written
    assert "| llama.cpp b1, 2026-11-25 | well-formed | 2 | 0 | 1 of 2; 1 kept |  | 2 of 2 |  |" in written
    assert "| wf_multi | 1 of 2 | 2 of 2 |" in written
    assert "new" in written and "old" not in written
    assert write_acid_page.page(written, write_acid_page.newest(tmp_path)) == written


def test_the_committed_page_is_fresh() -> None:
    """Else `make docs`."""
    assert write_acid_page.main(["--check"]) == 0


def test_an_unknown_runtime_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is started."""
    with pytest.raises(SystemExit):
        measure_acid.main([str(tmp_path / "out"), "nope", "--", "--limit", "1"])
    assert "no such runtime: nope" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
