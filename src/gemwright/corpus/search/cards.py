"""Records as cards: what a searcher sees of one, what it is found by, and where it can be read on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.claims import Claim
from gemwright.catalog.document import Catalog
from gemwright.catalog.kinds import KINDS
from gemwright.catalog.ranges import Range
from gemwright.catalog.results import Benchmark, Measurement
from gemwright.catalog.support import Feature
from gemwright.catalog.things import Hardware, Quant, Relative, Runtime
from gemwright.catalog.tooling import Tooling
from gemwright.catalog.variants import Variant

__all__ = ["TEXT_LIMIT", "Card", "addresses", "cards"]

TEXT_LIMIT = 600
"""Characters of a card's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One record, ready to be found.

    Attributes:
        record: kind and id, as its path below `corpus/` without the ending.
        kind: the kind in the singular: `advisory`, `claim`, …
        title: what it says in a line.
        text: what it says in at most `TEXT_LIMIT` characters, what to do included.
        urls: where it can be read on: full addresses and package URLs.
        phrases: how people ask for it, and what software prints.
        body: everything else that is worth finding.
        tags: topics, variants, packages, names.
        ranges: the versions that it is about.
        variants: the variants that it is about; empty is all.
        severity: of an advisory, else empty.
        status: of a claim or an advisory, else empty.
    """

    record: str
    kind: str
    title: str
    text: str
    urls: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    body: str = ""
    tags: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    variants: tuple[str, ...] = ()
    severity: str = ""
    status: str = ""


def cards(catalog: Catalog) -> Iterator[Card]:
    """Yield a card for each record that can be looked for; sources are found through what cites them."""
    for kind, make in _MAKERS.items():
        for name, record in catalog.all(KINDS[kind].record).items():
            yield make(catalog, f"{kind}/{name}", record)


def addresses(catalog: Catalog, source_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of sources, each once, and the repositories that pinned files lie in behind them.

    What lies in this repository has no address.
    """
    refs = [catalog.sources[one].ref for one in source_ids if one in catalog.sources]
    found = [ref for ref in refs if _is_address(ref)]
    found += [
        match[0] for ref in refs if (match := re.match(r"https://github\.com/[^/]+/[^/]+(?=/(?:tree|blob)/)", ref))
    ]
    return tuple(dict.fromkeys(found))


def _is_address(ref: str) -> bool:
    return ref.startswith(("https://", "http://", "pkg:"))


def _cut(*parts: str) -> str:
    text = " ".join(" ".join(part for part in parts if part).split())
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1].rsplit(" ", 1)[0] + "…"


def _listed(table: Mapping[str, object] | None) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in (table or {}).items())


def _words(record: str) -> tuple[str, ...]:
    return (" ".join(re.split(r"[/\-_.]+", record.partition("/")[2])),)


def _advisory(catalog: Catalog, record: str, one: Advisory) -> Card:
    seen, todo = one.section("What you see"), one.section("What to do")
    return Card(
        record=record,
        kind="advisory",
        title=one.title,
        text=_cut(seen, "What to do:", todo),
        urls=one.urls(),
        phrases=(*one.asked, *one.errors),
        body=one.text,
        tags=(*one.topics, *one.variants, *(row.package for row in one.affected), *one.aliases, *_words(record)),
        ranges=one.affected,
        variants=one.variants,
        severity=one.severity,
        status=one.state,
    )


def _claim(catalog: Catalog, record: str, one: Claim) -> Card:
    exact = tuple(evidence.url for evidence in one.evidence if evidence.url)
    named = addresses(catalog, (evidence.source for evidence in one.evidence))
    mark = "" if one.status in ("verified", "reported") else f"({one.status}) "
    instead = ""
    if one.replaced_by:
        other = catalog.all(Claim).get(one.replaced_by)
        instead = f"Instead: {other.statement}" if other else ""
    return Card(
        record=record,
        kind="claim",
        title=mark + one.statement,
        text=_cut(mark + one.statement, one.reason, instead, one.detail, one.advice),
        urls=tuple(dict.fromkeys((*exact, *named))),
        phrases=one.asked,
        body=" ".join((one.detail, one.advice, one.reason, _listed(one.figures))),
        tags=(*one.topics, *one.variants, *(row.package for row in one.applies), *_words(record)),
        ranges=one.applies,
        variants=one.variants,
        status=one.status,
    )


