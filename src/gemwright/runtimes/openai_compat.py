"""Servers that speak OpenAI's protocol: `/v1/chat/completions`, `/v1/completions`, `/v1/models`, `/v1/embeddings`.

Knows: the paths, what surrounds them, and that a server is asked for nothing which its table of differences lacks.
Never knows: what the text means. The JSON is read and written in `openai_compat_json`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import PurePath, PureWindowsPath
from typing import Any, ClassVar, Final

from gemwright.foundation.errors import (
    ModelMissing,
    RuntimeFailure,
    RuntimeGarbled,
    RuntimeRejected,
    Unsupported,
)
from gemwright.foundation.http import ByteStream, Http, Timeouts
from gemwright.runtimes.base import (
    Capabilities,
    ChatChunk,
    ChatRequest,
    RawChunk,
    RawRequest,
    RuntimeInfo,
    ServedModel,
)
from gemwright.runtimes.framing import DONE, SseParser, error_in, frames, json_object
from gemwright.runtimes.openai_compat_json import (
    ChatReader,
    CompletionReader,
    Differences,
    chat_body,
    completion_body,
    vectors,
    whole_body,
)
from gemwright.runtimes.quirks import Quirks, quirks_of
from gemwright.runtimes.reading import as_count, as_list, as_object, as_text
from gemwright.runtimes.refusals import nearest, sharpened

__all__ = ["OpenAICompat"]

_ABSENT: Final = (404, 405, 501)


class OpenAICompat:
    """A server that speaks OpenAI's protocol, as a `Runtime`.

    Args:
        base_url: the server's address; OpenAI's `/v1` at its end is taken off.
        model: which of its models; the first that is loaded if empty. Asked for by name, it has to be there: a server
            that does not have it might fetch it.
        api_key: sent as a bearer token.
        timeouts: deadlines.
        note: what a person has to know about the model; it is passed on by `describe`.
        differences: in what this server differs; the class's own if left out.
        http: a client for that address, with limits of the caller's own, in place of `api_key` and `timeouts`.

    Raises:
        BadOption: the address is none.
    """

    differences: ClassVar[Differences] = Differences(runtime="openai")

    def __init__(
        self,
        base_url: str,
        *,
        model: str = "",
        api_key: str = "",
        timeouts: Timeouts | None = None,
        note: str = "",
        differences: Differences | None = None,
        http: Http | None = None,
    ) -> None:
        self._http = http or Http(base_url.strip().rstrip("/").removesuffix("/v1"), api_key=api_key, timeouts=timeouts)
        self._wanted = model
        self._note = note
        self._own = differences or self.differences
        self._served: ServedModel | None = None
        self._version: str | None = None

    async def describe(self) -> RuntimeInfo:
        """Return the version and the model where the server tells them, and what it can take.

        Raises:
            RuntimeFailure: nobody answers, or somebody who does not speak this protocol.
            ModelMissing: it has another model than was asked for.
        """
        own = self._own
        self._served = None
        model = await self._model()
        self._version = await self.version()
        quirks = self._quirks()
        return RuntimeInfo(
            runtime=own.runtime,
            version=self._version,
            model=_shown(model.id),
            context=model.context,
            capabilities=Capabilities(
                raw_text=own.completions != "none",
                raw_tokens=own.completions == "tokens" and bool(own.tokenize_path),
                chat=True,
                response_schema=own.response_schema,
                images=own.images if model.images is None else own.images and model.images,
                audio=own.audio,
                embeddings=own.embeddings,
                ignores=(*own.ignores, *self._ignored_besides(quirks)),
            ),
            note=self._note,
            quirks=quirks.evidence,
        )

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Continue a rendered prompt by `/v1/completions`.

        A server that tells token ids is always given ids, since it would put a <bos> of its own before a text.

        Raises:
            Unsupported: this server is known to lose our marks there, takes no ids, or no grammar.
        """
        if self._own.completions == "none":
            raise Unsupported(f"{self._own.runtime} takes no rendered prompts", hint="use the chat lane")
        if not isinstance(request.prompt, str) and self._own.completions != "tokens":
            raise Unsupported(f"{self._own.runtime} takes prompts as text, not as token ids")
        if request.grammar is not None:
            raise Unsupported(f"{self._own.runtime} takes no GBNF grammar", hint="use the chat lane, with a schema")
        model = await self._model()
        prompt = request.prompt
        if isinstance(prompt, str) and self._own.completions == "tokens" and self._own.tokenize_path:
            prompt = await self.tokenize(prompt, parse_special=True)
        reader = CompletionReader()
        body = completion_body(replace(request, prompt=prompt), self._named(model), self._own)
        async with aclosing(self._frames("/v1/completions", body)) as found:
            async for frame in found:
                chunk = reader.read(frame)
                if chunk is not None:
                    yield chunk
        if reader.finish is None:
            raise self._cut_off()
        yield reader.last()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by the server."""
        if not self._own.images and _pictures(request.messages):
            raise Unsupported(f"{self._own.runtime} takes no images", hint="leave them out, or use another runtime")
        model = await self._model()
        reader = ChatReader()
        body = chat_body(request, self._named(model), self._own)
        async with aclosing(self._frames("/v1/chat/completions", body)) as found:
            async for frame in found:
                chunk = reader.read(frame)
                if chunk is not None:
                    yield chunk
        if reader.finish is None:
            raise self._cut_off()
        yield reader.last()

    async def chat_whole(self, request: ChatRequest) -> list[ChatChunk]:
        """Answer messages in one piece, as the server does where no stream is asked for.

        Raises:
            RuntimeFailure: the server answers with something else.
        """
        model = await self._model()
        body = whole_body(chat_body(request, self._named(model), self._own))
        reader = ChatReader()
        try:
            answer = dict(as_object(await self._http.post_json("/v1/chat/completions", body)))
        except RuntimeRejected as error:
            raise sharpened(error) from error
        error = error_in(_error_shape(answer), where=self._origin)
        if error is not None:
            raise error
        return [reader.read(answer) or ChatChunk(), reader.last()]

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text.

        Raises:
            Unsupported: this runtime makes none.
            RuntimeFailure: the server answers with something else.
        """
        if not self._own.embeddings:
            raise Unsupported(f"{self._own.runtime} makes no embeddings")
        model = await self._model()
        body: dict[str, Any] = {"input": list(texts)}
        try:
            answer = await self._http.post_json("/v1/embeddings", {**body, "model": model.id} if model.id else body)
        except RuntimeRejected as error:
            if error.status in _ABSENT and "model" not in error.message.lower():
                raise Unsupported(error.message, hint="is an embedding model loaded?") from error
            raise sharpened(error) from error
        found = vectors(answer, len(texts))
        if found is None:
            raise RuntimeGarbled(f"{self._origin}/v1/embeddings answered without vectors", hint=self._hint())
        return found

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Return token ids, without a <bos> in front; spellings of control tokens always become control tokens.

        Raises:
            Unsupported: the server makes none, or `parse_special` is off: these servers cannot leave spellings alone,
                so whoever has untrusted text cuts it inside such a spelling.
        """
        if not self._own.tokenize_path:
            raise Unsupported(f"{self._own.runtime} does not turn text into tokens")
        if not parse_special and "<" in text:
            raise Unsupported(
                f"{self._own.runtime} always reads control tokens in text", hint="cut the text inside them"
            )
        model = await self._model()
        body = {"model": model.id, self._own.tokenize_field: text, "add_special_tokens": False}
        try:
            answer = as_object(await self._http.post_json(self._own.tokenize_path, body))
        except RuntimeRejected as error:
            raise sharpened(error) from error
        tokens = as_list(answer.get("tokens"))
        if not isinstance(answer.get("tokens"), list) or not all(isinstance(one, int) for one in tokens):
            where = f"{self._origin}{self._own.tokenize_path}"
            raise RuntimeGarbled(f"{where} answered without token ids", hint=self._hint())
        return tokens

    async def models(self) -> list[ServedModel]:
        """Return the models that the server tells of, those in memory first.

        Raises:
            RuntimeFailure: nobody answers, or somebody who does not speak this protocol.
        """
        try:
            answer = as_object(await self._http.get_json("/v1/models"))
        except RuntimeGarbled as error:
            raise RuntimeGarbled(error.message, hint=self._hint()) from error
        except RuntimeRejected as error:
            if error.status in _ABSENT:
                what = f"{self._origin} does not speak OpenAI's protocol: it has no /v1/models"
                raise RuntimeGarbled(what, hint=self._hint()) from error
            raise
        if not isinstance(answer.get("data"), list):
            raise RuntimeGarbled(f"{self._origin}/v1/models answered without models", hint=self._hint())
        rows = [as_object(row) for row in as_list(answer.get("data"))]
        return [
            ServedModel(as_text(row.get("id")), context=as_count(row.get("max_model_len")) or None)
            for row in rows
            if as_text(row.get("id"))
        ]

    async def version(self) -> str:
        """Return the server's version; empty where it tells none.

        Raises:
            RuntimeFailure: nobody answers.
        """
        for path in self._own.version_paths:
            try:
                answer = as_object(await self._http.get_json(path))
            except (RuntimeGarbled, RuntimeRejected):
                continue  # another version tells it elsewhere
            version = as_text(answer.get(self._own.version_key))
            if version:
                return version
        return ""

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _ignored_besides(self, quirks: Quirks) -> tuple[str, ...]:
        """Return the fields that this version leaves out and others do not."""
        return ()

    def _quirks(self) -> Quirks:
        return quirks_of(self._own.record, self._version or "") if self._own.record else Quirks()

    async def _model(self) -> ServedModel:
        """Return the model that is asked; which one it is, is found out once."""
        if self._served is None:
            found = await self.models()
            if self._wanted:
                names = [one.id for one in found]
                if self._wanted not in names:
                    what = f"{self._origin} has no model {self._wanted!r}"
                    raise ModelMissing(what, suggestions=nearest(self._wanted, names))
                self._served = found[names.index(self._wanted)]
            elif found or not self._own.needs_model:
                self._served = self._first(found)
            else:
                raise ModelMissing(f"{self._origin} has no model loaded", hint="load one there first")
        return self._served

    def _first(self, found: Sequence[ServedModel]) -> ServedModel:
        """Return the model to ask where nobody named one."""
        return found[0]

    def _named(self, model: ServedModel) -> str:
        """Return the name to send; a server that needs none gets only one that was asked for."""
        return model.id if self._own.needs_model or self._wanted else ""

    @property
    def _origin(self) -> str:
        return self._http.address.origin

    def _hint(self) -> str:
        port = f", such as http://127.0.0.1:{self._own.port}" if self._own.port else ""
        return f"give the address of a server that speaks OpenAI's protocol{port}"

    async def _frames(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[Mapping[str, Any]]:
        """Yield the objects of a stream up to `[DONE]`; an error among them is raised as what it is."""
        try:
            async with self._http.stream_post(path, body) as stream:
                async with aclosing(self._events(stream)) as found:
                    async for frame in found:
                        yield frame
        except RuntimeRejected as error:
            failure: RuntimeFailure = sharpened(error)
            failure.settled = error.settled
            raise failure from error

    async def _events(self, stream: ByteStream) -> AsyncGenerator[Mapping[str, Any]]:
        if stream.content_type != "text/event-stream":
            kind = stream.content_type or "something unnamed"
            raise RuntimeGarbled(f"{self._origin} answered with {kind} instead of a stream", hint=self._hint())
        silence = self._http.timeouts.first_byte
        async with aclosing(frames(stream, SseParser(), silence=silence)) as events:
            async for event in events:
                if event.data.strip() == DONE:
                    return
                frame = json_object(event.data)
                error = error_in(_error_shape(frame), where=self._origin, event=event.event)
                if error is not None:
                    raise error
                yield frame

    def _cut_off(self) -> RuntimeGarbled:
        return RuntimeGarbled(f"{self._origin} ended its stream before the model had ended")


def _error_shape(frame: dict[str, Any]) -> dict[str, Any]:
    """Return a frame with its error where others have it: SGLang and old vLLM send the error as the frame itself."""
    if frame.get("object") == "error" and "error" not in frame:
        return {"error": {name: value for name, value in frame.items() if name != "object"}}
    return frame


def _pictures(messages: Sequence[Mapping[str, Any]]) -> bool:
    parts = (part for message in messages for part in as_list(message.get("content")))
    return any(as_object(part).get("type", "text") != "text" for part in parts)


def _shown(name: str) -> str:
    """Return a model's name; of a path only its last part, since a whole path is nobody's business."""
    path = PureWindowsPath(name) if "\\" in name else PurePath(name)
    return path.name if path.is_absolute() else name
