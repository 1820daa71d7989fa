"""Ollama: wire traffic as its `docs/api.md` and `api/types.go` (fb30760) have it, written by hand, and its faults."""

from __future__ import annotations

import asyncio
import json
import time
import tracemalloc
from functools import partial
from typing import Any

import pytest

from gemwright.foundation.errors import (
    BadMessages,
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
from gemwright.runtimes.ollama import Ollama
from tests.loopback import Asked, Handler, Loopback, Say, answer, for_ever, piece
from tests.runtimes.answering import NDJSON, as_json, asking, by_path, described, lines, outcome, sent

CAN = ["completion", "vision", "audio", "tools", "thinking"]
SHOW = {
    "template": "{{ .Prompt }}",
    "capabilities": CAN,
    "model_info": {
        "general.architecture": "gemma4",
        "gemma4.block_count": 42,
        "gemma4.embedding_length": 2560,
        "gemma4.context_length": 131072,
    },
}
TAGS = {"models": [{"name": "llama3.2:latest"}, {"name": "gemma4:e4b", "model": "gemma4:e4b"}]}
LAST = {
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 26,
    "prompt_eval_duration": 342546000,
    "eval_count": 282,
    "eval_duration": 4535599000,
}
COUNTS = Usage(26, 282, None, 0.342546, 4.535599)
USER = [{"role": "user", "content": "hi"}]
QUICK = Timeouts(connect=2, first_byte=0.4, idle=0.4, total=2)


def server(**paths: Any) -> dict[str, bytes | Handler]:
    """Return the paths of a server of 0.32.15, with others in place of its own; `_` in a name stands for `/`."""
    own = {
        "version": as_json({"version": "0.32.15"}),
        "tags": as_json(TAGS),
        "ps": as_json({"models": []}),
        "show": as_json(SHOW),
    }
    return {f"/api/{name}": value for name, value in {**own, **paths}.items()}


def message(**fields: Any) -> dict[str, Any]:
    """Return a frame of the chat lane."""
    return {"model": "gemma4:e4b", "message": {"role": "assistant", "content": "", **fields}, "done": False}


# who answers


def test_describe() -> None:
    """The context is the loaded one, not what the model could take; abilities are those that the server lists."""
    running = {"models": [{"name": "gemma4:e4b", "model": "gemma4:e4b", "context_length": 4096}]}
    info = described(Ollama, server(ps=as_json(running)))
    can = info.capabilities
    assert (info.runtime, info.version, info.model, info.context) == ("Ollama", "0.32.15", "gemma4:e4b", 4096)
    assert can.chat and can.raw_text and not can.raw_tokens and can.images and can.audio and can.response_schema
    assert not can.embeddings
    assert "tool_choice" in can.ignores and "thinking" not in can.ignores
    assert "ollama/raw-mode-hides-marks" in info.quirks
    assert "ollama/hidden-repeat-penalty" not in info.quirks


def test_context_that_nobody_tells() -> None:
    """What the model could take is never told as loaded; what was asked for is."""
    assert described(Ollama, server()).context is None
    assert described(partial(Ollama, num_ctx=16384), server()).context == 16384


def test_variant_by_shape() -> None:
    """A name that says nothing is made up for by the weights' shape."""
    tags = as_json({"models": [{"name": "mine:latest"}]})
    assert described(partial(Ollama, model="mine"), server(tags=tags)).variant == "E4B"
    assert described(Ollama, server()).variant == ""


@pytest.mark.parametrize(
    ("wanted", "running", "found"),
    [
        ("", [], "gemma4:e4b"),
        ("", ["gemma4:e4b"], "gemma4:e4b"),
        ("", ["llama3.2:latest"], "gemma4:e4b"),
        ("llama3.2", [], "llama3.2:latest"),
    ],
)
def test_which_model(wanted: str, running: list[str], found: str) -> None:
    """Without a name it is a Gemma 4, a loaded one before others; `:latest` may be left out."""
    loaded = as_json({"models": [{"name": name} for name in running]})
    assert described(partial(Ollama, model=wanted), server(ps=loaded)).model == found


def test_missing_model_is_never_pulled() -> None:
    """Near names are told, and no request but the questions was made."""

    async def use(runtime: Ollama, loopback: Loopback) -> list[str]:
        with pytest.raises(ModelMissing) as caught:
            await runtime.describe()
        assert caught.value.suggestions[0] == "gemma4:e4b"
        return [asked.path for asked in loopback.asked]

    assert asking(partial(Ollama, model="gemma4:e4"), by_path(server()), use) == ["/api/version", "/api/tags"]
    with pytest.raises(ModelMissing):
        described(Ollama, server(tags=as_json({"models": [{"name": "llama3.2:latest"}]})))


def test_model_that_goes_away() -> None:
    """Ollama's own words for a missing model, at the time of a request."""
    gone = as_json({"error": "model 'gemma4:e4b' not found"}, 404)
    _, failure = outcome(partial(Ollama, model="gemma4:e4b"), server(chat=gone), ChatRequest(USER))
    assert isinstance(failure, ModelMissing) and "gemma4:e4b" in failure.suggestions


@pytest.mark.parametrize(
    "version",
    [
        answer(b"<html>", kind="text/html"),
        as_json({}),
        as_json([]),
        as_json({"detail": "Not Found"}, 404),
        as_json({"version": 3}),
    ],
)
def test_something_else_answers(version: bytes) -> None:
    """A web page or another runtime: the hint says what is wanted."""
    with pytest.raises(RuntimeGarbled) as caught:
        described(Ollama, server(version=version))
    assert "11434" in caught.value.hint


def test_a_model_for_embeddings_neither_talks_nor_continues() -> None:
    """What the server says of its abilities decides."""
    can = described(Ollama, server(show=as_json({"capabilities": ["embedding"]}))).capabilities
    assert can.embeddings and not can.chat and not can.raw_text


# what is asked


def test_raw_body() -> None:
    """Nothing is put around the text, nothing cut off, and how long the model stays is left alone."""
    prompt = "<bos><|turn>user\nhi<turn|>\n<|turn>model\n"
    sampling = Sampling(1.0, 0.95, 64, 7, 9, ("x",))
    body = sent(partial(Ollama, num_ctx=8192), server(generate=lines(LAST)), RawRequest(prompt, sampling))
    options = {"num_ctx": 8192, "num_predict": 9, "temperature": 1.0, "top_k": 64, "top_p": 0.95, "seed": 7}
    assert body == {
        "model": "gemma4:e4b",
        "prompt": prompt,
        "raw": True,
        "think": False,
        "stream": True,
        "truncate": False,
        "options": {**options, "stop": ["x"]},
    }


def test_raw_refuses_what_ollama_has_not() -> None:
    """Ids and grammars would be left out without a word."""
    for request in (RawRequest([1, 2]), RawRequest("a", grammar='root ::= "a"')):
        chunks, failure = outcome(Ollama, server(), request)
        assert chunks == [] and isinstance(failure, Unsupported)


@pytest.mark.parametrize(("thinking", "abilities", "think"), [(True, CAN, True), (False, CAN, False)])
def test_think(thinking: bool, abilities: list[str], think: bool) -> None:
    """It is always said, for the server's own default is on."""
    routes = server(chat=lines(LAST), show=as_json({"capabilities": abilities}))
    assert sent(Ollama, routes, ChatRequest(USER, thinking=thinking))["think"] is think


def test_think_is_left_out_where_it_is_refused() -> None:
    """A file from the hub has no parser: `think` would give HTTP 400."""
    routes = server(chat=lines(LAST), show=as_json({"capabilities": ["completion"]}))
    assert "think" not in sent(Ollama, routes, ChatRequest(USER))
    _, failure = outcome(Ollama, routes, ChatRequest(USER, thinking=True))
    assert isinstance(failure, Unsupported) and "Modelfile" in failure.hint
    assert "thinking" in described(Ollama, routes).capabilities.ignores


def test_chat_body_of_a_whole_conversation() -> None:
    """Arguments are objects, results name their tool, thoughts lie in `thinking`, media in `images`."""
    call = {"id": "c1", "type": "function", "function": {"name": "tide", "arguments": '{"station": "Vigo"}'}}
    messages = [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "When?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aW1n"}},
                {"type": "input_audio", "input_audio": {"data": "d2F2", "format": "wav"}},
            ],
        },
        {"role": "assistant", "content": None, "reasoning_content": "hm", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "12:04"},
    ]
    tool = {"type": "function", "function": {"name": "tide"}}
    body = sent(
        Ollama, server(chat=lines(LAST)), ChatRequest(messages, [tool], True, response_schema={"type": "object"})
    )
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "When?", "images": ["aW1n", "d2F2"]},
        {
            "role": "assistant",
            "content": "",
            "thinking": "hm",
            "tool_calls": [{"id": "c1", "function": {"name": "tide", "arguments": {"station": "Vigo"}}}],
        },
        {"role": "tool", "content": "12:04", "tool_name": "tide", "tool_call_id": "c1"},
    ]
    assert body["tools"] == [tool] and body["format"] == {"type": "object"} and body["think"] is True
    assert "tool_choice" not in body and "keep_alive" not in body


