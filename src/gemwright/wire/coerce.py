"""Schema-directed typing of argument values.

Only a value that does not fit its schema is touched, and only where the cast is exact: "5" becomes 5 for an integer,
"soon" stays "soon". The rule is R3 of the parser's contract (docs/concepts/parsing.md).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from gemwright.messages.parts import JSON

__all__ = ["ANY", "SchemaNode", "bare_value", "fit", "number"]

_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_INTEGER: Final = re.compile(r"[+-]?\d{1,4000}")
_INTEGRAL: Final = re.compile(r"[+-]?\d{1,4000}\.0+")
_FLOAT: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORDS: Final[dict[str, JSON]] = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "null": None,
    "None": None,
}
_MAX_REFS: Final = 32
_MAX_INT_DIGITS: Final = 4000


class SchemaNode:
    """One place in a tool's JSON schema, with what the parser asks of it worked out once.

    Local references are followed (at most 32, so circles end); what cannot be followed allows anything.

    Attributes:
        types: JSON types allowed here, lower case; empty means any.
        keys: names of declared properties, in the schema's order.
        text_only: whether text is the only thing, but null, that is allowed.
    """

    __slots__ = ("_children", "_items", "_options", "_root", "keys", "text_only", "types")

    def __init__(self, schema: object, root: object = None) -> None:
        self._root = schema if root is None else root
        self._options = self._alternatives(schema)
        self.types = self._allowed_types()
        self.keys = self._declared_keys()
        self.text_only = "string" in self.types and self.types <= {"string", "null"}
        self._children: dict[str, SchemaNode] = {}
        self._items: SchemaNode | None = None

    def child(self, key: str) -> SchemaNode:
        """Return the node of one property; anything is allowed where none is declared."""
        child = self._children.get(key)
        if child is None:
            child = self._make(self._property_schema(key))
            if len(self._children) < 4096:
                self._children[key] = child
        return child

    @property
    def items(self) -> SchemaNode:
        """The node of an array's elements."""
        if self._items is None:
            found: object = None
            for option in self._options:
                if isinstance(option.get("items"), Mapping):
                    found = option["items"]
                    break
            self._items = self._make(found)
        return self._items

    def _make(self, schema: object) -> SchemaNode:
        return ANY if schema is None else SchemaNode(schema, self._root)

    def _property_schema(self, key: str) -> object:
        for option in self._options:
            properties = option.get("properties")
            if isinstance(properties, Mapping):
                found = cast("Mapping[str, object]", properties).get(key)
                if isinstance(found, Mapping):
                    return cast("object", found)
        for option in self._options:
            if isinstance(option.get("additionalProperties"), Mapping):
                return option["additionalProperties"]
        return None

    def _resolve(self, schema: object) -> Mapping[str, Any]:
        for _ in range(_MAX_REFS):
            if not isinstance(schema, Mapping):
                return {}
            node = cast("Mapping[str, Any]", schema)
            ref = node.get("$ref")
            if not isinstance(ref, str):
                return node
            if ref != "#" and not ref.startswith("#/"):
                return {}
            target: object = self._root
            for step in ref[2:].split("/") if ref != "#" else ():
                name = step.replace("~1", "/").replace("~0", "~")
                target = cast("Mapping[str, object]", target).get(name) if isinstance(target, Mapping) else None
            schema = target
        return {}

    def _alternatives(self, schema: object, depth: int = 0) -> list[Mapping[str, Any]]:
        node = self._resolve(schema)
        found = [node]
        if depth < 4:
            for word in ("anyOf", "oneOf", "allOf"):
                branches = node.get(word)
                if isinstance(branches, list):
                    for branch in cast("list[object]", branches)[:64]:
                        found += self._alternatives(branch, depth + 1)
        return found

    def _has_open_branch(self) -> bool:
        """Whether one of the alternatives says nothing at all, so that anything is allowed."""
        return any(
            not self._resolve(branch)
            for option in self._options
            for word in ("anyOf", "oneOf")
            if isinstance(option.get(word), list)
            for branch in cast("list[object]", option[word])[:64]
        )

    def _allowed_types(self) -> frozenset[str]:
        if self._has_open_branch():
            return frozenset()
        types: set[str] = set()
        for option in self._options:
            declared = option.get("type")
            if isinstance(declared, str):
                types.add(declared.lower())
            elif isinstance(declared, list):
                types.update(str(t).lower() for t in cast("list[object]", declared))
            elif isinstance(option.get("enum"), list):
                types.update(_type_of(value) for value in cast("list[JSON]", option["enum"]))
            elif "const" in option:
                types.add(_type_of(cast("JSON", option["const"])))
            if option.get("nullable"):
                types.add("null")
        return frozenset(types) if types != {"null"} else frozenset()

    def _declared_keys(self) -> tuple[str, ...]:
        keys: dict[str, None] = {}
        for option in self._options:
            properties = option.get("properties")
            if isinstance(properties, Mapping):
                keys.update(dict.fromkeys(str(k) for k in cast("Mapping[object, object]", properties)))
        return tuple(keys)


