"""The coloured view of a prompt or an output, as spans of `(text, style)`, readable without any colour.

One row shows one piece of one turn, of one kind and one mask; a line break of the text is shown and ends a row. In the
gutter stand the turn's number and role, the kind, `T` where the model writes the text itself, `!` where untrusted text
spells a control token. What the renderer wrote stands in ⟦ ⟧. Untrusted text cannot draw any of this: its brackets and
all characters that are not seen, or that would drive a terminal, are shown by their numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from gemwright.foundation.terminal import harmless, visible
from gemwright.messages import Text, Thinking, ToolCall, Turn
from gemwright.wire.explain import Note, Run
from gemwright.wire.lexer import MARKER
from gemwright.wire.repair import REPAIRS

__all__ = ["Span", "legend", "marked_spans", "rows_view", "turn_view"]

Span: TypeAlias = tuple[str, str]
"""`(text, style)`. Styles are names such as `markup`, `text`, `thought`, `call`, `result`, `tool`, `media`, `danger`,
`escape`, `gutter`, `repair`, `heading` and `note`; what they look like is up to whoever prints them."""

_OWN_MARKS: Final = re.compile("[⟦⟧⟪⟫↵␠]")
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_SHOWN_BY_NUMBER: Final = re.compile(r"(<U\+[0-9A-F]{4,6}>)")
_TOKENS: Final = re.compile(f"({MARKER.pattern})")
_LINE_BREAK: Final = "↵"
_SPACE: Final = "␠"
_EMPTY_GUTTER: Final = " " * 24 + "│ "


def rows_view(runs: Sequence[Run], notes: Sequence[Note] = ()) -> list[Span]:
    """Return the rows of a prompt or an output.

    Args:
        runs: what it is made of.
        notes: what the parser decided; each stands below the row in which it did.
    """
    spans: list[Span] = []
    waiting = list(reversed(notes))
    seen = 0
    for row in _rows(runs):
        spans += _row_spans(row)
        seen += sum(len(run.text) for run in row)
        while waiting and waiting[-1].where <= seen:
            spans += _note_spans(waiting.pop())
    for note in reversed(waiting):
        spans += _note_spans(note)
    return spans


def _rows(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Cut runs into rows. A line break alone does not begin a row of its own because its mask differs."""
    row: list[Run] = []
    for run in runs:
        for line in _LINES.findall(run.text):
            piece = Run(line, run.origin, run.kind, run.turn, run.role, run.trainable)
            if row and _ends(row[-1], piece):
                yield row
                row = []
            row.append(piece)
    if row:
        yield row


def _ends(last: Run, piece: Run) -> bool:
    if last.text.endswith("\n") or (last.turn, last.kind) != (piece.turn, piece.kind):
        return True
    return piece.text != "\n" and last.trainable != piece.trainable


def _row_spans(row: Sequence[Run]) -> Iterator[Span]:
    first = row[0]
    spelled = any(run.origin == "spelled" for run in row)
    number = str(first.turn) if first.turn else ""
    role = _clean(first.role)[:9]
    flag, mask = "!" if spelled else " ", "T" if first.trainable else " "
    yield f"{number:>3} {role:<9} {first.kind:<7}", "gutter"
    yield flag, "danger" if spelled else "gutter"
    yield f"{mask} │ ", "gutter"
    trusted = False
    for at, run in enumerate(row):
        markup = run.origin in ("markup", "media")
        if markup != trusted:
            yield ("⟦" if markup else "⟧"), "markup"
            trusted = markup
        yield from _run_spans(run, last=at == len(row) - 1 or row[at + 1].text == "\n")
    if trusted:
        yield "⟧", "markup"
    yield "\n", "text"


