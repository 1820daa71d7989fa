"""The tooling index: canonical upstream material, where it is pinned, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GROUPS", "Finding", "Tooling"]

GROUPS = ("google-official", "huggingface", "inference-frameworks", "gemma-family", "fine-tuning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that was learnt from the material.

    Attributes:
        claim: id of the claim that says it.
        merged: the document of `guide/` that uses the claim, or empty.
        flagged: why no document uses it, or empty. One of the two is given.
    """

    claim: str
    merged: str = ""
    flagged: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tooling:
    """A piece of upstream material.

    Attributes:
        title: its name.
        what: what it is.
        when: when to read it.
        url: its full address, or a package URL.
        license: SPDX id, or a name; `unknown` where none is stated.
        checked: the day on which it was seen.
        repository: `owner/name` on GitHub, where it lies in one.
        path: the file or folder in the repository.
        commit: the revision that was read.
        sha256: of the file at that revision, where it was fetched.
        bytes: its size, where it was fetched.
        topics: from `vocab.toml`.
        asked: how people ask for it.
        note: what to beware of.
        finding: what was found in it.
    """

    title: str
    what: str
    when: str
    url: str
    license: str
    checked: str
    repository: str = ""
    path: str = ""
    commit: str = ""
    sha256: str = ""
    bytes: int | None = None
    topics: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    note: str = ""
    finding: tuple[Finding, ...] = ()
