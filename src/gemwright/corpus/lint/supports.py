"""A statement of support that is true in part says which part, and one that mirrors says nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gemwright.corpus.lint.world import Fault, World
from gemwright.foundation.versions import parse

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "support in part has a note, a mirror has nothing else, versions parse"


def check(world: World) -> Iterator[Fault]:
    """Yield statements that do not say enough, or too much."""
    schemes = {name: runtime.scheme for _, name, runtime in world.records("runtimes")}
    mirrors = {name: runtime.mirror for _, name, runtime in world.records("runtimes")}
    for file, _, feature in world.records("support"):
        for name, count in Counter((one.runtime, one.variants) for one in feature.statement).items():
            if count > 1:
                yield _fault(world, file, name[0], f"{name[0]} is answered {count} times for the same variants")
        for one in feature.statement:
            if one.partial and not one.note:
                yield _fault(world, file, one.runtime, f"{one.runtime}: partial needs a note")
            if one.mirror and (one.since or one.until or one.partial):
                yield _fault(world, file, one.runtime, f"{one.runtime}: what mirrors has no versions of its own")
            if one.mirror and mirrors.get(one.runtime) != one.mirror:
                yield _fault(world, file, one.runtime, f"runtimes/{one.runtime} does not carry {one.mirror}")
            for version in (one.since.lstrip("\u2264"), one.until):
                scheme = schemes.get(one.runtime)
                if version and scheme and parse(version, scheme) is None:
                    yield _fault(world, file, version, f"{one.runtime}: {version!r} is no {scheme} version")


def _fault(world: World, file: str, needle: str, message: str) -> Fault:
    return Fault("supports", file, world.line(file, needle), message)
