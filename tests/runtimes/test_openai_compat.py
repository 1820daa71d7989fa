"""OpenAI's protocol as runtimes speak it, and the overlays.

Streams are written by hand after vLLM's, SGLang's and mlx-lm's sources and LM Studio's pages, with the deviations that
their users report.
"""

from __future__ import annotations

import asyncio
import json
import time
import tracemalloc
from functools import partial
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
    Unsupported,
)
from gemwright.foundation.http import Timeouts
from gemwright.messages import Usage
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Sampling, ToolCallFragment
from gemwright.runtimes.lmstudio import LMStudio
from gemwright.runtimes.mlx import MLX
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.sglang import SGLang
from gemwright.runtimes.vllm import VLLM
from tests.loopback import STREAM, Asked, Handler, Say, answer, for_ever, piece
from tests.runtimes.answering import as_json, asking, by_path, described, events, outcome, sent

CHAT = "/v1/chat/completions"
TEXT = "/v1/completions"
NAME = "google/gemma-4-E4B-it"
USER = [{"role": "user", "content": "hi"}]
ALL = [OpenAICompat, VLLM, SGLang, LMStudio, MLX]
QUICK = Timeouts(connect=2, first_byte=0.4, idle=0.4, total=2)


def server(**paths: Any) -> dict[str, bytes | Handler]:
    """Return the paths of a server with one model; `__` in a name stands for `/`."""
    rows = [{"id": NAME, "object": "model", "max_model_len": 32768}]
    own: dict[str, Any] = {"v1__models": as_json({"object": "list", "data": rows})}
    return {f"/{name.replace('__', '/')}": value for name, value in {**own, **paths}.items()}


def chatting(*frames: object, done: bool = True) -> dict[str, bytes | Handler]:
    """Return the paths of a server that streams this chat."""
    return server(v1__chat__completions=events(*frames, done=done))


