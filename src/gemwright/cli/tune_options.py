"""The options by which the commands of `gemwright tune` read rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from gemwright.wire.dialects import CANONICAL, Dialect

__all__ = ["row_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _dialect(context: click.Context, parameter: click.Parameter, flavour: str) -> Dialect:
    return Dialect(CANONICAL, "small" if flavour == "small" else "large")


def row_options(command: _Command) -> _Command:
    """Give a command `--turns`, which arrives as `targets`, and `--flavour`, which arrives as the dialect `default`."""
    for option in (
        click.option(
            "--flavour",
            "default",
            type=click.Choice(("large", "small")),
            default="large",
            show_default=True,
            callback=_dialect,
            help="Template flavour of rows that name none: small is for E2B and E4B.",
        ),
        click.option(
            "--turns",
            "targets",
            type=click.Choice(("last", "all")),
            default="last",
            show_default=True,
            help="What is trained on: what follows the last user message, or every turn of the model.",
        ),
    ):
        command = option(command)
    return command
