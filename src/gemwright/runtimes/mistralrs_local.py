"""mistral.rs in this process: messages, which it renders and parses by itself.

Knows: how its `Runner` loads, streams and stops. A folder is loaded and nothing is fetched. Stopping lets go of its stream,
and the engine stops with that; a thread that waits for the next chunk lets go when it comes.
Never knows: what the text means.

Observed with pkg:pypi/mistralrs@0.9.5: a rendered prompt is taken (`messages` as text), but what comes back is parsed all the
same, so there is no raw lane; there is no seed for one request, and no way to demand a call; calls come whole, in the last
chunk; a message's content must be text, not null; two requests that are sent at once fail, so sending is locked; its log goes
to standard output, so `RUST_LOG` becomes `warn` where nobody has set it.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import threading
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any, Final

from gemwright.foundation.errors import RuntimeGarbled, RuntimeRejected, Unsupported
from gemwright.foundation.http import Timeouts
from gemwright.messages import FinishReason, Usage
from gemwright.runtimes.base import (
    Capabilities,
    ChatChunk,
    ChatRequest,
    RawChunk,
    RawRequest,
    RuntimeInfo,
    ToolCallFragment,
)
from gemwright.runtimes.inprocess import Feed, failure_of, folder_of, installed, read_thread
from gemwright.runtimes.quirks import quirks_of
from gemwright.runtimes.reading import as_list, as_object

__all__ = ["MistralrsLocal"]

_NAME: Final = "mistral.rs"
_FINISH: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "canceled": "cancelled",
    "error": "error",
}
_MOST_WAITING: Final = 32


class MistralrsLocal:
    """A model that mistral.rs runs in this process, as a `Runtime`. It takes messages.

    Args:
        model: the model's folder, in the layout of Hugging Face. Nothing is downloaded.
        timeouts: `first_byte` bounds the wait for the first chunk, loading included; `idle` that for the next.
        note: what a person has to know about the model; it is passed on by `describe`.

    Raises:
        Unsupported: mistral.rs is not installed.
        ModelMissing: the folder holds no model.
    """

    def __init__(self, model: str | Path, *, timeouts: Timeouts | None = None, note: str = "") -> None:
        self._folder = folder_of(model)
        self._timeouts = timeouts or Timeouts()
        self._note = note
        self._package = installed("mistralrs", "mistralrs")
        self._runner: Any = None
        self._loading = threading.Lock()
        self._sending = threading.Lock()
        self._feeds: set[Feed[ChatChunk]] = set()

    async def describe(self) -> RuntimeInfo:
        """Return the package's version, the model's folder name and its context.

        Raises:
            RuntimeFailure: the model does not load.
        """
        runner = await asyncio.to_thread(self._load)
        version = importlib.metadata.version("mistralrs")
        context = runner.max_sequence_length()
        template = self._folder / "chat_template.jinja"
        return RuntimeInfo(
            runtime=_NAME,
            version=version,
            model=self._folder.name,
            context=context if isinstance(context, int) and context > 0 else None,
            template=template.read_text("utf-8", "replace") if template.is_file() else "",
            capabilities=Capabilities(chat=True, response_schema=True, ignores=("tool_choice", "seed")),
            note=self._note,
            quirks=quirks_of(_NAME, version).evidence,
        )

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Refuse: what comes of a rendered prompt is parsed all the same.

        Raises:
            Unsupported: always.
        """
        raise Unsupported(f"{_NAME} takes no rendered prompts", hint="use the chat lane")
        yield RawChunk()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by mistral.rs.

        Raises:
            Unsupported: the messages hold media.
            ContextOverflow: they do not fit.
        """
        if len(self._feeds) >= _MOST_WAITING:
            raise RuntimeRejected(f"{len(self._feeds)} generations are running already", status=503)
        body = _body(request)
        finished = False
        async with aclosing(read_thread(partial(self._chat, body), name=_NAME, timeouts=self._timeouts)) as chunks:
            async for chunk in chunks:
                finished = chunk.finish is not None
                yield chunk
        if not finished:
            raise RuntimeGarbled(f"{_NAME} ended its stream before the model had ended")

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Return token ids, without a <bos> in front; spellings of control tokens always become control tokens.

        Raises:
            Unsupported: `parse_special` is off, which mistral.rs does not know, and the text may hold such a spelling.
        """
        if not parse_special and "<" in text:
            raise Unsupported(f"{_NAME} always reads control tokens in text", hint="cut the text inside them")
        runner = await asyncio.to_thread(self._load)
        return list(await asyncio.to_thread(runner.tokenize_text, text, False, None))

    async def aclose(self) -> None:
        """Stop what runs and let go of the model."""
        for feed in list(self._feeds):
            feed.stop()
        self._runner = None

    def _load(self) -> Any:
        with self._loading:
            if self._runner is None:
                os.environ.setdefault("RUST_LOG", "warn")
                which = self._package.Which.MultimodalPlain(model_id=str(self._folder))
                try:
                    self._runner = self._package.Runner(which=which, token_source="none")  # noqa: S106 - says: no token
                except Exception as error:
                    raise failure_of(error, _NAME) from error
            return self._runner

    def _chat(self, body: Mapping[str, Any], feed: Feed[ChatChunk]) -> None:
        """Ask, in the thread."""
        self._feeds.add(feed)
        try:
            runner = self._load()
            choice = self._package.ToolChoice
            tools = {"tool_choice": choice.Auto if body.get("tool_schemas") else choice.NoTools}
            request = self._package.ChatCompletionRequest(**body, **tools)
            with self._sending:
                stream = runner.send_chat_completion_request(request)
            index = 0
            for answer in stream:
                chunk = _chunk(answer, index)
                index += len(chunk.tool_calls)
                feed.put(chunk)
        finally:
            self._feeds.discard(feed)


