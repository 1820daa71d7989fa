"""The compiled corpus: one JSON document, and the catalog it opens to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar, cast

from gemwright.catalog.kinds import KINDS
from gemwright.catalog.records import build
from gemwright.catalog.sources import Source
from gemwright.catalog.tokens import Token
from gemwright.catalog.variants import Variant
from gemwright.foundation.errors import CorpusProblem

__all__ = ["SCHEMA", "Catalog", "Vocabulary", "open_document"]

SCHEMA = 2
"""Version of the document's form. It rises when an older reader could misread a newer document."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words that records may use.

    Attributes:
        topics: what a record can be about, each with what it means.
        packages: name of a runtime or package to the scheme of its versions.
        repairs: ids of the repairs that the parser knows.
        models: names that `variants` may hold, beside the five.
        synonyms: groups of words that a searcher may exchange for each other.
    """

    topics: Mapping[str, object]
    packages: Mapping[str, object]
    repairs: tuple[str, ...]
    models: tuple[str, ...]
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that was read. Records are made when they are asked for, each kind once.

    Attributes:
        version: CalVer of the corpus.
        license: SPDX id of its licence.
        tokens: the special tokens, by number.
        vocabulary: the words that records may use.
        tree: hash of the files that all this was made from.
        tables: the records as plain values: kind, then id.
    """

    version: str
    license: str
    tokens: tuple[Token, ...]
    vocabulary: Vocabulary
    tree: str
    tables: Mapping[str, Mapping[str, Any]] = field(repr=False)
    _made: dict[type[Any], Mapping[str, Any]] = field(default_factory=dict[type[Any], Mapping[str, Any]], repr=False)

    def all(self, record: type[T]) -> Mapping[str, T]:
        """Return every record of a class, by id.

        Args:
            record: one of the classes of `KINDS`.

        Raises:
            CorpusProblem: a record breaks its schema.
        """
        if record not in self._made:
            [(kind, form)] = [(name, one) for name, one in KINDS.items() if one.record is record]
            made = {name: build(record, one, f"{kind}/{name}{form.ending}") for name, one in self.tables[kind].items()}
            self._made[record] = MappingProxyType(made)
        return self._made[record]

    @property
    def variants(self) -> Mapping[str, Variant]:
        """The variants by id, smallest first."""
        found = sorted(self.all(Variant).values(), key=lambda one: one.parameters.full_model)
        return MappingProxyType({one.id: one for one in found})

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources by id."""
        return self.all(Source)

    @property
    def token_ids(self) -> Mapping[str, int]:
        """The number of each special token, by its spelling."""
        return {token.spelling: token.id for token in self.tokens}


@dataclass(frozen=True, slots=True)
class _About:
    version: str
    license: str


def open_document(document: object, where: str) -> Catalog:
    """Return a compiled document as a catalog.

    Args:
        document: what `gemwright.catalog.compile` makes.
        where: what to call it in an error.

    Raises:
        CorpusProblem: it is of another schema, or its head breaks it.
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
        tokens = [build(Token, one, f"token {one.get('spelling')}") for one in parts["tokens"]]
        vocabulary = build(Vocabulary, parts["vocab"], "vocab.toml")
        tables = {kind: cast("Mapping[str, Any]", parts[kind]) for kind in KINDS}
        ordered = tuple(sorted(tokens, key=lambda one: one.id))
        return Catalog(about.version, about.license, ordered, vocabulary, str(parts["tree"]), tables)
    except (KeyError, AttributeError, TypeError) as e:
        raise CorpusProblem(f"{where} is no compiled corpus: {e!r}") from e
