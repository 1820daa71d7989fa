"""English wordings of the questions that code answers: patterns with slots, read from `wordings.toml`.

A slot takes any words; whether they name somebody of the tree is decided later, and where they do not, the next
pattern is tried. So a pattern may be broad where its slots are not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

__all__ = ["Wording", "relation_of", "wordings"]

_SLOTS: Final = {
    **{name: f"(?P<{name}>.+?)" for name in ("a", "b", "c", "p", "s")},
    "y": r"(?P<y>[12]?\d\d\d)",
    "z": r"(?P<z>[12]?\d\d\d)",
    "n": r"(?P<n>\d+(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eldest|oldest|"
    r"youngest|last|firstborn|only)",
}
"""Slot → what fits it: people, places, sources and names anything; years and ordinals what they are."""
_MARK: Final = re.compile(r"(?<!\?P)<(\w+)>")


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to ask one kind of question.

    Attributes:
        kind: the question.
        text: what the whole question has to match, as a regular expression.
        given: what the wording says beside its slots, as in the kind of event.
    """

    kind: str
    text: str
    given: Mapping[str, str] = field(default_factory=dict[str, str])

    def match(self, question: str) -> re.Match[str] | None:
        """Return how a whole question fits, or None."""
        return _compiled(self.text).fullmatch(question)


@cache
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("wordings.toml").read_text("utf-8"))


@cache
def wordings() -> tuple[Wording, ...]:
    """Return every wording, in the order in which they are tried."""
    return tuple(_expanded())


def _expanded() -> Iterator[Wording]:
    read = _read()
    macros: dict[str, str] = read["macros"]
    slots = {**_SLOTS, "r": "(?P<r>" + "|".join(read["relations"].values()) + ")"}
    for form in read["forms"]:
        tables = [read["tables"][name] for name in form.get("over", ())]
        for keys in product(*tables):
            values = dict(zip(form.get("over", ()), keys, strict=True))
            columns = {name: text for table, key in zip(tables, keys, strict=True) for name, text in table[key].items()}
            given = {name: _filled(text, values) for name, text in form.get("given", {}).items()}
            for pattern in form["patterns"]:
                if any(columns.get(name) == "" for name in _MARK.findall(pattern)):
                    continue
                text = _filled(_filled(pattern, {**macros, **columns}), macros)
                for name, slot in slots.items():
                    text = text.replace("{" + name + "}", slot)
                yield Wording(_filled(form["kind"], values), text, given)


def _filled(text: str, values: Mapping[str, str]) -> str:
    before = ""
    while before != text:
        before = text
        text = _MARK.sub(lambda found: values.get(found[1], found[0]), text)
    return text


@cache
def relation_of(words: str) -> str:
    """Return the relation that some words of a question mean, or an empty text."""
    relations: Mapping[str, str] = _read()["relations"]
    return next((name for name, text in relations.items() if _compiled(text).fullmatch(words)), "")
