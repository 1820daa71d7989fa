"""Seeded words, names and values.

A word belongs to the tests alone if the CRC-32 of its UTF-8 is divisible by ten, and to training alone otherwise; what
is drawn here or in `training.values` as a name or a value keeps to that. `Draw(random, test=True)` draws for the tests.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

__all__ = ["CURATED_NOUNS", "Words", "capital", "for_tests"]

T = TypeVar("T")


def for_tests(word: str) -> bool:
    """Whether a word is kept for the tests."""
    return zlib.crc32(word.encode()) % 10 == 0


def capital(text: str) -> str:
    """Return a text with its first character as a capital."""
    return text[:1].upper() + text[1:]


_FUNCTION_WORDS: Final = frozenset(
    "and the with for from into are was were its has have had that this these those them they their there then than "
    "not nor but you your our who whom which what when where why how all any each every some such only also both "
    "being been does did done can could may might must shall should will would about above after before below "
    "between over under until since upon per via out off one two too very use using used set show get list find call "
    "run make read write please now yes true false null none empty".split()
)
_HERE: Final = Path(__file__).parent
_TABLES: Final = "".join(
    path.read_text("utf-8")
    for path in (_HERE / "verbs.txt", _HERE / "families.txt", *sorted((_HERE / "servers").glob("*.txt")))
)
_SEEN: Final = frozenset(re.findall("[a-z]+", _TABLES))
"""Words that training sees as names anyway, so that they are no test."""
_WORDS: Final = [
    word
    for word in (_HERE / "words.txt").read_text().split()
    if word not in _FUNCTION_WORDS and not (for_tests(word) and word in _SEEN)
]
_SHORT: Final = [word for word in _WORDS if 3 <= len(word) <= 8]
_ONSET: Final = "b c d f g h j k l m n p r s t v w z br cr dr fl gl gr kl pl pr sk sl sn st tr th sh qu".split()
_VOWEL: Final = "a e i o u a e i o ai ou ee ia oo".split()
_CODA: Final = "n r s l m t x k rn lt nd".split()
_FIRST: Final = (
    "Anna Ben Carla David Elena Frank Grace Hugo Ines Jakob Karin Leo Maria Nils Olga Paul Rita Simon Tara Uwe Vera "
    "Will Yara Zoe Omar Priya Chen Amara Diego Fatima"
).split()
_LAST: Final = (
    "Weil Klein Braun Parker Novak Silva Rossi Baker Young Lopez Meyer Okafor Singh Tanaka Kim Ivanova Costa Dubois "
    "Larsen Murphy Fischer Haddad Cohen Moreau Nowak Santos"
).split()
_CITY: Final = (
    "Paris London Oslo Bergen Porto Cork Turku Lima Cairo Osaka Berlin Madrid Rome Vienna Prague Dublin Lisbon Athens "
    "Warsaw Riga Seoul Delhi Nairobi Quito Boston Chicago Toronto Sydney Tokyo Bern"
).split()
_NOUNS: Final = (
    "weather invoice order ticket meeting recipe album lesson flight price lamp boat record source village route tide "
    "comet chess branch commit issue table file folder directory page message channel user account note task event "
    "calendar contact email report image video song playlist photo document repository review comment label milestone "
    "release deployment server container pod service log metric alert database query row column schema index backup "
    "key secret token session customer product cart payment refund subscription coupon shipment package address "
    "reservation hotel room train station ticket seat menu restaurant stock currency rate forecast temperature "
    "humidity timer alarm reminder device sensor door light thermostat robot article book chapter author library "
    "course student grade exam project team sprint bug patch pull request workflow pipeline job build test artifact "
    "entity relation graph node edge memory observation tab browser screenshot form button link bookmark feed post "
    "thread reaction group member role permission policy rule domain certificate bucket object snapshot volume "
    "network address cluster instance template campaign lead deal quote contract vendor warehouse item unit map "
    "place distance direction translation definition synonym word sentence paragraph summary vote survey answer"
).split()
CURATED_NOUNS: Final = [word for word in dict.fromkeys(_NOUNS) if not for_tests(word)]
"""What tools in training are often about."""


class Words:
    """Draws words and names.

    Args:
        source: where chance comes from.
        test: whether names and values are those that the tests keep for themselves.
    """

    def __init__(self, source: random.Random, test: bool = False) -> None:
        self.random = source
        self.test = test
        self._chance = source.random

    def one(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self._chance() * len(options))]

    def chance(self, share: float) -> bool:
        """Return true in a share of cases."""
        return self._chance() < share

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self._chance() * (high - low + 1))

    def own(self, options: Sequence[str]) -> str:
        """Return one of the options that belongs to this side of the split."""
        word = self.one(options)
        for _ in range(300):
            if for_tests(word) == self.test:
                break
            word = self.one(options)
        return word

    def nonce(self) -> str:
        """Return a made-up word."""
        while True:
            word = "".join(
                self.one(_ONSET) + self.one(_VOWEL) + (self.one(_CODA) if self.chance(0.35) else "")
                for _ in range(self.one((1, 2, 2, 2, 3)))
            )
            if len(word) > 2 and for_tests(word) == self.test:
                return word

    def word(self) -> str:
        """Return a word, made up in a quarter of cases."""
        return self.nonce() if self.chance(0.25) else self.own(_WORDS)

    def plain(self) -> str:
        """Return a short word for a name."""
        return self.nonce() if self.chance(0.3) else self.own(_SHORT)

    def noun(self) -> str:
        """Return what a tool may be about."""
        kind = self._chance()
        if self.test:
            return self.nonce() if kind < 0.5 else self.own(_SHORT)
        return self.nonce() if kind < 0.4 else self.one(CURATED_NOUNS) if kind < 0.65 else self.own(_SHORT)

    def person(self) -> str:
        """Return a name of a person."""
        first = capital(self.nonce()) if self.test or self.chance(0.35) else self.one(_FIRST)
        last = capital(self.nonce()) if self.test or self.chance(0.5) else self.one(_LAST)
        kind = self._chance()
        if kind < 0.15:
            return first
        if kind < 0.9:
            return f"{first} {last}"
        if kind < 0.95:
            return f"{first} {capital(self.nonce())} {last}"
        return self.one(("{f} O'{l}", "{f} {l}-{m}", "{f} de {l}", "Dr. {f} {l}", "{f} {x}. {l}")).format(
            f=first, l=last, m=capital(self.nonce()), x=self.one("ABCDEFGHJKLM")
        )

    def city(self) -> str:
        """Return a name of a place."""
        name = capital(self.nonce()) if self.test or self.chance(0.5) else self.one(_CITY)
        kind = self._chance()
        if kind < 0.08:
            return name + self.one(
                (" am See", " City", "-Nord", " on Sea", " County", " Bay", ", " + capital(self.nonce()))
            )
        if kind < 0.14 and not self.test:
            return self.one(("Zürich", "Köln", "Malmö", "São Paulo", "Besançon", "Łódź", "Reykjavík", "東京", "Москва"))
        return name

    def words(self, count: int) -> str:
        """Return so many words with single spaces."""
        return " ".join([self.word() for _ in range(count)])
