"""Floor 2: Gemma 4's own protocol, rendered byte-exactly and parsed from any stream. Standard library only.

Knows: every control token and rule of the format, every repair.
Never knows: HTTP, runtimes, files, clocks.
"""

from gemwright.wire.chat_json import messages_from_json, messages_to_openai
from gemwright.wire.dialects import LARGE, SMALL, Dialect, dialect_for
from gemwright.wire.grammar import Grammar, strict_calls
from gemwright.wire.history import drop_finished_thoughts
from gemwright.wire.parse import Parser, parse
from gemwright.wire.render import Rendered, render, render_json
from gemwright.wire.repair import REPAIRS, RepairRule
from gemwright.wire.segments import MARKUP, MEDIA, TEXT, Segment
from gemwright.wire.untrusted import neutralise, pieces

__all__ = [
    "LARGE",
    "MARKUP",
    "MEDIA",
    "REPAIRS",
    "SMALL",
    "TEXT",
    "Dialect",
    "Grammar",
    "Parser",
    "Rendered",
    "RepairRule",
    "Segment",
    "dialect_for",
    "drop_finished_thoughts",
    "messages_from_json",
    "messages_to_openai",
    "neutralise",
    "parse",
    "pieces",
    "render",
    "render_json",
    "strict_calls",
]
