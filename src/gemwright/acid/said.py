"""What the shipped demo model is known to say exactly, for runtimes that do not show what the model said.

`said.json` is written by `scripts/write_acid_said.py`, which asks llama.cpp for every vector and compares token ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from gemwright.foundation import jsonx

__all__ = ["known_to_say", "listed_model"]


@cache
def _listed() -> Mapping[str, Any]:
    data = files("gemwright.acid").joinpath("said.json").read_bytes()
    return cast("Mapping[str, Any]", jsonx.parse(data, max_bytes=1 << 20))


def listed_model() -> str:
    """Return the SHA-256 of the model file that the list is about."""
    return str(_listed()["model"])


def known_to_say(name: str, *, thinking: bool) -> bool:
    """Return whether the shipped model says a vector exactly when it is asked to.

    Args:
        name: the vector's name.
        thinking: whether thinking is on.
    """
    return name not in _listed()["not_said"]["on" if thinking else "off"]
