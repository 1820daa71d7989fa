"""Records as plain JSON, and back: everything that a file can hold and a hand can change.

What is read may have been written by hand, so every value is checked against the record's own types.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import types
from fractions import Fraction
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from gemwright_visualizer.errors import ProjectProblem

__all__ = ["read", "write"]

_Record = TypeVar("_Record")
_Object = dict[str, Any]


def write(value: object) -> Any:
    """Return a record as JSON values; fractions are written `30000/1001`.

    Args:
        value: a record of `records`, or what stands in one.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields: list[tuple[str, object]] = [(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
        return {name: write(inner) for name, inner in fields}
    if isinstance(value, tuple | list):
        return [write(inner) for inner in cast("list[object]", value)]
    if isinstance(value, Fraction):
        return str(value)
    return value


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def read(kind: type[_Record], data: object, where: str) -> _Record:
    """Make a record of JSON values.

    Args:
        kind: class of the record.
        data: what was read.
        where: the file, for messages.

    Raises:
        ProjectProblem: something is missing, or is not what it should be; the message says where.
    """
    return cast("_Record", _read(kind, data, where, ""))


def _read(kind: Any, data: object, where: str, path: str) -> object:
    if dataclasses.is_dataclass(kind):
        return _record(cast("type", kind), data, where, path)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(data, list):
            raise _wrong(where, path, "a list", data)
        items = cast("list[object]", data)
        return tuple(_read(inner[0], item, where, f"{path}[{i}]") for i, item in enumerate(items))
    if origin is Literal:
        if data not in inner:
            raise _wrong(where, path, f"one of {', '.join(map(str, inner))}", data)
        return data
    if origin in (types.UnionType,) or kind is type(None):
        for choice in inner:
            if choice is type(None) and data is None:
                return None
        return _read(next(c for c in inner if c is not type(None)), data, where, path)
    return _value(kind, data, where, path)


def _record(kind: type, data: object, where: str, path: str) -> object:
    if not isinstance(data, dict):
        raise _wrong(where, path, "an object", data)
    given = cast("_Object", data)
    hints = _hints(kind)
    values: _Object = {}
    for field in dataclasses.fields(kind):
        inner = f"{path}.{field.name}" if path else field.name
        if field.name in given:
            values[field.name] = _read(hints[field.name], given[field.name], where, inner)
        elif field.default is dataclasses.MISSING:
            raise ProjectProblem(f"{where}: {inner} is missing")
    return kind(**values)


def _value(kind: Any, data: object, where: str, path: str) -> object:
    if kind is Fraction:
        try:
            return Fraction(str(data))
        except (ValueError, ZeroDivisionError):
            raise _wrong(where, path, "a fraction such as 30000/1001", data) from None
    if kind is float:
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            raise _wrong(where, path, "a number", data)
        return float(data)
    if kind is int and (isinstance(data, bool) or not isinstance(data, int)):
        raise _wrong(where, path, "a whole number", data)
    if kind is bool and not isinstance(data, bool):
        raise _wrong(where, path, "true or false", data)
    if kind is str and not isinstance(data, str):
        raise _wrong(where, path, "a text", data)
    return data


def _wrong(where: str, path: str, wanted: str, data: object) -> ProjectProblem:
    shown = repr(data)
    return ProjectProblem(
        f"{where}: {path or 'the whole'} is {shown if len(shown) <= 40 else shown[:37] + '...'}, where {wanted} belongs",
        hint="mend it there, or delete the file: it is written anew",
    )
