"""Records a command in a terminal of 100 by 40 into an asciicast (version 2) file: `record_terminal.py FILE COMMAND…`.

The file is what `asciinema play FILE` shows: a JSON header, then a JSON line for each piece of output with its second.
Format: the asciicast v2 specification of the asciinema project.
"""

from __future__ import annotations

import codecs
import json
import os
import pty
import struct
import sys
import time
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

__all__ = ["main", "record"]

WIDTH, HEIGHT = 100, 40
LONGEST_PAUSE = 2.0


def record(path: Path, command: Sequence[str]) -> int:
    """Run a command in a terminal and write what it shows.

    Args:
        path: the asciicast file; pauses of more than two seconds are shortened in it.
        command: the program and its arguments.

    Returns:
        The command's exit status.
    """
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the command itself
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": str(WIDTH), "LINES": str(HEIGHT)}
        os.execvp(command[0], list(command))  # noqa: S606 - a maintainer's own command
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    header = {
        "version": 2,
        "width": WIDTH,
        "height": HEIGHT,
        "title": " ".join(command),
        "env": {"TERM": "xterm-256color"},
    }
    lines = [json.dumps(header)]
    decode = codecs.getincrementaldecoder("utf-8")("replace")
    at, last = 0.0, time.monotonic()
    while piece := _read(terminal):
        now = time.monotonic()
        at, last = at + min(now - last, LONGEST_PAUSE), now
        if text := decode.decode(piece):
            lines.append(json.dumps([round(at, 3), "o", text], ensure_ascii=False))
    _, status = os.waitpid(pid, 0)
    part = path.with_name(path.name + ".part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    part.replace(path)
    return os.waitstatus_to_exitcode(status)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the command has left its terminal
        return b""


def main(arguments: Sequence[str]) -> int:
    """Record the command that the arguments name."""
    if len(arguments) < 2:
        sys.stderr.write("usage: record_terminal.py FILE COMMAND…\n")
        return 2
    return record(Path(arguments[0]), arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
