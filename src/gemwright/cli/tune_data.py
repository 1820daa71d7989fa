"""`gemwright tune data`: rows of training data, what is trained on in colour, and marked for those who see none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from gemwright.cli.input import open_lines
from gemwright.cli.output import session, write, write_json
from gemwright.cli.tune_options import row_options
from gemwright.foundation.terminal import visible
from gemwright.wire.explain import Run, prompt_runs, text_runs
from gemwright.wire.explain_view import Span, marked_spans

if TYPE_CHECKING:
    from gemwright.tuning import Row
    from gemwright.tuning.dataset import Targets
    from gemwright.wire import Dialect

__all__ = ["data"]

_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_LEGEND: Final = (
    "T    trained on (coloured on a terminal); everything else is read only\n"
    "⟦ ⟧  a control token   ⟪ ⟫  untrusted text that spells one; it stays text   ↵ a line break\n"
)


@click.command(
    short_help="rows of training data, with what is trained on",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright tune data train.jsonl\n"
        "  gemwright tune data train.jsonl --turns all --limit 1\n"
        "  gemwright --color always tune data train.jsonl | less -R\n"
        "  gemwright tune data train.jsonl --limit 1000 --json > rows.json"
    ),
)
@click.argument("file", default="-")
@row_options
@click.option("--limit", type=click.IntRange(min=1), default=3, show_default=True, help="Rows to show, from the first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: texts, and which characters are trained on.")
def data(file: str, targets: Targets, default: Dialect, limit: int, as_json: bool) -> None:
    """Show the rows of FILE as a trainer should see them: each turn as it is rendered, and what of it is trained on."""
    from gemwright.tuning import read

    with open_lines(file) as lines:
        rows = (line.require() for line in islice(read(lines, targets=targets, default=default), limit))
        if as_json:
            write_json({"rows": [_row_json(row) for row in rows]})
            return
        shown = 0
        for row in rows:
            write(session().paint_all([*_title(row), *_row_spans(row), ("\n", "")]))
            shown += 1
    if shown:
        write(session().paint(_LEGEND, "gutter"))
    else:
        session().say("no rows")


def _row_json(row: Row) -> dict[str, object]:
    return {
        "line": row.number,
        "dialect": row.conversation.dialect.name,
        "thinking": row.conversation.thinking,
        "keep_thinking": row.conversation.keep_thinking,
        "targets": row.targets,
        "text": row.text,
        "trained": [list(span) for span in row.trained],
    }


def _title(row: Row) -> Iterator[Span]:
    conversation = row.conversation
    trained = sum(after - first for first, after in row.trained)
    thinking = "on" if conversation.thinking else "off"
    yield f"line {row.number}", "bold"
    yield (
        f"  {trained} of {len(row.text)} characters trained on, dialect {conversation.dialect.name}, thinking {thinking}\n",
        "gutter",
    )


def _row_spans(row: Row) -> Iterator[Span]:
    runs = prompt_runs(row.segments) if row.is_canonical else text_runs(row.text)
    for line in _lines(_masked(runs, row.trained)):
        first = line[0]
        turn = str(first.turn) if first.turn else ""
        yield f"{turn:>3} {visible(first.role)[:9]:<9} ", "gutter"
        yield ("T" if first.trainable else " "), "bold"
        yield " │ ", "gutter"
        for run in line:
            yield from _run_spans(run)
        yield "\n", ""


def _run_spans(run: Run) -> Iterator[Span]:
    style = "trained" if run.trainable else ""
    if run.origin == "spelled":
        yield f"⟪{visible(run.text)}⟫", style or "danger"
        return
    for text, own in marked_spans(run.text, "text"):
        yield text, style or own


def _masked(runs: Iterable[Run], trained: Sequence[tuple[int, int]]) -> Iterator[Run]:
    """Cut runs where the mask begins and ends, and mark them by it."""
    edges = sorted({edge for span in trained for edge in span})
    starts = {first for first, _ in trained}
    counted, next_edge, at = False, 0, 0
    for run in runs:
        end = at + len(run.text)
        begin = at
        while at < end:
            while next_edge < len(edges) and edges[next_edge] <= at:
                counted = edges[next_edge] in starts
                next_edge += 1
            after = min(end, edges[next_edge]) if next_edge < len(edges) else end
            yield replace(run, text=run.text[at - begin : after - begin], trainable=counted)
            at = after


def _lines(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Put runs into lines; a line ends at a line break, a new turn, or where the mask changes but for a line break."""
    line: list[Run] = []
    for run in runs:
        for text in _LINES.findall(run.text):
            piece = replace(run, text=text)
            if line and (
                line[-1].text.endswith("\n")
                or line[-1].turn != piece.turn
                or (line[-1].trainable != piece.trainable and text != "\n")
            ):
                yield line
                line = []
            line.append(piece)
    if line:
        yield line
