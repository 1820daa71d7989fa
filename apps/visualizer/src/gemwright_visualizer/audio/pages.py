"""Memory of long songs: what was read from the mapped file is given back at once."""

from __future__ import annotations

import mmap

from gemwright_visualizer.records import Floats

__all__ = ["give_back"]


def give_back(samples: Floats) -> None:
    """Let go of the pages of a mapped song; they are read from the disk again when somebody asks for them.

    Args:
        samples: of a song; nothing happens where they are not a mapped file, or the system cannot do it.
    """
    pages = getattr(samples, "_mmap", None)
    if isinstance(pages, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)
