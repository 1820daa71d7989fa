"""`gemwright wire parse`: a model's output to thoughts, text and typed calls, with every repair named."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import click

from gemwright.cli.conversation import specs_of, tools_option
from gemwright.cli.input import open_lines, read_text
from gemwright.cli.output import data_stream, session, write, write_json, write_json_line
from gemwright.foundation.errors import BadOption, GemwrightError
from gemwright.foundation.jsonx import read_lines
from gemwright.messages import Folder, ToolSpec, Turn
from gemwright.wire import REPAIRS, Parser
from gemwright.wire.explain_view import turn_view
from gemwright.wire.repair import switched_off

__all__ = ["Chunks", "parse", "turn_json"]

_LONGEST_CHUNK: Final = 24
"""Longest random chunk, in characters: more than any control token, so that some are whole and some are cut."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """How an output is cut before the parser sees it; the result is the same, which is what this is for.

    Attributes:
        way: `one`, `char` or `random`.
        seed: of the random cuts.
    """

    way: str = "one"
    seed: str = ""

    def of(self, text: str, number: int = 0) -> Iterator[str]:
        """Cut a text.

        Args:
            text: the text.
            number: of the line it came from, so that each line is cut in its own way and alone in the same way again.
        """
        if self.way == "one":
            yield text
        elif self.way == "char":
            yield from text
        else:
            dice = random.Random(f"{self.seed}:{number}")  # noqa: S311 - cuts of a test, no secret
            at = 0
            while at < len(text):
                end = at + dice.randint(1, _LONGEST_CHUNK)
                yield text[at:end]
                at = end


def _read_chunks(context: click.Context, parameter: click.Parameter, given: str) -> Chunks:
    way, colon, seed = given.partition(":")
    if way in ("one", "char") and not colon:
        return Chunks(way)
    if way == "random" and seed:
        return Chunks(way, seed)
    raise click.BadParameter(f"{given!r} is none of one, char, random:SEED", context, parameter)


def split_ids(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> frozenset[str]:
    """Read the ids of repairs, separated by commas or given one by one.

    Raises:
        BadOption: an id is unknown.
    """
    return switched_off(name.strip() for text in given for name in text.split(",") if name.strip())


@click.command(
    short_help="a model's output to thoughts, text and typed calls",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright wire parse output.txt --tools tools.json\n"
        "  gemwright wire parse output.txt --repairs-off json-call,leaked-label --json\n"
        "  gemwright wire parse --jsonl --chunks random:7 < outputs.jsonl > turns.jsonl\n"
        "\n\b\nRepairs:\n" + "".join(f"  {rule.id}\n" for rule in REPAIRS.values())
    ),
)
@click.argument("file", default="-")
@tools_option
@click.option("--thinking", is_flag=True, help="The prompt ended inside an open thought.")
@click.option("--json-answer", is_flag=True, help="JSON was asked for as the answer, so it is never taken for a call.")
@click.option(
    "--chunks",
    metavar="one|char|random:SEED",
    callback=_read_chunks,
    default="one",
    show_default=True,
    help="How to cut the output before it is parsed; the result is the same.",
)
@click.option("--repairs-off", metavar="ID,…", multiple=True, callback=split_ids, help="Repairs to leave out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the turn, with what each repair means.")
@click.option("--jsonl", is_flag=True, help="Read {text, tools, thinking} lines; write one turn or {error} a line.")
def parse(
    file: str,
    tools: list[Any] | None,
    thinking: bool,
    json_answer: bool,
    chunks: Chunks,
    repairs_off: frozenset[str],
    as_json: bool,
    jsonl: bool,
) -> None:
    """Parse FILE, what a model generated, markers included.

    With --jsonl every line is {"text": ..., "tools": [...], "thinking": true}, and is answered by a line with reasoning,
    content, tool_calls, incomplete and repairs. Reasoning and content come without outer white space there.
    """
    reader = _Reader(specs_of(tools), thinking=thinking, json_answer=json_answer, chunks=chunks, off=repairs_off)
    if not jsonl:
        turn = reader.turn(read_text(file))
        if as_json:
            write_json(turn_json(turn))
        else:
            write(session().paint_all(turn_view(turn)))
        return
    if as_json:
        raise click.UsageError("--json and --jsonl exclude each other")
    out = data_stream()
    with open_lines(file) as lines:
        for line in read_lines(lines):
            try:
                answer = _brief(reader.line_turn(line.require(), line.number))
            except GemwrightError as e:
                answer = {"error": e.code, "message": e.message}
            write_json_line(out, answer)


class _Reader:
    """What is the same for every output of a run."""

    def __init__(
        self, tools: Sequence[ToolSpec], *, thinking: bool, json_answer: bool, chunks: Chunks, off: frozenset[str]
    ) -> None:
        self._tools = tools
        self._thinking = thinking
        self._json_answer = json_answer
        self._chunks = chunks
        self._off = off

    def line_turn(self, value: Any, number: int) -> Turn:
        """Parse a line of JSON Lines; what it does not name is as the command line says.

        Raises:
            GemwrightError: the line is not what it should be.
        """
        if not isinstance(value, Mapping):
            raise BadOption(f"a line must be an object with `text`, not {type(value).__name__}")
        given = cast("Mapping[str, Any]", value)
        text = given.get("text")
        if not isinstance(text, str):
            raise BadOption(f"`text` must be text, not {type(text).__name__}")
        tools = specs_of(given["tools"]) if given.get("tools") is not None else self._tools
        return self.turn(text, tools, thinking=bool(given.get("thinking", self._thinking)), number=number)

    def turn(
        self, text: str, tools: Sequence[ToolSpec] | None = None, *, thinking: bool | None = None, number: int = 0
    ) -> Turn:
        """Parse one output."""
        parser = Parser(
            self._tools if tools is None else tools,
            thinking=self._thinking if thinking is None else thinking,
            json_answer=self._json_answer,
            disabled=self._off,
        )
        folder = Folder()
        for chunk in self._chunks.of(text, number):
            for event in parser.feed(chunk):
                folder.add(event)
        for event in parser.finish():
            folder.add(event)
        return folder.turn()


def _brief(turn: Turn) -> dict[str, object]:
    return {
        "reasoning": turn.thinking.strip(),
        "content": turn.text.strip(),
        "tool_calls": [{"name": call.name, "arguments": call.arguments} for call in turn.tool_calls],
        "incomplete": [{"name": call.name, "raw": call.raw} for call in turn.incomplete],
        "repairs": [repair.id for repair in turn.repairs],
    }


def turn_json(turn: Turn) -> dict[str, object]:
    """Return a turn as `--json` shows it: nothing trimmed, every repair with its meaning."""
    return {
        "reasoning": turn.thinking,
        "content": turn.text,
        "tool_calls": [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in turn.tool_calls],
        "incomplete": [{"name": call.name, "raw": call.raw, "reason": call.reason} for call in turn.incomplete],
        "repairs": [
            {
                "id": repair.id,
                "count": repair.count,
                "detail": repair.detail,
                "deviation": REPAIRS[repair.id].deviation,
                "correction": REPAIRS[repair.id].correction,
                "report": REPAIRS[repair.id].report,
            }
            for repair in turn.repairs
        ],
    }
