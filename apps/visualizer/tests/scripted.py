"""A scripted model: code in a model's place, labelled as such, so that what follows from good and bad answers can be tried."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable

from gemwright import Client, GemwrightError
from gemwright.runtimes.base import Capabilities, ChatChunk, ChatRequest, RawChunk, RawRequest, RuntimeInfo

Says = Callable[[str, list[bytes]], str | GemwrightError]
"""Returns what is answered to a text and its pictures, or the failure that comes instead."""


class ScriptedModel:
    """A `Runtime` whose answers a function gives; no model runs.

    Args:
        says: gives the answers.
        images: whether it says that it takes pictures.
        pause: seconds before each answer.
        model: what it calls itself.
    """

    def __init__(self, says: Says, *, images: bool = True, pause: float = 0.0, model: str = "script") -> None:
        self.asked: list[str] = []
        self._says, self._images, self._pause, self._model = says, images, pause, model

    async def describe(self) -> RuntimeInfo:
        """Say that this is a script."""
        return RuntimeInfo(
            runtime="scripted",
            version="1",
            model=self._model,
            context=8192,
            capabilities=Capabilities(raw_text=False, chat=True, images=self._images),
            note="answers by a script: no model runs",
        )

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Do nothing: this speaks the chat lane alone."""
        raise NotImplementedError
        yield RawChunk()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer the last message, in chunks of a few characters."""
        text, pictures = _read(request)
        self.asked.append(text)
        if self._pause:
            await asyncio.sleep(self._pause)
        said = self._says(text, pictures)
        if isinstance(said, GemwrightError):
            raise said
        for at in range(0, len(said), 16):
            yield ChatChunk(said[at : at + 16])
        yield ChatChunk(finish="stop")

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Count bytes: there is no tokenizer."""
        return list(text.encode())

    async def aclose(self) -> None:
        """Do nothing."""

    def client(self) -> Client:
        """Return a client of this."""
        return Client(self, variant="E2B", retries=0)


def _read(request: ChatRequest) -> tuple[str, list[bytes]]:
    content = request.messages[-1]["content"]
    if isinstance(content, str):
        return content, []
    texts = [part["text"] for part in content if part.get("type") == "text"]
    urls = [part["image_url"]["url"] for part in content if part.get("type") == "image_url"]
    return "\n".join(texts), [base64.b64decode(url.partition(",")[2]) for url in urls]
