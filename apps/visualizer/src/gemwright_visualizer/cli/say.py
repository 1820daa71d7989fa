"""How the program speaks: data to standard output, talk and progress to standard error; no text drives the terminal."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Final

from gemwright.foundation.terminal import columns, harmless

__all__ = ["Teller", "clock", "duration", "rows", "talk", "write", "write_json"]

_TERMINAL_EVERY: Final = 0.1
_PLAIN_EVERY: Final = 10.0
_WIDTH: Final = 28


def write(text: str) -> None:
    """Write data for people to standard output."""
    sys.stdout.write(harmless(text) + "\n")
    sys.stdout.flush()


def write_json(data: object) -> None:
    """Write an object for programs to standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def talk(text: str) -> None:
    """Write to standard error."""
    sys.stderr.write(harmless(text) + "\n")
    sys.stderr.flush()


def clock(seconds: float) -> str:
    """Return a place in a song, as in `1:02`."""
    whole = int(seconds + 0.5)
    return f"{whole // 60}:{whole % 60:02d}"


def duration(seconds: float) -> str:
    """Return how long something takes, roughly, in words."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


class Teller:
    """Tells of what happens: sentences, and how far something is, with the time that is left.

    Args:
        quiet: say nothing but sentences.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._what = ""
        self._began = 0.0
        self._first = 0
        self._last = 0.0
        self._open = False
        self.rate = 0.0
        """Steps a second of what was told last."""
        self.done = self.total = -1

    def say(self, sentence: str) -> None:
        """Take a sentence that the reader should know."""
        self.close()
        talk(f"note: {sentence}")

    def progress(self, what: str, done: int, total: int) -> None:
        """Take how far something is; a total of 0 is not known."""
        now = time.monotonic()
        if what != self._what:
            self.close()
            self.done = self.total = -1
            self._what, self._began, self._first, self._last = what, now, done, 0.0
        again = (done, total) == (self.done, self.total)
        self.done, self.total = done, total
        passed = now - self._began
        if done > self._first and passed > 0:
            self.rate = (done - self._first) / passed
        every = _TERMINAL_EVERY if self._terminal else _PLAIN_EVERY
        ended = bool(total) and done >= total
        if self._quiet or again or (now - self._last < every and not ended):
            return
        if not self._terminal and not self._last:
            self._last = now
            if not ended:
                return
        self._last = now
        self._show(what, done, total)

    def _show(self, what: str, done: int, total: int) -> None:
        if total:
            share = done / total
            left = (total - done) / self.rate if self.rate else 0.0
            filled = round(share * _WIDTH)
            bar = "█" * filled + "·" * (_WIDTH - filled)
            tail = f", {duration(left)} left" if left and done < total else ""
            line = f"{what:<14} {bar} {done:,} of {total:,}, {self.rate:.1f} a second{tail}"
            plain = f"{what}: {done:,} of {total:,}, {self.rate:.1f} a second{tail}"
        else:
            line = plain = f"{what} ({done})"
        if not self._terminal:
            talk(plain)
            return
        shown = harmless(line)
        while columns(shown) > 110:
            shown = shown[:-1]
        sys.stderr.write(f"\r\x1b[K{shown}")
        sys.stderr.flush()
        self._open = True

    def close(self) -> None:
        """End the line of progress."""
        if self._open:
            sys.stderr.write("\n")
            sys.stderr.flush()
            self._open = False
        self._what = ""


def rows(pairs: list[tuple[str, Any]]) -> str:
    """Return names and values as lines, the values under each other."""
    wide = max((len(name) for name, _ in pairs), default=0)
    return "\n".join(f"{name:<{wide}}  {value}" for name, value in pairs)
