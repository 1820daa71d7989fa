"""`gemwright run`: one prompt, one answer."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gemwright.cli.conversation import specs_of, tools_option
from gemwright.cli.input import STDIN, read_text
from gemwright.cli.opened import announce, model_options, open_client
from gemwright.cli.output import session, write_json
from gemwright.cli.turns import keep_last, show_events, why

__all__ = ["run"]


@click.command(
    epilog="\b\nExamples:\n"
    "  gemwright run 'What is Gemma 4?'\n"
    "  gemwright run --tools tools.json --json 'What is the weather in Oslo?'\n"
    "  gemwright run --endpoint http://127.0.0.1:8080 --think < question.txt"
)
@click.argument("prompt", required=False)
@click.option("--system", help="System prompt: who the model is, its limits, the form of its answers.")
@click.option("--image", "images", multiple=True, type=click.Path(path_type=Path), help="An image; may be repeated.")
@click.option("--audio", "sounds", multiple=True, type=click.Path(path_type=Path), help="A sound; may be repeated.")
@click.option("--think/--no-think", "thinking", default=None, help="Whether the model thinks first.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="Tokens of the answer, thinking included.")
@click.option("--temperature", type=float, help="Sampling temperature; 1.0 is recommended.")
@click.option("--seed", type=int, help="Seed of the sampling.")
@click.option("--strict", is_flag=True, help="Hold calls to their tools' schemas by a grammar.")
@click.option("--must-call", is_flag=True, help="The model has to call a tool.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole turn as JSON.")
@tools_option
@model_options
def run(
    prompt: str | None,
    system: str | None,
    images: tuple[Path, ...],
    sounds: tuple[Path, ...],
    thinking: bool | None,
    max_tokens: int | None,
    temperature: float | None,
    seed: int | None,
    strict: bool,
    must_call: bool,
    as_json: bool,
    tools: list[Any] | None,
    **given: Any,
) -> None:
    """Send one prompt and print the answer.

    The prompt is the argument, or standard input. Tools are declared by --tools and only shown, never run.
    """
    from gemwright.client import problem_of
    from gemwright.messages import Audio, GenerationOptions, Image, Media, Message, Text, turn_to_json
    from gemwright.messages import system as system_message

    text = read_text(STDIN) if prompt is None or prompt == STDIN else prompt
    if prompt is None and sys.stdin.isatty() and not text.strip():
        raise click.UsageError("there is no prompt")
    settings = session().settings(thinking=thinking, max_tokens=max_tokens, **given)
    specs = specs_of(tools) if tools else []
    parts = [
        *(Image(Media.from_path(path, kind="image")) for path in images),
        Text(text),
        *(Audio(Media.from_path(path, kind="audio")) for path in sounds),
    ]
    messages = [*([system_message(system)] if system else []), Message("user", tuple(parts))]
    options = GenerationOptions(
        thinking=settings.thinking,
        max_tokens=settings.max_tokens,
        temperature=temperature,
        seed=seed,
        strict_tools=strict,
        tool_choice="required" if must_call else "auto",
    )
    with open_client(settings) as opened:
        announce(opened)
        if temperature is None:
            options = replace(options, temperature=opened.temperature)
        with opened.client.stream(messages, specs, options) as stream:
            if as_json:
                turn = stream.turn()
                keep_last(turn)
                write_json(turn_to_json(turn))
            else:
                turn = show_events(stream, opened.mark)
    if session().verbose:
        session().say(why(turn).rstrip())
    problem = problem_of(turn)
    if problem is not None:
        raise problem
