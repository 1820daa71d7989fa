"""Ranges of versions, as OSV writes them: events on the line of versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gemwright.foundation.versions import Scheme, affected, compare

__all__ = ["Event", "Range"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One point on the line of versions; it names one of the three.

    Attributes:
        introduced: the first version inside; `"0"` is the beginning.
        fixed: the first version outside again.
        last_affected: the last version inside.
    """

    introduced: str = ""
    fixed: str = ""
    last_affected: str = ""

    def as_mapping(self) -> Mapping[str, str]:
        """Return the event as `foundation.versions.affected` takes it."""
        named = {"introduced": self.introduced, "fixed": self.fixed, "last_affected": self.last_affected}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Versions of one package.

    Attributes:
        package: the name of the runtime or package, as `vocab.toml` spells it.
        scheme: how its versions are counted.
        events: where the range begins and ends; none is every version.
        last_seen: the newest version in which it was seen, where the range has no end. What newer versions do is not
            known, unless `every_version` says so.
        every_version: it holds in every later version, by intent of those who make the software.
        note: what the events cannot say.
    """

    package: str
    scheme: Scheme = "semver"
    events: tuple[Event, ...] = ()
    last_seen: str = ""
    every_version: bool = False
    note: str = ""

    @property
    def open_end(self) -> bool:
        """Whether nothing says where the range ends."""
        return not any(event.fixed or event.last_affected for event in self.events)

    def holds(self, version: str) -> bool | None:
        """Return whether a version lies in the range, or None where that cannot be told.

        It cannot be told where the version cannot be read, and where it is newer than the newest in which anybody looked.
        """
        if not self.events:
            return True
        inside = affected(version, [event.as_mapping() for event in self.events], self.scheme)
        return None if inside and self.outruns(version) else inside

    def outruns(self, version: str) -> bool:
        """Return whether a version is newer than the newest in which anybody looked, and nothing says what newer ones do."""
        if not self.last_seen or not self.open_end or self.every_version:
            return False
        later = compare(version, self.last_seen, self.scheme)
        return later is None or later > 0

    def span(self) -> str:
        """Return the range in words: `since 0.20.0, before 0.21.0`."""
        words: list[str] = []
        for event in self.events:
            if event.introduced and event.introduced != "0":
                words.append(f"since {event.introduced}")
            if event.fixed:
                words.append(f"before {event.fixed}")
            if event.last_affected:
                words.append(f"to {event.last_affected}")
        if self.last_seen and self.open_end and not self.every_version:
            words.append(f"seen to {self.last_seen}")
        return ", ".join(words) or "every version"