def delta(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a frame of the chat lane."""
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def calls_of(*deltas: Any) -> list[ToolCallFragment]:
    """Return the pieces of calls that an adapter makes of these `tool_calls`."""
    frames = [delta(tool_calls=one) for one in deltas]
    chunks, failure = outcome(OpenAICompat, chatting(*frames, delta("tool_calls")), ChatRequest(USER))
    assert failure is None
    return [fragment for chunk in chunks for fragment in chunk.tool_calls]


# who answers


def test_vllm() -> None:
    """Version, model and context; it takes ids and gives our marks back."""
    info = described(VLLM, server(version=as_json({"version": "0.33.0"})))
    can = info.capabilities
    assert (info.runtime, info.version, info.model, info.context) == ("vLLM", "0.33.0", NAME, 32768)
    assert can.raw_text and can.raw_tokens and can.chat and can.images and can.audio and can.response_schema
    assert can.ignores == ("tool_choice",)
    assert "vllm/forced-tool-choice-not-enforced" in info.quirks
    assert "vllm/bare-opener-dropped" not in info.quirks
    assert described(VLLM, server(version=as_json({"version": "0.23.0"}))).capabilities.ignores == ()


@pytest.mark.parametrize("path", ["server_info", "get_server_info"])
def test_sglang(path: str) -> None:
    """Its version lies where newer or older releases have it."""
    info = described(SGLang, server(**{path: as_json({"version": "0.5.23", "tp_size": 1})}))
    assert (info.runtime, info.version, info.context) == ("SGLang", "0.5.23", 32768)
    assert info.capabilities.raw_tokens
    assert "sglang/tool-parser-hangs-on-nested-array" in info.quirks


def test_lmstudio_of_0_4() -> None:
    """The native list tells which model is loaded, and with which context."""
    rows = [
        {"type": "embedding", "key": "nomic", "loaded_instances": [{"id": "nomic"}]},
        {"type": "llm", "key": "google/gemma-4-31b", "loaded_instances": [], "max_context_length": 262144},
        {
            "type": "llm",
            "key": "google/gemma-4-e4b",
            "max_context_length": 131072,
            "capabilities": {"vision": True, "trained_for_tool_use": True},
            "loaded_instances": [{"id": "google/gemma-4-e4b:2", "config": {"context_length": 4096}}],
        },
    ]
    info = described(LMStudio, server(api__v1__models=as_json({"models": rows})))
    assert (info.runtime, info.model, info.context) == ("LM Studio", "google/gemma-4-e4b:2", 4096)
    assert info.capabilities.images and not info.capabilities.raw_text


def test_lmstudio_of_0_3() -> None:
    """The older list, where the newer is refused; what is not loaded has no context."""
    rows = [
        {"id": "gemma-4-31b", "type": "llm", "state": "not-loaded", "loaded_context_length": 9},
        {"id": "gemma-4-e4b", "type": "vlm", "state": "loaded", "loaded_context_length": 8192},
    ]
    unexpected = as_json({"error": "Unexpected endpoint or method. (GET /api/v1/models)"}, 200)
    routes = server(api__v1__models=unexpected, api__v0__models=as_json({"data": rows}))
    info = described(LMStudio, routes)
    assert (info.model, info.context, info.capabilities.images) == ("gemma-4-e4b", 8192, True)
    found = asking(LMStudio, by_path(routes), lambda runtime, _: runtime.models())
    assert [(one.id, one.loaded, one.context) for one in found][1] == ("gemma-4-31b", False, None)


def test_lmstudio_without_its_own_lists() -> None:
    """Then OpenAI's has to do."""
    assert described(LMStudio, server()).model == NAME


def test_mlx() -> None:
    """Text only, and it names no model of its own: the one that it was started with answers."""
    two = server(v1__models=as_json({"data": [{"id": "a/b"}, {"id": "/srv/models/gemma-4-e4b-4bit"}]}))
    info = described(MLX, two)
    assert (info.runtime, info.model) == ("mlx-lm", "")
    can = info.capabilities
    assert not (can.raw_text or can.images or can.embeddings or can.response_schema)
    one = server(v1__models=as_json({"data": [{"id": "/srv/models/gemma-4-e4b-4bit"}]}))
    assert described(MLX, one).model == "gemma-4-e4b-4bit"
    assert described(MLX, server(v1__models=as_json({"data": []}))).model == ""


def test_mlx_is_never_made_to_download() -> None:
    """A model that is not there is refused here, for the server would fetch it; without a wish none is named."""
    _, failure = outcome(partial(MLX, model="mlx-community/other"), server(), ChatRequest(USER))
    assert isinstance(failure, ModelMissing) and failure.suggestions == (NAME,)
    stream = events(delta("stop"))
    assert "model" not in sent(MLX, server(v1__chat__completions=stream), ChatRequest(USER))
    assert sent(partial(MLX, model=NAME), server(v1__chat__completions=stream), ChatRequest(USER))["model"] == NAME


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize(
    "models",
    [
        answer(b"<html>", kind="text/html"),
        as_json({"detail": "Not Found"}, 404),
        as_json([]),
        as_json({"models": []}),
        answer(b"404 page not found", 404, kind="text/plain"),
    ],
)
def test_something_else_answers(make: Any, models: bytes) -> None:
    """The hint says what is wanted, with the port of this runtime."""
    with pytest.raises(RuntimeGarbled) as caught:
        described(make, server(v1__models=models))
    assert "OpenAI's protocol" in caught.value.hint


def test_no_model_loaded() -> None:
    """Nothing to ask."""
    with pytest.raises(ModelMissing):
        described(VLLM, server(v1__models=as_json({"data": []})))


def test_v1_at_the_end_of_the_address() -> None:
    """People copy it along."""
    assert described(lambda url: VLLM(url + "/v1/"), server()).model == NAME


# what is asked


@pytest.mark.parametrize(
    ("make", "switch"),
    [
        (VLLM, {"chat_template_kwargs": {"enable_thinking": True}}),
        (SGLang, {"chat_template_kwargs": {"enable_thinking": True}}),
        (MLX, {"chat_template_kwargs": {"enable_thinking": True}}),
        (LMStudio, {"reasoning_effort": "medium"}),
    ],
)
def test_thinking_is_switched(make: Any, switch: dict[str, Any]) -> None:
    """Always said, in each runtime's own way."""
    on = sent(make, chatting(delta("stop")), ChatRequest(USER, thinking=True))
    off = sent(make, chatting(delta("stop")), ChatRequest(USER))
    [name] = switch
    assert on[name] == switch[name]
    assert off[name] in ({"enable_thinking": False}, "none")
    assert len({"chat_template_kwargs", "reasoning_effort"} & on.keys()) == 1


@pytest.mark.parametrize(("make", "field"), [(VLLM, "reasoning"), (SGLang, "reasoning_content")])
def test_earlier_thoughts(make: Any, field: str) -> None:
    """They go into the field that the runtime reads, and only there."""
    history = [{"role": "assistant", "content": "a", "reasoning_content": "hm"}]
    [written] = sent(make, chatting(delta("stop")), ChatRequest(history))["messages"]
    assert written == {"role": "assistant", "content": "a", field: "hm"}


def test_chat_body() -> None:
    """Everything under OpenAI's names."""
    tool = {"type": "function", "function": {"name": "f"}}
    sampling = Sampling(1.0, 0.95, 64, 7, 9, ("x",))
    request = ChatRequest(USER, [tool], False, "required", sampling, {"type": "object"})
    body = sent(VLLM, chatting(delta("stop")), request)
    assert body == {
        "messages": USER,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 1.0,
        "top_p": 0.95,
        "top_k": 64,
        "seed": 7,
        "max_tokens": 9,
        "stop": ["x"],
        "chat_template_kwargs": {"enable_thinking": False},
        "tools": [tool],
        "tool_choice": "required",
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}},
        "model": NAME,
    }


