"""A request on its way: formed for its lane, with what makes events of the answer.

Knows: what each lane can say and what it cannot, and how both are told in the turn.
Never knows: when the request is sent, or how often.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from gemwright.client.lanes import Lane
from gemwright.client.model import Model
from gemwright.client.normalise import ChatNormaliser
from gemwright.client.prompts import prepare
from gemwright.client.retry import retried
from gemwright.foundation.errors import ContextOverflow, Unsupported
from gemwright.foundation.ids import call_id, turn_id
from gemwright.messages import Event, GenerationOptions, Message, ToolSpec, TurnStarted
from gemwright.runtimes.base import ChatRequest, RawChunk, RawRequest, Runtime, RuntimeInfo, Sampling
from gemwright.wire.chat_json import messages_to_openai
from gemwright.wire.grammar import ThoughtRule, strict_calls
from gemwright.wire.history import drop_finished_thoughts
from gemwright.wire.parse import Parser
from gemwright.wire.tokens import (
    CALL_CLOSE,
    CALL_OPEN,
    CHANNEL_CLOSE,
    CHANNEL_OPEN,
    QUOTE,
    RESPONSE_OPEN,
    TURN_CLOSE,
)
from gemwright.wire.untrusted import neutralise_messages

__all__ = ["Exchange", "Question", "chat_exchange", "raw_exchange"]

VISIBLE: Final = (CHANNEL_OPEN, CHANNEL_CLOSE, CALL_OPEN, CALL_CLOSE, QUOTE, RESPONSE_OPEN, TURN_CLOSE)
"""What the parser has to see: a runtime that hides these from its text takes the meaning out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, of whom, and how.

    Attributes:
        runtime, info, model: who answers.
        lane: the way there.
        messages, tools, options: what is asked.
        schema: what the answer has to fit, where the runtime is to hold the model to it; chat lane only.
        calls_at_most: calls that a grammar allows; None for no limit.
        allow_control_tokens: let control-token spellings in messages and tools become control tokens.
        repairs_off: ids of repairs to leave out.
        retries: how often it may be sent again before anything of the answer came.
    """

    runtime: Runtime
    info: RuntimeInfo
    model: Model
    lane: Lane
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    options: GenerationOptions
    schema: Mapping[str, Any] | None = None
    calls_at_most: int | None = None
    allow_control_tokens: bool = False
    repairs_off: Collection[str] = ()
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that is about to be sent: its chunks, and what makes events of them."""

    started: TurnStarted
    chunks: AsyncGenerator[Any]
    feed: Callable[[Any], list[Event]]
    end: Callable[[], list[Event]]


async def raw_exchange(ask: Question) -> Exchange:
    """Render the prompt and parse the answer here.

    Raises:
        ContextOverflow: the prompt alone is larger than the loaded context.
        Unsupported: a grammar is needed, and the runtime takes none.
        BadMessages: the conversation cannot be rendered.
        BadToolSchema: a schema that no grammar can be made of.
        RuntimeFailure: the runtime does not tokenise.
    """
    info, options, tools = ask.info, ask.options, ask.tools
    prompt = await prepare(
        ask.runtime,
        info,
        ask.messages,
        tools,
        dialect=ask.model.dialect,
        thinking=options.thinking,
        allow_control_tokens=ask.allow_control_tokens,
    )
    if info.context is not None and prompt.tokens is not None and prompt.tokens >= info.context:
        raise ContextOverflow(
            f"the prompt has {prompt.tokens} tokens, and the loaded context is {info.context}",
            needed=prompt.tokens + 1,
            limit=info.context,
        )
    notes = [ask.model.why]
    grammar = None
    if tools and (options.strict_tools or options.tool_choice == "required"):
        grammar = _grammar(ask, opened=prompt.rendered.starts_in_thought)
        notes.append("calls are held to their schemas by a grammar")
    if prompt.kept_as_text:
        notes.append(_kept(len(prompt.kept_as_text), altered=prompt.altered))
    if prompt.rendered.lost:
        notes.append(f"{len(prompt.rendered.lost)} schema keywords are not shown to the model")
    parser = Parser(
        tools,
        thinking=prompt.rendered.starts_in_thought,
        json_answer=options.json_answer,
        disabled=ask.repairs_off,
        call_id=partial(call_id, turn_id()),
    )

    def feed(chunk: RawChunk) -> list[Event]:
        return parser.feed(chunk.text)

    sampling = ask.model.sampling(options, prompt_tokens=prompt.tokens)
    request = RawRequest(prompt.body, sampling, grammar, VISIBLE)
    chunks = retried(lambda: ask.runtime.generate(request), retries=ask.retries)
    asked = _asked(sampling) + (["grammar"] if grammar is not None else [])
    return Exchange(_started(ask, notes, asked), chunks, feed, parser.finish)


