"""Paths are ids: small letters, digits, dots and hyphens, in a folder that the kind knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gemwright.catalog.tooling import GROUPS
from gemwright.corpus.lint.world import Fault, World

__all__ = ["COMPONENTS", "DESCRIPTION", "check"]

DESCRIPTION = "paths are ids in small letters, below a folder that is known"
COMPONENTS = (
    "ollama",
    "llama.cpp",
    "vllm",
    "sglang",
    "transformers",
    "mlx",
    "lmstudio",
    "training",
    "model",
    "client",
    "other",
)
"""Folders of advisories: whose problem it is."""

_PART = re.compile(r"[a-z0-9][a-z0-9.-]*")
_DEPTH = {"claims": 2, "advisories": 2, "sources": 2, "tooling": 2, "measurements": 2}


def check(world: World) -> Iterator[Fault]:
    """Yield paths that are no ids."""
    folders = {
        "claims": frozenset(world.tree["vocab"].get("topics", {})),
        "advisories": frozenset(COMPONENTS),
        "tooling": frozenset(GROUPS),
    }
    for file in world.files:
        kind, _, rest = file.partition("/")
        if not rest:
            continue
        parts = rest.rpartition(".")[0].split("/")
        if not all(_PART.fullmatch(part) for part in parts):
            yield Fault("names", file, 1, "a path is made of small letters, digits, dots and hyphens")
        if len(parts) != _DEPTH.get(kind, 1):
            yield Fault("names", file, 1, f"files of {kind} lie {_DEPTH.get(kind, 1)} deep")
        elif kind in folders and parts[0] not in folders[kind]:
            yield Fault("names", file, 1, f"{kind} have no folder {parts[0]!r}", ", ".join(sorted(folders[kind])))