@pytest.mark.parametrize("make", [VLLM, SGLang])
def test_rendered_prompts_go_as_ids(make: Any) -> None:
    """A text is made into ids first, without a second <bos>; our marks are asked back."""
    routes = server(tokenize=as_json({"tokens": [2, 105], "count": 2}), v1__completions=events({"choices": []}))

    async def use(runtime: Any, loopback: Any) -> list[Asked]:
        with pytest.raises(RuntimeFailure):
            async for _ in runtime.generate(RawRequest("<bos><|turn>")):
                pass
        return loopback.asked

    *_, tokenised, asked = asking(make, by_path(routes), use)
    assert tokenised.json == {"model": NAME, "prompt": "<bos><|turn>", "add_special_tokens": False}
    assert asked.json["prompt"] == [2, 105] and asked.json["skip_special_tokens"] is False


@pytest.mark.parametrize("make", [OpenAICompat, LMStudio, MLX])
def test_rendered_prompts_where_marks_would_be_lost(make: Any) -> None:
    """They are refused, and nothing is sent."""
    _, failure = outcome(make, {}, RawRequest("a"))
    assert isinstance(failure, Unsupported)


def test_what_cannot_be_tokenised() -> None:
    """These servers read control tokens in every text, so a text with one cannot be kept as text."""
    routes = server(tokenize=as_json({"tokens": [9]}))
    for special, text in ((True, "<|turn>"), (False, "plain")):
        use = partial(lambda text, special, runtime, _: runtime.tokenize(text, parse_special=special), text, special)
        assert asking(VLLM, by_path(routes), use) == [9]
    with pytest.raises(Unsupported):
        asking(VLLM, by_path(routes), lambda runtime, _: runtime.tokenize("<|turn>", parse_special=False))
    with pytest.raises(RuntimeGarbled):
        wrong = server(tokenize=as_json({"tokens": ["a"]}))
        asking(VLLM, by_path(wrong), lambda runtime, _: runtime.tokenize("a", parse_special=True))


def test_pictures_where_there_are_none() -> None:
    """mlx-lm would answer with an error of its template."""
    content = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,aQ=="}}]
    _, failure = outcome(MLX, server(), ChatRequest([{"role": "user", "content": content}]))
    assert isinstance(failure, Unsupported)


# what comes back


def test_chat_stream() -> None:
    """Reasoning under both names, the empty first delta, usage in a frame of its own."""
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 5}}
    frames = [
        delta(role="assistant", content=""),
        delta(reasoning="h"),
        delta(reasoning_content="m"),
        delta(content="hi"),
        delta("stop"),
        {"choices": [], "usage": usage},
    ]
    chunks, failure = outcome(VLLM, chatting(*frames), ChatRequest(USER))
    assert failure is None
    assert chunks == [
        ChatChunk(reasoning="h"),
        ChatChunk(reasoning="m"),
        ChatChunk(content="hi"),
        ChatChunk(finish="stop", usage=Usage(9, 4, 5)),
    ]


