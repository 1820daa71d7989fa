"""The trainer, the masks and the exports, on a shape that a processor trains in seconds."""

from __future__ import annotations

import itertools
import json
import random
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed here; `make tune-env` brings it")

STANDIN = Path(__file__).parents[1]
if str(STANDIN) not in sys.path:
    sys.path.insert(0, str(STANDIN))

from gemwright.launch.embedded import start_embedded  # noqa: E402 - after torch is known to be there
from training import feed, train  # noqa: E402
from training import model as network  # noqa: E402
from training.tokenizer import Tokenizer  # noqa: E402

torch.set_num_threads(1)  # beside other tests two threads wait for each other more than they work

WORDS = Tokenizer([("t", "h"), ("th", "e"), ("a", "n"), ("an", "d")])
PROMPT = "<bos><|turn>user\nSay it.<turn|>\n<|turn>model\n"
ANSWER = "the tide and the boat<turn|>"


def stream(seed: int, worker: int, workers: int, length: int) -> Iterator[tuple[list[int], list[float]]]:
    """Yield the same short conversation, with a number in front that changes."""
    dice = random.Random(seed * 100 + worker)
    asked, said = WORDS.encode(PROMPT, markers=True), WORDS.encode(ANSWER, markers=True)
    while True:
        noise = WORDS.encode(str(dice.randrange(10**6)), markers=True)
        ids = [*asked[:4], *noise, *asked[4:], *said]
        yield ids, [0.0] * (len(ids) - len(said)) + [1.0] * len(said)


