"""The contract over other runtimes for real: `make prove` meets those of `make peers-env`, and live ones by address."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from gemwright.client.lanes import LaneName
from gemwright.runtimes.base import Runtime
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.lmstudio import LMStudio
from gemwright.runtimes.mlx import MLX
from gemwright.runtimes.ollama import Ollama
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.sglang import SGLang
from gemwright.runtimes.transformers_serve import TransformersServe
from gemwright.runtimes.vllm import VLLM
from gemwright.testing.runtime_contract import CHECKS, Limits, Outcome, run_contract

pytest.importorskip("gguf", reason="gguf is not installed here")

from training.peers import child, layout_of, peer, serving

PROVE = "GEMWRIGHT_PROVE" in os.environ
LIMITS = Limits(answer=300, stop=2)
LIVE: dict[str, Callable[..., Runtime]] = {
    "OLLAMA": Ollama,
    "VLLM": VLLM,
    "SGLANG": SGLang,
    "LMSTUDIO": LMStudio,
    "MLX": MLX,
    "LLAMACPP": LlamaCpp,
    "OPENAI": OpenAICompat,
}
ADDRESSES = {name: os.environ.get(f"GEMWRIGHT_LIVE_{name}", "") for name in LIVE}
"""Read before the tests hide every setting of the person who runs them."""
KNOWN = {
    ("mistralrs", "chat", "calls apart"): "mistral.rs 0.9.5 ends an answer after its first call",
    ("mistralrs", "chat", "results go back"): "mistral.rs 0.9.5 leaves earlier calls out of the prompt",
}


def need(name: str) -> None:
    """Skip, with the reason, where a runtime is not to be met."""
    if not PROVE:
        pytest.skip("`make prove` meets other runtimes; `make test` does without them")
    if peer(name) is None:
        pytest.skip(f"{name} is not installed here: `make peers-env` does it")


def judge(name: str, outcomes: list[Outcome]) -> None:
    """See that everything holds but what is known not to, and that this still does not."""
    broken = {(name, one.lane, one.check): one.why for one in outcomes if one.status == "broken"}
    known = {key for key in KNOWN if key[0] == name}
    assert broken.keys() == known, broken
    assert sum(one.status == "held" for one in outcomes) >= len(outcomes) - len(known) - 4


@pytest.mark.timeout(1500)
@pytest.mark.parametrize(("name", "adapter"), [("mlx-lm", MLX), ("transformers", TransformersServe)])
def test_server_keeps_the_contract(name: str, adapter: Callable[[str], Runtime]) -> None:
    """Guards the adapters of servers that run here, with the demo model behind them."""
    need(name)
    with serving(name) as (url, _):
        judge(name, run_contract(lambda: adapter(url), lanes=["chat"], limits=LIMITS))


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", ["transformers", "mistralrs"])
def test_runtime_in_process_keeps_the_contract(name: str) -> None:
    """Guards the adapters that run a model in their own process, in the environment of their runtime."""
    need(name)
    process = child(name, ["-m", "tests.contract.inside", name, str(layout_of())])
    try:
        out, err = process.communicate(timeout=1400)
    finally:
        process.kill()
    assert process.returncode == 0, err[-2000:]
    judge(name, [Outcome(**one) for one in json.loads(out.splitlines()[-1])])


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lane", ["raw", "chat"])
@pytest.mark.parametrize("name", LIVE)
def test_live_endpoint_keeps_the_contract(name: str, lane: LaneName) -> None:
    """Guards an adapter by whatever answers at the address that the environment names."""
    if not ADDRESSES[name]:
        pytest.skip(f"GEMWRIGHT_LIVE_{name} names no address")
    outcomes = run_contract(lambda: LIVE[name](ADDRESSES[name]), lanes=[lane], limits=LIMITS)
    if len({one.why for one in outcomes}) == 1 and outcomes[0].status == "not applicable":
        pytest.skip(outcomes[0].why)
    assert len(outcomes) == len(CHECKS)
    assert [one for one in outcomes if one.status == "broken"] == []
