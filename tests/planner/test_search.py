"""What is proposed: it fits, nothing beats it, it can be started, and where nothing fits, what is nearest."""

from __future__ import annotations

import shlex
import time
from dataclasses import replace

import pytest

from gemwright.catalog import catalog, variant_of
from gemwright.planner.caches import Setup
from gemwright.planner.choices import Budget, cached, choice, figures_of, most_layers, rate_of, weighed
from gemwright.planner.commands import commands_of
from gemwright.planner.figures import GB, GIB
from gemwright.planner.plot import Curve, as_svg, as_text
from gemwright.planner.search import Wish, plan, ways
from gemwright.planner.speed import Machine
from gemwright.planner.tasks import TASKS, score
from gemwright.planner.training import training_memory

CARD = Machine.named("RTX 3090", catalog())
BUDGET = Budget(24 * GIB, machine=CARD)


@pytest.mark.parametrize("task", TASKS)
def test_picks_fit_and_say_why(task: str) -> None:
    """A plan that does not fit, or that takes no sound where sound is asked for, is none."""
    found = plan(Wish(task=task), BUDGET)
    assert found.picks and not found.nearest
    for one in found.picks:
        assert one.choice.need <= BUDGET.bytes and one.choice.host <= BUDGET.host_room and one.why
        needs = TASKS[task].needs
        assert not needs or needs in catalog().variants[one.choice.variant].media.input


def test_every_task_has_scores() -> None:
    """A score that is missing for a variant would rank it last for no reason."""
    for task in TASKS:
        for name, one in catalog().variants.items():
            needs = TASKS[task].needs
            if not needs or needs in one.media.input:
                assert score(name, task) is not None, (task, name)


