"""What a field of an answer may hold, and how a model's words are brought to it, or refused with a reason.

Whatever a model wrote is plain words of bounded length here: no control characters, no marks that a path, a page or a
shell would read.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, cast

from gemwright_visualizer.palettes import from_hex, to_hex

__all__ = ["Choice", "Colour", "Field", "Refused", "Taken", "Whole", "Words", "cleaned"]

_PLAIN: Final = re.compile(r"[^\w\s,.'&%()-]", re.UNICODE)
_DOTS: Final = re.compile(r"\.{2,}")
_ENDS: Final = " \t\n\"'`*_.,;:-"
_CLICHES: Final = (
    "tapestry",
    "ethereal",
    "testament",
    "symphony of",
    "dance of",
    "whispers of",
    "kaleidoscope of emotion",
)
"""Words that small models fall back on; a shot that is described by them shows nothing."""
_MOST_LETTERS: Final = 240
_ECHO: Final = re.compile(r"\bat most \d+ words\b", re.IGNORECASE)
"""The form, said again in the place of an answer."""


class Refused(Exception):
    """A value cannot be used; the text says what would be right, in words for the model."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that can be used, and whether something had to be done to it."""

    value: str | int
    repaired: str = ""


class Field(Protocol):
    """A key of an answer."""

    @property
    def name(self) -> str:
        """The key."""
        ...

    @property
    def optional(self) -> bool:
        """Whether the film does without it, so that nobody is asked again."""
        ...

    @property
    def shape(self) -> str:
        """What may stand there, as it is told to a model."""
        ...

    def take(self, value: object) -> Taken:
        """Return the value as it can be used.

        Raises:
            Refused: it cannot.
        """
        ...


def cleaned(value: object, most: int = _MOST_LETTERS) -> str:
    """Return a value as plain words on one line: letters, digits and simple marks, `most` characters at most."""
    text = unicodedata.normalize("NFC", str(value)[: most * 8])
    text = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    text = _DOTS.sub(".", _PLAIN.sub(" ", text.replace("\u2019", "'").replace("_", " ")))
    text = " ".join(text.split()).strip(_ENDS)
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].strip(_ENDS)


def _scalar(value: object) -> object:
    """Return the first of a list, and everything else as it is."""
    while isinstance(value, list) and value:
        value = cast("list[object]", value)[0]
    return cast("object", value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some known words; a word that is nearly one of them, or means one, is taken for it."""

    name: str
    known: Sequence[str]
    optional: bool = False
    means: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def shape(self) -> str:
        """The known words with bars between."""
        return "|".join(self.known)

    def take(self, value: object) -> Taken:
        """Return the known word that was meant."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if str(value).count("|") > 1:
            raise Refused(f"{self.name} has to be one word, not the form")
        text = cleaned(_scalar(value), 60).lower()
        if text in self.known:
            return Taken(text, "" if text == value else "spelling")
        if text in self.means:
            return Taken(self.means[text], f"{text!r} read as {self.means[text]!r}")
        for one in re.split(r"[\s,./()|-]+", text):
            found = next(
                (known for known in self.known if one == known or (len(known) > 3 and one.startswith(known))), ""
            )
            if found:
                return Taken(found, f"{text!r} read as {found!r}")
        near = difflib.get_close_matches(text, self.known, 1, 0.72)
        if near:
            return Taken(near[0], f"{text!r} read as {near[0]!r}")
        raise Refused(f"{self.name} has to be one of {', '.join(self.known)}")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    name: str
    least: int
    most: int
    optional: bool = False

    @property
    def shape(self) -> str:
        """The bounds."""
        return f"{self.least}-{self.most}"

    def take(self, value: object) -> Taken:
        """Return the number that was meant: `7`, `7.4`, `7/10`."""
        value = _scalar(value)
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return Taken(value)
        found = re.match(r"\s*(-?\d{1,6}(?:\.\d{1,6})?)\s*(?:/\s*10|%)?\s*$", str(value)[:40])
        if found:
            number = round(float(found[1]))
            if self.least <= number <= self.most:
                return Taken(
                    number, "" if str(value).strip() == str(number) else f"{str(value)[:20]!r} read as {number}"
                )
        raise Refused(f"{self.name} has to be a whole number from {self.least} to {self.most}")


@dataclass(frozen=True, slots=True)
class Words:
    """A few plain words."""

    name: str
    most: int
    optional: bool = False
    plain: bool = False

    @property
    def shape(self) -> str:
        """How many words at most."""
        return f"at most {self.most} words" + (" or none" if self.optional else "")

    def take(self, value: object) -> Taken:
        """Return the words, shortened where there are too many."""
        given = _scalar(value)
        text = cleaned(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
        if self.optional and text.lower() in ("", "none", "no", "n a", "nothing"):
            return Taken("")
        letters = [one for one in text if one.isalpha()]
        if len(letters) < 2:
            raise Refused(f"{self.name} has to be words")
        if _ECHO.search(text):
            raise Refused(f"{self.name} has to be words of your own, not the form")
        if sum(1 for one in letters if one < "\u0250") < 0.7 * len(letters):
            raise Refused(f"{self.name} has to be in English")
        if _repeats(text):
            raise Refused(f"{self.name} says the same words again and again")
        tired = next((one for one in _CLICHES if self.plain and one in text.lower()), "")
        if tired:
            raise Refused(f"{self.name} has to be a thing that can be seen, without the words {tired!r}")
        words = text.split()
        if len(words) > self.most:
            return Taken(" ".join(words[: self.most]).strip(_ENDS), f"{len(words)} words cut to {self.most}")
        return Taken(text, "" if text == str(given) else "marks were left out")


def _repeats(text: str) -> bool:
    words = text.lower().split()
    return len(words) >= 6 and len(set(words)) * 2.5 < len(words)


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour `#rrggbb`."""

    name: str
    optional: bool = False

    @property
    def shape(self) -> str:
        """How a colour is written."""
        return "#rrggbb"

    def take(self, value: object) -> Taken:
        """Return the colour in small letters."""
        text = str(_scalar(value))[:40].strip().lower()
        found = re.fullmatch(r"[0-9a-f]{6}", text) or re.search(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", text)
        if not found:
            raise Refused(f"{self.name} has to be a colour such as #e8c48a")
        colour = to_hex(from_hex(found[0]))
        return Taken(colour, "" if colour == str(value) else f"{text!r} read as {colour}")
