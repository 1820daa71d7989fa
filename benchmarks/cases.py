"""The golden parse cases, their three groups, and what it means to be right.

Text is compared after strip, with blanks before a newline dropped and runs of blank lines made one; arguments as typed
JSON, where 1, 1.0 and true are three values and integers are exact.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

__all__ = ["GROUPS", "group", "load_cases", "right", "same_json", "same_text"]

CASES = Path(__file__).resolve().parents[1] / "tests" / "golden" / "parse.jsonl"
GROUPS = ("well-formed", "reported-malformed", "own-malformed")


def load_cases(path: Path = CASES) -> list[dict[str, Any]]:
    """Return the cases in file order."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def group(case: dict[str, Any]) -> str:
    """Return the group: a malformed case is reported where its origin names a public report, else our own."""
    if case["wellformed"]:
        return "well-formed"
    return "own-malformed" if case["origin"].startswith("own") else "reported-malformed"


def right(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    """Return whether reasoning, content and every call are as expected; an error is not."""
    if "error" in found:
        return False
    texts = all(same_text(expected[field], found[field]) for field in ("reasoning", "content"))
    return texts and same_json(expected["tool_calls"], found["tool_calls"])


def same_text(one: str, other: str) -> bool:
    """Return whether two texts are the same but for white space that no reader sees."""
    return _settled(one) == _settled(other)


def _settled(text: str) -> str:
    return re.sub(r"\n\n+", "\n\n", re.sub(r"[ \t]+\n", "\n", text.strip()))


def same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal and of equal types throughout."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return bool(one == other)
