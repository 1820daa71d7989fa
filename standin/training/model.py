"""Gemma 4's text model with E2B's features, in plain PyTorch: what llama.cpp computes for the architecture `gemma4`.

Sliding and global layers take turns, each with its own head size and rotary base. The last layers have no keys and values
of their own and read those of the last owner of their kind. Every layer gets a small embedding of the token (per-layer
embeddings), the output layer is the embedding table, and a soft cap bounds the logits.

A batch is one long row of documents. Positions start anew with each, and nothing is seen across their borders.

Sources: llama.cpp's `src/models/gemma4.cpp`; `modeling_gemma4.py` of pkg:pypi/transformers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.attention.flex_attention import BlockMask, flex_attention

__all__ = ["STANDIN", "TINY", "Attention", "Gemma4", "Shape", "dense_attention", "flex", "flex_masks", "summed_loss"]

Attention = Callable[[Tensor, Tensor, Tensor, bool], Tensor]
"""Queries, keys and values (heads, tokens, head size), and whether the layer is global, to what was attended to."""

BLOCK = 128
"""Tokens in a block of `flex_attention`'s masks."""


@dataclass(frozen=True)
class Shape:
    """The sizes of a model.

    Attributes:
        vocabulary: tokens.
        width: numbers in the residual stream.
        layers: how many.
        period: every `period`-th layer is global, the others slide.
        shared: the last layers, which read other layers' keys and values.
        heads: query heads.
        kv_heads: key and value heads.
        head_sliding: head size in sliding layers.
        head_global: head size in global layers.
        turning: pairs of a global head that turn with the position; the rest stand still.
        mlp: inner size of the gated MLP.
        per_layer: numbers in a per-layer embedding.
        window: tokens that a sliding layer sees, its own included.
        base_sliding: rotary base of sliding layers.
        base_global: rotary base of global layers.
        cap: bound of the logits.
        context: tokens that a conversation may have.
    """

    vocabulary: int = 2048
    width: int = 320
    layers: int = 12
    period: int = 3
    shared: int = 3
    heads: int = 4
    kv_heads: int = 4
    head_sliding: int = 64
    head_global: int = 128
    turning: int = 16
    mlp: int = 576
    per_layer: int = 32
    window: int = 1024
    base_sliding: float = 1e4
    base_global: float = 1e6
    cap: float = 30.0
    context: int = 8192

    def __post_init__(self) -> None:
        last_owner = self.layers - self.shared - 1
        if not self.is_global(last_owner) or self.is_global(last_owner - 1):
            raise ValueError("the last layer with its own keys has to be global, and the one before it sliding")

    def is_global(self, layer: int) -> bool:
        """Return whether a layer sees the whole conversation."""
        return layer % self.period == self.period - 1

    def owns_keys(self, layer: int) -> bool:
        """Return whether a layer computes keys and values of its own."""
        return layer < self.layers - self.shared

    def head(self, layer: int) -> int:
        """Return the head size of a layer."""
        return self.head_global if self.is_global(layer) else self.head_sliding


STANDIN = Shape()
"""The shape that is shipped: 13.1 million parameters."""
TINY = Shape(width=64, layers=6, head_sliding=32, head_global=64, turning=8, mlp=64, heads=2, kv_heads=1)
"""A shape for tests: it trains on a processor within seconds and knows nothing."""


def rms_norm(x: Tensor, weight: Tensor | None = None) -> Tensor:
    """Return `x` at unit root mean square, times a weight that is used as it is (no `1 +`)."""
    y = x.float()
    y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6)
    return (y if weight is None else y * weight).to(x.dtype)


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Return `x` (tokens, heads, size) turned by its position; a pair is a number of each half."""
    cos, sin = turn
    a, b = x.float().chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1).to(x.dtype)


class Linear(nn.Module):
    """A matrix without a bias, kept in float32 and used in the type of its input."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Multiply."""
        return F.linear(x, self.weight.to(x.dtype))


