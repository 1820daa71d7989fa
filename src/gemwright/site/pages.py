"""The pages: a front page, a page for each record and each kind, the documents, the support matrix, what is old."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.claims import Claim
from gemwright.catalog.document import Catalog
from gemwright.corpus.compose.tables import table
from gemwright.corpus.search.cards import Card, cards
from gemwright.site.markdown import cell, escaped, linked, listed, shown

__all__ = ["TITLES", "pages"]

TITLES: Mapping[str, str] = {
    "advisories": "Known problems",
    "claims": "Claims",
    "support": "What works where",
    "variants": "Variants",
    "relatives": "Relatives",
    "quants": "Quantisations",
    "runtimes": "Software",
    "hardware": "Hardware",
    "benchmarks": "Benchmarks",
    "measurements": "Measurements",
    "tooling": "Upstream material",
    "sources": "Sources",
}
"""Kinds in the order of the navigation, each with its name for people."""


def pages(catalog: Catalog, guide: Path | None) -> Iterator[tuple[str, str]]:
    """Yield every page as its path and its Markdown.

    Args:
        catalog: the records.
        guide: the documents to take in; None for none.
    """
    found = {card.record: card for card in cards(catalog)}
    documents = sorted(guide.rglob("*.md")) if guide else []
    yield "index.md", _front(catalog, documents, guide)
    for path in documents:
        name = path.relative_to(guide or path).as_posix()
        yield f"guide/{name}", _document(path.read_text(encoding="utf-8"), name)
    for kind, title in TITLES.items():
        yield f"{kind}/index.md", _kind(catalog, kind, title, found)
        for name in catalog.tables[kind]:
            yield f"{kind}/{name}.md", _record(catalog, kind, name, found.get(f"{kind}/{name}"))
    yield "matrix.md", _matrix(catalog)
    yield "freshness.md", _freshness(catalog)


def _front(catalog: Catalog, documents: Sequence[Path], guide: Path | None) -> str:
    counts = "\n".join(
        f"| [{title}]({kind}/index.md) | {len(catalog.tables[kind])} |" for kind, title in TITLES.items()
    )
    names = [path.relative_to(guide or path).as_posix() for path in documents]
    read = "\n".join(f"- [{name.removesuffix('.md')}](guide/{name})" for name in names)
    return f"""# What is known about Gemma 4

Corpus {catalog.version}. Every statement names its source, its day and where it holds; wrong advice of the past stays
visible, with what replaced it. Data licence: {catalog.license}.

## Documents

{read or "None."}

## Records

| Kind | Records |
| --- | --: |
{counts}

[Support matrix](matrix.md) · [What is old](freshness.md) · [Feed of known problems](feeds/all.atom) · [llms.txt](llms.txt)
"""


def _document(text: str, name: str) -> str:
    """Return a document with its links to records turned into links to pages."""
    up = "../" * (name.count("/") + 1)
    text = re.sub(r"\]\((?:\.\./)+corpus/([\w./-]+?)\.(?:toml|md)\)", rf"]({up}\1.md)", text)
    return re.sub(r"\]\((?:\.\./)+((?:docs|tests|src|skills)/[^)]*|[A-Z]+\.md)\)", "](#)", text)


def _kind(catalog: Catalog, kind: str, title: str, found: Mapping[str, Card]) -> str:
    if kind == "support":
        return f"# {title}\n\n{_support(catalog, '')}"
    rows: list[str] = []
    for name in sorted(catalog.tables[kind]):
        card = found.get(f"{kind}/{name}")
        text = card.title if card else str(catalog.tables[kind][name].get("title", name))
        state = ", ".join(part for part in (card.severity, card.status) if part) if card else ""
        rows.append(f"| [{cell(name)}]({name}.md) | {cell(text)} | {state} |")
    return f"# {title}\n\n| Id | What it says | State |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _record(catalog: Catalog, kind: str, name: str, card: Card | None) -> str:
    if kind == "advisories":
        return _advisory(catalog, name, catalog.all(Advisory)[name], card)
    if kind == "claims":
        return _claim(catalog, name, catalog.all(Claim)[name])
    fields = cast("Mapping[str, Any]", catalog.tables[kind][name])
    title = card.title if card else str(fields.get("title", name))
    body = "\n".join(_fields(fields, 0))
    links = "\n".join(f"- {linked(url)}" for url in card.urls) if card else ""
    return f"# {escaped(title)}\n\n`{kind}/{name}`\n\n{body}\n" + (f"\n## Read on\n\n{links}\n" if links else "")


def _fields(fields: Mapping[str, Any], depth: int) -> Iterator[str]:
    pad = "    " * depth
    for name, value in fields.items():
        label = f"{pad}- **{name.replace('_', ' ')}:** "
        if isinstance(value, Mapping):
            yield label
            yield from _fields(cast("Mapping[str, Any]", value), depth + 1)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield label
            for item in cast("Sequence[Mapping[str, Any]]", value):
                yield f"{pad}    - {cell('; '.join(f'{key}: {one}' for key, one in item.items() if one != ''))}"
        elif isinstance(value, list):
            yield label + listed([str(one) for one in cast("Sequence[object]", value)])
        elif isinstance(value, int) and not isinstance(value, bool):
            yield f"{label}{value:,}"
        else:
            yield label + escaped(str(value))


def _advisory(catalog: Catalog, name: str, one: Advisory, card: Card | None) -> str:
    up = "../" * (name.count("/") + 1)
    rows = [f"| {cell(row.package)} | {cell(row.span())} | {cell(row.note)} |" for row in one.affected]
    ranges = "| Software | Versions | Note |\n| --- | --- | --- |\n" + "\n".join(rows) if rows else "Any version."
    related = "\n".join(
        f"- [{escaped(catalog.all(Advisory)[other].title)}]({up}advisories/{other}.md)" for other in one.related
    )
    urls = "\n".join(f"- {linked(url)}" for url in (card.urls if card else ()))
    return f"""# {escaped(one.title)}

