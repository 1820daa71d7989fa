"""A text as typed → words to read: contractions written out, marks apart, each word with how it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gemwright_simon.clerk.people import fold

__all__ = ["POSSESSIVE", "Word", "split"]

POSSESSIVE: Final = "'s"
"""The word that a possessive ending becomes."""

_PIECE: Final = re.compile(r"\d+(?:st|nd|rd|th)\b|\d{3,4}s\b|[^\W_]+(?:['.-][^\W_]+)*'?|[.,;:?!()+&/\u2013\u2014-]")
_HOSTS: Final = frozenset(
    "what who where when how that it he she there here which whats name names why this one everybody everyone".split()
)
_SHORT: Final = {"d": "did", "ve": "have", "re": "are", "m": "am", "ll": "will"}
_WHOLE: Final = {
    "whats": ("what", "is"),
    "whos": ("who", "is"),
    "wheres": ("where", "is"),
    "whens": ("when", "is"),
    "whered": ("where", "did"),
    "hows": ("how", "is"),
    "dont": ("do", "not"),
    "didnt": ("did", "not"),
    "wasnt": ("was", "not"),
    "weve": ("we", "have"),
    "youve": ("you", "have"),
    "id": ("i", "would"),
    "ive": ("i", "have"),
    "im": ("i", "am"),
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "o'clock": (),
    "gimme": ("give", "me"),
    "lemme": ("let", "me"),
    "wanna": ("want", "to"),
    "gonna": ("going", "to"),
}
_TAGS: Final = re.compile(
    r"[,;\u2013-]?\s*\b(?:no|right|correct|yes|innit|eh|huh|or not|is that so|"
    r"(?:was|is|did|were|has|had|does)n'?t (?:it|he|she|they|there)|am i right)\s*([?.!])",
    re.IGNORECASE,
)
"""What is put behind a statement to make a question of it."""
_INITIAL: Final = re.compile(r"(?<=\w )([^\W\d_a-z])\.(?= [^\W\d_a-z])")
"""A capital letter with a full stop between two words of a name: no end of a sentence."""
_MARKS: Final = frozenset(".,;:?!()+&/-\u2013\u2014")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question, or a mark.

    Attributes:
        text: as typed.
        low: in small letters without accents.
        large: whether it begins with a capital letter.
        first: whether it begins a sentence.
    """

    text: str
    low: str
    large: bool = False
    first: bool = False

    @property
    def mark(self) -> bool:
        """Whether it is punctuation."""
        return self.low in _MARKS


def split(text: str, known: frozenset[str]) -> list[Word]:
    """Return the words of a text.

    Args:
        text: as typed.
        known: words of the vocabulary; one joined by hyphens is taken apart where all its parts are known.
    """
    text = re.sub("[\u2018\u2019\u02bc`\u00b4]", "'", text)
    text = re.sub('["\u201c\u201d\u201e\u00bb\u00ab*_]', " ", text)
    text = _TAGS.sub(lambda found: found[1], text)
    text = re.sub(r"\.{2,}|\u2026", " , ", text)
    text = re.sub(r"\b(incl|excl|approx|ca|abt|nr|dr|mr|mrs|prof|rev|jr|sr)\.", r"\1", text, flags=re.IGNORECASE)
    text = _INITIAL.sub(r"\1", text)
    words: list[Word] = []
    first = True
    for piece in _PIECE.findall(text):
        if piece in _MARKS:
            words.append(Word(piece, "-" if piece in "\u2013\u2014" else piece))
            first = piece in ".?!"
            continue
        for part in _parts(piece, known):
            if part == POSSESSIVE:
                words.append(Word(part, part))
                continue
            words.append(Word(part, fold(part), part[:1].isupper(), first))
            first = False
    return words


def _parts(token: str, known: frozenset[str]) -> list[str]:
    low = fold(token)
    if low in _WHOLE:
        return list(_WHOLE[low])
    stem, quote, end = token.rpartition("'")
    if quote and not end:
        return [stem, POSSESSIVE] if low.rstrip("'").endswith(("s", "x", "z")) else [stem]
    if quote and fold(end) == "s":
        return [stem, "is"] if fold(stem) in _HOSTS else [*_parts(stem, known), POSSESSIVE]
    if quote and fold(end) == "t" and fold(stem).endswith("n"):
        return [stem[:-1], "not"]
    if quote and fold(end) == "d" and not fold(stem).startswith("wh"):
        return [stem, "would" if fold(stem) in ("i", "you", "we") else "had"]
    if quote and fold(end) in _SHORT:
        return [stem, _SHORT[fold(end)]]
    pieces = [one for one in re.split("-", token) if one]
    if len(pieces) > 1 and all(fold(one) in known or fold(one).isdigit() for one in pieces):
        return pieces
    return [token]
