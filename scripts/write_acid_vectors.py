"""Write `src/gemwright/acid/vectors.json` from the parser's development vectors; `--check` only compares.

Left out is what the demo model cannot be made to say behind a plain question: one output whose meaning hangs on a prompt
that opened the thought already. The other outputs of such prompts are made to open the thought themselves. Of the
declared tools those stay that an output names, and one more: a slow runtime needs half a minute to read thirteen of them.
Where a vector declares none and calls some, those are declared without a schema.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gemwright.acid.parrot import spoken
from gemwright.foundation import jsonx
from gemwright.messages import ToolSpec
from gemwright.wire import parse
from gemwright.wire.tokens import CHANNEL_OPEN

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tests" / "golden" / "parse.jsonl"
TARGET = ROOT / "src" / "gemwright" / "acid" / "vectors.json"
LEFT_OUT = ("thought_leak/label_repeated_inside",)


def compiled() -> bytes:
    """Return the file's bytes.

    Raises:
        ValueError: a vector that is no longer right once a runtime has cut it at the end of the turn.
    """
    rows = [json.loads(line) for line in SOURCE.read_text("utf-8").split("\n") if line]
    pool: list[Any] = []
    cases: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: (not row["family"].startswith("wf_"), row["family"])):
        if row["name"] in LEFT_OUT:
            continue
        text = f"{CHANNEL_OPEN}thought\n{row['text']}" if row["thinking"] else row["text"]
        right: Any = row["expected"]
        tools = named(row["tools"] or undescribed(call["name"] for call in right["tool_calls"]), text)
        calls = [[call["name"], call["arguments"]] for call in right["tool_calls"]]
        turn = parse(spoken(text), [ToolSpec.from_json(tool) for tool in tools])
        if [[call.name, call.arguments] for call in turn.tool_calls] != calls or row["name"].split("/")[0] != row[
            "family"
        ]:
            raise ValueError(f"{row['name']} cannot be played")
        pool += [tool for tool in tools if tool not in pool]
        cases.append(
            {
                "name": row["name"],
                "well_formed": row["wellformed"],
                "origin": row["origin"],
                "text": text,
                "tools": [pool.index(tool) for tool in tools],
                "reasoning": right["reasoning"],
                "content": right["content"],
                "calls": calls,
            }
        )
    return (jsonx.compact({"tools": pool, "cases": cases}) + "\n").encode()


def undescribed(names: Iterable[str]) -> list[Any]:
    """Return tools without a schema: calls of tools that nobody declared would rightly stay text in many a runtime."""
    schema = {"type": "object", "properties": {}}
    return [
        {"type": "function", "function": {"name": name, "description": "Takes anything.", "parameters": schema}}
        for name in dict.fromkeys(names)
    ]


def named(tools: list[Any], text: str) -> list[Any]:
    """Return the tools that a text names, and the first of the others, in their order."""
    others = [tool for tool in tools if tool["function"]["name"] not in text][:1]
    return [tool for tool in tools if tool["function"]["name"] in text or tool in others]


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    fresh = compiled()
    if "--check" in arguments:
        if TARGET.is_file() and TARGET.read_bytes() == fresh:
            return 0
        print(f"{TARGET.name} is not what {SOURCE.name} says; run scripts/write_acid_vectors.py", file=sys.stderr)
        return 1
    TARGET.write_bytes(fresh)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