def _feature(catalog: Catalog, record: str, one: Feature) -> Card:
    answers = [_answer(statement) for statement in one.statement]
    return Card(
        record=record,
        kind="support",
        title=f"Which runtimes have it: {one.title}",
        text=_cut(one.what, "; ".join(answers)),
        urls=addresses(catalog, (source for statement in one.statement for source in statement.source)),
        phrases=one.asked,
        body=" ".join(statement.note for statement in one.statement),
        tags=(*one.topics, *(statement.runtime for statement in one.statement), *_words(record)),
    )


def _answer(one: Any) -> str:
    if one.mirror:
        return f"{one.runtime} as {one.mirror}"
    if not one.since:
        return f"{one.runtime}: no"
    until = f" until {one.until}" if one.until else ""
    return f"{one.runtime} since {one.since}{until}{' in part' if one.partial else ''}"


def _variant(catalog: Catalog, record: str, one: Variant) -> Card:
    shape, count = one.geometry, one.parameters
    return Card(
        record=record,
        kind="variant",
        title=f"Gemma 4 {one.id}",
        text=_cut(
            f"Gemma 4 {one.id} ({one.names.instruct}): {count.card_total} parameters on the card, {count.full_model:,} "
            f"counted; {shape.layers} layers, hidden size {shape.hidden}, {len(shape.global_layers)} of them global, "
            f"sliding window {shape.window}, context {shape.context:,} tokens; takes {', '.join(one.media.input)}. "
            f"Licence {one.license}, released {one.released}.",
            f"Ollama: gemma4:{one.names.ollama[0]}." if one.names.ollama else "",
        ),
        urls=addresses(catalog, (*one.source, *one.geometry.source, *one.parameters.source)),
        phrases=(f"what is gemma 4 {one.id}", f"how big is {one.names.short[0]}", f"context length of {one.id}"),
        tags=("models", one.id, *one.names.short, one.names.base, one.names.instruct),
        variants=(one.id,),
    )


def _quant(catalog: Catalog, record: str, one: Quant) -> Card:
    files = "; ".join(f"{file.variant} {file.name} {_size(file.bytes, file.gb)}" for file in one.file)
    bits = f"{one.bits_per_weight} bits per weight." if one.bits_per_weight else ""
    avoid = f"Not for {', '.join(one.avoid)}." if one.avoid else ""
    sources = (*one.source, *(source for file in one.file for source in file.source))
    return Card(
        record=record,
        kind="quant",
        title=f"{one.title}: {one.format} quantisation",
        text=_cut(one.what, bits, avoid, one.note, files),
        urls=addresses(catalog, sources),
        phrases=one.asked,
        body=f"{files} {_listed(one.classes)}",
        tags=("quantisation", "memory", one.format, *one.variants, *one.runtimes, *_words(record)),
        variants=one.variants,
    )


def _size(count: int | None, gb: float | None) -> str:
    return f"{count:,} bytes" if count else f"{gb} GB" if gb else ""


def _runtime(catalog: Catalog, record: str, one: Runtime) -> Card:
    first = f"First with Gemma 4: {_listed(one.first)}." if one.first else ""
    least = f"Have at least {one.at_least}." if one.at_least else ""
    never = f"Stay away from {', '.join(one.never)}." if one.never else ""
    mirror = f"Carries {one.mirror}." if one.mirror else ""
    return Card(
        record=record,
        kind="runtime",
        title=f"{one.title}: versions, port and command for Gemma 4",
        text=_cut(first, least, never, mirror, one.command and f"Start: {one.command}.", one.note),
        urls=(*addresses(catalog, one.source), *((one.repository,) if one.repository else ())),
        phrases=one.asked,
        body=" ".join(f"{step.version} {step.date} {step.what}" for step in one.milestone),
        tags=("serving", one.kind, record.partition("/")[2], *_words(record)),
    )