`advisories/{name}` · **{one.severity}** ({escaped(one.severity_reason)}) · {one.state} · {one.confidence}

Reported {one.published}, changed {one.modified}, checked {one.last_checked}.
Variants: {listed(one.variants) if one.variants else "all five"}. Topics: {listed(one.topics)}.

{ranges}

{shown(one.text).strip()}

## References

{urls}
{f"{chr(10)}## Read with it{chr(10)}{chr(10)}{related}{chr(10)}" if related else ""}"""


def _claim(catalog: Catalog, name: str, one: Claim) -> str:
    up = "../" * (name.count("/") + 1)
    instead = ""
    if one.replaced_by:
        other = catalog.all(Claim)[one.replaced_by]
        instead = f"**{one.status.capitalize()}**: {escaped(one.reason)}\n\n"
        instead += f"What holds: [{escaped(other.statement)}]({up}claims/{one.replaced_by}.md)\n\n"
    evidence = "\n".join(
        f"- {escaped(catalog.sources[row.source].title) if row.source in catalog.sources else escaped(row.source)}, "
        f"{escaped(row.locator)} ({row.kind}, read {row.retrieved}): "
        f"{linked(row.url or (catalog.sources[row.source].ref if row.source in catalog.sources else ''))}"
        for row in one.evidence
    )
    ranges = "; ".join(f"{row.package} {row.span()}" for row in one.applies)
    figures = "\n".join(
        f"| {cell(key.replace('_', ' '))} | {cell(str(value))} |" for key, value in (one.figures or {}).items()
    )
    parts = [
        f"# {escaped(one.statement)}",
        f"`claims/{name}` · **{one.status}** · checked {one.last_checked} · review by {one.review_by}",
        instead.strip(),
        escaped(one.detail),
        f"**What to do:** {escaped(one.advice)}" if one.advice else "",
        f"Variants: {listed(one.variants) if one.variants else 'all five'}.{f' Versions: {escaped(ranges)}.' if ranges else ''}",
        f"| Figure | Value |\n| --- | --- |\n{figures}" if figures else "",
        f"Proved again by `{one.check}`." if one.check else "",
        f"## Evidence\n\n{evidence}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _matrix(catalog: Catalog) -> str:
    return f"# Support matrix\n\n{_support(catalog, 'support/')}"


def _support(catalog: Catalog, folder: str) -> str:
    text = table(catalog, "support") if catalog.tables["support"] else "Nothing is recorded."
    linked_to_pages = text.replace("../corpus/support/", folder).replace(".toml)", ".md)")
    return f"A version is the first that has it; `?` is unknown, not a no.\n\n{linked_to_pages}\n"


def _freshness(catalog: Catalog) -> str:
    day = catalog.version.replace(".", "-")
    standing = sorted((one.review_by, name, one) for name, one in catalog.all(Claim).items() if not one.replaced_by)
    checked = sum(bool(one.check) for _, _, one in standing)
    old = [f"| {due} | [{cell(one.statement)}](claims/{name}.md) |" for due, name, one in standing if due < day]
    soon = [f"| {due} | [{cell(one.statement)}](claims/{name}.md) |" for due, name, one in standing if due >= day][:100]
    head = "| Review by | Claim |\n| --- | --- |\n"
    return (
        f"# What is old\n\nOn {day}, {len(old)} of {len(standing)} standing claims are past their review; "
        f"{checked} name a check that proves them again.\n\n## Past review\n\n"
        + (head + "\n".join(old) if old else "None.")
        + "\n\n## Next\n\n"
        + (head + "\n".join(soon) if soon else "None.")
        + "\n"
    )
