"""The adapter against servers that no real llama.cpp is patient enough to be: broken, half, slow, or something else."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gemwright.foundation.errors import (
    ContextOverflow,
    MemoryExhausted,
    ModelMissing,
    RuntimeFailure,
    RuntimeGarbled,
    RuntimeRejected,
    RuntimeTimeout,
    RuntimeUnreachable,
    Unsupported,
)
from gemwright.foundation.http import Timeouts
from gemwright.messages import Usage
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Sampling, ToolCallFragment
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.llamacpp_json import sharpened
from tests.loopback import END, STREAM, Asked, Handler, Loopback, Say, answer, for_ever, head, in_turn, piece, saying

ANY = RawRequest([1])
QUICK = Timeouts(connect=2, first_byte=0.4, idle=0.4, total=0.6)
LAST = {"content": "", "tokens": [], "stop": True, "stop_type": "eos", "tokens_predicted": 2, "tokens_evaluated": 3}
PROPS = {
    "default_generation_settings": {"n_ctx": 4096, "params": {}},
    "total_slots": 1,
    "model_path": "/srv/models/gemma-4-E2B-it-Q4_K_M.gguf",
    "modalities": {"vision": True, "audio": False},
    "chat_template": "{{ messages }}",
    "build_info": "b9518-0123abcd",
}


def sse(*frames: Any) -> bytes:
    """Return frames as events; bytes go in as they are."""
    return b"".join(one if isinstance(one, bytes) else b"data: " + json.dumps(one).encode() + b"\n\n" for one in frames)


def token(text: str, number: int = 1) -> dict[str, Any]:
    """Return a frame of the raw lane."""
    return {"content": text, "tokens": [number], "stop": False}


def delta(**fields: Any) -> dict[str, Any]:
    """Return a frame of the chat lane."""
    finish = fields.pop("finish", None)
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def stream(*frames: Any) -> Handler:
    """Return a handler that streams these frames and ends properly."""
    return saying(STREAM + piece(sse(*frames)) + END)


def asking(handler: Handler, use: Callable[[LlamaCpp, Loopback], Awaitable[Any]], **options: Any) -> Any:
    """Run `use` with an adapter for a server of that handler."""

    async def main() -> Any:
        async with Loopback(handler) as server:
            runtime = LlamaCpp(server.url, **options)
            try:
                async with asyncio.timeout(20):
                    return await use(runtime, server)
            finally:
                await runtime.aclose()

    return asyncio.run(main())


Outcome = tuple[list[Any], RuntimeFailure | None]


def outcome(handler: Handler, request: RawRequest | ChatRequest = ANY, **options: Any) -> Outcome:
    """Return the chunks of a stream and the failure that ended it."""

    async def use(runtime: LlamaCpp, _: Loopback) -> Outcome:
        chunks: list[Any] = []
        asked: Any = runtime.generate(request) if isinstance(request, RawRequest) else runtime.chat(request)
        try:
            async for chunk in asked:
                chunks.append(chunk)  # noqa: PERF401 - what came before a failure is wanted too
        except RuntimeFailure as failure:
            return chunks, failure
        return chunks, None

    return asking(handler, use, **options)


def texts(chunks: list[Any]) -> list[str]:
    """Return what chunks say."""
    return [chunk.text if isinstance(chunk, RawChunk) else chunk.content for chunk in chunks]


def described(handler: Handler) -> Any:
    """Ask who answers."""
    return asking(handler, lambda runtime, _: runtime.describe())


# who answers


def test_describe() -> None:
    """A build's name is kept as it is; of a path only the file's name is told."""
    info = described(saying(answer(json.dumps(PROPS).encode())))
    assert (info.version, info.model, info.context) == ("b9518-0123abcd", "gemma-4-E2B-it-Q4_K_M.gguf", 4096)
    assert info.capabilities.images and not info.capabilities.audio


@pytest.mark.parametrize(
    ("props", "model"),
    [
        ({"model_alias": "gemma4"}, "gemma4"),
        ({"model_alias": "google/gemma-4"}, "google/gemma-4"),
        ({"model_alias": r"C:\Users\me\m.gguf"}, "m.gguf"),
        ({"model_alias": "", "model_path": "m.gguf"}, "m.gguf"),
        ({"model_path": None}, ""),
    ],
)
def test_model_name(props: dict[str, Any], model: str) -> None:
    """An alias is a name, slashes and all; a whole path is nobody's business."""
    assert described(saying(answer(json.dumps(PROPS | props).encode()))).model == model