def test_completion_stream() -> None:
    """Text with our marks, ids where told."""
    frames = [
        {"choices": [{"index": 0, "text": "<|tool_call>", "token_ids": [48], "finish_reason": None}]},
        {"choices": [{"index": 0, "text": "", "finish_reason": "length"}]},
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1}},
    ]
    chunks, failure = outcome(VLLM, server(v1__completions=events(*frames)), RawRequest([2]))
    assert failure is None
    assert chunks == [RawChunk("<|tool_call>", (48,)), RawChunk(finish="length", usage=Usage(3, 1))]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("stop", "stop"), ("length", "length"), ("tool_calls", "tool_calls"), ("abort", "cancelled"), ("odd", "stop")],
)
def test_finish(reason: str, finish: str) -> None:
    """A stream without `[DONE]` is whole if it said how it finished."""
    chunks, failure = outcome(OpenAICompat, chatting(delta(reason, content="a"), done=False), ChatRequest(USER))
    assert failure is None and chunks[-1].finish == finish


def test_calls_in_pieces() -> None:
    """OpenAI's own form: id and name once."""
    first = [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]
    assert calls_of(first, [{"index": 0, "function": {"arguments": "{}"}}]) == [
        ToolCallFragment(0, "a", "f", ""),
        ToolCallFragment(0, "", "", "{}"),
    ]


def test_calls_whole_without_index() -> None:
    """Each begins a call, whether they come in one frame or in two."""
    whole = [{"id": name, "function": {"name": name, "arguments": "{}"}} for name in ("f", "g")]
    assert calls_of(whole) == [ToolCallFragment(0, "f", "f", "{}"), ToolCallFragment(1, "g", "g", "{}")]
    assert calls_of([whole[0]], [whole[1]]) == [
        ToolCallFragment(0, "f", "f", "{}"),
        ToolCallFragment(1, "g", "g", "{}"),
    ]


def test_pieces_without_index() -> None:
    """A piece goes to the call of its id, else to the last one."""
    pieces = [
        [{"id": "a", "function": {"name": "f", "arguments": "{"}}],
        [{"function": {"arguments": "}"}}],
        [{"id": "b", "function": {"name": "g", "arguments": "{"}}],
        [{"id": "a", "function": {"arguments": ""}}, {"id": "b", "function": {"arguments": "}"}}],
    ]
    assert [(one.index, one.arguments) for one in calls_of(*pieces)] == [
        (0, "{"),
        (0, "}"),
        (1, "{"),
        (0, ""),
        (1, "}"),
    ]


def test_calls_without_id_and_arguments_as_an_object() -> None:
    """An object becomes its JSON text; missing ids stay missing, for the client makes them up."""
    assert calls_of([{"index": 0, "function": {"name": "f", "arguments": {"a": [1, "ü"]}}}]) == [
        ToolCallFragment(0, "", "f", '{"a":[1,"ü"]}')
    ]
    assert calls_of([{"index": 0, "function": {"name": "f", "arguments": None}}]) == [ToolCallFragment(0, "", "f", "")]


def test_whole_message_in_a_stream() -> None:
    """Some servers put the whole message into one frame, its content in parts."""
    message = {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    frame = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    chunks, failure = outcome(OpenAICompat, chatting(frame), ChatRequest(USER))
    assert failure is None and chunks[0] == ChatChunk(content="ab")


def test_empty_reply() -> None:
    """HTTP 200 and nothing is a whole stream: the client judges it."""
    chunks, failure = outcome(OpenAICompat, chatting(delta("stop")), ChatRequest(USER))
    assert failure is None and chunks == [ChatChunk(finish="stop", usage=Usage())]


# streams that break

OVERFLOW = (
    "This model's maximum context length is 8192 tokens. However, you requested 4096 output tokens and your prompt "
    "contains at least 6000 input tokens, for a total of at least 10096 tokens."
)


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (b'data: {"error":{"message":"boom","type":"InternalServerError","code":500}}\n\n', RuntimeRejected),
        (b'data: {"object":"error","message":"boom","type":"x","code":500}\n\n', RuntimeRejected),
        (b'data: {"error":{"message":"CUDA out of memory. Tried to allocate","code":500}}\n\n', MemoryExhausted),
        (b"data: " + json.dumps({"error": {"message": OVERFLOW, "code": 400}}).encode() + b"\n\n", ContextOverflow),
        (b'event: error\ndata: {"error":{"message":"boom"}}\n\n', RuntimeRejected),
        (b'data: {"choices":[{"delta":{"content":"b"', RuntimeGarbled),
        (b'data: {"choices":7}\n\n', RuntimeGarbled),
        (b'data: {"choices":[{"delta":{"content":1}}]}\n\n', RuntimeGarbled),
        (b"data: [1]\n\n", RuntimeGarbled),
        (b"data: {]\n\n", RuntimeGarbled),
        (b"data: [DONE]\n\n", RuntimeGarbled),
        (b"", RuntimeGarbled),
    ],
)
def test_broken_streams(tail: bytes, kind: type[RuntimeFailure]) -> None:
    """What came before is delivered; then the right error, and never a quiet end."""
    chunks, failure = outcome(OpenAICompat, chatting(delta(content="a"), tail, done=False), ChatRequest(USER))
    assert chunks == [ChatChunk(content="a")]
    assert type(failure) is kind


