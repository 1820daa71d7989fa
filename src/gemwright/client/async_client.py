"""The asynchronous client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Any, TypeVar

from gemwright.client.exchange import Question
from gemwright.client.lanes import LaneName, choose_lane, lane_troubles
from gemwright.client.model import Model, model_behind
from gemwright.client.prompts import Prompt, TurnMarks, count_turn_marks, prepare
from gemwright.client.retry import RETRIES
from gemwright.client.stream import Stream, events_of
from gemwright.client.structured import Structured, answer_in_schema
from gemwright.foundation.errors import BadOption, RuntimeGarbled, Unsupported
from gemwright.messages import Event, GenerationOptions, Message, ToolSpec, Turn
from gemwright.runtimes.base import Runtime, RuntimeInfo
from gemwright.wire.repair import switched_off

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient:
    """Talks to Gemma 4 through any runtime and gives the same events over all of them.

    Args:
        runtime: a runtime, or the address of a server, which is asked who it is.
        variant: E2B, E4B, 12B, 26B-A4B or 31B, where the model's name does not say it.
        lane: "raw" or "chat" to insist on one; the client chooses otherwise.
        allow_control_tokens: let control-token spellings in messages and tools become control tokens. Only for text that
            you wrote yourself.
        repairs_off: ids of repairs to leave out (`gemwright.wire.REPAIRS`).
        retries: how often a request is sent again whose stream broke before anything of the answer came.

    Raises:
        BadOption: a repair is unknown, or the address is none.
    """

    def __init__(
        self,
        runtime: Runtime | str,
        *,
        variant: str = "",
        lane: LaneName | None = None,
        allow_control_tokens: bool = False,
        repairs_off: Iterable[str] = (),
        retries: int = RETRIES,
    ) -> None:
        if isinstance(runtime, str):
            from gemwright.runtimes.registry import Recognised

            runtime = Recognised(runtime)
        self._runtime = runtime
        self._variant = variant
        self._lane: LaneName | None = lane
        self._allow_control_tokens = allow_control_tokens
        self._repairs_off = switched_off(repairs_off)
        self._retries = retries
        self._known: tuple[RuntimeInfo, Model] | None = None

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Release the connections."""
        await self._runtime.aclose()

    async def info(self) -> RuntimeInfo:
        """Return who answers; asked once.

        Raises:
            RuntimeFailure: nobody does.
        """
        return (await self._described())[0]

    async def model(self) -> Model:
        """Return which model answers, and the dialect it is spoken to in."""
        return (await self._described())[1]

    def stream(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> Stream:
        """Let the model speak next, and return its events as they come.

        Nothing is sent before the first event is asked for. Failures of the runtime are raised while iterating; what the
        model wrote never raises.

        Args:
            messages: the conversation, oldest first.
            tools: the tools it may call.
            options: sampling, thinking, budget.
        """
        return Stream(self._events(tuple(messages), tuple(tools), options or GenerationOptions()))

    async def turn(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> Turn:
        """Let the model speak next, and return the whole turn: the fold of `stream`'s events.

        Raises:
            UsageProblem: the request cannot be formed.
            RuntimeFailure: the runtime failed.
        """
        async with self.stream(messages, tools, options) as stream:
            return await stream.turn()

    async def structured(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        options: GenerationOptions | None = None,
        *,
        read: Callable[[Any], T] | None = None,
        attempts: int = 3,
    ) -> Structured[T]:
        """Let the model give an answer that fits a JSON schema, and return it typed.

        The model is held to the schema where the runtime can do that: by a grammar in the raw lane, by the runtime's own
        means in the chat lane. Everywhere else it is told the schema. What comes is validated here in any case, and the
        model is asked again, with what was wrong, at most `attempts` times in all. Thinking stays possible.

        Args:
            messages: the conversation, oldest first.
            schema: the JSON schema; validation knows what `gemwright.client.schema_check` names.
            options: sampling, thinking, budget.
            read: makes the value of it, such as a data class or `Model.model_validate`; a ValueError or TypeError of it
                counts as an answer that does not fit.
            attempts: requests at most, 1 to 10.

        Raises:
            SchemaMismatch: no answer fitted.
            BadToolSchema: the schema is none, or says what cannot be validated here.
            BadOption: `attempts` is out of range.
            RuntimeFailure: the runtime failed.
        """
        chosen = options or GenerationOptions()
        return await answer_in_schema(self._question, messages, schema, chosen, read=read, attempts=attempts)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector for each text, in their order, as the runtime's model makes them.

        Texts go out as they are: prompts that an embedding model wants before them are the caller's.

        Raises:
            Unsupported: this runtime, or the model it has loaded, makes no vectors.
            RuntimeGarbled: it made another number of vectors, or vectors of different lengths.
            RuntimeFailure: the runtime failed.
        """
        info, _ = await self._described()
        embed: Callable[[Sequence[str]], Awaitable[list[list[float]]]] | None = getattr(self._runtime, "embed", None)
        if not info.capabilities.embeddings or embed is None:
            raise Unsupported(
                f"{info.runtime} with {info.model or 'this model'} makes no embeddings",
                hint="load an embedding model such as EmbeddingGemma; llama.cpp's server wants --embeddings as well",
            )
        if not texts:
            return []
        vectors = await embed(list(texts))
        if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) != 1 or not vectors[0]:
            raise RuntimeGarbled(f"{info.runtime} made {len(vectors)} vectors of {len(texts)} texts, or uneven ones")
        return vectors

    async def count_tokens(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        options: GenerationOptions | None = None,
    ) -> int:
        """Return how many tokens the prompt of this conversation has, as the runtime's own tokenizer counts them.

        Media count as the one placeholder that they are in the text.

        Raises:
            Unsupported: the runtime has no tokenizer to ask.
        """
        info, model = await self._described()
        if not info.capabilities.raw_tokens:
            raise Unsupported(f"{info.runtime} counts no tokens", hint="llama.cpp's server does")
        prompt = await self._prepare(info, model, tuple(messages), tuple(tools), options or GenerationOptions())
        return len(prompt.body)

    async def control_tokens(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> TurnMarks:
        """Count the turn marks of a conversation's prompt: as written, as servers would see them, and as sent.

        Raises:
            Unsupported: the runtime takes no token ids.
        """
        info, model = await self._described()
        prompt = await self._prepare(info, model, messages, tools, GenerationOptions())
        return await count_turn_marks(self._runtime, prompt)

    async def _described(self) -> tuple[RuntimeInfo, Model]:
        if self._known is None:
            info = await self._runtime.describe()
            self._known = info, model_behind(info, variant=self._variant)
        return self._known

    async def _prepare(
        self,
        info: RuntimeInfo,
        model: Model,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec],
        options: GenerationOptions,
    ) -> Prompt:
        return await prepare(
            self._runtime,
            info,
            messages,
            tools,
            dialect=model.dialect,
            thinking=options.thinking,
            allow_control_tokens=self._allow_control_tokens,
        )

    async def _question(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec],
        options: GenerationOptions,
        *,
        schema: Mapping[str, Any] | None = None,
        calls_at_most: int | None = None,
    ) -> Question:
        """Find out who answers, and choose the lane.

        Raises:
            BadOption: a call is demanded, and there is nothing to call.
            Unsupported: no lane takes this.
            RuntimeFailure: nobody answers.
        """
        if options.tool_choice == "none":
            tools = ()
        if options.tool_choice == "required" and not tools:
            raise BadOption("a tool call is required, but no tools are declared", hint="declare tools, or choose auto")
        info, model = await self._described()
        needs_grammar = bool(tools) and (options.strict_tools or options.tool_choice == "required")
        wanted: LaneName | None = "chat" if schema is not None else self._lane
        return Question(
            runtime=self._runtime,
            info=info,
            model=model,
            lane=choose_lane(info, messages, wanted, lane_troubles(info.quirks), needs_grammar=needs_grammar),
            messages=tuple(messages),
            tools=tuple(tools),
            options=options,
            schema=schema,
            calls_at_most=calls_at_most,
            allow_control_tokens=self._allow_control_tokens,
            repairs_off=self._repairs_off,
            retries=self._retries,
        )

    async def _events(
        self, messages: tuple[Message, ...], tools: tuple[ToolSpec, ...], options: GenerationOptions
    ) -> AsyncGenerator[Event]:
        async with aclosing(events_of(await self._question(messages, tools, options))) as events:
            async for event in events:
                yield event
