"""Ollama: the raw lane (`/api/generate`), the chat lane (`/api/chat`), and what surrounds them.

Knows: its paths, that it tells a model's abilities and the context really loaded, and that it never has to pull.
Never knows: what the text means. The JSON is read and written in `ollama_json`.

Raw mode puts nothing around a text. For Gemma 4 it takes a leading `<bos>` off again and lets llama-server add its own
(before 0.30 the text's own one counted), so there is one in any case. Spellings of control tokens in the text become
control tokens. Source: Ollama's `llm/llama_server.go` at fb30760. How long a model stays loaded is left alone.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final

from gemwright.catalog.load import catalog
from gemwright.catalog.names import resolve
from gemwright.foundation.errors import ModelMissing, RuntimeFailure, RuntimeGarbled, RuntimeRejected, Unsupported
from gemwright.foundation.http import Http, Timeouts
from gemwright.runtimes.base import (
    Capabilities,
    ChatChunk,
    ChatRequest,
    RawChunk,
    RawRequest,
    RuntimeInfo,
    ServedModel,
)
from gemwright.runtimes.framing import NdjsonParser, error_in, frames
from gemwright.runtimes.ollama_json import ChatReader, ModelFacts, chat_body, facts_of, raw_body, raw_chunk
from gemwright.runtimes.quirks import Quirks, quirks_of
from gemwright.runtimes.reading import as_count, as_list, as_object, as_text
from gemwright.runtimes.refusals import nearest, sharpened

__all__ = ["Ollama"]

_NOT_OLLAMA: Final = "give the address of Ollama, such as http://127.0.0.1:11434"
_STREAMS: Final = ("application/x-ndjson", "application/json")
_IGNORES: Final = ("tool_choice",)
"""Fields of a chat that `/api/chat` has not."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked once: version, the model's full name, and what it can do."""

    version: str
    model: str
    facts: ModelFacts
    quirks: Quirks


