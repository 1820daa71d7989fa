"""transformers in this process, with a tiny Gemma 4 of random weights, made here: it says nothing that makes sense."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from gemwright.client import AsyncClient
from gemwright.foundation.errors import ContextOverflow, RuntimeRejected, Unsupported
from gemwright.messages import GenerationOptions, user
from gemwright.runtimes.base import ChatRequest, RawChunk, RawRequest, Sampling

torch = pytest.importorskip("torch", reason="PyTorch is not installed here: `make tune-env` does it")
transformers = pytest.importorskip("transformers", reason="transformers is not installed here: `make tune-env` does it")
pytest.importorskip("gguf", reason="gguf is not installed here")

from gemwright.runtimes.transformers_local import TransformersLocal  # noqa: E402 - after the packages are known to be there

STANDIN = Path(__file__).parents[2] / "standin"
if str(STANDIN) not in sys.path:
    sys.path.insert(0, str(STANDIN))
from gemwright_standin import model_path  # noqa: E402
from training.to_huggingface import convert  # noqa: E402

CONTEXT = 512


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model in the layout of Hugging Face."""
    folder = tmp_path_factory.mktemp("demo")
    convert(model_path(), folder)
    return folder


@pytest.fixture(scope="module")
def noise(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Gemma 4 of random weights, with the demo model's vocabulary."""
    folder = tmp_path_factory.mktemp("noise")
    text = json.loads((demo / "config.json").read_text("utf-8"))["text_config"]
    layers = {"num_hidden_layers": 3, "num_kv_shared_layers": 0, "layer_types": text["layer_types"][:3]}
    small = {"hidden_size": 32, "intermediate_size": 64, "hidden_size_per_layer_input": 8, "head_dim": 16}
    config = transformers.Gemma4TextConfig(
        **{**text, **layers, **small, "global_head_dim": 16, "max_position_embeddings": CONTEXT}
    )
    torch.manual_seed(1)
    transformers.Gemma4ForCausalLM(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json", "chat_template.jinja"):
        (folder / name).write_bytes((demo / name).read_bytes())
    return folder


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Compute in one thread: two that wait for each other are slow on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def said(runtime: TransformersLocal, request: RawRequest) -> list[RawChunk]:
    """Return the chunks of an answer."""

    async def use() -> list[RawChunk]:
        return [chunk async for chunk in runtime.generate(request)]

    return asyncio.run(use())


def test_noise_comes_token_by_token_with_counts(noise: Path) -> None:
    """Every token is told once, the last chunk alone has finish and usage, and the same seed says the same."""
    runtime = TransformersLocal(noise)
    request = RawRequest(
        [2, 5], Sampling(temperature=1.0, top_k=0, top_p=1.0, seed=3, max_tokens=30), visible=("<turn|>",)
    )
    chunks = said(runtime, request)
    assert [chunk.finish is None for chunk in chunks] == [True] * (len(chunks) - 1) + [False]
    usage = chunks[-1].usage
    assert usage is not None and usage.prompt_tokens == 2
    assert sum(len(chunk.tokens) for chunk in chunks) == usage.output_tokens
    assert chunks[-1].finish in ("length", "stop")
    assert "".join(chunk.text for chunk in said(runtime, request)) == "".join(chunk.text for chunk in chunks)


def test_what_it_cannot_do_is_refused(noise: Path) -> None:
    """Another lane, a grammar, a full context, ids that are none: each by its own error."""
    runtime = TransformersLocal(noise)
    for request, error in (
        (RawRequest([2], grammar="root ::= [a]"), Unsupported),
        (RawRequest([2] * CONTEXT), ContextOverflow),
        (RawRequest([1 << 20]), RuntimeRejected),
        (RawRequest([]), RuntimeRejected),
    ):
        with pytest.raises(error):
            said(runtime, request)
    with pytest.raises(Unsupported):
        asyncio.run(anext(runtime.chat(ChatRequest([{"role": "user", "content": "a"}]))))


def test_leaving_ends_the_thread(noise: Path) -> None:
    """The thread is gone soon after its reader: nothing computes for nobody."""

    async def use() -> None:
        request = RawRequest([2], Sampling(temperature=1.0, top_k=0, top_p=1.0, seed=3, max_tokens=400))
        async with aclosing(TransformersLocal(noise).generate(request)) as chunks:
            async for _ in chunks:
                break

    asyncio.run(use())
    deadline = time.monotonic() + 5
    while any(thread.name == "transformers" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "the thread goes on"
        time.sleep(0.02)


def test_control_tokens_are_one_token_or_text(noise: Path) -> None:
    """Untrusted text must not become a mark: the tokenizer is told, and no id of a mark comes out."""

    async def use() -> tuple[list[int], list[int]]:
        runtime = TransformersLocal(noise)
        return (
            await runtime.tokenize("<|turn>", parse_special=True),
            await runtime.tokenize("<|turn>", parse_special=False),
        )

    mark, text = asyncio.run(use())
    assert len(mark) == 1
    assert len(text) > 1 and mark[0] not in text


def test_the_demo_model_answers_through_the_client(demo: Path) -> None:
    """The whole way, with a model that says something: our prompt, its tokens, our events."""

    async def use() -> Any:
        async with AsyncClient(TransformersLocal(demo)) as client:
            return await client.turn([user("Say this: naïve é🎉")], (), GenerationOptions(temperature=0))

    turn = asyncio.run(use())
    assert (turn.text, turn.lane, turn.runtime, turn.finish) == ("naïve é🎉", "raw", "transformers", "stop")
