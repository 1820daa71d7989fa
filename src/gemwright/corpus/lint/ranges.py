"""Ranges of versions parse, and can hold a version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gemwright.catalog.ranges import Range
from gemwright.corpus.lint.world import Fault, World
from gemwright.foundation.versions import parse

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "ranges parse, rise, and are not empty"


def check(world: World) -> Iterator[Fault]:
    """Yield ranges that cannot be."""
    for kind, field in (("advisories", "affected"), ("claims", "applies")):
        for file, _, record in world.records(kind):
            for row in getattr(record, field):
                for needle, message in _problems(row):
                    yield Fault("ranges", file, world.line(file, needle), f"{row.package}: {message}")
    for file, name, runtime in world.records("runtimes"):
        versions = [step.version for step in runtime.milestone]
        for version in (*versions, runtime.at_least, runtime.latest, *runtime.never):
            if version and parse(version, runtime.scheme) is None:
                line = world.line(file, version)
                yield Fault("ranges", file, line, f"{version!r} is no {runtime.scheme} version")
        for quirk in runtime.quirk:
            versions = quirk.versions(name, runtime.scheme)
            for needle, message in _problems(versions):
                yield Fault("ranges", file, world.line(file, needle), f"quirk {quirk.id}: {message}")
            told = _told(world, quirk.advisory, name)
            if told and not any(row.events == quirk.events for row in told):
                message = f"quirk {quirk.id}: its versions are none that {quirk.advisory} names"
                yield Fault("ranges", file, world.line(file, quirk.id), message)


def _told(world: World, advisory: str, package: str) -> list[Range]:
    """Return the ranges of a package that an advisory names."""
    found = (record for _, name, record in world.records("advisories") if name == advisory)
    return [row for record in found for row in record.affected if row.package == package]


def _problems(row: Any) -> Iterator[tuple[str, str]]:
    inside, before = False, None
    for event in row.events:
        named = event.as_mapping()
        if len(named) != 1:
            yield "events", f"an event names one of introduced, fixed, last_affected, not {len(named)}"
            continue
        [(effect, text)] = named.items()
        version = parse(text, row.scheme) if text != "0" else None
        if version is None and text != "0":
            yield text, f"{text!r} is no {row.scheme} version"
            continue
        if (effect == "introduced") is inside:
            yield text, f"{effect} {text} stands where the range {'is open already' if inside else 'is not open'}"
        if before is not None and version is not None:
            earlier = version < before or (version == before and effect == "fixed" and inside)
            if earlier:
                yield text, f"{effect} {text} is not after what stands before it, so the range is empty"
        inside, before = effect == "introduced", version or before
    if row.last_seen:
        last = parse(row.last_seen, row.scheme)
        if last is None:
            yield row.last_seen, f"last_seen {row.last_seen!r} is no {row.scheme} version"
        elif inside and before is not None and last < before:
            yield row.last_seen, f"it was last seen in {row.last_seen}, before it was introduced"
    if row.every_version and row.events and not inside:
        yield "every_version", "the range has an end, and yet holds every version"
