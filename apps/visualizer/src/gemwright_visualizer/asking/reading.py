"""An answer as keys and values, whatever a model made of the request: the ladder from a clean object to lines of text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from gemwright import ToolSpec, Turn
from gemwright.wire import parse

__all__ = ["Answer", "is_enough", "read_answer"]

_LONGEST: Final = 8_000
_LINE: Final = re.compile(
    r"^[\s>*\-\u2022\d.)]*[\"'`*]*([A-Za-z][\w ]{0,24}?)[\"'`*]*\s*[:=]\s*(.+?)\s*,?\s*$", re.MULTILINE
)
_TOOL: Final = "answer"
_OPEN, _CLOSE = "<|tool_call>", "<tool_call|>"


_LOOP: Final = re.compile(r"(.{3,60}?)\1{4,}\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says.

    Attributes:
        values: by key, as the model gave them.
        way: how it was read: `object`, `call`, `repaired` (named repairs in `repairs`), `lines`, or `nothing`.
        repairs: ids of gemwright's named repairs, and our own words.
    """

    values: Mapping[str, object]
    way: str
    repairs: tuple[str, ...] = ()


def read_answer(turn: Turn, keys: Sequence[str]) -> Answer:
    """Return an answer's values for some keys.

    Looks at a call's arguments first, then at the first object in the text (put right by gemwright's named repairs where it
    is damaged), then at lines of the form `key: value`.

    Args:
        turn: what the model said.
        keys: that were asked for; others are left out.
    """
    for call in turn.tool_calls:
        values = _known(call.arguments, keys)
        if values:
            return Answer(values, "call")
    text = turn.text[:_LONGEST]
    at = text.find("{")
    if at >= 0:
        piece, whole = _balanced(text[at:])
        many = ("first-of-many",) if re.match(r"\s*(?:```\w*\s*)?\[", text) else ()
        values = _known(_json(piece), keys) if whole else {}
        if values:
            return Answer(values, "repaired" if many else "object", many)
        values, repairs = _mended(piece, keys)
        if values:
            return Answer(values, "repaired", (*many, *repairs))
    values = _known({found[1].strip().lower().replace(" ", "_"): found[2] for found in _LINE.finditer(text)}, keys)
    return Answer(values, "lines", ("lines",)) if values else Answer({}, "nothing")


def is_enough(text: str) -> bool:
    """Tell whether nothing of use can follow: the first object is whole, or the same words come again and again.

    Args:
        text: of an answer so far.
    """
    if text.endswith("}"):
        at = text.find("{")
        return at >= 0 and _balanced(text[at:])[1]
    return len(text) > _LONGEST or _LOOP.search(text[-360:]) is not None


def _known(value: object, keys: Sequence[str]) -> dict[str, object]:
    """Return the values of the keys that were asked for, in an object or in the one object that it holds."""
    if not isinstance(value, Mapping):
        return {}
    given = {
        str(name).strip().lower().replace(" ", "_"): inner for name, inner in cast("Mapping[Any, Any]", value).items()
    }
    found = {name: given[name] for name in keys if name in given}
    if found:
        return found
    inner: list[object] = [one for one in given.values() if isinstance(one, Mapping)]
    return _known(inner[0], keys) if len(inner) == 1 and len(given) <= 2 else {}


def _balanced(text: str) -> tuple[str, bool]:
    """Return the text up to the bracket that closes its first one, and whether there is one."""
    depth, quoted, escaped = 0, False, False
    for at, one in enumerate(text):
        if quoted:
            quoted = escaped or one != '"'
            escaped = one == "\\" and not escaped
        elif one == '"':
            quoted = True
        elif one == "{":
            depth += 1
        elif one == "}":
            depth -= 1
            if not depth:
                return text[: at + 1], True
    return text, False


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _mended(piece: str, keys: Sequence[str]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Read a damaged object as the arguments of a call, which is what gemwright repairs by name."""
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in keys}}
    inner = piece.replace(_OPEN, " ").replace(_CLOSE, " ")
    ends = {inner, inner[: inner.rfind("}") + 1]} - {""}
    best: tuple[dict[str, object], tuple[str, ...]] = ({}, ())
    for one in sorted(ends, key=len):
        turn = parse(f"{_OPEN}call:{_TOOL}{one}{_CLOSE}", (ToolSpec(_TOOL, "", cast("Any", schema)),))
        values = _known(turn.tool_calls[0].arguments, keys) if turn.tool_calls else {}
        if len(values) > len(best[0]):
            best = values, tuple(dict.fromkeys(repair.id for repair in turn.repairs))
    return best
