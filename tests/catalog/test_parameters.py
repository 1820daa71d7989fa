"""The geometry accounts for every parameter: a closed formula over it gives the published numbers, without remainder.

The numbers it is compared with were counted another way: as the sizes of the classes of pkg:pypi/transformers@5.23.0
built on the meta device. A wrong width, head count or layer list cannot pass.
"""

from __future__ import annotations

import re

import pytest

from gemwright.catalog import Geometry, Variant, catalog

VARIANTS = list(catalog().variants.values())
each_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.id)


def language_model(shape: Geometry) -> int:
    """Count the weights of the language model from its shape."""
    embeddings = shape.vocabulary * shape.hidden
    final_norm = shape.hidden
    shared = 0
    if extra := shape.per_layer_embedding:
        width = shape.layers * extra.width
        shared = extra.vocabulary * width + shape.hidden * width + extra.width  # table, projection, norm
    return embeddings + final_norm + shared + sum(layer_weights(shape, layer) for layer in range(shape.layers))


def layer_weights(shape: Geometry, layer: int) -> int:
    """Count one layer: attention, feed-forward, experts, per-layer embedding, norms."""
    hidden = shape.hidden
    owns = shape.kv_owner(layer) == layer
    head_dim = shape.head_dim_global if shape.is_global(layer) else shape.head_dim_local
    count = 2 * hidden * shape.heads * head_dim + head_dim  # query and output projections, query norm
    if owns:
        count += key_and_value(shape, layer)
    mlp = shape.mlp if owns else shape.mlp_kv_shared or shape.mlp
    count += 3 * hidden * mlp + 4 * hidden  # gate, up, down; norms before and after both blocks
    if experts := shape.experts:
        router = hidden * experts.count + hidden + experts.count  # projection, scale of each channel and each expert
        count += experts.count * 3 * hidden * experts.width + router + 3 * hidden  # and three more norms
    if extra := shape.per_layer_embedding:
        count += 2 * hidden * extra.width + hidden  # gate, projection, norm
    return count


def key_and_value(shape: Geometry, layer: int) -> int:
    """Count key and value projections and the key norm of a layer, as if it owned them."""
    is_global = shape.is_global(layer)
    head_dim = shape.head_dim_global if is_global else shape.head_dim_local
    heads = shape.kv_heads_global if is_global else shape.kv_heads_local
    projections = 1 if is_global and shape.key_is_value else 2
    return projections * shape.hidden * heads * head_dim + head_dim


def media_weights(variant: Variant) -> int:
    """Count what stands between pixels or samples and the language model."""
    hidden, count = variant.geometry.hidden, 0
    if vision := variant.vision:
        count += vision.parameters + vision.hidden * hidden
    if audio := variant.audio:
        count += audio.parameters + audio.output * hidden
    if unified := variant.unified:
        count += unified.parameters
    return count


@each_variant
def test_the_language_model_is_its_shape(variant: Variant) -> None:
    """Every weight is explained."""
    assert language_model(variant.geometry) == variant.parameters.language_model


@each_variant
def test_the_full_model_is_the_language_model_and_its_senses(variant: Variant) -> None:
    """Encoders and projections are the whole difference."""
    assert variant.parameters.language_model + media_weights(variant) == variant.parameters.full_model


@each_variant
def test_parts_of_the_parameters(variant: Variant) -> None:
    """Embeddings, per-layer embeddings, and what sharing layers carry without using it."""
    shape, parameters = variant.geometry, variant.parameters
    assert parameters.embeddings == shape.vocabulary * shape.hidden
    extra = shape.per_layer_embedding
    assert parameters.per_layer_embeddings == (extra.vocabulary * shape.layers * extra.width if extra else 0)
    sharing = range(shape.layers - shape.kv_shared_layers, shape.layers)
    assert parameters.unused_in_checkpoint == sum(key_and_value(shape, layer) for layer in sharing)


def test_active_parameters_of_the_mixture() -> None:
    """All but the experts that sleep. It is the card's 3.8B, not the 3.54B of the technical report's table."""
    variant = catalog().variants["26B-A4B"]
    shape, experts = variant.geometry, variant.geometry.experts
    assert experts is not None
    asleep = shape.layers * (experts.count - experts.active) * 3 * shape.hidden * experts.width
    assert variant.parameters.active == variant.parameters.language_model - asleep == 3_822_530_560


def test_the_one_projection_of_12b() -> None:
    """12B has no encoders: a patch of 48 by 48 pixels, or 40 ms of sound, is projected in a few steps."""
    variant = catalog().variants["12B"]
    unified, hidden = variant.unified, variant.geometry.hidden
    assert unified is not None and unified.image_input == 48 * 48 * 3 and unified.audio_input == 16_000 * 40 // 1000
    image = (unified.image_input + 1) * hidden + 2 * unified.image_input + 2 * 2 * hidden  # linear with bias, 3 norms
    image += unified.image_positions * 2 * hidden + hidden * hidden  # positions, linear
    assert image + unified.audio_input * hidden == unified.parameters


@each_variant
def test_our_count_is_the_cards_within_its_rounding(variant: Variant) -> None:
    """The card counts encoders for the three that hear, and leaves them out for the other two."""
    figure = float(re.sub("[^0-9.]", "", variant.parameters.card_total)) * 1e9
    hears = "audio" in variant.media.input
    ours = variant.parameters.full_model if hears else variant.parameters.language_model
    assert abs(ours / figure - 1) < 0.0075
