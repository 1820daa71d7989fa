"""`gemwright tune`: training data. The table of its commands; each is a module of its own."""

from __future__ import annotations

from typing import Final

from gemwright.cli.lazy import Entry, LazyGroup

__all__ = ["COMMANDS", "tune"]

COMMANDS: Final = {
    "data": Entry("gemwright.cli.tune_data:data", "rows of training data, with what is trained on"),
    "check": Entry("gemwright.cli.tune_check:check", "what is wrong with rows, before a trainer sees them"),
}

tune = LazyGroup(
    name="tune",
    table=COMMANDS,
    no_args_is_help=True,
    short_help="training data: what is trained on, and what is wrong with it",
    help=(
        "Training data: what is trained on, and what is wrong with it.\n\nData are JSON Lines, a conversation each: "
        "messages, and perhaps tools, flavour, thinking, keep_thinking (or options, as `wire render` takes them). A row "
        "that another program has rendered brings its text, and its mask as trained: [[first, after the last], ...] in "
        "characters."
    ),
    epilog=(
        "\b\nExamples:\n"
        "  gemwright tune data train.jsonl --limit 2\n"
        "  gemwright tune check train.jsonl --max-tokens 8192\n"
        "  gemwright tune check train.jsonl --template chat_template.jinja"
    ),
)
