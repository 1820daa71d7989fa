"""The seam between gemwright and software that runs the weights."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from gemwright.messages import FinishReason, Usage

__all__ = [
    "Capabilities",
    "ChatChunk",
    "ChatRequest",
    "Embedder",
    "RawChunk",
    "RawRequest",
    "Runtime",
    "RuntimeInfo",
    "Sampling",
    "ServedModel",
    "ToolCallFragment",
    "WholeChat",
]

GrammarForm: TypeAlias = Literal["gbnf", "json_schema"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a runtime can take, for the client's choice of a lane."""

    raw_text: bool = False
    """A rendered prompt, as text."""
    raw_tokens: bool = False
    """A rendered prompt, as token ids: the only way to keep untrusted text from becoming control tokens."""
    chat: bool = False
    """Messages, rendered and parsed by the runtime."""
    grammar: GrammarForm | None = None
    """A grammar that the raw lane's output has to follow."""
    response_schema: bool = False
    """A JSON schema that the chat lane's answer has to follow."""
    images: bool = False
    audio: bool = False
    embeddings: bool = False
    ignores: tuple[str, ...] = ()
    """Fields of a request that this runtime leaves out without a word, such as `tool_choice`."""


@dataclass(frozen=True, slots=True)
class RuntimeInfo:
    """Who answers at an endpoint, and with what."""

    runtime: str
    version: str = ""
    model: str = ""
    variant: str = ""
    """A variant id of the catalog where the runtime's answer shows it, else empty."""
    context: int | None = None
    """Tokens really loaded for one request, not what the model could take."""
    template: str = ""
    """The chat template that the runtime renders with, where it shows it."""
    capabilities: Capabilities = Capabilities()
    note: str = ""
    """What a person has to know about this model, such as that its weights are random."""
    quirks: tuple[str, ...] = ()
    """Ids of the advisories and claims behind the quirks that the catalog knows of this version."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that a server tells of; what a server does not tell is empty or None.

    Attributes:
        id: its name in requests.
        loaded: whether it is in memory; None where that cannot be told. A server that lists nothing else has it there.
        context: tokens loaded for one request.
        images: whether it takes pictures.
        quant: quantisation, as the server spells it.
        bytes: size of its weights.
        architecture: of the weights, such as `gemma4`.
        remote: the other host on which the server runs it; empty for its own machine.
    """

    id: str
    loaded: bool | None = True
    context: int | None = None
    images: bool | None = None
    quant: str = ""
    bytes: int | None = None
    architecture: str = ""
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen. None leaves the runtime's own default in force."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A rendered prompt. `prompt` is text, or token ids where the runtime takes them."""

    prompt: str | Sequence[int]
    sampling: Sampling = Sampling()
    grammar: str | None = None
    """A GBNF grammar that the output has to follow."""
    visible: tuple[str, ...] = ()
    """Control tokens that the text has to spell out, the one that ends the output included. Runtimes hide most of them
    otherwise; one that cannot show them leaves them out."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Messages and tools in OpenAI's JSON form, for a runtime that renders and parses by itself."""

    messages: Sequence[dict[str, Any]]
    tools: Sequence[dict[str, Any]] = ()
    thinking: bool = False
    tool_choice: str = "auto"
    sampling: Sampling = Sampling()
    response_schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RawChunk:
    """Text as the runtime happened to cut it. `finish` and `usage` come with the last chunk only."""

    text: str = ""
    tokens: tuple[int, ...] = ()
    finish: FinishReason | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class ToolCallFragment:
    """A piece of a call in the chat lane: `arguments` is a piece of JSON text."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class ChatChunk:
    """A delta of the chat lane, before normalisation."""

    content: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCallFragment, ...] = ()
    finish: FinishReason | None = None
    usage: Usage | None = None


class Embedder(Protocol):
    """A runtime that turns texts into vectors."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector for each text, all of one length, in the order of the texts."""
        ...


class WholeChat(Protocol):
    """A runtime that also answers messages in one piece."""

    async def chat_whole(self, request: ChatRequest) -> list[ChatChunk]:
        """Return the answer as it comes where no stream is asked for: what was said, then how it ended."""
        ...


class Runtime(Protocol):
    """Software that runs the weights, behind at most five methods.

    `generate` and `chat` are asynchronous generators: closing them stops the runtime's work, and so does cancelling a
    task that waits in them. Read them inside `contextlib.aclosing`: a reader that is cancelled between two chunks, or
    that stops reading, leaves them open otherwise. For whatever the runtime does they raise the `RuntimeFailure`
    family and nothing else.
    """

    async def describe(self) -> RuntimeInfo:
        """Return who answers, which model, and what it can take."""
        ...

    def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Continue a rendered prompt."""
        ...

    def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by the runtime."""
        ...

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Return token ids; `parse_special` decides whether control-token spellings become control tokens."""
        ...

    async def aclose(self) -> None:
        """Release connections and processes."""
        ...
