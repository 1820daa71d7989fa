"""Caches keyed by content: the bytes of a JSON value, from which the value itself can be read back.

What is computed from such a key alone can never be stale, however callers change their objects, and equal values share
an entry whichever objects they are.
"""

from __future__ import annotations

import marshal
from typing import Any, Final

__all__ = ["content_key", "content_of"]

LARGEST: Final = 1 << 18
"""Values with more bytes than this are computed anew each time: 64 cached ones stay within 16 MiB."""


def content_key(value: Any) -> bytes | None:
    """Return the bytes of a JSON value; None where it is too large, nested too deeply, or no JSON."""
    try:
        key = marshal.dumps(value)
    except ValueError:
        return None
    return key if len(key) <= LARGEST else None


def content_of(key: bytes) -> Any:
    """Return the value that a key was made of."""
    return marshal.loads(key)  # noqa: S302 - bytes that `content_key` made in this process
