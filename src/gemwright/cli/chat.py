"""`gemwright chat`: a conversation in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gemwright.cli.opened import Opened, announce, model_options, open_client
from gemwright.cli.output import session, write
from gemwright.cli.turns import show_events, why

if TYPE_CHECKING:
    from gemwright.messages import Message, Turn

__all__ = ["chat", "converse"]

_HELP = "/think turns thinking on or off, /why tells how the last answer came about, /new begins again, /quit ends"


@click.command(epilog="\b\nExamples:\n  gemwright chat\n  gemwright chat --endpoint http://127.0.0.1:8080 --think")
@click.option("--system", help="System prompt: who the model is, its limits, the form of its answers.")
@click.option("--think/--no-think", "thinking", default=None, help="Whether the model thinks first.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="Tokens of each answer, thinking included.")
@model_options
def chat(system: str | None, thinking: bool | None, max_tokens: int | None, **given: Any) -> None:
    """Talk with a model in the terminal.

    Ctrl-C stops an answer; at the prompt, it ends the conversation, as Ctrl-D does.
    """
    settings = session().settings(thinking=thinking, max_tokens=max_tokens, **given)
    with open_client(settings) as opened:
        announce(opened)
        converse(opened, system=system, thinking=settings.thinking, max_tokens=settings.max_tokens)


def converse(
    opened: Opened, *, system: str | None = None, thinking: bool = False, max_tokens: int | None = None
) -> None:
    """Hold a conversation until the person ends it."""
    from gemwright.messages import system as system_message

    beginning: list[Message] = [system_message(system)] if system else []
    history = list(beginning)
    last: Turn | None = None
    session().say(_HELP, style="dim")
    while True:
        try:
            line = input("you: ").strip()
        except (EOFError, KeyboardInterrupt):
            write("\n")
            return
        if line in ("/quit", "/exit", "/bye"):
            return
        if line == "/think":
            thinking = not thinking
            session().say(f"thinking is {'on' if thinking else 'off'}")
        elif line == "/new":
            history, last = list(beginning), None
        elif line == "/why":
            write(why(last) if last else "there is no answer yet\n")
        elif line.startswith("/"):
            session().say(_HELP)
        elif line:
            last = _answer(opened, history, line, thinking=thinking, max_tokens=max_tokens) or last


def _answer(
    opened: Opened, history: list[Message], line: str, *, thinking: bool, max_tokens: int | None
) -> Turn | None:
    """Ask, show the answer, and add both to the history; a failure takes the question out again."""
    from gemwright.foundation.errors import GemwrightError
    from gemwright.messages import GenerationOptions, user

    history.append(user(line))
    options = GenerationOptions(thinking=thinking, max_tokens=max_tokens, temperature=opened.temperature)
    with opened.client.stream(history, (), options) as stream:
        try:
            show_events(stream, opened.mark)
        except KeyboardInterrupt:
            write("\n")
            session().say("stopped", style="dim")
        except GemwrightError as error:
            history.pop()
            session().tell(f"error: {error}", style="error")
            if error.hint:
                session().tell(f"hint: {error.hint}", style="hint")
            return None
    turn = stream.so_far()
    history.append(turn.message())
    return turn