def _hardware(catalog: Catalog, record: str, one: Hardware) -> Card:
    sizes = " or ".join(f"{size:g}" for size in one.memory_gb)
    speed = f"{one.bandwidth_gbs:g} GB/s." if one.bandwidth_gbs else ""
    kind = f"Compute capability {one.compute_capability}." if one.compute_capability else ""
    return Card(
        record=record,
        kind="hardware",
        title=f"{one.title}: memory and bandwidth",
        text=_cut(f"{sizes} GB." if sizes else "", speed, kind, one.note),
        urls=addresses(catalog, one.source),
        phrases=one.asked,
        tags=("hardware", one.vendor, *_words(record)),
    )


def _relative(catalog: Catalog, record: str, one: Relative) -> Card:
    return Card(
        record=record,
        kind="relative",
        title=f"{one.title}: {one.use}",
        text=_cut(
            one.use,
            one.when,
            f"Made from {one.base}.",
            f"Sizes {', '.join(one.sizes)}." if one.sizes else "",
            f"Context {one.context:,}." if one.context else "",
            one.prompt and f"Prompt: {one.prompt}.",
            f"Licence {one.license}.",
            one.limits,
        ),
        urls=addresses(catalog, one.source),
        phrases=one.asked,
        body=f"{_listed(one.parameters)} {_listed(one.figures)} {' '.join(one.ids)}",
        tags=("relatives", "models", *one.ids, *_words(record)),
        variants=(),
    )


def _benchmark(catalog: Catalog, record: str, one: Benchmark) -> Card:
    scores = ", ".join(f"{score.model}{' ' + score.part if score.part else ''} {score.value:g}" for score in one.score)
    return Card(
        record=record,
        kind="benchmark",
        title=f"{one.title}: {one.what}",
        text=_cut(f"{one.title} ({one.unit}, {one.better} is better):", scores + ".", one.conditions, one.note),
        urls=addresses(catalog, (*one.source, *(score.source for score in one.score))),
        phrases=one.asked,
        body=" ".join(score.conditions for score in one.score),
        tags=("benchmarks", "quality", *one.topics, *_words(record)),
    )


def _measurement(catalog: Catalog, record: str, one: Measurement) -> Card:
    return Card(
        record=record,
        kind="measurement",
        title=one.title,
        text=_cut(one.title + ":", _listed(one.figures) + ".", one.hardware, one.conditions, one.note),
        urls=addresses(catalog, one.source),
        phrases=one.asked,
        body=f"{one.command} {' '.join(one.software)}",
        tags=(*one.topics, *one.variants, *_words(record)),
        variants=one.variants,
    )


def _tooling(catalog: Catalog, record: str, one: Tooling) -> Card:
    pin = f"{one.repository} {one.path} at {one.commit}." if one.commit else ""
    return Card(
        record=record,
        kind="tooling",
        title=one.title,
        text=_cut(one.what, one.when, pin, f"Licence {one.license}.", one.note),
        urls=(one.url,),
        phrases=one.asked,
        tags=(*one.topics, one.repository, one.path, *_words(record)),
    )


_MAKERS: Mapping[str, Callable[[Catalog, str, Any], Card]] = {
    "advisories": _advisory,
    "claims": _claim,
    "support": _feature,
    "variants": _variant,
    "quants": _quant,
    "runtimes": _runtime,
    "hardware": _hardware,
    "relatives": _relative,
    "benchmarks": _benchmark,
    "measurements": _measurement,
    "tooling": _tooling,
}
