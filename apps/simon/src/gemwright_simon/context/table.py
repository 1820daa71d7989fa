"""The table of historical context, and which of its rows belong to a place and some years.

The rows stand in `rows.tsv`, in our own words; each names a reference of `references.tsv` that was read for it.
`regions.tsv` says what a region is also called and what it is a part of: whoever asks about Kent gets what is told of
Kent, of England, of the United Kingdom and of Europe, the nearest first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["TOPICS", "Row", "find", "rows"]

TOPICS = ("war", "migration", "borders", "law", "disease", "religion", "calendar", "work")
"""What a row can be about."""

_FOLDED = str.maketrans({"\u00df": "ss", "\u00f8": "o", "\u0142": "l", "\u00e6": "ae", "\u0153": "oe", "\u0111": "d"})


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of general history.

    Attributes:
        region: where, a name of `regions.tsv`.
        start: the first year.
        end: the last year; the same for what happened in one.
        topic: one of `TOPICS`.
        text: what happened, one sentence.
        reference: title and address of what was read for it.
    """

    region: str
    start: int
    end: int
    topic: str
    text: str
    reference: str

    @property
    def years(self) -> str:
        """The years in words: `1846` or `1845-1852`."""
        return str(self.start) if self.start == self.end else f"{self.start}-{self.end}"


def _table(name: str) -> list[list[str]]:
    text = files("gemwright_simon.context").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def rows() -> tuple[Row, ...]:
    """Return the whole table, in the order of its file."""
    references = {key: f"{title}, {address}" for key, title, address in _table("references.tsv")}
    return tuple(
        Row(region, int(start), int(end or start), topic, text, references[reference])
        for region, start, end, topic, text, reference in _table("rows.tsv")
    )


@cache
def _regions() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return folded name → region, and region → the regions it is a part of."""
    named: dict[str, str] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for region, parts, also in _table("regions.tsv"):
        parents[region] = tuple(part for part in parts.split(", ") if part)
        for name in (region, *also.split(", ")):
            if name:
                named.setdefault(_fold(name), region)
    return named, parents


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return " ".join(re.findall(r"[^\W_]+", "".join(one for one in plain if not unicodedata.combining(one))))


def _around(place: str) -> dict[str, int]:
    """Return the regions that a place lies in, with how far away each is: 0 for the place itself."""
    named, parents = _regions()
    found: dict[str, int] = {}
    for part in [*re.split(r"[,;/()]", place[:400]), place[:400]]:
        region = named.get(_fold(part)) or named.get(re.sub(r"^the ", "", _fold(part)))
        if region is not None:
            found[region] = 0
    # `Kent England` and `province of Posen` have no comma: the longest names that stand in the text.
    if not found:
        words = _fold(place[:400]).split()
        for size in (3, 2, 1):
            for start in range(len(words) - size + 1):
                region = named.get(" ".join(words[start : start + size]))
                if region is not None:
                    found.setdefault(region, 0)
            if found:
                break
    level = list(found)
    while level:
        following: list[str] = []
        for region in level:
            for parent in parents.get(region, ()):
                if parent not in found:
                    found[parent] = found[region] + 1
                    following.append(parent)
        level = following
    return found


def find(place: str, from_year: int, to_year: int, topic: str = "any") -> list[Row]:
    """Return what the table holds for a place and years, the nearest region first, then by year.

    Args:
        place: as recorded, for example `Alzey, Palatinate, Germany`; each part is looked for.
        from_year: the first year.
        to_year: the last year.
        topic: one of `TOPICS`, or `any`.
    """
    regions = _around(place)
    matching = [
        row
        for row in rows()
        if row.region in regions and row.start <= to_year and row.end >= from_year and topic in {"any", row.topic}
    ]
    return sorted(matching, key=lambda row: (regions[row.region], row.start))
