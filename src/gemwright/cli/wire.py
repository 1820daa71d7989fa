"""`gemwright wire`: Gemma 4's format by hand. The table of its commands; each is a module of its own."""

from __future__ import annotations

from typing import Final

from gemwright.cli.lazy import Entry, LazyGroup

__all__ = ["COMMANDS", "wire"]

COMMANDS: Final = {
    "render": Entry("gemwright.cli.wire_render:render", "messages to the prompt, byte for byte"),
    "parse": Entry("gemwright.cli.wire_parse:parse", "a model's output to thoughts, text and typed calls"),
    "explain": Entry("gemwright.cli.wire_explain:explain", "a prompt or an output, mark by mark"),
    "diff": Entry("gemwright.cli.wire_diff:diff", "what differs between two prompts, dialects or templates"),
}

wire = LazyGroup(
    name="wire",
    table=COMMANDS,
    no_args_is_help=True,
    short_help="render, parse, explain and compare Gemma 4's format",
    help=(
        "Render, parse, explain and compare Gemma 4's format.\n\nMessages are JSON: a list of messages, or an object with "
        "messages, tools, options and flavour. A file named - is standard input."
    ),
    epilog=(
        "\b\nExamples:\n"
        "  gemwright wire render messages.json\n"
        "  gemwright wire parse output.txt --tools tools.json\n"
        "  gemwright wire explain messages.json\n"
        "  gemwright wire diff messages.json --dialect 2026-04-28"
    ),
)
