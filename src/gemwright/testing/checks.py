"""The checks of the contract: one function each, over a runtime in one lane, through the client where events are meant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final, get_args

from gemwright.client.async_client import AsyncClient
from gemwright.foundation.errors import ContextOverflow, GemwrightError, Unsupported
from gemwright.messages import (
    FinishReason,
    GenerationOptions,
    Malformed,
    Message,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ThinkingEnded,
    ToolCall,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolSpec,
    TurnEnded,
    TurnStarted,
    UsageReported,
    system,
    tool_result,
    user,
)
from gemwright.runtimes.base import ChatRequest, RawRequest, Sampling
from gemwright.testing.bench import Bench, Broken, Heard, NotApplicable

__all__ = [
    "CALLS",
    "PHRASE",
    "TOOLS",
    "at_once",
    "call_whole",
    "calls_apart",
    "closes_twice",
    "context_overflow",
    "describes",
    "ends_once",
    "errors_typed",
    "events_in_order",
    "left_early",
    "max_tokens",
    "no_thinking",
    "results_go_back",
    "seeds",
    "stop_words",
    "text_intact",
    "thinking_apart",
    "tokens",
    "usage",
    "waiting_cancelled",
]

PHRASE: Final = "naïve 東京 é🎉"
"""Characters of one to four bytes, which tokens and frames cut."""
COUNT: Final = "one two three four five six seven eight nine ten eleven twelve"
TOOLS: Final = (
    ToolSpec(
        "get_weather",
        "Get the weather of a city",
        {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The name of the city"}},
            "required": ["city"],
        },
    ),
    ToolSpec(
        "get_time",
        "Get the time in a city",
        {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The name of the city"}},
            "required": ["city"],
        },
    ),
)
TIDES: Final = ToolSpec(
    "get_tides",
    "Get the tides of a harbour",
    {
        "type": "object",
        "properties": {
            "harbour": {"type": "string", "description": "The name of the harbour"},
            "days": {"type": "integer", "description": "For how many days"},
        },
        "required": ["harbour", "days"],
    },
)
BOTH: Final = "Get the weather of Oslo.\nAnd: Get the time in Rome."
CALLS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("get_weather", {"city": "Oslo"}),
    ("get_time", {"city": "Rome"}),
)
RESULTS: Final[tuple[dict[str, Any], ...]] = ({"weather": "sunny"}, {"time": "noon"})
_SURE: Final = GenerationOptions(temperature=0, max_tokens=200)
_MARKS: Final = ("<|channel>", "<channel|>", "<|tool_call>", "<tool_call|>", "<turn|>", "<|turn>", "<|tool_response>")
_MOST_CONTEXT: Final = 40_000
_FEW: Final = 8


def _say(words: str) -> list[Message]:
    return [user(f"Say this: {words}")]


def _need(holds: bool, expected: str, got: object) -> None:
    if not holds:
        raise Broken(f"expected {expected}, got {str(got)[:500]}")


async def describes(bench: Bench) -> None:
    """It says who it is, twice the same, and no path of this machine."""
    info = bench.info
    _need(bool(info.runtime), "the runtime's name", info)
    _need(info == await bench.runtime.describe(), "the same description twice", info)
    absolute = PurePosixPath(info.model).is_absolute() or PureWindowsPath(info.model).is_absolute()
    _need(not absolute, "a model's name, not a path", info.model)
    _need(info.context is None or info.context > 0, "the loaded context in tokens, or None", info.context)


async def events_in_order(bench: Bench) -> None:
    """`TurnStarted` first, `TurnEnded` last, `UsageReported` before it; a thought ends before what follows it."""
    heard = await bench.ask([user(BOTH)], TOOLS, GenerationOptions(temperature=0, max_tokens=200, thinking=True))
    kinds = [type(event) for event in heard.events]
    _need(bool(kinds) and kinds[0] is TurnStarted, "TurnStarted first", kinds[:1])
    _need(kinds[-1] is TurnEnded, "TurnEnded last", kinds[-1:])
    for once in (TurnStarted, TurnEnded):
        _need(kinds.count(once) == 1, f"one {once.__name__}", kinds.count(once))
    _need(kinds.count(UsageReported) <= 1, "usage once", kinds.count(UsageReported))
    open_calls: set[int] = set()
    thinking = False
    for event in heard.events:
        match event:
            case ThinkingDelta():
                thinking = True
            case ThinkingEnded():
                _need(thinking, "ThinkingEnded after a thought", event)
                thinking = False
            case TextDelta() | ToolCallStarted() if thinking:
                raise Broken(f"{type(event).__name__} while the thought was open")
            case ToolCallStarted(index=index):
                open_calls.add(index)
            case ToolCallDelta(index=index):
                _need(index in open_calls, "a delta of a call that was begun", event)
            case ToolCallEnded(index=index) | Malformed(index=int(index)):
                _need(index in open_calls, "the end of a call that was begun", event)
                open_calls.discard(index)
            case _:
                pass
    _need(not open_calls, "an end for every call", open_calls)


async def ends_once(bench: Bench) -> None:
    """Of the runtime's chunks the last one alone says how it finished, in one of our words."""
    chunks = (await bench.ask(_say("apple"), (), _SURE)).chunks
    ends = [at for at, chunk in enumerate(chunks) if chunk.finish is not None]
    _need(ends == [len(chunks) - 1], "one finish, with the last chunk", f"{len(chunks)} chunks, finished at {ends}")
    _need(chunks[-1].finish in get_args(FinishReason), f"one of {get_args(FinishReason)}", chunks[-1].finish)


