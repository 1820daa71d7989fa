"""One prompt of `llm` as a turn of ours: messages, tools and options in, events, calls and token counts back.

Source: `llm.parts`, `llm.models.Prompt` and the response's `set_usage`, `add_tool_call` of pkg:pypi/llm@0.36.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import llm
from llm.parts import AttachmentPart, ReasoningPart, StreamEvent, TextPart, ToolCallPart, ToolResultPart
from llm.parts import Message as LlmMessage

from gemwright.client import Structured, problem_of
from gemwright.foundation.errors import BadMessages, GemwrightError, Unsupported
from gemwright.messages import (
    Audio,
    Event,
    GenerationOptions,
    Image,
    Media,
    Message,
    Part,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    ToolCallEnded,
    ToolResult,
    ToolSpec,
    Turn,
    system,
    turn_to_json,
)
from gemwright.plugins.llm import GemmaOptions
from gemwright.plugins.source import Source, find_source

__all__ = ["answer", "answer_async"]

_Answer: TypeAlias = llm.Response | llm.AsyncResponse


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, in our words."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    options: GenerationOptions
    schema: Mapping[str, Any] | None


def answer(prompt: llm.Prompt, response: llm.Response, *, demo: bool) -> Iterator[StreamEvent]:
    """Yield the answer as it comes, and tell the response its calls, tokens and how it came about.

    Args:
        prompt: what is asked.
        response: what `llm` keeps of the answer.
        demo: whether the demo model is meant.

    Raises:
        llm.ModelError: it cannot be asked, or its answer cannot be used.
    """
    with _told():
        source = find_source(_arguments(prompt), demo=demo)
        question = _question(prompt, source)
        with source.client() as client:
            if question.schema is None:
                with client.stream(question.messages, question.tools, question.options) as stream:
                    for event in stream:
                        yield from _translated(event, response)
                    _settle(stream.so_far(), response)
                return
            if question.tools:
                turn = client.turn(question.messages, question.tools, question.options)
                if turn.tool_calls:
                    yield from _whole(turn, response)
                    return
            found: Structured[Any] = client.structured(question.messages, question.schema, question.options)
            yield from _structured(found, response)


async def answer_async(prompt: llm.Prompt, response: llm.AsyncResponse, *, demo: bool) -> AsyncGenerator[StreamEvent]:
    """Yield the answer as it comes (see `answer`)."""
    with _told():
        source = await asyncio.to_thread(find_source, _arguments(prompt), demo=demo)
        question = _question(prompt, source)
        async with source.async_client() as client:
            if question.schema is None:
                async with client.stream(question.messages, question.tools, question.options) as stream:
                    async for event in stream:
                        for one in _translated(event, response):
                            yield one
                    _settle(stream.so_far(), response)
                return
            if question.tools:
                turn = await client.turn(question.messages, question.tools, question.options)
                if turn.tool_calls:
                    for one in _whole(turn, response):
                        yield one
                    return
            found: Structured[Any] = await client.structured(question.messages, question.schema, question.options)
            for one in _structured(found, response):
                yield one


@contextmanager
def _told() -> Generator[None]:
    """Hand our failures over as what `llm` shows its users."""
    try:
        yield
    except GemwrightError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        raise llm.ModelError(f"{error.message}{hint}") from error


def _chosen(prompt: llm.Prompt) -> GemmaOptions:
    options = prompt.options
    return options if isinstance(options, GemmaOptions) else GemmaOptions()


def _arguments(prompt: llm.Prompt) -> dict[str, object]:
    """Return the settings that the prompt's options give."""
    chosen = _chosen(prompt)
    return {"endpoint": chosen.endpoint, "model": chosen.model, "thinking": chosen.thinking}


def _question(prompt: llm.Prompt, source: Source) -> _Question:
    chosen, settings = _chosen(prompt), source.settings
    given = cast("object", prompt.schema)  # pyright: ignore[reportUnknownMemberType]
    schema = cast("dict[str, Any]", given) if isinstance(given, dict) else None
    options = GenerationOptions(
        thinking=settings.thinking,
        max_tokens=chosen.max_tokens or settings.max_tokens,
        temperature=source.temperature if chosen.temperature is None else chosen.temperature,
        top_p=chosen.top_p,
        top_k=chosen.top_k,
        seed=chosen.seed,
        json_answer=schema is not None,
    )
    messages = [_message(message, offline=settings.offline) for message in prompt.messages]
    if prompt.system and not any(message.role == "system" for message in messages):
        messages.insert(0, system(prompt.system))
    return _Question(tuple(messages), tuple(_tools(prompt)), options, schema)


