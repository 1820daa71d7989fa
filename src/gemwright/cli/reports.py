"""Five broken outputs as they were reported in public. The deviations are theirs; the words are ours.

Knows: what was reported, where, and the tool that was declared.
Never knows: how it is repaired; that is `gemwright.wire`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gemwright.messages import ToolSpec, Turn
from gemwright.wire.parse import parse

__all__ = ["REPORTS", "Report"]

_TOOLS: Final = (
    ToolSpec(
        "write_note",
        "Write a file.",
        {"type": "object", "properties": {"path": {"type": "string"}, "body": {"type": "string"}}},
    ),
    ToolSpec("shell_run", "Run a command.", {"type": "object", "properties": {"cmd": {"type": "string"}}}),
    ToolSpec(
        "set_thermostat",
        "Set the heating.",
        {"type": "object", "properties": {"room": {"type": "string"}, "celsius": {"type": "number"}}},
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    Attributes:
        title: what was lost.
        source: the public thread, as `owner/repo#number`.
        output: text of the reported shape.
    """

    title: str
    source: str
    output: str

    def parse(self) -> Turn:
        """Return what the parser makes of it."""
        return parse(self.output, _TOOLS)


REPORTS: Final = (
    Report(
        "The call is dropped: round brackets instead of braces",
        "vllm-project/vllm#53642",
        '<|tool_call>call:set_thermostat(room="attic", celsius=20)<tool_call|>',
    ),
    Report(
        "The call is dropped: no marker after the thought",
        "vllm-project/vllm#54256",
        '<|channel>thought\nLook first.\n<channel|>call:shell_run{cmd:<|"|>cat a.c<|"|>}',
    ),
    Report(
        "The file is cut: quotes inside a string",
        "vllm-project/vllm#48678",
        '<|tool_call>call:write_note{body:<|"|>print(<|"|>hi<|"|>)<|"|>,path:<|"|>p.py<|"|>}<tool_call|>',
    ),
    Report(
        "The thought leaks into the answer: its marker is lost",
        "vllm-project/vllm#38855",
        "thought\nCount them.\n<channel|>There are three.",
    ),
    Report(
        "Half a command is run: the output was cut",
        "ollama/ollama#17562",
        '<|tool_call>call:shell_run{cmd:<|"|>rm -rf /srv/app/bui',
    ),
)
"""Each is one of the reports that the parser's cases come from."""
