"""Variants: the facts that people compute with, and the bytes of a key-value cache that follow from the geometry."""

from __future__ import annotations

import pytest

from gemwright.catalog import Geometry, Variant, catalog, variant_of
from gemwright.foundation.errors import BadOption
from gemwright.wire.dialects import dialect_for

VARIANTS = list(catalog().variants.values())
each_variant = pytest.mark.parametrize("one", VARIANTS, ids=lambda one: one.id)


def kv_bytes(shape: Geometry, tokens: int, width: int = 2) -> int:
    """Bytes of the cache: keys and values of every owning layer, local ones of the window at most."""
    local = 2 * shape.kv_heads_local * shape.head_dim_local * shape.local_kv_layers
    whole = 2 * shape.kv_heads_global * shape.head_dim_global * shape.global_kv_layers
    return width * (local * min(tokens, shape.window) + whole * tokens)


def test_which_there_are() -> None:
    """Smallest first, so that a choice offered to a person has an order."""
    assert [one.id for one in VARIANTS] == ["E2B", "E4B", "12B", "26B-A4B", "31B"]


@pytest.mark.parametrize(
    ("name", "tokens", "expected"),
    [
        ("E2B", 4096, 31_457_280),
        ("E2B", 131_072, 811_597_824),
        ("E4B", 8192, 155_189_248),
        ("E4B", 131_072, 2_168_455_168),
        ("12B", 32_768, 872_415_232),
        ("12B", 262_144, 4_630_511_616),
        ("26B-A4B", 32_768, 880_803_840),
        ("26B-A4B", 262_144, 5_578_424_320),
        ("31B", 4096, 1_174_405_120),
        ("31B", 262_144, 22_313_697_280),  # 20.8 GiB; twice that is quoted by those who forget who owns what
    ],
)
def test_bytes_of_the_cache(name: str, tokens: int, expected: int) -> None:
    """Reported estimates were wrong by up to 18 times because the window or the sharing was forgotten."""
    assert kv_bytes(catalog().variants[name].geometry, tokens) == expected


@pytest.mark.parametrize(
    ("name", "local", "whole"), [("E2B", 12, 3), ("E4B", 20, 4), ("12B", 40, 8), ("26B-A4B", 25, 5), ("31B", 50, 10)]
)
def test_layers_that_own_keys_and_values(name: str, local: int, whole: int) -> None:
    """As llama.cpp and transformers allocate them."""
    shape = catalog().variants[name].geometry
    assert (shape.local_kv_layers, shape.global_kv_layers) == (local, whole)


@each_variant
def test_windows_come_in_a_fixed_pattern(one: Variant) -> None:
    """Four or five local layers, then one that sees everything, to the last layer."""
    step = 5 if one.id == "E2B" else 6
    assert one.geometry.global_layers == tuple(range(step - 1, one.geometry.layers, step))


@each_variant
def test_sharing_layers_use_the_last_owner_of_their_kind(one: Variant) -> None:
    """A layer that borrowed from the other kind would have another head width."""
    shape = one.geometry
    owners = shape.layers - shape.kv_shared_layers
    step = shape.global_layers[0] + 1
    for layer in range(shape.layers):
        owner = shape.kv_owner(layer)
        assert shape.is_global(owner) == shape.is_global(layer)
        assert owner == layer if layer < owners else owners - step <= owner < owners


@each_variant
def test_what_all_have_in_common(one: Variant) -> None:
    """A misplaced digit in one of five files."""
    shape = one.geometry
    assert (shape.head_dim_local, shape.head_dim_global, shape.vocabulary) == (256, 512, 262_144)
    assert (one.sampling.temperature, one.sampling.top_p, one.sampling.top_k) == (1.0, 0.95, 64)
    assert one.sampling.stop_tokens == (1, 106, 50)
    assert one.media.image_tokens == (70, 140, 280, 560, 1120)
    assert one.license == "Apache-2.0"
    assert one.names.instruct == one.names.base + "-it" == f"google/gemma-4-{one.id}-it"


@each_variant
def test_small_and_large(one: Variant) -> None:
    """Size decides the template's flavour, the context and the window; hearing goes its own way."""
    small = one.id in ("E2B", "E4B")
    assert one.flavour == ("small" if small else "large") == dialect_for(one.id).flavour
    assert one.geometry.context == (131_072 if small else 262_144)
    assert one.geometry.window == (512 if small else 1024)
    assert (one.geometry.image_attention == "causal") == small
    hears = one.id in ("E2B", "E4B", "12B")
    assert ("audio" in one.media.input) == hears == (one.media.audio_seconds is not None)
    assert hears == (one.audio is not None or one.unified is not None)
    assert {"text", "image", "video"} <= set(one.media.input)


def test_a_variant_by_any_of_its_names() -> None:
    """Settings and arguments name variants as people do."""
    for name in ("26b-a4b", "26B", "gemma4:26b", "google/gemma-4-26B-A4B-it", " gemma-4-26b-a4b-it-q4_0.gguf "):
        assert variant_of(name).id == "26B-A4B"
    with pytest.raises(BadOption) as caught:
        variant_of("E3B")
    assert "did you mean E" in caught.value.hint
    with pytest.raises(BadOption) as caught:
        variant_of("")
    assert "E2B, E4B, 12B, 26B-A4B, 31B" in caught.value.hint
