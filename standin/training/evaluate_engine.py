"""Who answers in an evaluation: a real llama.cpp, asked and read in token ids.

Ids go in, so that nothing on the way can mistake text for a control token; ids come back, so that nothing is lost on the
way: the server's text hides control tokens and cannot show half a character.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from gemwright.foundation.http import Http, Timeouts
from gemwright.messages import Message, ToolSpec
from gemwright.wire import Dialect, pieces, render
from gemwright.wire.dialects import CANONICAL
from gemwright.wire.tokens import EOS, RESPONSE_OPEN, TURN_CLOSE

__all__ = ["ENDS", "GREEDY", "RECOMMENDED", "Engine", "Prompt", "Said", "Sampling", "Speaker", "prompt_of", "say_on"]

ENDS: Final = (TURN_CLOSE, RESPONSE_OPEN, EOS)
"""Control tokens at which llama.cpp ends a generation."""
_FIELDS: Final = ("content", "tokens", "stop_type", "tokens_evaluated", "timings")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen."""

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 1


GREEDY: Final = Sampling()
RECOMMENDED: Final = Sampling(temperature=1.0, top_k=64, top_p=0.95)
"""The sampling that Gemma 4's makers recommend for every size."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said.

    Attributes:
        ids: its tokens, the one that ended the generation included.
        ended: whether it ended by itself, not by the limit.
        timings: the server's own, in milliseconds.
    """

    ids: tuple[int, ...]
    ended: bool
    timings: dict[str, float] = field(default_factory=dict[str, float])


class Speaker(Protocol):
    """Continues a prompt."""

    async def say(
        self, prompt: Sequence[int], most: int, sampling: Sampling = GREEDY, *, through: bool = False
    ) -> Said:
        """Return what follows a prompt.

        Args:
            prompt: its tokens.
            most: how many tokens may be said.
            sampling: how they are chosen.
            through: do not let the model end; for measuring speed.
        """
        ...


class Engine:
    """A llama.cpp server as a `Speaker`.

    Args:
        url: its address.
    """

    def __init__(self, url: str) -> None:
        self._http = Http(url, timeouts=Timeouts(total=600.0))

    async def say(
        self, prompt: Sequence[int], most: int, sampling: Sampling = GREEDY, *, through: bool = False
    ) -> Said:
        """Return what follows a prompt; see `Speaker`."""
        answer: Any = await self._http.post_json(
            "/completion",
            {
                "prompt": list(prompt),
                "n_predict": most,
                "stream": False,
                "return_tokens": True,
                "cache_prompt": not through,
                "ignore_eos": through,
                "temperature": sampling.temperature,
                "top_k": sampling.top_k,
                "top_p": sampling.top_p,
                "min_p": 0.0,
                "seed": sampling.seed,
                "response_fields": list(_FIELDS),
            },
        )
        return Said(tuple(answer["tokens"]), answer["stop_type"] == "eos", dict(answer["timings"]))

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as tokens, and whether it ends inside an open thought."""

    ids: tuple[int, ...]
    opened: bool


def prompt_of(
    messages: Sequence[Message],
    tools: Sequence[ToolSpec],
    encode: Callable[[str, bool], list[int]],
    *,
    thinking: bool,
    flavour: str,
) -> Prompt:
    """Return the prompt of a conversation, as gemwright's own raw lane would send it.

    Args:
        messages: the conversation.
        tools: the declared tools.
        encode: the model's tokenizer: a text, and whether spellings mean control tokens.
        thinking: whether the model is to think first.
        flavour: "small" or "large".
    """
    dialect = Dialect(CANONICAL, "small" if flavour == "small" else "large")
    rendered = render(messages, tools, dialect=dialect, thinking=thinking)
    ids: list[int] = []
    for piece in pieces(rendered.segments):
        ids += encode(piece, True)
    return Prompt(tuple(ids), rendered.starts_in_thought)


async def say_on(
    speaker: Speaker, prompt: Sequence[int], wanted: Sequence[int], last: int, ends: frozenset[int]
) -> tuple[int, ...]:
    """Let a model say a text that may hold tokens which end a generation, by asking again with the ids so far.

    Args:
        speaker: who says it.
        prompt: the tokens that ask for it.
        wanted: the tokens that are to be said.
        last: the token that has to follow them.
        ends: tokens that end a generation.

    Returns:
        What was said, up to `last` after the wanted tokens, or up to the first token that is wrong.
    """
    target = (*wanted, last)
    said: tuple[int, ...] = ()
    while len(said) < len(target):
        more = await speaker.say((*prompt, *said), len(target) - len(said) + 8)
        ids = more.ids
        said += ids
        right = said == target[: len(said)]
        if not right or not ids or not more.ended or ids[-1] not in ends:
            break
    return said
