"""A question, an error message or a log: what matches, scoped by what the asker runs, the most useful first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.claims import Claim
from gemwright.corpus.search import Hit, Index, search
from gemwright.corpus.search.question import read_question
from gemwright.foundation.errors import UsageProblem

__all__ = ["Answer", "Found", "ask"]

_SEEN = 12
_WORTH = 0.35
"""The share of the best score below which a record is no answer any more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that answers.

    Attributes:
        hit: the record.
        what: what it says beyond its title.
        do: what to do about it; empty where it only informs.
        note: what to know before using it: fixed already, wrong and replaced, another version.
    """

    hit: Hit
    what: str
    do: str
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a question.

    Attributes:
        runs: what the question says is in use: software with versions.
        variants: the models that it names.
        found: the records that answer, the most useful first.
    """

    runs: Mapping[str, str | None]
    variants: tuple[str, ...]
    found: tuple[Found, ...]


def ask(index: Index, question: str, *, running: str = "", limit: int = 5) -> Answer:
    """Answer a question from the records, without a model.

    Args:
        index: where to look.
        question: a question, an error message, a log.
        running: what the asker runs, in words, where the question does not say it: `ollama 0.20.6, 26b`.
        limit: how many records to return.

    Raises:
        UsageProblem: the question is empty.
    """
    if not question.strip():
        raise UsageProblem("the question is empty", hint="say what you see, or paste the error message")
    whole = f"{question}\n{running}" if running else question
    asked = read_question(whole)
    hits = search(index, whole, limit=max(_SEEN, limit))
    best = hits[0].score if hits else 0.0
    found = [_found(index, hit) for hit in hits if hit.score >= _WORTH * best]
    found.sort(key=lambda one: one.hit.fits is False)  # what other versions have comes last; the order stays otherwise
    return Answer(asked.packages, tuple(sorted(asked.variants)), tuple(found[:limit]))


def _found(index: Index, hit: Hit) -> Found:
    name = hit.record.partition("/")[2]
    if hit.kind == "advisory":
        one = index.catalog.all(Advisory)[name]
        note = "; ".join(_notes(one, hit))
        return Found(hit, one.section("What you see"), one.section("What to do"), note)
    if hit.kind == "claim":
        claim = index.catalog.all(Claim)[name]
        if claim.replaced_by:
            instead = index.catalog.all(Claim)[claim.replaced_by]
            note = f"this was said, and is {claim.status}"
            return Found(hit, claim.reason, f"{instead.statement} {instead.advice}".strip(), note)
        note = "" if claim.status == "verified" else f"this is {claim.status}"
        return Found(hit, claim.detail, claim.advice, note)
    return Found(hit, hit.text, "", "")


def _notes(one: Advisory, hit: Hit) -> Iterator[str]:
    if hit.fits is False:
        yield "the version you name is not among those affected"
    elif hit.fits:
        yield "the version you name is affected"
    for row in one.affected:
        fixed = [event.fixed for event in row.events if event.fixed]
        if fixed:
            yield f"fixed in {row.package} {fixed[-1]}"
        elif row.last_seen and hit.fits is None:
            yield f"last seen in {row.package} {row.last_seen}"
