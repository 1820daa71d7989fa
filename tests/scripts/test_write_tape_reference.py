"""The page of tapes is written from the tapes, and `--check` notices when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import write_tape_reference


def test_what_is_delivered_is_said_in_words() -> None:
    """Repairs, halves, problems and errors are told apart."""
    said = write_tape_reference.delivered
    assert (
        said({"thinking": "a", "calls": [1], "repairs": ["x", "y"]}) == "the thought and the call; repaired: `x`, `y`"
    )
    assert (
        said({"incomplete": ["f"], "problem": "CallUnparsable"}) == "named as no call: `f`; named as `CallUnparsable`"
    )
    assert said({"text": "{}", "value": {}}) == "the value"
    assert said({"text": "so far", "calls": [1, 2], "error": "E"}) == "2 calls and the text; error `E`"


def test_every_tape_has_a_row() -> None:
    """A tape without one could show anything."""
    page = write_tape_reference.page()
    assert page.count("\n| `") == len(write_tape_reference.tapes())


def test_the_readme_counts_right(checkout: Path) -> None:
    """The first page that people read must not tell of tapes that are not there."""
    heads = write_tape_reference.tapes()
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    assert f" {len(heads)} more, in" in readme
    assert f" of {len({head['advisory'] for head in heads})} advisories" in readme


def test_check_sees_a_stale_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page of this checkout is fresh; another fails the check with the command that mends it."""
    assert write_tape_reference.main(["--check"]) == 0
    monkeypatch.setattr(write_tape_reference, "PAGE", tmp_path / "advisory-tapes.md")
    assert write_tape_reference.main(["--check"]) == 1
    assert write_tape_reference.main([]) == 0
    assert write_tape_reference.main(["--check"]) == 0
    assert "make docs" in capsys.readouterr().err
