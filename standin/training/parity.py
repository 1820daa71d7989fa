"""Whether llama.cpp and transformers compute the same model: `python -m training.parity MODEL.gguf`.

llama.cpp serves the file and continues prompts of the frozen sets, always with the likeliest token. transformers gets the
same weights, dequantised and in the layout of Hugging Face, reads each prompt with what llama.cpp said, and tells at every
place which token it would have taken. Where the two differ, the gap says by how much transformers preferred its own: the
two keep keys and values in other precisions, so a gap near zero is a tie. Large ones are expected in one place only:
behind a token that stands for a picture, a sound or a film. There transformers reads padding, as if something were still
to be put in its place; llama.cpp reads the token.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import importlib.util
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import gguf

from gemwright.launch.embedded import start_embedded
from gemwright.wire.tokens import AUDIO, IMAGE, VIDEO
from training import to_huggingface
from training.evaluate_cases import FROZEN, load, public_tools, random_texts
from training.evaluate_engine import Engine, Prompt, Speaker, prompt_of
from training.tokenizer import Tokenizer

__all__ = [
    "BAR",
    "SETS",
    "Asked",
    "Compared",
    "Difference",
    "compare",
    "continuations",
    "prompts",
    "spread",
    "table",
    "words_of",
]

BAR: Final = 0.99
"""The share of tokens that has to be the same."""
SETS: Final = ("calls", "orders", "copy", "other", "mcp", "mcp_more", "parrot_random")
"""The frozen sets that prompts are taken from, as many of each."""
CONTEXT: Final = 8192
_MOST: Final = 256
_SHOWN: Final = 20

Best = Callable[[Sequence[int], int], tuple[list[int], list[float]]]
"""Token ids and where the continuation starts, to what another runtime would have said at each place from there, and how
much less it liked what stands there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt and what llama.cpp said to it.

    Attributes:
        id: the case it comes from; what stands before the slash is its set.
        prompt: its tokens.
        said: the tokens of the answer, the one that ended it included.
    """

    id: str
    prompt: tuple[int, ...]
    said: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the two would have gone on differently.

    Attributes:
        at: which token of the answer.
        said: llama.cpp's token.
        other: transformers' token.
        gap: how much larger transformers' logit is for its own token than for llama.cpp's.
        media: whether a token that stands for a picture, a sound or a film comes before.
    """

    at: int
    said: int
    other: int
    gap: float
    media: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer, compared."""

    id: str
    prompt_tokens: int
    tokens: int
    differences: tuple[Difference, ...]


def words_of(model: Path) -> Tokenizer:
    """Return the tokenizer that a GGUF file carries, which may be older than the one of this folder."""
    merges = gguf.GGUFReader(model).fields["tokenizer.ggml.merges"].contents()
    return Tokenizer([(left, right) for left, right in (merge.split(" ") for merge in merges)])


def spread(ids: Sequence[Any], count: int) -> list[Any]:
    """Return so many items, evenly spread over all of them."""
    return [ids[at * len(ids) // count] for at in range(min(count, len(ids)))] if len(ids) > count else list(ids)


def prompts(words: Tokenizer, count: int, folder: Path = FROZEN) -> list[Asked]:
    """Return the first prompts of frozen cases.

    Args:
        words: the model's tokenizer.
        count: how many; each set gives an equal part, the first ones what is left over.
        folder: where the frozen sets are.
    """
    found: list[Asked] = []
    for at, name in enumerate(SETS):
        part = count // len(SETS) + (at < count % len(SETS))
        for one in spread(_cases(name, folder), part):
            prompt = _prompt(one, words)
            if len(prompt.ids) + _MOST <= CONTEXT:
                found.append(Asked(f"{name}/{one.id.partition('/')[2]}", prompt.ids))
    return found


def _cases(name: str, folder: Path) -> list[Any]:
    """Return a set's cases, or its texts to say."""
    if name == "parrot_random":
        return list(random_texts(str, folder))
    return list(public_tools(folder, name) if name.startswith("mcp") else load(name, folder))


def _prompt(one: Any, words: Tokenizer) -> Prompt:
    """Return the prompt of a case."""
    return prompt_of(one.messages, one.tools, words.encode, thinking=one.thinking, flavour=one.flavour)


async def continuations(asked: Iterable[Asked], speaker: Speaker, most: int = _MOST) -> list[Asked]:
    """Return the prompts with what a model says to them at temperature 0.

    Args:
        asked: the prompts.
        speaker: the model.
        most: tokens that an answer may have.
    """
    found: list[Asked] = []
    for one in asked:
        said = await speaker.say(one.prompt, most)
        found.append(Asked(one.id, one.prompt, said.ids))
    return found


