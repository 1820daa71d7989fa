"""The parser against two sets of written cases: every output, streamed in several ways, gives what was expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gemwright.messages import ToolSpec, fold
from gemwright.wire.parse import parse
from tests.wire.parsing import broken_invariants, chunkings, said, shown, stream, typed

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
FILES = ("parse.jsonl", "parse_own.jsonl")


def lines(name: str) -> list[dict[str, Any]]:
    """Return the cases of one golden file."""
    return [json.loads(line) for line in (GOLDEN / name).read_text(encoding="utf-8").split("\n") if line]


CASES = [pytest.param(case, id=f"{Path(name).stem}:{case['name']}") for name in FILES for case in lines(name)]


def tools_of(case: dict[str, Any]) -> list[ToolSpec]:
    """Return the tools that a case declares."""
    return [ToolSpec.from_json(tool) for tool in case["tools"] or ()]


def difference(case: dict[str, Any], got: dict[str, Any], how: str) -> str:
    """Say how a result differs from the expected one; empty if it does not."""
    want = case["expected"]
    if typed(want) == typed(got):
        return ""
    lines = [f"{case['name']} ({case['origin']}), {how}", f"  text: {case['text']!r}"]
    for field in ("reasoning", "content", "tool_calls"):
        if typed(want[field]) != typed(got[field]):
            lines += [f"  {field} wanted: {want[field]!r}", f"  {field} got:    {got[field]!r}"]
    return "\n".join(lines)


@pytest.mark.parametrize("case", CASES)
def test_output_gives_what_was_expected(case: dict[str, Any]) -> None:
    """The contract, case by case: the same turn however it arrives, typed arguments, and an orderly stream."""
    tools = tools_of(case)
    whole = parse(case["text"], tools, thinking=case["thinking"])
    assert not difference(case, shown(whole), "in one piece"), difference(case, shown(whole), "in one piece")
    for how, chunks in chunkings(case["text"]):
        events = stream(chunks, tools, thinking=case["thinking"])
        assert not broken_invariants(events), f"{case['name']}, {how}"
        assert said(fold(events)) == said(whole), f"{case['name']}, {how}"


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0]["wellformed"]])
def test_well_formed_output_needs_no_repair(case: dict[str, Any]) -> None:
    """A repair on good output would be a false alarm; a coercion by the schema is none of the output's faults."""
    turn = parse(case["text"], tools_of(case), thinking=case["thinking"])
    assert not turn.incomplete
    assert [repair.id for repair in turn.repairs] == []


def test_both_sets_are_there() -> None:
    """An empty or truncated golden file would pass everything above."""
    loaded = [case for name in FILES for case in lines(name)]
    names = [case["name"] for case in loaded]
    assert len(names) == len(set(names))
    assert len(loaded) >= 800
    assert len({case["family"] for case in loaded}) >= 33
