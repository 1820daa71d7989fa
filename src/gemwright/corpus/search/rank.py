"""From a question to the records that answer it: two searches by words, joined, and weighed by what the asker runs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import log

from gemwright.catalog.ranges import Range
from gemwright.catalog.things import Runtime
from gemwright.corpus.environment import CORE, package_name, variant_name
from gemwright.corpus.search.index import Index
from gemwright.corpus.search.question import Question, read_question

__all__ = ["Hit", "search"]

_FIELD_WEIGHTS = "4.0, 3.0, 1.0, 2.0, 0.7"
"""Of title, phrases, body, tags, parts."""
_PHRASE_SHARE = 1.5
"""How much the one phrase that fits best counts, beside the record as a whole."""
_EXCHANGED_SHARE = 0.3
"""How much a word counts that may be exchanged for one that was asked for."""
_COVERAGE_SHARE = 1.0
"""How much it adds to have all of the question's words instead of one of them."""
_CANDIDATES = 200
_MOST_TERMS = 32
_FUSION = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""

_KINDS: Mapping[str, float] = {"tooling": 0.8, "measurement": 0.85, "hardware": 0.9, "support": 0.95}
_STATUS: Mapping[str, float] = {"retracted": 0.85, "superseded": 0.8}
_SEVERITY: Mapping[str, float] = {"critical": 1.06, "high": 1.04, "medium": 1.0, "low": 0.97}
_OTHER_SOFTWARE = 0.7
_SAME_SOFTWARE = 1.3
_OTHER_VARIANT = 0.8
_SAME_VARIANT = 1.05
_OTHER_VERSION = 0.75
_SAME_VERSION = 1.15
_UNASKED_RELATIVE = 0.8
_INTENDED = 1.15

_CHOICES = ("claims/models/", "claims/quantisation/", "claims/hardware/", "quants/", "variants/", "relatives/")
"""Where the answers to "which one?" stand."""
_RELATIVES = re.compile(
    r"embedd?ing|shield|function ?gemma|pali|code ?gemma|med ?gemma|medical|translate|t5|recurrent|griffin|data ?gemma|tx ?gemma|"
    r"dolphin|sign|vault|diffusion|assistant|draft|mtp|specul|vector|rag\b|retriev|safety|moderat|relative|famil|ltx|older|"
    r"gemma[- ]?[123]",
    re.IGNORECASE,
)
"""Words that show that a question may be about a relative of the five."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found.

    Attributes:
        record: kind and id.
        kind: the kind in the singular.
        title: what it says in a line.
        text: what it says in at most 600 characters.
        urls: where it can be read on.
        score: how well it fits; comparable within one answer only.
        severity: of an advisory, else empty.
        status: of a claim or an advisory, else empty.
        fits: whether it is about the version that the question names; None where it names none, or it cannot be told.
    """

    record: str
    kind: str
    title: str
    text: str
    urls: tuple[str, ...]
    score: float
    severity: str = ""
    status: str = ""
    fits: bool | None = None


def search(
    index: Index,
    text: str,
    *,
    limit: int = 5,
    kinds: Sequence[str] = (),
    ranking: Sequence[str] = (),
) -> list[Hit]:
    """Return the records that answer a question, the best first.

    Args:
        index: where to look.
        text: a question, an error message, a log.
        limit: how many to return.
        kinds: only these kinds, in the singular; all where empty.
        ranking: record ids in the order of their vectors' nearness to the question's, from somebody who has an
            embedding model; joined with the order by words through reciprocal rank fusion.
    """
    question = read_question(text)
    scores = _by_words(index, question)
    if not scores and not ranking:
        return []
    hits = [_hit(index, question, number, score) for number, score in scores.items()]
    if kinds:
        hits = [hit for hit in hits if hit.kind in kinds]
    hits.sort(key=lambda hit: (-hit.score, hit.record))
    return _fused(index, hits, ranking, kinds)[:limit] if ranking else hits[:limit]


def _by_words(index: Index, question: Question) -> dict[int, float]:
    """Return the score of every record that shares words with the question.

    Words count as they are asked for; words that may be exchanged for them count less. What covers more of the question's
    telling words comes before what repeats one of them.
    """
    holders = _telling(index, question)
    if not holders:
        return {}
    others = [other for term in holders for other in index.words.groups.get(term, ()) if other not in holders]
    scores = _matched(index, list(holders))
    for number, score in _matched(index, others[:_MOST_TERMS]).items():
        scores[number] = scores.get(number, 0.0) + _EXCHANGED_SHARE * score
    coverage = _coverage(len(index), holders)
    return {number: score * (1 + _COVERAGE_SHARE * coverage.get(number, 0.0)) for number, score in scores.items()}


