"""English kin terms by rule: from generations to words, and from the many ways people write them to the one word of ours.

The rule is the usual one of English genealogy: `great-` for each generation beyond the grandparents and beyond uncles and
nephews; cousins by the smaller of the two distances to the shared ancestors, "removed" by their difference. From the
third on, greats are counted (`3x great-grandfather`), for nobody can tell eleven of them from twelve.
"""

from __future__ import annotations

import re

__all__ = ["base_term", "blood_term", "labelled", "parse_term", "spouse_word"]

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_TIMES = "once twice three four five six seven eight nine ten eleven twelve".split()
_SEXES = {
    "parent": ("father", "mother"),
    "grandparent": ("grandfather", "grandmother"),
    "child": ("son", "daughter"),
    "grandchild": ("grandson", "granddaughter"),
    "sibling": ("brother", "sister"),
    "aunt or uncle": ("uncle", "aunt"),
    "niece or nephew": ("nephew", "niece"),
    "spouse": ("husband", "wife"),
}
_NEUTRAL = {word: neutral for neutral, pair in _SEXES.items() for word in (neutral, *pair)}
# Longest first, so that `grandfather` is not found as `father`.
_KNOWN = sorted(_NEUTRAL, key=len, reverse=True)
_SYNONYMS = {
    "mum": "mother",
    "mom": "mother",
    "mama": "mother",
    "dad": "father",
    "papa": "father",
    "kid": "child",
    "auntie": "aunt",
    "aunty": "aunt",
    "gran": "grandmother",
    "granny": "grandmother",
    "grandma": "grandmother",
    "grandmom": "grandmother",
    "grandmum": "grandmother",
    "grandpa": "grandfather",
    "granddad": "grandfather",
    "grandad": "grandfather",
    "grandaunt": "great-aunt",
    "granduncle": "great-uncle",
    "grandniece": "great-niece",
    "grandnephew": "great-nephew",
    "partner": "spouse",
    "cousin": "first cousin",
}


def _sexed(neutral: str, sex: str) -> str:
    pair = _SEXES[neutral]
    return pair[0] if sex == "M" else pair[1] if sex == "F" else neutral


def _greats(count: int) -> str:
    return "great-" * count if count < 3 else f"{count}x great-"


def spouse_word(sex: str, *, married: bool = True) -> str:
    """Return `husband`, `wife` or `spouse`; `partner` where the tree says that there was no marriage."""
    return _sexed("spouse", sex) if married else "partner"


def blood_term(up_a: int, up_b: int, sex: str, *, half: bool = False) -> str:
    """Return what A is of B, where both descend from the same people.

    Args:
        up_a: generations from A up to the shared ancestors; 0 where A is the ancestor.
        up_b: generations from B up to them.
        sex: of A: `M`, `F`, or anything else for a word without sex.
        half: whether A's and B's lines come from different partners of one shared ancestor.
    """
    low, high = sorted((up_a, up_b))
    if high == 0:
        return "self"
    if low == 0:
        kind = ("parent", "grandparent") if up_a == 0 else ("child", "grandchild")
        return _sexed(kind[0], sex) if high == 1 else _greats(high - 2) + _sexed(kind[1], sex)
    if high == 1:
        return ("half-" if half else "") + _sexed("sibling", sex)
    if low == 1:
        kind = "aunt or uncle" if up_a == 1 else "niece or nephew"
        return ("half-" if half else "") + _greats(high - 2) + _sexed(kind, sex)
    degree, removed = low - 1, high - low
    text = f"{_ORDINALS[degree - 1] if degree <= len(_ORDINALS) else _numbered(degree)} cousin"
    if removed:
        times = _TIMES[removed - 1] if removed <= len(_TIMES) else str(removed)
        text += f" {times} removed" if removed < 3 else f" {times} times removed"
    return f"half {text}" if half else text