def options(folder: Path, **changed: object) -> train.Options:
    """Return options for a short run."""
    return train.Options(
        **{"out": folder, "seconds": 600.0, "tokens": 512, "workers": 0, "log_every": 600.0, **changed}
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train the tiny shape until it says its one sentence; return the folder."""
    folder = tmp_path_factory.mktemp("trained")
    train.train(options(folder, steps=120), network.TINY, stream, "cpu")
    return folder


def test_the_shape_is_the_one_that_is_documented() -> None:
    """Guards the size that the model card and the 15 MB bound are about."""
    assert sum(parameter.numel() for parameter in network.Gemma4(network.STANDIN).parameters()) == 13_054_816


@pytest.mark.parametrize("seed", range(4))
def test_block_masks_are_those_of_the_rules(seed: int) -> None:
    """Guards the hand-made block masks: a block too few is a conversation that cannot see its own beginning."""
    from torch.nn.attention.flex_attention import create_block_mask

    dice, tokens, at = random.Random(seed), 2048, 0
    starts = torch.zeros(tokens, dtype=torch.int32)
    while at < tokens:
        size = dice.choice([3, 50, 127, 128, 129, 700, 1500])
        starts[at : at + size] = at
        at += size
    documents = (torch.arange(tokens) == starts).cumsum(0).to(torch.int32)
    for mine in network.flex_masks(documents, starts, 512):
        wanted = create_block_mask(mine.mask_mod, None, None, tokens, tokens, device="cpu")
        for part in ("kv", "full_kv", "q", "full_q"):
            assert _named(mine, part) == _named(wanted, part)


def _named(mask: object, part: str) -> list[set[int]]:
    counts, order = getattr(mask, f"{part}_num_blocks")[0, 0], getattr(mask, f"{part}_indices")[0, 0]
    return [set(row[:count].tolist()) for count, row in zip(counts, order, strict=True)]


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
def test_both_attentions_agree() -> None:
    """Guards that what runs on the accelerator computes what the tests on a processor check."""
    torch.manual_seed(1)
    row = next(feed.batches(stream, 1, 0, 1, 512))
    ids, starts = torch.from_numpy(row.ids.astype("int64")), torch.from_numpy(row.starts)
    places = torch.arange(512) - starts
    documents = (places == 0).cumsum(0).to(torch.int32)
    model = network.Gemma4(network.TINY)
    with torch.no_grad():
        dense = model(ids, places, network.dense_attention(network.TINY, documents))
        fast = model(ids, places, network.flex(network.flex_masks(documents, starts, network.TINY.window)))
    assert torch.allclose(dense, fast, atol=1e-4)


def test_nothing_crosses_the_border_of_a_document() -> None:
    """Guards packing: what a conversation is told in a row of many is what it is told alone."""
    torch.manual_seed(1)
    model = network.Gemma4(network.TINY)
    row = next(feed.batches(stream, 1, 0, 1, 512))
    begin = sorted(set(row.starts.tolist()))
    ids, starts = torch.from_numpy(row.ids.astype("int64")), torch.from_numpy(row.starts)
    places = torch.arange(512) - starts
    packed = model(ids, places, network.dense_attention(network.TINY, (places == 0).cumsum(0)))
    second = slice(begin[1], begin[2])
    alone = model(ids[second], places[second], network.dense_attention(network.TINY, torch.zeros(len(ids[second]))))
    assert torch.allclose(packed[second], alone, atol=1e-4)


def test_the_last_token_of_a_document_has_nothing_to_foretell() -> None:
    """Guards the targets: the first token of the next conversation is not this one's to learn, its end token is."""
    row = next(feed.batches(stream, 1, 0, 1, 512))
    begin = sorted(set(row.starts.tolist()))
    first, end = begin[0], begin[1]
    assert row.kinds[end - 1] == feed.UNTRAINED
    told = WORDS.decode([row.ids[at + 1] for at in range(first, end) if row.kinds[at] == feed.MODEL])
    assert told == ANSWER


def test_long_processes_join_conversations() -> None:
    """Guards the share of documents up to 8,192 tokens, and that the others stay as they are."""

    def lengths(worker: int) -> set[int]:
        rows = itertools.islice(feed.batches(stream, 3, worker, 7, 16_384), 8)
        found: set[int] = set()
        for row in rows:
            begin = sorted(set(row.starts.tolist()))
            found |= {after - before for before, after in itertools.pairwise(begin)}
        return found

    assert max(lengths(6)) > 4096
    assert max(lengths(0)) < 100


def test_a_run_in_two_calls_is_one_run(tmp_path: Path) -> None:
    """Guards resuming: weights, optimisers and steps go on, and the second call draws other conversations."""
    state = tmp_path / "state.pt"
    first = train.train(options(tmp_path, steps=3, state=state), network.TINY, stream, "cpu")
    again = train.Trainer(network.TINY, 99, "cpu")
    again.load(state)
    row = next(feed.batches(stream, 5, 0, 1, 512))
    for _ in range(2):
        assert torch.equal(first.learn(row, 0.5)[0], again.learn(row, 0.5)[0])
    assert again.step == 5
    second = train.train(options(tmp_path, steps=6, state=state), network.TINY, stream, "cpu")
    assert second.step == 6
    assert second.elapsed > first.elapsed


def test_processes_make_batches_and_end(tmp_path: Path) -> None:
    """Guards that the generating processes are gone when training is: one that is left keeps a program waiting."""
    source = feed.Feed(stream, 1, workers=2, tokens=512, again=4)
    rows = [source.take() for _ in range(12)]
    source.stop()
    assert all(row.ids.shape == (512,) for row in rows)
    assert not any(process.is_alive() for process in source._processes)


def test_weights_fit_into_files_that_can_be_fetched(tmp_path: Path) -> None:
    """Guards the bound of 16 MiB a file, and that nothing is lost between the two."""
    trainer = train.Trainer(network.STANDIN, 1, "cpu")
    train.save_weights(trainer, tmp_path)
    found = train.load_weights(tmp_path)
    assert found.keys() == trainer.model.state_dict().keys()
    assert all(path.stat().st_size < 16 << 20 for path in tmp_path.iterdir())


def test_llama_cpp_says_what_was_trained(trained: Path, tmp_path: Path) -> None:
    """Guards the whole way to a file that serves: the sentence comes out of the real engine, and ends by itself."""
    pytest.importorskip("gguf", reason="gguf is not installed here")
    from training import export_gguf

    weights, shape = export_gguf.load_weights(trained)
    file = tmp_path / "tiny.gguf"
    export_gguf.export(file, weights, shape, WORDS, export_gguf.canonical_template())
    ids = WORDS.encode(PROMPT.replace("user\n", "user\n123456"), markers=True)
    with start_embedded(file, context=512) as engine:
        assert "demo model" in engine_label(engine)
        body = {"prompt": ids, "n_predict": 40, "temperature": 0, "return_tokens": True, "cache_prompt": False}
        request = urllib.request.Request(
            f"{engine.url}/completion", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = json.load(answer)
    assert WORDS.decode(told["tokens"]) in (ANSWER, ANSWER.removesuffix("<turn|>"))
    assert told["stop_type"] == "eos"


def engine_label(engine: object) -> str:
    """Return what has to be said about the engine's model."""
    return engine.label