async def chat_exchange(ask: Question) -> Exchange:
    """Let the runtime render and parse, and put right what it loses."""
    options, messages, tools = ask.options, ask.messages, ask.tools
    notes: list[str] = []
    unsaid: list[str] = []
    if not ask.allow_control_tokens:
        messages, tools, found = neutralise_messages(messages, tools)
        if found:
            notes.append(_kept(len(found), altered=True))
    if options.strict_tools and tools:
        unsaid.append("strict_tools")
        notes.append("strict tools are left to the runtime in this lane")
    if ask.schema is not None:
        notes.append("the runtime holds the answer to its schema")
    normaliser = ChatNormaliser(
        tools,
        json_answer=options.json_answer,
        disabled=ask.repairs_off,
        call_id=partial(call_id, turn_id()),
    )
    sampling = ask.model.sampling(options)
    request = ChatRequest(
        messages_to_openai(drop_finished_thoughts(messages)),
        [tool.to_json() for tool in tools],
        thinking=options.thinking,
        tool_choice=options.tool_choice,
        sampling=sampling,
        response_schema=None if ask.schema is None else dict(ask.schema),
    )
    asked = [
        *_asked(sampling),
        *(["tools"] if tools else []),
        *(["tool_choice"] if tools and options.tool_choice != "auto" else []),
        *(["thinking"] if options.thinking else []),
        *(["response_format"] if ask.schema is not None else []),
    ]
    chunks = retried(lambda: ask.runtime.chat(request), retries=ask.retries)
    return Exchange(_started(ask, notes, asked, unsaid), chunks, normaliser.feed, normaliser.finish)


def _asked(sampling: Sampling) -> list[str]:
    """Return the fields of a sampling that say something."""
    names = ("temperature", "top_p", "top_k", "seed", "max_tokens", "stop")
    return [name for name in names if getattr(sampling, name) not in (None, ())]


def _kept(count: int, *, altered: bool) -> str:
    how = "altered" if altered else "kept as text"
    return f"{count} control-token spellings in the conversation were {how}"


def _started(ask: Question, notes: Sequence[str], asked: Sequence[str], unsaid: Sequence[str] = ()) -> TurnStarted:
    info = ask.info
    return TurnStarted(
        runtime=info.runtime,
        model=info.model,
        lane=ask.lane.name,
        dialect=ask.model.dialect.name if ask.lane.name == "raw" else "the runtime's own template",
        note="; ".join([*notes, info.note] if info.note else notes),
        version=info.version,
        lane_why=ask.lane.why,
        ignored=(*unsaid, *(name for name in asked if name in info.capabilities.ignores)),
        quirks=info.quirks,
    )


def _grammar(ask: Question, *, opened: bool) -> str:
    """Return the grammar that holds calls to their schemas."""
    options = ask.options
    if ask.info.capabilities.grammar != "gbnf":
        raise Unsupported(f"{ask.info.runtime} takes no grammar in the raw lane", hint="leave strict tools off")
    thought: ThoughtRule = "opened" if opened else "must" if options.thinking else "off"
    return strict_calls(
        ask.tools,
        thinking=thought,
        required=options.tool_choice == "required",
        max_calls=ask.calls_at_most,
        max_text_chars=options.strict_max_chars,
    ).gbnf
