"""`gemwright wire diff`: what differs between two prompts, dialects or templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import click
from click.core import ParameterSource

from gemwright.cli.conversation import (
    Conversation,
    conversation_from_json,
    dialect_options,
    prompt_options,
    tools_option,
)
from gemwright.cli.foreign_template import read_template, render_template
from gemwright.cli.input import name_of, parse_json, read_text
from gemwright.cli.output import session, write, write_json
from gemwright.foundation.errors import BadMessages, UsageProblem
from gemwright.foundation.terminal import harmless
from gemwright.wire import Dialect
from gemwright.wire.compare import differences, differences_view
from gemwright.wire.dialects import CANONICAL
from gemwright.wire.segments import text_of

__all__ = ["diff"]

DIFFERENT: Final = 1
"""Exit code where the prompts differ."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two prompts."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Choices:
    """What the options say about how a conversation is rendered."""

    dialect: Dialect
    tools: list[Any] | None
    think: bool | None
    generation_prompt: bool | None

    def conversation(self, text: str, file: str) -> Conversation | None:
        """Return the conversation that a file holds, or None where it holds the text of a prompt."""
        if not text.lstrip().startswith(("[", "{")):
            return None
        return conversation_from_json(parse_json(text, file), self.dialect).with_choices(
            tools=self.tools, think=self.think, generation_prompt=self.generation_prompt
        )


@click.command(
    short_help="what differs between two prompts, dialects or templates",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright wire diff messages.json --dialect 2026-04-28\n"
        "  gemwright wire diff messages.json --flavour small\n"
        "  gemwright wire diff messages.json --template model.gguf --flavour small\n"
        "  gemwright wire diff before.json after.json\n"
        "  gemwright wire diff messages.json prompt-that-the-server-made.txt"
    ),
)
@click.argument("first")
@click.argument("second", required=False)
@click.option("--template", metavar="FILE", help="A chat template to compare with: its text, or a GGUF file.")
@tools_option
@prompt_options
@dialect_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def diff(
    context: click.Context,
    first: str,
    second: str | None,
    template: str | None,
    tools: list[Any] | None,
    think: bool | None,
    generation_prompt: bool | None,
    dialect: Dialect,
    as_json: bool,
) -> None:
    """Show what differs between two prompts; the exit code is 1 where anything does.

    FIRST and SECOND are conversations as JSON or texts of prompts. FIRST alone is a conversation, rendered twice: with
    --template by us and by the template; with --dialect in the canonical generation and in that one; with --flavour
    alone in the other flavour and in that one.
    """
    choices = _Choices(dialect, tools, think, generation_prompt)
    if second is not None:
        if template:
            raise click.UsageError("--template takes the place of a second prompt")
        left, right = _side(first, choices), _side(second, choices)
    else:
        conversation = _conversation(first, choices)
        if template:
            left = _rendered(conversation)
            right = _Side(template, render_template(read_template(template), template, conversation))
        else:
            left = _rendered(replace(conversation, dialect=_counterpart(context, conversation.dialect)))
            right = _rendered(conversation)
    hunks = differences(left.text, right.text)
    if as_json:
        write_json(
            {
                "left": left.name,
                "right": right.name,
                "same": not hunks,
                "hunks": [
                    {
                        "left_line": hunk.left_line,
                        "right_line": hunk.right_line,
                        "pieces": [{"sign": sign, "text": text} for sign, text in hunk.pieces],
                    }
                    for hunk in hunks
                ],
            }
        )
    elif hunks:
        view = differences_view(hunks, harmless(left.name), harmless(right.name))
        write(session().paint_all(view))
    else:
        session().say(f"the same: {harmless(left.name)} and {harmless(right.name)}")
    if hunks:
        context.exit(DIFFERENT)


def _side(file: str, choices: _Choices) -> _Side:
    text = read_text(file)
    conversation = choices.conversation(text, file)
    if conversation is None:
        return _Side(name_of(file), text)
    try:
        return _Side(name_of(file), text_of(conversation.render()))
    except BadMessages as e:
        raise BadMessages(f"{name_of(file)}: {e.message}", hint=e.hint) from e


def _conversation(file: str, choices: _Choices) -> Conversation:
    conversation = choices.conversation(read_text(file), file)
    if conversation is None:
        raise UsageProblem(
            f"{name_of(file)} holds no conversation, and only a conversation can be rendered in two ways",
            hint="name a second prompt to compare a text with",
        )
    return conversation


def _rendered(conversation: Conversation) -> _Side:
    name = f"dialect {conversation.dialect.name}"
    try:
        return _Side(name, text_of(conversation.render()))
    except BadMessages as e:
        raise BadMessages(f"{name}: {e.message}", hint=e.hint) from e


def _counterpart(context: click.Context, dialect: Dialect) -> Dialect:
    """Return the dialect that a conversation's own is compared with: one that differs in what the options name."""
    if dialect.date != CANONICAL:
        return replace(dialect, date=CANONICAL)
    named = {
        name for name in ("flavour", "variant") if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if not named:
        raise click.UsageError("name what to compare with: a second prompt, --dialect, --flavour or --template")
    return replace(dialect, flavour="large" if dialect.flavour == "small" else "small")
