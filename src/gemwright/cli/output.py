"""How the command line speaks: data to standard output, talk to standard error, colours where they are wanted.

What a model, a tool or a file said goes through `gemwright.foundation.terminal` before a person sees it. JSON goes out
untouched: a program reads it, and JSON's own escapes keep it to one line.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import TextIOWrapper
from math import isfinite
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, cast

import click

from gemwright.foundation import platform
from gemwright.foundation.errors import BadJSON, GemwrightError
from gemwright.foundation.terminal import columns, harmless

if TYPE_CHECKING:
    from gemwright.foundation.config import Config

__all__ = [
    "SCHEMA_VERSION",
    "STYLES",
    "Session",
    "data_stream",
    "on_terminal",
    "session",
    "speak_utf8",
    "table",
    "write",
    "write_json",
    "write_json_line",
]

SCHEMA_VERSION: Final = 1
"""Version of the JSON that `--json` prints. It rises when a field goes or changes its meaning, not when one comes."""

STYLES: Final[Mapping[str, str]] = {
    "bold": "1",
    "dim": "2",
    "error": "1;31",
    "hint": "1;36",
    "note": "33",
    "heading": "1",
    "markup": "36",
    "media": "35",
    "danger": "1;37;41",
    "escape": "33",
    "thought": "3;35",
    "call": "32",
    "result": "34",
    "tool": "34",
    "trained": "30;42",
    "gutter": "2",
    "repair": "33",
    "added": "32",
    "removed": "31",
}
"""Styles by name, as parameters of the terminal's SGR sequence. A style that is not here is plain."""

_FALLBACK_COLUMNS: Final = 80


@dataclass
class Session:
    """What the options before the command say, for the whole run; the commands' only way to speak.

    Attributes:
        color: `auto`, `always`, `never`, or None where it was not said.
        offline: use nothing beyond this machine.
        quiet: say nothing but errors.
        verbose: how often more talk was asked for.
        debug: show tracebacks.
        log_format: `plain` or `json`.
        endpoint, model: which server and which model, where the command's own options do not say it.
    """

    color: str | None = None
    offline: bool = False
    quiet: bool = False
    verbose: int = 0
    debug: bool = False
    log_format: str = "plain"
    endpoint: str | None = None
    model: str | None = None
    _settings: dict[tuple[tuple[str, object], ...], Config] = field(
        default_factory=dict[tuple[tuple[str, object], ...], "Config"], repr=False
    )

    def settings(self, **given: object) -> Config:
        """Return all settings, those of the command line first.

        Args:
            given: settings that the command's own options name; None means that the option was not given.

        Raises:
            ConfigProblem: a setting is wrong, wherever it came from.
        """
        from gemwright.foundation.config import load

        arguments: dict[str, object] = {"color": self.color, "offline": self.offline or None}
        arguments |= {"endpoint": self.endpoint, "model": self.model}
        arguments |= {name: value for name, value in given.items() if value is not None}
        key = tuple(arguments.items())
        if key not in self._settings:
            self._settings[key] = load(arguments, os.environ, Path.cwd())
        return self._settings[key]

    @cached_property
    def colored(self) -> bool:
        """Whether standard output gets colours; decided once."""
        return self._shows_color(sys.stdout, self.color or self.settings().color)

    @cached_property
    def colored_talk(self) -> bool:
        """Whether standard error gets colours. It must be possible to report a broken setting, so none raises here."""
        try:
            mode = self.color or self.settings().color
        except (GemwrightError, OSError):
            mode = "never" if os.environ.get("NO_COLOR") else "auto"
        return self._shows_color(sys.stderr, mode)

    @staticmethod
    def _shows_color(stream: IO[Any], mode: str) -> bool:
        return mode == "always" or (mode == "auto" and platform.can_show_color(stream, os.environ))

    def paint(self, text: str, style: str) -> str:
        """Return a text in a style of `STYLES`, or as it is where standard output gets no colours."""
        return _painted(text, style) if self.colored else text

    def paint_all(self, spans: Iterable[tuple[str, str]]) -> str:
        """Return spans of `(text, style)` as one text."""
        if not self.colored:
            return "".join([text for text, _ in spans])
        return "".join([_painted(text, style) for text, style in spans])

    def say(self, text: str, *, style: str = "") -> None:
        """Tell a person something that is no data, on standard error, unless they asked for quiet."""
        if not self.quiet:
            self.tell(text, style=style)

    def tell(self, text: str, *, style: str = "") -> None:
        """Tell a person something that they have to hear."""
        print(_painted(text, style) if style and self.colored_talk else text, file=sys.stderr, flush=True)


