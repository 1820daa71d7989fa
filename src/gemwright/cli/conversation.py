"""A conversation as the command line takes it: messages as JSON in their forms, tools, options, a dialect.

The JSON is the chat template's own input, so what is rendered from it is what the template gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

import click

from gemwright.cli.input import read_json
from gemwright.foundation.errors import BadMessages, BadOption, BadToolSchema
from gemwright.messages import ToolSpec
from gemwright.wire import LARGE, Dialect, Segment, dialect_for, render_json
from gemwright.wire.dialects import DATES

__all__ = [
    "Conversation",
    "conversation_from_json",
    "dialect_options",
    "prompt_options",
    "read_tools",
    "specs_of",
    "tools_option",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FLAVOURS: Final = ("large", "small")


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a prompt is rendered from.

    Attributes:
        messages: as JSON.
        tools: declarations as JSON, or None.
        options: the template's options, or None where none were named.
        dialect: the dialect.
    """

    messages: Any
    tools: Any = None
    options: Mapping[str, Any] | None = None
    dialect: Dialect = LARGE

    def with_choices(self, *, tools: Any, think: bool | None, generation_prompt: bool | None) -> Conversation:
        """Return the conversation with what the command line says, which leads.

        Args:
            tools: declarations that take the place of its own; None leaves them.
            think: `enable_thinking`; None leaves it.
            generation_prompt: `add_generation_prompt`; None leaves it, and where no options were named means yes.
        """
        options = dict(self.options) if self.options is not None else {"add_generation_prompt": True}
        if think is not None:
            options["enable_thinking"] = think
        if generation_prompt is not None:
            options["add_generation_prompt"] = generation_prompt
        return replace(self, tools=self.tools if tools is None else tools, options=options)

    def render(self) -> list[Segment]:
        """Return the prompt.

        Raises:
            BadMessages: the template refuses it.
        """
        return render_json(self.messages, self.tools, dialect=self.dialect, options=self.options)


def conversation_from_json(value: Any, default: Dialect) -> Conversation:
    """Read a conversation: a list of messages, or an object with `messages`, and perhaps `tools`, `options`, `flavour`.

    Args:
        value: the JSON value.
        default: the dialect where the object names no flavour.

    Raises:
        BadMessages: it is neither.
        BadOption: its options or its flavour are not what they should be.
    """
    if isinstance(value, list):
        return Conversation(value, dialect=default)
    if not isinstance(value, dict) or "messages" not in value:
        raise BadMessages(
            "this is no conversation", hint='it should be a list of messages, or {"messages": [...], "tools": [...]}'
        )
    given = cast("dict[str, Any]", value)
    options: Any = given.get("options")
    if options is not None and not isinstance(options, dict):
        raise BadOption(
            f"`options` must be an object, not {type(options).__name__}",
            hint="it holds enable_thinking, preserve_thinking and add_generation_prompt",
        )
    flavour = given.get("flavour")
    if flavour is not None and flavour not in _FLAVOURS:
        raise BadOption(f"`flavour` must be large or small, not {flavour!r}")
    dialect = default if flavour is None else Dialect(default.date, flavour)
    return Conversation(given["messages"], given.get("tools"), cast("dict[str, Any] | None", options), dialect)


def specs_of(tools: Any) -> list[ToolSpec]:
    """Read tool declarations, flat or in OpenAI's envelope; None is no tools.

    Raises:
        BadToolSchema: they are no list of declarations.
    """
    if tools is None:
        return []
    if not isinstance(tools, list):
        raise BadToolSchema(f"tools must be a list, not {type(tools).__name__}")
    return [ToolSpec.from_json(tool) for tool in cast("Sequence[object]", tools)]


def read_tools(name: str) -> list[Any]:
    """Read declarations of tools from a file: a list, or an object that holds one as `tools`.

    Raises:
        BadToolSchema: the file holds none.
    """
    value = read_json(name)
    if isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("tools", cast("object", value))
    if not isinstance(value, list):
        raise BadToolSchema(f"{name} must hold a list of tools, not {type(cast('object', value)).__name__}")
    return cast("list[Any]", value)


def _tools(context: click.Context, parameter: click.Parameter, name: str | None) -> list[Any] | None:
    return None if name is None else read_tools(name)


def tools_option(command: _Command) -> _Command:
    """Give a command the option `--tools`: declarations as JSON, or None."""
    return click.option(
        "--tools", metavar="FILE", callback=_tools, help="Declarations of tools: a JSON list, flat or as OpenAI's."
    )(command)


def _choose_dialect(context: click.Context, parameter: click.Parameter, date: str | None) -> Dialect:
    flavour: str | None = context.params.pop("flavour", None)
    variant: str | None = context.params.pop("variant", None)
    if variant is None:
        return Dialect(date or LARGE.date, "small" if flavour == "small" else "large")
    dialect = dialect_for(variant, date)
    if flavour is not None and flavour != dialect.flavour:
        raise click.UsageError(f"--variant {variant} has the {dialect.flavour} flavour, and --flavour says {flavour}")
    return dialect


def dialect_options(command: _Command) -> _Command:
    """Give a command `--flavour`, `--variant` and `--dialect`, which arrive as one `dialect`."""
    for option in (
        click.option("--dialect", metavar="DATE", callback=_choose_dialect, help=f"Generation: {', '.join(DATES)}."),
        click.option("--variant", is_eager=True, help="Gemma 4 variant, such as E2B, which tells the flavour."),
        click.option("--flavour", type=click.Choice(_FLAVOURS), is_eager=True, help="Template flavour; else large."),
    ):
        command = option(command)
    return command


def prompt_options(command: _Command) -> _Command:
    """Give a command `--think` and `--generation-prompt`, each None where it is not given."""
    for option in (
        click.option(
            "--generation-prompt/--no-generation-prompt",
            default=None,
            help="End with what makes the model speak; the default unless the messages come with options.",
        ),
        click.option("--think/--no-think", default=None, help="Let the model think first."),
    ):
        command = option(command)
    return command
