"""The page of errors is written from the classes, and `--check` notices when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import write_error_reference
from gemwright.foundation import errors


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the page goes instead of the checkout."""
    page = tmp_path / "reference" / "errors.md"
    monkeypatch.setattr(write_error_reference, "TARGET", page)
    return page


def test_every_error_has_a_section_with_its_hint() -> None:
    """A code that a person saw on the terminal has to be findable."""
    page = write_error_reference.reference()
    for name in errors.__all__:
        error: type[errors.GemwrightError] = getattr(errors, name)
        assert f"\n## {error.code} {name}\n" in page
        assert error.default_hint in page


def test_codes_are_unique() -> None:
    """Two classes with one code would make the code useless in a report."""
    codes = [error.code for error in write_error_reference.family()]
    assert len(codes) == len(set(codes))


def test_a_wrapped_argument_stays_one_item() -> None:
    """A docstring's line break is not the reader's."""

    class Wrapped(errors.OutputProblem):
        """Something long.

        Args:
            first: this goes on
                on the next line.
            second: short.
        """

        code = "GW-E499"

    assert "- first: this goes on on the next line.\n- second: short." in write_error_reference.section(Wrapped)


def test_check_sees_a_stale_page(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Missing and stale pages fail the check with the command that mends them; a fresh one passes."""
    assert write_error_reference.main(["--check"]) == 1
    assert write_error_reference.main([]) == 0
    assert write_error_reference.main(["--check"]) == 0
    target.write_text("old", "utf-8")
    assert write_error_reference.main(["--check"]) == 1
    assert "make docs" in capsys.readouterr().err
