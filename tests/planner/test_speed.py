"""The speed model against points that it was not fitted on."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from gemwright.catalog import catalog, variant_of
from gemwright.planner.caches import Setup
from gemwright.planner.speed import Machine, class_of_point, decode, drafted, fitted, left_out, prefill, step_bytes
from gemwright.planner.speed_points import POINTS

CLASSES = sorted(
    {
        class_of_point(machine, one.runtime, one.version)
        for one in POINTS
        if (machine := Machine.named(one.hardware, catalog()))
    }
)


@pytest.mark.parametrize("name", [one for one in CLASSES if fitted(one).points >= 8])
def test_left_out_points_are_met(name: str) -> None:
    """A fit that never saw a point has to meet it: by the median within 12 %."""
    assert median(abs(error) for error, _ in left_out(name)) <= 0.12


def test_there_are_classes_to_hold_to_that() -> None:
    """The rule above over no class at all would always hold."""
    assert sum(fitted(one).points >= 8 for one in CLASSES) >= 2
    assert sum(fitted(one).points for one in CLASSES) == len(POINTS)


def test_intervals_are_honest() -> None:
    """Of all points, at least 85 in a hundred lie in the interval of a fit that never saw them."""
    inside = [held for name in CLASSES for _, held in left_out(name)]
    assert sum(inside) / len(inside) >= 0.85


def test_few_points_give_wide_intervals() -> None:
    """A class of one report cannot be sure of anything."""
    assert fitted("servers").spread > 2 * fitted("Apple").spread
    assert fitted("no such class").points == 0


def test_shared_layers_are_read_all_the_same() -> None:
    """Sharing saves memory, not reading: E2B reads more than twice the cache that it stores."""
    one = variant_of("E2B")
    assert step_bytes(one, "Q4_0", 131_072, 1, "f16", "f16")[1] > 2 * 6144 * 131_072


def test_more_sequences_ask_for_more_experts() -> None:
    """Four sequences read nearly twice the weights of one, where there are experts, and the same where there are none."""
    mixed = [step_bytes(variant_of("26B-A4B"), "Q4_0", 0, n, "f16", "f16")[0] for n in (1, 4)]
    dense = [step_bytes(variant_of("12B"), "Q4_0", 0, n, "f16", "f16")[0] for n in (1, 4)]
    assert 1.7 < mixed[1] / mixed[0] < 2.1 and dense[0] == dense[1]


def test_machines_are_known_by_name() -> None:
    """Names as people write them find the corpus's card; a bandwidth in brackets leads."""
    found = {
        name: Machine.named(name, catalog()) for name in ("NVIDIA GeForce RTX 4090", "Apple M5 Max", "what (100 GB/s)")
    }
    assert {name: one and (one.card, one.bandwidth / 1e9) for name, one in found.items()} == {
        "NVIDIA GeForce RTX 4090": ("rtx-4090", 1008),
        "Apple M5 Max": ("apple-m5", 614),
        "what (100 GB/s)": ("", 100),
    }
    assert Machine.named("abacus", catalog()) is None
    new = Machine.named("GeForce RTX 7090 (2000 GB/s)", catalog())
    assert new is not None and (new.vendor, new.card) == ("nvidia", "")
    assert Machine.named("abacus (-3 GB/s)", catalog()) is None


def test_deeper_is_slower_and_a_drafter_is_a_range() -> None:
    """What grows with depth has to show, and what nobody can know is a range around the rate."""
    card, one = Machine.named("RTX 3090", catalog()), variant_of("12B")
    assert card is not None
    fast, slow = (decode(one, "Q4_0", card, "llama.cpp", "newest", n, Setup(1)) for n in (0, 131_072))
    assert fast.value > slow.value and fast.low is not None and fast.low < fast.value
    low, high = drafted(fast, one)
    assert low < fast.value < high


def test_prefill_is_known_where_somebody_measured_it() -> None:
    """One report a card is little, so the range is wide; no report is no number."""
    one = variant_of("26B-A4B")
    known, unknown = Machine.named("RTX 5090", catalog()), Machine.named("L4", catalog())
    assert known and unknown
    figure = prefill(one, known, 512)
    assert figure is not None and figure.low is not None and figure.low < 8799 < (figure.high or 0)
    assert prefill(one, unknown, 512) is None


def test_the_page_tells_the_classes_that_there_are(checkout: Path) -> None:
    """The table of the page is computed again, class by class."""
    page = (checkout / "docs" / "concepts" / "planner.md").read_text("utf-8")
    for name in CLASSES:
        held = left_out(name)
        errors = [abs(error) for error, _ in held]
        inside = sum(one for _, one in held)
        figures = (
            f"{100 * median(errors):.1f} % | {100 * max(errors):.1f} % | {inside} | ±{100 * fitted(name).spread:.0f} %"
        )
        assert f"| {len(held)} | {figures} |" in page, name
    assert f"Fitted on {len(POINTS)} published rates" in page


def test_several_sequences_share_a_step() -> None:
    """What was measured with two and four sequences is a rate of all of them together."""
    card, one = Machine.named("RTX 3090", catalog()), variant_of("26B-A4B")
    assert card is not None
    rates = [decode(one, "Q4_0", card, "llama.cpp", "newest", 0, Setup(1, slots=n)).value for n in (1, 2, 4)]
    assert rates == sorted(rates) and rates[2] < 4 * rates[0]