def compare(asked: Asked, best: Best, media: frozenset[int]) -> Compared:
    """Return where another runtime would have gone on differently.

    Args:
        asked: a prompt and what was said to it.
        best: the other runtime.
        media: the tokens that stand for pictures, sounds and films.
    """
    others, gaps = best((*asked.prompt, *asked.said), len(asked.prompt))
    differences = tuple(
        Difference(at, said, other, round(gap, 4), not media.isdisjoint((*asked.prompt, *asked.said[:at])))
        for at, (said, other, gap) in enumerate(zip(asked.said, others, gaps, strict=True))
        if said != other
    )
    return Compared(asked.id, len(asked.prompt), len(asked.said), differences)


def transformers(folder: Path) -> Best:
    """Return transformers with a model, computing in float32.

    Args:
        folder: the model in the layout of Hugging Face.
    """
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    def best(ids: Sequence[int], start: int) -> tuple[list[int], list[float]]:
        with torch.inference_mode():
            kept = len(ids) - start + 1
            logits = model(torch.tensor([list(ids)]), logits_to_keep=kept).logits[0, :-1].float()
        top = logits.max(-1)
        there = logits.gather(-1, torch.tensor(list(ids[start:]))[:, None])[:, 0]
        return top.indices.tolist(), (top.values - there).tolist()

    return best


def table(compared: Sequence[Compared], words: Tokenizer) -> str:
    """Return the counts of every set as a Markdown table, and the first differences below it."""
    rows: dict[str, list[Compared]] = {}
    for one in compared:
        rows.setdefault(one.id.partition("/")[0], []).append(one)
    lines = ["| set | prompts | without a difference | tokens | the same | |", "|---|--:|--:|--:|--:|--:|"]
    for name, found in [*rows.items(), ("all", list(compared))]:
        tokens, same = _counts(found)
        whole = sum(not one.differences for one in found)
        lines.append(f"| {name} | {len(found)} | {whole} | {tokens} | {same} | {_share(found):.2%} |")
    differences = [(one, difference) for one in compared for difference in one.differences]
    if differences:
        lines += ["", "Where they differ (token of the answer; llama.cpp, transformers; gap of transformers' logits):"]
    for one, difference in differences[:_SHOWN]:
        said, other = words.tokens[difference.said], words.tokens[difference.other]
        note = ", behind a token for media" if difference.media else ""
        lines.append(f"- {one.id} at {difference.at} of {one.tokens}: {said!r}, {other!r}; {difference.gap:.4f}{note}")
    if len(differences) > _SHOWN:
        lines.append(f"- and {len(differences) - _SHOWN} more")
    return "\n".join(lines)


def _counts(compared: Sequence[Compared]) -> tuple[int, int]:
    tokens = sum(one.tokens for one in compared)
    return tokens, tokens - sum(len(one.differences) for one in compared)


def _share(compared: Sequence[Compared]) -> float:
    tokens, same = _counts(compared)
    return same / tokens if tokens else 0.0


async def _ask(model: Path, asked: Sequence[Asked]) -> list[Asked]:
    with start_embedded(model, context=CONTEXT) as engine:
        speaker = Engine(engine.url)
        try:
            return await continuations(asked, speaker)
        finally:
            await speaker.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; 1 if less than `BAR` of the tokens are the same.

    Args:
        arguments: instead of the command line's.
    """
    parser = argparse.ArgumentParser(prog="training.parity", description="Compare llama.cpp with transformers.")
    parser.add_argument("model", type=Path, help="a GGUF file with the stand-in's tokenizer")
    parser.add_argument("--prompts", type=int, default=100, help="how many prompts")
    parser.add_argument("--frozen", type=Path, default=FROZEN, help="folder of the frozen tests")
    parser.add_argument("--json", type=Path, help="write everything there as well")
    options = parser.parse_args(arguments)
    missing = [name for name in ("torch", "transformers") if importlib.util.find_spec(name) is None]
    if missing:
        parser.error(f"{' and '.join(missing)} not installed here; `make tune-env` brings what is missing")
    started = time.monotonic()
    words = words_of(options.model)
    asked = asyncio.run(_ask(options.model, prompts(words, options.prompts, options.frozen)))
    answered = time.monotonic() - started
    with tempfile.TemporaryDirectory() as folder:
        to_huggingface.convert(options.model, Path(folder))
        best = transformers(Path(folder))
        media = frozenset(words.ids[token] for token in (IMAGE, AUDIO, VIDEO))
        compared = [compare(one, best, media) for one in asked]
    took = time.monotonic() - started
    versions = {name: version(name) for name in ("xllamacpp", "transformers", "torch")}
    sys.stdout.write(f"{table(compared, words)}\n\n")
    sys.stdout.write(f"llama.cpp {answered:.0f} s, all {took:.0f} s; {json.dumps(versions)}\n")
    if options.json:
        tokens, same = _counts(compared)
        told = {
            "model": hashlib.sha256(options.model.read_bytes()).hexdigest(),
            "versions": versions,
            "prompts": len(compared),
            "tokens": tokens,
            "same": same,
            "share": _share(compared),
            "bar": BAR,
            "seconds": round(took, 1),
            "compared": [asdict(one) for one in compared],
        }
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return int(_share(compared) < BAR)


if __name__ == "__main__":
    raise SystemExit(main())
