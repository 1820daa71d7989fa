"""The stand-in: a small model of Gemma 4's architecture, for tests and demonstrations. It is not Gemma.

`MODEL_CARD.md` beside this file says what it can do, what it cannot, and how it was made.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["model_path"]


def model_path() -> Path:
    """Return the path of the model: a GGUF file (Q8_0) that llama.cpp loads as it is."""
    return Path(__file__).with_name("standin.gguf")
