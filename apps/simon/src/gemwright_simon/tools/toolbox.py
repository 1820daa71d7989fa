"""The six tools over one tree, called by name with whatever arguments a model wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gemwright_simon.tools.arguments import Refused, mended
from gemwright_simon.tools.background import get_historical_context
from gemwright_simon.tools.finding import find_people, search_records
from gemwright_simon.tools.kin import find_relationship, find_relatives
from gemwright_simon.tools.lookup import lookup_person
from gemwright_simon.tools.people import Ambiguous
from gemwright_simon.tools.results import ToolResult
from gemwright_simon.tools.schemas import SCHEMAS
from gemwright_simon.tree import Tree

__all__ = ["Toolbox"]

_TOOLS: dict[str, Callable[[Tree, dict[str, Any], list[str]], ToolResult]] = {
    "find_people": find_people,
    "lookup_person": lookup_person,
    "find_relatives": find_relatives,
    "find_relationship": find_relationship,
    "search_records": search_records,
    "get_historical_context": get_historical_context,
}
_SCHEMAS: dict[str, dict[str, Any]] = {schema["name"]: schema for schema in SCHEMAS}


class Toolbox:
    """The six tools over one tree. What the tree hides, they cannot show: they read nothing else.

    Attributes:
        tree: the tree.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def call(self, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Answer one call; a call that cannot be answered gets one line that says why, and what to do.

        Args:
            name: one of the six.
            arguments: as a model wrote them: names near the right ones and numbers as text are understood, and told.
                `page` is understood by every tool.
        """
        tool = _TOOLS.get(name)
        if tool is None:
            return ToolResult.of([f"there is no tool of that name; there are {', '.join(_TOOLS)}"], error=True)
        try:
            taken, told = mended(_SCHEMAS[name], arguments)
            return tool(self.tree, taken, told)
        except Refused as problem:
            return ToolResult.of([str(problem)], error=True)
        except Ambiguous as several:
            return several.result
