"""Topics, packages and models are those of `vocab.toml`."""

from __future__ import annotations

from collections.abc import Iterator

from gemwright.catalog.kinds import KINDS
from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "topics, packages and models are words of vocab.toml"


def check(world: World) -> Iterator[Fault]:
    """Yield words that the vocabulary does not have."""
    vocabulary = world.catalog.vocabulary
    models = {*vocabulary.models, *(record.id for _, _, record in world.records("variants"))}
    for kind in KINDS:
        for file, _, record in world.records(kind):
            for topic in getattr(record, "topics", ()):
                if topic not in vocabulary.topics:
                    yield _fault(world, file, "topics", f"the topic {topic!r}")
            for model in (*getattr(record, "variants", ()), *getattr(record, "avoid", ())):
                if model not in models:
                    yield _fault(world, file, model, f"the model {model!r}")
            for row in (*getattr(record, "affected", ()), *getattr(record, "applies", ())):
                scheme = vocabulary.packages.get(row.package)
                if scheme is None:
                    yield _fault(world, file, f'package = "{row.package}"', f"the package {row.package!r}")
                elif scheme != row.scheme:
                    line = world.line(file, f'package = "{row.package}"')
                    yield Fault("words", file, line, f"versions of {row.package} are counted as {scheme}")


def _fault(world: World, file: str, needle: str, what: str) -> Fault:
    return Fault("words", file, world.line(file, needle), f"vocab.toml does not have {what}", "add it there first")
