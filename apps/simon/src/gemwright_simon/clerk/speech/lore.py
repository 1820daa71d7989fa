"""What words a tree knows: those of names, surnames, places and trades; looked at once, when a question first needs them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from gemwright_simon.clerk.people import fold
from gemwright_simon.clerk.speech.lexicon import trades
from gemwright_simon.names.fold import spellings
from gemwright_simon.tree import Selection, Tree

__all__ = ["Lore"]

_MOST_TRADES = 5000


class Lore:
    """The words of one tree. Nothing of a hidden person is among them.

    Args:
        tree: the tree, opened.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def _surnames(self) -> Mapping[str, str]:
        return {form: row.surname for row in self._tree.bulk.people() for form in _forms(row.surname)}

    @cached_property
    def _names(self) -> frozenset[str]:
        raw = {word for row in self._tree.bulk.people() for word in fold(row.names.replace("/", " ")).split()}
        umlauts = {word.lower() for row in self._tree.bulk.people() for word in row.names.replace("/", " ").split()}
        return frozenset(raw | {form for word in umlauts for form in spellings(word)})

    @cached_property
    def _places(self) -> Mapping[str, str]:
        numbers = {row.place for row in self._tree.bulk.events() if row.place}
        found: dict[str, str] = {}
        for number in numbers:
            for level in self._tree.bulk.place(number).split(","):
                for form in _forms(level.strip()):
                    found.setdefault(form, level.strip())
        return found

    @cached_property
    def _place_words(self) -> frozenset[str]:
        return frozenset(word for place in self._places for word in place.split())

    @cached_property
    def _trades(self) -> Mapping[str, str]:
        _, groups = self._tree.group("occupation", Selection(), _MOST_TRADES)
        found = {fold(value): value for value, _ in groups if fold(value)}
        for value in list(found):
            for other in trades().get(value, ()):
                found.setdefault(other, found[value])
        for value in list(found):
            for plural in (value + "s", value[:-1] + "ies" if value.endswith("y") else value + "es"):
                found.setdefault(plural, found[value])
            if value.endswith("man"):
                found.setdefault(value[:-3] + "men", found[value])
        return found

    def name_word(self, word: str) -> bool:
        """Tell whether a folded word is one of somebody's names."""
        return word in self._names

    def surname(self, word: str) -> str:
        """Return the surname as recorded that a folded text is, or an empty text."""
        return self._surnames.get(word, "")

    def place(self, text: str) -> str:
        """Return the place, or level of one, as recorded that a folded text is, or an empty text."""
        return self._places.get(text, "")

    def trade(self, text: str) -> str:
        """Return the occupation as recorded that a folded text is, its plural and other words included, or an empty text."""
        return self._trades.get(text, "")

    def knows(self, word: str) -> bool:
        """Tell whether a folded word is any of these, alone or as a part."""
        return word in self._names or word in self._place_words or bool(self.trade(word))


def _forms(text: str) -> set[str]:
    folded = fold(text)
    return {folded, " ".join(spellings(word.lower())[-1] for word in text.split())} - {""}
