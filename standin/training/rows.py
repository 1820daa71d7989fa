"""Conversations and parrot texts as token ids with weights: what the trainer reads."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from gemwright.messages import Message, ToolSpec
from gemwright.wire import LARGE, SMALL, Segment, render
from gemwright.wire.tokens import CHANNEL_CLOSE, CHANNEL_OPEN, RESPONSE_OPEN, TURN_CLOSE, TURN_OPEN
from training import apps, parrot
from training.conversations import Example, example
from training.tokenizer import Tokenizer, count_words, load

__all__ = ["Row", "encode_segments", "parrot_row", "prompt_ids", "row", "stream", "tokenizer_counts"]

Row = tuple[list[int], list[float]]
_USER: Final = TURN_OPEN + "user\n"
_MODEL: Final = TURN_OPEN + "model\n"
_EMPTY_THOUGHT: Final[Segment] = (CHANNEL_OPEN + "thought\n" + CHANNEL_CLOSE, 0, False)
_PARROT_SHARE: Final = 0.36
"""Share of parrot rows; they are longer than conversations, and hold about 37 % of the tokens."""
_DIALECTS: Final = {"small": SMALL, "large": LARGE}
apps.add()


def encode_segments(tokenizer: Tokenizer, segments: Sequence[Segment]) -> list[int]:
    """Return the ids of a prompt; only what the renderer wrote may be control tokens."""
    found: list[int] = []
    for text, origin, _ in segments:
        found += tokenizer.encode(text, markers=origin != 1)
    return found


def prompt_ids(
    tokenizer: Tokenizer, messages: Sequence[Message], tools: Sequence[ToolSpec], thinking: bool, flavour: str
) -> list[int]:
    """Return the ids of the prompt after which the model speaks."""
    return encode_segments(tokenizer, render(messages, tools, dialect=_DIALECTS[flavour], thinking=thinking).segments)


def segments_of(one: Example, empty_thought: bool = True, whole: bool = False) -> list[tuple[str, bool, bool]]:
    """Return a whole conversation as `(text, markers, trained)`.

    Args:
        one: the conversation.
        empty_thought: write the empty thought of the large form's generation prompt. Without it, as in prompts after a
            result, the first thing that the model says is not trained on.
        whole: train on earlier turns, too, and not on the last alone. With thinking the thoughts that led to calls are
            kept (the template's `preserve_thinking`), and what has lost its thought is not trained on.
    """
    rendered = render(
        one.messages,
        one.tools,
        dialect=_DIALECTS[one.flavour],
        thinking=one.thinking,
        preserve_thinking=whole,
        add_generation_prompt=False,
    ).segments
    last = max(at for at, segment in enumerate(rendered) if segment[0] == _USER and segment[1] == 0)
    found: list[tuple[str, bool, bool]] = []
    waits = thought = False
    for at, segment in enumerate(rendered):
        text, origin, trainable = segment
        thought = trainable and (thought or text.startswith(CHANNEL_OPEN))
        trained = trainable and not waits and (at > last or (whole and (thought or not one.thinking)))
        found.append((text, origin != 1, trained))
        if trainable and text.endswith((TURN_CLOSE, RESPONSE_OPEN)):
            waits = thought = False
        if at > last and text == _MODEL and origin == 0 and one.flavour == "large" and not one.thinking:
            if empty_thought:
                found.append((_EMPTY_THOUGHT[0], True, False))
            else:
                waits = True
    return found


def row(tokenizer: Tokenizer, one: Example, empty_thought: bool = True, whole: bool = False) -> Row:
    """Return a conversation as ids and weights; `segments_of` has the arguments."""
    ids: list[int] = []
    weights: list[float] = []
    for text, markers, trained in segments_of(one, empty_thought, whole):
        piece = tokenizer.encode(text, markers)
        ids += piece
        weights += [1.0 if trained else 0.0] * len(piece)
    return ids, weights


def parrot_row(tokenizer: Tokenizer, said: parrot.Said) -> Row:
    """Return a parrot text as ids and weights."""
    prompt = prompt_ids(tokenizer, said.messages, said.tools, said.thinking, said.flavour)
    answer = [*tokenizer.encode(said.text, True), *tokenizer.encode(TURN_CLOSE, True)]
    return prompt + answer, [0.0] * len(prompt) + [1.0] * len(answer)


def stream(seed: int, worker: int, workers: int, length: int) -> Iterator[Row]:
    """Yield rows without end, none longer than a length.

    Args:
        seed: of the whole run.
        worker: which of the processes this is.
        workers: how many there are; each yields other rows.
        length: tokens of a row at most.
    """
    tokenizer = load()
    source = random.Random((seed * 1_000_003 + worker) * 1_000_003 + workers)
    parrots = parrot.Parrot(source, tokenizer, length)
    while True:
        if source.random() < _PARROT_SHARE:
            made = parrot_row(tokenizer, parrots.said())
        else:
            one = example(source)
            short = (
                one.flavour == "large" and not one.thinking and len(one.expect["steps"]) > 1 and source.random() < 0.4
            )
            made = row(tokenizer, one, not short, not one.thinking or one.kind == "several")
        if len(made[0]) <= length:
            yield made


def tokenizer_counts(conversations: int = 12_000) -> Counter[str]:
    """Return how often words occur in conversations, evened out, for training the tokenizer."""
    source = random.Random(5)
    counts: Counter[str] = Counter()
    for _ in range(conversations):
        count_words("".join(text for text, _, _ in segments_of(example(source))), counts)
    return Counter({word: int(count**0.75) + 1 for word, count in sorted(counts.items())})
