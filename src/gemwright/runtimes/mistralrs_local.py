"""mistral.rs in this process: rendered prompts as text, and messages, which it renders and parses by itself.

Knows: how its `Runner` loads, streams and stops. A folder is loaded and nothing is fetched. Stopping lets go of its stream,
and the engine stops with that; a thread that waits for the next chunk lets go when it comes.
Never knows: what the text means.

Observed with pkg:pypi/mistralrs@0.9.5. A prompt that is rendered already goes in as the one message of a chat template that
passes it on; a comment in that template names Gemma 4's marks, since only then they are shown. A thought is taken out of the
text all the same, so its marks are put back; where the prompt has opened it, an empty chunk stands for its end. Of messages, in
the chat lane, earlier calls are left out of the prompt, and an answer ends after its first call, which comes whole in the last
chunk. There is no seed for one request, and no way to demand a call. Two questions that are asked at once fail, so asking is
locked. Its log goes to standard output, so `RUST_LOG` becomes `warn` where nobody has set it.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

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
    Sampling,
    ToolCallFragment,
)
from gemwright.runtimes.inprocess import Feed, failure_of, folder_of, installed, read_thread
from gemwright.runtimes.quirks import quirks_of
from gemwright.runtimes.reading import as_list, as_object

__all__ = ["MistralrsLocal"]

LaneName: TypeAlias = Literal["raw", "chat"]

_NAME: Final = "mistral.rs"
_FINISH: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "canceled": "cancelled",
    "error": "error",
}
_MOST_WAITING: Final = 32
_THOUGHT: Final = ("<|channel>thought\n", "<channel|>")
"""What mistral.rs takes away around a thought."""
_MARKS: Final = "<|channel>thought <channel|> <|think|> <|tool_call>call: <tool_call|> enable_thinking"
_PASSES_ON: Final = f"{{# {_MARKS} #}}{{{{ messages[0]['content'] }}}}"


class MistralrsLocal:
    """A model that mistral.rs runs in this process, as a `Runtime`.

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
        self._runners: dict[LaneName, Any] = {}
        self._loading = threading.Lock()
        self._sending = threading.Lock()
        self._feeds: set[Feed[ChatChunk]] = set()

    async def describe(self) -> RuntimeInfo:
        """Return the package's version, the model's folder name and its context.

        Raises:
            RuntimeFailure: the model does not load.
        """
        version = importlib.metadata.version("mistralrs")
        context = await asyncio.to_thread(self._asked, self._any_lane(), lambda runner: runner.max_sequence_length())
        template = self._folder / "chat_template.jinja"
        return RuntimeInfo(
            runtime=_NAME,
            version=version,
            model=self._folder.name,
            context=context if isinstance(context, int) and context > 0 else None,
            template=template.read_text("utf-8", "replace") if template.is_file() else "",
            capabilities=Capabilities(raw_text=True, chat=True, response_schema=True, ignores=("tool_choice", "seed")),
            note=self._note,
            quirks=quirks_of(_NAME, version).evidence,
        )

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Continue a rendered prompt, given as text.

        Raises:
            Unsupported: token ids are given, or a grammar.
            ContextOverflow: it does not fit.
        """
        if not isinstance(request.prompt, str):
            raise Unsupported(f"{_NAME} takes prompts as text, not as token ids")
        if request.grammar is not None:
            raise Unsupported(f"{_NAME} takes no GBNF grammar", hint="use the chat lane, with a schema")
        if not request.prompt:
            raise RuntimeRejected("the prompt is empty", status=400)
        body = {"messages": [{"role": "user", "content": request.prompt}], **_sampling(request.sampling)}
        opened, inside = request.prompt.endswith(_THOUGHT[0]), False
        async with aclosing(self._stream("raw", body)) as chunks:
            async for chunk in chunks:
                text = chunk.content
                if opened and not (text or chunk.reasoning) and chunk.finish is None:
                    text, opened = _THOUGHT[1], False
                elif chunk.reasoning:
                    text = ("" if inside else _THOUGHT[0]) + chunk.reasoning
                    inside = True
                elif inside and (text or chunk.finish is not None):
                    text, inside = _THOUGHT[1] + text, False
                yield RawChunk(text, (), chunk.finish, chunk.usage)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by mistral.rs.

        Raises:
            Unsupported: the messages hold media.
            ContextOverflow: they do not fit.
        """
        async with aclosing(self._stream("chat", _body(request))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _stream(self, lane: LaneName, body: Mapping[str, Any]) -> AsyncGenerator[ChatChunk]:
        if len(self._feeds) >= _MOST_WAITING:
            raise RuntimeRejected(f"{len(self._feeds)} generations are running already", status=503)
        finished = False
        async with aclosing(
            read_thread(partial(self._chat, lane, body), name=_NAME, timeouts=self._timeouts)
        ) as chunks:
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
        return list(
            await asyncio.to_thread(
                self._asked, self._any_lane(), lambda runner: runner.tokenize_text(text, False, None)
            )
        )

    async def aclose(self) -> None:
        """Stop what runs and let go of the model."""
        for feed in list(self._feeds):
            feed.stop()
        self._runners.clear()

    def _any_lane(self) -> LaneName:
        """Return the lane whose runner is there, for questions that either answers."""
        return "chat" if "chat" in self._runners else "raw"

    def _load(self, lane: LaneName) -> Any:
        """Return the runner of a lane. Each has its own template, so a change of lanes loads the model again."""
        with self._loading, tempfile.TemporaryDirectory() as scratch:
            if lane not in self._runners:
                self._runners.clear()  # the weights need not be there twice; a stream keeps what it runs on
                os.environ.setdefault("RUST_LOG", "warn")
                options = {
                    "which": self._package.Which.MultimodalPlain(model_id=str(self._folder)),
                    "token_source": "none",
                }
                if lane == "raw":
                    template = Path(scratch) / "passes_on.jinja"
                    template.write_text(_PASSES_ON, "utf-8")
                    options["jinja_explicit"] = str(template)
                try:
                    self._runners[lane] = self._package.Runner(**options)
                except Exception as error:
                    raise failure_of(error, _NAME) from error
            return self._runners[lane]

    def _asked(self, lane: LaneName, ask: Callable[[Any], Any]) -> Any:
        """Return what the runner answers; it takes one question at a time."""
        runner = self._load(lane)
        with self._sending:
            return ask(runner)

    def _chat(self, lane: LaneName, body: Mapping[str, Any], feed: Feed[ChatChunk]) -> None:
        """Ask, in the thread."""
        self._feeds.add(feed)
        try:
            choice = self._package.ToolChoice
            tools = {"tool_choice": choice.Auto if body.get("tool_schemas") else choice.NoTools}
            request = self._package.ChatCompletionRequest(**body, **tools)
            stream = self._asked(lane, lambda runner: runner.send_chat_completion_request(request))
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
    named = {
        "tool_schemas": [json.dumps(tool, ensure_ascii=False) for tool in request.tools] or None,
        "grammar": None if request.response_schema is None else json.dumps(request.response_schema),
        "grammar_type": None if request.response_schema is None else "json_schema",
    }
    return {
        "messages": [_message(message) for message in request.messages],
        "enable_thinking": request.thinking,
        **_sampling(request.sampling),
        **{key: value for key, value in named.items() if value is not None},
    }


def _sampling(sampling: Sampling) -> dict[str, Any]:
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max_tokens": sampling.max_tokens,
        "stop_seqs": list(sampling.stop) or None,
    }
    return {"model": "default", "stream": True, **{key: value for key, value in named.items() if value is not None}}


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message as mistral.rs takes it: its content is text.

    Raises:
        Unsupported: it is something else.
    """
    content: Any = message.get("content")
    if content is not None and not isinstance(content, str):
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
