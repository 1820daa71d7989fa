"""The six tools for any program that speaks the Model Context Protocol, over standard input and output."""

from __future__ import annotations

from gemwright_simon.mcp.server import serve

__all__ = ["serve"]
