"""What changed between two states of the corpus: release notes that are computed, not remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gemwright.catalog.document import Catalog

__all__ = ["Change", "changes", "notes"]

_STATE = ("status", "state", "severity")
_QUIET = ("asked", "last_checked", "review_by", "modified")


@dataclass(frozen=True, slots=True)
class Change:
    """One record that is not as it was.

    Attributes:
        kind: folder of its kind.
        id: its id.
        how: `added`, `removed` or `changed`.
        title: what it says now, or said last.
        fields: which fields changed.
        states: what its status, state or severity was and is, as `field: old → new`.
    """

    kind: str
    id: str
    how: str
    title: str
    fields: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def changes(old: Catalog, new: Catalog) -> list[Change]:
    """Return what changed, by kind and id; that a record was only checked again is no change.

    Args:
        old: the earlier corpus.
        new: the later one.
    """
    return [change for kind in new.tables for change in _of_kind(kind, old.tables.get(kind, {}), new.tables[kind])]


def _of_kind(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before is None:
            yield Change(kind, name, "added", _title(after))
        elif after is None:
            yield Change(kind, name, "removed", _title(before))
        else:
            fields = sorted(field for field in {*before, *after} - {*_QUIET} if before.get(field) != after.get(field))
            states = [f"{field}: {before.get(field)} → {after.get(field)}" for field in _STATE if field in fields]
            if fields:
                yield Change(kind, name, "changed", _title(after), tuple(fields), tuple(states))


def _title(table: Any) -> str:
    return str(table.get("title") or table.get("statement") or table.get("id") or "")


def notes(found: list[Change], old: str, new: str) -> str:
    """Return changes as release notes in Markdown.

    Args:
        found: the changes.
        old: version of the earlier corpus.
        new: version of the later one.
    """
    lines = [f"# Corpus {old} → {new}", ""]
    if not found:
        return "\n".join([*lines, "Nothing changed.", ""])
    by_kind: dict[str, list[Change]] = {}
    for change in found:
        by_kind.setdefault(change.kind, []).append(change)
    for kind, group in by_kind.items():
        counts = ", ".join(
            f"{sum(change.how == how for change in group)} {how}"
            for how in ("added", "changed", "removed")
            if any(change.how == how for change in group)
        )
        lines += [f"## {kind}: {counts}", ""]
        for change in group:
            more = "; ".join(change.states) or ", ".join(change.fields)
            lines.append(
                f"- {change.how}: `{change.id}`: {' '.join(change.title.split())}{f' ({more})' if more else ''}"
            )
        lines.append("")
    return "\n".join(lines)
