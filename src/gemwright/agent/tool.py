"""A tool: what is declared to the model, and what runs. Typed functions become tools by their annotations and docstring."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, overload

from gemwright.foundation.errors import BadToolSchema
from gemwright.messages import ToolSpec
from gemwright.messages.parts import JSON

__all__ = ["Runs", "Tool", "as_tool", "tool"]

Runs: TypeAlias = Callable[..., Any]
"""Takes a tool's arguments by name; returns a text or a JSON value, or an awaitable of one."""

_TYPES: Final[Mapping[object, str]] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_SECTION: Final = re.compile(r"^(\w[\w ]*):\s*$")
_ARGUMENT: Final = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_KNOWN: Final = "str, int, float, bool, Literal of texts, a list of one of these, each perhaps `| None`"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that an agent may run.

    Attributes:
        spec: what is declared to the model.
        run: what runs: called with the arguments by name. A plain function runs in a thread of its own, an `async` one
            in the agent's event loop. It returns a text, which the model sees untouched, or a JSON value.
        approval: a person has to allow every call. Give it to whatever changes something.
        repeatable: the same call may be made again for one question, since its result changes.
    """

    spec: ToolSpec
    run: Runs
    approval: bool = False
    repeatable: bool = False

    @classmethod
    def from_function(cls, function: Runs, *, approval: bool = False, repeatable: bool = False) -> Tool:
        """Make a tool of a function: its name, its docstring, its annotations.

        The docstring's first paragraph tells the model what the tool does; a section `Args:` in Google's style
        describes the arguments. A parameter with a default is optional.

        Raises:
            BadToolSchema: there is no docstring, or an annotation that a small model cannot be told.
        """
        name = getattr(function, "__name__", "")
        if not name.isidentifier():
            raise BadToolSchema(
                f"{function!r} has no name that a tool can have", hint="write it as a function with def"
            )
        purpose, described = _read_docstring(inspect.getdoc(function) or "")
        if not purpose:
            raise BadToolSchema(
                f"the tool `{name}` has no docstring", hint="its first sentence tells the model what the tool does"
            )
        return cls(ToolSpec(name, purpose, _schema(name, function, described)), function, approval, repeatable)


@overload
def tool(function: Runs) -> Tool: ...
@overload
def tool(*, approval: bool = False, repeatable: bool = False) -> Callable[[Runs], Tool]: ...
def tool(
    function: Runs | None = None, *, approval: bool = False, repeatable: bool = False
) -> Tool | Callable[[Runs], Tool]:
    """Make a tool of a function, as a decorator: `@tool`, or `@tool(approval=True)` (see `Tool.from_function`)."""
    if function is not None:
        return Tool.from_function(function)
    return lambda one: Tool.from_function(one, approval=approval, repeatable=repeatable)


def _schema(name: str, function: Runs, described: Mapping[str, str]) -> dict[str, JSON]:
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError) as e:
        raise BadToolSchema(f"the annotations of the tool `{name}` cannot be read: {e}") from e
    properties: dict[str, JSON] = {}
    required: list[JSON] = []
    for parameter in inspect.signature(function).parameters.values():
        where = f"the parameter `{parameter.name}` of the tool `{name}`"
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise BadToolSchema(f"{where} cannot be given by name", hint="a tool's arguments are given by name")
        if parameter.name not in hints:
            raise BadToolSchema(f"{where} has no annotation", hint=f"known are {_KNOWN}")
        entry = _type(hints[parameter.name], where)
        if parameter.name in described:
            entry = {"description": described[parameter.name], **entry}
        properties[parameter.name] = entry
        if parameter.default is parameter.empty:
            required.append(parameter.name)
    return {"type": "object", "properties": properties, "required": required}


def _type(annotation: Any, where: str) -> dict[str, JSON]:
    if annotation in _TYPES:
        return {"type": _TYPES[annotation]}
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal and all(isinstance(choice, str) for choice in inner):
        return {"type": "string", "enum": list(inner)}
    if origin is list and len(inner) == 1:
        items = _type(inner[0], where)
        if items["type"] != "array":
            return {"type": "array", "items": items}
    if origin in (Union, types.UnionType):
        some = [one for one in inner if one is not type(None)]
        if len(some) == 1:
            return {**_type(some[0], where), "nullable": True}
    raise BadToolSchema(
        f"{where} is annotated with {inspect.formatannotation(annotation)}, which has no flat schema",
        hint=f"known are {_KNOWN}; small models get nested arguments wrong, so take several flat ones",
    )


def _read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """Return the first paragraph, and what the section `Args:` says of each argument."""
    purpose, _, rest = text.strip().partition("\n\n")
    described: dict[str, str] = {}
    section = name = ""
    base = -1
    for line in rest.splitlines():
        indent = len(line) - len(line.lstrip())
        if not line.strip():
            continue
        if indent == 0:
            heading = _SECTION.match(line)
            section, name, base = (heading[1] if heading else ""), "", -1
        elif section in ("Args", "Arguments"):
            base = indent if base < 0 else base
            found = _ARGUMENT.match(line.strip()) if indent == base else None
            if found:
                name = found[1]
                described[name] = found[2].strip()
            elif name:
                described[name] = f"{described[name]} {line.strip()}".strip()
    return " ".join(purpose.split()), described


def as_tool(given: Tool | Runs) -> Tool:
    """Return a tool as it is, and a function made into one."""
    return given if isinstance(given, Tool) else Tool.from_function(given)
