"""What the client costs over a bare read: the same requests to the same server, their answers read and thrown away.

A server in a process of its own says the same stream to both, in llama.cpp's frames, one token each. CPU time of this
process, the least of several rounds in which both take turns: a busy machine waits longer, but works no more. Two lengths
of the stream give the cost of a request and of a chunk apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from benchmarks.peers import Peer
from benchmarks.report import seconds, table

__all__ = ["CHUNK_BUDGET", "LANES", "REQUEST_BUDGET", "main", "measure"]

LANES = ("raw", "chat")
SIZES = (20, 1020)
QUICK_SIZES = (20, 220)
REQUEST_BUDGET = 1e-3
CHUNK_BUDGET = 50e-6
ROUNDS = 15
QUICK_ROUNDS = 4
WORDS = ("The", " tide", " turns", " at", " two", ",", " and", " again", " at", " eight", ".", "\n")
TEXT = "When does the tide turn?"
PROPS = {
    "default_generation_settings": {"n_ctx": 131072},
    "model_path": "gemma-4-E2B-it.gguf",
    "chat_template": "",
    "build_info": "b1",
}


def main(peers: Sequence[Peer], *, quick: bool, download: bool) -> dict[str, Any]:
    """Measure, print the table, and return the figures in seconds.

    Args:
        peers: not asked: nobody else speaks this protocol and parses this format.
        quick: shorter streams and fewer rounds.
        download: not needed.
    """
    del peers, download
    print("client: overhead over a bare read", file=sys.stderr)
    sizes, rounds = (QUICK_SIZES, QUICK_ROUNDS) if quick else (SIZES, ROUNDS)
    with _server() as url:
        figures = {lane: measure(url, lane, sizes, rounds) for lane in LANES}
    rows = [
        [lane, seconds(one["bare"]), seconds(one["client"]), _against(one["request"], REQUEST_BUDGET),
         _against(one["chunk"], CHUNK_BUDGET)]
        for lane, one in figures.items()
    ]  # fmt: skip
    head = [
        "lane",
        f"bare, {sizes[1]} chunks",
        "client",
        f"over it a request (≤ {seconds(REQUEST_BUDGET)})",
        f"a chunk (≤ {seconds(CHUNK_BUDGET)})",
    ]
    print(table("Client: CPU time over a bare HTTP read of the same stream", head, rows, names=1))
    return figures


def _against(value: float, budget: float) -> str:
    shown = seconds(value) if value > 0 else "none"
    return shown if value <= budget else f"{shown}, OVER"


def measure(url: str, lane: str, sizes: Sequence[int], rounds: int) -> dict[str, float]:
    """Return what the longer stream costs bare and through the client, and what the client adds to a request and a chunk.

    Args:
        url: of the server.
        lane: "raw" or "chat".
        sizes: chunks of a short and of a long stream.
        rounds: how often each is read.
    """
    return asyncio.run(_measure(url, lane, sizes, rounds))


async def _measure(url: str, lane: str, sizes: Sequence[int], rounds: int) -> dict[str, float]:
    import httpx2

    from gemwright.client import AsyncClient
    from gemwright.messages import GenerationOptions, user
    from gemwright.runtimes.llamacpp import LlamaCpp

    small, large = sizes
    runtime = LlamaCpp(url)
    least: dict[tuple[str, int], float] = {}
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as bare, AsyncClient(runtime, lane=lane) as client:  # pyright: ignore[reportArgumentType]

        async def read_bare(size: int) -> None:
            if lane == "raw":
                question = {"content": TEXT, "add_special": False, "parse_special": True}
                (await bare.post(f"{url}/tokenize", json=question)).read()
            path, field = ("/completion", "n_predict") if lane == "raw" else ("/v1/chat/completions", "max_tokens")
            async with bare.stream("POST", url + path, json={field: size, "prompt": TEXT}) as answer:
                async for _ in answer.aiter_raw():
                    pass

        async def read_turn(size: int) -> None:
            turn = await client.turn([user(TEXT)], (), GenerationOptions(max_tokens=size))
            assert turn.usage.output_tokens == size and len(turn.text) > size

        for _ in range(rounds):
            for size in sizes:
                for name, read in (("bare", read_bare), ("client", read_turn)):
                    spent = await _spent(read, size)
                    least[name, size] = min(spent, least.get((name, size), spent))
    chunk = (least["client", large] - least["client", small] - least["bare", large] + least["bare", small]) / (
        large - small
    )
    request = least["client", small] - least["bare", small] - small * chunk
    return {"bare": least["bare", large], "client": least["client", large], "request": request, "chunk": chunk}


async def _spent(read: Callable[[int], Awaitable[None]], size: int) -> float:
    begin = time.process_time()
    await read(size)
    return time.process_time() - begin


# The server.


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Run the server in a process of its own, which ends when its standard input does."""
    command = [sys.executable, "-m", "benchmarks.client"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _stream(path: str, size: int) -> bytes:
    """Return a stream of so many tokens, a piece of the transfer for each frame."""
    words = [WORDS[at % len(WORDS)] for at in range(size)]
    if path == "/completion":
        frames: list[Any] = [
            {"index": 0, "content": w, "tokens": [7], "stop": False, "tokens_predicted": n, "tokens_evaluated": 9}
            for n, w in enumerate(words, 1)
        ]
        last = {"content": "", "tokens": [], "stop": True, "stop_type": "eos", "tokens_predicted": size}
        frames.append({**last, "tokens_evaluated": 9, "timings": {}})
    else:
        about = {"created": 1, "id": "chatcmpl-a", "model": "m", "object": "chat.completion.chunk"}
        frames = [{"choices": [{"finish_reason": None, "index": 0, "delta": {"content": w}}], **about} for w in words]
        frames.append({"choices": [{"finish_reason": "stop", "index": 0, "delta": {}}], **about})
        frames.append({"choices": [], **about, "usage": {"completion_tokens": size, "prompt_tokens": 9}})
    pieces = [b"data: " + json.dumps(frame, separators=(",", ":")).encode() + b"\n\n" for frame in frames]
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in [*pieces, b"data: [DONE]\n\n"]) + b"0\r\n\r\n"


async def _serve() -> None:
    streams: dict[tuple[str, int], bytes] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                path = head.split(" ")[1]
                length = next((line for line in head.split("\r\n") if line.startswith("content-length:")), ":0")
                body = await reader.readexactly(int(length.partition(":")[2]))
                if path in ("/completion", "/v1/chat/completions"):
                    asked = json.loads(body)
                    key = path, int(asked.get("n_predict") or asked["max_tokens"])
                    if key not in streams:
                        streams[key] = _stream(*key)
                    writer.write(
                        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                    )
                    writer.write(streams[key])
                else:
                    answer = json.dumps({"tokens": [1, 2, 3]} if path == "/tokenize" else PROPS).encode()
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
                    writer.write(b"content-length: %d\r\n\r\n%s" % (len(answer), answer))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