def test_tools_that_must_not_be_called_are_not_shown() -> None:
    """There is no `tool_choice`, so `none` can only be kept by leaving them out."""
    body = sent(Ollama, server(chat=lines(LAST)), ChatRequest(USER, [{"type": "function"}], tool_choice="none"))
    assert "tools" not in body


@pytest.mark.parametrize("arguments", ["{", "[1]", 7])
def test_arguments_in_the_history_that_are_none(arguments: object) -> None:
    """Ollama would answer 400 in Go's words."""
    calls = [{"function": {"name": "f", "arguments": arguments}}]
    history = [{"role": "assistant", "content": "", "tool_calls": calls}]
    _, failure = outcome(Ollama, server(), ChatRequest(history))
    assert isinstance(failure, BadMessages) and "messages[0]" in failure.message


def test_quirks_decide_by_version() -> None:
    """0.20.0 to 0.32.9 punish repetition unless told; before 0.21.1 a schema has no effect without thinking."""
    old = as_json({"version": "0.20.5"})
    assert sent(Ollama, server(chat=lines(LAST), version=old), ChatRequest(USER))["options"] == {"repeat_penalty": 1.0}
    assert sent(Ollama, server(chat=lines(LAST)), ChatRequest(USER))["options"] == {}
    assert not described(Ollama, server(version=old)).capabilities.response_schema


