"""Tools of an MCP server, as an agent runs them.

Knows: `tools/list` and `tools/call`, and what of a result a model can read.
Never knows: how messages travel (`mcp_wire`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from gemwright.agent.mcp_wire import MCPConnection
from gemwright.agent.signals import Retry
from gemwright.agent.tool import Tool
from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadToolSchema, RuntimeGarbled
from gemwright.messages import ToolSpec
from gemwright.messages.parts import JSON

__all__ = ["MCPServer"]

MAX_TOOLS: Final = 500
_MAX_PAGES: Final = 100
_ODD: Final = re.compile(r"[^A-Za-z0-9_]")


class MCPServer:
    """A server that runs as our child; use it as a context manager, so that it ends with the block.

    Args:
        command: the program and its arguments; no shell reads them.
        env: environment variables for it, beside the few (`PATH`, `HOME` and the like) that it inherits.
        cwd: where it runs.
        seconds: how long it may take to start and for each call.

    Raises:
        RuntimeFailure: it cannot be started, or does not answer as an MCP server.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        seconds: float = 30.0,
    ) -> None:
        self._connection = MCPConnection(command, env=env, cwd=cwd, seconds=seconds)

    def __enter__(self) -> MCPServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server. Closing twice does nothing."""
        self._connection.close()

    def tools(self, *, approval: bool = True) -> list[Tool]:
        """Return the server's tools.

        Names become plain words, since Gemma 4's calls have room for nothing else: `notes/read` is `notes_read`.

        Args:
            approval: a person has to allow every call. What a server says of itself, that a tool only reads, proves
                nothing; say False for a server that you trust.

        Raises:
            RuntimeFailure: the server fails.
            BadToolSchema: it declares something that is no tool, or two tools get one name.
        """
        found: dict[str, Tool] = {}
        for declared in self._declared():
            spec = ToolSpec.from_json(
                {
                    "name": declared.get("name"),
                    "description": declared.get("description") or declared.get("title"),
                    "parameters": declared.get("inputSchema"),
                }
            )
            plain = _ODD.sub("_", spec.name)
            if plain in found:
                raise BadToolSchema(f"two tools of the MCP server `{self._connection.name}` would be called `{plain}`")
            found[plain] = Tool(ToolSpec(plain, spec.description, spec.parameters), self._caller(spec.name), approval)
        return list(found.values())

    def _declared(self) -> Iterator[Mapping[str, Any]]:
        cursor: object = None
        count = 0
        for _ in range(_MAX_PAGES):
            page = self._connection.request("tools/list", {"cursor": cursor} if cursor else {})
            tools = page.get("tools")
            for one in cast("list[object]", tools) if isinstance(tools, list) else []:
                count += 1
                if not isinstance(one, dict) or count > MAX_TOOLS:
                    raise RuntimeGarbled(f"the MCP server `{self._connection.name}` lists no tool, or over {MAX_TOOLS}")
                yield cast("dict[str, Any]", one)
            cursor = page.get("nextCursor")
            if not cursor:
                return
        raise RuntimeGarbled(f"the MCP server `{self._connection.name}` lists tools without end")

    def _caller(self, name: str) -> Callable[..., JSON]:
        def call(**arguments: JSON) -> JSON:
            result = self._connection.request("tools/call", {"name": name, "arguments": arguments})
            if result.get("resultType", "complete") != "complete":
                raise Retry(f"`{name}` wants to ask the user something first, which cannot be done here.")
            text = _text(result)
            if result.get("isError") is True:
                raise Retry(text or f"`{name}` failed and did not say why.")
            return text

        call.__name__ = name
        return call


def _text(result: Mapping[str, Any]) -> str:
    """Return what of a result a model can read; what it cannot is named."""
    content = result.get("content")
    pieces = [_piece(one) for one in cast("list[object]", content)] if isinstance(content, list) else []
    if not any(pieces) and result.get("structuredContent") is not None:
        return jsonx.compact(result["structuredContent"])
    return "\n".join(piece for piece in pieces if piece)


def _piece(given: object) -> str:
    if not isinstance(given, dict):
        return ""
    one = cast("dict[str, Any]", given)
    if one.get("type") == "text":
        return str(one.get("text", ""))
    inner = one.get("resource")
    if isinstance(inner, dict):
        resource = cast("dict[str, Any]", inner)
        return str(resource["text"]) if "text" in resource else f"[resource {resource.get('uri')}: not text]"
    if one.get("type") == "resource_link":
        return f"[link {one.get('uri')}: {one.get('name')}]"
    return f"[{one.get('type')}, {one.get('mimeType')}: not shown]"
