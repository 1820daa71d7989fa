"""A model that has forgotten everything: the same file, the blocks of its weights in random order."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final, cast

import gguf
import numpy as np

__all__ = ["shuffle_weights"]

_SEED: Final = 5


def shuffle_weights(model: Path, target: Path) -> Path:
    """Write a copy of a model with each matrix's quantised blocks in random order; vectors such as norms stay.

    Args:
        model: a GGUF file.
        target: where the copy goes.
    """
    shutil.copyfile(model, target)
    draw = np.random.default_rng(_SEED)
    reader = cast("Any", gguf.GGUFReader(target, "r+"))
    for tensor in reader.tensors:
        if len(tensor.shape) < 2:
            continue
        _, size = gguf.GGML_QUANT_SIZES[tensor.tensor_type]
        flat = tensor.data.reshape(-1).view(np.uint8).reshape(-1, size)
        flat[:] = flat[draw.permutation(len(flat))]
    reader.data.flush()
    return target
