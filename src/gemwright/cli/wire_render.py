"""`gemwright wire render`: messages to the prompt that the official chat template gives, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import click

from gemwright.cli.conversation import (
    Conversation,
    conversation_from_json,
    dialect_options,
    prompt_options,
    tools_option,
)
from gemwright.cli.input import open_lines, read_json
from gemwright.cli.output import data_stream, on_terminal, session, write, write_json, write_json_line
from gemwright.foundation.errors import BadToolSchema, GemwrightError
from gemwright.foundation.jsonx import read_lines
from gemwright.foundation.terminal import harmless
from gemwright.messages import ToolSpec
from gemwright.wire import MARKUP, MEDIA, TEXT, Dialect, Segment, neutralise
from gemwright.wire.losses import SchemaLoss, schema_losses
from gemwright.wire.reading import TemplateRefusal
from gemwright.wire.segments import text_of
from gemwright.wire.turns import THOUGHT_CUE
from gemwright.wire.untrusted import Neutralised, untrusted_spellings

__all__ = ["render"]

ORIGINS: Final = {MARKUP: "markup", TEXT: "text", MEDIA: "media"}
"""Origins of a segment, as JSON names them."""


@click.command(
    short_help="messages to the prompt, byte for byte",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright wire render messages.json --variant E2B\n"
        "  gemwright wire render messages.json --tools tools.json --think --json\n"
        '  echo \'[{"role": "user", "content": "Hello"}]\' | gemwright wire render\n'
        "  gemwright wire render --jsonl < requests.jsonl > prompts.jsonl"
    ),
)
@click.argument("file", default="-")
@tools_option
@prompt_options
@dialect_options
@click.option("--neutralise", "broken", is_flag=True, help="Break control tokens that untrusted text spells.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: segments with their origins, losses.")
@click.option("--jsonl", is_flag=True, help="Read {messages, tools, flavour, options} lines; write {text} or {error}.")
def render(
    file: str,
    tools: list[Any] | None,
    think: bool | None,
    generation_prompt: bool | None,
    dialect: Dialect,
    broken: bool,
    as_json: bool,
    jsonl: bool,
) -> None:
    """Render FILE, messages as JSON, to the prompt that Gemma 4's chat template gives.

    FILE holds a list of messages, or an object with messages, tools, options and flavour. With --jsonl every line is such
    an object, options that a line does not name are off, and each line is answered by one line.
    """
    if jsonl:
        if as_json or broken or tools is not None or think is not None or generation_prompt is not None:
            raise click.UsageError(
                "with --jsonl, tools and options stand in the lines, and the answers are JSON anyway"
            )
        _render_lines(file, dialect)
        return
    conversation = conversation_from_json(read_json(file), dialect).with_choices(
        tools=tools, think=think, generation_prompt=generation_prompt
    )
    segments = conversation.render()
    spelled = untrusted_spellings(segments)
    if broken:
        segments = list(neutralise(segments)[0])
    losses = _losses(conversation.tools)
    if as_json:
        write_json(_report(conversation, segments, spelled, losses))
        return
    _write_prompt(text_of(segments))
    _note(spelled, losses, broken=broken)


def _write_prompt(text: str) -> None:
    if on_terminal():
        write(harmless(text) + "\n")
        return
    data_stream().write(text.encode())


def _note(spelled: Sequence[Neutralised], losses: Sequence[SchemaLoss], *, broken: bool) -> None:
    """Tell on standard error what the prompt does not show."""
    if spelled:
        first = spelled[0]
        done = "broken by a space" if broken else "left as they are; --neutralise breaks them"
        session().say(
            f"note: control tokens spelled in untrusted text: {len(spelled)}, "
            f"the first {first.spelling} at {first.where}: {done}",
            style="note",
        )
    for loss in losses:
        place = f"{loss.tool}: {loss.path}" if loss.path else loss.tool
        session().say(harmless(f"note: `{loss.keyword}` of {place} is lost: {loss.meaning}"), style="note")


def _losses(tools: Any) -> list[SchemaLoss]:
    """Return what the declarations do not show; one that the template prints though it is no good tool has none."""
    found: list[SchemaLoss] = []
    for tool in tools if isinstance(tools, list) else ():  # pyright: ignore[reportUnknownVariableType]
        try:
            found += schema_losses(ToolSpec.from_json(tool))  # pyright: ignore[reportUnknownArgumentType]
        except BadToolSchema:
            continue
    return found


def _report(
    conversation: Conversation, segments: Sequence[Segment], spelled: Sequence[Neutralised], losses: list[SchemaLoss]
) -> dict[str, object]:
    return {
        "dialect": conversation.dialect.name,
        "text": text_of(segments),
        "starts_in_thought": segments[-1] == THOUGHT_CUE,
        "segments": [
            {"text": text, "origin": ORIGINS[origin], "trainable": trainable} for text, origin, trainable in segments
        ],
        "untrusted_control_tokens": [{"spelling": one.spelling, "where": one.where} for one in spelled],
        "losses": [
            {"tool": loss.tool, "path": loss.path, "keyword": loss.keyword, "meaning": loss.meaning} for loss in losses
        ],
    }


def _render_lines(file: str, dialect: Dialect) -> None:
    out = data_stream()
    with open_lines(file) as lines:
        for line in read_lines(lines):
            try:
                answer = {"text": text_of(conversation_from_json(line.require(), dialect).render())}
            except TemplateRefusal as e:
                answer = {"error": e.kind, "message": e.message}
            except GemwrightError as e:
                answer = {"error": e.code, "message": e.message}
            write_json_line(out, answer)
