"""The declared tools as the parser needs them: names that can be meant, and the schema of each tool's arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from gemwright.messages.parts import JSON
from gemwright.messages.tools import ToolSpec
from gemwright.wire.coerce import ANY, SchemaNode, fit

__all__ = ["Toolset", "typed_arguments"]


class Toolset:
    """Names and schemas of the declared tools.

    Args:
        tools: the declarations.
    """

    def __init__(self, tools: Iterable[ToolSpec] = ()) -> None:
        self._specs = {tool.name: tool for tool in tools}
        self._nodes: dict[str, SchemaNode] = {}

    def __bool__(self) -> bool:
        return bool(self._specs)

    def __contains__(self, name: str) -> bool:
        return name in self._specs

    @property
    def names(self) -> Iterable[str]:
        """The declared names, in their order."""
        return self._specs.keys()

    def resolve(self, name: str) -> str:
        """Return the declared name that is meant: itself, or the declared ending after a colon, or else the name as it is."""
        if name in self._specs:
            return name
        rest = name
        while ":" in rest:
            rest = rest.partition(":")[2]
            if rest.strip() in self._specs:
                return rest.strip()
        return name

    def demands(self, name: str) -> bool:
        """Whether a tool is declared with arguments that every call has to have."""
        spec = self._specs.get(name)
        return bool(spec and spec.parameters.get("required"))

    def node(self, name: str) -> SchemaNode:
        """Return the schema of a tool's arguments; ANY for a tool that is not declared."""
        node = self._nodes.get(name)
        if node is None:
            spec = self._specs.get(name)
            node = SchemaNode(spec.parameters) if spec else ANY
            self._nodes[name] = node
        return node

    def could_begin(self, prefix: str) -> bool:
        """Whether a declared name begins with `prefix`."""
        return any(name.startswith(prefix) for name in self._specs)


def typed_arguments(tools: Toolset, name: str, arguments: Mapping[str, JSON]) -> tuple[dict[str, JSON], bool]:
    """Return arguments that came as JSON, typed by the tool's schema, and whether that changed any."""
    given = dict(arguments)
    fitted = cast("dict[str, JSON]", fit(given, tools.node(name)))
    return fitted, fitted != given
