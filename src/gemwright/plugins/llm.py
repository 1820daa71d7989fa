"""Gemma 4 in `llm`, the command and the library of that name: `llm -m gemwright 'What is a tide?'`.

The models: `gemwright` is what the settings name (GEMWRIGHT_ENDPOINT, GEMWRIGHT_MODEL, a settings file), and
`gemwright/demo` the demo model that bare `gemwright` starts. Streaming, conversations, tools, schemas, attachments and
the asynchronous interface go through the same client as everything else here.

Every `llm` command loads every plug-in, so that this module imports nothing but `llm` itself and what that has loaded.

Source: the model API of pkg:pypi/llm@0.36 (`llm.Model.execute`, `llm.parts`).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Annotated

import llm
from llm.parts import StreamEvent
from pydantic import Field

__all__ = ["AsyncGemma", "Gemma", "GemmaOptions", "register_models"]

_MEDIA = frozenset(
    f"{kind}/{form}"
    for kind, forms in {
        "image": ("png", "jpeg", "webp", "gif"),
        "audio": ("wav", "x-wav", "vnd.wave", "mpeg", "mp3", "flac", "x-flac", "ogg"),
    }.items()
    for form in forms
)


class GemmaOptions(llm.Model.Options):
    """What `-o NAME VALUE` can set; what is left out is the model's recommended value, or the setting of that name."""

    temperature: Annotated[float | None, Field(description="Randomness; 1.0 is recommended for Gemma 4.")] = None
    top_p: Annotated[float | None, Field(description="Nucleus sampling; 0.95 is recommended.")] = None
    top_k: Annotated[int | None, Field(description="Choices at each token; 64 is recommended, 0 is all.")] = None
    max_tokens: Annotated[int | None, Field(description="Tokens of the answer at most, thinking included.")] = None
    seed: Annotated[int | None, Field(description="Makes sampling repeatable, where the server takes it.")] = None
    thinking: Annotated[bool | None, Field(description="Whether the model thinks before it answers.")] = None
    endpoint: Annotated[str | None, Field(description="Address of the server, instead of the setting.")] = None
    model: Annotated[str | None, Field(description="Name of the model at the server, or a GGUF file.")] = None


class Gemma(llm.Model):
    """A Gemma 4 as a model of `llm`.

    Args:
        model_id: its name in `llm`.
        demo: whether it is the demo model, whatever the settings say.
    """

    can_stream = True
    supports_schema = True
    supports_tools = True
    attachment_types = _MEDIA
    Options = GemmaOptions

    def __init__(self, model_id: str, *, demo: bool = False) -> None:
        self.model_id = model_id
        self.demo = demo

    def execute(
        self,
        prompt: llm.Prompt,
        stream: bool,
        response: llm.Response,
        conversation: llm.Conversation | None,
    ) -> Iterator[str | StreamEvent]:
        """Answer a prompt.

        Raises:
            llm.ModelError: it cannot be asked, or its answer cannot be used.
        """
        from gemwright.plugins.llm_exchange import answer

        yield from answer(prompt, response, demo=self.demo)


class AsyncGemma(llm.AsyncModel):
    """The asynchronous twin of `Gemma`; the arguments are the same."""

    can_stream = True
    supports_schema = True
    supports_tools = True
    attachment_types = _MEDIA
    Options = GemmaOptions

    def __init__(self, model_id: str, *, demo: bool = False) -> None:
        self.model_id = model_id
        self.demo = demo

    async def execute(
        self,
        prompt: llm.Prompt,
        stream: bool,
        response: llm.AsyncResponse,
        conversation: llm.AsyncConversation | None,
    ) -> AsyncGenerator[str | StreamEvent]:
        """Answer a prompt.

        Raises:
            llm.ModelError: it cannot be asked, or its answer cannot be used.
        """
        from contextlib import aclosing

        from gemwright.plugins.llm_exchange import answer_async

        async with aclosing(answer_async(prompt, response, demo=self.demo)) as events:
            async for event in events:
                yield event


@llm.hookimpl
def register_models(register: Callable[..., None]) -> None:
    """Tell `llm` which models there are; nothing is started or asked for that."""
    register(Gemma("gemwright"), AsyncGemma("gemwright"))
    register(Gemma("gemwright/demo", demo=True), AsyncGemma("gemwright/demo", demo=True))
