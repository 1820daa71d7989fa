"""The scripted runtime has to be as strict as a real one, or the tests that lean on it prove nothing."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.errors import RuntimeGarbled, RuntimeRejected, Unsupported
from gemwright.messages import Usage
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Runtime, RuntimeInfo
from gemwright.runtimes.echo import Echo, Pause

MARKS = ("<|turn>", "<turn|>", "<|turn>x")
HELLO = ChatRequest([{"role": "user", "content": "hé"}])


def said(runtime: Runtime, request: RawRequest | ChatRequest) -> list[Any]:
    """Return all chunks."""

    async def main() -> list[Any]:
        asked: Any = runtime.generate(request) if isinstance(request, RawRequest) else runtime.chat(request)
        return [chunk async for chunk in asked]

    return asyncio.run(main())


def test_script_in_both_lanes() -> None:
    """Texts serve either lane; the end is added where the script has none."""
    echo = Echo(["a", "é"], ["b"])
    assert said(echo, RawRequest("xyz")) == [
        RawChunk("a"),
        RawChunk("é"),
        RawChunk(finish="stop", usage=Usage(3, 3)),
    ]
    assert said(echo, HELLO) == [ChatChunk("b"), ChatChunk(finish="stop", usage=Usage(3, 1))]
    assert echo.requests == [RawRequest("xyz"), HELLO]
    assert echo.cancelled == 0


def test_chunks_are_given_as_they_are() -> None:
    """A script that says how it finished has the last word."""
    end = RawChunk("b", (7,), "length", Usage(1, 2))
    assert said(Echo([RawChunk("a"), end]), RawRequest("x")) == [RawChunk("a"), end]
    last = ChatChunk(reasoning="r", finish="tool_calls")
    assert said(Echo([last]), HELLO) == [last]


def test_without_a_script_it_echoes() -> None:
    """The simplest runtime there can be."""
    assert said(Echo(), RawRequest("x"))[0] == RawChunk("x")
    assert said(Echo(), HELLO)[0] == ChatChunk("hé")
    assert said(Echo(), ChatRequest([]))[0] == ChatChunk("")


def test_errors_come_where_they_stand() -> None:
    """What was said before a failure was said."""

    async def main() -> list[str]:
        texts: list[str] = []
        with pytest.raises(RuntimeGarbled):
            async for chunk in Echo(["a", RuntimeGarbled("cut"), "b"]).generate(RawRequest("x")):
                texts.append(chunk.text)  # noqa: PERF401 - what came before the failure is wanted too
        return texts

    assert asyncio.run(main()) == ["a"]


def test_more_requests_than_answers() -> None:
    """A test that asks once too often must notice."""
    echo = Echo(["a"])
    said(echo, RawRequest("x"))
    with pytest.raises(RuntimeRejected, match="no answer 2"):
        said(echo, RawRequest("x"))


def test_the_other_lane() -> None:
    """A script of one lane asked in the other is a mistake of the test."""
    with pytest.raises(Unsupported):
        said(Echo([ChatChunk("a")]), RawRequest("x"))
    with pytest.raises(Unsupported):
        said(Echo([RawChunk("a")]), HELLO)


def test_pauses_use_the_given_sleep() -> None:
    """Time is the test's own."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    said(Echo([Pause(2.5), "a", Pause(1)], sleep=sleep), RawRequest("x"))
    assert waits == [2.5, 1]


@pytest.mark.parametrize("how", ["leave", "cancel"])
def test_leaving_is_counted(how: str) -> None:
    """Whether a client really stops its runtime shows here."""
    echo = Echo(["a", Pause(60), "b"])

    async def main() -> None:
        async def read() -> None:
            async with aclosing(echo.generate(RawRequest("x"))) as chunks:
                async for _ in chunks:
                    if how == "leave":
                        break

        task = asyncio.ensure_future(read())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert echo.cancelled == 1


@given(st.text() | st.lists(st.sampled_from([*MARKS, "<", "a"])).map("".join), st.booleans())
def test_tokens_are_reversible(text: str, parse_special: bool) -> None:
    """Nothing is lost, and control tokens appear exactly where they were asked for."""
    echo = Echo(control_tokens=MARKS)
    tokens = asyncio.run(echo.tokenize(text, parse_special=parse_special))
    assert echo.detokenize(tokens) == text
    if not parse_special:
        assert max(tokens, default=0) < 256


def test_longest_control_token_wins() -> None:
    """As in a real tokenizer."""
    echo = Echo(control_tokens=MARKS)
    assert asyncio.run(echo.tokenize("<|turn>xy", parse_special=True)) == [258, ord("y")]


@pytest.mark.parametrize("tokens", [[300], [-1]])
def test_ids_that_are_none(tokens: list[int]) -> None:
    """A real server refuses them too."""
    with pytest.raises(RuntimeRejected):
        said(Echo(control_tokens=MARKS), RawRequest(tokens))


def test_describe() -> None:
    """Nobody may take it for a model, and a test may let it pass for any runtime."""
    assert "no model runs" in asyncio.run(Echo().describe()).note
    info = RuntimeInfo("x", context=5)
    assert asyncio.run(Echo(info=info).describe()) is info