# what comes back


def test_raw_stream() -> None:
    """Text as it comes; times are nanoseconds."""
    frames = [{"response": "a", "done": False}, {"response": "b", "done": False}, {"response": "", **LAST}]
    chunks, failure = outcome(Ollama, server(generate=lines(*frames)), RawRequest("p"))
    assert failure is None
    assert chunks == [RawChunk("a"), RawChunk("b"), RawChunk(finish="stop", usage=COUNTS)]


def test_chat_stream() -> None:
    """Thoughts, text, and two whole calls that both say index 0, as before 0.20.6."""
    calls = [{"function": {"index": 0, "name": name, "arguments": {"at": 1}}} for name in ("f", "g")]
    frames = [
        message(thinking="hm"),
        message(content="so"),
        message(tool_calls=[calls[0]]),
        message(tool_calls=[{"id": "call_x", **calls[1]}]),
        {**message(), **LAST},
    ]
    chunks, failure = outcome(Ollama, server(chat=lines(*frames)), ChatRequest(USER))
    assert failure is None
    assert chunks == [
        ChatChunk(reasoning="hm"),
        ChatChunk(content="so"),
        ChatChunk(tool_calls=(ToolCallFragment(0, "", "f", '{"at":1}'),)),
        ChatChunk(tool_calls=(ToolCallFragment(1, "call_x", "g", '{"at":1}'),)),
        ChatChunk(finish="tool_calls", usage=COUNTS),
    ]


