"""Does a JSON value fit a JSON schema? The part of the standard that answers of models need, and nothing in silence.

Knows: the keywords of JSON Schema 2020-12 (https://json-schema.org/draft/2020-12/json-schema-validation) that restrict a
value by itself, local references, and OpenAPI's `nullable`. A keyword that is known and cannot be checked here is refused
before anything is asked, so that no answer passes unseen. `format` restricts nothing, as the standard's default has it.
Never knows: how a value came about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, cast
from urllib.parse import unquote

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadToolSchema

__all__ = ["Misfit", "check_schema", "misfits"]

MAX_DEPTH: Final = 128
"""Schemas and references followed inside each other at one place of a value."""

_UNCHECKED: Final = frozenset(
    {"$dynamicRef", "$recursiveRef", "unevaluatedItems", "unevaluatedProperties", "dependencies", "additionalItems"}
)
_TYPES: Final = frozenset({"null", "boolean", "object", "array", "number", "string", "integer"})
_MAPS: Final = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE: Final = ("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that does not fit.

    Attributes:
        path: where in the value, as in `days[2].high`; empty for the whole.
        problem: what is wrong there, as half a sentence.
    """

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path or 'the answer'}: {self.problem}"


def check_schema(schema: object) -> None:
    """Refuse a schema that is none, or that says what cannot be checked here.

    Raises:
        BadToolSchema: the message names the keyword or the reference.
    """
    try:
        _check(schema, schema, set())
    except RecursionError:
        raise BadToolSchema("the schema is nested too deeply") from None


def misfits(value: object, schema: object) -> list[Misfit]:
    """Return what of a value does not fit a schema that `check_schema` let pass; nothing where all fits."""
    try:
        return [*_Check(schema).of(value, schema, "", 0)]
    except RecursionError:
        return [Misfit("", "it is nested too deeply to be checked")]


def _check(node: object, root: object, seen: set[int]) -> None:
    if isinstance(node, bool):
        return
    if not isinstance(node, Mapping):
        raise BadToolSchema(f"a schema must be an object, not {type(node).__name__}", hint='such as {"type": "object"}')
    schema = cast("Mapping[str, Any]", node)
    if id(schema) in seen:
        return
    seen.add(id(schema))
    for keyword in sorted(_UNCHECKED & schema.keys()):
        raise BadToolSchema(f"`{keyword}` in a schema cannot be checked here", hint="say it with other keywords")
    types = schema.get("type")
    for one in cast("list[object]", types) if isinstance(types, list) else [] if types is None else [types]:
        if one not in _TYPES:
            raise BadToolSchema(f"there is no type {one!r} in JSON", hint=", ".join(sorted(_TYPES)))
    for pattern in [schema.get("pattern"), *_mapping(schema.get("patternProperties"))]:
        if pattern is not None:
            _compiled(pattern)
    if isinstance(schema.get("$ref"), str):
        _check(_target(schema["$ref"], root), root, seen)
    for keyword in _MAPS:
        for inner in _mapping(schema.get(keyword)).values():
            _check(inner, root, seen)
    for keyword in _LISTS:
        for inner in _list(schema.get(keyword)):
            _check(inner, root, seen)
    for keyword in _SINGLE:
        if keyword in schema:
            _check(schema[keyword], root, seen)


def _compiled(pattern: object) -> re.Pattern[str]:
    try:
        return re.compile(cast("str", pattern))
    except (re.error, TypeError, RecursionError, OverflowError) as e:
        raise BadToolSchema(f"the pattern {pattern!r} cannot be used here: {e}") from e


def _target(ref: str, root: object) -> object:
    if ref != "#" and not ref.startswith("#/"):
        raise BadToolSchema(f"the reference {ref!r} leads out of the schema", hint="put the schema into `$defs`")
    target = root
    for step in ref[2:].split("/") if ref != "#" else ():
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(target, Mapping) and name in target:
            target = cast("Mapping[str, object]", target)[name]
        elif isinstance(target, list) and name.isdigit() and int(name) < len(cast("list[object]", target)):
            target = cast("list[object]", target)[int(name)]
        else:
            raise BadToolSchema(f"the reference {ref!r} leads nowhere")
    return target