class Layer(nn.Module):
    """One decoder layer. Its parameters carry the names that GGUF gives them."""

    def __init__(self, shape: Shape, index: int) -> None:
        super().__init__()
        self.shape, self.is_global, self.owns, self.size = (
            shape,
            shape.is_global(index),
            shape.owns_keys(index),
            shape.head(index),
        )
        width, size = shape.width, self.size

        def norm(length: int, start: float = 1.0) -> nn.Parameter:
            return nn.Parameter(torch.full((length,), start))

        # Attention is scaled by 1.0, so the usual 1 / sqrt(size) starts in the norms of queries and keys.
        self.attn_q, self.attn_q_norm = Linear(width, shape.heads * size), norm(size, 1.5 * size**-0.25)
        if self.owns:
            self.attn_k, self.attn_k_norm = Linear(width, shape.kv_heads * size), norm(size, size**-0.25)
            self.attn_v = Linear(width, shape.kv_heads * size)
        self.attn_output = Linear(shape.heads * size, width)
        self.ffn_gate, self.ffn_up = Linear(width, shape.mlp), Linear(width, shape.mlp)
        self.ffn_down = Linear(shape.mlp, width)
        self.inp_gate, self.proj = Linear(width, shape.per_layer), Linear(shape.per_layer, width)
        self.attn_norm, self.post_attention_norm = norm(width), norm(width, 0.5)
        self.ffn_norm, self.post_ffw_norm, self.post_norm = norm(width), norm(width, 0.5), norm(width, 0.2)

    def forward(
        self,
        x: Tensor,
        token: Tensor,
        turn: tuple[Tensor, Tensor],
        attend: Attention,
        kept: dict[bool, tuple[Tensor, Tensor]],
    ) -> Tensor:
        """Return the residual stream after this layer.

        Args:
            x: the stream, (tokens, width).
            token: this layer's embedding of the tokens.
            turn: cosines and sines of the positions.
            attend: the attention to use.
            kept: keys and values of the last owner of each kind; an owner puts its own there.
        """
        tokens, shape = len(x), self.shape
        y = rms_norm(x, self.attn_norm)
        q = rotate(rms_norm(self.attn_q(y).view(tokens, shape.heads, self.size), self.attn_q_norm), turn)
        if self.owns:
            k = rotate(rms_norm(self.attn_k(y).view(tokens, shape.kv_heads, self.size), self.attn_k_norm), turn)
            v = rms_norm(self.attn_v(y).view(tokens, shape.kv_heads, self.size))
            kept[self.is_global] = (k.transpose(0, 1), v.transpose(0, 1))
        seen = attend(q.transpose(0, 1), *kept[self.is_global], self.is_global)
        x = x + rms_norm(self.attn_output(seen.transpose(0, 1).reshape(tokens, -1)), self.post_attention_norm)
        y = rms_norm(x, self.ffn_norm)
        y = self.ffn_down(F.gelu(self.ffn_gate(y), approximate="tanh") * self.ffn_up(y))
        x = x + rms_norm(y, self.post_ffw_norm)
        y = self.proj(F.gelu(self.inp_gate(x), approximate="tanh") * token)
        return x + rms_norm(y, self.post_norm)


class Gemma4(nn.Module):
    """The whole model; parameters carry GGUF's names with `blocks` for `blk` and without `.weight` on norms."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        wide = shape.per_layer * shape.layers
        self.token_embd = nn.Parameter(torch.randn(shape.vocabulary, shape.width) * shape.width**-0.5)
        self.per_layer_token_embd = nn.Parameter(torch.randn(shape.vocabulary, wide) * shape.per_layer**-0.5)
        self.per_layer_model_proj = Linear(shape.width, wide)
        self.per_layer_proj_norm = nn.Parameter(torch.ones(shape.per_layer))
        self.output_norm = nn.Parameter(torch.ones(shape.width))
        self.blocks = nn.ModuleList(Layer(shape, index) for index in range(shape.layers))

    def turns(self, positions: Tensor) -> dict[bool, tuple[Tensor, Tensor]]:
        """Return cosines and sines for global (True) and sliding (False) layers, (tokens, 1, half a head)."""
        shape, found = self.shape, {}
        for is_global, size, base in (
            (False, shape.head_sliding, shape.base_sliding),
            (True, shape.head_global, shape.base_global),
        ):
            speed = base ** (-torch.arange(0, size, 2, device=positions.device, dtype=torch.float32) / size)
            if is_global:
                speed = torch.where(torch.arange(size // 2, device=positions.device) < shape.turning, speed, 0.0)
            angle = (positions.float()[:, None] * speed)[:, None]
            found[is_global] = (angle.cos(), angle.sin())
        return found

    def forward(
        self, ids: Tensor, positions: Tensor, attend: Attention, precision: torch.dtype = torch.float32
    ) -> Tensor:
        """Return the last hidden states, (tokens, width), of one row of token ids."""
        shape = self.shape
        x = (F.embedding(ids, self.token_embd) * math.sqrt(shape.width)).to(precision)
        token = (F.embedding(ids, self.per_layer_token_embd) * math.sqrt(shape.per_layer)).to(precision)
        context = self.per_layer_model_proj(x).view(-1, shape.layers, shape.per_layer) * shape.width**-0.5
        context = rms_norm(context, self.per_layer_proj_norm)
        token = (context + token.view(-1, shape.layers, shape.per_layer)) * 2**-0.5
        turns, kept = self.turns(positions), {}
        for index, block in enumerate(self.blocks):
            x = block(x, token[:, index], turns[shape.is_global(index)], attend, kept)
        return rms_norm(x, self.output_norm)

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the capped logits, float32."""
        raw = F.linear(hidden, self.token_embd.to(hidden.dtype)).float()
        return self.shape.cap * torch.tanh(raw / self.shape.cap)