def _matched(index: Index, terms: Sequence[str]) -> dict[int, float]:
    if not terms:
        return {}
    wanted = " OR ".join(f'"{term}"' for term in terms)
    scores: dict[int, float] = dict(
        index.connection.execute(
            f"SELECT rowid, -bm25(fields, {_FIELD_WEIGHTS}) AS score FROM fields WHERE fields MATCH ? "  # noqa: S608 - weights
            f"ORDER BY score DESC LIMIT {_CANDIDATES}",
            (wanted,),
        )
    )
    best: dict[int, float] = {}
    for number, score in index.connection.execute(
        "SELECT card, -bm25(phrases) AS score FROM phrases WHERE phrases MATCH ? "  # noqa: S608 - a constant
        f"ORDER BY score DESC LIMIT {_CANDIDATES}",
        (wanted,),
    ):
        best.setdefault(number, score)
    for number, score in best.items():
        scores[number] = scores.get(number, 0.0) + _PHRASE_SHARE * score
    return scores


def _coverage(total: int, holders: Mapping[str, Sequence[int]]) -> dict[int, float]:
    """Return which share of the terms, weighed by how rare each is, every record has."""
    have: dict[int, float] = defaultdict(float)
    whole = 0.0
    for numbers in holders.values():
        weight = log(1 + (total - len(numbers) + 0.5) / (len(numbers) + 0.5))
        whole += weight
        for number in numbers:
            have[number] += weight
    return {number: weight / whole for number, weight in have.items()} if whole else {}


def _telling(index: Index, question: Question) -> dict[str, list[int]]:
    """Return the terms to look for, each with the records that have it.

    Where there are many, as in a log, they are the rarest words, and numbers only where room is left. For a word that no
    record has, the nearest one that some have stands in.
    """
    holders: dict[str, list[int]] = {}
    for term in question.terms:
        numbers = index.holders(term)
        if not numbers and len(term) > 4 and not any(character.isdigit() for character in term):
            for near in get_close_matches(term, _alike(index.stems, term), n=1, cutoff=0.8):
                term, numbers = near, index.holders(near)
        if numbers:
            holders[term] = numbers
    if len(holders) <= _MOST_TERMS:
        return holders
    rarest = set(sorted(holders, key=lambda term: (term.isdigit(), len(holders[term])))[:_MOST_TERMS])
    return {term: numbers for term, numbers in holders.items() if term in rarest}


def _alike(known: Sequence[str], term: str) -> list[str]:
    return [word for word in known if word[0] == term[0] and abs(len(word) - len(term)) <= 3]


def _hit(index: Index, question: Question, number: int, score: float) -> Hit:
    card = index.card(number)
    score *= _KINDS.get(card.kind, 1.0) * _STATUS.get(card.status, 1.0) * _SEVERITY.get(card.severity, 1.0)
    fits = _version_fits(question, card.ranges)
    score *= _software(index, question, {package_name(row.package) for row in card.ranges})
    if fits is not None:
        score *= _SAME_VERSION if fits else _OTHER_VERSION
    about = {variant_name(one) for one in card.variants}
    if about and question.variants:
        score *= _SAME_VARIANT if about & question.variants else _OTHER_VARIANT
    score *= _intended(question, card.record, card.kind)
    if _is_relative(card.record, about) and not _RELATIVES.search(question.text):
        score *= _UNASKED_RELATIVE
    return Hit(card.record, card.kind, card.title, card.text, card.urls, score, card.severity, card.status, fits)


def _intended(question: Question, record: str, kind: str) -> float:
    if "choice" in question.intents:
        return _INTENDED if record.startswith(_CHOICES) else 1.0
    if "trouble" in question.intents:
        return _INTENDED if kind == "advisory" else 1.0
    return 1.0 if kind in ("advisory", "tooling") else _INTENDED


def _is_relative(record: str, about: set[str]) -> bool:
    return record.startswith(("relatives/", "claims/relatives/")) or (bool(about) and not about & CORE)


def _software(index: Index, question: Question, about: set[str]) -> float:
    if not question.packages or not about:
        return 1.0
    runtimes = index.catalog.all(Runtime)
    named = set(question.packages) | {runtimes[one].mirror for one in question.packages if one in runtimes}
    return _SAME_SOFTWARE if about & named else _OTHER_SOFTWARE


def _version_fits(question: Question, ranges: Sequence[Range]) -> bool | None:
    told = [
        one.holds(version)
        for one in ranges
        if (version := question.packages.get(package_name(one.package))) is not None
    ]
    if not told:
        return None
    return True if True in told else None if None in told else False


def _fused(index: Index, hits: Sequence[Hit], ranking: Sequence[str], kinds: Sequence[str]) -> list[Hit]:
    """Join two orders by the sum of the reciprocals of their ranks."""
    scores: dict[str, float] = defaultdict(float)
    by_record = {hit.record: hit for hit in hits}
    for order in ([hit.record for hit in hits], ranking):
        for rank, record in enumerate(order, 1):
            scores[record] += 1 / (_FUSION + rank)
    for record in ranking:
        if record not in by_record and (found := _card(index, record)) is not None:
            by_record[record] = found
    joined = [replace(by_record[record], score=score) for record, score in scores.items() if record in by_record]
    joined = [hit for hit in joined if not kinds or hit.kind in kinds]
    return sorted(joined, key=lambda hit: (-hit.score, hit.record))


def _card(index: Index, record: str) -> Hit | None:
    row = index.connection.execute("SELECT number FROM cards WHERE record = ?", (record,)).fetchone()
    return _hit(index, read_question(""), row[0], 0.0) if row else None
