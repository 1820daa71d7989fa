"""Gemma 4's variants: what they are called, how they are built, what they take.

All figures are those of `corpus/variants/`, with the sources named there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "Audio",
    "Experts",
    "Geometry",
    "MediaLimits",
    "Names",
    "Parameters",
    "PerLayerEmbedding",
    "SamplingDefaults",
    "Unified",
    "Variant",
    "Vision",
]

MediaKind: TypeAlias = Literal["text", "image", "video", "audio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a variant is called.

    Attributes:
        base, instruct, drafter: ids on Hugging Face; the drafter proposes tokens for speculative decoding.
        short: sizes by which files and tags name it, in small letters.
        ollama: tags of Ollama's `gemma4` that were seen; there are more.
        source: ids of the sources.
    """

    base: str
    instruct: str
    drafter: str
    short: tuple[str, ...]
    ollama: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLayerEmbedding:
    """A second embedding, looked up once for each layer: `vocabulary` by layers by `width` weights."""

    width: int
    vocabulary: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """Experts beside the dense feed-forward block of each layer: `active` of `count` work on a token."""

    count: int
    active: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """The shape of the language model. Widths are in numbers, lengths in tokens.

    Attributes:
        model_type: as in the checkpoint's configuration.
        layers: number of layers.
        hidden: width between the layers.
        mlp: width of the dense feed-forward blocks.
        mlp_kv_shared: their width in layers that share keys and values, where it is another one.
        heads: query heads of every layer.
        kv_heads_local, kv_heads_global: heads of keys and values of layers with and without a window.
        head_dim_local, head_dim_global: width of one head.
        window: tokens that a local layer looks back.
        global_layers: positions, from 0, of the layers that see everything. The others are local.
        kv_shared_layers: how many of the last layers use the keys and values of an earlier one.
        key_is_value: global layers have no value projection; they norm the key projection in another way instead, so
            keys and values are both kept in a cache.
        vocabulary: number of tokens; input and output embeddings are the same weights.
        context: longest sequence the configuration allows.
        image_attention: whether the tokens of an image see each other both ways, in local layers only.
        source: ids of the sources.
        per_layer_embedding, experts: where the variant has them.
    """

    model_type: str
    layers: int
    hidden: int
    mlp: int
    heads: int
    kv_heads_local: int
    kv_heads_global: int
    head_dim_local: int
    head_dim_global: int
    window: int
    global_layers: tuple[int, ...]
    kv_shared_layers: int
    key_is_value: bool
    vocabulary: int
    context: int
    image_attention: Literal["causal", "bidirectional"]
    source: tuple[str, ...]
    mlp_kv_shared: int | None = None
    per_layer_embedding: PerLayerEmbedding | None = None
    experts: Experts | None = None

    def is_global(self, layer: int) -> bool:
        """Return whether a layer, counted from 0, sees everything."""
        return layer in self.global_layers

    def kv_owner(self, layer: int) -> int:
        """Return the layer whose keys and values a layer uses: itself, or the last owner of its own kind."""
        owners = self.layers - self.kv_shared_layers
        if layer < owners:
            return layer
        return max(other for other in range(owners) if self.is_global(other) == self.is_global(layer))

    @property
    def local_kv_layers(self) -> int:
        """How many local layers own keys and values, of at most `window` tokens each."""
        return sum(not self.is_global(layer) for layer in range(self.layers - self.kv_shared_layers))

    @property
    def global_kv_layers(self) -> int:
        """How many global layers own keys and values, of every token."""
        return sum(self.is_global(layer) for layer in range(self.layers - self.kv_shared_layers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision:
    """The image encoder: a vision transformer, whose outputs are projected to the language model's width."""

    layers: int
    hidden: int
    mlp: int
    heads: int
    head_dim: int
    parameters: int
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The audio encoder: a conformer of `hidden`, which gives vectors of width `output`."""

    layers: int
    hidden: int
    heads: int
    output: int
    parameters: int
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unified:
    """Image and audio without encoders: raw values of one token's piece, projected into the language model."""

    image_input: int
    image_positions: int
    audio_input: int
    parameters: int
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What a variant takes in.

    Attributes:
        input: kinds of content.
        image_tokens: how many tokens an image may be given, one of these.
        image_tokens_default: what Hugging Face's processor gives it; the published benchmarks used the most.
        video_seconds: longest film, at one frame a second.
        audio_seconds, audio_tokens_per_second: longest piece of sound and its cost, where sound is taken.
        source: ids of the sources.
    """

    input: tuple[MediaKind, ...]
    image_tokens: tuple[int, ...]
    image_tokens_default: int
    video_seconds: int
    source: tuple[str, ...]
    audio_seconds: int | None = None
    audio_tokens_per_second: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingDefaults:
    """How the publisher samples, and the ids of the tokens at which generation stops."""

    temperature: float
    top_p: float
    top_k: int
    stop_tokens: tuple[int, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Numbers of weights, exact where they are ours, and what the model card says in its own words.

    Attributes:
        language_model: without encoders and projections.
        full_model: with them.
        embeddings: input embeddings, which are the output's too.
        per_layer_embeddings: of `language_model`; they can stay in slow memory.
        active: of `language_model`, used for one token, embeddings included, where there are experts.
        unused_in_checkpoint: stored beside `full_model` and never used: key and value weights of sharing layers.
        card_total, card_effective, card_active: the model card's figures.
        source: ids of the sources.
    """

    language_model: int
    full_model: int
    embeddings: int
    card_total: str
    source: tuple[str, ...]
    per_layer_embeddings: int = 0
    unused_in_checkpoint: int = 0
    active: int | None = None
    card_effective: str = ""
    card_active: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A Gemma 4 checkpoint.

    Attributes:
        id: `E2B`, `E4B`, `12B`, `26B-A4B` or `31B`.
        flavour: of the chat template: with thinking off, `large` ones write an empty thought before the answer.
        released: day of the release, ISO 8601.
        license: SPDX id of the weights' licence.
        source: ids of the sources of these facts; each block names its own.
    """

    id: str
    flavour: Literal["small", "large"]
    released: str
    license: str
    source: tuple[str, ...]
    names: Names
    geometry: Geometry
    media: MediaLimits
    sampling: SamplingDefaults
    parameters: Parameters
    vision: Vision | None = None
    audio: Audio | None = None
    unified: Unified | None = None
