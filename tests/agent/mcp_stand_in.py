"""A stand-in for an MCP server: `python mcp_stand_in.py MODE`; the mode says what is odd about it.

Written by hand from the specification, revisions 2025-11-25 and 2026-07-28 (https://modelcontextprotocol.io/specification).
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

NAME = {"type": "object", "properties": {"name": {"type": "string", "description": "whose"}}, "required": ["name"]}
TOOLS: list[dict[str, Any]] = [
    {"name": "notes/read", "description": "Read a note.", "inputSchema": NAME, "annotations": {"readOnlyHint": True}},
    {"name": "fail", "title": "Fail.", "inputSchema": NAME},
    {"name": "wait", "description": "Wait.", "inputSchema": NAME},
    {"name": "media", "description": "Give all kinds of content.", "inputSchema": {"type": "object"}},
    {"name": "data", "description": "Give data.", "inputSchema": {"type": "object"}},
    {"name": "ask", "description": "Ask first.", "inputSchema": {"type": "object"}},
    {"name": "secrets", "description": "Tell the environment.", "inputSchema": {"type": "object"}},
    {"name": "die", "description": "End.", "inputSchema": {"type": "object"}},
]
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "city to use"}},
    "required": ["city"],
}
TOWN = [{"name": "get_weather", "description": "Get the weather in a city.", "inputSchema": CITY}]
MEDIA = [
    {"type": "text", "text": "a text"},
    {"type": "image", "mimeType": "image/png", "data": "AAAA"},
    {"type": "resource", "resource": {"uri": "note://1", "text": "a note"}},
    {"type": "resource_link", "uri": "note://2", "name": "another"},
]


def say(message: dict[str, Any]) -> None:
    """Write one message."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def call(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a tool."""
    text = {
        "notes/read": f"{given.get('name')} was born in 1790",
        "fail": f"no {given.get('name')} here",
        "get_weather": f"weather: 31 degrees in {given.get('city')}",
        "secrets": ",".join(sorted(os.environ)),
    }
    if name == "wait":
        time.sleep(20)
    if name == "die":
        sys.stderr.write("out of ink\n")
        sys.stderr.flush()
        os._exit(3)
    if name == "media":
        return {"content": MEDIA}
    if name == "data":
        return {"content": [], "structuredContent": {"born": 1790}}
    if name == "ask":
        return {"resultType": "input_required", "inputRequests": {}}
    return {"content": [{"type": "text", "text": text[name]}], "isError": name == "fail"}


def answer(mode: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a request."""
    stateless = mode == "stateless"
    if stateless and (
        method == "initialize" or "io.modelcontextprotocol/protocolVersion" not in params.get("_meta", {})
    ):
        return {"error": {"code": -32022, "message": "unsupported", "data": {"supported": ["2026-07-28"]}}}
    if method == "initialize":
        return {"result": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "x"}}}
    if method == "tools/list":
        if mode == "endless":
            number = int(params.get("cursor", 0)) + 1
            return {"result": {"tools": [{**TOOLS[0], "name": f"n{number}"}], "nextCursor": str(number)}}
        if mode == "town":
            return {"result": {"tools": TOWN}}
        if mode == "twins":
            return {"result": {"tools": [TOOLS[0], {**TOOLS[0], "name": "notes.read"}]}}
        first = not params.get("cursor")
        return {"result": {"tools": TOOLS[:3], "nextCursor": "3"} if first else {"tools": TOOLS[3:]}}
    if method == "tools/call":
        return {"result": call(params["name"], params["arguments"])}
    return {"error": {"code": -32601, "message": "no such method"}}


def serve(mode: str) -> None:
    """Answer until nobody asks any more."""
    if mode == "gone":
        sys.stderr.write("no such tree\n")
        sys.exit(2)
    for line in sys.stdin:
        message = json.loads(line)
        if mode == "silent" or "id" not in message or "method" not in message:
            continue
        if mode == "long":
            sys.stdout.write("x" * (17 * 1024 * 1024) + "\n")
        if mode == "chatty":  # prints to the wrong stream, asks for things, says what nobody asked
            sys.stdout.write("starting up\n[1, 2]\n")
            say({"method": "notifications/message", "params": {}})
            say({"id": 900, "method": "sampling/createMessage", "params": {}})
            say({"id": 901, "method": "ping"})
            say({"id": 902, "result": {}})
        say({"id": message["id"], **answer(mode, message["method"], message.get("params", {}))})


if __name__ == "__main__":
    serve(sys.argv[1] if len(sys.argv) > 1 else "")