@pytest.mark.parametrize(
    "handler",
    [
        saying(answer(b"<!doctype html><title>Router</title>", kind="text/html")),
        saying(answer(b'{"version":"0.40.1"}')),
        saying(answer(b"[]")),
        saying(answer(b"404 page not found", 404, kind="text/plain")),
        saying(answer(b'{"detail":"Not Found"}', 404)),
        saying(answer(b'{"error":"Unexpected endpoint or method. (GET /props)"}', 405)),
    ],
)
def test_something_else_answers(handler: Handler) -> None:
    """A web page, Ollama, vLLM or LM Studio at the address: the message says so and the hint what is wanted."""
    with pytest.raises(RuntimeGarbled) as caught:
        described(handler)
    assert "llama-server" in caught.value.hint


def test_something_else_streams() -> None:
    """A page or a plain object in place of a stream is named by its kind."""
    for body, kind in ((b"<html>", "text/html"), (b'{"content":"a"}', "application/json"), (b"", "")):
        _, failure = outcome(saying(answer(body, kind=kind)))
        assert isinstance(failure, RuntimeGarbled)
        assert (kind or "something unnamed") in failure.message


def test_health() -> None:
    """Loading is no failure: it passes."""

    async def use(runtime: LlamaCpp, _: Loopback) -> bool:
        return await runtime.healthy()

    assert asking(saying(answer(b'{"status":"ok"}')), use)
    assert not asking(saying(answer(b'{"error":{"code":503,"message":"Loading model"}}', 503)), use)
    assert not asking(saying(answer(b"[]")), use)
    with pytest.raises(RuntimeRejected):
        asking(saying(answer(b"", 500)), use)


def test_unreachable() -> None:
    """Nobody there, in every way of asking."""

    async def main() -> None:
        runtime = LlamaCpp("http://127.0.0.1:9")
        for asked in (runtime.describe(), runtime.tokenize("a", parse_special=True), runtime.healthy()):
            with pytest.raises(RuntimeUnreachable):
                await asked
        with pytest.raises(RuntimeUnreachable):
            async for _ in runtime.generate(RawRequest([1])):
                pass

    asyncio.run(main())


@pytest.mark.parametrize("body", [b"{}", b'{"tokens":["a"]}', b'{"tokens":[{"id":1}]}', b"[1]", b'{"tokens":{}}'])
def test_tokens_that_are_none(body: bytes) -> None:
    """A prompt of wrong ids would be answered with nonsense: better no prompt."""
    with pytest.raises(RuntimeGarbled):
        asking(saying(answer(body)), lambda runtime, _: runtime.tokenize("a", parse_special=False))


def test_prompt_that_is_none() -> None:
    """The template's answer has to be text."""
    with pytest.raises(RuntimeGarbled):
        asking(saying(answer(b'{"prompt":null}')), lambda runtime, _: runtime.apply_template([]))


def test_quirks_of_a_build() -> None:
    """A build's number is found in its name."""
    assert "llama.cpp/response-format-drops-tools" in described(saying(answer(json.dumps(PROPS).encode()))).quirks
    old = answer(json.dumps(PROPS | {"build_info": "b8650-0123abcd"}).encode())
    assert described(saying(old)).quirks == ()


def test_embed() -> None:
    """Vectors in the order of the texts; a server that was not started for it says what to do."""
    rows = answer(b'{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]}')
    assert asking(saying(rows), lambda runtime, _: runtime.embed(["a", "b"])) == [[1.0], [2.0]]
    body = b'{"error":{"code":501,"message":"This server does not support embeddings. Start it with `--embeddings`"}}'
    with pytest.raises(Unsupported) as caught:
        asking(saying(answer(body, 501)), lambda runtime, _: runtime.embed(["a"]))
    assert "--embeddings" in caught.value.hint
    with pytest.raises(RuntimeGarbled):
        asking(saying(answer(b'{"data":[]}')), lambda runtime, _: runtime.embed(["a"]))


# what is asked


def body_of(request: RawRequest | ChatRequest, **options: Any) -> Any:
    """Return the JSON body of a request."""

    async def use(runtime: LlamaCpp, server: Loopback) -> Any:
        asked: Any = runtime.generate(request) if isinstance(request, RawRequest) else runtime.chat(request)
        with pytest.raises(RuntimeFailure):
            async for _ in asked:
                pass
        return server.asked[-1].json

    return asking(stream(), use, **options)


def test_raw_body() -> None:
    """What the caller leaves open stays the server's choice."""
    body = body_of(RawRequest((5, 6)))
    assert body.pop("response_fields")
    assert body == {"prompt": [5, 6], "stream": True, "cache_prompt": True, "return_tokens": True}


