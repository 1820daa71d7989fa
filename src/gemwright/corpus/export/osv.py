"""Advisories in the Open Source Vulnerability format, schema 1.7.4: one JSON file each.

OSV knows a closed list of ecosystems. Packages of PyPI, npm and Go go out as such; software that has no ecosystem there
(llama.cpp, LM Studio, …) stands in `database_specific`, where OSV leaves room, with the same events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.days import moment
from gemwright.catalog.document import Catalog
from gemwright.catalog.ranges import Range
from gemwright.catalog.things import Runtime
from gemwright.foundation.jsonx import canonical

__all__ = ["osv", "osv_record"]

SCHEMA_VERSION = "1.7.4"
_REFERENCES = {
    "maintainer": "DISCUSSION",
    "reporter": "REPORT",
    "change": "FIX",
    "code": "EVIDENCE",
    "docs": "WEB",
    "measured": "EVIDENCE",
    "collection": "WEB",
}
_ECOSYSTEMS = {"pypi": "PyPI", "npm": "npm", "golang": "Go"}


def osv(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield each advisory as the path and the text of a file."""
    packages = {name: one.package for name, one in catalog.all(Runtime).items() if one.package}
    for name, one in catalog.all(Advisory).items():
        record = osv_record(name, one, packages)
        yield f"osv/{record['id']}.json", canonical(record) + "\n"


def osv_record(name: str, one: Advisory, packages: Mapping[str, str]) -> dict[str, object]:
    """Return an advisory as an OSV record.

    Args:
        name: id of the advisory.
        one: the advisory.
        packages: package URL of each runtime that is published as a package.
    """
    own: dict[str, object] = {
        "severity": one.severity.upper(),
        "state": one.state,
        "confidence": one.confidence,
        "topics": list(one.topics),
        "variants": list(one.variants),
        "aliases": list(one.aliases),
        "condition": one.detect.when,
        "license": "CC-BY-4.0",
    }
    record: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "id": "GEMWRIGHT-" + name.replace("/", "-"),
        "modified": moment(one.modified),
        "published": moment(one.published),
        "summary": one.title,
        "details": one.text,
        "references": [{"type": _REFERENCES[reference.kind], "url": reference.url} for reference in one.references],
        "database_specific": own,
    }
    if one.withdrawn:
        record["withdrawn"] = moment(one.withdrawn)
    affected: list[object] = []
    other: list[object] = []
    for row in one.affected:
        package = _package(packages.get(row.package.casefold(), ""))
        events = [dict(event.as_mapping()) for event in row.events] or [{"introduced": "0"}]
        note: dict[str, object] = {"last_seen": row.last_seen} if row.last_seen else {}
        if package and row.scheme in ("pep440", "semver", "calver"):
            ranges = [{"type": _range_type(row), "events": events}]
            affected.append({"package": package, "ranges": ranges, "database_specific": note})
        else:
            other.append({"package": row.package, "scheme": row.scheme, "events": events, **note})
    if affected:
        record["affected"] = affected
    if other:
        own["affected"] = other
    return record


def _range_type(row: Range) -> str:
    return "SEMVER" if row.scheme == "semver" else "ECOSYSTEM"


def _package(url: str) -> dict[str, str] | None:
    kind, _, name = url.removeprefix("pkg:").partition("/")
    if not name or kind not in _ECOSYSTEMS:
        return None
    return {"ecosystem": _ECOSYSTEMS[kind], "name": name.replace("%40", "@"), "purl": url}
