"""The compiled corpus: one JSON document, and the catalog it opens to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from gemwright.catalog.records import build
from gemwright.catalog.sources import Source
from gemwright.catalog.tokens import Token
from gemwright.catalog.variants import Variant
from gemwright.foundation.errors import CorpusProblem

__all__ = ["SCHEMA", "Catalog", "open_document"]

SCHEMA = 1
"""Version of the document's form. It rises when an older reader could misread a newer document."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that was read.

    Attributes:
        version: CalVer of the corpus.
        license: SPDX id of its licence.
        variants: by id, smallest first.
        tokens: the special tokens, by number.
        sources: by id.
    """

    version: str
    license: str
    variants: Mapping[str, Variant]
    tokens: tuple[Token, ...]
    sources: Mapping[str, Source]

    @property
    def token_ids(self) -> Mapping[str, int]:
        """The number of each special token, by its spelling."""
        return {token.spelling: token.id for token in self.tokens}


@dataclass(frozen=True, slots=True)
class _About:
    version: str
    license: str


def open_document(document: object, where: str) -> Catalog:
    """Return a compiled document as typed objects.

    Args:
        document: what `gemwright.catalog.compile` makes.
        where: what to call it in an error.

    Raises:
        CorpusProblem: it is of another schema, or a record breaks it.
    """
    if not isinstance(document, dict):
        raise CorpusProblem(f"{where} is no compiled corpus")
    parts = cast("dict[str, Any]", document)
    if parts.get("schema") != SCHEMA:
        raise CorpusProblem(
            f"{where} has schema {parts.get('schema')!r}, and this version of gemwright reads schema {SCHEMA}",
            hint="compile it again, or install gemwright again",
        )
    try:
        about = build(_About, parts["corpus"], "corpus.toml")
        variants = [build(Variant, one, f"variant {one.get('id')}") for one in parts["variants"]]
        tokens = [build(Token, one, f"token {one.get('spelling')}") for one in parts["tokens"]]
        sources = {name: build(Source, one, f"source {name}") for name, one in parts["sources"].items()}
    except (KeyError, AttributeError, TypeError) as e:
        raise CorpusProblem(f"{where} is no compiled corpus: {e!r}") from e
    variants.sort(key=lambda one: one.parameters.full_model)
    return Catalog(
        about.version,
        about.license,
        MappingProxyType({one.id: one for one in variants}),
        tuple(sorted(tokens, key=lambda one: one.id)),
        MappingProxyType(sources),
    )
