"""What is drawn by lot: the same seed gives the same draws on every machine."""

from __future__ import annotations

import random

__all__ = ["lot_of"]


def lot_of(*seeds: object) -> random.Random:
    """Return a source of draws for a purpose: its name, the film's seed, and what else tells it from others."""
    return random.Random(" ".join(map(str, seeds)))  # noqa: S311  # nothing here is secret
