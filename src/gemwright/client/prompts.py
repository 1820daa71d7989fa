"""A rendered prompt to what a runtime is sent: token ids where it takes them, else text made harmless."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gemwright.foundation.errors import Unsupported
from gemwright.messages import Message, ToolSpec
from gemwright.runtimes.base import Runtime, RuntimeInfo
from gemwright.wire.dialects import Dialect
from gemwright.wire.render import Rendered, render
from gemwright.wire.segments import MARKUP, text_of
from gemwright.wire.tokens import TURN_CLOSE, TURN_OPEN
from gemwright.wire.untrusted import neutralise, pieces, untrusted_spellings

__all__ = ["Prompt", "TurnMarks", "count_turn_marks", "prepare"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What goes to the runtime.

    Attributes:
        body: token ids, or text.
        rendered: the prompt by segments.
        kept_as_text: control-token spellings in messages and tools that were kept from becoming control tokens.
        altered: whether these had to be altered visibly, since the runtime takes only text.
    """

    body: str | Sequence[int]
    rendered: Rendered
    kept_as_text: tuple[str, ...] = ()
    altered: bool = False

    @property
    def tokens(self) -> int | None:
        """How many tokens it has, where that is known before sending."""
        return None if isinstance(self.body, str) else len(self.body)


async def prepare(
    runtime: Runtime,
    info: RuntimeInfo,
    messages: Sequence[Message],
    tools: Sequence[ToolSpec],
    *,
    dialect: Dialect,
    thinking: bool,
    allow_control_tokens: bool = False,
) -> Prompt:
    """Render a conversation and make it safe for this runtime.

    Args:
        runtime: who will get it; asked for token ids where it takes them.
        info: what it can take.
        messages: the conversation.
        tools: the declared tools.
        dialect: the format.
        thinking: whether the model thinks first.
        allow_control_tokens: let control-token spellings in untrusted text become control tokens.

    Raises:
        BadMessages: the conversation cannot be rendered.
        RuntimeFailure: the runtime does not tokenise.
    """
    rendered = render(messages, tools, dialect=dialect, thinking=thinking)
    found = () if allow_control_tokens else tuple(n.spelling for n in untrusted_spellings(rendered.segments))
    if info.capabilities.raw_tokens:
        ids: list[int] = []
        for piece in pieces(rendered.segments, allow_raw=allow_control_tokens):
            ids += await runtime.tokenize(piece, parse_special=True)
        return Prompt(ids, rendered, found)
    if found:
        segments, _ = neutralise(rendered.segments)
        return Prompt(text_of(segments), rendered, found, altered=True)
    return Prompt(rendered.text, rendered)


@dataclass(frozen=True, slots=True)
class TurnMarks:
    """How many turn marks a prompt has, by three ways of counting.

    Attributes:
        rendered: as the template wrote them.
        naive: as control tokens, if the prompt were tokenised as one text.
        sent: as control tokens in the ids that are sent.
    """

    rendered: int
    naive: int
    sent: int


async def count_turn_marks(runtime: Runtime, prompt: Prompt) -> TurnMarks:
    """Count the turn marks of a prompt that is sent as token ids.

    Raises:
        Unsupported: it is sent as text.
        RuntimeFailure: the runtime does not tokenise.
    """
    if isinstance(prompt.body, str):
        raise Unsupported("this runtime takes no token ids, so control tokens cannot be counted")
    marks: set[int] = set()
    for spelling in (TURN_OPEN, TURN_CLOSE):
        marks.update(await runtime.tokenize(spelling, parse_special=True))
    naive = await runtime.tokenize(prompt.rendered.text, parse_special=True)
    written = sum(
        text.count(spelling)
        for text, origin, _ in prompt.rendered.segments
        if origin == MARKUP
        for spelling in (TURN_OPEN, TURN_CLOSE)
    )
    return TurnMarks(written, sum(i in marks for i in naive), sum(i in marks for i in prompt.body))
