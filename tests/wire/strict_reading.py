"""Independent readings for the grammar tests: a strict reader of calls, and a validator of the schemas used there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

QUOTE = '<|"|>'
CALL = re.compile(r"<\|tool_call>call:([^{]+)(\{.*?\})<tool_call\|>(?=<\|tool_call>|\Z)", re.DOTALL)
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")


def read_calls(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Read calls that follow each other without anything between, strictly; raises ValueError on anything else."""
    calls: list[tuple[str, dict[str, Any]]] = []
    at = 0
    while at < len(text):
        found = CALL.match(text, at)
        if not found:
            raise ValueError(f"no call: {text[at:][:80]!r}")
        value, end = _value(found[2], 0)
        if end != len(found[2]):
            raise ValueError(f"more after the arguments: {found[2][end:][:80]!r}")
        calls.append((found[1], value))
        at = found.end()
    return calls


def _value(text: str, at: int) -> tuple[Any, int]:
    if text.startswith(QUOTE, at):
        end = text.index(QUOTE, at + 5)
        return text[at + 5 : end], end + 5
    if text[at] in "[{":
        return _container(text, at)
    for word, value in (("true", True), ("false", False), ("null", None)):
        if text.startswith(word, at):
            return value, at + len(word)
    found = NUMBER.match(text, at)
    if not found:
        raise ValueError(f"no value: {text[at:][:40]!r}")
    return json.loads(found[0]), found.end()


def _container(text: str, at: int) -> tuple[Any, int]:
    closer = "]" if text[at] == "[" else "}"
    items: list[Any] = []
    pairs: dict[str, Any] = {}
    at += 1
    while text[at] != closer:
        if items or pairs:
            if text[at] != ",":
                raise ValueError(f"no comma: {text[at:][:40]!r}")
            at += 1
        if closer == "}":
            if text.startswith(QUOTE, at):
                key, at = _value(text, at)
            else:
                end = text.index(":", at)
                key, at = text[at:end], end
            value, at = _value(text, at + 1)
            pairs[key] = value
        else:
            value, at = _value(text, at)
            items.append(value)
    return (items if closer == "]" else pairs), at + 1


def fits(value: Any, schema: Any, root: Mapping[str, Any]) -> bool:
    """Whether a value fits a schema of the keywords used in these tests, closed as strict calls close it."""
    if isinstance(schema, bool):
        return schema
    if schema.get("nullable") and value is None:
        return True
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in schema:
        return any(fits(value, branch, root) for branch in schema["anyOf"])
    if "enum" in schema:
        return any(type(value) is type(option) and value == option for option in schema["enum"])
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return not kinds or any(_fits_kind(value, kind, schema, root) for kind in kinds)


def _fits_kind(value: Any, kind: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    match kind:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "number":
            right = isinstance(value, int if kind == "integer" else int | float) and not isinstance(value, bool)
            return right and schema.get("minimum", value) <= value <= schema.get("maximum", value)
        case "string":
            return isinstance(value, str) and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9)
        case "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", 10**9)
            items = schema.get("items", True)
            return isinstance(value, list) and least <= len(value) <= most and all(fits(v, items, root) for v in value)
        case _:
            if not isinstance(value, dict) or not set(schema.get("required", [])) <= value.keys():
                return False
            declared = schema.get("properties", {})
            others = schema.get("additionalProperties", not declared)
            return all(fits(v, declared.get(k, others), root) for k, v in value.items())
