"""Which server is recognised at an address. The answers are written by hand from each server's source, but llama.cpp's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from gemwright.client import AsyncClient
from gemwright.foundation.errors import RuntimeGarbled, RuntimeRejected, RuntimeUnreachable
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.lmstudio import LMStudio
from gemwright.runtimes.mlx import MLX
from gemwright.runtimes.ollama import Ollama
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.registry import Recognised
from gemwright.runtimes.sglang import SGLang
from gemwright.runtimes.transformers_serve import TransformersServe
from gemwright.runtimes.vllm import VLLM
from tests.loopback import Asked, Loopback, Say


def served(answers: dict[str, Any]) -> Loopback:
    """Return a server that has these paths and no other."""

    async def handle(asked: Asked, say: Say) -> None:
        found = answers.get(asked.path)
        status = "404 Not Found" if found is None else "200 OK"
        body = json.dumps(found if found is not None else {"error": {"message": "Not Found"}}).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        await say(head.encode() + body)

    return Loopback(handle)


def models(**row: str) -> dict[str, Any]:
    """Return a list of one model."""
    return {"/v1/models": {"object": "list", "data": [{"id": "gemma-4-E2B-it", "object": "model", **row}]}}


@pytest.mark.parametrize(
    ("answers", "adapter"),
    [
        ({"/props": {"default_generation_settings": {}}, **models(owned_by="llamacpp")}, LlamaCpp),
        ({"/api/version": {"version": "0.32.10"}, **models(owned_by="library")}, Ollama),
        (models(owned_by="vllm"), VLLM),
        (models(owned_by="sglang"), SGLang),
        (models(owned_by="organization_owner"), LMStudio),
        (models(), MLX),
        (models(owned_by="somebody"), OpenAICompat),
        ({**models(owned_by="google"), "/openapi.json": {"paths": {"/load_model": {}}}}, TransformersServe),
        ({}, LlamaCpp),
    ],
)
def test_server_is_recognised(answers: dict[str, Any], adapter: type) -> None:
    """Each server gets its own adapter, whether or not its address ends in `/v1`; it is asked once."""

    async def use() -> None:
        async with served(answers) as server:
            for url in (server.url, server.url + "/v1/"):
                found = Recognised(url)
                assert type(await found.runtime()) is adapter
                before = len(server.asked)
                assert type(await found.runtime()) is adapter
                assert len(server.asked) == before
                await found.aclose()

    asyncio.run(use())


def test_what_is_not_recognised_is_told() -> None:
    """Something that is no model server must not look like one."""

    async def use() -> None:
        async with served({}) as server:
            found = Recognised(server.url)
            with pytest.raises(RuntimeGarbled, match=r"no llama\.cpp server"):
                await found.describe()
            await found.aclose()

    asyncio.run(use())


def test_a_server_that_wants_a_key_is_told_so() -> None:
    """Without its key a server shows nothing, and must not be taken for another one."""

    async def refuse(asked: Asked, say: Say) -> None:
        body = b'{"error": {"message": "Invalid API Key"}}'
        await say(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async def use() -> None:
        async with Loopback(refuse) as server:
            found = Recognised(server.url)
            with pytest.raises(RuntimeRejected, match="API Key"):
                await found.describe()
            assert [asked.path for asked in server.asked] == ["/props"]
            await found.aclose()

    asyncio.run(use())


def test_nobody_there() -> None:
    """A port that refuses is told at once."""

    async def use() -> None:
        found = Recognised("http://127.0.0.1:9")
        with pytest.raises(RuntimeUnreachable):
            await found.describe()
        await found.aclose()

    asyncio.run(use())


def test_client_takes_any_address(engine: Any) -> None:
    """The real llama.cpp is recognised, and answers as through its own adapter."""

    async def use() -> None:
        async with AsyncClient(engine.url) as client:
            info = await client.info()
            assert info.runtime == "llama.cpp"
            assert info.capabilities.raw_tokens

    asyncio.run(use())
