"""The asynchronous client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any

from gemwright.client.lanes import Lane, LaneName, choose_lane
from gemwright.client.model import Model, model_behind
from gemwright.client.normalise import ChatNormaliser
from gemwright.client.prompts import Prompt, TurnMarks, count_turn_marks, prepare
from gemwright.client.stream import Stream
from gemwright.foundation.errors import BadOption, ContextOverflow, Unsupported
from gemwright.foundation.ids import call_id, turn_id
from gemwright.messages import (
    Event,
    FinishReason,
    GenerationOptions,
    Message,
    ToolCallEnded,
    ToolSpec,
    Turn,
    TurnEnded,
    TurnStarted,
    Usage,
    UsageReported,
)
from gemwright.runtimes.base import ChatRequest, RawChunk, RawRequest, Runtime, RuntimeInfo
from gemwright.wire.chat_json import messages_to_openai
from gemwright.wire.grammar import ThoughtRule, strict_calls
from gemwright.wire.history import drop_finished_thoughts
from gemwright.wire.parse import Parser
from gemwright.wire.repair import switched_off
from gemwright.wire.untrusted import neutralise_messages

__all__ = ["AsyncClient"]


class AsyncClient:
    """Talks to Gemma 4 through any runtime and gives the same events over all of them.

    Args:
        runtime: a runtime, or the address of a llama.cpp server.
        variant: E2B, E4B, 12B, 26B-A4B or 31B, where the model's name does not say it.
        lane: "raw" or "chat" to insist on one; the client chooses otherwise.
        allow_control_tokens: let control-token spellings in messages and tools become control tokens. Only for text that
            you wrote yourself.
        repairs_off: ids of repairs to leave out (`gemwright.wire.REPAIRS`).

    Raises:
        BadOption: a repair is unknown, or the address is none.
    """

    def __init__(
        self,
        runtime: Runtime | str,
        *,
        variant: str = "",
        lane: LaneName | None = None,
        allow_control_tokens: bool = False,
        repairs_off: Iterable[str] = (),
    ) -> None:
        if isinstance(runtime, str):
            from gemwright.runtimes.llamacpp import LlamaCpp

            runtime = LlamaCpp(runtime)
        self._runtime = runtime
        self._variant = variant
        self._lane: LaneName | None = lane
        self._allow_control_tokens = allow_control_tokens
        self._repairs_off = switched_off(repairs_off)
        self._known: tuple[RuntimeInfo, Model] | None = None

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Release the connections."""
        await self._runtime.aclose()

    async def info(self) -> RuntimeInfo:
        """Return who answers; asked once.

        Raises:
            RuntimeFailure: nobody does.
        """
        return (await self._described())[0]

    async def model(self) -> Model:
        """Return which model answers, and the dialect it is spoken to in."""
        return (await self._described())[1]

    def stream(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> Stream:
        """Let the model speak next, and return its events as they come.

        Nothing is sent before the first event is asked for. Failures of the runtime are raised while iterating; what the
        model wrote never raises.

        Args:
            messages: the conversation, oldest first.
            tools: the tools it may call.
            options: sampling, thinking, budget.
        """
        return Stream(self._events(tuple(messages), tuple(tools), options or GenerationOptions()))

    async def turn(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> Turn:
        """Let the model speak next, and return the whole turn: the fold of `stream`'s events.

        Raises:
            UsageProblem: the request cannot be formed.
            RuntimeFailure: the runtime failed.
        """
        async with self.stream(messages, tools, options) as stream:
            return await stream.turn()

    async def count_tokens(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> int:
        """Return how many tokens the prompt of this conversation has, as the runtime's own tokenizer counts them.

        Media count as the one placeholder that they are in the text.

        Raises:
            Unsupported: the runtime has no tokenizer to ask.
        """
        info, model = await self._described()
        if not info.capabilities.raw_tokens:
            raise Unsupported(f"{info.runtime} counts no tokens", hint="llama.cpp's server does")
        prompt = await self._prepare(info, model, tuple(messages), tuple(tools), options or GenerationOptions())
        return len(prompt.body)

    async def control_tokens(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> TurnMarks:
        """Count the turn marks of a conversation's prompt: as written, as servers would see them, and as sent.

        Raises:
            Unsupported: the runtime takes no token ids.
        """
        info, model = await self._described()
        prompt = await self._prepare(info, model, messages, tools, GenerationOptions())
        return await count_turn_marks(self._runtime, prompt)

    async def _described(self) -> tuple[RuntimeInfo, Model]:
        if self._known is None:
            info = await self._runtime.describe()
            self._known = info, model_behind(info, variant=self._variant)
        return self._known

    async def _prepare(
        self,
        info: RuntimeInfo,
        model: Model,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec],
        options: GenerationOptions,
    ) -> Prompt:
        return await prepare(
            self._runtime,
            info,
            messages,
            tools,
            dialect=model.dialect,
            thinking=options.thinking,
            allow_control_tokens=self._allow_control_tokens,
        )

    async def _events(
        self, messages: tuple[Message, ...], tools: tuple[ToolSpec, ...], options: GenerationOptions
    ) -> AsyncGenerator[Event]:
        if options.tool_choice == "none":
            tools = ()
        if options.tool_choice == "required" and not tools:
            raise BadOption("a tool call is required, but no tools are declared", hint="declare tools, or choose auto")
        info, model = await self._described()
        lane = choose_lane(info, messages, self._lane)
        begin = self._raw if lane.name == "raw" else self._chat
        exchange = await begin(info, model, lane, messages, tools, options)
        called = False
        finish: FinishReason = "stop"
        usage: Usage | None = None
        async with aclosing(exchange.chunks) as chunks:
            yield exchange.started
            async for chunk in chunks:
                for event in exchange.feed(chunk):
                    called = called or isinstance(event, ToolCallEnded)
                    yield event
                finish = chunk.finish or finish
                usage = chunk.usage or usage
        for event in exchange.end():
            called = called or isinstance(event, ToolCallEnded)
            yield event
        if usage is not None:
            yield UsageReported(usage)
        yield TurnEnded("tool_calls" if called and finish == "stop" else finish)

    async def _raw(
        self,
        info: RuntimeInfo,
        model: Model,
        lane: Lane,
        messages: tuple[Message, ...],
        tools: tuple[ToolSpec, ...],
        options: GenerationOptions,
    ) -> _Exchange:
        """Render and parse here."""
        prompt = await self._prepare(info, model, messages, tools, options)
        if info.context is not None and prompt.tokens is not None and prompt.tokens >= info.context:
            raise ContextOverflow(
                f"the prompt has {prompt.tokens} tokens, and the loaded context is {info.context}",
                needed=prompt.tokens + 1,
                limit=info.context,
            )
        notes = [lane.why, model.why]
        grammar = None
        if tools and (options.strict_tools or options.tool_choice == "required"):
            grammar = _grammar(info, tools, options, opened=prompt.rendered.starts_in_thought)
            notes.append("calls are held to their schemas by a grammar")
        if prompt.kept_as_text:
            notes.append(_kept(len(prompt.kept_as_text), altered=prompt.altered))
        if prompt.rendered.lost:
            notes.append(f"{len(prompt.rendered.lost)} schema keywords are not shown to the model")
        parser = Parser(
            tools,
            thinking=prompt.rendered.starts_in_thought,
            json_answer=options.json_answer,
            disabled=self._repairs_off,
            call_id=partial(call_id, turn_id()),
        )

        def feed(chunk: RawChunk) -> list[Event]:
            return parser.feed(chunk.text)

        request = RawRequest(prompt.body, model.sampling(options, prompt_tokens=prompt.tokens), grammar)
        return _Exchange(_started(info, model, lane, notes), self._runtime.generate(request), feed, parser.finish)

    async def _chat(
        self,
        info: RuntimeInfo,
        model: Model,
        lane: Lane,
        messages: tuple[Message, ...],
        tools: tuple[ToolSpec, ...],
        options: GenerationOptions,
    ) -> _Exchange:
        """Let the runtime render and parse."""
        notes = [lane.why]
        if not self._allow_control_tokens:
            messages, tools, found = neutralise_messages(messages, tools)
            if found:
                notes.append(_kept(len(found), altered=True))
        if options.strict_tools:
            notes.append("strict tools are left to the runtime in this lane")
        normaliser = ChatNormaliser(
            tools,
            json_answer=options.json_answer,
            disabled=self._repairs_off,
            call_id=partial(call_id, turn_id()),
        )
        request = ChatRequest(
            messages_to_openai(drop_finished_thoughts(messages)),
            [tool.to_json() for tool in tools],
            thinking=options.thinking,
            tool_choice=options.tool_choice,
            sampling=model.sampling(options),
        )
        started = _started(info, model, lane, notes)
        return _Exchange(started, self._runtime.chat(request), normaliser.feed, normaliser.finish)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request that is about to be sent: its chunks, and what makes events of them."""

    started: TurnStarted
    chunks: AsyncGenerator[Any]
    feed: Callable[[Any], list[Event]]
    end: Callable[[], list[Event]]


def _kept(count: int, *, altered: bool) -> str:
    how = "altered" if altered else "kept as text"
    return f"{count} control-token spellings in the conversation were {how}"


def _started(info: RuntimeInfo, model: Model, lane: Lane, notes: Sequence[str]) -> TurnStarted:
    dialect = model.dialect.name if lane.name == "raw" else "the runtime's own template"
    note = "; ".join([*notes, info.note] if info.note else notes)
    return TurnStarted(info.runtime, info.model, lane.name, dialect, note)


def _grammar(info: RuntimeInfo, tools: Sequence[ToolSpec], options: GenerationOptions, *, opened: bool) -> str:
    """Return the grammar that holds calls to their schemas.

    Raises:
        Unsupported: the runtime takes none.
        BadToolSchema: a schema that no grammar can be made of.
    """
    if info.capabilities.grammar != "gbnf":
        raise Unsupported(f"{info.runtime} takes no grammar in the raw lane", hint="leave strict tools off")
    thought: ThoughtRule = "opened" if opened else "must" if options.thinking else "off"
    return strict_calls(
        tools, thinking=thought, required=options.tool_choice == "required", max_text_chars=options.strict_max_chars
    ).gbnf
