"""The catalog opened: from the compiled corpus in the wheel, or from the tree of a source checkout.

A checkout compiles its tree once and keeps the result in the user's cache, under the hash of what it was made from. A
cache that is broken, old or cannot be written costs time, nothing else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

from gemwright.catalog.document import Catalog, open_document
from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, CorpusProblem

__all__ = ["catalog"]

_PACKAGED = Path(__file__).parent.parent / "_corpus" / "corpus.json"
_CHECKOUT = Path(__file__).parents[3] / "corpus"
_MAX_BYTES = 64 * 1024 * 1024
_KEPT = 4


@cache
def catalog() -> Catalog:
    """Return the catalog of this installation; it is read once.

    Raises:
        CorpusProblem: the data is missing or broken, which a new installation mends.
    """
    if _PACKAGED.is_file():
        return open_document(_parse(_PACKAGED), str(_PACKAGED))
    if (_CHECKOUT / "corpus.toml").is_file():
        from gemwright.foundation.paths import places

        return _open_checkout(_CHECKOUT, places().cache / "corpus")
    raise CorpusProblem("the data of the catalog is missing", hint="install gemwright again")


def _parse(path: Path) -> object:
    try:
        return jsonx.parse(path.read_bytes(), max_bytes=_MAX_BYTES)
    except (OSError, BadJSON) as e:
        raise CorpusProblem(f"cannot read {path}: {e}", hint="install gemwright again") from e


def _open_checkout(tree: Path, cache_directory: Path) -> Catalog:
    from gemwright.catalog.reader import tree_hash

    digest = tree_hash(tree)
    cached = cache_directory / f"{digest}.json"
    try:
        document = _parse(cached)
        if isinstance(document, dict) and cast("dict[str, Any]", document).get("tree") == digest:
            return open_document(cast("object", document), str(cached))
    except CorpusProblem:
        pass  # there is none yet, or it is broken: it is made again
    from gemwright.catalog.compile import compile_tree
    from gemwright.foundation.files import write_whole

    document = compile_tree(tree)
    try:
        write_whole(cached, jsonx.canonical(document).encode())
        _remove_old(cache_directory)
    except OSError:
        pass  # a cache that cannot be written costs the time of compiling, each time
    return open_document(document, str(tree))


def _remove_old(directory: Path) -> None:
    """Keep the last few documents: several checkouts share a cache, and each change makes a new one."""
    documents = sorted(directory.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in documents[:-_KEPT]:
        path.unlink(missing_ok=True)