def test_raw_body_with_everything() -> None:
    """Every wish arrives under the server's own name; its extra filter is off where the caller chose the sampling."""
    sampling = Sampling(temperature=1.0, top_p=0.95, top_k=64, seed=7, max_tokens=9, stop=("x",))
    body = body_of(RawRequest([1], sampling, grammar='root ::= "a"', visible=("<a>",)))
    wishes = {"temperature": 1.0, "top_p": 0.95, "top_k": 64, "seed": 7, "n_predict": 9, "stop": ["x"], "min_p": 0.0}
    assert wishes.items() <= body.items()
    assert body["grammar"] == 'root ::= "a"'
    assert body["preserved_tokens"] == ["<a>"]


def test_temperature_of_zero_is_a_wish() -> None:
    """Zero is not nothing."""
    body = body_of(RawRequest([1], Sampling(temperature=0.0, seed=0, top_k=0)))
    assert (body["temperature"], body["seed"], body["top_k"]) == (0.0, 0, 0)


def test_chat_body() -> None:
    """Thinking is always said, since servers differ in their default; tools bring their choice along."""
    messages = [{"role": "user", "content": "a"}]
    plain = body_of(ChatRequest(messages))
    assert plain["messages"] == messages
    assert plain["chat_template_kwargs"] == {"enable_thinking": False}
    assert plain["stream_options"] == {"include_usage": True}
    assert not {"tools", "tool_choice", "response_format", "model", "max_tokens"} & plain.keys()
    tool = {"type": "function", "function": {"name": "f"}}
    request = ChatRequest(messages, [tool], True, "required", Sampling(max_tokens=5), {"type": "object"})
    full = body_of(request)
    assert full["tools"] == [tool] and full["tool_choice"] == "required" and full["max_tokens"] == 5
    assert full["chat_template_kwargs"] == {"enable_thinking": True}
    assert full["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_model_is_named_once_it_is_known() -> None:
    """The name is compared first; a server of several models is then told which one."""
    models = answer(b'{"data":[{"id":"gemma-4-E2B","aliases":["e2b"]},{"id":"gemma-4-E4B"}]}')

    async def use(runtime: LlamaCpp, server: Loopback) -> list[Asked]:
        for _ in range(2):
            async for _ in runtime.generate(RawRequest([1])):
                pass
        return server.asked

    whole = STREAM + piece(sse(LAST)) + END
    asked = asking(in_turn(models, whole, whole), use, model="e2b")
    assert [one.path for one in asked] == ["/v1/models", "/completion", "/completion"]
    assert asked[1].json["model"] == "e2b"
    with pytest.raises(ModelMissing) as caught:
        asking(in_turn(models), use, model="gemma-4-E4b")
    assert caught.value.suggestions[0] == "gemma-4-E4B"
    assert "did you mean gemma-4-E4B?" in caught.value.hint


# what comes back


def test_raw_stream() -> None:
    """Text, ids and counts, as they come."""
    timings = {"cache_n": 2, "prompt_n": 1, "prompt_ms": 250, "predicted_ms": 1500.0}
    chunks, failure = outcome(stream(token("a", 7), token("b", 8), LAST | {"timings": timings}))
    assert failure is None
    assert chunks == [
        RawChunk("a", (7,)),
        RawChunk("b", (8,)),
        RawChunk(finish="stop", usage=Usage(3, 2, 2, 0.25, 1.5)),
    ]


@pytest.mark.parametrize(
    ("kind", "finish"), [("eos", "stop"), ("word", "stop"), ("limit", "length"), ("none", "stop"), (None, "stop")]
)
def test_raw_finish(kind: str | None, finish: str) -> None:
    """Only a limit is a length."""
    chunks, _ = outcome(stream(LAST | {"stop_type": kind}))
    assert chunks[-1].finish == finish


def test_chat_stream() -> None:
    """Reasoning under both of its names, calls in pieces, and one end with everything."""
    call = [{"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": "{"}}]
    more = [{"index": 0, "function": {"arguments": '"a":1}'}}]
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 5}}
    frames = [
        delta(role="assistant", content=None),
        delta(reasoning_content="hm"),
        delta(reasoning="m"),
        delta(content="hi"),
        delta(tool_calls=call),
        delta(tool_calls=more),
        delta(finish="tool_calls"),
        {"choices": [], "usage": usage, "timings": {"prompt_ms": 1000, "predicted_ms": 2000}},
        b"data: [DONE]\n\n",
    ]
    chunks, failure = outcome(stream(*frames), ChatRequest([]))
    assert failure is None
    assert chunks == [
        ChatChunk(reasoning="hm"),
        ChatChunk(reasoning="m"),
        ChatChunk(content="hi"),
        ChatChunk(tool_calls=(ToolCallFragment(0, "c1", "f", "{"),)),
        ChatChunk(tool_calls=(ToolCallFragment(0, arguments='"a":1}'),)),
        ChatChunk(finish="tool_calls", usage=Usage(9, 4, 5, 1.0, 2.0)),
    ]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("?", "stop"),
    ],
)
def test_chat_finish(reason: str, finish: str) -> None:
    """A stream without `[DONE]` is whole if it said how it finished."""
    chunks, failure = outcome(stream(delta(content="a", finish=reason)), ChatRequest([]))
    assert failure is None
    assert texts(chunks) == ["a", ""] and chunks[-1].finish == finish


