"""llama.cpp's server: the raw lane (`/completion`), the chat lane (`/v1/chat/completions`), and what surrounds them.

Knows: its paths, which answers show that it is no llama.cpp, and that it never looks at the model's name.
Never knows: what the text means. The JSON is read and written in `llamacpp_json`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import PurePath, PureWindowsPath
from typing import Any, Final

from gemwright.foundation.errors import ModelMissing, RuntimeGarbled, RuntimeRejected, Unsupported
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
from gemwright.runtimes.llamacpp_json import ChatReader, chat_body, raw_body, raw_chunk, sharpened, template_body
from gemwright.runtimes.openai_compat_json import vectors, whole_body
from gemwright.runtimes.quirks import quirks_of
from gemwright.runtimes.reading import as_count, as_list, as_object, as_text
from gemwright.runtimes.refusals import nearest

__all__ = ["LlamaCpp"]

_NOT_LLAMACPP: Final = "give the address of llama-server, such as http://127.0.0.1:8080"


class LlamaCpp:
    """A llama.cpp server, as a `Runtime`.

    Args:
        base_url: the server's address; OpenAI's `/v1` at its end is taken off.
        model: the model that has to be loaded there; any if empty. The server itself answers to every name, so ours is
            compared with the names it tells, before the first request.
        api_key: sent as a bearer token.
        timeouts: deadlines.
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
        api_key: str = "",
        timeouts: Timeouts | None = None,
        note: str = "",
        http: Http | None = None,
    ) -> None:
        self._http = http or Http(base_url.strip().rstrip("/").removesuffix("/v1"), api_key=api_key, timeouts=timeouts)
        self._model = model
        self._note = note
        self._model_seen = not model

    async def describe(self) -> RuntimeInfo:
        """Return the server's build, its model, the context of one slot, its template and its media.

        Raises:
            RuntimeFailure: nobody answers, or somebody who is no llama.cpp.
            ModelMissing: it has another model than was asked for.
        """
        props = await self._props()
        await self._check_model()
        settings = as_object(props.get("default_generation_settings"))
        media = as_object(props.get("modalities"))
        context = settings.get("n_ctx")
        version = str(props.get("build_info", ""))
        return RuntimeInfo(
            runtime="llama.cpp",
            version=version,
            model=_model_name(props),
            context=context if isinstance(context, int) and context > 0 else None,
            template=str(props.get("chat_template", "")),
            capabilities=Capabilities(
                raw_text=True,
                raw_tokens=True,
                chat=True,
                grammar="gbnf",
                response_schema=True,
                embeddings=True,
                images=media.get("vision") is True,
                audio=media.get("audio") is True,
            ),
            note=self._note,
            quirks=quirks_of("llama.cpp", version).evidence,
        )

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Continue a rendered prompt.

        The server is always given token ids, since it would put a <bos> of its own before a text. `tokens` of a chunk
        are what it tells: of a character made of several tokens, only the last.
        """
        await self._check_model()
        prompt = request.prompt
        tokens = await self.tokenize(prompt, parse_special=True) if isinstance(prompt, str) else prompt
        try:
            async with self._http.stream_post("/completion", raw_body(request, tokens, self._model)) as stream:
                async with aclosing(self._frames(stream)) as found:
                    async for frame in found:
                        chunk = raw_chunk(frame)
                        yield chunk
                        if chunk.finish is not None:
                            return
        except RuntimeRejected as error:
            raise sharpened(error) from error
        raise self._cut_off()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by the server."""
        await self._check_model()
        reader = ChatReader()
        try:
            async with self._http.stream_post("/v1/chat/completions", chat_body(request, self._model)) as stream:
                async with aclosing(self._frames(stream)) as found:
                    async for frame in found:
                        chunk = reader.read(frame)
                        if chunk is not None:
                            yield chunk
        except RuntimeRejected as error:
            raise sharpened(error) from error
        if reader.finish is None:
            raise self._cut_off()
        yield reader.last()

    async def chat_whole(self, request: ChatRequest) -> list[ChatChunk]:
        """Answer messages in one piece, as the server does where no stream is asked for.

        Raises:
            RuntimeFailure: the server answers with something else.
        """
        await self._check_model()
        reader = ChatReader()
        body = whole_body(chat_body(request, self._model))
        try:
            answer = dict(as_object(await self._http.post_json("/v1/chat/completions", body)))
        except RuntimeRejected as error:
            raise sharpened(error) from error
        error = error_in(answer, where=self._origin)
        if error is not None:
            raise error
        return [reader.read(answer) or ChatChunk(), reader.last()]

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Return token ids, without a <bos> in front.

        Not even `parse_special=False` keeps the server from taking its user-defined tokens (of Gemma 4, the marks of
        channels, calls and strings) for what they are: whoever has untrusted text cuts it inside such a spelling.
        """
        body = {"content": text, "add_special": False, "parse_special": parse_special}
        answer = as_object(await self._http.post_json("/tokenize", body))
        tokens = as_list(answer.get("tokens"))
        if not isinstance(answer.get("tokens"), list) or not all(isinstance(token, int) for token in tokens):
            raise RuntimeGarbled(f"{self._origin}/tokenize answered without token ids", hint=_NOT_LLAMACPP)
        return tokens

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text.

        Raises:
            Unsupported: the server was not started for embeddings.
            RuntimeFailure: it answers with something else.
        """
        await self._check_model()
        try:
            answer = await self._http.post_json("/v1/embeddings", {"input": list(texts)})
        except RuntimeRejected as error:
            if error.status == 501:
                hint = "start llama-server with --embeddings, and with a model for them"
                raise Unsupported(error.message, hint=hint) from error
            raise sharpened(error) from error
        found = vectors(answer, len(texts))
        if found is None:
            raise RuntimeGarbled(f"{self._origin}/v1/embeddings answered without vectors", hint=_NOT_LLAMACPP)
        return found

    async def apply_template(
        self, messages: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]] = (), *, thinking: bool = False
    ) -> str:
        """Return the prompt that the server's own template makes of messages; it leaves out the leading <bos>."""
        body = template_body(ChatRequest(messages, tools, thinking=thinking))
        try:
            answer = as_object(await self._http.post_json("/apply-template", body))
        except RuntimeRejected as error:
            raise sharpened(error) from error
        prompt = answer.get("prompt")
        if not isinstance(prompt, str):
            raise RuntimeGarbled(f"{self._origin}/apply-template answered without a prompt", hint=_NOT_LLAMACPP)
        return prompt

    async def models(self) -> list[ServedModel]:
        """Return the models that the server tells of; one that routes to several says which are loaded.

        Raises:
            RuntimeFailure: nobody answers.
        """
        rows = map(as_object, as_list(as_object(await self._http.get_json("/v1/models")).get("data")))
        return [_served(row) for row in rows if as_text(row.get("id"))]

    async def healthy(self) -> bool:
        """Whether the server has its model loaded and answers; False while it loads.

        Raises:
            RuntimeFailure: nobody answers, or with something else.
        """
        try:
            answer = as_object(await self._http.get_json("/health"))
        except RuntimeRejected as error:
            if error.status == 503:
                return False
            raise
        return answer.get("status") == "ok"

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @property
    def _origin(self) -> str:
        return self._http.address.origin

    async def _frames(self, stream: ByteStream) -> AsyncGenerator[dict[str, Any]]:
        """Yield the objects of a stream up to `[DONE]`; an error among them is raised."""
        if stream.content_type != "text/event-stream":
            kind = stream.content_type or "something unnamed"
            raise RuntimeGarbled(f"{self._origin} answered with {kind} instead of a stream", hint=_NOT_LLAMACPP)
        silence = self._http.timeouts.first_byte
        async with aclosing(frames(stream, SseParser(), silence=silence)) as events:
            async for event in events:
                if event.data.strip() == DONE:
                    return
                frame = json_object(event.data)
                error = error_in(frame, where=self._origin, event=event.event)
                if error is not None:
                    raise error
                yield frame

    async def _props(self) -> Mapping[str, Any]:
        try:
            props = await self._http.get_json("/props")
        except RuntimeGarbled as error:
            raise RuntimeGarbled(error.message, hint=_NOT_LLAMACPP) from error
        except RuntimeRejected as error:
            if error.status in (404, 405, 501):
                raise RuntimeGarbled(
                    f"{self._origin} is no llama.cpp server: it has no /props", hint=_NOT_LLAMACPP
                ) from error
            raise
        found = as_object(props)
        if "default_generation_settings" not in found:
            raise RuntimeGarbled(f"{self._origin} is no llama.cpp server: its /props says nothing", hint=_NOT_LLAMACPP)
        return found

    async def _check_model(self) -> None:
        if self._model_seen:
            return
        names = await self._model_names()
        if names and self._model not in names:
            near = nearest(self._model, names)
            raise ModelMissing(f"{self._origin} has no model {self._model!r}", suggestions=near)
        self._model_seen = True

    async def _model_names(self) -> list[str]:
        """Return every name that the server tells for its models."""
        answer = as_object(await self._http.get_json("/v1/models"))
        names: list[str] = []
        for item in as_list(answer.get("data")):
            entry = as_object(item)
            names += [str(entry.get("id", "")), *map(str, as_list(entry.get("aliases")))]
        return list(dict.fromkeys(name for name in names if name))

    def _cut_off(self) -> RuntimeGarbled:
        return RuntimeGarbled(f"{self._origin} ended its stream before the model had ended")


def _served(row: Mapping[str, Any]) -> ServedModel:
    """Read a row of `/v1/models`. `meta` is there for a model in memory, `status` where the server routes to several."""
    meta, status = as_object(row.get("meta")), as_text(as_object(row.get("status")).get("value"))
    return ServedModel(
        as_text(row.get("id")),
        loaded=status == "loaded" if status else True,
        context=as_count(meta.get("n_ctx")) or None,
        quant=as_text(meta.get("ftype")),
        bytes=as_count(meta.get("size")),
    )


def _model_name(props: Mapping[str, Any]) -> str:
    """Return the model's alias, or the name of its file; a whole path is nobody's business."""
    alias = str(props.get("model_alias") or props.get("model_path") or "")
    name = PureWindowsPath(alias) if "\\" in alias else PurePath(alias)
    return name.name if name.is_absolute() else alias
