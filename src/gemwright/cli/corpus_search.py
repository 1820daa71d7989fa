"""`gemwright corpus search`: records by words, for people and, line by line, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import click

from gemwright.cli.input import open_lines
from gemwright.cli.output import data_stream, session, table, write, write_json, write_json_line
from gemwright.foundation.errors import BadOption, GemwrightError, UsageProblem
from gemwright.foundation.jsonx import read_lines
from gemwright.foundation.terminal import harmless

if TYPE_CHECKING:
    from gemwright.corpus.search import Hit, Index

__all__ = ["hit_json", "opened_index", "search"]

KINDS = (
    "advisory",
    "claim",
    "support",
    "variant",
    "quant",
    "runtime",
    "hardware",
    "relative",
    "benchmark",
    "measurement",
    "tooling",
)


@click.command(
    short_help="find records by words, symptoms and error messages",
    epilog=(
        "\b\nExamples:\n"
        '  gemwright corpus search "answer is empty but done_reason is length"\n'
        '  gemwright corpus search --kind claim --limit 3 "which quantisation for 16 GB"\n'
        "  gemwright corpus search --jsonl questions.jsonl"
    ),
)
@click.argument("question", nargs=-1)
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be given again.")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="How many records.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--jsonl",
    metavar="FILE",
    help="Read {id, question} line by line, write {id, results} line by line; - is standard input.",
)
def search(question: tuple[str, ...], kinds: tuple[str, ...], limit: int, as_json: bool, jsonl: str | None) -> None:
    """Find records. A question, an error message or a piece of a log will do; name runtime, version and model if you can."""
    from gemwright.corpus.search import search as find

    if bool(question) is (jsonl is not None):
        raise UsageProblem("give a question, or --jsonl FILE", hint="gemwright corpus search --help has examples")
    with opened_index() as index:
        if jsonl is not None:
            out = data_stream()
            with open_lines(jsonl) as lines:
                for line in read_lines(lines):
                    try:
                        name, text = _asked(line.require())
                    except GemwrightError as e:
                        write_json_line(out, {"id": None, "error": e.code, "message": e.message, "line": line.number})
                        continue
                    hits = find(index, text, limit=limit, kinds=kinds)
                    write_json_line(out, {"id": name, "results": [hit_json(hit) for hit in hits]})
            return
        hits = find(index, " ".join(question), limit=limit, kinds=kinds)
    if as_json:
        write_json({"question": " ".join(question), "results": [hit_json(hit) for hit in hits]})
        return
    if not hits:
        session().say("nothing fits; try other words, or gemwright corpus list")
        return
    for hit in hits:
        mark = f" [{hit.severity}, {hit.status}]" if hit.severity else ""
        write(f"{session().paint(harmless(hit.title), 'heading')}{mark}\n{harmless(hit.text)}\n")
        write(table([(hit.record, ", ".join(hit.urls[:3]))], ("RECORD", "READ ON")) + "\n")


def opened_index() -> Index:
    """Return the index of this installation's corpus, as a context manager."""
    from gemwright.catalog import catalog
    from gemwright.corpus.search import open_index
    from gemwright.foundation.paths import places

    return open_index(catalog(), places().cache / "search")


def hit_json(hit: Hit) -> Mapping[str, object]:
    """Return a hit as programs read it."""
    return {"record": hit.record, "kind": hit.kind, "title": hit.title, "text": hit.text, "urls": list(hit.urls)}


def _asked(line: object) -> tuple[object, str]:
    if not isinstance(line, Mapping):
        raise BadOption(f"a line must be an object with `question`, not {type(line).__name__}")
    asked = cast("Mapping[str, object]", line)
    text = asked.get("question")
    if not isinstance(text, str):
        raise BadOption(f"`question` must be text, not {type(text).__name__}")
    return asked.get("id"), text
