"""The project's own files, as the house rules see them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "src" / "gemwright"


def python_files(*folders: str) -> list[Path]:
    """List the Python files below folders of the checkout."""
    return sorted(path for folder in folders for path in (CHECKOUT / folder).rglob("*.py"))


def rooms() -> list[Path]:
    """List the rooms: the packages directly below `gemwright`."""
    return sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def name(path: Path) -> str:
    """Name a file as a person would, from the root of the checkout."""
    return path.relative_to(CHECKOUT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Parse a file once."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every module that a file imports, wherever in the file it does so."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def committed_files() -> list[Path]:
    """List the files that Git keeps or would keep: tracked ones, and new ones that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True, text=True).stdout
    return sorted(path for entry in listing.split("\0") if entry and (path := CHECKOUT / entry).is_file())
