"""Atom feeds (RFC 4287) of known problems: one of all, and one for each software that has any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.days import moment
from gemwright.catalog.document import Catalog
from gemwright.corpus.environment import package_name

__all__ = ["feeds"]

_MOST = 200
_TAG = "tag:gemwright,2026:"


def feeds(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield every feed as its path and its XML, the newest entries first."""
    groups: dict[str, list[tuple[str, Advisory]]] = defaultdict(list)
    for name, one in catalog.all(Advisory).items():
        groups["all"].append((name, one))
        for package in {package_name(row.package) for row in one.affected}:
            groups["".join(c if c.isalnum() or c in ".-" else "-" for c in package).strip("-.")].append((name, one))
    for group, entries in groups.items():
        entries.sort(key=lambda item: (item[1].modified, item[1].published, item[0]), reverse=True)
        yield f"feeds/{group}.atom", _feed(catalog, group, entries[:_MOST])


def _feed(catalog: Catalog, group: str, entries: Sequence[tuple[str, Advisory]]) -> str:
    updated = max((one.modified for _, one in entries), default=catalog.version.replace(".", "-"))
    title = "Known problems of Gemma 4" + ("" if group == "all" else f" with {group}")
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            '<feed xmlns="http://www.w3.org/2005/Atom">',
            f"<title>{escape(title)}</title>",
            f"<id>{_TAG}feeds/{escape(group)}</id>",
            f"<updated>{moment(updated)}</updated>",
            "<author><name>gemwright</name></author>",
            f"<rights>{escape(catalog.license)}</rights>",
            *(_entry(name, one) for name, one in entries),
            "</feed>",
            "",
        ]
    )


def _entry(name: str, one: Advisory) -> str:
    text = f"{one.section('What you see')} {one.section('What to do')}"
    return (
        f"<entry><title>{escape(f'{one.title} ({one.severity}, {one.state})')}</title><id>{_TAG}advisories/{escape(name)}</id>"
        f"<link href={quoteattr(f'../advisories/{name}.html')}/><published>{moment(one.published)}</published>"
        f"<updated>{moment(one.modified)}</updated><summary>{escape(text)}</summary></entry>"
    )
