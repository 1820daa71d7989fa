"""What a tool's declaration does not show of its JSON schema.

Gemma 4's declaration knows names, descriptions, types, string enums, items, nullable and required. Everything else is
left out without a word, so a tool can look complete in code and be a riddle to the model. This is the list of words.
`$ref` is reported where it stands and never followed, so a circle of references is no problem here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

from gemwright.foundation.errors import BadToolSchema
from gemwright.messages import ToolSpec
from gemwright.wire.content_key import content_key, content_of

__all__ = ["SchemaLoss", "schema_losses"]

_SHOWN_OF_PARAMETERS: Final = frozenset({"type", "properties", "required"})
_SHOWN_OF_OBJECT: Final = frozenset({"description", "type", "nullable", "properties", "required"})
_SHOWN_OF_OTHERS: Final = frozenset({"description", "type", "nullable"})
_ANNOTATIONS: Final = frozenset(
    {"title", "$schema", "$id", "$anchor", "$comment", "deprecated", "readOnly", "writeOnly"}
)
"""Keywords that restrict nothing; nobody misses them."""

_LIMIT: Final = "the limit is not shown, so values beyond it will come"
_UNION: Final = "the alternatives are not shown, and neither is a type"
_MEANINGS: Final[dict[str, str]] = {
    "anyOf": _UNION,
    "oneOf": _UNION,
    "allOf": "the schemas to combine are not shown, and neither is a type",
    "not": "what is forbidden is not shown",
    "$ref": "the schema it points to is not shown, and neither is a type",
    "$defs": "definitions are not shown",
    "definitions": "definitions are not shown",
    "const": "the only value allowed is not shown",
    "default": "the default is not shown",
    "examples": "examples are not shown",
    "format": "the format is not shown; say it in the description",
    "pattern": "the pattern is not shown; say it in the description",
    "additionalProperties": "whether other keys are allowed is not shown",
    "propertyNames": "what keys may look like is not shown",
    "patternProperties": "properties given by a pattern are not shown",
    "prefixItems": "the types of single items are not shown",
    **dict.fromkeys(
        (
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties",
        ),
        _LIMIT,
    ),
}
_OUT_OF_PLACE: Final[dict[str, str]] = {
    "description": "a description of the parameters as a whole is not shown",
    "enum": "the choices are shown for type string only",
    "items": "the items are shown for type array only",
    "properties": "the properties are shown for type object only",
    "required": "what is required is shown for type object only",
    "nullable": "whether null is allowed is not shown here",
}


_TYPELESS: Final = frozenset({"anyOf", "oneOf", "allOf", "$ref", "const", "not"})
"""Keywords whose loss already says that no type is shown."""

_Loss: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SchemaLoss:
    """One thing that a declaration does not show.

    Attributes:
        tool: the tool's name.
        path: where in its parameters, as in `filter.tags[].name`; empty for the parameters themselves.
        keyword: the JSON Schema keyword.
        meaning: what its loss means, as half a sentence.
    """

    tool: str
    path: str
    keyword: str
    meaning: str


def schema_losses(tool: ToolSpec) -> tuple[SchemaLoss, ...]:
    """Return what the declaration of a tool does not show, in the schema's order.

    Args:
        tool: the tool.

    Raises:
        BadToolSchema: the schema is nested without end.
    """
    key = content_key((tool.name, tool.parameters))
    return _find(tool.name, tool.parameters) if key is None else _cached(key)


@lru_cache(maxsize=256)
def _cached(key: bytes) -> tuple[SchemaLoss, ...]:
    return _find(*content_of(key))


def _find(name: str, parameters: Mapping[str, Any]) -> tuple[SchemaLoss, ...]:
    try:
        return tuple(SchemaLoss(name, *loss) for loss in _of_object(parameters, "", _SHOWN_OF_PARAMETERS))
    except RecursionError:
        raise BadToolSchema(
            f"the parameters of tool `{name}` are nested too deeply", hint="a few hundred levels are the limit"
        ) from None


def _of_object(schema: Mapping[str, Any], path: str, shown: frozenset[str]) -> Iterator[_Loss]:
    """Losses of an object schema whose properties are printed as properties."""
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        for name, inner in cast("Mapping[str, Any]", properties).items():
            yield from _of_property(inner, f"{path}.{name}" if path else name)
    yield from _of_keywords(schema, path, shown)


def _of_property(schema: Any, path: str) -> Iterator[_Loss]:
    if not isinstance(schema, Mapping):
        yield path, "schema", "a schema that is no object shows nothing, not even a type"
        return
    schema = cast("Mapping[str, Any]", schema)
    kind = schema.get("type")
    if not isinstance(kind, str):
        yield from _of_odd_type(schema, kind, path)
    elif kind.upper() == "OBJECT":
        yield from _of_object_property(schema, path)
    elif kind.upper() == "STRING":
        yield from _of_keywords(schema, path, _SHOWN_OF_OTHERS | {"enum"})
    elif kind.upper() == "ARRAY" and isinstance(schema.get("items"), Mapping):
        yield from _of_keywords(schema, path, _SHOWN_OF_OTHERS | {"items"})
        yield from _of_items(schema["items"], path + "[]")
    else:
        yield from _of_keywords(schema, path, _SHOWN_OF_OTHERS)


def _of_odd_type(schema: Mapping[str, Any], kind: object, path: str) -> Iterator[_Loss]:
    if kind is not None:
        yield path, "type", "a list of types is printed as Python prints it, and choices, items and properties are lost"
    elif not _TYPELESS & schema.keys():
        yield path, "type", "there is none, so little more than the description is shown"
    yield from _of_keywords(schema, path, _SHOWN_OF_OTHERS)


def _of_object_property(schema: Mapping[str, Any], path: str) -> Iterator[_Loss]:
    if isinstance(schema.get("properties"), Mapping):
        yield from _of_object(schema, path, _SHOWN_OF_OBJECT)
        return
    for keyword in [keyword for keyword in schema if keyword not in _SHOWN_OF_OBJECT]:
        yield path, keyword, "it is printed as if it were a property of that name"


def _of_items(items: Mapping[str, Any], path: str) -> Iterator[_Loss]:
    """Losses of an item schema: its keywords are printed raw, so only what stands inside properties can be lost."""
    properties = items.get("properties")
    if isinstance(properties, Mapping):
        for name, inner in cast("Mapping[str, Any]", properties).items():
            yield from _of_property(inner, f"{path}.{name}")


def _of_keywords(schema: Mapping[str, Any], path: str, shown: frozenset[str]) -> Iterator[_Loss]:
    for keyword in schema:
        if keyword not in shown and keyword not in _ANNOTATIONS:
            meaning = _MEANINGS.get(keyword) or _OUT_OF_PLACE.get(keyword) or "the keyword is not shown"
            yield path, keyword, meaning
