"""`gemwright wire explain`: a prompt or an output, mark by mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import click

from gemwright.cli.conversation import (
    Conversation,
    conversation_from_json,
    dialect_options,
    prompt_options,
    specs_of,
    tools_option,
)
from gemwright.cli.input import name_of, parse_json, read_text
from gemwright.cli.output import session, write, write_json
from gemwright.cli.wire_parse import split_ids, turn_json
from gemwright.foundation.errors import BadJSON, BadMessages
from gemwright.wire import Dialect
from gemwright.wire.explain import Run, looks_like_prompt, output_trace, prompt_runs, text_runs
from gemwright.wire.explain_view import Span, legend, rows_view, turn_view

__all__ = ["explain"]


@click.command(
    short_help="a prompt or an output, mark by mark",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright wire explain messages.json --think\n"
        "  gemwright wire explain --output output.txt --tools tools.json\n"
        "  gemwright wire render messages.json | gemwright wire explain --prompt\n"
        "  gemwright --color always wire explain messages.json | less -R"
    ),
)
@click.argument("file", default="-")
@click.option("--prompt", "what", flag_value="prompt", help="FILE is a conversation, or the text of a prompt.")
@click.option("--output", "what", flag_value="output", help="FILE is what a model generated.")
@tools_option
@prompt_options
@dialect_options
@click.option("--thinking", is_flag=True, help="For an output: the prompt ended inside an open thought.")
@click.option(
    "--repairs-off", metavar="ID,…", multiple=True, callback=split_ids, help="For an output: leave these out."
)
@click.option("--no-legend", is_flag=True, help="Leave out what the marks mean.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the runs, the notes, the turn.")
def explain(
    file: str,
    what: Literal["prompt", "output"] | None,
    tools: list[Any] | None,
    think: bool | None,
    generation_prompt: bool | None,
    dialect: Dialect,
    thinking: bool,
    repairs_off: frozenset[str],
    no_legend: bool,
    as_json: bool,
) -> None:
    """Show what FILE is made of: turns, thoughts, calls, untrusted text, repairs, and what a model is trained on.

    FILE is a conversation as JSON, the text of a prompt, or what a model generated. Which it is shows by itself, but for
    an output that begins like a prompt: say --output then. Only a conversation tells who wrote what.
    """
    text = read_text(file)
    conversation = None if what == "output" else _conversation(text, file, dialect, certain=what == "prompt")
    if conversation is not None:
        chosen = conversation.with_choices(tools=tools, think=think, generation_prompt=generation_prompt)
        runs = prompt_runs(chosen.render())
        facts: dict[str, object] = {"input": "conversation", "dialect": chosen.dialect.name}
        title, after = f"prompt, dialect {chosen.dialect.name}", []
        rows = rows_view(runs)
    elif what == "prompt" or (what is None and looks_like_prompt(text)):
        runs = text_runs(text)
        facts = {"input": "prompt"}
        title, after = "prompt, as a tokenizer reads it", []
        rows = rows_view(runs)
    else:
        trace = output_trace(text, specs_of(tools), thinking=thinking, disabled=repairs_off)
        runs = trace.runs
        notes = [{"where": note.where, "title": note.title, "detail": note.detail} for note in trace.notes]
        facts = {"input": "output", "notes": notes, "turn": turn_json(trace.turn)}
        title, after = "output", [("\nread as\n", "bold"), *turn_view(trace.turn)]
        rows = rows_view(runs, trace.notes)
    if as_json:
        write_json({**facts, "runs": [_run_json(run) for run in runs]})
        return
    closing = [] if no_legend else [("\n", ""), *legend(origins=conversation is not None)]
    _write([(f"{title}\n", "bold"), *rows, *after, *closing])


def _conversation(text: str, file: str, dialect: Dialect, *, certain: bool) -> Conversation | None:
    """Return a conversation if the text is one; an output may begin with a bracket, too, unless a prompt was announced."""
    if not text.lstrip().startswith(("[", "{")):
        return None
    try:
        value = parse_json(text, file)
        if isinstance(value, list) and not all(isinstance(item, dict) and "role" in item for item in value):  # pyright: ignore[reportUnknownVariableType]
            raise BadMessages(f"{name_of(file)} is a JSON list, but not of messages")
        return conversation_from_json(value, dialect)
    except (BadJSON, BadMessages):
        if certain:
            raise
        return None


def _write(spans: Sequence[Span]) -> None:
    write(session().paint_all(spans))


def _run_json(run: Run) -> dict[str, object]:
    return {
        "text": run.text,
        "origin": run.origin,
        "kind": run.kind,
        "turn": run.turn,
        "role": run.role,
        "trainable": run.trainable,
    }