class Ollama:
    """An Ollama server, as a `Runtime`.

    Args:
        base_url: the server's address; `/v1` or `/api` at its end is taken off.
        model: which of its models. If empty: one that is loaded, a Gemma 4 before others, else a Gemma 4 on disk.
        num_ctx: tokens of context to load it with; None leaves it as it is. Another number than the loaded one makes
            Ollama load the model again.
        api_key: sent as a bearer token, for a proxy in front.
        timeouts: deadlines. A model that is not loaded yet is loaded first.
        note: what a person has to know about the model; it is passed on by `describe`.
        http: a client for that address, with limits of the caller's own, in place of `api_key` and `timeouts`.

    Raises:
        BadOption: the address is none.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str = "",
        num_ctx: int | None = None,
        api_key: str = "",
        timeouts: Timeouts | None = None,
        note: str = "",
        http: Http | None = None,
    ) -> None:
        address = base_url.strip().rstrip("/").removesuffix("/v1").removesuffix("/api")
        self._http = http or Http(address, api_key=api_key, timeouts=timeouts)
        self._model = model
        self._num_ctx = num_ctx
        self._note = note
        self._known: _Known | None = None

    async def describe(self) -> RuntimeInfo:
        """Return the version, the model, its abilities, and the context really loaded.

        The context is what the server says is loaded, else what was asked for by `num_ctx`; None where neither is told.

        Raises:
            RuntimeFailure: nobody answers, or somebody who is no Ollama.
            ModelMissing: it has no such model.
        """
        self._known = None
        known = await self._facts()
        facts, quirks = known.facts, known.quirks
        running = {one.id: one for one in await self._running()}
        loaded = running.get(known.model)
        context = self._num_ctx or (loaded.context if loaded else None)
        thinks = facts.can("thinking")
        chats = facts.can("completion")
        return RuntimeInfo(
            runtime="Ollama",
            version=known.version,
            model=known.model,
            variant=_variant(known.model, facts),
            context=context,
            template=facts.template,
            capabilities=Capabilities(
                raw_text=chats,
                chat=chats,
                response_schema=chats and not quirks.has("format-needs-thinking"),
                images="vision" in facts.abilities,
                audio="audio" in facts.abilities,
                embeddings="embedding" in facts.abilities,
                ignores=_IGNORES if thinks else (*_IGNORES, "thinking"),
            ),
            note=self._note,
            quirks=quirks.evidence,
        )

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Continue a rendered prompt.

        Raises:
            Unsupported: the prompt is token ids, or has a grammar with it.
        """
        known = await self._facts()
        body = raw_body(request, known.model, num_ctx=self._num_ctx, repeat_penalty=_penalty(known.quirks))
        async with aclosing(self._frames("/api/generate", body)) as found:
            async for frame in found:
                chunk = raw_chunk(frame)
                yield chunk
                if chunk.finish is not None:
                    return
        raise self._cut_off()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by the server.

        Raises:
            Unsupported: thinking is wanted of a model that Ollama knows no thoughts of, or media that it cannot take.
        """
        body = self._chat_body(request, await self._facts())
        reader = ChatReader()
        async with aclosing(self._frames("/api/chat", body)) as found:
            async for frame in found:
                chunk = reader.read(frame)
                if chunk is not None:
                    yield chunk
                    if chunk.finish is not None:
                        return
        raise self._cut_off()

    async def chat_whole(self, request: ChatRequest) -> list[ChatChunk]:
        """Answer messages in one piece, as the server does where no stream is asked for.

        Raises:
            Unsupported: as for `chat`.
            RuntimeFailure: the server answers with something else.
        """
        body = {**self._chat_body(request, await self._facts()), "stream": False}
        try:
            answer = dict(as_object(await self._http.post_json("/api/chat", body)))
        except RuntimeRejected as error:
            raise sharpened(error, names=await self._names_after(error)) from error
        error = error_in(answer, where=self._origin)
        if error is not None:
            raise error
        return [ChatReader().read(answer) or ChatChunk()]

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text. A text that is too long is refused, not cut.

        Raises:
            Unsupported: the model makes none.
            RuntimeFailure: the server answers with something else.
        """
        known = await self._facts()
        if not known.facts.can("embedding"):
            raise Unsupported(f"{known.model} makes no embeddings", hint="ask an embedding model")
        body = {"model": known.model, "input": list(texts), "truncate": False}
        try:
            answer = as_object(await self._http.post_json("/api/embed", body))
        except RuntimeRejected as error:
            raise sharpened(error) from error
        rows = [as_list(row) for row in as_list(answer.get("embeddings"))]
        numbers = all(isinstance(one, int | float) for row in rows for one in row)
        if len(rows) != len(texts) or not numbers or not all(rows) or len({len(row) for row in rows}) > 1:
            raise RuntimeGarbled(f"{self._origin}/api/embed answered without vectors", hint=_NOT_OLLAMA)
        return [[float(one) for one in row] for row in rows]

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Refuse: Ollama does not tell token ids."""
        raise Unsupported("Ollama does not turn text into tokens", hint="count with the model's own tokenizer")

    async def version(self) -> str:
        """Return the server's version.

        Raises:
            RuntimeFailure: nobody answers, or somebody who is no Ollama.
        """
        version = as_text(as_object(await self._get("/api/version")).get("version"))
        if not version:
            raise RuntimeGarbled(f"{self._origin} is no Ollama: its /api/version says nothing", hint=_NOT_OLLAMA)
        return version

    async def models(self) -> list[ServedModel]:
        """Return the models on this server, those that are loaded first.

        Raises:
            RuntimeFailure: nobody answers, or somebody who is no Ollama.
        """
        running = {one.id: one for one in await self._running()}
        listed = {one.id: one for one in await self._listed()}
        loaded = [replace(listed.get(name, one), loaded=True, context=one.context) for name, one in running.items()]
        return [*loaded, *(one for name, one in listed.items() if name not in running)]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @property
    def _origin(self) -> str:
        return self._http.address.origin

    def _chat_body(self, request: ChatRequest, known: _Known) -> dict[str, Any]:
        return chat_body(
            request,
            known.model,
            think=self._think(request, known),
            num_ctx=self._num_ctx,
            repeat_penalty=_penalty(known.quirks),
        )

    def _think(self, request: ChatRequest, known: _Known) -> bool | None:
        """Return what to send as `think`: None leaves it out, since a model without thoughts is refused with it."""
        if known.facts.can("thinking"):
            return request.thinking
        if request.thinking:
            hint = "take the library's tag, or name RENDERER and PARSER in a Modelfile"
            raise Unsupported(f"Ollama does not let {known.model} think", hint=hint)
        return None

    async def _facts(self) -> _Known:
        if self._known is None:
            version = await self.version()
            model = await self._full_name()
            self._known = _Known(version, model, await self._show(model), quirks_of("ollama", version))
        return self._known

    async def _full_name(self) -> str:
        """Return the model's name as the server lists it; nothing is ever pulled.

        Raises:
            ModelMissing: there is no such model, or none to choose.
        """
        names = await self._tags()
        if self._model:
            for name in (self._model, f"{self._model}:latest"):
                if name in names:
                    return name
            what = f"{self._origin} has no model {self._model!r}"
            raise ModelMissing(what, suggestions=nearest(self._model, names))
        loaded = [one.id for one in await self._running()]
        gemmas = [name for name in (*loaded, *names) if resolve(name) is not None]
        choice = next((name for name in loaded if name in gemmas), "") or next(iter(gemmas or loaded), "")
        if not choice:
            raise ModelMissing(f"{self._origin} has no Gemma 4", suggestions=tuple(names))
        return choice

    async def _show(self, model: str) -> ModelFacts:
        try:
            return facts_of(await self._http.post_json("/api/show", {"model": model}))
        except RuntimeRejected as error:
            raise sharpened(error) from error

    async def _tags(self) -> list[str]:
        return [one.id for one in await self._listed()]

    async def _listed(self) -> list[ServedModel]:
        rows = map(as_object, as_list(as_object(await self._get("/api/tags")).get("models")))
        return [_served(row, loaded=False) for row in rows if _name(row)]

    async def _running(self) -> list[ServedModel]:
        rows = map(as_object, as_list(as_object(await self._get("/api/ps")).get("models")))
        return [_served(row, loaded=True) for row in rows if _name(row)]

    async def _get(self, path: str) -> object:
        try:
            return await self._http.get_json(path)
        except RuntimeGarbled as error:
            raise RuntimeGarbled(error.message, hint=_NOT_OLLAMA) from error
        except RuntimeRejected as error:
            if error.status in (404, 405, 501):
                raise RuntimeGarbled(f"{self._origin} is no Ollama: it has no {path}", hint=_NOT_OLLAMA) from error
            raise

    async def _frames(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[Mapping[str, Any]]:
        """Yield the objects of a stream; an error among them is raised as what it is."""
        try:
            async with self._http.stream_post(path, body) as stream:
                if stream.content_type not in _STREAMS:
                    kind = stream.content_type or "something unnamed"
                    raise RuntimeGarbled(f"{self._origin} answered with {kind} instead of a stream", hint=_NOT_OLLAMA)
                silence = self._http.timeouts.first_byte
                async with aclosing(frames(stream, NdjsonParser(), silence=silence)) as found:
                    async for frame in found:
                        error = error_in(frame, where=self._origin)
                        if error is not None:
                            raise error
                        yield frame
        except RuntimeRejected as error:
            failure: RuntimeFailure = sharpened(error, names=await self._names_after(error))
            failure.settled = error.settled
            raise failure from error

    async def _names_after(self, error: RuntimeRejected) -> tuple[str, ...]:
        """Return names near to ours where a model went away in the meantime."""
        if error.status != 404:
            return ()
        try:
            return nearest(self._model, await self._tags())
        except RuntimeFailure:
            return ()

    def _cut_off(self) -> RuntimeGarbled:
        return RuntimeGarbled(f"{self._origin} ended its stream before the model had ended")


def _penalty(quirks: Quirks) -> float | None:
    """Return the penalty to send so that none is in force that nobody asked for."""
    return 1.0 if quirks.has("hidden-repeat-penalty") else None


def _name(row: Mapping[str, Any]) -> str:
    return as_text(row.get("name")) or as_text(row.get("model"))


def _served(row: Mapping[str, Any], *, loaded: bool) -> ServedModel:
    """Read a row of `/api/tags` or `/api/ps`. One with a `remote_host` is run by that host, not by this server."""
    details = as_object(row.get("details"))
    return ServedModel(
        _name(row),
        loaded=loaded,
        context=(as_count(row.get("context_length")) or None) if loaded else None,
        quant=as_text(details.get("quantization_level")),
        bytes=as_count(row.get("size")),
        architecture=as_text(details.get("family")),
        remote=as_text(row.get("remote_host")),
    )


def _variant(model: str, facts: ModelFacts) -> str:
    """Return the variant whose shape the weights have, where their name says nothing and exactly one has it."""
    if resolve(model) is not None or not facts.architecture.startswith("gemma4"):
        return ""
    shapes = {one.id: (one.geometry.layers, one.geometry.hidden) for one in catalog().variants.values()}
    fits = [name for name, shape in shapes.items() if shape == (facts.layers, facts.hidden)]
    return fits[0] if len(fits) == 1 else ""