def _type_of(value: JSON) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


ANY: Final = SchemaNode({})
"""Where no schema says anything."""


def bare_value(token: str, node: SchemaNode) -> JSON:
    """Return the value of an undelimited token: a JSON scalar if it is one, else text, made to fit the schema.

    Where the schema asks for text, the token's exact text is the value: `00501`, `1.10` and `true` lose nothing.
    """
    if token in _WORDS:
        value = _WORDS[token]
    elif _NUMBER.fullmatch(token):
        value = number(token)
    else:
        value = token
    if value is None or isinstance(value, str) or not node.types:
        return fit(value, node) if isinstance(value, str) else value
    if _fits(value, node.types):
        return value
    return token if "string" in node.types else fit(value, node)


def number(token: str) -> JSON:
    """Return a JSON number's value: integers exact at any size, floats as Python's; the text where it would overflow."""
    if token.lstrip("-").isdigit():
        return int(token) if len(token) <= _MAX_INT_DIGITS else token
    value = float(token)
    return value if math.isfinite(value) else token


def _fits(value: JSON, types: frozenset[str]) -> bool:
    kind = _type_of(value)
    return kind in types or (kind == "integer" and "number" in types)


def fit(value: JSON, node: SchemaNode) -> JSON:
    """Return the value as the schema wants it where an exact cast exists, else as it is. Descends into containers."""
    if node.types and not _fits(value, node.types):
        value = _cast(value, node.types)
    if isinstance(value, dict):
        return {k: fit(v, node.child(k)) for k, v in value.items()} if node is not ANY else value
    if isinstance(value, list) and node.items is not ANY:
        return [fit(v, node.items) for v in value]
    return value


def _cast(value: JSON, types: frozenset[str]) -> JSON:
    if isinstance(value, float) and "integer" in types and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        for kind in ("null", "boolean", "integer", "number", "array", "object"):
            if kind in types:
                done, result = _CASTS[kind](text)
                if done:
                    return result
        return value
    if isinstance(value, bool | int | float) and "string" in types:
        return json.dumps(value)
    return value


def _to_null(text: str) -> tuple[bool, JSON]:
    return text.lower() in ("null", "none"), None


def _to_boolean(text: str) -> tuple[bool, JSON]:
    word = text.lower()
    return word in ("true", "false"), word == "true"


def _to_integer(text: str) -> tuple[bool, JSON]:
    if _INTEGER.fullmatch(text):
        return True, int(text)
    if _INTEGRAL.fullmatch(text):
        return True, int(text.split(".")[0])
    return False, None


def _to_number(text: str) -> tuple[bool, JSON]:
    if _INTEGER.fullmatch(text):
        return True, int(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        return math.isfinite(value), value
    return False, None


def _no_number(name: str) -> JSON:
    """Refuse what JSON does not have, such as NaN."""
    raise ValueError(name)


def _to_container(kind: type[list[Any]] | type[dict[str, Any]]) -> Callable[[str], tuple[bool, JSON]]:
    opener = "[" if kind is list else "{"

    def parse(text: str) -> tuple[bool, JSON]:
        if not text.startswith(opener):
            return False, None
        try:
            value = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError):
            return False, None
        return isinstance(value, kind), value

    return parse


_CASTS: Final[dict[str, Callable[[str], tuple[bool, JSON]]]] = {
    "null": _to_null,
    "boolean": _to_boolean,
    "integer": _to_integer,
    "number": _to_number,
    "array": _to_container(list),
    "object": _to_container(dict),
}
