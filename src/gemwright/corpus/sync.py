"""Pinned upstream material in the user's cache: what is missing, where it is fetched from, and whether it is what it was.

Knows: addresses and hashes of the tooling index. Never knows: how bytes travel; whoever calls brings a function for that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from gemwright.catalog.document import Catalog
from gemwright.catalog.tooling import Tooling
from gemwright.foundation.errors import CorpusProblem, GemwrightError
from gemwright.foundation.files import write_whole

__all__ = ["ORIGIN", "Pinned", "Synced", "pinned", "sync"]

ORIGIN = "https://raw.githubusercontent.com"
"""Where files of GitHub repositories are served by commit."""

Fetch = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file that can be fetched.

    Attributes:
        id: of its entry in the index.
        path: `owner/name/commit/path`, both below the origin and in the cache.
        sha256: what it must be; empty where nobody has fetched it yet.
    """

    id: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of one file.

    Attributes:
        pinned: the file.
        outcome: `kept` was there and right; `fetched` is there now; `unverified` is there now, but nothing is known to
            compare it with; `failed` is not.
        sha256: of what is there.
        problem: why it failed.
    """

    pinned: Pinned
    outcome: Literal["kept", "fetched", "unverified", "failed"]
    sha256: str = ""
    problem: str = ""


def pinned(catalog: Catalog, groups: Iterable[str] = ()) -> Iterator[Pinned]:
    """Yield the files of the index that name repository, path and commit.

    Args:
        catalog: the records.
        groups: only these groups; all where empty.

    Raises:
        CorpusProblem: a path would leave its folder.
    """
    chosen = frozenset(groups)
    for name, one in catalog.all(Tooling).items():
        if one.repository and one.path and one.commit and (not chosen or name.partition("/")[0] in chosen):
            path = f"{one.repository}/{one.commit}/{one.path}"
            if any(part in ("", ".", "..") for part in path.split("/")) or "\\" in path or ":" in path:
                raise CorpusProblem(f"tooling/{name} has a path that leaves its folder: {path!r}")
            if not path.endswith("/") and "." in path.rpartition("/")[2]:  # folders cannot be fetched as one file
                yield Pinned(name, path, one.sha256)


async def sync(wanted: Iterable[Pinned], directory: Path, fetch: Fetch, tell: Callable[[Synced], None]) -> list[Synced]:
    """Fetch what is missing or broken. A file appears whole and right, or not at all; the rest goes on.

    Args:
        wanted: the files.
        directory: the cache.
        fetch: returns the bytes at a path below the origin; raises a `GemwrightError` where it cannot.
        tell: is told of every file when it is done.
    """
    done: list[Synced] = []
    for one in wanted:
        result = await _sync_one(one, directory / one.path, fetch)
        done.append(result)
        tell(result)
    return done


async def _sync_one(one: Pinned, target: Path, fetch: Fetch) -> Synced:
    try:
        if target.is_file():
            found = hashlib.sha256(target.read_bytes()).hexdigest()
            if found == one.sha256 or not one.sha256:
                return Synced(one, "kept", found)
        data = await fetch("/" + quote(one.path))
        found = hashlib.sha256(data).hexdigest()
        if one.sha256 and found != one.sha256:
            return Synced(one, "failed", found, f"its sha256 is {found}, not {one.sha256}; nothing was kept")
        write_whole(target, data)
    except GemwrightError as e:
        return Synced(one, "failed", problem=e.message)
    except OSError as e:
        return Synced(one, "failed", problem=f"cannot write {target}: {e.strerror}")
    return Synced(one, "fetched" if one.sha256 else "unverified", found)
