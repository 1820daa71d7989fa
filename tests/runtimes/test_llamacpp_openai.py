"""The OpenAI endpoints of a real llama.cpp say the same as its own. The demo model answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gemwright.foundation.errors import ContextOverflow, ModelMissing
from gemwright.launch.embedded import Engine
from gemwright.runtimes.base import ChatRequest, RawRequest, Sampling
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.llamacpp_openai import LlamaCppOpenAI
from tests.runtimes.answering import heard

PROMPT = "<bos><|turn>user\nhello<turn|>\n<|turn>model\n"
FIXED = Sampling(temperature=0.0, top_k=1, seed=1, max_tokens=24)


def on(engine: Engine, use: Callable[[Any, Any], Awaitable[Any]], **options: Any) -> Any:
    """Run `use` with both adapters for the engine."""

    async def main() -> Any:
        native, openai = LlamaCpp(engine.url), LlamaCppOpenAI(engine.url + "/v1", **options)
        try:
            async with asyncio.timeout(50):
                return await use(native, openai)
        finally:
            await native.aclose()
            await openai.aclose()

    return asyncio.run(main())


def test_the_same_server(engine: Engine) -> None:
    """Version, name and quirks agree."""

    async def use(native: LlamaCpp, openai: LlamaCppOpenAI) -> tuple[Any, Any]:
        return await native.describe(), await openai.describe()

    ours, theirs = on(engine, use)
    assert (ours.runtime, ours.version, ours.model, ours.quirks) == (
        theirs.runtime,
        theirs.version,
        theirs.model,
        theirs.quirks,
    )
    assert theirs.capabilities.raw_tokens


def test_the_same_tokens_and_text(engine: Engine) -> None:
    """A prompt has the same ids, and the likeliest continuation is the same text, marks and all."""

    async def use(native: LlamaCpp, openai: LlamaCppOpenAI) -> Any:
        ids = [await one.tokenize(PROMPT, parse_special=True) for one in (native, openai)]
        said = [
            await heard(one, RawRequest(PROMPT, FIXED, visible=("<turn|>", "<|tool_response>")))
            for one in (native, openai)
        ]
        return ids, said

    ids, said = on(engine, use)
    assert ids[0] == ids[1] and len(ids[0]) > 5
    texts = ["".join(chunk.text for chunk in chunks) for chunks, _ in said]
    assert [failure for _, failure in said] == [None, None]
    assert texts[0] == texts[1] and texts[0]
    assert {chunks[-1].finish for chunks, _ in said} == {"stop"}, "the demo model greets, and ends its turn"
    assert {chunks[-1].usage.prompt_tokens for chunks, _ in said} == {len(ids[0])}


def test_the_same_chat(engine: Engine) -> None:
    """Messages too, with counts."""

    async def use(native: LlamaCpp, openai: LlamaCppOpenAI) -> Any:
        request = ChatRequest([{"role": "user", "content": "hello"}], sampling=FIXED)
        return [await heard(one, request) for one in (native, openai)]

    said = on(engine, use)
    assert [failure for _, failure in said] == [None, None]
    texts = ["".join(chunk.content + chunk.reasoning for chunk in chunks) for chunks, _ in said]
    assert texts[0] == texts[1] and texts[0]
    assert said[1][0][-1].usage.output_tokens == said[0][0][-1].usage.output_tokens


def test_the_same_errors(engine: Engine) -> None:
    """A full context and a model that is not there."""

    async def use(native: LlamaCpp, openai: LlamaCppOpenAI) -> Any:
        info = await native.describe()
        return (await heard(openai, RawRequest([5] * (2 * (info.context or 4096)), FIXED)))[1]

    failure = on(engine, use)
    assert isinstance(failure, ContextOverflow) and failure.needed and failure.limit
    with pytest.raises(ModelMissing):
        on(engine, lambda _, openai: openai.describe(), model="another")