# streams that break


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (sse({"error": {"code": 500, "message": "boom", "type": "server_error"}}), RuntimeRejected),
        (b'error: {"code":500,"message":"boom"}\n\n', RuntimeRejected),
        (b'event: error\ndata: {"message":"boom"}\n\n', RuntimeRejected),
        (sse({"error": "boom"}), RuntimeRejected),
        (b'data: {"content":"b","st', RuntimeGarbled),
        (b'data: {"content":"b","stop":false}\n', RuntimeGarbled),
        (b"data: {]\n\n", RuntimeGarbled),
        (b"data: [1]\n\n", RuntimeGarbled),
        (b'data: {"stop":false}\n\n', RuntimeGarbled),
        (b'data: {"content":7}\n\n', RuntimeGarbled),
        (b"data: [DONE]\n\n", RuntimeGarbled),
        (b"", RuntimeGarbled),
    ],
)
def test_broken_raw_streams(tail: bytes, kind: type[RuntimeFailure]) -> None:
    """What came before is delivered; then one of our errors, and never a quiet end."""
    chunks, failure = outcome(stream(token("a"), tail))
    assert texts(chunks) == ["a"]
    assert type(failure) is kind
    if kind is RuntimeRejected:
        assert "boom" in failure.message and failure.http_status == 500


@pytest.mark.parametrize(
    "tail", [b"data: [DONE]\n\n", b"", b'data: {"choices":7}\n\n', b'data: {"choices":[{"delta":{"content":1}}]}\n\n']
)
def test_broken_chat_streams(tail: bytes) -> None:
    """An end that does not say how it finished is none."""
    chunks, failure = outcome(stream(delta(content="a"), tail), ChatRequest([]))
    assert texts(chunks) == ["a"]
    assert isinstance(failure, RuntimeGarbled)


def test_cut_connection() -> None:
    """The network went away between two frames."""
    chunks, failure = outcome(saying(STREAM + piece(sse(token("a")))))
    assert texts(chunks) == ["a"]
    assert isinstance(failure, RuntimeGarbled)


def test_doubled_frames() -> None:
    """Frames carry no number, so a doubled one is said twice; a doubled end ends once."""
    chunks, failure = outcome(stream(token("a"), token("a"), LAST, LAST))
    assert failure is None
    assert texts(chunks) == ["a", "a", ""]


def test_frames_of_a_kind_unknown_to_us() -> None:
    """Strange values in places that we only count are no reason to lose an answer."""
    odd = LAST | {"tokens": "x", "tokens_evaluated": -1, "timings": [1], "stop_type": 9}
    chunks, failure = outcome(stream(token("a") | {"tokens": ["b", 3, None]}, odd))
    assert failure is None
    assert chunks == [RawChunk("a", (3,)), RawChunk(finish="stop", usage=Usage(output_tokens=2))]


def test_invalid_utf8() -> None:
    """A broken byte costs a character."""
    chunks, failure = outcome(stream(b'data: {"content":"a\xffb","stop":false}\n\n', LAST))
    assert failure is None
    assert texts(chunks) == ["a\ufffdb", ""]


@pytest.mark.parametrize("start", [b"data: ", b": "])
def test_a_line_of_100_megabytes(start: bytes) -> None:
    """A line without end is refused, and neither memory nor time goes with it."""

    async def flood(_: Asked, say: Say) -> None:
        await say(STREAM + piece(start))
        for _ in range(100):
            await say(piece(b"x" * 1_048_576))

    tracemalloc.start()
    chunks, failure = outcome(flood)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert chunks == []
    assert isinstance(failure, RuntimeGarbled) and "more than 16,777,216 bytes" in failure.message
    assert peak < 80_000_000


