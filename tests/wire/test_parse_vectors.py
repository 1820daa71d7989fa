"""The development vectors of the parser, right however the text is cut."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from gemwright.messages import ToolSpec, Turn, fold
from gemwright.wire import Parser

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "golden" / "parse.jsonl").read_text("utf-8").split("\n")
    if line
]


def normal(text: str) -> str:
    """Rules R1 and R2: content and thinking are compared without outer and doubled white space."""
    return re.sub(r"\n\n+", "\n\n", re.sub(r"[ \t]+\n", "\n", text.strip()))


def typed(value: Any) -> Any:
    """A value in which 1, 1.0 and true differ."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return [typed(item) for item in value] if isinstance(value, list) else (type(value).__name__, value)


def parsed(case: dict[str, Any], chunks: list[str]) -> Turn:
    """Parse a case cut as given."""
    parser = Parser([ToolSpec.from_json(tool) for tool in case["tools"] or []], thinking=case["thinking"])
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return fold([*events, *parser.finish()])


def randomly(text: str, seed: int) -> list[str]:
    """Cut a text at random."""
    draw, chunks, at = random.Random(seed), [], 0
    while at < len(text):
        size = draw.choice([1, 1, 2, 3, 5, 9, 17])
        chunks.append(text[at : at + size])
        at += size
    return chunks


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    """Right in one piece; the same turn, repairs included, character by character and in random chunks."""
    text, wanted = case["text"], case["expected"]
    whole = parsed(case, [text])
    assert normal(whole.thinking) == normal(wanted["reasoning"])
    assert normal(whole.text) == normal(wanted["content"])
    calls = [(call.name, typed(dict(call.arguments))) for call in whole.tool_calls]
    assert calls == [(call["name"], typed(call["arguments"])) for call in wanted["tool_calls"]]
    for chunks in (list(text), randomly(text, 1), randomly(text, 2)):
        assert parsed(case, chunks) == whole
    if case["wellformed"]:
        assert not whole.repairs


def test_a_comma_between_calls_ends() -> None:
    """A block of two calls with a comma between them once made the parser go round in a circle."""
    case = {"tools": None, "thinking": False}
    turn = parsed(case, ["<|tool_call>call:a{},call:b{}<tool_call|>"])
    assert [call.name for call in turn.tool_calls] == ["a", "b"]
