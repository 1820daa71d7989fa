"""Who is meant: a handle, a name, a pronoun, or a relative of somebody; one person, several, or nobody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from gemwright_simon.clerk.answer import Answer
from gemwright_simon.kinship import relatives
from gemwright_simon.records import Name, Person
from gemwright_simon.tree import Tree

__all__ = ["Focus", "Found", "Nobody", "fold", "looks_like_a_name", "resolve"]


class Focus(Protocol):
    """What a conversation knows of who is talked about."""

    @property
    def home(self) -> str:
        """The handle of the person who asks; empty where it is not known."""
        ...

    @property
    def last(self) -> Answer | None:
        """The answer that was given last; None at the beginning."""
        ...

    def pronoun(self, word: str) -> str:
        """Return the handle that a pronoun stands for, or an empty text."""
        ...

    def listed(self, number: int) -> str:
        """Return the handle of the person at a place of the last list, from 1; -1 is the last; or an empty text."""
        ...


class Nobody:
    """The focus of a question that stands alone."""

    home = ""
    last: Answer | None = None

    def pronoun(self, word: str) -> str:
        """Return nobody."""
        return ""

    def listed(self, number: int) -> str:
        """Return nobody."""
        return ""


@dataclass(frozen=True, slots=True)
class Found:
    """Who may be meant.

    Attributes:
        handles: the people; one where it is clear.
        text: the words that were looked up.
        why: how the match came about where it is not the name itself, as in `sounds like`.
        missing: why there is nobody, as a sentence; empty where the words are no name at all.
    """

    handles: tuple[str, ...]
    text: str
    why: str = ""
    missing: str = ""

    @property
    def one(self) -> str:
        """The handle where exactly one person is meant, else an empty text."""
        return self.handles[0] if len(self.handles) == 1 else ""


_BRACKETED: Final = re.compile(r"^(?P<name>.*?)\s*[\[(<{]@?(?P<handle>[A-Za-z0-9_.-]+)@?[\])>}]$")
_YEARS: Final = re.compile(
    r"[\s,]*\(?\s*(?:(?:born|b\.?|\*)\s*(?:in\s+)?(?P<born>[12]?\d{3})(?:\s*[-\u2013]\s*(?P<until>[12]?\d{3})?)?|"
    r"(?:died|d\.?|\u2020)\s*(?:in\s+)?(?P<died>[12]?\d{3})|(?P<from>[12]?\d{3})\s*[-\u2013]\s*(?P<to>[12]?\d{3})?)\s*\)?$",
    re.IGNORECASE,
)
_PRONOUNS: Final = frozenset("he him she her they them it this that".split())
_ME: Final = frozenset("i me myself".split())
_ORDINALS: Final = {
    word: number
    for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}
_NTH: Final = re.compile(
    r"^(?:the )?(?:number |no\.? |#)?(?P<n>\d+|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"last)(?:st|nd|rd|th)?(?: one| person)?$",
    re.IGNORECASE,
)
_STEPS: Final = {
    "father": "father",
    "mother": "mother",
    "dad": "father",
    "mum": "mother",
    "mom": "mother",
    "husband": "spouses",
    "wife": "spouses",
    "spouse": "spouses",
    "partner": "spouses",
    "brother": "brothers",
    "sister": "sisters",
    "son": "sons",
    "daughter": "daughters",
    "only child": "children",
    "eldest son": "sons",
    "eldest daughter": "daughters",
    "grandson": "grandsons",
    "granddaughter": "granddaughters",
    "paternal grandfather": "father father",
    "paternal grandmother": "father mother",
    "maternal grandfather": "mother father",
    "maternal grandmother": "mother mother",
}
_STEP: Final = "|".join(sorted((word.replace(" ", "[- ]") for word in _STEPS), key=len, reverse=True))
_OF_STEP: Final = re.compile(rf"^(?:the )?(?P<step>{_STEP}) of (?P<who>.+)$", re.IGNORECASE)
_OWN_STEP: Final = re.compile(rf"^(?P<who>.+?)(?:'s|') (?P<step>{_STEP})$", re.IGNORECASE)
_BIND: Final = {
    "brothers": ("siblings", "M"),
    "sisters": ("siblings", "F"),
    "sons": ("children", "M"),
    "daughters": ("children", "F"),
    "father": ("parents", "M"),
    "mother": ("parents", "F"),
    "grandsons": ("grandchildren", "M"),
    "granddaughters": ("grandchildren", "F"),
}
_PARTICLES: Final = frozenset(
    (
        "von van de der den del della di da du le la los las of the y zu zum zur ten ter bin ibn al el mac mc st und and "
        "af av o d"
    ).split()
)
_NO_NAMES: Final = frozenset(
    "who whom whose what when where which why how is was were are did does do has had have the a an this that these those "
    "many much people person everybody anyone someone something tree family file weather capital country train poem "
    "source sources note notes you your yourself it all any none first last most".split()
)
_INITIAL: Final = re.compile(r"\b([^\W\d_])\.?(?=\s)")
_MOST: Final = 60


def fold(text: str) -> str:
    """Return a text without case and accents, as names and places are compared."""
    text = (
        text.replace("\u00df", "ss")
        .replace("\u00f8", "o")
        .replace("\u0142", "l")
        .replace("\u00e6", "ae")
        .replace("\u00d8", "O")
        .replace("\u0141", "L")
    )
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.sub(r"[^\w' ]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).split())


def looks_like_a_name(text: str) -> bool:
    """Tell whether words may be somebody's name: few, written large but for particles, none of them of a question."""
    words = re.findall(r"[\w'.\u2019-]+", text)
    if not 1 <= len(words) <= 8 or any(fold(word) in _NO_NAMES and fold(word) not in _PARTICLES for word in words):
        return False
    weighty = [word for word in words if fold(word).rstrip(".") not in _PARTICLES and not word.isdigit()]
    return bool(weighty) and all(word[0].isupper() or not word[0].isalpha() for word in weighty)


