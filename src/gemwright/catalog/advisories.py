"""Advisories: known problems, with the versions that have them and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gemwright.catalog.ranges import Range

__all__ = ["SECTIONS", "SEVERITIES", "Advisory", "Detection", "Mitigation", "Reference"]

SEVERITIES = ("critical", "high", "medium", "low")
SECTIONS = ("What you see", "Why", "Who is affected", "What to do", "How it was confirmed")
"""The headings of an advisory's text, in their order."""
_THREAD = re.compile(r"^https://github.com/([^/]+/[^/]+)/(?:issues|pull)/(\d+).*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where something about the problem can be read.

    Attributes:
        url: full address, or package URL.
        kind: `maintainer` speaks for the software, `reporter` met the problem, `change` is the code that made or mended
            it, `code` is a state of the code that was read, `docs` documentation, `measured` our own run, `collection`
            somebody's list.
        date: of the part that was read; empty where none is shown.
    """

    url: str
    kind: Literal["maintainer", "reporter", "change", "code", "docs", "measured", "collection"]
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How the problem is recognised.

    Attributes:
        when: a condition on an environment, in the language of `gemwright.corpus.condition`; empty holds always.
        probe: an experiment on a live endpoint, and what shows the problem.
        static: what in somebody's code or files shows it.
    """

    when: str = ""
    probe: str = ""
    static: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigation:
    """What takes the problem away, for programs; the text says it for people.

    Attributes:
        upgrade: package and version to reach, as a package URL or `name >= version`.
        option: the setting that avoids it, as `name = value`.
        lane: the lane of this project that does not have it.
        repair: ids of the repairs in `gemwright.wire` that undo it.
    """

    upgrade: str = ""
    option: str = ""
    lane: Literal["", "raw", "chat"] = ""
    repair: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """A known problem.

    Attributes:
        title: what goes wrong, with the software's name.
        severity: `critical` loses work, opens a hole or is wrong without a sign; `high` gives wrong output or stops a
            main use; `medium` has a way round; `low` is an annoyance.
        severity_reason: why it has that severity.
        state: `open`, `partly-fixed`, `fixed`, `by-design`, or `unconfirmed` where a report was closed without a cure.
        confidence: `maintainer-confirmed`, `source-verified` (we read the code), `multi-reporter`, `single-reporter`.
        topics: what it is about, from `vocab.toml`; the most telling first.
        variants: which variants or relatives; empty is all five.
        affected: in which versions of which software; any of them is enough. None: it depends on no version.
        detect: how it is recognised.
        mitigation: what takes it away.
        asked: how people put it, in their words, also where they suspect the wrong thing.
        errors: pieces of what the software prints, word for word.
        aliases: the same problem elsewhere: `owner/repository#number`.
        related: ids of advisories to read with this one.
        references: what it rests on.
        published: the first day on which it was reported.
        modified: the day of the last change to this record.
        last_checked: the day somebody last compared it with its references.
        withdrawn: the day on which it turned out to be no problem, else empty.
        text: Markdown, with the headings of `SECTIONS`.
    """

    title: str
    severity: Literal["critical", "high", "medium", "low"]
    severity_reason: str
    state: Literal["open", "partly-fixed", "fixed", "by-design", "unconfirmed"]
    confidence: Literal["maintainer-confirmed", "source-verified", "multi-reporter", "single-reporter"]
    topics: tuple[str, ...]
    references: tuple[Reference, ...]
    published: str
    modified: str
    last_checked: str
    text: str
    variants: tuple[str, ...] = ()
    affected: tuple[Range, ...] = ()
    detect: Detection = Detection()
    mitigation: Mitigation = Mitigation()
    asked: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    withdrawn: str = ""

    def section(self, heading: str) -> str:
        """Return what stands below a heading of the text, as one paragraph."""
        match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        return " ".join(match[1].split()) if match else ""

    def urls(self) -> tuple[str, ...]:
        """Return where it can be read on: its references, and its aliases where no reference is the same thread."""
        found = [reference.url for reference in self.references]
        threads = {_THREAD.sub(r"\1#\2", url) for url in found}
        for alias in self.aliases:
            if alias not in threads:
                owner, _, number = alias.partition("#")
                found.append(f"https://github.com/{owner}/issues/{number}")
        return tuple(dict.fromkeys(found))
