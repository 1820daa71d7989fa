"""The argument mini-language: what a JSON value looks like inside calls, results and declarations.

Knows: bare keys, strings between `<|"|>` marks, scalars as Python prints them, keys in case-insensitive order, no
spaces. There is no escape: a string that holds the mark itself cannot be told from two strings (see
`gemwright.wire.untrusted`).

Source: the canonical chat template of 2026-07-09.
"""

from __future__ import annotations

from typing import Any, Final

from gemwright.wire.reading import sorted_keys
from gemwright.wire.segments import MARKUP, TEXT, Segment, text_of
from gemwright.wire.tokens import QUOTE

__all__ = ["encode", "write_value"]

_EMPTY_STRING: Final = QUOTE + QUOTE
_NEXT: Final = QUOTE + ","


def encode(value: object, quote_keys: bool = False) -> str:
    """Return a JSON value as Gemma 4 writes it.

    Args:
        value: the value. What is no JSON value is printed with `str`.
        quote_keys: put keys between string marks, as the template does inside declarations and nowhere else.

    Returns:
        Its text: `{city:<|"|>Bergen<|"|>,days:3}`. Integers are exact at any size up to Python's limit of 4,300 digits;
        floats are printed as `repr` does, so `1.0`, `1e-05`, `nan`.

    Raises:
        BadMessages: a key is no text.
    """
    out: list[Segment] = []
    rest = write_value(value, "", out, False, quote_keys)
    return text_of(out) + rest


def write_value(
    value: Any, mark: str, out: list[Segment], trainable: bool, quote_keys: bool = False, null: str = "null"
) -> str:
    """Append a value's segments; keys and scalars are text, quotes and punctuation are markup.

    Args:
        value: the value.
        mark: markup that precedes it and is not appended yet, so that neighbouring marks become one segment.
        out: where segments go.
        trainable: the flag of every segment.
        quote_keys: put keys between string marks.
        null: how `None` is written.

    Returns:
        The markup that follows the value and is not appended yet.
    """
    if isinstance(value, str):
        if not value:
            return mark + _EMPTY_STRING
        out.append((mark + QUOTE, MARKUP, trainable))
        out.append((value, TEXT, trainable))
        return QUOTE
    if isinstance(value, dict):  # `is_object` costs a call
        mark += "{"
        before, after = (QUOTE, QUOTE + ":") if quote_keys else ("", ":")
        mapping: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        for key in sorted_keys(mapping):
            item = mapping[key]
            out.append((mark + before, MARKUP, trainable))
            if key:
                out.append((key, TEXT, trainable))
            if item and isinstance(item, str):  # what most arguments are, without the call
                out.append((after + QUOTE, MARKUP, trainable))
                out.append((item, TEXT, trainable))
                mark = _NEXT
            else:
                mark = write_value(item, after, out, trainable, quote_keys, null) + ","
        return (mark[:-1] if value else mark) + "}"
    if isinstance(value, (list, tuple)):
        mark += "["
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            mark = write_value(item, mark, out, trainable, quote_keys, null) + ","
        return (mark[:-1] if value else mark) + "]"
    if mark:
        out.append((mark, MARKUP, trainable))
    text = null if value is None else "true" if value is True else "false" if value is False else str(value)
    out.append((text, TEXT, trainable))
    return ""