def resolve(tree: Tree, text: str, focus: Focus) -> Found:
    """Find whom some words of a question mean.

    Args:
        tree: where to look.
        text: a name with or without years, a handle, a pronoun, `my`, `the second one`, or `the father of …`.
        focus: whom the conversation is about.
    """
    text = text.strip(" ,.;:\"'")
    low = text.casefold()
    if not text:
        return Found((), text)
    if low in _ME:
        missing = "" if focus.home else "Who are you in this tree? Say it once, as in: I am NAME."
        return Found((focus.home,) if focus.home else (), text, missing=missing)
    if low in _PRONOUNS:
        handle = focus.pronoun(low)
        return Found(
            (handle,) if handle else (),
            text,
            missing="" if handle else f"Whom do you mean by \u201c{text}\u201d? Say the name.",
        )
    bracketed = _BRACKETED.match(text)
    for handle in (bracketed["handle"] if bracketed else "", text.strip("@"), text.strip("@").upper()):
        if handle and " " not in handle and tree.person(handle) is not None:
            return Found((handle,), text)
    nth = _NTH.match(text)
    if nth:
        word = nth["n"].lower()
        handle = focus.listed(-1 if word == "last" else _ORDINALS.get(word) or int(word))
        return Found((handle,) if handle else (), text)
    step = _OF_STEP.match(text) or _OWN_STEP.match(text)
    if step:
        return _step(tree, step["who"], step["step"].lower().replace("-", " "), text, focus)
    return _named(tree, text)


def _step(tree: Tree, who: str, step: str, text: str, focus: Focus) -> Found:
    found = resolve(tree, who, focus)
    if not found.one:
        return found
    handles = [found.one]
    for word in _STEPS[step].split():
        handles = [one for handle in handles for one in _related(tree, handle, word, step)]
    if not handles:
        return Found((), text, missing=f"No {step} of {found.text} is recorded.")
    return Found(tuple(dict.fromkeys(handles)), text)