def test_compressed_stream() -> None:
    """A proxy that compresses streams does not harm them."""
    body = gzip.compress(sse(token("a"), LAST), mtime=0)
    chunks, failure = outcome(saying(head(content_encoding="gzip", content_length=str(len(body))) + body))
    assert failure is None
    assert texts(chunks) == ["a", ""]


# streams that hang


async def slow_head(_: Asked, say: Say) -> None:
    """A head that never comes to its end."""
    for byte in head() * 50:
        await say(bytes([byte]))
        await asyncio.sleep(0.05)


async def stalled(_: Asked, say: Say) -> None:
    """A stream that falls silent."""
    await say(STREAM + piece(sse(token("a"))))
    await asyncio.Event().wait()


async def half_frame(_: Asked, say: Say) -> None:
    """A stream that falls silent inside a frame."""
    await say(STREAM + piece(sse(token("a")) + b'data: {"content"'))
    await asyncio.Event().wait()


async def pinging(_: Asked, say: Say) -> None:
    """A stream that is alive and says nothing."""
    await say(STREAM)
    while True:
        await say(piece(b": ping\n\n"))
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("handler", "said"), [(for_ever, []), (slow_head, []), (stalled, ["a"]), (half_frame, ["a"]), (pinging, [])]
)
@pytest.mark.parametrize("lane", ["raw", "chat"])
def test_nothing_hangs(handler: Handler, said: list[str], lane: str) -> None:
    """Every silence has a deadline, and what was said before it is delivered."""
    begun = time.monotonic()
    request = RawRequest([1]) if lane == "raw" else ChatRequest([])
    chunks, failure = outcome(handler, request, timeouts=QUICK)
    if lane == "raw":
        assert texts(chunks) == said
        assert isinstance(failure, RuntimeTimeout)
    else:  # these frames are none of the chat lane, which says so at once
        assert isinstance(failure, RuntimeTimeout if not said else RuntimeGarbled)
    assert time.monotonic() - begun < 5


# what refusals mean


def rejected(status: int, message: str, **more: Any) -> RuntimeRejected:
    """Return a refusal as the client makes it of llama.cpp's JSON."""
    body = json.dumps({"error": {"code": status, "message": message, **more}})
    return RuntimeRejected(f"http://x answered {status}: {message}", status=status, body=body)


@pytest.mark.parametrize(
    ("error", "numbers"),
    [
        (
            rejected(400, "too big", type="exceed_context_size_error", n_prompt_tokens=9000, n_ctx=8192),
            (9000, 8192),
        ),
        (rejected(400, "request (70 tokens) exceeds the available context size (64 tokens), try"), (70, 64)),
        (rejected(400, "the request exceeds the available context size. try increasing it"), (None, None)),
        (rejected(500, "Context size has been exceeded."), (None, None)),
    ],
)
def test_context_overflow(error: RuntimeRejected, numbers: tuple[int | None, int | None]) -> None:
    """One error for every way in which servers say that it does not fit, with the numbers where they are told."""
    found = sharpened(error)
    assert isinstance(found, ContextOverflow)
    assert (found.needed, found.limit) == numbers


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (rejected(500, "CUDA error: out of memory"), MemoryExhausted),
        (rejected(500, "failed to allocate buffer of size 123"), MemoryExhausted),
        (rejected(507, "no"), MemoryExhausted),
        (rejected(404, "model 'gemma' not found"), ModelMissing),
        (rejected(400, "unknown model: gemma"), ModelMissing),
        (rejected(404, "File Not Found"), RuntimeRejected),
        (
            rejected(500, "The model produced output that does not match the expected format"),
            RuntimeRejected,
        ),
        (RuntimeRejected("x answered 500", status=500, body="<html>"), RuntimeRejected),
    ],
)
def test_other_refusals(error: RuntimeRejected, kind: type[RuntimeFailure]) -> None:
    """What a person can act on gets its own error; the rest stays what it was."""
    assert type(sharpened(error)) is kind


def test_overflow_in_the_middle_of_a_stream() -> None:
    """It is the same error at any time."""
    chunks, failure = outcome(
        stream(token("a"), {"error": {"code": 500, "message": "Context size has been exceeded."}})
    )
    assert texts(chunks) == ["a"]
    assert isinstance(failure, ContextOverflow)


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("request_", [RawRequest([1]), ChatRequest([])])
def test_refused_at_once(status: int, request_: RawRequest | ChatRequest) -> None:
    """A refusal before the stream keeps its status and its words."""
    body = json.dumps({"error": {"code": status, "message": "no such luck"}}).encode()
    chunks, failure = outcome(saying(answer(body, status)), request_)
    assert chunks == []
    assert isinstance(failure, RuntimeRejected)
    assert failure.status == status and "no such luck" in failure.message
