"""What no committed file may hold: a package registry's address, or a path of the machine it was written on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.house.sources import CHECKOUT, committed_files, name

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (CHECKOUT / ".git").exists(),
    reason="not a Git checkout, so nothing is committed",
)

# Spelt in pieces, so that this file obeys its own rule.
REGISTRIES = re.compile(
    rb"(?i)py" + rb"pi\.org|python" + rb"hosted\.org|registry\.npm" + rb"js|deb\.deb" + rb"ian\.org"
)
MACHINE_PATHS = re.compile(rb"(?<![\w.~/-])/(?:work|root|tmp|home/\w+|Users/\w+)" + rb"/|\.\./" + rb"shared")


def lines_with(pattern: re.Pattern[bytes], path: Path) -> list[str]:
    """Return where a file matches, for the message of a failing test."""
    lines = path.read_bytes().split(b"\n")
    return [f"{name(path)}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]


def test_no_registry_address() -> None:
    """Packages are cited as package URLs, and locks work with whatever index pip is set up with."""
    assert not [place for path in committed_files() for place in lines_with(REGISTRIES, path)]


def test_no_path_of_a_machine() -> None:
    """What names a folder of one machine works on one machine."""
    assert not [place for path in committed_files() for place in lines_with(MACHINE_PATHS, path)]


def test_the_rules_see_what_they_forbid(tmp_path: Path) -> None:
    """A pattern that matches nothing would keep both rules green for ever."""
    inside = CHECKOUT / "tests" / "house" / "sources.py"
    assert REGISTRIES.search(b"https://py" + b"pi.org/simple") is not None
    assert MACHINE_PATHS.search(b"open('" + str(tmp_path).encode()[:1] + b"root/x')") is not None
    assert MACHINE_PATHS.search(b"../" + b"shared/design") is not None
    assert MACHINE_PATHS.search(b"src/work/x, a/root/b, https://host/home/") is None
    assert lines_with(REGISTRIES, inside) == []
