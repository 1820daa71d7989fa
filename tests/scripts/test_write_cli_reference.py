"""The page of commands is written from their help, and `--check` notices when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import write_cli_reference
from gemwright.cli.main import COMMANDS
from gemwright.cli.wire import COMMANDS as WIRE_COMMANDS
from tests.cli.program import gemwright


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the page goes instead of the checkout."""
    page = tmp_path / "reference" / "cli.md"
    monkeypatch.setattr(write_cli_reference, "TARGET", page)
    return page


def test_every_command_has_a_section() -> None:
    """Groups inside groups included, in the order of the tables."""
    page = write_cli_reference.reference()
    names = [f"gemwright {name}" for name in COMMANDS] + [f"gemwright wire {name}" for name in WIRE_COMMANDS]
    for name in [*names, "gemwright config show", "gemwright config paths"]:
        assert page.count(f"\n## {name}\n") == 1


def test_a_section_is_what_a_person_sees() -> None:
    """The page is the help itself, option for option."""
    shown = gemwright("wire", "diff", "--help", env={"COLUMNS": "100"}).stdout
    assert " ".join(shown.split()) in " ".join(write_cli_reference.reference().split())


def test_check_compares(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that is missing or out of date fails `make check`, with what to do."""
    assert write_cli_reference.main(["--check"]) == 1
    assert "run `make docs`" in capsys.readouterr().err
    assert write_cli_reference.main([]) == 0
    assert write_cli_reference.main(["--check"]) == 0
    target.write_text(target.read_text("utf-8").replace("--think", "--thunk"), "utf-8")
    assert write_cli_reference.main(["--check"]) == 1


def test_the_page_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else `make check` would pass or fail by the width of a window."""
    page = write_cli_reference.reference()
    monkeypatch.setenv("COLUMNS", "40")
    assert write_cli_reference.reference() == page
