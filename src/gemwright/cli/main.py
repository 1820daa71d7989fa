"""The program: its command table, the options before the command, and its front door."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

from gemwright.cli.exit import finish
from gemwright.cli.lazy import Entry, LazyGroup, installed
from gemwright.cli.output import Session, speak_utf8, write

__all__ = ["COMMANDS", "FRONT", "main", "program"]

NAME: Final = "gemwright"
COMPLETION_VARIABLE: Final = "_GEMWRIGHT_COMPLETE"
PLUGINS: Final = "gemwright.commands"
"""Group of the entry points by which other distributions bring commands: `gemwright simon`, `gemwright visualize`."""

FRONT: Final = Entry("gemwright.cli.front:front", "show that local Gemma 4 behaves here, and why, then chat")
"""What runs when no command is named."""

COMMANDS: Final = {
    "chat": Entry("gemwright.cli.chat:chat", "talk with a model in the terminal"),
    "run": Entry("gemwright.cli.run:run", "send one prompt and print the answer"),
    "why": Entry("gemwright.cli.why:why", "how an answer came about: lane, repairs, what had no effect"),
    "models": Entry("gemwright.cli.models:models", "which models the servers on this machine have"),
    "plan": Entry("gemwright.cli.plan:plan", "which model fits into so much memory, and how fast"),
    "acid": Entry("gemwright.cli.acid:acid", "what a runtime makes of Gemma 4's outputs, and what we deliver"),
    "ask": Entry("gemwright.cli.ask:ask", "a question or an error message: what is known, and what to do"),
    "corpus": Entry("gemwright.cli.corpus:corpus", "what is known about Gemma 4: search, match, check, export"),
    "wire": Entry("gemwright.cli.wire:wire", "render, parse, explain and compare Gemma 4's format"),
    "tune": Entry("gemwright.cli.tune:tune", "training data: what is trained on, and what is wrong with it"),
    "config": Entry("gemwright.cli.config:config", "show the settings, and where they come from"),
    "completion": Entry("gemwright.cli.completion:completion", "a script that completes commands in your shell"),
}


class Program(LazyGroup):
    """The group of all commands; ends the process with our exit codes and tells failures in our form."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run a command line and end the process.

        Args:
            args: the arguments; those of the process when None.
            prog_name: ignored: help always calls the program `gemwright`.
            complete_var: the variable by which a shell asks for completions.
            standalone_mode: ignored: use `click.Context` to embed a command.
            extra: more for the context.
        """
        given = list(sys.argv[1:] if args is None else args)
        if instruction := os.environ.get(complete_var or COMPLETION_VARIABLE):
            from gemwright.cli.completion import answer_shell

            sys.exit(answer_shell(self, complete_var or COMPLETION_VARIABLE, instruction))
        extra.setdefault("obj", Session())
        sys.exit(finish(lambda: self._invoke(given, extra), extra["obj"], self._option_names()))

    def _invoke(self, args: list[str], extra: dict[str, Any]) -> None:
        with self.make_context(NAME, args, **extra) as context:
            code = self.invoke(context)
            if isinstance(code, int) and code:
                raise click.exceptions.Exit(code)  # how commands of other distributions end

    def _option_names(self) -> frozenset[str]:
        return frozenset(name for option in self.params for name in option.opts)


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep an option in the session as soon as it is read, so that an error in what follows is told accordingly."""
    if value is not None and parameter.name:
        setattr(context.ensure_object(Session), parameter.name, value)


def _show_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    from gemwright import __version__
    from gemwright.catalog import catalog
    from gemwright.foundation.errors import CorpusProblem

    try:
        corpus = catalog().version
    except CorpusProblem as e:
        corpus = f"missing: {e.message}"
    write(f"gemwright {__version__}\ncorpus {corpus}\n")
    context.exit()


def _option(*names: str, **settings: Any) -> click.Option:
    return click.Option(names, callback=_remember, expose_value=False, **settings)


_OPTIONS: Final[list[click.Parameter]] = [
    click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        help="Print the versions of the program and of its data, and end.",
    ),
    _option("--debug", is_flag=True, help="Show tracebacks, and log everything."),
    _option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        help="Colours: on a terminal (auto), always, or never.",
    ),
    _option("--endpoint", help="Address of a running server; else one is looked for, else we start an engine."),
    _option("--model", help="Name of the model at the server, or a GGUF file for our engine."),
    _option("--offline", is_flag=True, help="Use nothing beyond this machine."),
    _option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    _option("-v", "--verbose", count=True, help="Say more; twice for everything."),
    _option("--log-format", type=click.Choice(["plain", "json"]), help="Logs for people, or JSON for programs."),
]


def _start(context: click.Context) -> None:
    """What happens before a command: logs are set up; without a command, the front door opens."""
    session = context.ensure_object(Session)
    _start_logs(session)
    if context.invoked_subcommand is None:
        front = FRONT.load()
        with front.make_context(NAME, [], parent=context) as inner:
            front.invoke(inner)


def _start_logs(session: Session) -> None:
    import logging

    from gemwright.foundation import logs

    shown = {0: logging.WARNING, 1: logging.INFO}.get(session.verbose, logging.DEBUG)
    level = logging.DEBUG if session.debug else logging.ERROR if session.quiet else shown
    logs.configure(sys.stderr, level=level, form="json" if session.log_format == "json" else "plain")


program = Program(
    name=NAME,
    table=COMMANDS,
    more=lambda: installed(PLUGINS),
    params=_OPTIONS,
    callback=click.pass_context(_start),
    invoke_without_command=True,
    help=(
        "Build with Gemma 4 on your own machine.\n\nWithout a command it looks for a running server with a Gemma 4, else "
        "starts an engine with a demo model, shows that local Gemma 4 behaves here, and why, and opens a chat."
    ),
    epilog=(
        "\b\nExamples:\n"
        "  gemwright\n"
        "  gemwright --endpoint http://127.0.0.1:8080\n"
        "  gemwright run 'What is Gemma 4?'\n"
        "  gemwright wire explain conversation.json\n"
        "  gemwright --color never config show --origin"
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
"""The command line as click sees it."""


def main() -> None:
    """Run the process's command line."""
    speak_utf8()
    program()
