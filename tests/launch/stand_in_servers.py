"""Stand-ins for model servers, each labelled as one, on loopback ports that the system chooses.

What they say is written by hand: Ollama's from its `docs/api.md` and `api/types.go`, LM Studio's from its page "List your
models" (lmstudio.ai/docs), vLLM's and mlx-lm's from the lists that `gemwright.runtimes` was written after. None is met here.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.loopback import END, Asked, Handler, Loopback, Say, answer, head, piece

CALL = '<|tool_call>call:{name}{{{key}:<|"|>{value}<|"|>}}<tool_call|>'
WEATHER = CALL.format(name="get_weather", key="city", value="Faro")
TIDE = CALL.format(name="get_tide", key="station", value="Vigo")
THOUGHT = "<|channel>thought\nThe tool knows.\n<channel|>"


@contextmanager
def standing(handler: Handler) -> Generator[Loopback]:
    """Run a server in a thread of its own, so that what is tested may block."""
    ready: threading.Event = threading.Event()
    found: list[Loopback] = []
    loop = asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve() -> None:
        async with Loopback(handler) as server:
            found.append(server)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    try:
        assert ready.wait(10)
        yield found[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


@contextmanager
def silent_port() -> Iterator[int]:
    """Hold a port at which connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def closed_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def as_json(value: object, status: int = 200) -> bytes:
    """Return a whole answer that holds a value."""
    return answer(json.dumps(value).encode(), status)


def by_path(routes: Mapping[str, bytes | Handler]) -> Handler:
    """Return a handler that answers by path, and 404 to every other."""

    async def handler(asked: Asked, say: Say) -> None:
        found = routes.get(asked.path, answer(b"404 page not found", 404, kind="text/plain"))
        await (say(found) if isinstance(found, bytes) else found(asked, say))

    return handler


def openai(*rows: dict[str, Any], version: str = "") -> Handler:
    """Stand in for a server with OpenAI's list of models, and vLLM's `/version` where one is given."""
    routes: dict[str, bytes | Handler] = {"/v1/models": as_json({"object": "list", "data": list(rows)})}
    if version:
        routes["/version"] = as_json({"version": version})
    return by_path(routes)


def lmstudio(*rows: dict[str, Any]) -> Handler:
    """Stand in for LM Studio 0.4."""
    listed = [{"id": row["key"], "object": "model", "owned_by": "organization_owner"} for row in rows]
    return by_path(
        {"/v1/models": as_json({"object": "list", "data": listed}), "/api/v1/models": as_json({"models": list(rows)})}
    )


def row(name: str, **more: Any) -> dict[str, Any]:
    """Return a row of Ollama's `/api/tags`."""
    details = {"format": "gguf", "family": "gemma4", "parameter_size": "25.8B", "quantization_level": "Q4_K_M"}
    return {"name": name, "model": name, "size": 17_987_642_035, "digest": "0" * 64, "details": details, **more}


def ollama(
    version: str,
    *rows: dict[str, Any],
    loaded: int | None = None,
    speaks: Handler | None = None,
) -> Handler:
    """Stand in for Ollama: it lists models, and speaks in both lanes as a Gemma 4 would that knows the front door's tools.

    Args:
        version: what it says of itself.
        rows: of `/api/tags`.
        loaded: the context with which the first model is in memory; None until it has answered, then 4096.
        speaks: answers in place of the model, in both lanes.
    """
    context = [loaded]

    async def running(_: Asked, say: Say) -> None:
        models = [{**rows[0], "context_length": context[0]}] if context[0] and rows else []
        await say(as_json({"models": models}))

    async def speak(asked: Asked, say: Say) -> None:
        context[0] = context[0] or 4096
        await say(head(kind="application/x-ndjson", transfer_encoding="chunked"))
        raw = asked.path == "/api/generate"
        frames = raw_frames(asked.json["prompt"]) if raw else chat_frames(asked.json)
        last = {"done_reason": "stop", "prompt_eval_count": 9, "eval_count": 9}
        empty = {"response": ""} if raw else {"message": {"role": "assistant", "content": ""}}
        for frame in [*({**one, "done": False} for one in frames), {**empty, "done": True, **last}]:
            await say(piece(json.dumps(frame).encode() + b"\n"))
        await say(END)

    show = {"template": "", "capabilities": ["completion", "tools", "thinking"], "model_info": {}}
    return by_path(
        {
            "/api/version": as_json({"version": version}),
            "/api/tags": as_json({"models": list(rows)}),
            "/api/ps": running,
            "/api/show": as_json(show),
            "/api/generate": speaks or speak,
            "/api/chat": speaks or speak,
        }
    )


def raw_frames(prompt: str) -> list[dict[str, Any]]:
    """Return what the stand-in's model says to a rendered prompt, in pieces."""
    thought = THOUGHT if "<|think|>" in prompt else ""
    if "<|tool_response>" in prompt:
        text = thought + ("3.4 m." if "Vigo?" in prompt else "19 degrees.")
    else:
        text = thought + (TIDE if "Vigo?" in prompt else WEATHER)
    return [{"response": text[at : at + 7]} for at in range(0, len(text), 7)]


def chat_frames(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what it says to messages: thoughts, calls and text apart, as Ollama's own parser would give them."""
    asked = " ".join(str(one["content"]) for one in body["messages"] if one["role"] == "user")
    tide = "Vigo?" in asked
    said: list[dict[str, Any]] = [{"thinking": "The tool "}, {"thinking": "knows."}] if body.get("think") else []
    if body["messages"][-1]["role"] == "tool" or not body.get("tools"):
        said += [{"content": text} for text in (("3.4", " m.") if tide else ("19 ", "degrees."))]
    else:
        arguments = {"station": "Vigo"} if tide else {"city": "Faro"}
        said.append(
            {"tool_calls": [{"function": {"name": "get_tide" if tide else "get_weather", "arguments": arguments}}]}
        )
    return [{"message": {"role": "assistant", "content": "", **one}} for one in said]
