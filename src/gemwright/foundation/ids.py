"""Identifiers: of turns, which sort by time; of calls; of contents."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path

__all__ = ["call_id", "content_hash", "file_hash", "turn_id"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is taken for another, and in the order of the code points."""
_TIME_DIGITS = 10  # 50 bits of milliseconds: until the year 37,000
_CHANCE_DIGITS = 16
_CHANCE_BITS = 80
_STEP_BITS = 40
_READ_BYTES = 1024 * 1024

_lock = threading.Lock()
_last: tuple[int, int] = (0, 0)


def turn_id() -> str:
    """Return a new id such as `turn_01kat9x3vq8m2d5r7w0b4c6f9h`.

    Ids of one process sort in the order in which they were made, also within a millisecond and when the clock is set
    back; ids of several processes sort by their clocks.
    """
    global _last
    now, chance = time.time_ns() // 1_000_000, _random_bits(_CHANCE_BITS - 1)
    with _lock:
        last, last_chance = _last
        if now <= last:  # a step at random, so that a forked process does not take the same one
            now, chance = last, (last_chance + 1 + _random_bits(_STEP_BITS)) % (1 << _CHANCE_BITS)
        _last = (now, chance)
    return "turn_" + _digits(now, _TIME_DIGITS) + _digits(chance, _CHANCE_DIGITS)


def _random_bits(count: int) -> int:
    return int.from_bytes(os.urandom(16), "big") >> (128 - count)


def _digits(number: int, length: int) -> str:
    digits: list[str] = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def call_id(turn: str, index: int) -> str:
    """Return the id of a call in a turn: the same turn and index always give the same id.

    Args:
        turn: id of the turn.
        index: position of the call in the turn, from 0.
    """
    return f"call_{turn.removeprefix('turn_')}_{index}"


def content_hash(data: bytes) -> str:
    """Return `sha256:` and the 64 hexadecimal digits of the SHA-256 of some bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def file_hash(path: Path) -> str:
    """Return the content hash of a file of any size, read piece by piece.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return "sha256:" + digest.hexdigest()