def session() -> Session:
    """Return the session of the command that is running."""
    context = click.get_current_context(silent=True)
    return (context.find_object(Session) if context else None) or Session()


def _painted(text: str, style: str) -> str:
    code = STYLES.get(style)
    if not code or not text:
        return text
    return "\n".join([f"\x1b[{code}m{line}\x1b[0m" if line else "" for line in text.split("\n")])


def speak_utf8() -> None:
    """Make the standard streams UTF-8 with plain line feeds, whatever the locale is.

    Prompts and outputs hold any character; a locale that cannot show one must not stop the program.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a stream can be missing, or be somebody's stand-in
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def on_terminal() -> bool:
    """Whether standard output is a terminal, so that a person reads it and sequences in it would act."""
    return sys.stdout.isatty()


def data_stream() -> BinaryIO:
    """Return standard output for bytes."""
    sys.stdout.flush()
    return sys.stdout.buffer


def write(text: str) -> None:
    """Write a human view, which has to be harmless already, to standard output."""
    sys.stdout.write(text)


def write_json(value: Mapping[str, object]) -> None:
    """Write one JSON object on one line, its `schema_version` first."""
    write_json_line(data_stream(), {"schema_version": SCHEMA_VERSION, **value})


def write_json_line(stream: BinaryIO, value: object) -> None:
    """Write one value as a line of JSON Lines. A number that JSON cannot hold, NaN or an infinity, becomes its name."""
    from gemwright.foundation import jsonx

    try:
        jsonx.write_line(stream, value)
    except BadJSON:
        jsonx.write_line(stream, _without_odd_numbers(value))


def _without_odd_numbers(value: object) -> object:
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {key: _without_odd_numbers(item) for key, item in items}
    if isinstance(value, list | tuple):
        return [_without_odd_numbers(item) for item in cast("Sequence[object]", value)]
    return value


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Return rows as aligned text. On a terminal, what is too long in the last column goes on below itself.

    Args:
        rows: cells, as many in each row as the header has.
        header: names of the columns.
    """
    cells = [[harmless(cell).replace("\n", " ") for cell in row] for row in [header, *rows]]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    indent = sum(widths[:-1]) + 2 * len(widths[:-1])
    room = _terminal_columns() - indent if on_terminal() else 0
    lines: list[str] = []
    for number, row in enumerate(cells):
        *head, last = row
        first = "".join([cell + " " * (width - columns(cell) + 2) for cell, width in zip(head, widths, strict=False)])
        pieces = _wrapped(last, room)
        lines += [first + pieces[0], *(" " * indent + piece for piece in pieces[1:])]
        if number == 0:
            lines = [session().paint(line, "heading") for line in lines]
    return "".join([line.rstrip() + "\n" for line in lines])


def _wrapped(text: str, room: int) -> list[str]:
    if room < 20 or columns(text) <= room:  # a column narrower than a word is worse than a long line
        return [text]
    import textwrap

    return textwrap.wrap(text, room, break_on_hyphens=False) or [""]


def _terminal_columns() -> int:
    return shutil.get_terminal_size((_FALLBACK_COLUMNS, 24)).columns
