"""What a place in a JSON schema says once its references are followed and its `allOf` folded in.

Knows: local `$ref`s (`#`, `#/$defs/…`, any JSON pointer), and what two schemas demand together.
Refuses: references to other documents, references to nothing, and circles, which no grammar of finite depth holds.

Source: JSON Schema 2020-12 (core §8.2, validation §6 and §10.2.1), and the `items` lists of older drafts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, cast

from gemwright.foundation.errors import BadToolSchema

__all__ = ["ANNOTATIONS", "Active", "Place", "References", "check_keywords", "mapping_at", "same_json", "unique_json"]


class Place(NamedTuple):
    """Where in a tool's parameters something stands."""

    tool: str
    path: str = ""
    """As in `filter.tags[].name`; empty for the parameters themselves."""

    def property(self, name: str) -> Place:
        """Return the place of a property."""
        return Place(self.tool, f"{self.path}.{name}" if self.path else name)

    def element(self, index: int | str = "") -> Place:
        """Return the place of an array's elements, or of one of them."""
        return Place(self.tool, f"{self.path}[{index}]")

    def __str__(self) -> str:
        return f"`{self.path}` of tool `{self.tool}`" if self.path else f"the parameters of tool `{self.tool}`"


Active: TypeAlias = frozenset[str]
"""The references that are being followed at a place; meeting one of them again closes a circle."""

ANNOTATIONS: Final = frozenset(
    {
        "$anchor", "$comment", "$defs", "$id", "$schema", "$vocabulary",
        "contentEncoding", "contentMediaType", "contentSchema",
        "default", "definitions", "deprecated", "description", "example", "examples", "readOnly", "title", "writeOnly",
    }
)  # fmt: skip
"""Keywords that allow any value."""

_LARGEST: Final = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"})
_SMALLEST: Final = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in cast("list[object]", value))


def _is_filled(value: object) -> bool:
    return isinstance(value, list) and bool(cast("list[object]", value))


def _is_type(value: object) -> bool:
    return isinstance(value, str) or (_is_filled(value) and _is_names(value))


_KINDS: Final[dict[str, tuple[str, Callable[[object], bool], str]]] = {
    "type": ("a type's name or a list of them", _is_type, ""),
    "properties": ("an object of schemas", lambda value: isinstance(value, Mapping), ""),
    "required": ("a list of names", _is_names, "`required` belongs to the object, and names its properties"),
    "enum": ("a list with at least one value", _is_filled, ""),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), ("a list with at least one schema", _is_filled, "")),
    "prefixItems": ("a list of schemas", lambda value: isinstance(value, list), ""),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        ("a number", _is_number, "booleans belong to draft 4; since draft 6 the limit itself stands there"),
    ),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), ("a whole number from 0 up", _is_count, "")),
}