class _Check:
    """Walks value and schema together."""

    def __init__(self, root: object) -> None:
        self._root = root

    def of(self, value: Any, node: object, path: str, depth: int) -> Iterator[Misfit]:
        if node is True:
            return
        if node is False or not isinstance(node, Mapping):
            yield Misfit(path, "nothing is allowed here")
            return
        if depth > MAX_DEPTH:
            yield Misfit(path, f"its schema refers to itself more than {MAX_DEPTH} times")
            return
        schema = cast("Mapping[str, Any]", node)
        if value is None and schema.get("nullable") is True:
            return
        if isinstance(schema.get("$ref"), str):
            yield from self.of(value, _target(schema["$ref"], self._root), path, depth + 1)
        yield from _of_type(value, schema, path)
        if isinstance(value, str):
            yield from _of_text(value, schema, path)
        elif isinstance(value, dict):
            yield from self._of_object(cast("dict[str, Any]", value), schema, path, depth)
        elif isinstance(value, list):
            yield from self._of_array(cast("list[Any]", value), schema, path, depth)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield from _of_number(value, schema, path)
        yield from self._of_choices(value, schema, path, depth)

    def _fits(self, value: Any, node: object, depth: int) -> bool:
        return next(self.of(value, node, "", depth + 1), None) is None

    def _of_choices(self, value: Any, schema: Mapping[str, Any], path: str, depth: int) -> Iterator[Misfit]:
        for inner in _list(schema.get("allOf")):
            yield from self.of(value, inner, path, depth + 1)
        if "anyOf" in schema and not any(self._fits(value, inner, depth) for inner in _list(schema["anyOf"])):
            yield from self._nearest(value, _list(schema["anyOf"]), path, depth)
        if "oneOf" in schema:
            fitting = sum(self._fits(value, inner, depth) for inner in _list(schema["oneOf"]))
            if fitting == 0:
                yield from self._nearest(value, _list(schema["oneOf"]), path, depth)
            elif fitting > 1:
                yield Misfit(path, f"it fits {fitting} of the alternatives, and has to fit one")
        if "not" in schema and self._fits(value, schema["not"], depth):
            yield Misfit(path, "it fits what is ruled out")
        if "if" in schema:
            branch = "then" if self._fits(value, schema["if"], depth) else "else"
            if branch in schema:
                yield from self.of(value, schema[branch], path, depth + 1)

    def _nearest(self, value: Any, options: list[Any], path: str, depth: int) -> Iterator[Misfit]:
        """Say what is wrong with the alternative that fits best, which helps more than that none does."""
        found = [[*self.of(value, option, path, depth + 1)] for option in options[:64]]
        deeper = [problems for problems in found if problems and all(one.path != path for one in problems)]
        if deeper:
            yield from min(deeper, key=len)
        else:
            yield Misfit(path, "it fits none of the alternatives")

    def _of_object(self, value: dict[str, Any], schema: Mapping[str, Any], path: str, depth: int) -> Iterator[Misfit]:
        for name in _list(schema.get("required")):
            if name not in value:
                yield Misfit(path, f"the property `{name}` is missing")
        yield from _of_size(len(value), schema, path, "Properties", "properties")
        properties = _mapping(schema.get("properties"))
        patterns = {_compiled(one): inner for one, inner in _mapping(schema.get("patternProperties")).items()}
        for name, item in value.items():
            below = f"{path}.{name}" if path else name
            matching = [inner for pattern, inner in patterns.items() if pattern.search(name)]
            for inner in [*([properties[name]] if name in properties else []), *matching]:
                yield from self.of(item, inner, below, 0)
            if name not in properties and not matching and "additionalProperties" in schema:
                if schema["additionalProperties"] is False:
                    yield Misfit(path, f"there is no property `{name}`")
                else:
                    yield from self.of(item, schema["additionalProperties"], below, 0)
            if "propertyNames" in schema and not self._fits(name, schema["propertyNames"], 0):
                yield Misfit(path, f"a property cannot be called `{name}`")
        for name, needed in _mapping(schema.get("dependentRequired")).items():
            for other in _list(needed) if name in value else []:
                if other not in value:
                    yield Misfit(path, f"with `{name}`, the property `{other}` is needed")
        for name, inner in _mapping(schema.get("dependentSchemas")).items():
            if name in value:
                yield from self.of(value, inner, path, depth + 1)

    def _of_array(self, value: list[Any], schema: Mapping[str, Any], path: str, depth: int) -> Iterator[Misfit]:
        yield from _of_size(len(value), schema, path, "Items", "elements")
        first = _list(schema.get("prefixItems"))
        for number, item in enumerate(value):
            inner = first[number] if number < len(first) else schema.get("items", True)
            yield from self.of(item, inner, f"{path}[{number}]", 0)
        if schema.get("uniqueItems") is True:
            keys = [_key(item) for item in value]
            if len(set(keys)) < len(keys):
                yield Misfit(path, "an element comes twice")
        if "contains" in schema:
            count = sum(self._fits(item, schema["contains"], 0) for item in value)
            least, most = schema.get("minContains", 1), schema.get("maxContains")
            if count < least or (most is not None and count > most):
                yield Misfit(path, f"{count} elements are of the kind that `contains` asks for")


