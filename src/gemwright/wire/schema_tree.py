"""JSON schemas to shapes.

Knows: what each keyword allows, which of it a context-free grammar cannot express, and how large a schema may be.
Never knows: how values are spelt. What is not held is reported, keyword by keyword; the grammar is then looser there.

Where a schema leaves something open, strict calls close it: an object with `properties` has no others unless
`additionalProperties` says so (JSON Schema's own default would let a model invent arguments), and a tuple no more elements
unless `items` says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from gemwright.foundation.errors import BadToolSchema
from gemwright.messages.tools import ToolSpec
from gemwright.wire.losses import SchemaLoss
from gemwright.wire.schema_refs import ANNOTATIONS, Active, Place, References, mapping_at, same_json, unique_json
from gemwright.wire.schema_shapes import (
    ANYTHING,
    BOOLEAN,
    KINDS,
    NEVER,
    NULL,
    Choice,
    Number,
    Property,
    Record,
    Sequence,
    Shape,
    String,
    Union,
    all_apart,
    is_never,
    kind_of,
    union,
)

__all__ = ["MAX_DEPTH", "MAX_REPEATS", "shape_of_tool"]

MAX_DEPTH: Final = 48
"""Levels of objects, arrays and choices inside each other."""
MAX_SHAPES: Final = 20_000
"""Places of one tool's schema, references followed."""
MAX_REPEATS: Final = 1000
"""Largest counted repetition; llama.cpp refuses 2,000 rules of one repetition and takes larger maxima for none."""
MAX_RANGE: Final = 1025
"""Integers between a minimum and a maximum that are written out."""

