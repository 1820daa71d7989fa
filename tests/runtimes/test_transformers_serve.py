"""`transformers serve`, by frames as pkg:pypi/transformers@5.23.0 sent them here; the texts are made up."""

from __future__ import annotations

import asyncio
from typing import Any

from gemwright.foundation.errors import RuntimeFailure
from gemwright.runtimes.base import ChatRequest, Sampling
from gemwright.runtimes.transformers_serve import TransformersServe
from tests.runtimes.answering import as_json, events, outcome, sent

NOTHING_LISTED = {"/v1/models": as_json({"object": "list", "data": []})}
REQUEST = ChatRequest(
    [{"role": "user", "content": "count"}], sampling=Sampling(temperature=0, top_k=64, stop=("three",), max_tokens=9)
)


def delta(content: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a frame."""
    choice = {"delta": {} if content is None else {"content": content}, "index": 0}
    return {"choices": [choice if finish is None else {**choice, "finish_reason": finish}], **more}


def test_a_stop_word_is_cut_off_however_it_is_cut() -> None:
    """The server leaves it at the end of the text; what only begins like one is text."""
    usage = {"completion_tokens": 5, "prompt_tokens": 9, "total_tokens": 14}
    frames = [delta("one thr"), delta("ow two th"), delta("ree"), delta(finish="stop", usage=usage)]
    chunks, failure = outcome(TransformersServe, {**NOTHING_LISTED, "/v1/chat/completions": events(*frames)}, REQUEST)
    assert failure is None
    assert "".join(chunk.content for chunk in chunks) == "one throw two "
    chunks, _ = outcome(
        TransformersServe,
        {**NOTHING_LISTED, "/v1/chat/completions": events(delta("one th"), delta(finish="length", usage=usage))},
        REQUEST,
    )
    assert "".join(chunk.content for chunk in chunks) == "one th"


def test_nothing_is_sent_that_it_refuses() -> None:
    """It refuses fields that OpenAI's schema has not, and every name but that of the model it serves."""
    routes = {**NOTHING_LISTED, "/v1/chat/completions": events(delta("a", "stop"))}
    body = sent(TransformersServe, routes, REQUEST)
    assert "top_k" not in body and "model" not in body
    assert body["chat_template_kwargs"] == {"enable_thinking": False}


def test_an_error_that_is_no_json_is_a_failure() -> None:
    """Its words may hold line breaks and quotes, which it does not escape."""
    broken = b'data: {"error": "json: could not parse after dialect transforms.\nOriginal: \'<|"|>\'"}\n\n'
    routes = {**NOTHING_LISTED, "/v1/chat/completions": events(delta("a"), broken, done=False)}
    chunks, failure = outcome(TransformersServe, routes, REQUEST)
    assert [chunk.content for chunk in chunks] == ["a"]
    assert isinstance(failure, RuntimeFailure)


def test_it_says_what_it_leaves_out() -> None:
    """Whoever demands a call has to be told that nobody demands it."""

    async def use() -> tuple[str, ...]:
        from tests.loopback import Loopback
        from tests.runtimes.answering import by_path

        async with Loopback(by_path(NOTHING_LISTED)) as server:
            runtime = TransformersServe(server.url)
            info = await runtime.describe()
            await runtime.aclose()
            return info.capabilities.ignores

    assert {"tool_choice", "top_k"} <= set(asyncio.run(use()))
