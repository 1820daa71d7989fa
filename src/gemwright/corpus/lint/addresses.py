"""Addresses are full, and packages are cited by package URL, not by the address of a registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check", "fix"]

DESCRIPTION = "addresses are https, repository paths that exist, or package URLs"
_REGISTRY = re.compile(
    r"https?://(?:www\.)?(?:(?P<pypi>pypi\.org/(?:project|simple)|files\.pythonhosted\.org)|(?P<npm>(?:registry\.)?npmjs\.(?:com|org)"
    r"/package|registry\.npmjs\.org))/(?P<name>@?[\w.-]+(?:/[\w.-]+)??)(?:/(?:v/)?(?P<version>\d[\w.]*))?/?(?=[\"'\s)>\]]|$)"
)
_PACKAGE = re.compile(r"pkg:[a-z]+/[\w.@%/+-]+(?:@[\w.+-]+)?(?:#[\w./-]+)?")


def check(world: World) -> Iterator[Fault]:
    """Yield addresses of registries, and references that are no addresses."""
    for name, text in (*world.files.items(), *((n, d.text) for n, d in world.documents.items())):
        for match in _REGISTRY.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield Fault("addresses", name, line, "a registry's address", f"write {_as_package(match)}")
    root = world.directory.parent
    for file, _, source in world.records("sources"):
        if not _is_address(source.ref) and not (root / source.ref).exists():
            line = world.line(file, "ref")
            yield Fault("addresses", file, line, f"{source.ref!r} is neither an address nor a path of this repository")
    for kind, field in (("advisories", "references"), ("claims", "evidence")):
        for file, _, record in world.records(kind):
            for one in getattr(record, field):
                if one.url and not _is_address(one.url):
                    yield Fault("addresses", file, world.line(file, one.url), f"{one.url!r} is no address")
    for file, _, entry in world.records("tooling"):
        if not _is_address(entry.url):
            yield Fault("addresses", file, world.line(file, "url"), f"{entry.url!r} is no address")


def fix(world: World) -> dict[Path, str]:
    """Return the files in which registries' addresses became package URLs."""
    found: dict[Path, str] = {}
    for name, text in (*world.files.items(), *((n, d.text) for n, d in world.documents.items())):
        new = _REGISTRY.sub(_as_package, text)
        if new != text:
            found[world.path(name)] = new
    return found


def _as_package(match: re.Match[str]) -> str:
    kind = "pypi" if match["pypi"] else "npm"
    name = match["name"].replace("@", "%40")
    return f"pkg:{kind}/{name}" + (f"@{match['version']}" if match["version"] else "")


def _is_address(text: str) -> bool:
    if text.startswith("pkg:"):
        return _PACKAGE.fullmatch(text) is not None
    return re.fullmatch(r"https?://[^\s<>\"]+\.[^\s<>\"]+", text) is not None