async def usage(bench: Bench) -> None:
    """Tokens of prompt and answer are told, each once: the numbers of the whole answer, not of a chunk."""
    heard = await bench.ask(_say("apple"), (), _SURE)
    told = heard.turn.usage
    _need((told.prompt_tokens or 0) > 0, "tokens of the prompt", told)
    _need((told.output_tokens or 0) > 0, "tokens of the answer", told)


async def text_intact(bench: Bench) -> None:
    """Characters that tokens and frames cut arrive whole, and no mark of the format is left in the text."""
    heard = await bench.ask(_say(PHRASE), (), _SURE)
    _need(PHRASE in heard.turn.text, repr(PHRASE), repr(heard.turn.text))
    _need("\ufffd" not in heard.turn.text, "no replacement character", repr(heard.turn.text))
    _no_marks(heard)


def _no_marks(heard: Heard) -> None:
    said = heard.turn.text + heard.turn.thinking
    _need(not any(mark in said for mark in _MARKS), "no marks of the format in text or thought", repr(said))


async def thinking_apart(bench: Bench) -> None:
    """A thought that was asked for is a thought, and the answer is none of it."""
    heard = await bench.ask([user(BOTH)], TOOLS, GenerationOptions(temperature=0, max_tokens=200, thinking=True))
    _need(bool(heard.turn.thinking.strip()), "a thought", heard.turn.parts)
    _need(heard.turn.thinking.strip() not in heard.turn.text, "the thought once", heard.turn.parts)
    _need(not heard.turn.thinking.startswith("thought\n"), "a thought without its channel's name", heard.turn.thinking)
    _no_marks(heard)


async def no_thinking(bench: Bench) -> None:
    """Without thinking the answer is text, not a thought."""
    heard = await bench.ask(_say("apple"), (), _SURE)
    _need(not any(isinstance(part, Thinking) for part in heard.turn.parts), "no thought", heard.turn.parts)
    _need("apple" in heard.turn.text, "'apple'", repr(heard.turn.text))


async def call_whole(bench: Bench) -> None:
    """A call arrives with its name, its typed arguments and an id, and the turn ends with `tool_calls`."""
    question = [user("Get the tides of the harbour Bergen for 3 days.")]
    heard = await bench.ask(question, [TIDES], _SURE)
    calls = [(call.name, dict(call.arguments)) for call in heard.turn.tool_calls]
    _need(calls == [("get_tides", {"harbour": "Bergen", "days": 3})], "get_tides of Bergen for 3 days", calls)
    _need(all(call.id for call in heard.turn.tool_calls), "an id", heard.turn.tool_calls)
    _need(heard.turn.finish == "tool_calls", "the finish tool_calls", heard.turn.finish)


