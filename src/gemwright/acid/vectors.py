"""The outputs that the test plays, each with what is right.

They are the parser's development vectors (`tests/golden/parse.jsonl`), compiled by `scripts/write_acid_vectors.py`. One
whose prompt ends inside an open thought is played as an output that opens the thought itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadOption
from gemwright.messages import ToolSpec

__all__ = ["Call", "Vector", "chosen", "vectors", "vectors_hash"]

_MAX_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call: its name and arguments. Text that is no JSON object stands for arguments that nobody can read."""

    name: str
    arguments: Mapping[str, Any] | str


@dataclass(frozen=True, slots=True)
class Vector:
    """An output of a model, and what a client has to be told of it.

    Attributes:
        name: family and name, divided by `/`.
        well_formed: whether the output keeps to the format.
        text: what the model says.
        tools: the declared tools.
        reasoning, content, calls: what is right.
        origin: where the form was seen; `own` where it is nobody's report.
    """

    name: str
    well_formed: bool
    text: str
    tools: tuple[ToolSpec, ...]
    reasoning: str
    content: str
    calls: tuple[Call, ...]
    origin: str

    @property
    def family(self) -> str:
        """The family that it belongs to."""
        return self.name.partition("/")[0]


@cache
def _data() -> bytes:
    return files("gemwright.acid").joinpath("vectors.json").read_bytes()


def vectors_hash() -> str:
    """Return a short hash of all vectors: tables of different vectors cannot be compared."""
    return hashlib.sha256(_data()).hexdigest()[:12]


@cache
def vectors() -> tuple[Vector, ...]:
    """Return all vectors, well-formed families first."""
    found = cast("Mapping[str, Any]", jsonx.parse(_data(), max_bytes=_MAX_BYTES))
    tools: list[ToolSpec] = [ToolSpec.from_json(tool) for tool in found["tools"]]
    cases = cast("Sequence[Mapping[str, Any]]", found["cases"])
    return tuple(
        Vector(
            name=one["name"],
            well_formed=one["well_formed"],
            text=one["text"],
            tools=tuple(tools[int(at)] for at in one["tools"]),
            reasoning=one["reasoning"],
            content=one["content"],
            calls=tuple(Call(name, arguments) for name, arguments in one["calls"]),
            origin=one["origin"],
        )
        for one in cases
    )


def chosen(families: Sequence[str] = (), names: Sequence[str] = (), limit: int | None = None) -> tuple[Vector, ...]:
    """Return the vectors of these families and names; all where neither is given.

    Args:
        families: families to play.
        names: single vectors to play, beside the families.
        limit: vectors of each family at most; those that are named come in any case.

    Raises:
        BadOption: there is no such family or vector.
    """
    everything = vectors()
    known_families, known_names = {one.family for one in everything}, {one.name for one in everything}
    for kind, asked, known in (("family", families, known_families), ("case", names, known_names)):
        for name in asked:
            if name not in known:
                raise BadOption(f"there is no {kind} {name!r}", hint=f"one is {min(known)}; `gemwright acid --list`")
    taken: dict[str, int] = {}
    found: list[Vector] = []
    for one in everything:
        wanted = one.family in families or not (families or names)
        if wanted and limit is not None:
            taken[one.family] = taken.get(one.family, 0) + 1
            wanted = taken[one.family] <= limit
        if wanted or one.name in names:
            found.append(one)
    return tuple(found)
