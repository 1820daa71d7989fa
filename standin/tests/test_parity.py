"""What the comparison with transformers counts, and the comparison itself with a model of noise."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

pytest.importorskip("gguf", reason="gguf is not installed here")

STANDIN = Path(__file__).parents[1]
if str(STANDIN) not in sys.path:
    sys.path.insert(0, str(STANDIN))

from gemwright.launch.embedded import start_embedded  # noqa: E402 - after the packages are known to be there
from training import export_gguf, parity, to_huggingface  # noqa: E402
from training.evaluate_engine import Engine  # noqa: E402
from training.parity import Asked, Difference, compare, prompts, spread, table  # noqa: E402
from training.tokenizer import Tokenizer  # noqa: E402

WORDS = Tokenizer([("t", "h"), ("th", "e"), ("a", "n"), ("an", "d")])


def test_spread_takes_from_everywhere() -> None:
    """Guards that a sample is not the beginning of a file, where the cases are of one kind."""
    assert spread(list(range(10)), 4) == [0, 2, 5, 7]
    assert spread([1, 2], 4) == [1, 2]
    assert spread([], 4) == []


def test_a_hundred_prompts_of_every_frozen_set() -> None:
    """Guards that no set is left out without a word."""
    found = prompts(WORDS, 21)
    assert {one.id.partition("/")[0] for one in found} == set(parity.SETS)
    assert len({one.id for one in found}) == len(found) > 14  # this tokenizer makes some prompts too long
    assert all(one.prompt[0] == WORDS.ids["<bos>"] for one in found)


def test_only_places_that_differ_are_noted() -> None:
    """Guards the share, and that what a picture's token causes is told from a fault."""
    seen: list[tuple[tuple[int, ...], int]] = []

    def best(ids: Sequence[int], start: int) -> tuple[list[int], list[float]]:
        seen.append((tuple(ids), start))
        return [40, 51, 42, 53], [0.0, 0.01, 0.0, 9.0]

    found = compare(Asked("calls/1", (2, 5), (40, 41, 42, 43)), best, frozenset({42}))
    assert seen == [((2, 5, 40, 41, 42, 43), 2)]
    assert found.differences == (Difference(1, 41, 51, 0.01, False), Difference(3, 43, 53, 9.0, True))
    told = table([found, compare(Asked("copy/1", (2,), (40, 51, 42, 53)), best, frozenset())], WORDS)
    assert "| calls | 1 | 0 | 4 | 2 | 50.00% |" in told
    assert "| all | 2 | 1 | 8 | 6 | 75.00% |" in told
    assert told.count("behind a token for media") == 1


@pytest.mark.filterwarnings("ignore")
def test_transformers_goes_on_like_llama_cpp(tmp_path: Path) -> None:
    """Guards that both runtimes get the same weights, through the whole way: a model of noise forgives nothing."""
    torch = pytest.importorskip("torch", reason="torch is not installed here; `make tune-env` brings it")
    pytest.importorskip("transformers", reason="transformers is not installed here; `make tune-env` brings it")
    from training import model as network

    torch.manual_seed(3)
    weights = {name: value.numpy() for name, value in network.Gemma4(network.TINY).state_dict().items()}
    for name in weights:
        weights[name] *= 8 if "post" in name else 1  # else the embedding outweighs all layers, and each token repeats
    file = tmp_path / "m.gguf"
    export_gguf.export(file, weights, asdict(network.TINY), WORDS, export_gguf.canonical_template())
    to_huggingface.convert(file, tmp_path / "hf")
    assert parity.words_of(file).merges == WORDS.merges

    async def said() -> list[Asked]:
        with start_embedded(file) as engine:
            speaker = Engine(engine.url)
            asked = [
                Asked(f"noise/{at}", tuple(WORDS.encode(f"<bos>the band and {at} more, and then all again " * 3, True)))
                for at in range(4)
            ]
            found = await parity.continuations(asked, speaker, 40)
            await speaker.close()
            return found

    best = parity.transformers(tmp_path / "hf")
    media = frozenset(WORDS.ids[token] for token in ("<|image|>", "<|audio|>", "<|video|>"))
    compared = [compare(one, best, media) for one in asyncio.run(said())]
    tokens = sum(one.tokens for one in compared)
    faults = [one for each in compared for one in each.differences if not one.media]
    assert tokens > 100  # silence would differ nowhere
    assert len(faults) < 0.05 * tokens  # near-ties: noise prefers nothing by much
    assert all(one.gap < 0.05 for one in faults), faults
