"""Letters brought to one form, so that `Müller`, `MUELLER` and `Muller` can meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["fold", "spellings", "words"]

# Letters that Unicode does not take apart.
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}  # noqa: RUF001
)
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001  # both apostrophes


def fold(text: str) -> str:
    """Return small letters without accents; what a letter cannot be without becomes two (ß → ss, æ → ae)."""
    small = text.lower()
    if small.isascii():
        return small
    apart = unicodedata.normalize("NFKD", small.translate(_LETTERS))
    return "".join(one for one in apart if not unicodedata.combining(one))


@lru_cache(65536)
def spellings(text: str) -> tuple[str, ...]:
    """Return a word's folded spellings: `müller` is both `muller` and `mueller`."""
    first = fold(text)
    if text.isascii():
        return (first,)
    second = fold(unicodedata.normalize("NFC", text).lower().translate(_UMLAUTS))
    return (first,) if first == second else (first, second)


def words(text: str) -> list[str]:
    """Return the words of a name as written; an apostrophe inside a word does not part it."""
    return [one.replace("'", "").replace("’", "") for one in _WORD.findall(text)]  # noqa: RUF001