def dense_attention(shape: Shape, documents: Tensor) -> Attention:
    """Return attention that spells out every pair of tokens: slow, exact, for tests and processors.

    Args:
        shape: the model's.
        documents: the number of every token's document.
    """
    at = torch.arange(len(documents), device=documents.device)
    sees = (at[:, None] >= at) & (documents[:, None] == documents)
    near = sees & (at[:, None] - at < shape.window)
    group = shape.heads // shape.kv_heads

    def attend(q: Tensor, k: Tensor, v: Tensor, is_global: bool) -> Tensor:
        k, v = k.repeat_interleave(group, 0), v.repeat_interleave(group, 0)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=sees if is_global else near, scale=1.0)

    return attend


def _ordered(blocks: Tensor) -> tuple[Tensor, Tensor]:
    """Return how many blocks each row of a matrix names, and which, those first."""
    count = blocks.sum(-1, dtype=torch.int32)
    order = blocks.to(torch.int8).argsort(dim=-1, descending=True, stable=True).to(torch.int32)
    return count[None, None], order[None, None]


def flex_masks(documents: Tensor, starts: Tensor, window: int) -> tuple[BlockMask, BlockMask]:
    """Return the masks of global and of sliding layers, made from the documents' borders without asking every pair.

    Args:
        documents: the number of every token's document, growing along the row; the row is a multiple of `BLOCK` long.
        starts: where every token's document starts.
        window: tokens that a sliding layer sees.
    """
    count = len(documents) // BLOCK
    block = torch.arange(count, device=documents.device)
    first, last = documents[::BLOCK], documents[BLOCK - 1 :: BLOCK]
    some = (block[:, None] >= block) & (block >= starts[::BLOCK, None] // BLOCK)
    whole = (block[:, None] > block) & (last[:, None] == first)
    apart = block[:, None] - block  # in blocks: the nearest tokens are BLOCK * apart - (BLOCK - 1) from each other
    touches, inside = apart * BLOCK - (BLOCK - 1) < window, apart * BLOCK + (BLOCK - 1) < window

    def causal(_b: Tensor, _h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        return (q >= k) & (documents[q] == documents[k])

    def near(_b: Tensor, _h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        return (q >= k) & (q - k < window) & (documents[q] == documents[k])

    def mask(some: Tensor, whole: Tensor, rule: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> BlockMask:
        return BlockMask.from_kv_blocks(*_ordered(some & ~whole), *_ordered(whole), BLOCK_SIZE=BLOCK, mask_mod=rule)

    return mask(some, whole, causal), mask(some & touches, whole & inside, near)


def flex(masks: tuple[BlockMask, BlockMask]) -> Attention:
    """Return attention through `flex_attention`, which skips the blocks that the masks leave out."""

    def attend(q: Tensor, k: Tensor, v: Tensor, is_global: bool) -> Tensor:
        mask = masks[0] if is_global else masks[1]
        return flex_attention(q[None], k[None], v[None], block_mask=mask, scale=1.0, enable_gqa=True)[0]

    return attend


def summed_loss(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Return the cross entropy of every next token, each with its weight, over the sum of weights."""
    every = F.cross_entropy(logits, targets, reduction="none")
    return (every * weights).sum() / weights.sum().clamp(min=1.0)
