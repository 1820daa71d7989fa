"""Conditions: three values, Kleene's logic, and errors that point at the place."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.corpus.condition import UNKNOWN, Outcome, parse_condition
from gemwright.foundation.errors import CorpusProblem

KNOWN: dict[str, Any] = {
    "settings.think": False,
    "settings.num_ctx": 4096,
    "settings.kv_cache_dtype": "FP8_e4m3",
    "settings.gone": None,
    "settings.flash_attn": "off",
    "settings.images": 2,
    "settings.empty": [],
    "gpu.vendor": "nvidia",
    "gpu.compute_capability": 7.5,
    "os": "Linux",
}


def ask(text: str) -> Outcome:
    """Ask about what is known above."""
    return parse_condition(text).ask(lambda name: KNOWN.get(name, UNKNOWN))


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("", True),
        ("settings.think == false", True),
        ("settings.think == true", False),
        ("settings.think == unset", False),
        ("settings.gone == unset", True),
        ("settings.gone == false", False),
        ("settings.gone != false", True),
        ("settings.gone < 3", False),
        ("settings.gone", False),
        ("settings.num_ctx <= 4096", True),
        ("settings.num_ctx < 4096", False),
        ("settings.num_ctx > 4095.5", True),
        ('settings.num_ctx == "4096"', True),
        ('settings.kv_cache_dtype like "fp8*"', True),
        ('settings.kv_cache_dtype == "fp8_E4M3"', True),
        ('settings.kv_cache_dtype in ["q4_0", "fp8_e4m3"]', True),
        ("settings.flash_attn", False),
        ("settings.flash_attn == false", True),
        ("settings.images", True),
        ("settings.images == true", False),
        ("settings.empty", False),
        ("gpu.compute_capability < 8", True),
        ('gpu.compute_capability == "gfx1151"', False),
        ('os in ["linux", "macos"]', True),
        ("not settings.think", True),
        ("not (settings.think or settings.gone)", True),
        ("settings.unheard", None),
        ("not settings.unheard", None),
        ("settings.unheard and settings.think", False),
        ("settings.think and settings.unheard", False),
        ("settings.unheard or settings.images", True),
        ("settings.unheard or settings.think", None),
    ],
)
def test_answers(text: str, truth: bool | None) -> None:
    """What is unknown decides nothing, and keeps nothing from being decided."""
    assert ask(text).truth is truth


def test_needs_and_reasons() -> None:
    """An open answer names what is missing, a closed one what decided it."""
    assert ask("settings.a == 1 and (settings.b or settings.a)").needs == ("settings.a", "settings.b")
    assert ask("settings.think == false and settings.images").because == (
        "settings.think is false",
        "settings.images is 2",
    )


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("settings.think = false", 16),
        ("settings.think == ", 19),
        ("settings.think == maybe", 19),
        ("and settings.think", 1),
        ("settings.a settings.b", 12),
        ("(settings.a", 12),
        ("settings.a in 3", 15),
        ("settings.a in [1, 2", 20),
        ("settings.a like 3", 17),
        ("weather == 1", 1),
        ('settings.a == "open', 15),
        ("settings.a == 1; drop", 16),
    ],
)
def test_mistakes_point_at_their_place(text: str, column: int) -> None:
    """A reader of the lint's output finds the word at once."""
    with pytest.raises(CorpusProblem, match=f"column {column}:"):
        parse_condition(text)


def test_size_is_bounded() -> None:
    """Data of others may hold anything."""
    with pytest.raises(CorpusProblem, match="nested"):
        parse_condition("not " * 100 + "settings.a")
    with pytest.raises(CorpusProblem, match="characters"):
        parse_condition("settings.a or " * 200 + "settings.a")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else than our own error comes out."""
    try:
        parse_condition(text).names()
    except CorpusProblem:
        pass


TERMS = st.recursive(
    st.sampled_from(["settings.a", "settings.b", "settings.c"]),
    lambda inner: st.one_of(
        inner.map(lambda one: f"not {one}"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    ),
    max_leaves=6,
)


@given(TERMS)
def test_knowing_more_never_turns_an_answer_round(text: str) -> None:
    """A decided answer stays, whatever the unknown turns out to be: else "applies" could not be trusted."""
    condition = parse_condition(text)
    for values in product((True, False, UNKNOWN), repeat=3):
        known = dict(zip(("settings.a", "settings.b", "settings.c"), values, strict=True))
        truth = condition.ask(lambda name, known=known: known[name]).truth
        if truth is None:
            continue
        for filled in product((True, False), repeat=3):
            more = {
                name: value if value is not UNKNOWN else other
                for (name, value), other in zip(known.items(), filled, strict=True)
            }
            assert condition.ask(lambda name, more=more: more[name]).truth is truth
