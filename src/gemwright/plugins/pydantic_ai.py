"""Gemma 4 as a model of pydantic-ai: `Agent(GemmaModel())`.

Tools, structured output, streaming, thinking and media go through the same client as everything else here. Retries are
left to pydantic-ai: an answer that does not fit its type comes back as it is, once.

Source: the model API of pkg:pypi/pydantic-ai-slim@2.68.0 (`Model.request`, `Model.request_stream`, `StreamedResponse`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, ClassVar, Final
from weakref import ref

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, ModelResponseStreamEvent
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.profiles import ModelProfile, ModelProfileSpec, merge_profile
from pydantic_ai.settings import ModelSettingName, ModelSettings, ToolOrOutput
from pydantic_ai.usage import RequestUsage

from gemwright.client import AsyncClient, Stream, Structured
from gemwright.foundation import jsonx
from gemwright.foundation.errors import SchemaMismatch
from gemwright.messages import (
    Event,
    GenerationOptions,
    Message,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCallEnded,
    ToolChoice,
    ToolSpec,
    Turn,
    TurnEnded,
    TurnStarted,
    UsageReported,
)
from gemwright.plugins.pydantic_ai_answers import (
    FINISH,
    PROVIDER,
    details_of,
    events_again,
    response_of,
    told,
    usage_of,
)
from gemwright.plugins.pydantic_ai_messages import messages_of
from gemwright.plugins.source import find_source

__all__ = ["GemmaModel"]

_PROFILE: Final = ModelProfile(
    supports_tools=True,
    supports_json_schema_output=True,
    supports_json_object_output=True,
    supports_thinking=True,
    supports_document_input=False,
    supports_video_input=False,
)
_IGNORED: Final[frozenset[ModelSettingName]] = frozenset(
    {
        "timeout",
        "max_retries",
        "parallel_tool_calls",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "extra_headers",
        "extra_body",
        "service_tier",
        "citations",
    }
)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, in our words."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    options: GenerationOptions
    schema: dict[str, Any] | None


class GemmaModel(Model[Any]):
    """A Gemma 4, at a server or in an engine of ours, for pydantic-ai's agents.

    Args:
        where: the address of a server, or a client of your own (which you close); what the settings say where it is None.
        model: name of the model at the server, or a GGUF file for our engine.
        demo: the demo model that bare `gemwright` starts, whatever the settings say.
        variant: E2B, E4B, 12B, 26B-A4B or 31B, where the model's name does not say it.
        settings: what applies to every request where an agent says nothing else.
        profile: what of the model's abilities is to be told otherwise.
    """

    unsupported_settings: ClassVar[frozenset[ModelSettingName]] = _IGNORED

    def __init__(
        self,
        where: str | AsyncClient | None = None,
        *,
        model: str = "",
        demo: bool = False,
        variant: str = "",
        settings: ModelSettings | None = None,
        profile: ModelProfileSpec | None = None,
    ) -> None:
        super().__init__(settings=settings, profile=_profile(profile))
        self._given = where if isinstance(where, AsyncClient) else None
        self._wanted = {
            "endpoint": where if isinstance(where, str) else None,
            "model": model or None,
            "variant": variant or None,
        }
        self._demo = demo
        self._name = model or ("demo" if demo else "gemma-4")
        self._thinking = False
        self._temperature: float | None = None
        self._client: AsyncClient | None = self._given
        self._loop: ref[asyncio.AbstractEventLoop] | None = None

    @property
    def model_name(self) -> str:
        """The name that was given; what the server calls its model stands in each response."""
        return self._name

    @property
    def system(self) -> str:
        """Who provides the model."""
        return PROVIDER

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        """Close the connections that this model opened in this event loop."""
        client, self._client = self._client, self._given
        if client is not None and client is not self._given and self._here():
            await client.aclose()
        return await super().__aexit__(exc_type, exc_val, exc_tb)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Let the model answer.

        Raises:
            pydantic_ai.exceptions.ModelAPIError: the runtime failed; its subclass says how.
            pydantic_ai.exceptions.UserError: the request cannot be formed.
        """
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        with told(self._name):
            client = await self._ready()
            turn = await _answered(client, self._question(messages, settings, parameters))
        return response_of(turn, self._name)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """Let the model answer, and hand its answer over as it comes; a call comes whole, and so does a typed answer.

        Raises:
            pydantic_ai.exceptions.ModelAPIError: the runtime failed before its answer began.
            pydantic_ai.exceptions.UserError: the request cannot be formed.
        """
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        with told(self._name):
            client = await self._ready()
            question = self._question(messages, settings, parameters)
            if question.schema is None:
                stream = client.stream(question.messages, question.tools, question.options)
            else:
                stream = Stream(events_again(await _answered(client, question)))
        async with stream:
            with told(self._name):
                first = await anext(stream)  # a server that refuses shows it here, where another model can step in
            yield _GemmaStream(model_request_parameters=parameters, _first=first, _stream=stream, _name=self._name)

    async def count_tokens(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> RequestUsage:
        """Return how many tokens the prompt has, where the runtime has a tokenizer to ask."""
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        with told(self._name):
            client = await self._ready()
            asked = self._question(messages, settings, parameters)
            return RequestUsage(input_tokens=await client.count_tokens(asked.messages, asked.tools, asked.options))

    async def _ready(self) -> AsyncClient:
        """Return the client of this event loop: connections do not outlive the loop that opened them."""
        if self._given is not None:
            return self._given
        if self._client is None or not self._here():
            source = await asyncio.to_thread(find_source, self._wanted, demo=self._demo)
            if self._client is None or not self._here():  # another request of this loop may have been quicker
                self._thinking, self._temperature = source.settings.thinking, source.temperature
                self._client, self._loop = source.async_client(), ref(asyncio.get_running_loop())
        return self._client

    def _here(self) -> bool:
        return self._loop is not None and self._loop() is asyncio.get_running_loop()

    def _question(
        self, messages: Sequence[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> _Question:
        chosen: ModelSettings = settings or {}
        choice, names = _choice(chosen, parameters)
        found = [
            tool
            for tool in (*parameters.declared_function_tools, *parameters.output_tools)
            if names is None or tool.name in names
        ]
        tools = tuple(ToolSpec(tool.name, tool.description or "", tool.parameters_json_schema) for tool in found)
        typed = parameters.output_object if parameters.output_mode == "native" else None
        options = GenerationOptions(
            thinking=self._thinking if parameters.thinking is None else bool(parameters.thinking),
            max_tokens=chosen.get("max_tokens"),
            temperature=chosen.get("temperature", self._temperature),
            top_p=chosen.get("top_p"),
            top_k=chosen.get("top_k"),
            seed=chosen.get("seed"),
            stop=tuple(chosen.get("stop_sequences") or ()),
            tool_choice=choice,
            strict_tools=any(tool.strict for tool in found),
            json_answer=parameters.output_mode in ("native", "prompted"),
        )
        return _Question(messages_of(messages, parameters), tools, options, typed and typed.json_schema)


def _profile(given: ModelProfileSpec | None) -> ModelProfileSpec:
    """Return what Gemma 4 can do here, with what a person tells otherwise on top."""
    if callable(given):
        return lambda default: given(merge_profile(default, _PROFILE))
    return merge_profile(_PROFILE, given)


def _choice(settings: ModelSettings, parameters: ModelRequestParameters) -> tuple[ToolChoice, set[str] | None]:
    """Return whether a tool has to be called, and which tools there are; None is all."""
    choice = settings.get("tool_choice")
    outputs = {tool.name for tool in parameters.output_tools}
    open_end: ToolChoice = "auto" if parameters.allow_text_output else "required"
    match choice:
        case None | "auto":
            return open_end, None
        case "none":
            return ("none", None) if parameters.allow_text_output and not outputs else (open_end, outputs)
        case "required":
            return "required", {tool.name for tool in parameters.function_tools}
        case ToolOrOutput():
            return open_end, {*choice.function_tools, *outputs}
        case _:
            return "required", set(choice)


async def _answered(client: AsyncClient, question: _Question) -> Turn:
    """Return the turn that answers; an answer in a schema is asked for once the model calls nothing more."""
    asked, tools, options = question.messages, question.tools, question.options
    if question.schema is None:
        return await client.turn(asked, tools, options)
    if tools and options.tool_choice != "none":
        turn = await client.turn(asked, tools, options)
        if turn.tool_calls:
            return turn
    try:
        plain = replace(options, tool_choice="auto")
        found: Structured[Any] = await client.structured(asked, question.schema, plain, attempts=1)
    except SchemaMismatch as unfit:
        return Turn((Text(unfit.answer),))
    thoughts = [part for part in found.turn.parts if isinstance(part, Thinking)]
    return replace(found.turn, parts=(*thoughts, Text(jsonx.compact(found.value))), finish="stop")


@dataclass
class _GemmaStream(StreamedResponse):
    """A turn in progress, as pydantic-ai iterates it."""

    _first: Event
    _stream: Stream
    _name: str
    _timestamp: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        async with aclosing(self._events()) as events:
            async for event in events:
                match event:
                    case TurnStarted(model=name):
                        self._name = name or self._name
                    case TextDelta(text):
                        for one in self._parts_manager.handle_text_delta(vendor_part_id=None, content=text):
                            yield one
                    case ThinkingDelta(text):
                        for one in self._parts_manager.handle_thinking_delta(vendor_part_id=None, content=text):
                            yield one
                    case ToolCallEnded(_, call):
                        yield self._parts_manager.handle_tool_call_part(
                            vendor_part_id=None,
                            tool_name=call.name,
                            args=dict(call.arguments),
                            tool_call_id=call.id,
                        )
                    case UsageReported(usage):
                        self._usage = usage_of(usage)
                    case TurnEnded(finish):
                        self.finish_reason = FINISH[finish]
                    case _:
                        pass
        self.provider_details = details_of(self._stream.so_far())

    async def _events(self) -> AsyncGenerator[Event]:
        yield self._first
        with told(self._name, in_stream=True):
            async for event in self._stream:
                yield event

    async def close_stream(self) -> None:
        """Stop the runtime's work."""
        await self._stream.aclose()

    @property
    def model_name(self) -> str:
        """The model's name, as the server says it."""
        return self._name

    @property
    def provider_name(self) -> str:
        """Who provides the model."""
        return PROVIDER

    @property
    def provider_url(self) -> None:
        """Addresses are nobody's business in a kept history."""
        return None

    @property
    def timestamp(self) -> datetime:
        """When the answer began."""
        return self._timestamp
