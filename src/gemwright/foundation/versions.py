"""Versions of other people's software: five ways of counting, compared each in its own order.

| scheme | looks like | read as |
|---|---|---|
| `pep440` | `0.19.0`, `5.10.1rc1`, `0.24.0+cu130` | Python's rules, by `packaging` |
| `semver` | `0.30.3`, `v0.20.6-rc1`, `0.4.9 (Build 1)` | SemVer, but `rc10` is after `rc2`; LM Studio's builds |
| `build` | `b9518`, `b8681-Debian`, `9518`, `9518 (1a2b3c4d)` | llama.cpp's number of commits |
| `calver` | `2026.10.9`, `26.04` | dates with a count, compared number by number |
| `date` | `2026-07-09`, `20260709`, `2026-07-09T12:30:00Z` | a moment; without a zone, UTC |

Knows when it cannot tell: commits (`nightly-9c7f774`), `git describe` (`v0.20.5-3-g9c7f774`), and the numbers that
builds give themselves when nobody told them their version (`0.0.0`, `b0`, `b1`) are no versions at all.
Labels after `+` (`+cu130`) say how a version was built, not which it is, and are left out of every comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import total_ordering
from typing import Any, Final, Literal, TypeAlias, get_args

from gemwright.foundation.errors import CorpusProblem

__all__ = ["SCHEMES", "Scheme", "Version", "affected", "compare", "parse"]

Scheme: TypeAlias = Literal["pep440", "semver", "build", "calver", "date"]
SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)

_MAX_LENGTH = 128  # nobody's version is longer; keeps every pattern and number below small


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version that was understood. Versions of one scheme are ordered; those of two schemes are not.

    Attributes:
        scheme: how it is counted.
        text: as it was given.
        key: what it is compared by.
        build: LM Studio's build within a version, where it is named.
        development: the release that this is an unfinished state of, else None.
    """

    scheme: Scheme
    text: str
    key: Any
    build: int | None = None
    development: Any = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return (self.scheme, self.key, self.build or 0) == (other.scheme, other.key, other.build or 0)

    def __lt__(self, other: Version) -> bool:
        if self.scheme != other.scheme:
            raise TypeError(f"a {self.scheme} version has no order with a {other.scheme} version")
        return (self.key, self.build or 0) < (other.key, other.build or 0)

    def __hash__(self) -> int:
        return hash((self.scheme, self.key, self.build or 0))


def parse(text: str, scheme: Scheme) -> Version | None:
    """Read a version, or return None where this cannot be one of that scheme.

    Raises:
        CorpusProblem: there is no such scheme.
    """
    reader = _READERS.get(scheme)
    if reader is None:
        raise CorpusProblem(f"there is no version scheme {scheme!r}", hint=f"the schemes are {', '.join(SCHEMES)}")
    text = text.strip()
    return reader(text) if 0 < len(text) <= _MAX_LENGTH and text.isascii() else None


def compare(left: str, right: str, scheme: Scheme) -> int | None:
    """Return -1, 0 or 1 as `left` is older than, the same as or newer than `right`; None if that cannot be told."""
    one, other = parse(left, scheme), parse(right, scheme)
    if one is None or other is None:
        return None
    return (one > other) - (one < other)


# The five readers.


def _read_pep440(text: str) -> Version | None:
    from packaging.version import InvalidVersion
    from packaging.version import Version as Pep440

    try:
        version = Pep440(text)
    except InvalidVersion:
        return None
    if not any(version.release):
        return None  # "0.0.0", "0.0.0.dev3": built outside a checkout, so it never learnt its version
    leads_to = version.public.partition(".dev")[0]
    return Version(
        "pep440", text, Pep440(version.public), development=Pep440(leads_to) if version.is_devrelease else None
    )


