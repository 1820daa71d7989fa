"""The corpus compiled: checked as a whole and written as one JSON document, which opens in a millisecond.

    python -m gemwright.catalog.compile corpus corpus.json

Only the standard library is imported, so a build can run it in an empty environment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gemwright.catalog.document import SCHEMA, Catalog, open_document
from gemwright.catalog.kinds import KINDS
from gemwright.catalog.reader import read_tree, tree_hash
from gemwright.catalog.variants import Geometry, Variant
from gemwright.foundation.errors import CorpusProblem
from gemwright.foundation.files import write_whole
from gemwright.foundation.jsonx import canonical

__all__ = ["compile_tree", "main", "write"]


def compile_tree(directory: Path) -> dict[str, Any]:
    """Return the corpus below a directory as one checked document.

    Raises:
        CorpusProblem: a record breaks its schema, or two of them contradict each other.
    """
    tree = read_tree(directory)
    tokens = tree["tokens"]
    if set(tokens) != {"token"}:
        raise CorpusProblem("tokens.toml holds [[token]] tables and nothing else")
    document = {**tree, "schema": SCHEMA, "tree": tree_hash(directory), "tokens": tokens["token"]}
    for name, variant in tree["variants"].items():
        if name != str(variant.get("id", "")).lower():
            raise CorpusProblem(f"the variant {variant.get('id')!r} stands in a file of another name")
    catalog = open_document(document, "the corpus")
    for kind in KINDS.values():
        catalog.all(kind.record)
    _check(catalog)
    return document


def write(directory: Path, target: Path) -> None:
    """Compile a corpus into a file.

    Raises:
        CorpusProblem: the corpus has a mistake.
        OSError: the file cannot be written.
    """
    write_whole(target, canonical(compile_tree(directory)).encode())


def _check(catalog: Catalog) -> None:
    """Raise where the records are each right and together wrong."""
    _reject_twins("token id", (token.id for token in catalog.tokens))
    _reject_twins("token spelling", (token.spelling for token in catalog.tokens))
    _reject_twins("token role", (token.role for token in catalog.tokens))
    for kind in ("short", "ollama"):
        _reject_twins(f"{kind} name", (name for one in catalog.variants.values() for name in getattr(one.names, kind)))
    for where, ids in _citations(catalog):
        if not ids:
            raise CorpusProblem(f"{where} names no source")
        for one in ids:
            if one not in catalog.sources:
                raise CorpusProblem(f"{where} cites {one!r}, which is no file below sources/")
    for one in catalog.variants.values():
        _check_geometry(one.id, one.geometry)


def _reject_twins(what: str, values: Iterable[object]) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise CorpusProblem(f"the {what} {value!r} stands in the corpus {count} times")


def _citations(catalog: Catalog) -> Iterator[tuple[str, Sequence[str]]]:
    for token in catalog.tokens:
        yield f"the token {token.spelling}", token.source
    for one in catalog.variants.values():
        yield f"the variant {one.id}", one.source
        for block in _blocks(one):
            yield f"{type(block).__name__} of {one.id}", block.source


def _blocks(one: Variant) -> Iterator[Any]:
    blocks = (one.names, one.geometry, one.media, one.sampling, one.parameters, one.vision, one.audio, one.unified)
    yield from (block for block in blocks if block is not None)


def _check_geometry(name: str, shape: Geometry) -> None:
    layers = shape.global_layers
    if list(layers) != sorted(set(layers)) or not layers or layers[0] < 0 or layers[-1] != shape.layers - 1:
        raise CorpusProblem(f"{name}: global_layers must rise, and end with the last layer")
    owners = {shape.is_global(layer) for layer in range(shape.layers - shape.kv_shared_layers)}
    if shape.kv_shared_layers and owners != {True, False}:
        raise CorpusProblem(f"{name}: layers share keys and values, but not every kind has an owner")
    for heads in (shape.kv_heads_local, shape.kv_heads_global):
        if heads < 1 or shape.heads % heads:
            raise CorpusProblem(f"{name}: {shape.heads} query heads cannot share {heads} key heads")


def main(arguments: Sequence[str] | None = None) -> None:
    """Compile a corpus as the command line says, and end with 1 and a sentence where it has a mistake."""
    import argparse

    parser = argparse.ArgumentParser("python -m gemwright.catalog.compile", description="Check and compile a corpus.")
    parser.add_argument("corpus", type=Path, help="the directory that holds corpus.toml")
    parser.add_argument("out", type=Path, help="the JSON file to write")
    given = parser.parse_args(arguments)
    try:
        write(given.corpus, given.out)
    except CorpusProblem as e:
        raise SystemExit(f"error: {e.message}" + (f"\nhint: {e.hint}" if e.hint else "")) from e


if __name__ == "__main__":
    main()
