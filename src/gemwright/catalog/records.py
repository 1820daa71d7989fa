"""Tables read from files, as typed frozen objects: every field there, every value of its type, nothing else.

The dataclass is the schema. It may hold text, numbers, switches, `Literal`s, tuples of these, other such dataclasses,
free tables of plain values (`Mapping`), and None for what may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from gemwright.foundation.errors import CorpusProblem

__all__ = ["build"]

T = TypeVar("T")

_NAMES: Mapping[Any, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def build(record: type[T], table: object, where: str) -> T:
    """Make an object of a table.

    Args:
        record: the dataclass.
        table: what a file holds: names to values.
        where: what to call the table in an error.

    Raises:
        CorpusProblem: a field is missing or unknown, or a value is of another type.
    """
    if not isinstance(table, Mapping):
        raise CorpusProblem(f"{where} must be a table")
    given = cast("Mapping[str, object]", table)
    known = _schema(record)
    for name in given:
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, n=1)
            raise CorpusProblem(f"{where} has no field {name!r}", hint=f"did you mean {near[0]}?" if near else "")
    values: dict[str, object] = {}
    for name, (hint, needed) in known.items():
        if name in given:
            values[name] = _value(hint, given[name], f"{where}: {name}")
        elif needed:
            raise CorpusProblem(f"{where} lacks the field {name!r}")
    return record(**values)


@cache
def _schema(record: type[Any]) -> Mapping[str, tuple[Any, bool]]:
    """Return each field's type, and whether it has to be given."""
    hints = get_type_hints(record)
    return {one.name: (hints[one.name], one.default is MISSING) for one in fields(record)}


def _value(hint: Any, value: object, where: str) -> object:
    if is_dataclass(hint) and isinstance(hint, type):
        return build(hint, value, where)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        [inner] = [one for one in get_args(hint) if one is not NoneType]
        return _value(inner, value, where)
    if origin is Mapping:
        if not isinstance(value, Mapping) or not all(map(_is_plain, cast("Mapping[str, object]", value).values())):
            raise CorpusProblem(f"{where} must be a table of text, numbers and lists of them")
        return cast("Mapping[str, object]", value)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise CorpusProblem(f"{where} must be a list")
        items = cast("list[object]", value)
        return tuple(_value(get_args(hint)[0], item, f"{where}[{i}]") for i, item in enumerate(items))
    if origin is Literal:
        if value not in get_args(hint):
            raise CorpusProblem(f"{where} must be one of {', '.join(get_args(hint))}, not {value!r}")
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not hint:
        raise CorpusProblem(f"{where} must be {_NAMES[hint]}, not {value!r}")
    return value


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, cast("list[object]", value)))
    return isinstance(value, str | int | float)
