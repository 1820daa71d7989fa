"""The adapter against a real llama.cpp: what it tells, what it hides, and that it stops when we do.

The stand-in answers, and random weights where an answer has to go wrong or to be quick: neither is Gemma.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from gemwright.foundation.errors import (
    ContextOverflow,
    ModelMissing,
    RuntimeFailure,
    RuntimeRejected,
    UsageProblem,
)
from gemwright.foundation.http import Http
from gemwright.launch.embedded import Engine, start_embedded
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Sampling
from gemwright.runtimes.llamacpp import LlamaCpp

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tell the weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Oslo", "Rome"]}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}
HELLO = [{"role": "user", "content": "hello"}]
ENDLESS = 'root ::= "a" root'
"""A grammar that never lets the model end."""


def on(engine: Engine, use: Callable[[LlamaCpp], Awaitable[Any]], **options: Any) -> Any:
    """Run `use` with an adapter for the engine."""

    async def main() -> Any:
        runtime = LlamaCpp(engine.url, **options)
        try:
            async with asyncio.timeout(30):
                return await use(runtime)
        finally:
            await runtime.aclose()

    return asyncio.run(main())


def generated(engine: Engine, request: RawRequest) -> list[RawChunk]:
    """Return the chunks of a raw request."""

    async def use(runtime: LlamaCpp) -> list[RawChunk]:
        return [chunk async for chunk in runtime.generate(request)]

    return on(engine, use)


def chatted(engine: Engine, request: ChatRequest) -> list[ChatChunk]:
    """Return the chunks of a chat request."""

    async def use(runtime: LlamaCpp) -> list[ChatChunk]:
        return [chunk async for chunk in runtime.chat(request)]

    return on(engine, use)


def text_of(chunks: list[RawChunk]) -> str:
    """Return what was said."""
    return "".join(chunk.text for chunk in chunks)


def control_ids(engine: Engine, *spellings: str) -> dict[str, int]:
    """Return the ids that the engine's vocabulary has for control tokens: not those of Gemma's own."""

    async def use(runtime: LlamaCpp) -> dict[str, int]:
        ids = [await runtime.tokenize(spelling, parse_special=True) for spelling in spellings]
        assert all(len(one) == 1 for one in ids)
        return {spelling: one[0] for spelling, one in zip(spellings, ids, strict=True)}

    return on(engine, use)


# who answers


def test_describe(engine: Engine) -> None:
    """Context, template and abilities decide the lane and the prompt, so they come from the server itself."""
    info = on(engine, lambda runtime: runtime.describe(), note="a demo model")
    assert info.runtime == "llama.cpp"
    assert info.version.startswith("b")
    assert info.context == 8192
    assert "Gemma 4" in info.template
    assert "/" not in info.model
    assert info.note == "a demo model"
    able = info.capabilities
    assert (able.raw_text, able.raw_tokens, able.chat, able.grammar) == (True, True, True, "gbnf")
    assert (able.images, able.audio) == (False, False)


def test_context_is_what_one_request_has() -> None:
    """Two slots share the loaded context; a client that took the sum for its own would overflow."""
    with start_embedded(context=512, parallel=2) as engine:
        assert on(engine, lambda runtime: runtime.describe()).context == 512


def test_address_of_the_openai_kind(engine: Engine) -> None:
    """People paste the address that their other clients want."""

    async def use() -> bool:
        runtime = LlamaCpp(f"{engine.url}/v1/")
        try:
            return await runtime.healthy()
        finally:
            await runtime.aclose()

    assert asyncio.run(use())


def test_model_by_its_name(engine: Engine) -> None:
    """The server answers to any name; only a comparison of ours tells a wrong model from the right one."""
    name = on(engine, lambda runtime: runtime.describe()).model
    assert on(engine, lambda runtime: runtime.describe(), model=name).model == name

    async def generate(runtime: LlamaCpp) -> None:
        async for _ in runtime.generate(RawRequest([2])):
            pass

    for use in (generate, LlamaCpp.describe):
        with pytest.raises(ModelMissing) as caught:
            on(engine, use, model="gemma-4-12b")
        assert caught.value.suggestions == (name,)
        assert name in caught.value.hint


def test_key() -> None:
    """A server that wants a key says so, and the hint does too."""
    with start_embedded(api_key="sk-loopback-1") as engine:
        assert on(engine, lambda runtime: runtime.describe(), api_key="sk-loopback-1").context == 8192
        with pytest.raises(RuntimeRejected) as caught:
            on(engine, lambda runtime: runtime.describe(), api_key="sk-wrong-1")
    assert caught.value.status == 401
    assert "API key" in caught.value.hint


# tokens


def test_tokenize(engine: Engine) -> None:
    """No <bos> is put in front, and spellings become control tokens only where that was asked for."""
    turn = control_ids(engine, "<|turn>")["<|turn>"]

    async def use(runtime: LlamaCpp) -> None:
        assert await runtime.tokenize("", parse_special=True) == []
        special = await runtime.tokenize("<|turn>user", parse_special=True)
        assert special[0] == turn
        plain = await runtime.tokenize("<|turn>user", parse_special=False)
        assert turn not in plain and plain[-len(special) + 1 :] == special[1:]

    on(engine, use)


def test_user_defined_tokens_are_taken_even_from_plain_text(engine: Engine) -> None:
    """A fact that others rely on: these spellings become control tokens whatever was asked. Not so when cut inside."""
    ids = control_ids(engine, "<|channel>", "<channel|>", "<|tool_call>", "<tool_call|>", '<|"|>')

    async def use(runtime: LlamaCpp) -> None:
        for spelling, number in ids.items():
            assert await runtime.tokenize(spelling, parse_special=False) == [number]
            cut = [*await runtime.tokenize("<", parse_special=False)]
            cut += await runtime.tokenize(spelling[1:], parse_special=False)
            assert number not in cut

    on(engine, use)


def test_text_prompts_get_no_second_bos(engine: Engine) -> None:
    """The server prepends a <bos> to a text; a rendered prompt has one already, and two change every answer."""
    sampling = Sampling(seed=7, max_tokens=12)
    prompt = "<bos><|turn>user\nhello<turn|>\n<|turn>model\n"
    ids = on(engine, lambda runtime: runtime.tokenize(prompt, parse_special=True))
    by_text, by_ids = (generated(engine, RawRequest(one, sampling)) for one in (prompt, ids))
    assert by_text[-1].usage is not None and by_ids[-1].usage is not None
    assert by_text[-1].usage.prompt_tokens == by_ids[-1].usage.prompt_tokens == len(ids)
    assert text_of(by_text) == text_of(by_ids)


# the raw lane


def test_stream_with_its_counts(engine: Engine) -> None:
    """Chunks come one by one; how it ended and what it cost come with the last, and only there."""
    chunks = generated(engine, RawRequest([2, 2, 2], Sampling(seed=3, max_tokens=8), grammar=ENDLESS))
    assert text_of(chunks) == "aaaaaaaa" and len(chunks) == 9
    assert all(chunk.finish is None and chunk.usage is None for chunk in chunks[:-1])
    last = chunks[-1]
    assert last.finish == "length"
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.output_tokens) == (3, 8)
    assert last.usage.prompt_seconds is not None and last.usage.output_seconds is not None


def test_seed(engine: Engine) -> None:
    """The same seed says the same; another, something else."""
    hot = [Sampling(seed=seed, max_tokens=20, temperature=3, top_k=0, top_p=1) for seed in (1, 1, 2)]
    said = [text_of(generated(engine, RawRequest([2], sampling))) for sampling in hot]
    assert said[0] == said[1] != said[2]


def test_control_tokens_in_the_text(engine: Engine) -> None:
    """Marks of channels and calls are in the text; a turn's are hidden unless asked for, the closing one too."""
    ids = control_ids(engine, "<|channel>", "<channel|>", "<|turn>")
    grammar = f'root ::= <[{ids["<|channel>"]}]> "x" <[{ids["<channel|>"]}]> <[{ids["<|turn>"]}]> "y"'
    sampling = Sampling(max_tokens=20)
    assert text_of(generated(engine, RawRequest([2], sampling, grammar))) == "<|channel>x<channel|>y"
    ends = ("<turn|>", "<|tool_response>", "<eos>")
    chunks = generated(engine, RawRequest([2], sampling, grammar, visible=("<|turn>", *ends)))
    assert chunks[-1].finish == "stop"
    assert text_of(chunks) in {f"<|channel>x<channel|><|turn>y{end}" for end in ends}
    assert chunks[0].tokens == (ids["<|channel>"],)