def _related(tree: Tree, handle: str, word: str, step: str) -> list[str]:
    relation, sex = _BIND.get(word, (word, ""))
    if step in ("husband", "wife"):
        sex = "M" if step == "husband" else "F"
    found = [one for one in relatives(tree, handle, relation) if one.basis in ("blood", "marriage")]
    people = [(one.handle, tree.person(one.handle)) for one in found]
    fits = [
        key for key, person in people if person is not None and not person.hidden and (not sex or person.sex == sex)
    ]
    return fits[:1] if step.startswith("eldest") else fits


def _named(tree: Tree, text: str) -> Found:
    years = _YEARS.search(text)
    name = text[: years.start()].strip(" ,(") if years else text
    name = re.sub(
        r"^(?:the |a |an )?(?:person|man|woman|ancestor|individual) (?:named |called )?", "", name, flags=re.IGNORECASE
    )
    if not name or not any(c.isalpha() for c in name):
        return Found((), text)
    matches = tree.find(name, _MOST)
    people = [(handle, reason, tree.person(handle)) for handle, reason in matches]
    known = [(handle, reason, person) for handle, reason, person in people if person is not None and not person.hidden]
    if years:
        known = [one for one in known if _lived(one[2], years)] or known
    if not known and (initials := _INITIAL.findall(name)):
        known = _with_initials(tree, _INITIAL.sub(" ", name), [fold(one) for one in initials])
        return Found(tuple(one for one, _, _ in known), text, missing="" if known else _missing(name))
    wanted = fold(name)
    same = [handle for handle, _, person in known if any(fold(one.text) == wanted for one in person.names)]
    if same:
        written = [one for one in same if any(_written(n.text) == _written(name) for n in _names_of(known, one))]
        return Found(tuple(written or same), text)
    if not known or not (looks_like_a_name(name) or _close(wanted, [person for _, _, person in known])):
        return Found((), text, missing=_missing(name))
    best = known[0][1]
    handles = tuple(handle for handle, reason, _ in known if reason == best)
    return Found(handles, text, why=best)


def _missing(name: str) -> str:
    return f"Nobody called {name} is in this tree, or the record is private." if looks_like_a_name(name) else ""


def _with_initials(tree: Tree, rest: str, initials: list[str]) -> list[tuple[str, str, Person]]:
    """Return people whose name has the words of the rest and, beside them, a word for each initial."""
    said = set(fold(rest).split())
    found: list[tuple[str, str, Person]] = []
    for handle, reason in tree.find(rest, _MOST) if said else ():
        person = tree.person(handle)
        if person is None or person.hidden or reason not in ("exact", "folded", "part"):
            continue
        begins = [
            {word[0] for word in fold(name.text).split() if word not in said}
            for name in person.names
            if said <= set(fold(name.text).split())
        ]
        if any(set(initials) <= one for one in begins):
            found.append((handle, reason, person))
    return found


def _names_of(known: Sequence[tuple[str, str, Person]], handle: str) -> Sequence[Name]:
    return next(person.names for one, _, person in known if one == handle)


def _written(name: str) -> str:
    """Return a name without case and accents but with its marks, so that `Leonard? Payne` is not `Leonard Payne`."""
    plain = unicodedata.normalize("NFKD", name.replace("\u00df", "ss")).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _close(wanted: str, people: Sequence[Person]) -> bool:
    """Tell whether every word that was asked for is a word of somebody's names."""
    words = set(wanted.split())
    return any(words <= set(fold(" ".join(one.text for one in person.names)).split()) for person in people)


def _lived(person: Person, years: re.Match[str]) -> bool:
    born, died = years["born"] or years["from"], years["died"] or years["to"] or years["until"]
    said = {kind: " ".join(one.date.text for one in person.events if one.kind == kind) for kind in ("birth", "death")}
    return (not born or born in said["birth"]) and (not died or died in said["death"])