def _tools(prompt: llm.Prompt) -> Iterator[ToolSpec]:
    for tool in prompt.tools:
        if not isinstance(tool, llm.Tool):
            raise Unsupported(f"{tool.name} runs at a provider's server; a local model has none")
        schema = cast("dict[str, Any]", tool.input_schema)  # pyright: ignore[reportUnknownMemberType]
        yield ToolSpec.from_json({"name": tool.name, "description": tool.description, "parameters": schema or None})


def _message(message: LlmMessage, *, offline: bool) -> Message:
    parts = [found for part in message.parts for found in _parts(part, offline=offline)]
    if message.role not in ("system", "user", "assistant", "tool"):
        raise BadMessages(f"a message cannot have the role {message.role!r}")
    return Message(message.role, tuple(parts))


def _parts(part: object, *, offline: bool) -> list[Part]:
    match part:
        case TextPart():
            return [Text(part.text)]
        case ReasoningPart():
            return [Thinking(part.text)] if part.text else []
        case ToolCallPart():
            return [ToolCall(part.name, part.arguments, part.tool_call_id or "")]
        case ToolResultPart():
            result = ToolResult(part.name, part.output, part.tool_call_id or "", part.exception is not None)
            return [result, *(_media(one, offline=offline) for one in part.attachments)]
        case AttachmentPart(attachment=llm.Attachment() as attachment):
            return [_media(attachment, offline=offline)]
        case _:
            raise BadMessages(f"a message holds what cannot be sent: {type(part).__name__}")


def _media(attachment: llm.Attachment, *, offline: bool) -> Image | Audio:
    """Return an attachment's bytes. Those behind an address are fetched by `llm`, which was asked to."""
    if attachment.url and not attachment.content and offline:
        raise Unsupported("the attachment is on the network, and `offline` is set", hint="attach a file instead")
    kind = (attachment.resolve_type() or "").partition("/")[0]
    data = attachment.content_bytes() or b""
    return (
        Audio(Media.from_bytes(data, kind="audio")) if kind == "audio" else Image(Media.from_bytes(data, kind="image"))
    )


def _translated(event: Event, response: _Answer) -> Iterator[StreamEvent]:
    match event:
        case TextDelta(text):
            yield StreamEvent(type="text", chunk=text)
        case ThinkingDelta(text):
            yield StreamEvent(type="reasoning", chunk=text)
        case ToolCallEnded(_, call):
            yield from _called(call, response)
        case _:
            pass


def _called(call: ToolCall, response: _Answer) -> Iterator[StreamEvent]:
    arguments = dict(call.arguments)
    response.add_tool_call(llm.ToolCall(name=call.name, arguments=arguments, tool_call_id=call.id))
    yield StreamEvent(type="tool_call_name", chunk=call.name, tool_call_id=call.id)
    yield StreamEvent(type="tool_call_args", chunk=json.dumps(arguments, ensure_ascii=False), tool_call_id=call.id)


def _whole(turn: Turn, response: _Answer) -> Iterator[StreamEvent]:
    """Yield a turn that is over."""
    for part in turn.parts:
        match part:
            case Text(text):
                yield StreamEvent(type="text", chunk=text)
            case Thinking(text):
                yield StreamEvent(type="reasoning", chunk=text)
            case ToolCall():
                yield from _called(part, response)
            case _:
                pass
    _settle(turn, response)


def _structured(found: Structured[Any], response: _Answer) -> Iterator[StreamEvent]:
    """Yield an answer in a schema: it is whole and valid before anything of it is shown."""
    if found.turn.thinking:
        yield StreamEvent(type="reasoning", chunk=found.turn.thinking)
    yield StreamEvent(type="text", chunk=json.dumps(found.value, ensure_ascii=False))
    _tell(found.turn, response, found.turns)


def _settle(turn: Turn, response: _Answer) -> None:
    """Tell the response what is known of a turn.

    Raises:
        OutputProblem: the turn cannot be used.
    """
    _tell(turn, response, (turn,))
    problem = problem_of(turn)
    if problem is not None:
        raise problem


def _tell(turn: Turn, response: _Answer, turns: tuple[Turn, ...]) -> None:
    usages = [one.usage for one in turns]
    cached = sum(usage.cached_tokens or 0 for usage in usages)
    if any(usage.output_tokens is not None for usage in usages):
        response.set_usage(  # pyright: ignore[reportUnknownMemberType]
            input=sum(usage.prompt_tokens or 0 for usage in usages),
            output=sum(usage.output_tokens or 0 for usage in usages),
            details={"cached_tokens": cached} if cached else None,
        )
    if turn.model:
        response.set_resolved_model(turn.model)
    response.response_json = turn_to_json(turn)
