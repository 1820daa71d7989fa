"""Who answers at an address: asked once, then spoken to by its own adapter.

Knows: which answer shows which server. Never knows: what a server does otherwise; that is in its adapter.

Sources: `/props` is llama.cpp's alone; `/api/version` is Ollama's; the others name themselves in `owned_by` of `/v1/models`
(vLLM `vllm`, SGLang `sglang`, LM Studio `organization_owner`), which mlx-lm's server leaves out; `transformers serve` names
models' authors there, and tells its paths in `/openapi.json`, of which `/load_model` is its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Final, TypeAlias

from gemwright.foundation.errors import RuntimeGarbled, RuntimeRejected
from gemwright.foundation.http import Http, Timeouts
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, RuntimeInfo
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.lmstudio import LMStudio
from gemwright.runtimes.mlx import MLX
from gemwright.runtimes.ollama import Ollama
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.reading import as_list, as_object, as_text
from gemwright.runtimes.sglang import SGLang
from gemwright.runtimes.transformers_serve import TransformersServe
from gemwright.runtimes.vllm import VLLM

__all__ = ["Recognised", "recognise"]

_Adapter: TypeAlias = type[LlamaCpp] | type[Ollama] | type[OpenAICompat]
_OWNERS: Final[dict[str, type[OpenAICompat]]] = {
    "vllm": VLLM,
    "sglang": SGLang,
    "organization_owner": LMStudio,
    "organization-owner": LMStudio,
    "": MLX,
}


async def recognise(http: Http) -> _Adapter:
    """Return the adapter of the server at an address; llama.cpp's where nothing is recognised, which then says so.

    Args:
        http: the server, without `/v1` at the end of its address.

    Raises:
        RuntimeUnreachable: nobody answers there.
        RuntimeTimeout: nobody answers in time.
        RuntimeRejected: the server wants another key.
    """
    if "default_generation_settings" in await _asked(http, "/props"):
        return LlamaCpp
    if as_text((await _asked(http, "/api/version")).get("version")):
        return Ollama
    models = await _asked(http, "/v1/models")
    if not isinstance(models.get("data"), list):
        return LlamaCpp
    owners = {as_text(as_object(row).get("owned_by")) for row in as_list(models.get("data"))}
    found = next((_OWNERS[owner] for owner in sorted(owners) if owner in _OWNERS), OpenAICompat)
    if found is OpenAICompat and "/load_model" in as_object((await _asked(http, "/openapi.json")).get("paths")):
        return TransformersServe
    return found


async def _asked(http: Http, path: str) -> dict[str, Any]:
    """Return the object at a path; an empty one where there is none.

    Raises:
        RuntimeRejected: the server wants a key that it did not get: it must not pass for another one.
    """
    try:
        return dict(as_object(await http.get_json(path)))
    except RuntimeGarbled:
        return {}
    except RuntimeRejected as error:
        if error.status in (401, 403):
            raise
        return {}


class Recognised:
    """Whatever answers at an address, as a `Runtime`: it is asked who it is before the first request.

    Args:
        base_url: the server's address; OpenAI's `/v1` at its end is taken off.
        model: the model that is meant; the server's own or only one if empty.
        api_key: sent as a bearer token.
        timeouts: deadlines.

    Raises:
        BadOption: the address is none.
    """

    def __init__(self, base_url: str, *, model: str = "", api_key: str = "", timeouts: Timeouts | None = None) -> None:
        self._url = base_url.strip().rstrip("/").removesuffix("/v1")
        self._model, self._api_key, self._timeouts = model, api_key, timeouts
        self._http = Http(self._url, api_key=api_key, timeouts=timeouts)
        self._asking = asyncio.Lock()
        self._found: LlamaCpp | Ollama | OpenAICompat | None = None

    async def runtime(self) -> LlamaCpp | Ollama | OpenAICompat:
        """Return the adapter of the server; asked once.

        Raises:
            RuntimeUnreachable: nobody answers there.
            RuntimeTimeout: nobody answers in time.
        """
        async with self._asking:
            if self._found is None:
                adapter = await recognise(self._http)
                self._found = adapter(self._url, model=self._model, api_key=self._api_key, timeouts=self._timeouts)
            return self._found

    async def describe(self) -> RuntimeInfo:
        """Return who answers, which model, and what it can take."""
        return await (await self.runtime()).describe()

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Continue a rendered prompt."""
        async with aclosing((await self.runtime()).generate(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by the runtime."""
        async with aclosing((await self.runtime()).chat(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def chat_whole(self, request: ChatRequest) -> list[ChatChunk]:
        """Answer messages in one piece, as the server does where no stream is asked for."""
        return await (await self.runtime()).chat_whole(request)

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Return token ids; `parse_special` decides whether control-token spellings become control tokens."""
        return await (await self.runtime()).tokenize(text, parse_special=parse_special)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector for each text."""
        return await (await self.runtime()).embed(texts)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        if self._found is not None:
            await self._found.aclose()