@pytest.mark.parametrize(("reason", "finish"), [("stop", "stop"), ("length", "length"), (None, "stop")])
def test_done_reason(reason: str | None, finish: str) -> None:
    """Old servers tell no reason."""
    last = {**message(), "done": True, **({"done_reason": reason} if reason else {})}
    chunks, failure = outcome(Ollama, server(chat=lines(last)), ChatRequest(USER))
    assert failure is None and chunks[-1].finish == finish


@pytest.mark.parametrize("reason", ["", "load", "unload"])
def test_done_without_an_answer(reason: str) -> None:
    """A runner that went away, and a model that was only loaded, are no answers."""
    _, failure = outcome(Ollama, server(chat=lines({**message(), **LAST, "done_reason": reason})), ChatRequest(USER))
    assert isinstance(failure, RuntimeGarbled)


def test_empty_reply() -> None:
    """HTTP 200 with nothing in it, as dropped calls leave it, is a whole stream: the client judges it."""
    chunks, failure = outcome(Ollama, server(chat=lines({**message(), **LAST})), ChatRequest(USER))
    assert failure is None and chunks == [ChatChunk(finish="stop", usage=COUNTS)]


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (b'{"error":"llama runner process has terminated: exit status 2"}\n', RuntimeRejected),
        (b'{"error":"CUDA error: out of memory"}\n', MemoryExhausted),
        (
            b'{"error":"the prompt is longer than the context length currently available to the model"}\n',
            ContextOverflow,
        ),
        (b'{"message":{"content":"b"},"do', RuntimeGarbled),
        (b"{]\n", RuntimeGarbled),
        (b"[1]\n", RuntimeGarbled),
        (b'{"done":false}\n', RuntimeGarbled),
        (b'{"message":{"content":7},"done":false}\n', RuntimeGarbled),
        (b"", RuntimeGarbled),
    ],
)
def test_broken_streams(tail: bytes, kind: type[RuntimeFailure]) -> None:
    """What came before is delivered; then the right error, and never a quiet end."""
    chunks, failure = outcome(Ollama, server(chat=lines(message(content="a"), tail)), ChatRequest(USER))
    assert chunks == [ChatChunk(content="a")]
    assert type(failure) is kind


def test_cut_connection() -> None:
    """The network went away between two lines."""
    cut = NDJSON + piece(json.dumps(message(content="a")).encode() + b"\n")
    chunks, failure = outcome(Ollama, server(chat=cut), ChatRequest(USER))
    assert chunks == [ChatChunk(content="a")] and isinstance(failure, RuntimeGarbled)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ({"error": "model requires more system memory (9.6 GiB) than is available (7.1 GiB)"}, MemoryExhausted, "9.6"),
        ({"error": '"gemma4:e4b" does not support thinking'}, RuntimeRejected, "thinking"),
        ({"error": "the input length exceeds the context length"}, ContextOverflow, "length"),
    ],
)
def test_refused_at_once(body: object, kind: type[RuntimeFailure], words: str) -> None:
    """Errors before the stream keep their words."""
    _, failure = outcome(Ollama, server(chat=as_json(body, 400)), ChatRequest(USER))
    assert type(failure) is kind and words in failure.message


def test_wrong_content_type() -> None:
    """A page in place of a stream is named."""
    _, failure = outcome(Ollama, server(chat=answer(b"<html>", kind="text/html")), ChatRequest(USER))
    assert isinstance(failure, RuntimeGarbled) and "text/html" in failure.message


