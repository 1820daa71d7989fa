"""Whether what was delivered is right, and, if it is not, whether a client could still have known.

White space around a text and doubled line breaks make no difference, nor do empty lines between thoughts; `1`, `1.0` and
`true` do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from gemwright.acid.parrot import spoken
from gemwright.acid.vectors import Call, Vector
from gemwright.messages import Turn
from gemwright.runtimes.base import ChatChunk

__all__ = ["Delivered", "Part", "Verdict", "delivered_alone", "delivered_turn", "judge", "wrong_parts"]

Part: TypeAlias = Literal["reasoning", "content", "calls"]
Verdict: TypeAlias = Literal["right", "kept", "destroyed", "altered", "failed"]
"""A wrong result is one of four kinds:

- `kept`: all that is right still arrived, so that a better client could have told it;
- `destroyed`: something of it did not arrive, or a call arrived that the model never finished;
- `altered`: a call arrived that holds what the model does not say by itself: the runtime held it to a grammar, or
  changed what it said;
- `failed`: the runtime answered with an error, or not in time.
"""

_BLANKS_BEFORE_BREAK = re.compile(r"[ \t]+\n")
_BREAKS = re.compile(r"\n\n+")
_BLANK = re.compile(r"\s+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What somebody is told of one answer.

    Attributes:
        reasoning, content, calls: what it holds.
        error: what failed, in place of an answer or behind the part of it that came.
    """

    reasoning: str = ""
    content: str = ""
    calls: tuple[Call, ...] = ()
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        calls = [[call.name, call.arguments] for call in self.calls]
        found = {"reasoning": self.reasoning, "content": self.content, "calls": calls, "error": self.error}
        return {name: value for name, value in found.items() if value}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Delivered:
        """Read what `to_json` wrote."""
        calls = tuple(Call(str(name), arguments) for name, arguments in value.get("calls", ()))
        return Delivered(value.get("reasoning", ""), value.get("content", ""), calls, value.get("error", ""))


def delivered_alone(chunks: Iterable[ChatChunk], error: str = "") -> Delivered:
    """Return what the chunks of a chat say to somebody who only joins them.

    Args:
        chunks: as the runtime sent them.
        error: how the stream failed, if it did.
    """
    content, reasoning = "", ""
    names: dict[int, str] = {}
    arguments: dict[int, str] = {}
    for chunk in chunks:
        content += chunk.content
        reasoning += chunk.reasoning
        for piece in chunk.tool_calls:
            names[piece.index] = names.get(piece.index, "") or piece.name
            arguments[piece.index] = arguments.get(piece.index, "") + piece.arguments
    calls = tuple(Call(name, _arguments(arguments[at])) for at, name in sorted(names.items()))
    return Delivered(reasoning, content, calls, error)


def delivered_turn(turn: Turn, error: str = "") -> Delivered:
    """Return what a turn of our client says."""
    calls = tuple(Call(call.name, dict(call.arguments)) for call in turn.tool_calls)
    return Delivered(turn.thinking, turn.text, calls, error)


def wrong_parts(right: Vector, found: Delivered) -> list[Part]:
    """Return which parts of an answer are not right; an answer that failed has all parts wrong."""
    if found.error:
        return ["reasoning", "content", "calls"]
    wrong: list[Part] = []
    if _BREAKS.sub("\n", _normal(found.reasoning)) != _BREAKS.sub("\n", _normal(right.reasoning)):
        wrong.append("reasoning")
    if _normal(found.content) != _normal(right.content):
        wrong.append("content")
    if _calls(found.calls) != _calls(right.calls):
        wrong.append("calls")
    return wrong


def judge(right: Vector, arrived: Delivered, found: Delivered) -> Verdict:
    """Return whether a result is right, and if not, whether it still could have been.

    Args:
        right: the vector.
        arrived: what the runtime alone delivered.
        found: what is judged; `arrived` itself, or what our client made of it.
    """
    if not wrong_parts(right, found):
        return "right"
    if arrived.error:
        return "failed"
    if _not_said(right, arrived):
        return "altered"
    wanted = [call.name for call in right.calls]
    for call in arrived.calls:
        # A call that arrives as one was decided by the runtime: nobody can know that the model did not finish it.
        if not call.name or not any(name == call.name or call.name.endswith(f":{name}") for name in wanted):
            return "destroyed"
    if len(arrived.calls) > len(wanted):
        return "destroyed"
    came = _close("".join(_texts([arrived.content, arrived.reasoning, [[c.name, c.arguments] for c in arrived.calls]])))
    needed = _texts([right.content.split(), right.reasoning.split(), [[c.name, c.arguments] for c in right.calls]])
    return "kept" if all(_close(text) in came for text in needed) else "destroyed"


def _not_said(right: Vector, arrived: Delivered) -> bool:
    """Return whether a call holds a text or number that the output does not: escapes aside, which a runtime may resolve."""
    said = _close(spoken(right.text)).replace("\\", "")
    if "\\u" in right.text:
        return False
    numbers = {float(one) for one in _NUMBER.findall(right.text)}
    found = list(_leaves([[call.name, call.arguments] for call in arrived.calls]))
    return not all(
        _close(one).replace("\\", "") in said if isinstance(one, str) else float(one) in numbers for one in found
    )


def _arguments(text: str) -> Mapping[str, Any] | str:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return text
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else text


def _normal(text: str) -> str:
    return _BREAKS.sub("\n\n", _BLANKS_BEFORE_BREAK.sub("\n", text.strip()))


def _close(text: str) -> str:
    return _BLANK.sub("", text)


def _calls(calls: Sequence[Call]) -> list[tuple[str, object]]:
    return [(call.name, _typed(call.arguments)) for call in calls]


def _typed(value: object) -> object:
    """Return a value in which 1, 1.0 and true differ, and the order of keys does not."""
    if isinstance(value, Mapping):
        return {key: _typed(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_typed(item) for item in cast("Sequence[object]", value)]
    return (type(value).__name__, value)


def _texts(value: object) -> Iterator[str]:
    """Yield every text and number in a value as text, the keys of objects included."""
    for one in _leaves(value):
        yield one if isinstance(one, str) else json.dumps(one)


def _leaves(value: object) -> Iterator[str | int | float]:
    """Yield every text and number in a value, the keys of objects included."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            yield key
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[object]", value):
            yield from _leaves(item)
    elif isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield value