async def calls_apart(bench: Bench) -> None:
    """Two calls in one turn stay two, in order, with different ids."""
    turn = (await bench.ask([user(BOTH)], TOOLS, _SURE)).turn
    calls = [(call.name, dict(call.arguments)) for call in turn.tool_calls]
    _need(calls == [(name, arguments) for name, arguments in CALLS], f"{CALLS}", calls)
    _need(len({call.id for call in turn.tool_calls}) == len(calls), "different ids", turn.tool_calls)


async def results_go_back(bench: Bench) -> None:
    """A conversation with calls and their results is taken, and answered by text."""
    calls = [ToolCall(name, dict(arguments), f"call_{at}") for at, (name, arguments) in enumerate(CALLS)]
    messages = [
        system("You are a helpful assistant. Answer briefly."),
        user(BOTH),
        Message("assistant", tuple(calls)),
        *(tool_result(call, dict(found)) for call, found in zip(calls, RESULTS, strict=True)),
    ]
    turn = (await bench.ask(messages, TOOLS, _SURE)).turn
    _need(bool(turn.text.strip()) and not turn.tool_calls, "an answer in words", turn.parts)
    _need("sunny" in turn.text, "what the result says", repr(turn.text))


async def max_tokens(bench: Bench) -> None:
    """The budget ends the answer, and it says so."""
    bench.skip_ignored("max_tokens")
    heard = await bench.ask(_say(COUNT), (), GenerationOptions(temperature=0, max_tokens=_FEW))
    _need(heard.turn.finish == "length", "the finish length", heard.turn.finish)
    tokens = heard.turn.usage.output_tokens
    _need(tokens is None or tokens <= _FEW, f"{_FEW} tokens at most", tokens)
    _need("twelve" not in heard.turn.text, "a part of the answer", repr(heard.turn.text))


async def stop_words(bench: Bench) -> None:
    """The answer ends in front of a stop word, as if it ended by itself."""
    bench.skip_ignored("stop")
    heard = await bench.ask(_say(COUNT), (), GenerationOptions(temperature=0, max_tokens=200, stop=("seven",)))
    _need("six" in heard.turn.text and "seven" not in heard.turn.text, "text up to 'six'", repr(heard.turn.text))
    _need("eight" not in heard.turn.text, "an end at the stop word", repr(heard.turn.text))
    _need(heard.turn.finish == "stop", "the finish stop", heard.turn.finish)


async def seeds(bench: Bench) -> None:
    """The same seed says the same."""
    bench.skip_ignored("seed")
    options = GenerationOptions(temperature=1.0, seed=11, max_tokens=40)
    first, second = [await bench.ask([user("Tell me something.")], (), options) for _ in range(2)]
    _need(_spoken(first) == _spoken(second), "the same answer twice", [_spoken(first), _spoken(second)])


def _spoken(heard: Heard) -> list[Any]:
    """Return what was said, without ids."""
    parts = heard.turn.parts
    return [(part.name, dict(part.arguments)) if isinstance(part, ToolCall) else part for part in parts]


async def at_once(bench: Bench) -> None:
    """Requests at the same time get each their own answer."""
    words = ("apple", "river", "stone")
    heard = await asyncio.gather(*(bench.ask(_say(word), (), _SURE) for word in words))
    said = [one.turn.text.strip() for one in heard]
    _need(all(word in text for word, text in zip(words, said, strict=True)), f"{words}", said)


async def left_early(bench: Bench) -> None:
    """Leaving a stream after its first chunk takes no time, and the next request is answered."""
    began = time.monotonic()
    async with AsyncClient(bench.runtime, lane=bench.lane).stream(_say(COUNT), (), _SURE) as stream:
        async with asyncio.timeout(bench.limits.answer):
            async for event in stream:
                if not isinstance(event, TurnStarted):
                    break
        began = time.monotonic()
    took = time.monotonic() - began
    _need(took <= bench.limits.stop, f"to be out in {bench.limits.stop:g} s", f"{took:.2f} s")
    heard = await bench.ask(_say("apple"), (), _SURE)
    _need("apple" in heard.turn.text, "'apple' afterwards", repr(heard.turn.text))