def test_no_chunk_holds_half_a_character(engine: Engine) -> None:
    """Characters of several tokens come whole; of their ids the stream tells only the last."""
    chunks = generated(engine, RawRequest([2], Sampling(max_tokens=20), 'root ::= "é😀𐍈"'))
    assert [chunk.text for chunk in chunks if chunk.text] == ["é", "😀", "𐍈"]
    assert all(len(chunk.tokens) <= 1 for chunk in chunks)


def test_stop_strings(engine: Engine) -> None:
    """A stop string ends the output and is not part of it."""
    chunks = generated(engine, RawRequest([2], Sampling(max_tokens=50, stop=("cd",)), 'root ::= "abcdef" root'))
    assert text_of(chunks) == "ab"
    assert chunks[-1].finish == "stop"


def test_full_context_is_a_length(engine: Engine) -> None:
    """Whoever runs into the context's end was cut off, not finished."""
    with start_embedded(context=512) as small:
        chunks = generated(small, RawRequest([2] * 500, Sampling(max_tokens=4000), ENDLESS))
    assert chunks[-1].finish == "length"
    assert chunks[-1].usage is not None and (chunks[-1].usage.output_tokens or 0) <= 13


# refusals


def failure(engine: Engine, request: RawRequest) -> RuntimeFailure:
    """Return the failure that a request has to end in."""
    with pytest.raises(RuntimeFailure) as caught:
        generated(engine, request)
    return caught.value


