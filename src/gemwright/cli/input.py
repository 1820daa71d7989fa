"""What the command line reads: a named file or standard input, as text, JSON or JSON Lines, within a size.

Every failure names the file, and for JSON the line and column.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import click

from gemwright.cli.output import session
from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, LimitReached, UsageProblem
from gemwright.foundation.files import read_capped

__all__ = ["STDIN", "name_of", "open_lines", "parse_json", "read_bytes", "read_json", "read_text"]

STDIN: Final = "-"
_STDIN_USED: Final = "gemwright.stdin"


def name_of(name: str) -> str:
    """Return what a message calls an input."""
    return "standard input" if name == STDIN else name


def read_bytes(name: str, *, max_bytes: int = jsonx.MAX_BYTES) -> bytes:
    """Read a whole file, or all of standard input for `-`.

    Raises:
        UsageProblem: it cannot be read, or standard input was read before.
        LimitReached: it has more than `max_bytes`.
    """
    if name == STDIN:
        data = _stdin().read(max_bytes + 1)
        if len(data) > max_bytes:
            raise LimitReached(f"standard input has more than {max_bytes} bytes")
        return data
    try:
        return read_capped(Path(name), max_bytes)
    except (OSError, ValueError) as e:
        raise _unreadable(name, e) from e


def read_text(name: str) -> str:
    """Read a whole input as UTF-8 text, every character as it is; a byte order mark at its start is left out.

    Raises:
        UsageProblem: it cannot be read, is empty, or is not UTF-8.
        LimitReached: it is too large.
    """
    data = read_bytes(name)
    if not data:
        raise UsageProblem(f"{name_of(name)} is empty")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise UsageProblem(
            f"{name_of(name)} is not UTF-8 text: byte {e.start} is 0x{data[e.start]:02x}, {e.reason}",
            hint="save it as UTF-8; is it the file that was meant?",
        ) from e


def read_json(name: str) -> Any:
    """Read a whole input as one JSON value.

    Raises:
        UsageProblem: it cannot be read.
        BadJSON: it is empty or no JSON; the message names the file, the line and the column.
        LimitReached: it is too large.
    """
    return parse_json(read_bytes(name), name)


def parse_json(source: str | bytes, name: str) -> Any:
    """Read one JSON value that came from an input.

    Raises:
        BadJSON: it is empty or no JSON; the message names the input, the line and the column.
    """
    if not source.strip():
        raise BadJSON(f"{name_of(name)} is empty", hint="it should hold JSON")
    try:
        return jsonx.parse(source)
    except BadJSON as e:
        raise BadJSON(f"{name_of(name)}: {e.message}", hint=e.hint) from e


@contextmanager
def open_lines(name: str) -> Generator[BinaryIO]:
    """Open an input to read it line by line.

    Raises:
        UsageProblem: it cannot be opened, or read.
    """
    if name == STDIN:
        yield _stdin()
        return
    try:
        file = Path(name).open("rb")
    except (OSError, ValueError) as e:
        raise _unreadable(name, e) from e
    with file:
        yield file


def _stdin() -> BinaryIO:
    """Return standard input for bytes, once: what has been read is gone."""
    context = click.get_current_context(silent=True)
    if context is not None:
        if context.meta.get(_STDIN_USED):
            raise UsageProblem("standard input cannot be read twice", hint="give one of the two as a file")
        context.meta[_STDIN_USED] = True
    if sys.stdin.isatty():
        session().say("reading from the terminal; an end-of-file key (Ctrl-D, on Windows Ctrl-Z and Enter) ends it")
    return sys.stdin.buffer


def _unreadable(name: str, problem: OSError | ValueError) -> UsageProblem:
    reason = problem.strerror if isinstance(problem, OSError) else "the name holds a character that no file name can"
    return UsageProblem(f"cannot read {name}: {reason}", hint="name a file that you may read, or - for standard input")
