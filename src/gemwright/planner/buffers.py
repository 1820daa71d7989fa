"""Compute buffers of llama.cpp: room for activations, masks and logits, on the device and on the host.

Constants were read off llama.cpp's own reservation (commit 0c1e57098, no memory taken, one device that holds every layer)
for micro-batches of 128 to 2,048, contexts of 4,096 to 131,072 and 1 to 4 slots, and agree with published Metal logs to
0.004 %. They hold with flash attention. What CUDA keeps beside this buffer (its pool, its context) is a range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gemwright.catalog.variants import Variant
from gemwright.planner.caches import Cache, Setup
from gemwright.planner.figures import GIB, Figure

__all__ = ["CONTEXT_RANGE", "Buffers", "buffers_of", "compute_figure", "device_context", "mask_bytes"]

_SOURCE: Final = "llama.cpp 0c1e57098's own reservation; micro-batch 128-2,048, context 4,096-131,072, 1-4 slots"
_PER_ROW: Final = {"E2B": 232_484, "E4B": 206_884, "12B": 247_844, "26B-A4B": 196_644, "31B": 366_628}
"""Bytes for each row of a micro-batch on the device, one row of logits a slot."""
_PER_ROW_QUANTISED: Final = {"E4B": 230_436}
"""The same with a quantised cache, where it differs."""
_PER_ROW_ALL: Final = {"E2B": 1_096_744, "E4B": 1_122_344}
"""Bytes for each row where every row has logits, in variants with per-layer embeddings."""
_ROTATIONS: Final = 1_343_488
"""Matrices that a quantised cache is rotated with."""
_REST: Final = 32

CONTEXT_RANGE: Final = {
    "nvidia": (round(0.2 * GIB), round(0.6 * GIB)),
    "amd": (round(0.1 * GIB), round(0.6 * GIB)),
    "intel": (round(0.1 * GIB), round(0.6 * GIB)),
    "apple": (0, round(0.1 * GIB)),
}
"""What a driver's context and libraries take on a device, in bytes, by vendor."""


@dataclass(frozen=True, slots=True)
class Buffers:
    """Compute buffers in bytes; `device` is None where it is not known."""

    device: int | None
    host: int
    mask: int
    remark: str = ""


def buffers_of(variant: Variant, setup: Setup, cache: Cache, *, all_rows: bool = False) -> Buffers:
    """Return what llama.cpp reserves for computing, every layer being on one device.

    Args:
        variant: the model.
        setup: how it is run; without flash attention the device's part is not known.
        cache: its cache.
        all_rows: whether every row gets logits: builds before mid 2026, llama-bench and llama-fit-params.
    """
    rows, geometry = setup.effective_ubatch, variant.geometry
    mask = mask_bytes(setup, cache)
    rotations = _ROTATIONS if setup.quantised else 0
    each = _PER_ROW[variant.id]
    if setup.quantised:
        each = _PER_ROW_QUANTISED.get(variant.id, each)
    device = each * rows + mask + rotations + _REST
    every = all_rows or setup.outputs >= rows
    if every:
        of_all = _PER_ROW_ALL.get(variant.id)
        logits = 4 * rows * (geometry.vocabulary + 2 * geometry.hidden)
        device = max(device, of_all * rows + mask if of_all else logits)
    table = geometry.per_layer_embedding
    per_layer = 4 * table.width * geometry.layers if table else 0
    host = rows * (8 * geometry.hidden + per_layer + (44 if table else 40)) + mask + rotations
    if not setup.flash:
        scores = 4 * rows * geometry.heads * cache.global_cells
        remark = (
            f"without flash attention the scores of a layer alone take {scores} bytes; the rest of that buffer was not"
            " measured"
        )
        return Buffers(None, host, mask, remark)
    return Buffers(device, host, mask, "logits for every row" if every else "")


def mask_bytes(setup: Setup, cache: Cache) -> int:
    """Return the bytes of the masks of a micro-batch: one for each kind of layer, two bytes for each cell and row."""
    return 2 * setup.effective_ubatch * (cache.global_cells + cache.local_cells)


def compute_figure(buffers: Buffers, part: str) -> Figure | None:
    """Return the buffer of the `device` or the `host`, explained, or None where it is not known."""
    value = buffers.device if part == "device" else buffers.host
    if value is None:
        return None
    formula = "bytes of a row x micro-batch + masks" if part == "device" else "inputs of a micro-batch + masks"
    return Figure(f"compute: {part}", value, "bytes", formula, {"masks": buffers.mask}, _SOURCE)


def device_context(vendor: str) -> Figure:
    """Return what a driver takes on a device: the middle of a range, and the range."""
    low, high = CONTEXT_RANGE.get(vendor, CONTEXT_RANGE["nvidia"])
    middle = (low + high) / 2
    return Figure("driver's context", middle, "bytes", "a range by vendor", {"vendor": vendor}, "reports", low, high)
