"""A turn of ours as a response of pydantic-ai, and our failures as its errors.

Source: `pydantic_ai.messages`, `pydantic_ai.usage` and `pydantic_ai.exceptions` of pkg:pypi/pydantic-ai-slim@2.68.0.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import Any, Final

from pydantic_ai import exceptions, messages
from pydantic_ai.usage import RequestUsage

from gemwright.foundation.errors import (
    ContextOverflow,
    GemwrightError,
    MemoryExhausted,
    ModelMissing,
    RuntimeGarbled,
    RuntimeRejected,
    RuntimeTimeout,
    RuntimeUnreachable,
    UsageProblem,
)
from gemwright.messages import (
    Event,
    FinishReason,
    RepairApplied,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    ToolCallEnded,
    Turn,
    TurnEnded,
    TurnStarted,
    Usage,
    UsageReported,
    turn_to_json,
)

__all__ = ["FINISH", "PROVIDER", "details_of", "events_again", "response_of", "told", "usage_of"]

PROVIDER: Final = "gemwright"
FINISH: Final[dict[FinishReason, messages.FinishReason]] = {
    "stop": "stop",
    "tool_calls": "tool_call",
    "length": "length",
    "cancelled": "error",
    "error": "error",
}
_KEY_WANTED: Final = (401, 403)
_BUSY: Final = 429
_SERVER_FAULT: Final = 500
_SAID: Final = ("text", "thinking", "tool_calls", "parts", "usage")


def response_of(turn: Turn, name: str) -> messages.ModelResponse:
    """Return a turn as a response; thoughts are parts of their own.

    Args:
        turn: what the model said.
        name: the model's name where the runtime says none.
    """
    parts: list[messages.ModelResponsePart] = []
    for part in turn.parts:
        match part:
            case Text(text):
                parts.append(messages.TextPart(text))
            case Thinking(text):
                parts.append(messages.ThinkingPart(text))
            case ToolCall():
                parts.append(messages.ToolCallPart(part.name, dict(part.arguments), part.id))
            case _:
                pass
    return messages.ModelResponse(
        parts=parts,
        usage=usage_of(turn.usage),
        model_name=turn.model or name,
        provider_name=PROVIDER,
        provider_details=details_of(turn),
        finish_reason=FINISH[turn.finish],
    )


def usage_of(usage: Usage) -> RequestUsage:
    """Return token counts; a request whose runtime counts none is marked as unmeasured."""
    if usage.output_tokens is None:
        return RequestUsage(unmeasured_requests=1)
    return RequestUsage(
        input_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens or 0,
    )


def details_of(turn: Turn) -> dict[str, Any]:
    """Return how a turn came about: runtime, lane, repairs, what was ignored, calls that were none."""
    return {name: value for name, value in turn_to_json(turn).items() if name not in _SAID}


async def events_again(turn: Turn) -> AsyncGenerator[Event]:
    """Yield the events of a turn that is over already."""
    yield TurnStarted(
        runtime=turn.runtime,
        model=turn.model,
        lane=turn.lane,
        dialect=turn.dialect,
        note=turn.note,
        version=turn.version,
        lane_why=turn.lane_why,
        ignored=turn.ignored,
        quirks=turn.quirks,
    )
    for repair in turn.repairs:
        yield RepairApplied(repair.id, repair.detail)
    for index, part in enumerate(turn.parts):
        match part:
            case Text(text):
                yield TextDelta(text)
            case Thinking(text):
                yield ThinkingDelta(text)
            case ToolCall():
                yield ToolCallEnded(index, part)
            case _:
                pass
    yield UsageReported(turn.usage)
    yield TurnEnded(turn.finish)


@contextmanager
def told(name: str, *, in_stream: bool = False) -> Generator[None]:
    """Hand our failures over as pydantic-ai's, so that its fallbacks and retries know them.

    Args:
        name: the model's name.
        in_stream: whether an answer has begun.
    """
    try:
        yield
    except GemwrightError as error:
        raise _as_theirs(error, name, in_stream=in_stream) from error


def _as_theirs(error: GemwrightError, name: str, *, in_stream: bool) -> Exception:
    words = f"{error.message} (hint: {error.hint})" if error.hint else error.message
    if isinstance(error, UsageProblem):
        return exceptions.UserError(words)
    if isinstance(error, RuntimeRejected):
        return exceptions.ModelHTTPError.for_category(
            _rejection(error.status),
            status_code=error.status,
            model_name=name,
            body=error.body,
            hint=words,
            in_stream=in_stream,
        )
    kinds: tuple[tuple[type[GemwrightError], type[exceptions.ModelAPIError]], ...] = (
        (RuntimeTimeout, exceptions.ModelTimeoutError),
        (RuntimeUnreachable, exceptions.ModelConnectionError),
        (ModelMissing, exceptions.ModelNotFoundError),
        (ContextOverflow, exceptions.ModelContextWindowExceededError),
        (MemoryExhausted, exceptions.ModelUnavailableError),
        (RuntimeGarbled, exceptions.ModelServerError),
    )
    for ours, kind in kinds:
        if isinstance(error, ours):
            return kind(name, words, in_stream=in_stream)
    return exceptions.ModelAPIError(name, words, in_stream=in_stream)


def _rejection(
    status: int,
) -> type[exceptions.ModelRateLimitError | exceptions.ModelServerError | exceptions.ModelRequestRejectedError]:
    if status == _BUSY:
        return exceptions.ModelRateLimitError
    if status >= _SERVER_FAULT:
        return exceptions.ModelServerError
    return exceptions.ModelAuthenticationError if status in _KEY_WANTED else exceptions.ModelRequestRejectedError