class References:
    """The references of one tool's schema.

    Args:
        root: the whole schema.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def target(self, ref: object, place: Place) -> object:
        """Return the schema that a reference points to.

        Raises:
            BadToolSchema: it points out of the schema, or to nothing.
        """
        if not isinstance(ref, str):
            raise BadToolSchema(f"the `$ref` at {place} must be text, not {type(ref).__name__}")
        if ref != "#" and not ref.startswith("#/"):
            raise BadToolSchema(
                f"the `$ref` at {place} is no pointer into the schema: {ref}",
                hint="copy the schema it names into `$defs` and refer to it as `#/$defs/NAME`",
            )
        found: object = self._root
        for step in ref[2:].split("/") if len(ref) > 2 else ():
            found = _child(found, step.replace("~1", "/").replace("~0", "~"))
            if found is None:
                raise BadToolSchema(f"the `$ref` at {place} points to nothing: {ref}")
        return found

    def enter(self, ref: str, place: Place, active: Active) -> Active:
        """Return the active references with one more.

        Raises:
            BadToolSchema: it is already being followed, so the schema contains itself.
        """
        if ref in active:
            raise BadToolSchema(
                f"the schema of tool `{place.tool}` contains itself: at `{place.path}`, {ref} is met again",
                hint="write the levels that are needed out, or take the nested part as a JSON text (`type: string`)",
            )
        return active | {ref}

    def flatten(self, schema: Mapping[str, Any], place: Place, active: Active) -> tuple[dict[str, Any], Active] | None:
        """Follow `$ref` and fold `allOf` in, without annotations.

        Returns:
            The keywords that hold here and the references followed for them, or None where they contradict each other.

        Raises:
            BadToolSchema: see `target`, `enter` and `check_keywords`.
        """
        node = {k: v for k, v in schema.items() if k not in ANNOTATIONS}
        check_keywords(node, place)
        parts: list[tuple[object, Active]] = []
        ref = node.pop("$ref", None)
        if ref is not None:
            target = self.target(ref, place)
            parts.append((target, self.enter(cast("str", ref), place, active)))
        every = node.pop("allOf", None)
        if every is not None:
            parts += [(part, active) for part in cast("list[object]", every)]
        for part, inner in parts:
            if part is True:
                continue
            if part is False:
                return None
            flat = self.flatten(mapping_at(part, place), place, inner)
            if flat is None:
                return None
            merged = _both(flat[0], node, place)
            if merged is None:
                return None
            node, active = merged, active | flat[1]
        return node, active


def check_keywords(node: Mapping[str, Any], place: Place) -> None:
    """Check that the keywords which are read here have values of the right kind.

    Raises:
        BadToolSchema: one has not.
    """
    for key, value in node.items():
        wanted = _KINDS.get(key)
        if wanted is not None and not wanted[1](value):
            raise BadToolSchema(f"`{key}` at {place} must be {wanted[0]}", hint=wanted[2])


def mapping_at(schema: object, place: Place) -> Mapping[str, Any]:
    """Return a schema that has to be an object.

    Raises:
        BadToolSchema: it is none.
    """
    if not isinstance(schema, Mapping):
        raise BadToolSchema(f"the schema at {place} must be an object or a boolean, not {type(schema).__name__}")
    return cast("Mapping[str, Any]", schema)


def same_json(a: object, b: object) -> bool:
    """Whether two JSON values are the same; unlike Python, `1` is not `true`, and unlike text, `1` is `1.0`."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        left, right = cast("list[object]", a), cast("list[object]", b)
        return len(left) == len(right) and all(map(same_json, left, right))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        one, other = cast("Mapping[str, object]", a), cast("Mapping[str, object]", b)
        return one.keys() == other.keys() and all(same_json(one[k], other[k]) for k in one)
    return a == b


def unique_json(values: Iterable[Any]) -> list[Any]:
    """Return the values without repetitions, in their order; scalars in linear time."""
    found: list[Any] = []
    scalars: set[tuple[bool, object]] = set()
    for value in values:
        if isinstance(value, list | Mapping):
            if not any(same_json(cast("object", value), other) for other in found):
                found.append(value)
        elif (key := (isinstance(value, bool), value)) not in scalars:
            scalars.add(key)
            found.append(value)
    return found


def _child(value: object, step: str) -> object:
    if isinstance(value, Mapping):
        return cast("Mapping[str, object]", value).get(step)
    if isinstance(value, list):
        items = cast("list[object]", value)
        return items[int(step)] if step.isdecimal() and int(step) < len(items) else None
    return None


def _both(a: dict[str, Any], b: dict[str, Any], place: Place) -> dict[str, Any] | None:
    """Return what two flat schemas demand together, or None where nothing satisfies both."""
    out = dict(a)
    for key, value in b.items():
        if key not in out or same_json(out[key], value):
            out[key] = value
        elif key == "type":
            types = _common_types(out[key], value)
            if not types:
                return None
            out[key] = types
        elif key == "enum":
            out[key] = [v for v in out[key] if any(same_json(v, w) for w in value)]
            if not out[key]:
                return None
        elif key == "const":
            return None
        elif key == "required":
            out[key] = [*out[key], *(name for name in value if name not in out[key])]
        elif key == "properties":
            shared = {name: {"allOf": [out[key][name], value[name]]} for name in value if name in out[key]}
            out[key] = {**out[key], **value, **shared}
        elif key in ("items", "additionalProperties"):
            out[key] = {"allOf": [out[key], value]}
        elif key in _LARGEST:
            out[key] = max(out[key], value)
        elif key in _SMALLEST:
            out[key] = min(out[key], value)
        elif key in ("anyOf", "oneOf"):
            # Both choices hold: each branch of the first, with the second inside it.
            out[key] = [{"allOf": [branch, {key: value}]} for branch in out[key]]
        elif key == "nullable":
            out[key] = out[key] is True and value is True
        elif key == "prefixItems":
            raise BadToolSchema(f"`prefixItems` at {place} is given twice, differently")
        # What is left are keywords that no grammar holds; that one of them is there is reported all the same.
    return out


def _common_types(a: Any, b: Any) -> list[str]:
    left = [a] if isinstance(a, str) else list(a)
    right = [b] if isinstance(b, str) else list(b)
    common = [t for t in left if t in right]
    if ("number" in left and "integer" in right) or ("number" in right and "integer" in left):
        common.append("integer")
    return common