def test_a_line_without_end() -> None:
    """It is refused, and memory does not go with it."""

    async def flood(_: Asked, say: Say) -> None:
        await say(NDJSON + piece(b'{"response":"'))
        for _ in range(40):
            await say(piece(b"x" * 1_048_576))

    tracemalloc.start()
    chunks, failure = outcome(Ollama, server(generate=flood), RawRequest("p"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert chunks == [] and isinstance(failure, RuntimeGarbled) and peak < 80_000_000


def test_nothing_hangs() -> None:
    """A server that falls silent, before its answer or in it, has a deadline."""

    async def stalled(_: Asked, say: Say) -> None:
        await say(NDJSON + piece(json.dumps(message(content="a")).encode() + b"\n"))
        await asyncio.Event().wait()

    begun = time.monotonic()
    for handler, said in ((for_ever, []), (stalled, [ChatChunk(content="a")])):
        chunks, failure = outcome(partial(Ollama, timeouts=QUICK), server(chat=handler), ChatRequest(USER))
        assert chunks == said and isinstance(failure, RuntimeTimeout)
    assert time.monotonic() - begun < 8


def test_leaving_stops_the_server() -> None:
    """Closing the stream closes the connection: that is how Ollama learns that nobody waits."""

    async def endless(_: Asked, say: Say) -> None:
        await say(NDJSON)
        while True:
            await say(piece(json.dumps(message(content="a")).encode() + b"\n"))
            await asyncio.sleep(0.01)

    async def use(runtime: Ollama, loopback: Loopback) -> bool:
        stream = runtime.chat(ChatRequest(USER))
        await anext(stream)
        loopback.left.clear()
        await stream.aclose()
        async with asyncio.timeout(1):
            await loopback.left.wait()
        return True

    assert asking(Ollama, by_path(server(chat=endless)), use)


# vectors and tokens


def test_embed() -> None:
    """In the order of the texts; a text that does not fit is refused."""
    show = as_json({"capabilities": ["embedding"]})
    routes = server(show=show, embed=as_json({"embeddings": [[1, 0.5], [0, 2]]}))

    async def use(runtime: Ollama, loopback: Loopback) -> tuple[Any, Any]:
        return await runtime.embed(["a", "b"]), loopback.asked[-1].json

    vectors, body = asking(Ollama, by_path(routes), use)
    assert vectors == [[1.0, 0.5], [0.0, 2.0]]
    assert body == {"model": "gemma4:e4b", "input": ["a", "b"], "truncate": False}


@pytest.mark.parametrize("rows", [[[1.0]], [[1.0], [1.0, 2.0]], [[1.0], ["x"]], [[], []], {}, None])
def test_vectors_that_are_none(rows: object) -> None:
    """Too few, of unequal length, or no numbers."""
    routes = server(show=as_json({"capabilities": ["embedding"]}), embed=as_json({"embeddings": rows}))
    with pytest.raises(RuntimeGarbled):
        asking(Ollama, by_path(routes), lambda runtime, _: runtime.embed(["a", "b"]))


def test_no_vectors_and_no_tokens() -> None:
    """What Ollama or its model cannot do is refused before it is asked."""
    with pytest.raises(Unsupported):
        asking(Ollama, by_path(server()), lambda runtime, _: runtime.embed(["a"]))
    with pytest.raises(Unsupported):
        asking(Ollama, by_path(server()), lambda runtime, _: runtime.tokenize("a", parse_special=True))


def test_models() -> None:
    """Those in memory come first, with their context."""
    running = as_json({"models": [{"name": "gemma4:e4b", "context_length": 8192}]})
    found = asking(Ollama, by_path(server(ps=running)), lambda runtime, _: runtime.models())
    assert [(one.id, one.loaded, one.context) for one in found] == [
        ("gemma4:e4b", True, 8192),
        ("llama3.2:latest", False, None),
    ]