def _of_type(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[Misfit]:
    types = schema.get("type")
    allowed = cast("list[str]", types) if isinstance(types, list) else [] if types is None else [str(types)]
    if allowed and not any(_ISA[one](value) for one in allowed):
        yield Misfit(path, f"it has to be {' or '.join(allowed)}, and is {_kind(value)}")
    if "enum" in schema and _key(value) not in {_key(one) for one in _list(schema["enum"])}:
        yield Misfit(path, f"it has to be one of {_shown(schema['enum'])}, and is {_shown(value)}")
    if "const" in schema and _key(value) != _key(schema["const"]):
        yield Misfit(path, f"it has to be {_shown(schema['const'])}, and is {_shown(value)}")


def _of_text(value: str, schema: Mapping[str, Any], path: str) -> Iterator[Misfit]:
    yield from _of_size(len(value), schema, path, "Length", "characters")
    if "pattern" in schema and not _compiled(schema["pattern"]).search(value):
        yield Misfit(path, f"it does not match {schema['pattern']!r}")


def _of_number(value: float, schema: Mapping[str, Any], path: str) -> Iterator[Misfit]:
    for keyword, holds, words in _LIMITS:
        limit = schema.get(keyword)
        if isinstance(limit, int | float) and not isinstance(limit, bool) and not holds(value, limit):
            yield Misfit(path, f"it has to be {words} {limit}, and is {value}")
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and step > 0 and (Fraction(str(value)) / Fraction(str(step))).denominator != 1:
        yield Misfit(path, f"it has to be a multiple of {step}, and is {value}")


def _of_size(size: int, schema: Mapping[str, Any], path: str, suffix: str, what: str) -> Iterator[Misfit]:
    least, most = schema.get(f"min{suffix}"), schema.get(f"max{suffix}")
    if least is not None and size < least:
        yield Misfit(path, f"it has {size} {what}, and {least} are the least")
    if most is not None and size > most:
        yield Misfit(path, f"it has {size} {what}, and {most} are the most")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_ISA: Final[Mapping[str, Callable[[Any], bool]]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or float(value).is_integer()),
}
_LIMITS: Final[tuple[tuple[str, Callable[[float, float], bool], str], ...]] = (
    ("minimum", lambda value, limit: value >= limit, "at least"),
    ("maximum", lambda value, limit: value <= limit, "at most"),
    ("exclusiveMinimum", lambda value, limit: value > limit, "above"),
    ("exclusiveMaximum", lambda value, limit: value < limit, "below"),
)


def _kind(value: Any) -> str:
    order = ("null", "boolean", "string", "array", "object", "integer", "number")
    return next(name for name in order if _ISA[name](value))


def _key(value: Any) -> str:
    """Return a text that two values share if JSON Schema takes them for equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, list):
        return f"[{','.join(_key(item) for item in cast('list[Any]', value))}]"
    if isinstance(value, dict):
        items = sorted(cast("dict[str, Any]", value).items())
        return f"{{{','.join(f'{jsonx.compact(name)}:{_key(item)}' for name, item in items)}}}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return jsonx.compact(value)


def _shown(value: object) -> str:
    text = jsonx.compact(value)
    return text if len(text) <= 200 else text[:200] + "…"


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