async def waiting_cancelled(bench: Bench) -> None:
    """A task that waits for a chunk can be cancelled, in no time, and the next request is answered."""
    task = asyncio.create_task(bench.ask(_say(COUNT), (), _SURE))
    await asyncio.sleep(0.02)
    began = time.monotonic()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.shield(task), bench.limits.answer)
    took = time.monotonic() - began
    if task.done() and not task.cancelled():
        raise NotApplicable("the answer was there before it could be cancelled")
    _need(took <= bench.limits.stop, f"to be out in {bench.limits.stop:g} s", f"{took:.2f} s")
    heard = await bench.ask(_say("apple"), (), _SURE)
    _need("apple" in heard.turn.text, "'apple' afterwards", repr(heard.turn.text))


async def context_overflow(bench: Bench) -> None:
    """A prompt that does not fit is refused as `ContextOverflow`, by the runtime itself."""
    context = bench.info.context
    if context is None:
        raise NotApplicable("the runtime does not tell its context")
    if context > _MOST_CONTEXT and bench.info.runtime != "echo":
        raise NotApplicable(f"a prompt of {context} tokens would take too long")
    try:
        await _first(bench, "x " * (context + _FEW))
    except ContextOverflow:
        return
    except GemwrightError as error:
        raise Broken(f"expected ContextOverflow, got {type(error).__name__}: {error}") from error
    raise Broken("expected ContextOverflow, got an answer")


async def _first(bench: Bench, text: str) -> None:
    """Send a text past the client, which would refuse it by itself, and read a chunk."""
    sampling = Sampling(temperature=0.0, max_tokens=1)
    stream: AsyncGenerator[Any]
    if bench.lane == "raw":
        can = bench.info.capabilities
        prompt = await bench.runtime.tokenize(text, parse_special=True) if can.raw_tokens else text
        stream = bench.runtime.generate(RawRequest(prompt, sampling))
    else:
        stream = bench.runtime.chat(ChatRequest([{"role": "user", "content": text}], sampling=sampling))
    async with asyncio.timeout(bench.limits.answer), aclosing(stream) as chunks:
        await anext(chunks, None)


async def errors_typed(bench: Bench) -> None:
    """What cannot be asked is refused in our words: a lane or a grammar that it has not; nothing in the prompt."""
    can = bench.info.capabilities
    if bench.lane == "raw":
        await _refused(
            bench.runtime.generate(RawRequest([], Sampling(max_tokens=_FEW))), "an empty prompt", answered=True
        )
        if can.grammar is None:
            await _refused(bench.runtime.generate(RawRequest("a", grammar='root ::= "a"')), "a grammar")
        if not can.chat:
            await _refused(bench.runtime.chat(ChatRequest([{"role": "user", "content": "a"}])), "messages")
    else:
        await _refused(
            bench.runtime.chat(ChatRequest([], sampling=Sampling(max_tokens=_FEW))), "no messages", answered=True
        )
        if not (can.raw_text or can.raw_tokens):
            await _refused(bench.runtime.generate(RawRequest("a")), "a rendered prompt")


async def _refused(stream: AsyncGenerator[Any], what: str, *, answered: bool = False) -> None:
    """See that something is refused by an error of ours; where it may be answered, an answer is as good."""
    try:
        async with aclosing(stream) as chunks:
            async for _ in chunks:
                pass
    except Unsupported:
        return
    except GemwrightError as error:
        _need(answered, f"Unsupported for {what}", f"{type(error).__name__}: {error}")
    except Exception as error:
        raise Broken(f"expected an error of gemwright for {what}, got {type(error).__name__}: {error}") from error
    else:
        _need(answered, f"{what} to be refused", "an answer")


async def tokens(bench: Bench) -> None:
    """Token ids come without a <bos> in front, a mark is one of them, and pieces of a text are the text's."""
    if not bench.info.capabilities.raw_tokens:
        raise NotApplicable("the runtime takes no token ids")
    ids = bench.runtime.tokenize
    _need(await ids("", parse_special=True) == [], "no tokens of nothing", await ids("", parse_special=True))
    mark = await ids("<|turn>", parse_special=True)
    _need(len(mark) == 1, "one token for <|turn>", mark)
    joined = await ids("<|turn>user\n", parse_special=True)
    rest = await ids("user\n", parse_special=True)
    _need(joined == [*mark, *rest], f"{[*mark, *rest]}", joined)


async def closes_twice(bench: Bench) -> None:
    """Closing is allowed again."""
    await bench.runtime.aclose()
    await bench.runtime.aclose()
