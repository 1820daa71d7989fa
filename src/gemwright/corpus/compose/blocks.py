"""What stands between marks: claims, advisories, figures; tables have a file of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.claims import Claim, Evidence
from gemwright.catalog.document import Catalog
from gemwright.corpus.compose.tables import table
from gemwright.corpus.compose.text import escaped
from gemwright.foundation.errors import CorpusProblem

__all__ = ["figure", "written"]

_MOST_SOURCES = 2
_GONE = ("retracted", "superseded")


def written(catalog: Catalog, kind: str, what: str) -> str:
    """Return what has to stand between a pair of marks.

    Args:
        catalog: the records.
        kind: `claim`, `advisory`, `figure` or `table`.
        what: the words behind the colon.

    Raises:
        CorpusProblem: there is no such record, or it must not be shown.
    """
    if kind == "claim":
        return _claim(catalog, what)
    if kind == "advisory":
        return _advisory(catalog, what)
    if kind == "figure":
        return figure(catalog, what)
    return table(catalog, what)


def _claim(catalog: Catalog, what: str) -> str:
    name, _, mode = what.partition(" ")
    one = catalog.all(Claim).get(name)
    if one is None:
        raise CorpusProblem(f"there is no claim {name!r}", hint="gemwright corpus list claims")
    if one.status in _GONE and mode != "history":
        instead = f"use {one.replaced_by}, or write `{name} history` to tell it as a mistake of the past"
        raise CorpusProblem(f"the claim {name!r} is {one.status}", hint=instead)
    mark = f"*({one.status})* " if one.status != "verified" else ""
    return f"{mark}{escaped(one.statement)} ({_sources(catalog, one)})"


def _sources(catalog: Catalog, one: Claim) -> str:
    order = {"primary": 0, "measured": 1, "secondary": 2, "inferred": 3}
    best = sorted(one.evidence, key=lambda evidence: order[evidence.kind])[:_MOST_SOURCES]
    return "; ".join(_source(catalog, evidence) for evidence in best)


def _source(catalog: Catalog, evidence: Evidence) -> str:
    source = catalog.sources.get(evidence.source)
    if source is None:
        raise CorpusProblem(f"there is no source {evidence.source!r}")
    address = evidence.url or source.ref
    title = escaped(source.title)
    if address.startswith("http"):
        return f"[{title}]({address.replace(' ', '%20').replace(')', '%29')})"
    return f"{title}, `{address}`" if address.startswith("pkg:") else f"[{title}](../{address})"


def _advisory(catalog: Catalog, what: str) -> str:
    one = catalog.all(Advisory).get(what)
    if one is None:
        raise CorpusProblem(f"there is no advisory {what!r}", hint="gemwright corpus list advisories")
    if one.withdrawn:
        raise CorpusProblem(f"the advisory {what!r} was withdrawn on {one.withdrawn}")
    todo = one.section("What to do")
    return f"**[{escaped(one.title)}](../corpus/advisories/{what}.md)** ({one.severity}, {one.state}): {escaped(todo)}"


_FIGURE = re.compile(r"(?P<kind>[a-z]+)/(?P<id>\S+)\s+(?P<field>\S+)(?:\s+(?P<format>\S+))?")
_SCALES: Mapping[str, float] = {
    "B": 1e9,
    "M": 1e6,
    "K": 1e3,
    "GB": 1e9,
    "MB": 1e6,
    "GiB": 2**30,
    "MiB": 2**20,
    "KiB": 2**10,
}


def figure(catalog: Catalog, what: str) -> str:
    """Return one number of a record as text.

    Args:
        catalog: the records.
        what: `kind/id field [format]`. The field may have parts, `parameters.full_model`, and places in lists,
            `score.0.value`. The format is a unit, optionally with decimals: `B`, `GB2`, `GiB1`, `%`; none writes whole
            numbers with commas.

    Raises:
        CorpusProblem: there is no such record, field or format.
    """
    match = _FIGURE.fullmatch(what)
    if match is None:
        raise CorpusProblem(f"{what!r} is not kind/id field [format]")
    tables = catalog.tables.get(match["kind"])
    if tables is None or match["id"] not in tables:
        raise CorpusProblem(f"there is no record {match['kind']}/{match['id']}")
    value: Any = tables[match["id"]]
    for part in match["field"].split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(cast("list[object]", value)):
            value = cast("list[object]", value)[int(part)]
        elif isinstance(value, dict) and part in value:
            value = cast("dict[str, object]", value)[part]
        else:
            raise CorpusProblem(f"{match['kind']}/{match['id']} has no field {match['field']!r}")
    return _formatted(value, match["format"] or "")


def _formatted(value: object, form: str) -> str:
    if isinstance(value, str) and not form:
        return escaped(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CorpusProblem(f"{value!r} is no figure")
    if not form:
        return f"{value:,}"
    match = re.fullmatch(r"([A-Za-z%]*)(\d?)", form)
    unit, decimals = (match[1], match[2]) if match else ("?", "")
    if unit == "%":
        return f"{value:.{decimals or 0}f} %"
    if unit and unit not in _SCALES:
        raise CorpusProblem(
            f"there is no format {form!r}", hint=f"formats are {', '.join(_SCALES)} and %, with decimals"
        )
    text = f"{value / _SCALES.get(unit, 1):,.{decimals or 1}f}"
    return f"{text}{unit}" if unit in ("B", "M", "K") else f"{text} {unit}".strip()
