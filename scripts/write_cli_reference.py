"""Write `docs/reference/cli.md` from the help of every command; `--check` only compares.

The help is the text: what a command does is said once, where a person asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from gemwright.cli.exit import FAULT, INTERRUPTED, PIPE_CLOSED, USAGE
from gemwright.cli.main import program
from write_error_reference import write_or_check

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cli.md"
WIDTH = 100
HEAD = f"""# The command line

<!-- Written by `make docs` from the help of the commands. -->

Data goes to standard output and talk to standard error, so a pipe gets data alone. `-` as a file is standard input. JSON
that `--json` prints has a `schema_version`, which rises when a field goes or changes its meaning. JSON Lines are UTF-8,
one value a line, and answers come in the order of the input.

| Exit code | Meaning |
|--:|---|
| 0 | fine |
| 1 | findings: what was compared differs, what was looked for is there |
| {USAGE} | the command line, a setting, or an input is not what it should be |
| 3 | the runtime, or the road to it |
| 4 | what the model wrote |
| 5 | a limit |
| {FAULT} | a fault of gemwright itself; `--debug` shows where |
| {INTERRUPTED} | interrupted |
| {PIPE_CLOSED} | nobody reads the output any more |
"""


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Walk a command and everything below it, each with its context, in the order in which help lists them."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from commands(inner, click.Context(inner, parent=context, info_name=name))


def section(command: click.Command, context: click.Context) -> str:
    """Write one command: its path as a heading, and its help as it is printed."""
    return f"\n## {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def reference() -> str:
    """Return the whole page."""
    settings = {**program.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    vars(program)["whole"] = program.table  # what is installed beside gemwright has pages of its own
    root = click.Context(program, info_name=program.name, **settings)
    return HEAD + "".join(section(command, context) for command, context in commands(program, root))


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    return write_or_check(TARGET, reference(), "the commands", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
