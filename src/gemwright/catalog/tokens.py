"""The special tokens of Gemma 4's vocabulary, as data.

The spellings stand in `gemwright.wire.tokens` too, which may read no file; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One special token.

    Attributes:
        spelling: as it stands in text.
        id: its number in the vocabulary, the same for every variant.
        role: what it is for; the name of its constant in `gemwright.wire.tokens`, in small letters, where it has one.
        type: its type in GGUF files. llama.cpp makes tokens of `user_defined` spellings in any text, even when it is
            asked not to parse special tokens.
        source: ids of the sources that say so.
    """

    spelling: str
    id: int
    role: str
    type: Literal["control", "user_defined"]
    source: tuple[str, ...]