def test_prompt_too_long(engine: Engine) -> None:
    """The numbers are what a client needs to shorten a conversation by the right amount."""
    error = failure(engine, RawRequest([2] * 9000))
    assert isinstance(error, ContextOverflow)
    assert (error.needed, error.limit) == (9000, 8192)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (RawRequest([2], grammar="root ::= ("), "grammar"),
        (RawRequest([]), "empty"),
        (RawRequest(""), "empty"),
        (RawRequest([2, 10_000_000]), "invalid tokens"),
        (RawRequest([-1]), "invalid tokens"),
    ],
)
def test_refused_at_once(engine: Engine, request_: RawRequest, words: str) -> None:
    """A refusal of a stream comes as plain JSON with its own status, and its words are passed on."""
    error = failure(engine, request_)
    assert isinstance(error, RuntimeRejected)
    assert error.status == 400 and words in error.message


def test_half_a_character_in_a_prompt(engine: Engine) -> None:
    """It never reaches the server, whose answer nobody would understand."""
    with pytest.raises(UsageProblem):
        generated(engine, RawRequest("a\ud800"))


# the chat lane


def test_chat(engine: Engine) -> None:
    """The server's own rendering and parsing, as chunks with one end."""
    chunks = chatted(engine, ChatRequest(HELLO, sampling=Sampling(seed=1, max_tokens=6)))
    assert [chunk.finish for chunk in chunks][-1] in ("length", "stop")
    assert all(chunk.finish is None for chunk in chunks[:-1])
    usage = chunks[-1].usage
    assert usage is not None
    assert (usage.prompt_tokens or 0) > 5 and 0 < (usage.output_tokens or 0) <= 6
    assert usage.cached_tokens is not None and usage.output_seconds is not None