def test_nothing_beats_what_is_on_the_front() -> None:
    """The fast front is the slow one: compared pair by pair over a small search."""
    wish = Wish(contexts=(8192, 32_768), slots=(1, 2), quants=("Q8_0", "Q4_K_M", "QAT-Q4_0"))
    found = plan(wish, BUDGET)
    merits: list[tuple[float, ...]] = []
    for one, weights in ways(wish, BUDGET):
        rate = rate_of(one, weights, BUDGET, one.setup.each // 4)
        if one.need <= BUDGET.bytes and one.host <= BUDGET.host_room and rate is not None:
            merits.append((one.quality or 0, rate.value, one.setup.each, one.setup.slots, -one.need))
    assert len(merits) == found.feasible
    distinct = set(merits)

    def beaten(one: tuple[float, ...]) -> bool:
        return any(o != one and all(a >= b for a, b in zip(o, one, strict=True)) for o in distinct)

    front = [one for one in distinct if not beaten(one)]
    assert found.front == len(front)


def test_ten_thousand_ways_take_less_than_a_second() -> None:
    """A dial that is turned has to answer at once. Time of this process, so that a busy machine does not fail it."""
    wish = Wish(
        contexts=(4096, 8192, 16_384, 32_768, 65_536, 131_072),
        slots=(1, 2, 4, 8),
        ubatches=(256, 512, 1024, 2048),
        caches=("f16", "q8_0", "q4_0"),
    )
    plan(replace(wish, contexts=(4096,)), BUDGET)
    start = time.process_time()
    found = plan(wish, BUDGET)
    assert found.tried >= 10_000
    assert time.process_time() - start < 1


def test_what_does_not_fit_names_what_is_nearest() -> None:
    """A refusal alone helps nobody: what it would take, and what comes nearest."""
    found = plan(Wish(task="documents", variants=("31B",), split=False), Budget(20 * GB))
    assert not found.picks and "takes" in found.nearest[0].why
    assert found.nearest[0].choice.need > 20 * GB
    assert all(one.choice.need <= 20 * GB for one in found.nearest[1:])
    assert {"with less context", "another variant"} <= {one.why for one in found.nearest}
    hopeless = plan(Wish(), Budget(GB // 2))
    assert not hopeless.picks and len(hopeless.nearest) == 1


def test_split_layers_are_the_most_that_fit() -> None:
    """One layer more would not fit, and the parts add up to the whole."""
    one, weights = variant_of("31B"), weighed("31B", "Q4_K_M")
    setup, budget = Setup(8192), Budget(12 * GB)
    known = cached(one, setup)
    layers = most_layers(one, weights, budget, known)
    fits = choice(one, "Q4_K_M", weights, setup, budget, offload="layers", layers=layers, known=known)
    more = choice(one, "Q4_K_M", weights, setup, budget, offload="layers", layers=layers + 1, known=known)
    whole = choice(one, "Q4_K_M", weights, setup, budget, known=known)
    assert 0 < layers < one.geometry.layers
    assert fits.need <= budget.bytes < more.need
    assert fits.device + fits.host == whole.device + whole.host


def test_the_per_layer_table_never_counts_on_a_card() -> None:
    """It stays on the host; on a machine whose memory is shared it counts."""
    one, weights = variant_of("E2B"), weighed("E2B", "Q4_K_M")
    card = choice(one, "Q4_K_M", weights, Setup(8192), Budget(8 * GB))
    shared = choice(one, "Q4_K_M", weights, Setup(8192), Budget(8 * GB, "shared", "apple"))
    assert card.need < weights.table + GB < shared.need
    assert card.host > weights.table


def test_figures_add_up_to_the_need() -> None:
    """What --explain shows is what was counted."""
    one, weights = variant_of("12B"), weighed("12B", "Q4_K_M")
    found = choice(one, "Q4_K_M", weights, Setup(32_768), BUDGET)
    figures = {figure.name: figure for figure in figures_of(found, weights, BUDGET, media=False, drafting=True)}
    parts = ("weights: device", "keys and values", "compute: device")
    assert sum(figures[name].value for name in parts) == found.device
    assert all(figure.formula and figure.source for figure in figures.values())
    assert figures["driver's context"].high and not figures["driver's context"].exact


@pytest.mark.parametrize("variant", ["E2B", "E4B", "12B", "26B-A4B", "31B"])
def test_commands_can_be_typed(variant: str) -> None:
    """Every runtime gets a command that a shell can read, with the planned context in it."""
    found = plan(Wish(variants=(variant,)), Budget(80 * GB)).picks[0].choice
    commands = commands_of(found, 80 * GB)
    assert list(commands) == ["llama.cpp", "Ollama", "LM Studio", "vLLM", "SGLang", "MLX"]
    for runtime, text in commands.items():
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        assert all(shlex.split(line) for line in lines)
        assert str(found.setup.context) in text or runtime == "MLX"


def test_a_file_with_a_wild_name_stays_one_word() -> None:
    """A name is a path, never a piece of shell."""
    name = "a b; rm -rf $HOME.gguf"
    found = plan(Wish(variants=("12B",)), BUDGET).picks[0].choice
    words = shlex.split(commands_of(found, BUDGET.bytes, file=name)["llama.cpp"])
    assert words[words.index("-m") + 1] == name


def test_checkpoints_that_do_not_fit_are_said_so() -> None:
    """There is no GGUF for vLLM: where no checkpoint fits, its command says it."""
    found = plan(Wish(variants=("26B-A4B",), quants=("QAT-Q4_0",)), Budget(9 * GB)).picks[0].choice
    assert "vLLM" not in commands_of(found, 9 * GB), "experts on the processor are llama.cpp's"
    whole = replace(found, offload="all")
    assert "does not fit" in commands_of(whole, 9 * GB)["vLLM"]


def test_fine_tuning_ranges_hold_what_trainers_name() -> None:
    """Axolotl's and Unsloth's figures (corpus: fine-tuning/vram) lie in the ranges."""
    for variant, method, gib in (("31B", "qlora", 25.2), ("12B", "lora", 27.76), ("26B-A4B", "qlora", 21.0)):
        figure = training_memory(variant, method)  # type: ignore[arg-type]
        assert figure.low is not None and figure.high is not None
        assert figure.low <= gib * GIB <= figure.high


def test_plots_show_where_memory_ends() -> None:
    """Text marks what is too much; the image is XML and takes any name."""
    from xml.etree import ElementTree

    curves = [Curve("12B <Q4_K_M> & more", ((4096, 8 * GB), (131_072, 12 * GB)))]
    text = as_text(curves, 10 * GB)
    assert [line.endswith("too much") for line in text.splitlines()] == [False, False, True]
    image = ElementTree.fromstring(as_svg(curves, 10 * GB))  # noqa: S314 - our own text
    assert "12B <Q4_K_M> & more" in "".join(image.itertext())


def test_conversations_at_once_have_a_context_each() -> None:
    """Four conversations of 8,192 tokens are 32,768 cells for llama.cpp, and 8,192 for runtimes that count each."""
    found = plan(Wish(variants=("12B",), quants=("Q8_0",), contexts=(8192,), slots=(4,)), BUDGET).picks[0].choice
    assert found.setup.context == 32_768 and found.setup.each == 8192
    commands = commands_of(found, BUDGET.bytes)
    assert "-c 32768 -np 4" in commands["llama.cpp"] and "--kv-unified" not in commands["llama.cpp"]
    assert "num_ctx 8192" in commands["Ollama"] and "--max-model-len 8192" in commands["vLLM"]
    one = plan(Wish(variants=("12B",), quants=("Q8_0",), contexts=(8192,), caches=(found.setup.keys,)), BUDGET)
    assert one.picks[0].choice.need < found.need