_SEMVER = re.compile(
    r"v?(\d+)\.(\d+)(?:\.(\d+))?"
    r"(?:-((?:[0-9A-Za-z-]+)(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+[0-9A-Za-z.-]+)?"
    r"(?: ?\(build (\d+)\))?",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(r".*-\d+-g[0-9a-f]{4,40}(?:-dirty)?|.*-dirty", re.IGNORECASE)
_NUMBERED_WORD = re.compile(r"([A-Za-z-]+)(\d+)")
_NO_PRE_RELEASE: Final = (1,)


def _read_semver(text: str) -> Version | None:
    match = _SEMVER.fullmatch(text)
    if match is None or _DESCRIBED.fullmatch(text):
        return None
    numbers = (int(match[1]), int(match[2]), int(match[3] or 0))
    if not any(numbers):
        return None
    pre = (0, tuple(_identifier(word) for word in match[4].split("."))) if match[4] else _NO_PRE_RELEASE
    return Version("semver", text, (numbers, pre), build=int(match[5]) if match[5] else None)


def _identifier(word: str) -> tuple[int, str, int]:
    """Return a pre-release identifier's rank: numbers before words, words with a number in them by that number."""
    if word.isdigit():
        return (0, "", int(word))
    numbered = _NUMBERED_WORD.fullmatch(word)
    return (1, numbered[1], int(numbered[2])) if numbered else (1, word, -1)


_BUILD = re.compile(r"b?(\d+)(?:[-+][0-9A-Za-z.+~-]+| \([0-9A-Za-z]+\))?")
_SHALLOW_BUILDS = (0, 1)  # what llama.cpp counts without git, and in a clone of depth 1


def _read_build(text: str) -> Version | None:
    match = _BUILD.fullmatch(text)
    if match is None or int(match[1]) in _SHALLOW_BUILDS:
        return None
    return Version("build", text, int(match[1]))


_CALVER = re.compile(r"v?(\d{4}|\d{2})((?:\.\d+){1,4})(?:\+[0-9A-Za-z.]+)?", re.IGNORECASE)


def _read_calver(text: str) -> Version | None:
    match = _CALVER.fullmatch(text)
    if match is None:
        return None
    year = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
    rest = [int(number) for number in match[2][1:].split(".")]
    if not 1 <= rest[0] <= 12:
        return None
    while rest[-1] == 0:  # 2026.10 and 2026.10.0 are the same
        rest.pop()
    return Version("calver", text, (year, *rest))


_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?", re.IGNORECASE)


def _read_date(text: str) -> Version | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Version("date", text, zoned.timestamp())
    except (ValueError, OverflowError):
        return None


_READERS: Final[dict[str, Callable[[str], Version | None]]] = {
    "pep440": _read_pep440,
    "semver": _read_semver,
    "build": _read_build,
    "calver": _read_calver,
    "date": _read_date,
}


# Ranges, as OSV writes them: events on the line of versions.

_EFFECTS: Final = ("fixed", "introduced", "last_affected")
"""In the order in which they take effect where they meet: one range may end where the next begins."""
_BEGINNING = "0"


def affected(version: str, events: Sequence[Mapping[str, str]], scheme: Scheme) -> bool | None:
    """Return whether a version lies in a range, or None if that cannot be told.

    Args:
        version: the version in question.
        events: each with one key: `introduced` (from here on; `"0"` is the beginning), `fixed` (no more from here on)
            or `last_affected` (no more after this one). As in OSV, their order does not matter.
        scheme: how both are counted.

    It cannot be told where a version or the event that decides is no version of the scheme, where a development build
    (`0.20.1.dev3`) is compared with the very release it leads to, and where an event names a build that the version
    does not name. A range without end holds every version, also one that cannot be read.

    Raises:
        CorpusProblem: an event is not one of the three, or there is no such scheme.
    """
    subject = parse(version, scheme)
    from_beginning = False
    bounds: list[tuple[Version, str]] = []
    for effect, at in map(_event, events):
        if effect == "introduced" and at == _BEGINNING:
            from_beginning = True
        elif bound := parse(at, scheme):
            bounds.append((bound, effect))
        else:
            return None
    if not events:
        return None
    bounds.sort(key=lambda item: (item[0], _EFFECTS.index(item[1])))
    relations = [(effect, _relation(subject, bound)) for bound, effect in bounds]
    outcomes = {_outcome(relations, inside=from_beginning, passed=passed) for passed in range(len(relations) + 1)}
    return outcomes.pop() if len(outcomes) == 1 else None


def _event(event: Mapping[str, str]) -> tuple[str, str]:
    if len(event) == 1 and (effect := next(iter(event))) in _EFFECTS:
        return effect, event[effect]
    raise CorpusProblem(
        f"{dict(event)} is no range event", hint=f"an event has one key, and it is one of {', '.join(_EFFECTS)}"
    )


def _relation(subject: Version | None, bound: Version) -> int | None:
    """Return -1, 0 or 1 as the subject lies before, at or after the bound; None where that cannot be told."""
    if subject is None:
        return None
    if subject.development is not None and subject.development == bound.key and bound.development is None:
        return None
    if subject.key == bound.key and bound.build is not None:
        return None if subject.build is None else (subject.build > bound.build) - (subject.build < bound.build)
    return (subject.key > bound.key) - (subject.key < bound.key)


def _outcome(relations: Sequence[tuple[str, int | None]], *, inside: bool, passed: int) -> bool:
    """Return whether the subject is affected.

    Args:
        relations: of the subject to every bound, in the order of the bounds.
        inside: whether it is affected before the first of them.
        passed: behind how many bounds the subject is taken to lie, wherever that cannot be told.
    """
    for position, (effect, told) in enumerate(relations):
        relation = told if told is not None else (1 if position < passed else -1)
        if effect == "introduced" and relation >= 0:
            inside = True
        elif (effect == "fixed" and relation >= 0) or (effect == "last_affected" and relation > 0):
            inside = False
    return inside
