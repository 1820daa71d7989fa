"""An MCP server that offers tools and nothing else: JSON-RPC, one message a line, answered one after the other.

It speaks the revisions with a handshake, 2024-11-05 to 2025-11-25, and 2026-07-28, which has none: there each request
names its revision (https://modelcontextprotocol.io/specification). What a client does not need for tools, such as
resources, prompts or subscriptions, is declined. The tools only read, and nothing leaves the computer.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any, Final, cast

from gemwright_simon.tools import SCHEMAS, Toolbox

__all__ = ["serve"]

HANDSHAKES: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""The revisions with a handshake, the newest first: it is offered to a client that asks for one we do not know."""

STATELESS: Final = ("2026-07-28",)
"""The revisions in which every request names its own."""

MAX_LINE: Final = 1024 * 1024
"""The longest message that is read, in bytes."""

_NAME: Final = "gemwright-simon"
_META: Final = "io.modelcontextprotocol/"
_INSTRUCTIONS: Final = (
    "Facts of one family tree. Look people up before you say anything of them, keep qualifiers such as ABT, name the "
    "handles in brackets as evidence, and say so where nothing is recorded. Historical context is background, not evidence."
)
_PARSE, _INVALID, _METHOD, _PARAMS, _INTERNAL, _REVISION = -32700, -32600, -32601, -32602, -32603, -32022
_TTL_MS: Final = 3_600_000


class _Problem(Exception):
    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.error: dict[str, Any] = {"code": code, "message": message, **({"data": data} if data else {})}


def serve(toolbox: Toolbox, source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer requests until the source ends.

    Args:
        toolbox: the tools.
        source: where messages come from, a line each.
        sink: where answers go; nothing else may be written there.
    """
    while line := source.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = source.readline(MAX_LINE)
            answer: Any = _refusal(None, _Problem(_INVALID, f"a message has at most {MAX_LINE} bytes"))
        elif not line.strip():
            continue
        else:
            answer = _answer_line(toolbox, line)
        if answer is not None:
            sink.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            sink.flush()


def _refusal(number: object, problem: _Problem) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": problem.error}


def _answer_line(toolbox: Toolbox, line: bytes) -> Any:
    try:
        message: Any = json.loads(line)
    except (ValueError, RecursionError):
        return _refusal(None, _Problem(_PARSE, "that is no JSON"))
    if isinstance(message, list):  # batches exist in 2025-03-26
        answers = [_answer(toolbox, one) for one in cast("list[Any]", message)]
        kept = [one for one in answers if one is not None]
        return (kept or None) if message else _refusal(None, _Problem(_INVALID, "an empty batch"))
    return _answer(toolbox, message)


def _answer(toolbox: Toolbox, message: Any) -> dict[str, Any] | None:
    """Answer one message; None for a notification, and for an answer to something that we never asked."""
    if not isinstance(message, dict):
        return _refusal(None, _Problem(_INVALID, "a message is an object"))
    fields = cast("dict[str, Any]", message)
    number: Any = fields.get("id")
    method: Any = fields.get("method")
    if "id" not in fields or (method is None and ("result" in fields or "error" in fields)):
        return None
    if isinstance(number, bool) or not isinstance(number, (str, int)):
        return _refusal(None, _Problem(_INVALID, "an id is text or a whole number"))
    if fields.get("jsonrpc") != "2.0" or not isinstance(method, str):
        return _refusal(number, _Problem(_INVALID, "a request has jsonrpc 2.0 and a method"))
    params: Any = fields.get("params", {})
    try:
        if not isinstance(params, dict):
            raise _Problem(_PARAMS, "params is an object")
        return {"jsonrpc": "2.0", "id": number, "result": _result(toolbox, method, cast("dict[str, Any]", params))}
    except _Problem as problem:
        return _refusal(number, problem)
    except Exception:  # one request that fails must not end the server for those that follow
        return _refusal(number, _Problem(_INTERNAL, f"{_NAME} failed at this request; ask for something smaller"))


def _result(toolbox: Toolbox, method: str, params: dict[str, Any]) -> dict[str, Any]:
    stateless = _stateless(params)
    if stateless and method == "server/discover":
        return {
            **_complete(cached=True),
            "supportedVersions": [*STATELESS, *HANDSHAKES],
            "capabilities": {"tools": {}},
            "instructions": _INSTRUCTIONS,
            "_meta": {_META + "serverInfo": _info()},
        }
    if not stateless and method == "initialize":
        asked = params.get("protocolVersion")
        return {
            "protocolVersion": asked if asked in HANDSHAKES else HANDSHAKES[0],
            "capabilities": {"tools": {}},
            "serverInfo": _info(),
            "instructions": _INSTRUCTIONS,
        }
    if not stateless and method == "ping":
        return {}
    if method == "tools/list":
        if params.get("cursor"):
            raise _Problem(_PARAMS, "there is one page of tools: ask without a cursor")
        return {**(_complete(cached=True) if stateless else {}), "tools": [_declared(one) for one in SCHEMAS]}
    if method == "tools/call":
        return {**(_complete() if stateless else {}), **_called(toolbox, params)}
    raise _Problem(_METHOD, f"{_NAME} offers tools/list and tools/call")


def _stateless(params: dict[str, Any]) -> bool:
    """Tell whether a request names its own revision.

    Raises:
        _Problem: it names one that we do not speak.
    """
    meta: Any = params.get("_meta")
    asked: Any = cast("dict[str, Any]", meta).get(_META + "protocolVersion") if isinstance(meta, dict) else None
    if asked is None:
        return False
    if asked not in STATELESS:
        known = [*STATELESS, *HANDSHAKES]
        raise _Problem(_REVISION, "that revision is not spoken here", {"supported": known, "requested": asked})
    return True


def _complete(*, cached: bool = False) -> dict[str, Any]:
    return {"resultType": "complete", **({"ttlMs": _TTL_MS, "cacheScope": "private"} if cached else {})}


def _info() -> dict[str, Any]:
    try:
        return {"name": _NAME, "version": version(_NAME)}
    except PackageNotFoundError:  # run from a tree that was never installed
        return {"name": _NAME, "version": "0"}


def _declared(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": schema["name"],
        "description": schema["description"],
        "inputSchema": schema["parameters"],
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    }


def _called(toolbox: Toolbox, params: dict[str, Any]) -> dict[str, Any]:
    name: Any = params.get("name")
    arguments: Any = params.get("arguments") or {}
    if name not in [one["name"] for one in SCHEMAS]:
        raise _Problem(_PARAMS, f"there is no such tool; there are {', '.join(one['name'] for one in SCHEMAS)}")
    if not isinstance(arguments, dict):
        raise _Problem(_PARAMS, "arguments is an object")
    result = toolbox.call(str(name), cast("dict[str, Any]", arguments))
    return {"content": [{"type": "text", "text": result.text}], "isError": result.error}
