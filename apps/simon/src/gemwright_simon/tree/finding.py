"""People by name: as written, folded, in part, by another form of the name, by sound, by a letter more or less."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from gemwright_simon.names.distance import within
from gemwright_simon.names.fold import fold, spellings, words
from gemwright_simon.names.nicknames import same_names
from gemwright_simon.names.phonetic import sound_codes
from gemwright_simon.reading.interpret import text_of
from gemwright_simon.tree.schema import numbers
from gemwright_simon.tree.store import Store

__all__ = ["named"]

_SHORTEST_PREFIX: Final = 3
_SHORTEST_EDIT: Final = 5
_MOST_WORDS: Final = 8
_RANKS: Final = {"exact": 0, "folded": 1, "part": 2, "nickname": 3, "begins": 4, "sounds": 5, "spelt": 6}

_Candidates = dict[int, tuple[int, str]]
"""Word → how good a match it is, and the reason."""


def _same(store: Store, token: str, found: _Candidates, texts: tuple[str, ...], rank: int, why: str) -> None:
    for text in texts:
        row = store.one("SELECT n FROM word WHERE text=?", text)
        if row:
            found.setdefault(row[0], (rank, why))


def _likely(store: Store, token: str, level: int) -> _Candidates:
    """Return the words of the tree that a word of the question may mean.

    Args:
        store: the index.
        token: the word as asked.
        level: 0 for the word itself, 1 for other forms of it, 2 for what sounds or looks like it too.
    """
    found: _Candidates = {}
    forms = spellings(token)
    _same(store, token, found, forms, _RANKS["part"], "")
    if level < 1:
        return found
    _same(store, token, found, tuple(sorted(same_names(forms[0]))), _RANKS["nickname"], "nickname")
    if len(forms[0]) >= _SHORTEST_PREFIX:
        end = forms[0][:-1] + chr(ord(forms[0][-1]) + 1)
        for n, _ in store.rows("SELECT n, text FROM word WHERE text >= ? AND text < ?", forms[0], end):
            found.setdefault(n, (_RANKS["begins"], f"begins with {forms[0]}"))
    if level < 2:
        return found
    votes: dict[int, set[str]] = {}
    for code in sound_codes(forms[0]):
        for (n,) in store.rows("SELECT word FROM sound WHERE code=?", code):
            votes.setdefault(n, set()).add(code[:1])
    for n, systems in votes.items():
        if len(systems) >= 2:  # one system alone joins names that nobody would mix up
            found.setdefault(n, (_RANKS["sounds"], "sounds like"))
    if len(forms[0]) >= _SHORTEST_EDIT:
        most = 1 if len(forms[0]) < 7 else 2
        head = forms[0][0]
        rows = store.rows(
            "SELECT n, text FROM word WHERE text >= ? AND text < ? AND length(text) BETWEEN ? AND ?",
            head, chr(ord(head) + 1), len(forms[0]) - most, len(forms[0]) + most,
        )  # fmt: skip
        for n, text in rows:
            if n not in found and within(forms[0], text, most) is not None:
                found[n] = (_RANKS["spelt"], "spelt like")
    return found


def _people(store: Store, candidates: list[_Candidates], hidden: frozenset[int]) -> dict[int, tuple[int, str]]:
    """Return the people who have a word for every word of the question, with the worst of their matches."""
    best: dict[int, tuple[int, str]] | None = None
    for found in sorted(candidates, key=len):
        here: dict[int, tuple[int, str]] = {}
        for word, (rank, why) in found.items():
            row = store.one("SELECT who FROM word WHERE n=?", word)
            for n in numbers(data=row[0]) if row else ():
                if n in hidden or (best is not None and n not in best):
                    continue
                if n not in here or rank < here[n][0]:
                    here[n] = (rank, why)
        if best is None:
            best = here
        else:
            best = {n: max(best[n], match) for n, match in here.items() if n in best}
        if not best:
            return {}
    return best or {}


def named(store: Store, name: str, hidden: frozenset[int], most: int = 0) -> list[tuple[int, str]]:
    """Return the people whom a name may mean, best first, each with the reason.

    Args:
        store: the index.
        name: a full name or a part of one.
        hidden: people who are not found.
        most: stop looking for weaker matches once there are so many; 0 for no limit.
    """
    tokens = words(name)[:_MOST_WORDS]
    if not tokens:
        return []
    matches: dict[int, tuple[int, str]] = {}
    for level in (0, 1, 2):
        found = _people(store, [_likely(store, token, level) for token in tokens], hidden)
        for n, match in found.items():
            matches.setdefault(n, match)
        if matches and (level or len(tokens) > 1):
            break
    asked, folded = tuple(one.lower() for one in tokens), tuple(fold(one) for one in tokens)
    ranked: list[tuple[int, int, str]] = []
    parts = (n for n, (rank, _) in matches.items() if rank == _RANKS["part"])
    names: dict[int, str] = store.of("SELECT n, names FROM person WHERE n IN ({})", parts)
    for n, (rank, why) in matches.items():
        if rank == _RANKS["part"]:
            rank, why = _whole(names[n], asked, folded)
        ranked.append((rank, n, why))
    ranked.sort()
    return [(n, why) for _, n, why in (ranked[:most] if most else ranked)]


@lru_cache(1 << 15)
def _held(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of a recorded name in small letters, and folded."""
    held = words(text_of(value).replace("/", " "))
    return tuple(one.lower() for one in held), tuple(fold(one) for one in held)


def _whole(names: str, asked: tuple[str, ...], folded: tuple[str, ...]) -> tuple[int, str]:
    """Tell whether the words are a whole name as written, folded, or a part of one."""
    best = (_RANKS["part"], "part")
    for value in names.split("\n"):
        small, plain = _held(value)
        if small == asked:
            return _RANKS["exact"], "exact"
        if plain == folded:
            best = (_RANKS["folded"], "folded")
    return best
