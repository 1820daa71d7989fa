"""What a rendered prompt is made of: pieces of text that remember where they came from.

A segment is a plain tuple `(text, origin, trainable)`, because prompts have thousands of them and everything downstream
(tokenising, masks, the coloured view) only iterates. Joined, the texts are the prompt, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

__all__ = ["MARKUP", "MEDIA", "TEXT", "Segment", "text_of"]

Segment: TypeAlias = tuple[str, int, bool]
"""`(text, origin, trainable)`.

`origin` is `MARKUP`, `TEXT` or `MEDIA`. `trainable` is true for what the model itself writes in a conversation:
thoughts, calls, answers, and the tokens by which it stops (`<turn|>` after an answer, `<|tool_response>` after its
calls). It is false for what a runtime writes around that: turn openers and role names, results, the newline after
`<turn|>`, and thought marks that the generation prompt writes ahead.
"""

MARKUP: Final = 0
"""Written by the renderer: control tokens, punctuation, the names of the roles that the format knows."""
TEXT: Final = 1
"""Untrusted: it came from a message, a tool declaration, a key, a name or an unknown role."""
MEDIA: Final = 2
"""The placeholder of an image, audio or video part."""


def text_of(segments: Iterable[Segment]) -> str:
    """Return the prompt that segments amount to."""
    return "".join([segment[0] for segment in segments])