def test_thinking_reaches_the_template(engine: Engine) -> None:
    """The switch is a variable of the chat template; it must not depend on how the server was started."""

    async def use(runtime: LlamaCpp) -> None:
        off = await runtime.apply_template(HELLO)
        on_ = await runtime.apply_template(HELLO, thinking=True)
        assert "<|think|>" not in off and "<|think|>" in on_
        with_tool = await runtime.apply_template(HELLO, [WEATHER])
        assert "<|tool>declaration:get_weather" in with_tool
        assert not with_tool.startswith("<bos>")

    on(engine, use)

    def prompt_tokens(thinking: bool) -> int:
        chunks = chatted(engine, ChatRequest(HELLO, thinking=thinking, sampling=Sampling(max_tokens=1)))
        assert chunks[-1].usage is not None
        return chunks[-1].usage.prompt_tokens or 0

    assert prompt_tokens(True) > prompt_tokens(False)


def test_chat_with_a_schema(engine: Engine) -> None:
    """A schema holds a model that was asked for no JSON to it, after whatever it thinks."""
    schema = {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a"]}
    finished = 0
    for seed in range(12):
        request = ChatRequest(HELLO, sampling=Sampling(seed=seed, max_tokens=150), response_schema=schema)
        chunks = chatted(engine, request)
        if chunks[-1].finish == "stop":
            finished += 1
            assert json.loads("".join(chunk.content for chunk in chunks))["a"] in ("x", "y")
    assert finished


def test_chat_call_and_error_in_mid_stream(noise: Engine) -> None:
    """Made to call, random weights sooner or later write a call that the server takes, and one that it gives up on."""

    async def use(runtime: LlamaCpp) -> None:
        named, refused = None, None
        for seed in range(200):
            request = ChatRequest(HELLO, [WEATHER], seed % 2 == 1, "required", Sampling(1.0, seed=seed, max_tokens=80))
            seen = 0
            try:
                async for chunk in runtime.chat(request):
                    seen += 1
                    named = named or next((call for call in chunk.tool_calls if call.name), None)
            except RuntimeRejected as error:
                refused = error if seen else refused
            if named is not None and refused is not None:
                break
        assert named is not None and named.name == "get_weather" and named.id
        assert refused is not None and refused.status == 500
        assert "answered 500: " in refused.message

    on(noise, use)


# stopping


async def idle_after(http: Http, begun: float) -> float:
    """Return the seconds from `begun` until no slot of the server works any more."""
    while any(slot["is_processing"] for slot in await http.get_json("/slots")):
        assert time.monotonic() - begun < 10
    return time.monotonic() - begun


@pytest.mark.parametrize("lane", ["raw", "chat"])
@pytest.mark.parametrize("how", ["cancel", "leave"])
def test_stopping_stops_the_server(engine: Engine, lane: str, how: str) -> None:
    """Nobody may pay for an answer that nobody reads: the slot is free at once, in both lanes."""
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 1500}
    sampling = Sampling(max_tokens=8000)

    async def use(runtime: LlamaCpp) -> None:
        if lane == "raw":
            chunks: Any = runtime.generate(RawRequest([2], sampling, ENDLESS))
        else:
            chunks = runtime.chat(ChatRequest(HELLO, sampling=sampling, response_schema=schema))
        begun = asyncio.Event()

        async def read() -> None:
            async with aclosing(chunks):
                async for _ in chunks:
                    begun.set()
                    if how == "leave":
                        break
                    await asyncio.sleep(0)

        async with Http(engine.url) as http:
            reading = asyncio.ensure_future(read())
            await asyncio.wait_for(begun.wait(), 10)
            start = time.monotonic()
            if how == "cancel":
                reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            assert time.monotonic() - start < 0.1
            assert await idle_after(http, start) < 0.5

    on(engine, use)


def test_stopping_while_the_prompt_is_read(noise: Engine) -> None:
    """Before the first token the server looks about once a second whether anybody still waits: it stops then."""

    async def use(runtime: LlamaCpp) -> None:
        async def read() -> None:
            async for _ in runtime.generate(RawRequest([2] + [300, 301] * 4000, Sampling(max_tokens=100), ENDLESS)):
                pass

        async with Http(noise.url) as http:
            reading = asyncio.ensure_future(read())
            while not any(slot["is_processing"] for slot in await http.get_json("/slots")):
                assert not reading.done()
            start = time.monotonic()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            assert time.monotonic() - start < 0.1
            assert await idle_after(http, start) < 5

    on(noise, use)