def _numbered(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def labelled(term: str, basis: str) -> str:
    """Put the kind of a tie before its term: `adoptive father`, `foster sister`, `stepmother`; blood stays as it is."""
    if basis in {"blood", "marriage", ""}:
        return term
    if basis == "step":
        return (
            f"step{term}"
            if re.fullmatch("father|mother|parent|son|daughter|child|brother|sister|sibling", term)
            else f"step-{term}"
        )
    return f"{basis} {term}"


def base_term(term: str) -> str:
    """Return a canonical term without sex: `great-grandmother` → `great-grandparent`, `half-sister` → `half-sibling`."""
    for word in _KNOWN:
        if re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", term) is not None:
            return re.sub(rf"(?<![a-z]){re.escape(word)}(?![a-z])", _NEUTRAL[word], term)
    for word in ("father", "mother", "son", "daughter", "brother", "sister"):
        if term in {f"step{word}", f"{word}-in-law", f"step-{word}"}:
            return term.replace(word, _NEUTRAL[word])
    return term


_PARSED = re.compile(
    r"(?:(?P<label>adoptive|adopted|foster|step)[ -]?)?"
    r"(?:(?P<half>half)[ -]?)?"
    r"(?:(?P<count>\d+|[a-z]+)(?:x|st|nd|rd|th| times)?[ -])??"
    r"(?P<greats>(?:great[ -]?)*)"
    r"(?P<grand>grand[ -]?)?"
    r"(?P<word>aunt or uncle|uncle or aunt|niece or nephew|nephew or niece|[a-z]+?)"
    r"(?P<plural>s|ren)?"
    r"(?P<law>[ -]in[ -]law)?"
)
_COUSIN = re.compile(
    r"(?:(?P<label>adoptive|adopted|foster|step)[ -]?)?(?:(?P<half>half)[ -]?)?(?:(?P<degree>[a-z]+|\d+(?:st|nd|rd|th))[ -])?"
    r"cousins?(?:[ -](?P<times>once|twice|thrice|[a-z]+|\d+)(?:[ -]times|x)?[ -]removed)?"
)
_COUNTS = {"double": 2, "triple": 3, **{word: number for number, word in enumerate(_ORDINALS, 1)}}


def _count(text: str) -> int:
    """Return the number that a word, an ordinal or digits stand for; 0 where they stand for none."""
    digits = re.match(r"\d+", text)
    if digits is not None:
        return min(int(digits.group()[:3]), 999)
    words = {"thrice": 3, **{word: number for number, word in enumerate(_TIMES, 1)}, **_COUNTS}
    return words.get(text, 0)


def parse_term(text: str) -> str:
    """Return the canonical form of a kin term as people write it, or `""` where it is none that we know.

    `1st cousin 2x removed`, `grandma`, `great great grandfather`, `third great-grandfather` and `grand-uncle` become
    `first cousin twice removed`, `grandmother`, `great-great-grandfather`, `3x great-grandfather` and `great-uncle`.
    """
    plain = " ".join(re.sub(r"[-\u2010\u2011\u2012\u2013_.]", "-", text.lower()).replace("\u00d7", "x").split())
    cousin = _COUSIN.fullmatch(plain)
    if cousin is not None:
        degree = _count(cousin["degree"]) if cousin["degree"] else 1
        removed = _count(cousin["times"]) if cousin["times"] else 0
        if degree == 0 or (cousin["times"] and removed == 0):
            return ""
        term = blood_term(degree + 1, degree + 1 + removed, "U", half=cousin["half"] is not None)
        return labelled(term, _basis(cousin["label"]))
    found = _PARSED.fullmatch(plain)
    if found is None:
        return ""
    word, grand = found["word"], found["grand"] is not None
    if (word + (found["plural"] or "")) == "children":
        word = "child"
    word = {"uncle or aunt": "aunt or uncle", "nephew or niece": "niece or nephew"}.get(word, word)
    whole = _SYNONYMS.get(("grand" if grand else "") + word, _SYNONYMS.get(word, word) if not grand else "grand" + word)
    greats = len(re.findall("great", found["greats"]))
    if found["count"]:
        count = _count(found["count"])
        if count == 0 or greats != 1:
            return ""
        greats = count
    if whole.startswith("great-"):
        greats, whole = greats + 1, whole[len("great-") :]
    if whole not in _NEUTRAL:
        return ""
    lengthens = whole.startswith("grand") or _NEUTRAL[whole] in {"aunt or uncle", "niece or nephew"}
    if greats and not lengthens:
        return ""
    term = ("half-" if found["half"] else "") + _greats(greats) + whole
    return labelled(term, _basis(found["label"])) + ("-in-law" if found["law"] else "")


def _basis(label: str | None) -> str:
    return {"adopted": "adoptive", None: "blood"}.get(label, label or "blood")