_NO_GRAMMAR: Final = ("not", "if", "$dynamicRef", "dependentSchemas", "dependentRequired", "dependencies")
_LOST: Final[dict[str, tuple[str, ...]]] = {
    "string": ("pattern", "format"),
    "array": ("uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
    "object": ("patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedProperties"),
}
_MEANINGS: Final = {
    "oneOf": "more than one of the alternatives may match",
    "type": "the type is not known, so any value is possible",
    "minLength": "only the empty text is ruled out",
    "maxLength": f"characters are counted up to {MAX_REPEATS:,}",
    "minItems": f"elements are counted up to {MAX_REPEATS:,}",
    "maxItems": f"elements are counted up to {MAX_REPEATS:,}",
    "patternProperties": "which keys the pattern takes is not held",
}
_ABOUT: Final = {
    "object": frozenset({"properties", "required", "additionalProperties", "patternProperties"}),
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems"}),
    "string": frozenset({"pattern", "format", "minLength", "maxLength"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
}
_CONSTRAINTS: Final = frozenset[str]().union(*_ABOUT.values(), *_LOST.values())
_TYPES: Final = frozenset(KINDS)


def shape_of_tool(tool: ToolSpec) -> tuple[Shape, tuple[SchemaLoss, ...]]:
    """Return the shape of a tool's arguments, which is a `Record` or a `Union` of them, and what it does not hold.

    Raises:
        BadToolSchema: the schema is malformed, contains itself, refers to another document, is too large or too deep,
            allows nothing, or allows something else than an object.
        RecursionError: it nests some hundred levels, beyond what can be looked at.
    """
    builder = _Builder(tool)
    shape = builder.arguments()
    options = shape.options if isinstance(shape, Union) else (shape,)
    if not options:
        raise BadToolSchema(f"nothing satisfies the schema of tool `{tool.name}`: its demands contradict each other")
    if not all(isinstance(option, Record) for option in options):
        raise BadToolSchema(f"the parameters of tool `{tool.name}` must be of type object")
    return shape, builder.losses


class _Builder:
    """Builds the shapes of one tool's schema."""

    def __init__(self, tool: ToolSpec) -> None:
        self._name = tool.name
        self._schema = mapping_at(tool.parameters, Place(tool.name))
        self._references = References(self._schema)
        self._referenced: dict[str, Shape] = {}
        self._count = 0
        self._losses: dict[SchemaLoss, None] = {}

    def arguments(self) -> Shape:
        """Return the shape of the whole schema; one that says nothing about properties takes no arguments."""
        schema = dict(self._schema)
        schema.setdefault("type", "object")
        if not schema.keys() - ANNOTATIONS - {"type"}:
            schema["properties"] = {}
        return self._build(schema, Place(self._name), frozenset())

    @property
    def losses(self) -> tuple[SchemaLoss, ...]:
        """What the shapes do not hold, in the schema's order."""
        return tuple(self._losses)

    def _build(self, schema: object, place: Place, active: Active) -> Shape:
        self._count += 1
        if self._count > MAX_SHAPES:
            raise BadToolSchema(
                f"the schema of tool `{self._name}` has more than {MAX_SHAPES:,} places",
                hint="declare several simpler tools, or take the inner part as a JSON text (`type: string`)",
            )
        if isinstance(schema, bool):
            return ANYTHING if schema else NEVER
        node = mapping_at(schema, place)
        says = node.keys() - ANNOTATIONS
        if says == {"$ref"}:
            return self._follow(node["$ref"], place, active)
        flat = self._references.flatten(node, place, active)
        shape = self._choose(flat[0], place, flat[1]) if flat else NEVER
        if shape.depth > MAX_DEPTH:
            raise BadToolSchema(
                f"the schema of tool `{self._name}` nests more than {MAX_DEPTH} levels",
                hint="take the inner part as a JSON text (`type: string`), or declare several simpler tools",
            )
        return shape

    def _follow(self, ref: object, place: Place, active: Active) -> Shape:
        """Return the shape behind a reference that stands alone: built once, however often it is used."""
        target = self._references.target(ref, place)
        key = str(ref)
        if key not in self._referenced:
            inner = self._references.enter(key, place, active)
            self._referenced[key] = self._build(target, place, inner)
        return self._referenced[key]

    def _lose(self, node: Mapping[str, Any], place: Place, keywords: Iterable[str]) -> None:
        for keyword in keywords:
            if keyword in node:
                meaning = _MEANINGS.get(keyword, "values that break it are possible")
                self._losses[SchemaLoss(*place, keyword, meaning)] = None

    def _choose(self, node: dict[str, Any], place: Place, active: Active) -> Shape:
        for word in ("anyOf", "oneOf"):
            if word in node:
                rest = {k: v for k, v in node.items() if k != word}
                branches = [
                    self._build({"allOf": [rest, branch]} if rest else branch, place, active) for branch in node[word]
                ]
                if word == "oneOf" and not all_apart(branches):
                    self._lose(node, place, ("oneOf",))
                return union(branches)
        self._lose(node, place, _NO_GRAMMAR)
        if "const" in node or "enum" in node:
            return self._listed(node, place)
        kinds = _kinds_of(node)
        if not kinds <= _TYPES:
            self._lose(node, place, ("type",))
            return ANYTHING
        if not kinds:
            return ANYTHING
        shapes = [self._of_kind(kind, node, place, active) for kind in KINDS if kind in kinds]
        return union([*shapes, NULL] if node.get("nullable") is True else shapes)

    def _listed(self, node: Mapping[str, Any], place: Place) -> Shape:
        self._lose(node, place, _CONSTRAINTS)
        values: list[Any] = list(node["enum"]) if "enum" in node else [node["const"]]
        if "const" in node:
            values = [value for value in values if same_json(value, node["const"])]
        if "type" in node:
            kinds = _kinds_of(node)
            values = [v for v in values if kind_of(v) in kinds or ("integer" in kinds and _is_integer(v))]
        if node.get("nullable") is True:
            values.append(None)
        return Choice(tuple(unique_json(values))) if values else NEVER

    def _of_kind(self, kind: str, node: Mapping[str, Any], place: Place, active: Active) -> Shape:
        self._lose(node, place, _LOST.get(kind, ()))
        match kind:
            case "object":
                return self._record(node, place, active)
            case "array":
                return self._sequence(node, place, active)
            case "string":
                return self._string(node, place)
            case "boolean":
                return BOOLEAN
            case "null":
                return NULL
            case _:
                return self._number(node, place, integer=kind == "integer")

    def _string(self, node: Mapping[str, Any], place: Place) -> Shape:
        least, longest = node.get("minLength", 0), node.get("maxLength")
        if longest is not None and least > longest:
            return NEVER
        if least > 1:
            self._lose(node, place, ("minLength",))
        if longest is not None and longest > MAX_REPEATS:
            self._lose(node, place, ("maxLength",))
            longest = None
        return String(least == 0, longest)

    def _number(self, node: Mapping[str, Any], place: Place, *, integer: bool) -> Shape:
        low, high = _limits(node, integer=integer)
        step = node.get("multipleOf", 1)
        if low is not None and high is not None:
            if low > high:
                return NEVER
            if integer and high - low < MAX_RANGE and isinstance(step, int) and step > 0:
                values = tuple(n for n in range(int(low), int(high) + 1) if n % step == 0)
                return Choice(values) if values else NEVER
        self._lose(node, place, ("maximum", "exclusiveMaximum"))
        if step != 1 or not integer:
            self._lose(node, place, ("multipleOf",))
        if low is None:
            return Number(integer)
        least = 1 if integer and low >= 1 else 0 if low >= 0 else None
        if least != low or (not integer and "exclusiveMinimum" in node):
            self._lose(node, place, ("minimum", "exclusiveMinimum"))
        return Number(integer, least)

    def _sequence(self, node: Mapping[str, Any], place: Place, active: Active) -> Shape:
        head, rest = node.get("prefixItems"), node.get("items", "prefixItems" not in node)
        if head is None and isinstance(rest, list):  # tuples as drafts before 2020-12 write them
            head, rest = cast("list[object]", rest), node.get("additionalItems", False)
        shapes: list[Shape] = []
        for i, schema in enumerate(cast("list[object]", head or [])):
            shapes.append(self._build(schema, place.element(i), active))
            if i >= MAX_DEPTH:
                raise BadToolSchema(f"the tuple at {place} has more than {MAX_DEPTH} elements")
        if NEVER in shapes:
            del shapes[shapes.index(NEVER) :]
            rest = False
        items = self._build(rest, place.element(), active)
        least, most = self._counts(node, place)
        if is_never(items):
            most = len(shapes) if most is None else min(most, len(shapes))
        if most is not None and least > most:
            return NEVER
        shapes = shapes[:most]
        depth = 1 + max(shape.depth for shape in (*shapes, items))
        return Sequence(tuple(shapes), None if is_never(items) else items, least, most, depth)

    def _counts(self, node: Mapping[str, Any], place: Place) -> tuple[int, int | None]:
        least, most = node.get("minItems", 0), node.get("maxItems")
        if most is not None and most > MAX_REPEATS:
            self._lose(node, place, ("maxItems",))
            most = None
        if least > MAX_REPEATS:
            self._lose(node, place, ("minItems",))
            least = MAX_REPEATS
        return least, most

    def _record(self, node: Mapping[str, Any], place: Place, active: Active) -> Shape:
        declared = cast("Mapping[object, object]", node.get("properties", {}))
        required = dict.fromkeys(cast("list[str]", node.get("required", [])))
        extras = self._extras(node, place, active)
        properties: list[Property] = []
        for name, schema in declared.items():
            if not isinstance(name, str):
                raise BadToolSchema(f"a property at {place} has a name that is no text: {name!r}")
            shape = self._build(schema, place.property(name), active)
            if not is_never(shape):
                properties.append(Property(name, shape, name in required))
            elif name in required:
                return NEVER
        for name in (name for name in required if name not in declared):
            if extras is None and "additionalProperties" in node:
                raise BadToolSchema(
                    f"the schema at {place} requires `{name}` and forbids it",
                    hint=f"add `{name}` to `properties`, or take it out of `required`",
                )
            properties.append(Property(name, extras or ANYTHING, True))
        properties.sort(key=lambda p: p.name.lower())
        depth = 1 + max((shape.depth for shape in (*(p.shape for p in properties), extras) if shape), default=0)
        return Record(tuple(properties), extras, depth)

    def _extras(self, node: Mapping[str, Any], place: Place, active: Active) -> Shape | None:
        if "additionalProperties" in node:
            shape = self._build(node["additionalProperties"], place.property("*"), active)
            return None if is_never(shape) else shape
        if "properties" in node or "required" in node:
            return None
        patterns = cast("Mapping[str, object]", node.get("patternProperties", {}))
        if not patterns:
            return ANYTHING
        return union(self._build(schema, place.property("*"), active) for schema in patterns.values())


def _kinds_of(node: Mapping[str, Any]) -> frozenset[str]:
    """Return the types that a schema names, or that its other keywords are about; empty where any will do."""
    declared = node.get("type")
    if declared is None:
        return frozenset(next(([kind] for kind, about in _ABOUT.items() if node.keys() & about), ()))
    kinds = {declared.lower()} if isinstance(declared, str) else {str(name).lower() for name in declared}
    return frozenset(kinds - {"integer"} if "number" in kinds else kinds)


def _limits(node: Mapping[str, Any], *, integer: bool) -> tuple[float | None, float | None]:
    """Return the least and the largest number allowed, None for none; an exclusive limit counts as its number."""
    lows: list[float] = [node[k] for k in ("minimum", "exclusiveMinimum") if k in node]
    highs: list[float] = [node[k] for k in ("maximum", "exclusiveMaximum") if k in node]
    if integer:
        lows = [math.ceil(node["minimum"])] if "minimum" in node else []
        lows += [math.floor(node["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in node else []
        highs = [math.floor(node["maximum"])] if "maximum" in node else []
        highs += [math.ceil(node["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in node else []
    return max(lows, default=None), min(highs, default=None)


def _is_integer(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
