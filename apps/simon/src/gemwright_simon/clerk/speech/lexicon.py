"""The closed vocabulary of free wording, from `lexicon.toml`: phrases, what each means, and what is only said for company."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

__all__ = ["CHATTER", "Entry", "Lexicon", "lexicon"]

CHATTER: Final = "CHATTER"
_FREE: Final = frozenset("the a an his her their its my our your this that he she they him".split())
"""What `*` in a phrase may be: any number of these."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase means.

    Attributes:
        symbol: the word of the grammar: `WHEN`, `BIRTH`, `KIN`, or `CHATTER` for nothing.
        value: which one: the relation and the sex of `KIN`, the number of `ORD`.
    """

    symbol: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases by their first word, the longest first.

    Attributes:
        phrases: first word → words of the phrase and what it means; `*` in the first place stands for itself.
        words: every word of every phrase.
        alone: the words that are a phrase by themselves.
        typos: what is mistyped → what is meant.
        home: kin words that mean a relative of the person who asks where nobody else is named.
    """

    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], tuple[Entry, ...]]]]
    words: frozenset[str]
    alone: frozenset[str]
    typos: Mapping[str, str]
    home: frozenset[str]

    def match(self, words: Sequence[str], at: int) -> tuple[int, tuple[Entry, ...]] | None:
        """Return how far the longest phrase reaches that begins at a word, and what it means; None where none does."""
        best: tuple[int, tuple[Entry, ...]] | None = None
        for phrase, entries in self.phrases.get(words[at], ()):
            end = _reach(phrase, words, at)
            if end > (best[0] if best else at):
                best = end, entries
        return best


def _reach(phrase: tuple[str, ...], words: Sequence[str], at: int) -> int:
    for word in phrase:
        if word == "*":
            while at < len(words) and words[at] in _FREE:
                at += 1
        elif at < len(words) and words[at] == word:
            at += 1
        else:
            return -1
    return at


@cache
def lexicon() -> Lexicon:
    """Return the vocabulary."""
    read: dict[str, Any] = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text("utf-8"))
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[Entry, ...]]]] = {}
    seen: dict[tuple[str, ...], tuple[Entry, ...]] = {}
    for phrase, entries in _entries(read):
        words = tuple(phrase.split())
        if words in seen:
            if seen[words] != entries:
                raise ValueError(f"{phrase!r} means {seen[words]} and {entries}")
            continue
        seen[words] = entries
        phrases.setdefault(words[0], []).append((words, entries))
    known = frozenset(word for words in seen for word in words if word != "*")
    typos = {wrong: right for right, wrongs in read["typos"].items() for wrong in wrongs}
    alone = frozenset(words[0] for words in seen if len(words) == 1)
    return Lexicon(phrases, known, alone, typos, frozenset(read["home"]["words"]))


def _entries(read: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for symbols, phrases in read["symbols"].items():
        entries = tuple(Entry(one) for one in symbols.split())
        yield from _each(phrases, entries)
    for name, symbol in (
        ("pronouns", "PRON"),
        ("possessives", "OWN"),
        ("kin", "KIN"),
        ("sides", "SIDED"),
        ("ordinals", "ORD"),
    ):
        for value, phrases in read[name].items():
            yield from _each(phrases, (Entry(symbol, value),))
    for number, word in enumerate(read["numbers"]["words"]):
        yield word, (Entry("NUM", str(number)),)
    for trade, phrases in read["trades"].items():
        yield from _each([one for one in phrases if " " in one], (Entry("TRADE", trade),))
    yield from _each(read["chatter"]["phrases"], (Entry(CHATTER),))
    yield from _each(read["chatter"]["small"], (Entry(CHATTER, "small"),))


def _each(phrases: Iterable[str], entries: tuple[Entry, ...]) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for phrase in phrases:
        yield phrase, entries


@cache
def trades() -> Mapping[str, tuple[str, ...]]:
    """Return trades with other words for each."""
    read: dict[str, Any] = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text("utf-8"))
    return {trade: tuple(words) for trade, words in read["trades"].items()}
