"""What an answer says, taken apart: people, dates with their hedges, places, numbers; by rules that know no answer's form."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final, NamedTuple

from apps.simon.tests.free.trees import Kept

__all__ = ["Dated", "Said", "dates", "fold", "numbers", "people", "same_words", "without_people"]

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier",
            "feb february februar février fevrier",
            "mar march märz marz mars",
            "apr april avril",
            "may mai",
            "jun june juni juin",
            "jul july juli juillet",
            "aug august août aout",
            "sep sept september septembre",
            "oct october oktober octobre",
            "nov november novembre",
            "dec december dezember décembre decembre",
        ),
        1,
    )
    for name in names.split()
}
_HEDGES: Final = {
    "abt": "about",
    "about": "about",
    "around": "about",
    "roughly": "about",
    "circa": "about",
    "ca": "about",
    "c": "about",
    "bef": "before",
    "before": "before",
    "aft": "after",
    "after": "after",
    "est": "estimated",
    "estimated": "estimated",
    "cal": "calculated",
    "calculated": "calculated",
    "int": "interpreted",
    "bet": "between",
    "between": "between",
    "from": "from",
}
_MONTH: Final = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_HEDGE: Final = "|".join(sorted(_HEDGES, key=len, reverse=True))
_DATE: Final = re.compile(
    rf"(?:\b(?P<hedge>{_HEDGE})\b\.?\s+)?"
    rf"(?:\b(?P<iso>\d{{4}}-\d\d-\d\d)\b"
    rf"|\b(?:the\s+)?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?)?(?P<month>{_MONTH})\.?,?\s+(?P<myear>\d{{4}})(?:/\d\d)?\b"
    rf"|\b(?P<us>{_MONTH})\.?\s+(?P<usday>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<usyear>\d{{4}})\b"
    rf"|\b(?P<year>1[4-9]\d\d|20\d\d)(?:/\d\d)?\b)",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"\[([A-Z]+\d+(?:\.[A-Z]+\d*)?)\]")
_NUMBER: Final = re.compile(r"(?<![\w.\-])(\d{1,3})(?![\w\-])")
_WORDS: Final[tuple[str, ...]] = tuple("none one two three four five six seven eight nine ten eleven twelve".split())


class Dated(NamedTuple):
    """A date as it stands in a text.

    Attributes:
        year: the year as written; of a double year the first.
        month: the month or 0.
        day: the day or 0.
        hedge: `about` and so on, or nothing.
        start: where it begins in the text.
    """

    year: int
    month: int
    day: int
    hedge: str
    start: int

    def same(self, other: Dated) -> bool:
        """Return whether both say the same, hedge included."""
        return self[:4] == other[:4]


@functools.lru_cache(4096)
def fold(text: str) -> str:
    """Return a text in small letters without accents, as people type it."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ø", "o"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def same_words(needle: str, text: str) -> bool:
    """Return whether words stand in a text as whole words, whatever the accents."""
    folded, words = fold(text), fold(needle)
    return words in folded and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", folded) is not None


@functools.lru_cache(65536)
def dates(text: str) -> tuple[Dated, ...]:
    """Return the dates of a text. `BET 1753 AND 1756` is two: the first is hedged, the second bare."""
    found: list[Dated] = []
    for match in _DATE.finditer(text):
        hedge = _HEDGES.get((match["hedge"] or "").lower(), "")
        if match["iso"]:
            year, month, day = map(int, match["iso"].split("-"))
        elif match["month"]:
            year, month, day = int(match["myear"]), _MONTHS[match["month"].lower()], int(match["day"] or 0)
        elif match["us"]:
            year, month, day = int(match["usyear"]), _MONTHS[match["us"].lower()], int(match["usday"])
        else:
            year, month, day = int(match["year"]), 0, 0
        found.append(Dated(year, month, day, hedge, match.start()))
    return tuple(found)


@functools.cache
def _names(tree: Kept) -> re.Pattern[str]:
    """Return a pattern of all recorded names, the longest first, with the handle behind a name where there is one."""
    names = sorted({name.text for person in tree.people.values() for name in person.names}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, names))})(?!\w)( \[[A-Z]+\d+\])?")


def without_people(text: str, tree: Kept) -> str:
    """Return a text with handles and the names of the tree's people taken out, at the same length."""
    text = _names(tree).sub(lambda match: " " * len(match[0]), text)
    return _HANDLE.sub(lambda match: " " * len(match[0]), text)


def people(text: str, tree: Kept) -> list[str]:
    """Return the handles of the people that a text speaks of; a name without a handle is everybody who bears it."""
    found = [one for one in _HANDLE.findall(text) if one in tree.people]
    for match in _names(tree).finditer(text):
        if match[2] is None:
            found += [one for one, person in tree.people.items() if any(n.text == match[1] for n in person.names)]
    return list(dict.fromkeys(found))


def numbers(text: str) -> list[int]:
    """Return the small numbers of a text that are no parts of dates or handles, in their order."""
    text = _DATE.sub(" ", _HANDLE.sub(" ", text))
    text = re.sub(rf"(?<!\w)({'|'.join(_WORDS)})(?!\w)", lambda m: str(_WORDS.index(m[0].lower())), text, flags=re.I)
    return [int(one) for one in _NUMBER.findall(text)]


class Said(NamedTuple):
    """A line of a program's answer, as far as it is scored."""

    answer: str
    declined: bool
    evidence: tuple[str, ...]
    answered_by: str
