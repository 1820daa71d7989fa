"""What a perfect runtime would answer to a check: for runs without a model, and for tests of the checks themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gemwright.client.lanes import LaneName
from gemwright.foundation.errors import GemwrightError
from gemwright.messages import FinishReason, ToolCall, Usage
from gemwright.runtimes.base import Capabilities, ChatChunk, RawChunk, RuntimeInfo, ToolCallFragment
from gemwright.runtimes.echo import Echo, Pause, Step
from gemwright.wire.tokens import CALL_CLOSE, CALL_OPEN, CHANNEL_CLOSE, CHANNEL_OPEN
from gemwright.wire.values import encode

__all__ = ["Said", "echo_of", "steps_of"]

_PIECE: Final = 3
"""Characters of a chunk: few, so that every word and every mark arrives cut."""
_TOKENS: Final = 7


@dataclass(frozen=True, slots=True)
class Said:
    """One answer.

    Attributes:
        thinking, text, calls: what the model says, in this order.
        finish: how it ends; "tool_calls" with calls and "stop" without where it is None.
        pause: seconds between the first chunk and the rest.
        error: what comes instead of an end.
    """

    text: str = ""
    thinking: str = ""
    calls: Sequence[ToolCall] = ()
    finish: FinishReason | None = None
    pause: float = 0.0
    error: GemwrightError | None = None


def steps_of(said: Said, lane: LaneName) -> list[Step]:
    """Return an answer as a script for `Echo`, in one lane."""
    steps: list[Step] = [*(_raw(said) if lane == "raw" else _chat(said))]
    if said.pause:
        steps.insert(1, Pause(said.pause))
    if said.error is not None:
        return [*steps, said.error]
    usage = Usage(_TOKENS, max(1, len(steps)))
    if lane == "raw":
        return [*steps, RawChunk(finish="length" if said.finish == "length" else "stop", usage=usage)]
    return [*steps, ChatChunk(finish=said.finish or ("tool_calls" if said.calls else "stop"), usage=usage)]


def echo_of(answers: Sequence[Said], lane: LaneName) -> Echo:
    """Return a runtime that gives these answers, one for each request, and takes one lane alone."""
    raw = lane == "raw"
    can = Capabilities(raw_text=raw, raw_tokens=raw, chat=not raw, grammar="gbnf" if raw else None)
    info = RuntimeInfo(runtime="echo", version="1", model="script", context=131_072, capabilities=can)
    marks = (CHANNEL_OPEN, CHANNEL_CLOSE, CALL_OPEN, CALL_CLOSE, "<|turn>", "<turn|>", "<bos>", '<|"|>')
    return Echo(*(steps_of(said, lane) for said in answers), info=info, control_tokens=marks)


def _raw(said: Said) -> Iterator[RawChunk]:
    thought = f"{CHANNEL_OPEN}thought\n{said.thinking}{CHANNEL_CLOSE}" if said.thinking else ""
    calls = "".join(f"{CALL_OPEN}call:{one.name}{encode(dict(one.arguments))}{CALL_CLOSE}" for one in said.calls)
    return map(RawChunk, _pieces(thought + said.text + calls))


def _chat(said: Said) -> Iterator[ChatChunk]:
    for piece in _pieces(said.thinking):
        yield ChatChunk(reasoning=piece)
    for piece in _pieces(said.text):
        yield ChatChunk(content=piece)
    for index, call in enumerate(said.calls):
        yield ChatChunk(tool_calls=(ToolCallFragment(index, id=f"call_{index}", name=call.name),))
        for piece in _pieces(json.dumps(dict(call.arguments), ensure_ascii=False)):
            yield ChatChunk(tool_calls=(ToolCallFragment(index, arguments=piece),))


def _pieces(text: str) -> Iterator[str]:
    return (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
