"""The corpus for language models: `llms.txt`, an index, and `llms-full.txt`, all of it (llmstxt.org)."""

from __future__ import annotations

from collections.abc import Iterator

from gemwright.catalog.advisories import SEVERITIES, Advisory
from gemwright.catalog.claims import Claim
from gemwright.catalog.document import Catalog
from gemwright.corpus.search.cards import Card, cards

__all__ = ["llms_txt"]

_HEAD = """# gemwright corpus {version}

> What is known about building with Google's Gemma 4 on one's own machines: claims and known problems, each with sources,
> dates and the versions it holds for. Data licence: {license}. Retracted claims are marked, with what holds instead.
"""
_KINDS = {
    "advisory": "Known problems",
    "claim": "Claims",
    "support": "What works where",
    "variant": "Variants",
    "relative": "Relatives",
    "quant": "Quantisations",
    "runtime": "Runtimes and other software",
    "hardware": "Hardware",
    "benchmark": "Benchmarks",
    "measurement": "Measurements",
    "tooling": "Upstream material",
}


def llms_txt(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield both files as path and text."""
    by_kind: dict[str, list[Card]] = {kind: [] for kind in _KINDS}
    for card in cards(catalog):
        by_kind[card.kind].append(card)
    for found in by_kind.values():
        found.sort(key=lambda card: (SEVERITIES.index(card.severity) if card.severity else 0, card.record))
    head = _HEAD.format(version=catalog.version, license=catalog.license)
    index, full = [head], [head]
    for kind, found in by_kind.items():
        if not found:
            continue
        index.append(f"\n## {_KINDS[kind]}\n")
        full.append(f"\n## {_KINDS[kind]}\n")
        for card in found:
            mark = f" ({card.severity}, {card.status})" if card.severity else ""
            index.append(f"- [{_plain(card.title)}](api/v1/{card.record}.json){mark}")
            full.append(
                f"\n### {_plain(card.title)}{mark}\n\n{_whole(catalog, card)}\n\nSources: {', '.join(card.urls)}"
            )
    yield "llms.txt", "\n".join(index) + "\n"
    yield "llms-full.txt", "\n".join(full) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("[", "(").replace("]", ")")


def _whole(catalog: Catalog, card: Card) -> str:
    kind, _, name = card.record.partition("/")
    if kind == "advisories":
        return catalog.all(Advisory)[name].text.replace("\n## ", "\n#### ").replace("## ", "#### ", 1).strip()
    if kind == "claims":
        one = catalog.all(Claim)[name]
        instead = f"Instead: {catalog.all(Claim)[one.replaced_by].statement}" if one.replaced_by else ""
        parts = (f"Status: {one.status}, checked {one.last_checked}.", one.reason, instead, one.detail, one.advice)
        return " ".join(part for part in parts if part)
    return card.text
