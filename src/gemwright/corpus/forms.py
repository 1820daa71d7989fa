"""Empty records to fill in, and JSON Schemas: both are read off the classes, whose docstrings say what each field means."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from gemwright.catalog.advisories import SECTIONS
from gemwright.catalog.kinds import KINDS

__all__ = ["authored_schema", "blank", "meanings", "singular"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def singular(kind: str) -> str:
    """Return the name of one record of a kind: `advisories` is `advisory`."""
    return kind[:-3] + "y" if kind.endswith("ies") else kind.removesuffix("s")


def meanings(record: type[Any]) -> Mapping[str, str]:
    """Return what each field of a class means, from its docstring."""
    _, _, text = (inspect.getdoc(record) or "").partition("Attributes:\n")
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {6,}.*)*)", text, re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in found}


def blank(kind: str, today: str) -> str:
    """Return a record of a kind to fill in: every field with its meaning above it, those that may be left out commented.

    Args:
        kind: folder of the kind.
        today: the day to write where a record says when it was checked.
    """
    body = "\n".join(_lines(KINDS[kind].record, "", today))
    if KINDS[kind].ending != ".md":
        return body + "\n"
    text = "\n\n".join(f"## {heading}\n\n…" for heading in SECTIONS)
    return f"+++\n{body}\n+++\n\n{text}\n"


def _lines(record: type[Any], prefix: str, today: str) -> list[str]:
    hints, told = get_type_hints(record), meanings(record)
    plain: list[str] = []
    tables: list[str] = []
    for one in fields(record):
        if one.name == "text" and record is KINDS["advisories"].record:
            continue
        hint, needed = hints[one.name], one.default is MISSING
        inner = _record_in(hint)
        if inner is not None:
            many = get_origin(hint) is tuple
            head = f"[[{prefix}{one.name}]]" if many else f"[{prefix}{one.name}]"
            lines = [f"# {told.get(one.name, '')}", head, *_lines(inner, f"{prefix}{one.name}.", today)]
            tables += ["", *(lines if needed else ["# " + line.removeprefix("# ") for line in lines])]
        else:
            line = f"{one.name} = {_sample(hint, one.name, today)}"
            plain += [f"# {told.get(one.name, '')}", line if needed else f"# {line}"]
    return [*plain, *tables]


def _record_in(hint: Any) -> type[Any] | None:
    if is_dataclass(hint) and isinstance(hint, type):
        return hint
    for inner in get_args(hint):
        if is_dataclass(inner) and isinstance(inner, type):
            return inner
    return None


def _sample(hint: Any, name: str, today: str) -> str:
    if name in ("last_checked", "checked", "retrieved", "published", "modified", "date"):
        return today
    origin = get_origin(hint)
    if origin is Literal:
        return f'"{next(one for one in get_args(hint) if one)}"'
    if origin is tuple:
        return "[]"
    if origin is Mapping or (
        origin in (Union, UnionType) and any(get_origin(one) is Mapping for one in get_args(hint))
    ):
        return "{}"
    samples: Mapping[Any, str] = {str: '""', int: "0", float: "0.0", bool: "false"}
    for one in (hint, *get_args(hint)):
        if one in samples:
            return samples[one]
    return '""'


def authored_schema() -> dict[str, Any]:
    """Return the JSON Schema of records as people write them: a definition for each kind and for what they hold."""
    definitions: dict[str, Any] = {}
    for kind, form in KINDS.items():
        definitions[singular(kind)] = _schema(form.record, definitions)
    return {
        "$schema": _DRAFT,
        "title": "gemwright corpus, as it is written",
        "description": "Each file of corpus/<kind>/ is one object of the definition of its kind.",
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(record: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    hints, told = get_type_hints(record), meanings(record)
    properties = {
        one.name: {**_type(hints[one.name], definitions), "description": told.get(one.name, "")}
        for one in fields(record)
    }
    needed = [one.name for one in fields(record) if one.default is MISSING]
    summary = (inspect.getdoc(record) or "").split("\n\n")[0]
    return {
        "type": "object",
        "description": " ".join(summary.split()),
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if is_dataclass(hint) and isinstance(hint, type):
        name = "part-" + hint.__name__.lower()
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _schema(hint, definitions)
        return {"$ref": f"#/$defs/{name}"}
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        [inner] = [one for one in get_args(hint) if one is not NoneType]
        return _type(inner, definitions)
    if origin is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0], definitions)}
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin is Mapping:
        return {"type": "object"}
    names: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
    return {"type": names[hint]}
