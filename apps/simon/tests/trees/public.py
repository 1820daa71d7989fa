"""Family trees that others published, from packages that `make trees` fetched; a test that lacks one says why it is skipped."""

from __future__ import annotations

import tarfile
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[4] / "build" / "trees"
PACKAGES = {"gramps": "gramps-6.0.8", "gedcom-lite": "gedcom_lite-0.2.0"}
"""pkg:pypi/gramps@6.0.8 and pkg:pypi/gedcom-lite@0.2.0."""

EXAMPLE = "example/gramps/example.gramps"
"""The tree that Gramps shows itself with."""


@cache
def files(package: str) -> dict[str, bytes]:
    """Return the trees of a package by their paths inside it; skip the test that asks where the package is not there."""
    archive = HERE / f"{PACKAGES[package]}.tar.gz"
    if not archive.is_file():
        pytest.skip(f"pkg:pypi/{package} is not in build/trees: `make trees` fetches it, with a network")
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as packed:
        for member in packed:
            path = member.name.partition("/")[2]
            if member.isfile() and path.lower().endswith((".ged", ".gramps", ".gdz")):
                content = packed.extractfile(member)
                assert content is not None
                found[path] = content.read()
    return found


def twins() -> dict[str, str]:
    """Return Gramps' tests of its import of GEDCOM: the file, and beside it what Gramps made of it."""
    paths = files("gramps")
    pairs = {path: path.removesuffix(".ged") + ".gramps" for path in paths if path.startswith("data/tests/imp_")}
    return {path: same for path, same in pairs.items() if path.endswith(".ged") and same in paths}


def unpacked(folder: Path, package: str, path: str) -> Path:
    """Write one tree of a package into a folder."""
    target = folder / Path(path).name
    target.write_bytes(files(package)[path])
    return target
