"""`gemwright run`: one prompt, one answer, with tools on the way to it where functions are named."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gemwright.cli.agent_run import answer_with_tools, somebody_has_to_be_there
from gemwright.cli.conversation import read_tools, specs_of
from gemwright.cli.input import STDIN, read_text
from gemwright.cli.named_tools import load_tools, names_functions, served
from gemwright.cli.opened import announce, model_options, open_client
from gemwright.cli.output import session, write_json
from gemwright.cli.turns import keep_last, show_events, why

__all__ = ["run"]


@click.command(
    epilog="\b\nExamples:\n"
    "  gemwright run 'What is Gemma 4?'\n"
    "  gemwright run --tools tools.json --json 'What is the weather in Oslo?'\n"
    "  gemwright run --tools weather:get_weather,get_tide 'What is the weather in Oslo?'\n"
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
@click.option(
    "--tools",
    "tools",
    metavar="FILE|MODULE:NAMES",
    help="Declarations of tools, as a JSON list, flat or as OpenAI's: calls are shown, not run. "
    "Or functions of a Python module, which are run after you were asked.",
)
@click.option("--mcp", "servers", multiple=True, metavar="COMMAND", help="An MCP server to start, for its tools.")
@click.option("--yes", is_flag=True, help="Run functions of --tools and tools of --mcp without asking.")
@click.option(
    "--transcript",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With functions: an SQLite file in which the conversation is kept, and gone on with.",
)
@click.option("--resume", is_flag=True, help="Go on with the question that is open in --transcript.")
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
    tools: str | None,
    servers: tuple[str, ...],
    yes: bool,
    transcript: Path | None,
    resume: bool,
    **given: Any,
) -> None:
    """Send one prompt and print the answer.

    The prompt is the argument, or standard input. Tools that a file declares are only shown, never run. Functions that
    --tools names, and tools of MCP servers, are run, each call after you were asked, until the model answers.
    """
    from gemwright.client import problem_of
    from gemwright.messages import Audio, GenerationOptions, Image, Media, Message, Text, turn_to_json
    from gemwright.messages import system as system_message

    functions = tools is not None and names_functions(tools)
    runs = functions or bool(servers)
    if not runs and (yes or transcript or resume):
        raise click.UsageError(
            "--yes, --transcript and --resume need tools that run: --tools MODULE:FUNCTION, or --mcp"
        )
    if servers and tools and not functions:
        raise click.UsageError("declarations in a file are only shown, and tools of --mcp run: name one of both")
    if resume and (transcript is None or prompt is not None):
        raise click.UsageError("--resume goes on with --transcript FILE, without a prompt")
    if runs:
        if must_call:
            raise click.UsageError("--must-call would never end with an answer; it goes with a file of declarations")
        somebody_has_to_be_there(yes=yes)
    text = "" if resume else read_text(STDIN) if prompt is None or prompt == STDIN else prompt
    if prompt is None and not resume and sys.stdin.isatty() and not text.strip():
        raise click.UsageError("there is no prompt")
    settings = session().settings(thinking=thinking, max_tokens=max_tokens, **given)
    named = load_tools(tools) if functions and tools else []
    specs = specs_of(read_tools(tools)) if tools and not functions else []
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
    with served(servers) as found, open_client(settings) as opened:
        announce(opened)
        if temperature is None:
            options = replace(options, temperature=opened.temperature)
        if runs:
            answer_with_tools(
                opened,
                None if resume else Message("user", tuple(parts)),
                [*named, *found],
                options,
                system=system,
                yes=yes,
                transcript=transcript,
                as_json=as_json,
            )
            return
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
