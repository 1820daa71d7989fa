"""What is hidden, and how: people who may be living, and what the file itself marks as private.

A hidden person is known by an alias of this session, with a place in the family and nothing else. Of a couple with a
hidden partner nothing is told but who belongs to it. In everybody else's texts a hidden person's names are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gemwright_simon.names.fold import fold, spellings, words
from gemwright_simon.reading.interpret import name_parts
from gemwright_simon.tree.store import Store

__all__ = ["MASK", "Privacy"]

MASK: Final = "[a living person]"

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001  # both apostrophes
_POINTER: Final = re.compile(r"@([^@\s]+)@")
_FARTHEST: Final = 4  # how many words after a given name its surname may stand: "Jane Marie de la Cruz"


def name_pairs(names: str) -> Iterator[tuple[str, str]]:
    """Yield given name and last word of the surname for every name a person is known by, folded in all spellings."""
    surnames: list[str] = []
    givens: list[str] = []
    for value in names.split("\n"):
        given, surname, _, nickname = name_parts(value)
        if surname:
            surnames.append(words(surname)[-1] if words(surname) else "")
            givens += words(given) + words(nickname)
        else:
            givens += words(value)
    for given in dict.fromkeys(givens):
        for surname in dict.fromkeys(filter(None, surnames)):
            if given != surname:
                yield from ((one, other) for one in spellings(given) for other in spellings(surname))


class Privacy:
    """What of a tree is hidden.

    Args:
        store: the index.
        people: numbers of the hidden people.
        families: numbers of the families of which nothing but the members is told.

    Attributes:
        people: as given.
        families: as given.
        owners: both, families with a minus sign.
    """

    def __init__(self, store: Store, people: frozenset[int], families: frozenset[int]) -> None:
        self._store = store
        self.people = people
        self.families = families
        self.owners = people.union(-one for one in families)
        self._aliases: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        taken = store.one("SELECT 1 FROM person WHERE handle >= 'living' AND handle < 'livinh' LIMIT 1")
        self._prefix = "living-person-" if taken else "living"

    def alias(self, n: int) -> str:
        """Return the alias of a hidden person: the same one as long as the tree is open."""
        alias = self._aliases.get(n)
        if alias is None:
            with self._store.lock:
                alias = self._aliases.get(n) or f"{self._prefix}{len(self._aliases) + 1}"
                self._numbers[alias] = n
                self._aliases[n] = alias
        return alias

    def number(self, alias: str) -> int:
        """Return the number behind an alias that was given out; 0 where there is none."""
        return self._numbers.get(alias, 0)

    def _hidden_pairs(self) -> dict[str, set[str]]:
        """Return surname → given names, and given name → surnames, of all hidden people."""
        return self._store.kept("names of hidden people", self._all_pairs)

    def _all_pairs(self) -> dict[str, set[str]]:
        pairs: dict[str, set[str]] = {}
        for names in set(self._store.of("SELECT n, names FROM person WHERE n IN ({})", self.people).values()):
            for given, surname in name_pairs(names):
                pairs.setdefault(given, set()).add(surname)
                pairs.setdefault(surname, set()).add(given)
        return pairs

    def may_name(self, wanted: list[str]) -> bool:
        """Tell whether one of these words may be, or begin, a word of a hidden person's name."""
        return bool(self.people) and any(known.startswith(tuple(wanted)) for known in self._hidden_pairs())

    def mask(self, text: str, own: frozenset[tuple[str, str]] = frozenset()) -> str:
        """Return a text with the full names of hidden people masked, and pointers to them turned into aliases.

        Args:
            text: the text.
            own: given name and surname of the person whose text it is, which stay.
        """
        if not text or not self.people:
            return text
        if "@" in text:
            text = _POINTER.sub(self._pointer, text)
        pairs = self._hidden_pairs()
        found = [(match.start(), match.end(), spellings(match[0])) for match in _WORD.finditer(text)]
        cuts: list[tuple[int, int]] = []
        at = 0
        while at < len(found):
            last = self._name_at(found, at, pairs, own)
            if last < 0:
                at += 1
                continue
            cuts.append((found[at][0], found[last][1]))
            at = last + 1
        for start, end in reversed(cuts):
            text = text[:start] + MASK + text[end:]
        return text

    @staticmethod
    def _name_at(
        found: list[tuple[int, int, tuple[str, ...]]],
        at: int,
        pairs: dict[str, set[str]],
        own: frozenset[tuple[str, str]],
    ) -> int:
        """Return the place of the last word of a hidden person's name that begins here; -1 where none does."""
        for one in found[at][2]:
            others = pairs.get(one)
            if not others:
                continue
            for other in range(min(at + _FARTHEST, len(found) - 1), at, -1):
                for word in found[other][2]:
                    if word in others and (one, word) not in own and (word, one) not in own:
                        # A second surname may follow: Smith-Jones.
                        while other + 1 < len(found) and others.intersection(found[other + 1][2]):
                            other += 1
                        return other
        return -1

    def _pointer(self, match: re.Match[str]) -> str:
        row = self._store.one("SELECT n FROM person WHERE handle=?", match[1])
        return f"@{self.alias(row[0])}@" if row and row[0] in self.people else match[0]

    def still_says(self, masked: str, wanted: list[str]) -> bool:
        """Tell whether a masked text still holds all the words that were searched for."""
        if not self.people:
            return True
        held = set(words(fold(masked)))
        return all(any(one.startswith(word) for one in held) for word in wanted)
