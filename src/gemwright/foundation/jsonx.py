"""JSON that is read carefully and written one way only; JSON Lines with exactly one separator.

Read: within a size and a depth, no key twice, no NaN, strict UTF-8. Written: UTF-8 that holds no character which some
reader takes for the end of a line, so a line of JSON Lines stays one line everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from gemwright.foundation.errors import BadJSON

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "JSONLine",
    "canonical",
    "compact",
    "parse",
    "read_lines",
    "stable_hash",
    "write_line",
]

MAX_BYTES = 256 * 1024 * 1024
"""Larger documents and lines are refused before they are parsed."""

MAX_DEPTH = 256
"""Deeper nesting is refused: it would exhaust the stack of whoever walks the value."""

_LINE_BREAKS_AND_LONE_SURROGATES = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|([\[{])|([\]}])', re.DOTALL)


def parse(source: str | bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Read one JSON value.

    Args:
        source: text, or UTF-8 bytes, with or without a byte order mark.
        max_bytes: limit of the size, in bytes (in characters for text).
        max_depth: limit of the nesting: 1 is a flat object or array.

    Raises:
        BadJSON: it is too large or too deep, not UTF-8, not JSON, has a key twice in one object, or holds NaN or a
            number beyond the range of a float, which no other program would read the same way.
    """
    if len(source) > max_bytes:
        raise BadJSON(f"the JSON is larger than {max_bytes} bytes")
    text = _decode(source) if isinstance(source, bytes) else source.removeprefix("\ufeff")
    if text.count("[") + text.count("{") > max_depth and _depth(text) > max_depth:
        raise BadJSON(f"the JSON is nested deeper than {max_depth} levels")
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as e:
        raise BadJSON(f"not JSON: {e.msg} at line {e.lineno}, column {e.colno}") from e
    except (ValueError, RecursionError) as e:  # an integer of thousands of digits; a larger max_depth than the stack
        raise BadJSON(f"not JSON that can be read: {e}") from e


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise BadJSON(f"not UTF-8: byte {e.start} is 0x{data[e.start]:02x}, {e.reason}") from e


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in _BRACKETS.finditer(text):
        if match[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif match[2]:
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise BadJSON(f"the key {json.dumps(twice)} stands twice in one object")
    return value


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise BadJSON(f"the number {digits} is beyond the range of a float")
    return number


def _constant(name: str) -> float:
    raise BadJSON(f"{name} is not JSON", hint="write null where there is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)


def _dump(value: object, *, sort_keys: bool) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=sort_keys, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as e:
        raise BadJSON(f"this value cannot be written as JSON: {e}") from e
    return _LINE_BREAKS_AND_LONE_SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def compact(value: object) -> str:
    """Return a value as JSON on one line, keys in their own order.

    Raises:
        BadJSON: something in it is no JSON value: NaN, bytes, a value that contains itself.
    """
    return _dump(value, sort_keys=False)


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted by code point, no spaces, the same on every machine.

    Raises:
        BadJSON: something in it is no JSON value.
    """
    return _dump(value, sort_keys=True)


def stable_hash(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, as 64 hexadecimal digits."""
    import hashlib

    return hashlib.sha256(canonical(value).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class JSONLine:
    """One line of JSON Lines: its number (from 1) and its value, or what is wrong with it."""

    number: int
    value: Any = None
    problem: BadJSON | None = None

    def require(self) -> Any:
        """Return the value.

        Raises:
            BadJSON: the line is not JSON; its number is in the message.
        """
        if self.problem is not None:
            raise self.problem
        return self.value


def read_lines(stream: BinaryIO, *, max_bytes: int = MAX_BYTES) -> Iterator[JSONLine]:
    r"""Read JSON Lines one by one: UTF-8, a value a line, "\n" and nothing else between two lines.

    A bad line is told in its place and reading goes on. Lines of white space only are passed over, but counted. Memory
    is bounded by one line of at most `max_bytes`; the rest of a longer one is thrown away unread.
    """
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        if len(line) > max_bytes and not line.endswith(b"\n"):
            _skip_to_line_end(stream)
            yield JSONLine(number, problem=BadJSON(f"line {number}: longer than {max_bytes} bytes"))
        elif not line.isspace():
            yield _read_line(number, line)


def _read_line(number: int, line: bytes) -> JSONLine:
    try:
        return JSONLine(number, parse(line, max_bytes=len(line)))
    except BadJSON as e:
        return JSONLine(number, problem=BadJSON(f"line {number}: {e.message}", hint=e.hint))


def _skip_to_line_end(stream: BinaryIO) -> None:
    while rest := stream.readline(1024 * 1024):
        if rest.endswith(b"\n"):
            return


def write_line(stream: BinaryIO, value: object) -> None:
    """Write one line of JSON Lines and flush it, so that a program at the other end of a pipe can answer.

    Raises:
        BadJSON: the value is no JSON value; nothing was written.
    """
    stream.write(compact(value).encode() + b"\n")
    stream.flush()
