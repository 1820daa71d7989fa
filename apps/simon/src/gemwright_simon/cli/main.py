"""The command line of Simon: a file opens the chat; commands serve programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, cast

import click

from gemwright import GemwrightError, UsageProblem
from gemwright_simon.cli.opening import home_of, opened, tree_options
from gemwright_simon.cli.quality import check_command, duplicates_command, gaps_command

if TYPE_CHECKING:
    from gemwright_simon.conversation import Historian
    from gemwright_simon.tree import Tree

__all__ = ["main", "program"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_INTERRUPTED: Final = 130
_MOST_LINE: Final = 20_000


class Program(click.Group):
    """The commands; anything else that is named first is a file to chat about."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with, `chat` where they begin with a file or an option."""
        if args and args[0] not in self.commands:
            return "chat", self.commands["chat"], args
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Have options of the chat stand without its name, as in `gemwright-simon --demo`."""
        own = {"--help", "--version"}
        if args and args[0].startswith("-") and args[0] not in own:
            args = ["chat", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Program)
@click.version_option(package_name="gemwright-simon", prog_name="gemwright-simon")
def program() -> None:
    """A historian over your family tree: gemwright-simon family.ged opens it, reports, and answers questions."""


for _command in (check_command, gaps_command, duplicates_command):
    program.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and end the process.

    Exit codes: 0 done, 1 a tool call that could not be answered or a check that found errors, 2 wrong usage or a file that
    is no family tree, 130 interrupted.

    Args:
        arguments: the command line; that of the process where None.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    from gemwright_simon.cli.say import talk

    try:
        code = program.main(
            args=list(arguments) if arguments is not None else None, prog_name="gemwright-simon", standalone_mode=False
        )
        return code if isinstance(code, int) else 0
    except GemwrightError as problem:
        talk(f"error: {problem.message}" + (f"\n{problem.hint}" if problem.hint else ""))
        return problem.exit_code
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as problem:
        talk(f"error: {problem.format_message()}\n`gemwright-simon --help` shows what there is")
        return 2
    except (KeyboardInterrupt, click.Abort):
        talk("interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        return 0


def _model_options(command: _Command) -> _Command:
    for option in (
        click.option("--home", help="Who you are in the tree: a name or a handle."),
        click.option("--endpoint", help="Address of a running model server; else one is looked for on this machine."),
        click.option("--no-model", is_flag=True, help="Use no model: the clerk answers by code."),
    ):
        command = option(command)
    return command


@contextmanager
def _historian(
    tree: Tree, endpoint: str | None, no_model: bool, home: str | None, transcript: str | None = None
) -> Generator[tuple[Historian, str]]:
    from gemwright import GenerationOptions
    from gemwright.agent import Transcript
    from gemwright_simon.cli.models import open_model
    from gemwright_simon.cli.say import talk
    from gemwright_simon.conversation import Historian

    handle = home_of(tree, home)
    with ExitStack() as stack:
        model = stack.enter_context(open_model(endpoint, without=no_model))
        kept = stack.enter_context(Transcript(transcript)) if transcript else None
        if model.failed:
            talk(model.where)
        options = GenerationOptions(temperature=0.0 if model.demo else None, max_tokens=1024)
        yield (
            Historian(
                tree,
                model.client,
                transcript=kept,
                options=options,
                home=handle,
                context=model.context,
                small=True if model.demo else None,
            ),
            model.where,
        )


@program.command("chat", short_help="Open a tree, report, and talk about it.")
@click.argument("file", required=False)
@click.option("--demo", is_flag=True, help="Use a made-up family in place of a file.")
@click.option(
    "--transcript",
    metavar="FILE",
    help="Keep the conversation in this SQLite file, and go on with what is in it, after a crash too.",
)
@_model_options
@tree_options
def chat(
    file: str | None,
    demo: bool,
    transcript: str | None,
    no_model: bool,
    endpoint: str | None,
    home: str | None,
    include_living: bool,
    living_years: int,
) -> None:
    """Open FILE, report how it was read, and answer questions about it."""
    from gemwright_simon.clerk import GET_MODEL, MODEL_SIZE
    from gemwright_simon.cli.say import answer_text, report_text, talk, write

    with opened(file, include_living, living_years, demo=demo) as tree:
        write(("A made-up family, by a seeded generator.\n" if demo else "") + report_text(tree.report) + "\n")
        with _historian(tree, endpoint, no_model, home, transcript) as (historian, where):
            write(f"{where}.\n")
            if not historian.has_model:
                write(
                    f"The clerk answers: questions of known forms, by code. Gemma 4 E2B comes with `{GET_MODEL}` "
                    f"({MODEL_SIZE}).\n"
                )
            _go_on(historian)
            write("Ask, or type /forms for what can be asked, /quit to end.\n")
            for line in _questions():
                if line in ("/quit", "/exit", "/q"):
                    break
                if line in ("/forms", "/help", "/?"):
                    write("\n".join(historian.clerk.forms()) + "\n")
                    continue
                write(answer_text(historian.ask(line)))
                if historian.failure:
                    talk(f"the model failed, the clerk answered: {historian.failure}")


def _go_on(historian: Historian) -> None:
    """Tell what a transcript holds already, and answer the question that was left open."""
    from gemwright_simon.cli.say import answer_text, talk, write

    if not historian.asked:
        return
    write(f"Going on with a conversation of {historian.asked} question{'s' if historian.asked > 1 else ''}.\n")
    left = historian.unfinished
    if left:
        write(f"Left open: {left}\n")
        answer = historian.resume()
        write(answer_text(answer) if answer is not None else "")
        if historian.failure:
            talk(f"the model failed, the clerk answered: {historian.failure}")


def _questions() -> Generator[str]:
    """Yield the lines that a person types, or that a pipe holds."""
    while True:
        if sys.stdin.isatty():
            sys.stdout.write("\n> ")
            sys.stdout.flush()
        line = sys.stdin.readline(_MOST_LINE)
        if not line:
            return
        if line.strip():
            yield line.strip()


@program.command("open", short_help="Report how a file was read.")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@tree_options
def open_command(file: str, as_json: bool, include_living: bool, living_years: int) -> None:
    """Open FILE and report: people, families, encoding, version, what was put right, what was lost."""
    from gemwright_simon.cli.say import report_json, report_text, write, write_json

    with opened(file, include_living, living_years) as tree:
        if as_json:
            write_json(report_json(tree.report))
        else:
            write(report_text(tree.report))


@program.command("tool", short_help="Call one of the six tools.")
@click.argument("name")
@click.option("--tree", "file", required=True, help="The family tree.")
@click.option("--args", "arguments", default="{}", help="The arguments, as a JSON object.")
@tree_options
def tool(name: str, file: str, arguments: str, include_living: bool, living_years: int) -> int:
    """Call the tool NAME and print what a model would read."""
    from gemwright_simon.cli.say import write
    from gemwright_simon.tools import Toolbox

    try:
        given = json.loads(arguments)
    except ValueError as problem:
        raise UsageProblem(f"--args is not JSON: {problem}", hint='as in: --args \'{"person": "I12"}\'') from None
    if not isinstance(given, dict):
        raise UsageProblem("--args is not a JSON object", hint='as in: --args \'{"person": "I12"}\'')
    with opened(file, include_living, living_years) as tree:
        result = Toolbox(tree).call(name, given)  # pyright: ignore[reportUnknownArgumentType]
    write(result.text + "\n")
    return 1 if result.error else 0


@program.command("mcp", short_help="Offer the six tools over standard input and output.")
@click.option("--tree", "file", required=True, help="The family tree.")
@tree_options
def mcp(file: str, include_living: bool, living_years: int) -> None:
    """Serve the six tools by the Model Context Protocol until standard input ends."""
    from gemwright_simon.mcp import serve
    from gemwright_simon.tools import Toolbox

    with opened(file, include_living, living_years) as tree:
        serve(Toolbox(tree), sys.stdin.buffer, sys.stdout.buffer)


@program.command("ask", short_help="Answer one question, or many.")
@click.argument("question", required=False)
@click.option("--tree", "file", required=True, help="The family tree.")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.option(
    "--jsonl",
    is_flag=True,
    help="Read {id, question, conversation?} lines from standard input, write one answer a line.",
)
@_model_options
@tree_options
def ask(
    question: str | None,
    file: str,
    as_json: bool,
    jsonl: bool,
    no_model: bool,
    endpoint: str | None,
    home: str | None,
    include_living: bool,
    living_years: int,
) -> int:
    """Answer QUESTION from the tree; by the model where one runs, else by code."""
    from gemwright_simon.cli.say import answer_text, talk, write, write_json

    if not jsonl and not question:
        raise UsageProblem(
            "no question was asked", hint='as in: gemwright-simon ask "When was Anna Weil born?" --tree family.ged'
        )
    with (
        opened(file, include_living, living_years) as tree,
        _historian(tree, endpoint, no_model, home) as (historian, where),
    ):
        if not jsonl:
            answer = historian.ask(question or "")
            if as_json:
                write_json(answer.as_json())
            else:
                write(answer_text(answer))
            if historian.failure:
                talk(f"the model failed, the clerk answered: {historian.failure}")
            return 0
        talk(where)
        return _many(historian)


def _many(first: Historian) -> int:
    """Answer lines of standard input; each conversation has a state of its own, a line without one stands alone.

    A line that is no question is told in a sentence and passed over; the exit code says so in the end.
    """
    from gemwright_simon.cli.say import talk, write_json

    conversations: dict[str, Historian] = {}
    code = 0
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        asked = _read_line(line)
        if asked is None:
            talk(
                f'line {number} of standard input is no question and was passed over: write {{"id": …, "question": …}}'
            )
            code = UsageProblem.exit_code
            continue
        name = asked.get("conversation")
        historian = first.again() if name is None else conversations.setdefault(str(name), first.again())
        write_json(historian.ask(asked["question"]).as_json(asked.get("id")))
        if historian.failure:
            talk(f"line {number}: the model failed, the clerk answered: {historian.failure}")
    return code


def _read_line(line: str) -> dict[str, Any] | None:
    """Return a line as an object with a question in it; None where it is something else."""
    try:
        asked: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):  # pyright: ignore[reportUnknownMemberType]
        return None
    return cast("dict[str, Any]", asked)


if __name__ == "__main__":
    main()
