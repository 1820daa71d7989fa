"""JSON of servers, read without trusting its types: what is of another type than it should be counts as absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from gemwright.foundation.errors import RuntimeGarbled

__all__ = ["as_count", "as_list", "as_object", "as_text", "text_at"]


def as_object(value: object) -> Mapping[str, Any]:
    """Return an object, empty where the value is none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return a list, empty where the value is none."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def as_text(value: object) -> str:
    """Return a text, empty where the value is none."""
    return value if isinstance(value, str) else ""


def as_count(value: object) -> int | None:
    """Return a whole number that is not negative, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def text_at(frame: Mapping[str, Any], key: str) -> str:
    """Return the text of a frame's field, empty where it is null or absent.

    Raises:
        RuntimeGarbled: there is something else: an answer would be lost without a word.
    """
    value = frame.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RuntimeGarbled(f"{key} in a frame of the stream is no text")
    return value
