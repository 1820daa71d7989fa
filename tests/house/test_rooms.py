"""The rules of the house that a linter does not know: what a file says of itself, how long it is, what it may touch."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import CHECKOUT, PACKAGE, imported_modules, name, python_files, rooms, tree

LONGEST_FILE = 600
VAGUE = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
VERSION = re.compile(r"v?\d+\.\d+(\.\d+)*|b\d{3,}")


def prints(path: Path) -> Iterator[int]:
    """Yield the lines on which a file writes to a terminal: `print`, or the standard streams."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name) and node.id == "print":
            yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr"}:
            if isinstance(node.value, ast.Name) and node.value.id == "sys":
                yield node.lineno


def compared_versions(module: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield version literals that take part in a comparison, also inside a call such as `Version("1.2")`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Compare):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and VERSION.fullmatch(part.value):
                    yield node.lineno, part.value


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_every_room_says_what_it_knows(room: Path) -> None:
    """A reader decides where a line belongs by the room's own words, so they have to be there."""
    words = ast.get_docstring(tree(room / "__init__.py")) or ""
    assert re.search(r"^Knows: \S", words, re.MULTILINE), f"{room.name}/__init__.py does not say `Knows: …`"
    assert re.search(r"^Never knows: \S", words, re.MULTILINE), f"{room.name}/__init__.py does not say `Never knows: …`"


def test_no_file_outgrows_a_sitting() -> None:
    """A file that nobody reads in one sitting is two files."""
    files = python_files("src", "tests", "scripts", "benchmarks")
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in files}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE}


def test_no_file_is_named_for_nothing() -> None:
    """`utils` attracts what has no home; the name has to say what is inside."""
    assert not [name(path) for path in python_files("src", "tests", "scripts", "benchmarks") if path.stem in VAGUE]


def test_only_the_command_line_prints() -> None:
    """A library that prints breaks the program that uses it; standard output belongs to `cli`."""
    library = [path for path in python_files("src") if PACKAGE / "cli" not in path.parents]
    assert not {name(path): lines for path in library if (lines := list(prints(path)))}


@pytest.mark.parametrize("room", ["messages", "wire"])
def test_pure_rooms_import_the_standard_library_alone(room: str) -> None:
    """Messages and wire have to work wherever Python does; the contracts name known packages, this refuses all."""
    allowed = sys.stdlib_module_names | {"gemwright"}
    foreign = [
        f"{name(path)}:{line} imports {module}"
        for path in python_files(f"src/gemwright/{room}")
        for line, module in imported_modules(path)
        if module.partition(".")[0] not in allowed
    ]
    assert not foreign


def test_no_code_compares_versions_of_other_software() -> None:
    """What is true of a version of someone else's software is data of the corpus, where it can be corrected."""
    found = [
        f"{name(path)}:{line} compares with {version!r}"
        for path in python_files("src")
        for line, version in compared_versions(tree(path))
    ]
    assert not found


def test_the_version_rule_sees_what_it_forbids() -> None:
    """The rule above is worth something only if it catches the usual spellings and leaves other strings alone."""
    module = ast.parse('a < Version("0.32.1")\nb >= "b9518"\nc == "v1.2"\nd == "1"\ne == "gemma"\n')
    assert [line for line, _ in compared_versions(module)] == [1, 2, 3]


def test_the_printing_rule_sees_what_it_forbids(tmp_path: Path) -> None:
    """The rule about printing has to see both ways of doing it."""
    file = tmp_path / "loud.py"
    file.write_text('import sys\nprint("a")\nsys.stderr.write("b")\nprocess.stdout.read()\n', "utf-8")
    assert list(prints(file)) == [2, 3]


def test_source_tree_is_where_the_tests_think() -> None:
    """Rules over an empty list of files would all hold."""
    assert {"foundation", "messages", "wire", "runtimes"} <= {room.name for room in rooms()}
    assert CHECKOUT / "scripts" / "set_up.py" in python_files("scripts")
