"""Tool declarations: a name, a description, a JSON schema of the arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

from gemwright.foundation.errors import BadToolSchema
from gemwright.messages.parts import JSON

__all__ = ["ToolChoice", "ToolSpec"]

ToolChoice: TypeAlias = Literal["auto", "none", "required"]


def _object_schema() -> dict[str, JSON]:
    return {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as it is declared to the model."""

    name: str
    description: str = ""
    parameters: Mapping[str, JSON] = field(default_factory=_object_schema)

    @classmethod
    def from_json(cls, value: object) -> ToolSpec:
        """Read a declaration, flat or in OpenAI's `{"type": "function", "function": {…}}` envelope.

        Raises:
            BadToolSchema: it is no object, has no name, or its parameters are no object schema.
        """
        if not isinstance(value, Mapping):
            raise BadToolSchema(f"a tool must be an object, not {type(value).__name__}")
        outer = cast("Mapping[str, Any]", value)
        inner = outer.get("function", outer)
        if not isinstance(inner, Mapping):
            raise BadToolSchema("a tool's `function` must be an object")
        body = cast("Mapping[str, Any]", inner)
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            raise BadToolSchema("a tool needs a name")
        parameters = body.get("parameters")
        if parameters is None:
            return cls(name, str(body.get("description") or ""))
        if not isinstance(parameters, Mapping):
            raise BadToolSchema(
                f"the parameters of tool `{name}` must be a schema object, not {type(parameters).__name__}"
            )
        schema = cast("Mapping[str, JSON]", parameters)
        if schema.get("type", "object") != "object":
            raise BadToolSchema(f"the parameters of tool `{name}` must be of type object, not {schema.get('type')!r}")
        return cls(name, str(body.get("description") or ""), schema)

    def to_json(self) -> dict[str, JSON]:
        """Return the declaration in OpenAI's envelope, which is also what Gemma 4's template reads."""
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": dict(self.parameters)},
        }
