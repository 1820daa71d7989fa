"""Rows that are right, for tests to plant faults in, and a tokenizer that anybody can check by hand."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

from gemwright.tuning import Line, read
from gemwright.wire.tokens import CONTROL_TOKENS

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "tide",
        "description": "High water of a day.",
        "parameters": {
            "type": "object",
            "properties": {"station": {"type": "string"}, "days": {"type": "integer"}, "metric": {"type": "boolean"}},
            "required": ["station"],
        },
    },
}
SYSTEM = {"role": "system", "content": "You keep a harbour."}


def user(text: str) -> dict[str, Any]:
    """A message of the user."""
    return {"role": "user", "content": text}


def said(text: str, thought: str = "") -> dict[str, Any]:
    """An answer of the model, perhaps with a thought."""
    return {"role": "assistant", "content": text, **({"reasoning": thought} if thought else {})}


def called(*arguments: dict[str, Any], thought: str = "", name: str = "tide") -> dict[str, Any]:
    """Calls of the model, one for each object of arguments."""
    calls = [{"id": f"c{at}", "function": {"name": name, "arguments": one}} for at, one in enumerate(arguments)]
    return {"role": "assistant", "tool_calls": calls, **({"reasoning": thought} if thought else {})}


def result(value: Any, call: int = 0) -> dict[str, Any]:
    """What a tool answered to a call."""
    return {"role": "tool", "tool_call_id": f"c{call}", "content": value}


CLEAN: dict[str, dict[str, Any]] = {
    "answer": {"messages": [user("Hi"), said("Hello.")]},
    "small": {"messages": [SYSTEM, user("Hi"), said("Hello.")], "flavour": "small"},
    "thought": {"messages": [user("Hi"), said("Hello.", "Greet.")], "thinking": True},
    "call": {"messages": [user("Vigo?"), called({"station": "Vigo", "days": 2})], "tools": [TOOL]},
    "parallel": {
        "messages": [
            user("Vigo and Brest?"),
            called({"station": "Vigo"}, {"station": 'Br"est\n', "days": -1, "metric": False}),
            result("04:10"),
            result("05:55", 1),
            said("04:10 and 05:55."),
        ],
        "tools": [TOOL],
    },
    "chain": {
        "messages": [
            user("Vigo, then Brest?"),
            called({"station": "Vigo"}, thought="Vigo first."),
            result("04:10"),
            called({"station": "Brest"}, thought="Now Brest."),
            result("05:55"),
            said("04:10, 05:55.", "Both are there."),
        ],
        "tools": [TOOL],
        "options": {"enable_thinking": True},
    },
    "turns": {
        "messages": [
            user("Vigo?"),
            called({"station": "Vigo"}, thought="Look."),
            result("04:10"),
            said("04:10.", "Say it."),
            user("Thanks"),
            said("You are welcome.", "Be kind."),
        ],
        "tools": [TOOL],
        "thinking": True,
    },
}
"""Conversations in which nothing is wrong."""


def clean(name: str) -> dict[str, Any]:
    """Return a clean conversation that a test may change."""
    return copy.deepcopy(CLEAN[name])


def lines_of(*values: Any, **options: Any) -> list[Line]:
    """Read values as they would be read from a file."""
    text = "".join(json.dumps(value) + "\n" for value in values)
    return list(read(io.BytesIO(text.encode()), **options))


def encode(text: str, markers: bool) -> list[int]:
    """A token for each control token (below 0) and for each other character (its code point)."""
    ids: list[int] = []
    at = 0
    while at < len(text):
        token = next((token for token in CONTROL_TOKENS if markers and text.startswith(token, at)), None)
        ids.append(ord(text[at]) if token is None else -1 - CONTROL_TOKENS.index(token))
        at += len(token or "x")
    return ids


def decode(ids: list[int]) -> str:
    """Return the text of tokens."""
    return "".join(chr(id_) if id_ >= 0 else CONTROL_TOKENS[-1 - id_] for id_ in ids)