def _run_spans(run: Run, *, last: bool) -> Iterator[Span]:
    body = run.text.removesuffix("\n")
    kept = body.rstrip(" ") if last else body
    style = "markup" if run.origin == "markup" else "media" if run.origin == "media" else run.kind or "text"
    if run.origin == "spelled":
        yield f"⟪{_clean(kept)}⟫", "danger"
    elif run.origin == "text":
        yield from _with_escapes(_clean(kept), style)
    elif kept:
        yield kept, style
    if len(kept) < len(body):
        yield _SPACE * (len(body) - len(kept)), "escape"
    if run.text.endswith("\n"):
        yield _LINE_BREAK, "escape"


def _clean(text: str) -> str:
    """Return untrusted text as the view may show it: nothing unseen in it, none of the view's own marks."""
    return _OWN_MARKS.sub(lambda match: f"<U+{ord(match[0]):04X}>", visible(text))


def _with_escapes(text: str, style: str) -> Iterator[Span]:
    for number, piece in enumerate(_SHOWN_BY_NUMBER.split(text)):
        if piece:
            yield piece, "escape" if number % 2 else style


def marked_spans(text: str, style: str) -> Iterator[Span]:
    """Yield a piece of a text whose origins nobody knows, with its control tokens marked and its line break shown.

    Args:
        text: a piece of one line, perhaps with the line's break at its end.
        style: style of what is no control token.
    """
    body = text.removesuffix("\n")
    for number, piece in enumerate(_TOKENS.split(body)):
        if number % 2:
            yield f"⟦{piece}⟧", "markup"
        elif piece:
            yield from _with_escapes(_clean(piece), style)
    if body != text:
        yield _LINE_BREAK, "escape"


def _note_spans(note: Note) -> Iterator[Span]:
    yield _EMPTY_GUTTER, "gutter"
    rule = REPAIRS.get(note.title)
    detail = f" ({_clean(note.detail)})" if note.detail else ""
    meaning = f": {rule.deviation}; {rule.correction}" if rule else ""
    yield f"^ {note.title}{detail}{meaning}\n", "repair"


def legend(*, origins: bool) -> list[Span]:
    """Return what the marks mean.

    Args:
        origins: whether the view knows who wrote what, as it does for a prompt that was rendered here.
    """
    if origins:
        lines = [
            "⟦ ⟧  written by the renderer; everything else came from messages, tools and results",
            "⟪ ⟫  !  untrusted text that spells a control token",
            "T    the model writes this itself, so training counts it",
        ]
    else:
        lines = ["⟦ ⟧  what a tokenizer reads as a control token, whoever wrote it", "^    what the parser repaired"]
    lines.append("↵ a line break   ␠ a space at the end of a row   <U+001B> a character that is not seen")
    return [("".join(f"{line}\n" for line in lines), "gutter")]


def turn_view(turn: Turn) -> list[Span]:
    """Return what an output was read as: thoughts, text and calls in their order, what stayed incomplete, repairs."""
    spans: list[Span] = []
    for part in turn.parts:
        if isinstance(part, Thinking):
            spans += [("thinking\n", "heading"), (_indented(part.text), "thought")]
        elif isinstance(part, Text):
            spans += [("content\n", "heading"), (_indented(part.text), "text")]
        elif isinstance(part, ToolCall):
            arguments = json.dumps(dict(part.arguments), ensure_ascii=False, indent=2)
            spans += [(f"call {harmless(part.name)}\n", "heading"), (_indented(arguments), "call")]
    for one in turn.incomplete:
        title = f"incomplete call{' ' if one.name else ''}{harmless(one.name)}: {harmless(one.reason)}\n"
        spans += [(title, "heading"), (_indented(one.raw), "danger")]
    if not spans:
        spans.append(("nothing: no thought, no text, no call\n", "note"))
    if turn.repairs:
        spans.append(("repairs\n", "heading"))
    for repair in turn.repairs:
        rule = REPAIRS[repair.id]
        times = f", {repair.count} times" if repair.count > 1 else ""
        report = f" ({rule.report})" if rule.report else ""
        spans += [(f"  {repair.id}{times}", "repair"), (f": {rule.deviation}; {rule.correction}{report}\n", "text")]
    return spans


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in harmless(text).split("\n"))