def _body(request: ChatRequest) -> dict[str, Any]:
    """Return the arguments of a `ChatCompletionRequest`.

    Raises:
        Unsupported: the messages hold media.
    """
    sampling = request.sampling
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max_tokens": sampling.max_tokens,
        "stop_seqs": list(sampling.stop) or None,
        "tool_schemas": [json.dumps(tool, ensure_ascii=False) for tool in request.tools] or None,
        "grammar": None if request.response_schema is None else json.dumps(request.response_schema),
        "grammar_type": None if request.response_schema is None else "json_schema",
    }
    return {
        "model": "default",
        "messages": [_message(message) for message in request.messages],
        "enable_thinking": request.thinking,
        "stream": True,
        **{key: value for key, value in named.items() if value is not None},
    }


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message as mistral.rs takes it: its content is text.

    Raises:
        Unsupported: it is something else.
    """
    content: Any = message.get("content")
    if isinstance(content, list):
        parts = [as_object(part) for part in as_list(content)]
        if any(part.get("type") != "text" for part in parts):
            raise Unsupported(f"{_NAME} in this process takes text only", hint="leave the media out")
        content = "".join(str(part.get("text", "")) for part in parts)
    return {**message, "content": content or ""}


def _chunk(answer: Any, calls: int) -> ChatChunk:
    """Return a chunk.

    Args:
        answer: a `ChatCompletionChunkResponse`.
        calls: how many calls came before.
    """
    choice = answer.choices[0]
    found = choice.delta.tool_calls or ()
    usage = answer.usage
    finish = choice.finish_reason
    return ChatChunk(
        content=choice.delta.content or "",
        reasoning=choice.delta.reasoning_content or "",
        tool_calls=tuple(
            ToolCallFragment(calls + at, str(one.id), str(one.function.name), str(one.function.arguments))
            for at, one in enumerate(found)
        ),
        finish=None if finish is None else _FINISH.get(str(finish).lower(), "stop"),
        usage=None if usage is None else Usage(usage.prompt_tokens, usage.completion_tokens),
    )
