"""What in a tool's declaration is a trap for a small model.

Knows: what the declaration does not show (`gemwright.wire.schema_losses`), and what small models get wrong: nested
arguments, many arguments, many tools, names that are near each other, choices without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, cast

from gemwright.messages import ToolSpec
from gemwright.wire.losses import schema_losses

__all__ = ["Finding", "findings"]

MAX_TOOLS: Final = 12
MAX_ARGUMENTS: Final = 8
MAX_CHOICES: Final = 30
MAX_DESCRIPTION: Final = 400
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NEAR: Final = 0.9
_KEYWORDS: Final = frozenset({"type", "properties", "required", "description", "nullable"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One trap.

    Attributes:
        tool: the tool's name; empty where all tools together are meant.
        where: which argument, as in `filter.tags[]`; empty for the tool itself.
        problem: what is wrong, as half a sentence.
        advice: what to do, as half a sentence.
    """

    tool: str
    where: str
    problem: str
    advice: str

    def __str__(self) -> str:
        place = ".".join(part for part in (self.tool, self.where) if part) or "the tools"
        return f"{place}: {self.problem}; {self.advice}"


def findings(specs: Sequence[ToolSpec]) -> list[Finding]:
    """Return what small models will get wrong about these tools; nothing where all is well.

    Args:
        specs: the tools that are declared together.

    Raises:
        BadToolSchema: a schema is nested without end.
    """
    found = [one for spec in specs for one in _of_tool(spec)]
    if len(specs) > MAX_TOOLS:
        found.append(
            Finding(
                "", "", f"{len(specs)} tools are declared together", f"{MAX_TOOLS} are plenty: declare what is needed"
            )
        )
    for number, spec in enumerate(specs):
        for other in specs[:number]:
            if spec.name == other.name:
                found.append(Finding(spec.name, "", "two tools have this name", "rename one"))
            elif SequenceMatcher(None, spec.name, other.name).ratio() >= _NEAR:
                found.append(Finding(spec.name, "", f"the name is near to `{other.name}`", "rename one"))
    return found


def _of_tool(spec: ToolSpec) -> Iterator[Finding]:
    if not _NAME.fullmatch(spec.name):
        yield Finding(spec.name, "", "the name is no plain word", "use letters, digits and _, 64 at most")
    if not spec.description.strip():
        yield Finding(spec.name, "", "there is no description", "say in a sentence what the tool does")
    elif len(spec.description) > MAX_DESCRIPTION:
        length = len(spec.description)
        yield Finding(spec.name, "", f"the description has {length} characters", "the first sentence is what counts")
    properties = _mapping(spec.parameters.get("properties"))
    if len(properties) > MAX_ARGUMENTS:
        yield Finding(spec.name, "", f"there are {len(properties)} arguments", f"{MAX_ARGUMENTS} are plenty: split it")
    required = spec.parameters.get("required")
    for name in cast("list[Any]", required) if isinstance(required, list) else []:
        if name not in properties:
            yield Finding(spec.name, str(name), "it is required and not declared", "declare it")
    for name, schema in properties.items():
        yield from _of_argument(spec.name, name, _mapping(schema))
    for loss in schema_losses(spec):
        yield Finding(spec.name, loss.path, f"`{loss.keyword}` is used", loss.meaning)


def _of_argument(tool: str, name: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    kind = schema.get("type")
    if not str(schema.get("description") or "").strip() and "enum" not in schema:
        yield Finding(tool, name, "the argument has no description", "say what it is, with an example")
    if name in _KEYWORDS:
        yield Finding(tool, name, "the name is a word of the declaration itself", "call it something else")
    if kind == "object" or "properties" in schema:
        yield Finding(tool, name, "the argument is a nested object", "take its fields as flat arguments")
    if kind == "array":
        items = _mapping(schema.get("items"))
        if not items:
            yield Finding(tool, name, "the list does not say what is in it", "declare `items`")
        elif items.get("type") in ("object", "array") or "properties" in items:
            yield Finding(tool, f"{name}[]", "the list holds nested values", "take one at a time, in several calls")
    if isinstance(kind, list):
        yield Finding(tool, name, "the argument has several types", "take one type")
    choices = schema.get("enum")
    if isinstance(choices, list) and len(cast("list[Any]", choices)) > MAX_CHOICES:
        count = len(cast("list[Any]", choices))
        yield Finding(tool, name, f"there are {count} choices", f"{MAX_CHOICES} are plenty: take a text, and mend it")


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
