"""Every record as JSON files below `api/v1`, for programs that fetch them: the public form.

api/v1/index.json          version, kinds, how many of each
api/v1/<kind>.json         the records of a kind: id, title, urls
api/v1/<kind>/<id>.json    one record, with its sources and mirrors resolved
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gemwright.catalog.document import Catalog
from gemwright.catalog.sources import cited
from gemwright.catalog.support import Feature
from gemwright.corpus.search.cards import cards
from gemwright.foundation.jsonx import canonical

__all__ = ["PUBLIC_SCHEMA_VERSION", "json_api", "public_record"]

PUBLIC_SCHEMA_VERSION = 1
"""Of the public form; it rises when a field goes or changes its meaning."""


def json_api(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield every file as its path and text."""
    known = {card.record: card for card in cards(catalog)}
    index = {
        "schema_version": PUBLIC_SCHEMA_VERSION,
        "version": catalog.version,
        "license": catalog.license,
        "kinds": {kind: len(found) for kind, found in catalog.tables.items()},
    }
    yield "api/v1/index.json", canonical(index) + "\n"
    for kind, found in catalog.tables.items():
        rows: list[Mapping[str, object]] = []
        for name in found:
            card = known.get(f"{kind}/{name}")
            rows.append(
                {
                    "id": name,
                    "title": card.title if card else found[name].get("title", name),
                    "urls": list(card.urls) if card else [],
                }
            )
            record = public_record(catalog, kind, name, card.urls if card else ())
            yield f"api/v1/{kind}/{name}.json", canonical(record) + "\n"
        listing = {"schema_version": PUBLIC_SCHEMA_VERSION, "kind": kind, "records": rows}
        yield f"api/v1/{kind}.json", canonical(listing) + "\n"


def public_record(catalog: Catalog, kind: str, name: str, urls: tuple[str, ...]) -> dict[str, object]:
    """Return a record as others read it: nothing in it needs the rest of the corpus.

    Args:
        catalog: the records.
        kind: folder of its kind.
        name: its id.
        urls: where it can be read on.
    """
    table: Mapping[str, Any] = catalog.tables[kind][name]
    record: dict[str, object] = {
        "schema_version": PUBLIC_SCHEMA_VERSION,
        "kind": kind,
        **table,
        "id": name,
        "urls": list(urls),
    }
    if kind == "support":
        record["statement"] = [dict(one) for one in _resolved(catalog, name)]
    known = catalog.tables["sources"]
    record["sources"] = {one: known[one] for one in sorted(set(cited(table))) if one in known}
    return record


def _resolved(catalog: Catalog, name: str) -> Iterator[Mapping[str, object]]:
    """Yield the statements of a feature; what mirrors another runtime gets that one's answer, and says whose it is."""
    answers = {one.runtime: one for one in catalog.all(Feature)[name].statement}
    for table in catalog.tables["support"][name]["statement"]:
        mirror = table.get("mirror")
        if mirror in answers:
            other = answers[mirror]
            answer = {
                "answer_of": mirror,
                "since": other.since,
                "until": other.until,
                "note": table.get("note") or other.note,
            }
            yield {**table, **answer, "source": list(other.source)}
        else:
            yield table
