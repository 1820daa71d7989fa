"""The six tools: what a model, a program or a person may ask of a tree, answered in compact lines with their evidence."""

from __future__ import annotations

from gemwright_simon.tools.results import CAP, ToolResult
from gemwright_simon.tools.schemas import SCHEMAS
from gemwright_simon.tools.toolbox import Toolbox

__all__ = ["CAP", "SCHEMAS", "ToolResult", "Toolbox"]
