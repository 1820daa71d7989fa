"""The state of the corpus for whoever goes on with it: what was verified, what is open, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gemwright.catalog.advisories import SEVERITIES, Advisory
from gemwright.catalog.claims import Claim
from gemwright.catalog.document import Catalog
from gemwright.catalog.tooling import Tooling

__all__ = ["handoff"]

_HEAD = """# Handoff

<!-- Written by `make docs` from corpus/. Change the records, not this page. -->

The state of the corpus at version {version}. {since}

| Records | Number |
|---|--:|
"""


def handoff(catalog: Catalog, last_release: str = "") -> str:
    """Return the page `HANDOFF.md`.

    Args:
        catalog: the records.
        last_release: CalVer of the last released corpus; what is newer is listed. Empty where none was released.
    """
    day = catalog.version.replace(".", "-")
    since = last_release.replace(".", "-")
    sentence = f"The last release was {last_release}." if last_release else "No corpus was released before it."
    lines = [_HEAD.format(version=catalog.version, since=sentence).rstrip("\n")]
    lines += [f"| {kind} | {len(found)} |" for kind, found in catalog.tables.items()]
    lines += _section("Verified since the last release", _verified(catalog, since))
    lines += _section("Open: claims that are disputed", _claims(catalog, "disputed"))
    lines += _section("Open: claims past their review", _past(catalog, day))
    lines += _section("Open: problems that nobody confirmed", _unconfirmed(catalog))
    lines += _section("Open: critical and high problems without a fix", _unfixed(catalog))
    lines += _section("Open: findings that no document uses", _flagged(catalog))
    lines += _section("Changed since the last release", _changed(catalog, since))
    lines += _section("Retracted and superseded, and what holds instead", _gone(catalog))
    return "\n".join(lines) + "\n"


def _section(title: str, rows: Iterable[str]) -> Iterator[str]:
    found = sorted(rows)
    yield from ("", f"## {title}", "", *(found or ["None."]))


def _link(folder: str, name: str, ending: str, text: str) -> str:
    plain = " ".join(text.split()).replace("<", "&lt;").replace("|", r"\|")
    return f"- [{name}](corpus/{folder}/{name}.{ending}): {plain}"


def _verified(catalog: Catalog, since: str) -> Iterator[str]:
    topics: dict[str, int] = {}
    checked = 0
    for name, one in catalog.all(Claim).items():
        if one.status == "verified" and one.last_checked > since:
            topics[name.partition("/")[0]] = topics.get(name.partition("/")[0], 0) + 1
            checked += bool(one.check)
    for topic, count in topics.items():
        yield f"- {topic}: {count} claims"
    if topics:
        yield f"- *of all these, {checked} name a check that proves them again*"


def _claims(catalog: Catalog, status: str) -> Iterator[str]:
    for name, one in catalog.all(Claim).items():
        if one.status == status:
            yield _link("claims", name, "toml", one.statement)


def _past(catalog: Catalog, day: str) -> Iterator[str]:
    for name, one in catalog.all(Claim).items():
        if one.review_by < day and not one.replaced_by:
            yield _link("claims", name, "toml", f"{one.statement} (review by {one.review_by})")


def _unconfirmed(catalog: Catalog) -> Iterator[str]:
    for name, one in catalog.all(Advisory).items():
        if one.state == "unconfirmed" and not one.withdrawn:
            yield _link("advisories", name, "md", one.title)


def _unfixed(catalog: Catalog) -> Iterator[str]:
    for name, one in catalog.all(Advisory).items():
        if one.state in ("open", "partly-fixed") and SEVERITIES.index(one.severity) < 2 and not one.withdrawn:
            seen = ", ".join(f"{row.package} {row.last_seen}" for row in one.affected if row.last_seen)
            yield _link("advisories", name, "md", f"{one.title}{f' (last seen in {seen})' if seen else ''}")


def _flagged(catalog: Catalog) -> Iterator[str]:
    for name, one in catalog.all(Tooling).items():
        for finding in one.finding:
            if finding.flagged:
                yield _link("tooling", name, "toml", f"{finding.claim}: {finding.flagged}")


def _changed(catalog: Catalog, since: str) -> Iterator[str]:
    if not since:
        yield "- all of it: this is the first corpus with claims and advisories"
        return
    for name, one in catalog.all(Advisory).items():
        if one.modified > since:
            yield _link("advisories", name, "md", one.title)


def _gone(catalog: Catalog) -> Iterator[str]:
    for name, one in catalog.all(Claim).items():
        if one.replaced_by:
            yield _link(
                "claims",
                name,
                "toml",
                f"{one.statement} Now: [{one.replaced_by}](corpus/claims/{one.replaced_by}.toml)",
            )
