"""Runs in the clients' environment: reads streams with the official SDKs of openai and ollama, and prints what they saw.

On standard input stands a JSON list of streams: `name`, `sdk`, `url`, `model`, `lane`, `tools`, `thinking`. On standard
output comes one JSON object a line, in the same order.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx
import ollama
import openai

MESSAGES = [{"role": "user", "content": "hi"}]
PATIENCE_S = 15
PLAIN = {
    "verify": False
}  # loopback speaks no TLS, and loading certificates for each stream would take longer than reading it
HTTP = httpx.Client(timeout=PATIENCE_S, **PLAIN)


def seen(stream: dict[str, Any]) -> dict[str, Any]:
    """Return what an SDK reads: content, reasoning, calls by index, the finish, and the error that ended it."""
    found: dict[str, Any] = {
        "name": stream["name"],
        "content": "",
        "reasoning": "",
        "calls": [],
        "finish": "",
        "error": "",
    }
    try:
        (_read_ollama if stream["sdk"] == "ollama" else _read_openai)(stream, found)
    except (openai.APIError, ollama.ResponseError, httpx.HTTPError) as error:
        found["error"] = type(error).__name__
    return found


def _read_openai(stream: dict[str, Any], found: dict[str, Any]) -> None:
    client = openai.OpenAI(base_url=stream["url"] + "/v1", api_key="none", max_retries=0, http_client=HTTP)
    tools = [{"type": "function", "function": tool} for tool in stream["tools"]]
    more: dict[str, Any] = {"tools": tools} if tools else {}
    calls: dict[int, dict[str, str]] = {}
    with client.chat.completions.create(model=stream["model"], messages=MESSAGES, stream=True, **more) as chunks:
        for chunk in chunks:
            for choice in chunk.choices[:1]:
                delta, beside = choice.delta, choice.delta.model_extra or {}
                found["content"] += delta.content or ""
                found["reasoning"] += beside.get("reasoning_content") or beside.get("reasoning") or ""
                for piece in delta.tool_calls or []:
                    call = calls.setdefault(piece.index, {"id": "", "name": "", "arguments": ""})
                    found["calls"] = list(calls.values())
                    call["id"] = call["id"] or piece.id or ""
                    call["name"] += (piece.function and piece.function.name) or ""
                    call["arguments"] += (piece.function and piece.function.arguments) or ""
                found["finish"] = choice.finish_reason or found["finish"]


def _read_ollama(stream: dict[str, Any], found: dict[str, Any]) -> None:
    client = ollama.Client(host=stream["url"], timeout=PATIENCE_S, **PLAIN)
    if stream["lane"] == "raw":
        for part in client.generate(model=stream["model"], prompt="hi", raw=True, stream=True):
            found["content"] += part.response or ""
            found["finish"] = part.done_reason or found["finish"]
        return
    tools = [{"type": "function", "function": tool} for tool in stream["tools"]]
    for part in client.chat(
        model=stream["model"], messages=MESSAGES, tools=tools, think=stream["thinking"] or None, stream=True
    ):
        found["content"] += part.message.content or ""
        found["reasoning"] += part.message.thinking or ""
        found["calls"] += [
            {"id": "", "name": call.function.name, "arguments": json.dumps(dict(call.function.arguments))}
            for call in part.message.tool_calls or []
        ]
        found["finish"] = part.done_reason or found["finish"]


if __name__ == "__main__":
    for one in json.load(sys.stdin):
        sys.stdout.write(json.dumps(seen(one)) + "\n")
