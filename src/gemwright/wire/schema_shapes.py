"""Shapes: the few kinds of value that a grammar can hold a model to.

Knows: what a shape allows, and whether two shapes can be told apart. Compared by identity, so that a shape used in a
thousand places costs one rule.
Never knows: JSON Schema's keywords (`schema_tree`), or how values are spelt (`grammar_gbnf`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from gemwright.messages.parts import JSON
from gemwright.wire.schema_refs import same_json

__all__ = [
    "ANYTHING",
    "BOOLEAN",
    "KINDS",
    "NEVER",
    "NULL",
    "Anything",
    "Choice",
    "Number",
    "Property",
    "Record",
    "Sequence",
    "Shape",
    "String",
    "Union",
    "all_apart",
    "is_never",
    "kind_of",
    "union",
]


@dataclass(frozen=True, slots=True, eq=False)
class Anything:
    """Any JSON value."""

    depth: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of the values that are written out: enumerations, constants, booleans, null, short ranges of integers."""

    values: tuple[JSON, ...]
    depth: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class String:
    """Text of at most `longest` characters (None: of any length), at least one of them unless it may be empty."""

    may_be_empty: bool = True
    longest: int | None = None
    depth: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number; `least` is 0 or 1 where it may not be smaller, else None."""

    integer: bool
    least: int | None = None
    depth: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """An array: first one element for each of `head`, then elements of `items`, `least` to `most` in all."""

    head: tuple[Shape, ...]
    items: Shape | None
    least: int
    most: int | None
    depth: int


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """A declared property of an object."""

    name: str
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """An object: declared properties in the order of the wire, and where `extras` is a shape, any others."""

    properties: tuple[Property, ...]
    extras: Shape | None
    depth: int


@dataclass(frozen=True, slots=True, eq=False)
class Union:
    """Any of the options; without options, nothing at all."""

    options: tuple[Shape, ...]
    depth: int


Shape: TypeAlias = Anything | Choice | String | Number | Sequence | Record | Union

ANYTHING: Final = Anything()
KINDS: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
"""JSON Schema's types."""

NEVER: Final = Union((), 1)
NULL: Final = Choice((None,))
BOOLEAN: Final = Choice((True, False))


def union(shapes: Iterable[Shape]) -> Shape:
    """Return the shape of what any of the shapes allows."""
    options: dict[int, Shape] = {}
    for shape in shapes:
        for option in shape.options if isinstance(shape, Union) else (shape,):
            options.setdefault(id(option), option)
    found = tuple(options.values())
    if not found:
        return NEVER
    return found[0] if len(found) == 1 else Union(found, 1 + max(shape.depth for shape in found))


def is_never(shape: Shape) -> bool:
    """Whether nothing fits the shape."""
    return isinstance(shape, Union) and not shape.options


def kind_of(value: object) -> str:
    """Return the type of a JSON value; `number` for every number."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list | tuple) else "object"


def all_apart(shapes: list[Shape]) -> bool:
    """Whether no value fits two of the shapes, as far as types, listed values and required properties tell."""
    return all(_apart(a, b) for i, a in enumerate(shapes) for b in shapes[:i])


def _apart(a: Shape, b: Shape) -> bool:
    if isinstance(a, Choice) and isinstance(b, Choice):
        return not any(same_json(v, w) for v in a.values for w in b.values)
    if isinstance(a, Record) and isinstance(b, Record):
        needed = {p.name: p.shape for p in a.properties if p.required}
        return any(p.required and p.name in needed and _apart(needed[p.name], p.shape) for p in b.properties)
    return not (_kinds_in(a) & _kinds_in(b))


def _kinds_in(shape: Shape) -> frozenset[str]:
    match shape:
        case Anything():
            return frozenset(KINDS)
        case Choice():
            return frozenset(kind_of(value) for value in shape.values)
        case String():
            return frozenset({"string"})
        case Number():
            return frozenset({"number"})
        case Sequence():
            return frozenset({"array"})
        case Record():
            return frozenset({"object"})
        case Union():
            return frozenset[str]().union(*(_kinds_in(option) for option in shape.options))