@pytest.mark.parametrize("frame", [{"choices": [{}]}, {"choices": [{"text": 1}]}, {"id": 1}])
def test_broken_completions(frame: object) -> None:
    """Text has to be text."""
    _, failure = outcome(VLLM, server(v1__completions=events(frame)), RawRequest([2]))
    assert isinstance(failure, RuntimeGarbled)


def test_cut_connection() -> None:
    """The network went away between two frames."""
    cut = STREAM + piece(b"data: " + json.dumps(delta(content="a")).encode() + b"\n\n")
    chunks, failure = outcome(OpenAICompat, server(v1__chat__completions=cut), ChatRequest(USER))
    assert chunks == [ChatChunk(content="a")] and isinstance(failure, RuntimeGarbled)


def test_wrong_content_type() -> None:
    """A plain object in place of a stream is named by its kind."""
    plain = as_json({"choices": [{"message": {"content": "a"}}]})
    _, failure = outcome(OpenAICompat, server(v1__chat__completions=plain), ChatRequest(USER))
    assert isinstance(failure, RuntimeGarbled) and "application/json" in failure.message


def test_a_frame_without_end() -> None:
    """It is refused, and memory does not go with it."""

    async def flood(_: Asked, say: Say) -> None:
        await say(STREAM + piece(b"data: "))
        for _ in range(40):
            await say(piece(b"x" * 1_048_576))

    tracemalloc.start()
    chunks, failure = outcome(OpenAICompat, server(v1__chat__completions=flood), ChatRequest(USER))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert chunks == [] and isinstance(failure, RuntimeGarbled) and peak < 80_000_000


def test_nothing_hangs() -> None:
    """Silence has a deadline, before the answer, in it, and behind signs of life (mlx-lm's `: keepalive`)."""

    async def stalled(_: Asked, say: Say) -> None:
        await say(STREAM + piece(b"data: " + json.dumps(delta(content="a")).encode() + b"\n\n"))
        await asyncio.Event().wait()

    async def alive(_: Asked, say: Say) -> None:
        await say(STREAM)
        while True:
            await say(piece(b": keepalive 1/9\n\n"))
            await asyncio.sleep(0.05)

    begun = time.monotonic()
    for handler, said in ((for_ever, 0), (stalled, 1), (alive, 0)):
        routes = server(v1__chat__completions=handler)
        chunks, failure = outcome(partial(MLX, timeouts=QUICK), routes, ChatRequest(USER))
        assert len(chunks) == said and isinstance(failure, RuntimeTimeout)
    assert time.monotonic() - begun < 10


# vectors


def test_embed() -> None:
    """Sorted by index, whatever the order in which they come."""
    rows = [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [1, 0.5]}]
    routes = server(v1__embeddings=as_json({"data": rows}))
    assert asking(VLLM, by_path(routes), lambda runtime, _: runtime.embed(["a", "b"])) == [[1.0, 0.5], [0.0, 2.0]]


@pytest.mark.parametrize("data", [[], [{"embedding": [1]}], [{"embedding": [1]}, {"embedding": ["x"]}], None])
def test_vectors_that_are_none(data: object) -> None:
    """Too few, or no numbers."""
    with pytest.raises(RuntimeGarbled):
        routes = server(v1__embeddings=as_json({"data": data}))
        asking(VLLM, by_path(routes), lambda runtime, _: runtime.embed(["a", "b"]))


def test_no_vectors_here() -> None:
    """A runtime that makes none is not asked; a server without the path says so."""
    for make in (MLX, VLLM):
        with pytest.raises(Unsupported):
            asking(make, by_path(server()), lambda runtime, _: runtime.embed(["a"]))
