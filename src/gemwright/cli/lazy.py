"""A group of commands that are imported when they are used, so that help is there at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["Entry", "LazyGroup", "installed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a command table.

    Attributes:
        target: where the command is, as `module:name`.
        summary: what it does, in one line; the list of commands shows it without importing anything.
    """

    target: str
    summary: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, name = self.target.partition(":")
        return getattr(import_module(module), name)


def installed(group: str) -> dict[str, Entry]:
    """Return the commands that other installed distributions bring, by name; none of them is imported.

    Args:
        group: of their entry points; the summary is that of the distribution, up to its first colon.
    """
    from importlib.metadata import entry_points

    found: dict[str, Entry] = {}
    for point in sorted(entry_points(group=group), key=lambda one: one.name):
        summary = (point.dist.metadata["Summary"] or "") if point.dist else ""
        found.setdefault(point.name, Entry(point.value, summary.partition(":")[0].rstrip(".")))
    return found


class LazyGroup(click.Group):
    """A group whose commands stand in a table.

    Args:
        table: the commands by name, in the order in which help lists them.
        more: finds commands of other distributions; asked only for help and for a name that is not in the table.
        options: what `click.Group` takes.
    """

    def __init__(
        self, *, table: Mapping[str, Entry], more: Callable[[], Mapping[str, Entry]] = dict, **options: object
    ) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.table = table
        self._more = more

    @cached_property
    def whole(self) -> Mapping[str, Entry]:
        """The table, and the commands of other distributions after it."""
        return {**self.table, **{name: entry for name, entry in self._more().items() if name not in self.table}}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the table's order."""
        return list(self.whole)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command and return it, or None where there is none of that name."""
        entry = self.table.get(cmd_name) or self.whole.get(cmd_name)
        return entry.load() if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.whole.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """Return what completes a word, without importing any command."""
        from click.shell_completion import CompletionItem

        names = [(name, entry.summary) for name, entry in self.whole.items() if name.startswith(incomplete)]
        return [CompletionItem(name, help=summary) for name, summary in names] + click.Command.shell_complete(
            self, ctx, incomplete
        )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with.

        Raises:
            click.UsageError: there is none; the message names the nearest.
        """
        name = args[0]
        known = name in self.table or name.startswith("-") or ctx.resilient_parsing or name in self.whole
        if not known:
            raise NoCommand(name, ctx, difflib.get_close_matches(name, self.whole))
        return super().resolve_command(ctx, args)


class NoCommand(click.UsageError):
    """There is no command of that name."""

    def __init__(self, name: str, ctx: click.Context, possibilities: list[str]) -> None:
        super().__init__(f"no such command {name!r}", ctx)
        self.possibilities = possibilities
