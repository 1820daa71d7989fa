"""The TOML tree under `corpus/`: read whole, with nothing left out and nothing judged.

corpus.toml                  the corpus as a whole
tokens.toml                  [[token]] …
variants/<name>.toml         a variant each
sources/<host>/<slug>.toml   a source each; its path is its id
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from gemwright.foundation.errors import CorpusProblem

__all__ = ["read_tree", "tree_files", "tree_hash"]


def tree_files(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield every data file below the corpus: its path from there, with slashes, and its path. In a fixed order."""
    found = ((path.relative_to(directory).as_posix(), path) for path in directory.rglob("*.toml"))
    yield from sorted((name, path) for name, path in found if not any(part[0] == "." for part in name.split("/")))


def tree_hash(directory: Path) -> str:
    """Return a hash of the corpus, and of the code that reads it: when either changes, what was made of it is old."""
    import hashlib

    digest = hashlib.sha256()
    code = sorted((path.name, path) for path in Path(__file__).parent.glob("*.py"))
    for name, path in [*code, *tree_files(directory)]:
        data = path.read_bytes()
        digest.update(f"{name}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def read_tree(directory: Path) -> dict[str, Any]:
    """Return the whole corpus as plain values that JSON can hold.

    Raises:
        CorpusProblem: a file is missing, unreadable, no TOML, or stands where no file belongs.
    """
    tree: dict[str, Any] = {"corpus": None, "tokens": None, "variants": {}, "sources": {}}
    for name, path in tree_files(directory):
        head, slash, rest = name.removesuffix(".toml").partition("/")
        if slash and head in ("variants", "sources"):
            tree[head][rest] = _read(path, name)
        elif not slash and head in ("corpus", "tokens"):
            tree[head] = _read(path, name)
        else:
            raise CorpusProblem(f"{name} stands where no data file belongs", hint="corpus/README.md has a map")
    for needed in ("corpus", "tokens"):
        if tree[needed] is None:
            raise CorpusProblem(f"{needed}.toml is missing in {directory}")
    return tree


def _read(path: Path, name: str) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", _plain(tomllib.loads(path.read_text(encoding="utf-8"))))
    except OSError as e:
        raise CorpusProblem(f"cannot read {name}: {e.strerror}") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise CorpusProblem(f"{name} is not TOML: {e}") from e


def _plain(value: object) -> object:
    """Return a value with its dates as text, which is what JSON has for them."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in cast("list[object]", value)]
    return value.isoformat() if isinstance(value, datetime.date) else value
