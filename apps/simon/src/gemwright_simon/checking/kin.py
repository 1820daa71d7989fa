"""Kin words of a sentence, each bound to two people and computed again from the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from gemwright_simon.checking.mentions import Mention, mentions
from gemwright_simon.checking.pool import Pool
from gemwright_simon.clerk.wording import relation_of
from gemwright_simon.kinship import base_term, parse_term, relationship, relatives

__all__ = ["TERMS", "holds", "kin_problems", "kin_relatives"]

_BASE: Final = (
    r"(?:grand[- ]?(?:father|mother|parent|son|daughter|child|uncle|aunt|nephew|niece)|father|mother|parent|son|"
    r"daughter|child|brother|sister|"
    r"sibling|husband|wife|wive|spouse|partner|uncle|aunt|nephew|niece|cousin|ancestor|descendant)"
)
_PREFIX: Final = (
    r"(?:(?:\d+x|\d+(?:st|nd|rd|th)|great|half|step|adoptive|adopted|foster|full|double|paternal|maternal|first|"
    r"second|third|fourth|fifth|"
    r"sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)[- ]?)*"
)
_ONE: Final = (
    rf"{_PREFIX}{_BASE}(?:ren|s)?(?:[- ]in[- ]law)?(?: (?:once|twice|thrice|(?:\d+|two|three|four|five|six|"
    rf"seven|eight|nine|ten) times) removed)?"
)
_TERM: Final = rf"(?<![\w-]){_ONE}(?:'s {_ONE})*(?: (?:and|or) {_ONE})?(?![\w])"
TERMS: Final = re.compile(_TERM, re.IGNORECASE)
_SEXED: Final = {
    "uncles": ("aunts_uncles", "M"),
    "aunts": ("aunts_uncles", "F"),
    "nephews": ("nieces_nephews", "M"),
    "nieces": ("nieces_nephews", "F"),
    "brothers": ("siblings", "M"),
    "sisters": ("siblings", "F"),
    "sons": ("children", "M"),
    "daughters": ("children", "F"),
    "father": ("parents", "M"),
    "mother": ("parents", "F"),
}
_MARKED: Final = {
    "M": r"(?:father|son|brother|uncle|nephew|husband)(?:-in-law)?\b",
    "F": r"(?:mother|daughter|sister|aunt|niece|wife)(?:-in-law)?\b",
}
_COUNTED: Final = re.compile(r"\s*\((\d+)\)")


_LABELS: Final = re.compile(rf"(?:I found|They are|Found)?:? ?{_TERM}: ", re.IGNORECASE)
"""A list that says before each name who that is, as in `father: Simon Falk, mother: Rosa Lang`."""


def kin_relatives(pool: Pool, person: str, words: str) -> list[str] | None:
    """Return the handles of a person's relatives of a kind, or None where the words name no kind."""
    words = words.lower().removeprefix("recorded ")
    relation, sex = _SEXED.get(relation_of(words), (relation_of(words), ""))
    if not relation:
        return None
    if relation == "great_grandchildren":
        found = [one.handle for one in relatives(pool.graph, person, "descendants", 3) if one.generation == 3]
    elif relation == "children_in_law":
        found = [
            one.handle
            for child in relatives(pool.graph, person, "children")
            for one in relatives(pool.graph, child.handle, "spouses")
        ]
    else:
        found = [one.handle for one in relatives(pool.graph, person, relation)]
    if sex:
        found = [one for one in found if (known := pool.tree.person(one)) is None or known.hidden or known.sex == sex]
    return list(dict.fromkeys(found))


def holds(pool: Pool, a: str, b: str, words: str) -> bool:
    """Tell whether one person is, to another, what some words say.

    Args:
        pool: the evidence.
        a: handle of the one.
        b: handle of the other: a is b's …
        words: a kin word, singular or plural.
    """
    plain = re.sub(r"^(?:full|paternal|maternal)[- ]", "", words.lower().strip())
    singular = re.sub(r"(?<=child)ren$|(?<!s)s$", "", plain).replace("wive", "wife")
    if a == b or a not in pool.people or b not in pool.people:
        return False
    if re.fullmatch(r"(?:father|mother)(?:'s (?:father|mother))+", singular):
        return a in _climb(pool, b, singular.split("'s "))
    wanted = parse_term(singular) or singular
    lines = relationship(pool.graph, a, b).lines
    terms = {line.term for line in lines}
    if wanted in terms or (base_term(wanted) == wanted and wanted in {base_term(term) for term in terms}):
        return True
    sex = next((letter for letter, sexed in _MARKED.items() if re.search(sexed, singular)), "")
    if sex and pool.people[a].sex in ("M", "F") and pool.people[a].sex != sex:
        return False
    if singular in ("husband", "wife", "spouse", "partner"):
        return a in [one.handle for one in relatives(pool.graph, b, "spouses")]
    if plain == singular and parse_term(singular) and singular not in ("ancestor", "descendant", "cousin"):
        return False
    for form in (plain, singular, f"{singular}s"):
        found = kin_relatives(pool, b, form)
        if found is not None:
            return a in found
    return False


def _climb(pool: Pool, start: str, steps: Sequence[str]) -> list[str]:
    here = [start]
    for step in steps:
        sex = "M" if step == "father" else "F"
        above = [
            one.handle for person in here for one in relatives(pool.graph, person, "parents") if one.basis == "blood"
        ]
        here = [one for one in above if (known := pool.tree.person(one)) is not None and known.sex == sex]
    return here


def _any(pool: Pool, one: Mention, other: Mention, words: str) -> bool:
    return any(holds(pool, a, b, words) for a in one.handles for b in other.handles)


def kin_problems(
    text: str, people: Sequence[Mention], pool: Pool, before: Mention | None
) -> Iterator[tuple[str, bool]]:
    """Yield each statement of kinship in a sentence: its words, and whether it holds.

    Args:
        text: the sentence.
        people: its people in their order.
        pool: the evidence.
        before: whom the sentence before was about.
    """
    yield from _marriages(text, people, pool)
    for term in TERMS.finditer(text):
        words = term[0]
        if any(one.start <= term.start() < one.named for one in people):
            continue
        of = next((one for one in people if re.fullmatch(r" (?:of|to) (?:the )?", text[term.end() : one.start])), None)
        owner = next(
            (
                one
                for one in reversed(people)
                if one.end <= term.start()
                and re.fullmatch(r"(?:'s|\u2019s|'|\u2019)(?: \w+)? ", text[one.end : term.start()])
            ),
            None,
        )
        anchor = of or owner
        pair = re.match(r"[^\[]{0,40}\[([^\[\]~]+)~([^\[\]~]+)\]", text[term.end() :])
        if anchor is None and pair:
            yield (
                words,
                holds(pool, pair[1].strip(), pair[2].strip(), words)
                or holds(pool, pair[2].strip(), pair[1].strip(), words),
            )
            continue
        if anchor is None:
            yield from _in_list(text, term, people, pool, before)
            continue
        yield from _anchored(text, term, anchor, people, pool)


def _anchored(
    text: str, term: re.Match[str], anchor: Mention, people: Sequence[Mention], pool: Pool
) -> Iterator[tuple[str, bool]]:
    end = max(term.end(), anchor.end)
    tail = text[end:]
    counted = _COUNTED.match(tail)
    opening = re.match(
        r"\s*(?:\(\d+\))?\s*(?::|,|is|was|are|were|named|called|include[sd]?|-)+\s*(?:named|called|:)?", tail
    )
    following = [one for one in people if one.start >= end]
    preceding = [one for one in people if one.end <= min(term.start(), anchor.start)]
    if counted:
        known = [kin_relatives(pool, handle, term[0]) for handle in anchor.handles]
        yield (
            f"{counted[1]} {term[0]}",
            any(
                one is None or int(counted[1]) == len(one) or int(counted[1]) == len(_near(pool, handle, term[0]))
                for one, handle in zip(known, anchor.handles, strict=True)
            ),
        )
    if opening and following and (following[0].start - end) <= len(opening[0]) + 6:
        for one in following if ":" in opening[0] or " and " in text[following[0].end :] or counted else following[:1]:
            yield term[0], _any(pool, one, anchor, term[0])
        return
    subject = next(
        (
            one
            for one in reversed(preceding)
            if re.search(r"(?:\bis|\bwas|\bare|\bwere|,|\bas|\balso|\))[^.;]*$", text[one.end : term.start()])
        ),
        None,
    )
    if subject is not None:
        yield term[0], _any(pool, subject, anchor, term[0])
        joined = next(
            (
                one
                for one in reversed(preceding)
                if one.end < subject.start and re.fullmatch(r" and ", text[one.end : subject.start])
            ),
            None,
        )
        if joined is not None and re.search(r"\b(?:are|were)\b", text[subject.end : term.start()]):
            yield term[0], _any(pool, joined, anchor, term[0])


def _near(pool: Pool, person: str, words: str) -> list[str]:
    """Return relatives of a kind without those by adoption and the like."""
    relation, sex = _SEXED.get(relation_of(words.lower()), (relation_of(words.lower()), ""))
    if not relation or relation in ("great_grandchildren", "children_in_law"):
        return []
    return [
        one.handle
        for one in relatives(pool.graph, person, relation)
        if one.basis in ("blood", "marriage")
        and (not sex or (known := pool.tree.person(one.handle)) is None or known.hidden or known.sex == sex)
    ]


def _in_list(
    text: str, term: re.Match[str], people: Sequence[Mention], pool: Pool, before: Mention | None
) -> Iterator[tuple[str, bool]]:
    subject = people[0] if people else None
    holder = next(
        (one for one in reversed(people) if one.end <= term.start() and text[one.end : term.start()].strip() == "("),
        None,
    )
    if holder is not None and subject is not None and holder is not subject:
        if not re.match(r"[^()]*\)", text[term.end() :]):
            return
        anchor = next((one for one in people if one.start < holder.start), subject)
        yield term[0], _any(pool, holder, anchor, term[0])
        return
    if re.match(r": ", text[term.end() :]) and _LABELS.match(text):
        asked = mentions(pool.question, pool)
        named = next((one for one in people if one.start == term.end() + 2), None)
        if asked and named is not None:
            yield term[0], _any(pool, named, asked[0], term[0])
        return
    pronoun = re.search(r"\b(?:his|her|their)(?: \w+)? $", text[: term.start()], re.IGNORECASE)
    after = [one for one in people if one.start >= term.end()]
    if after and re.fullmatch(r"\s*(?::|,|is|was|are|were)?\s*(?:named|called)?\s*", text[term.end() : after[0].start]):
        owner = (
            (subject if subject is not None and subject.end <= term.start() else before)
            if pronoun or ":" in text[term.end() : after[0].start]
            else None
        )
        if owner is None and re.fullmatch(r"\s*the ", text[: term.start()], re.IGNORECASE):
            owner = _asked_of(pool)
        if owner is None:
            return
        stop = text.find(";", term.end())
        for one in after:
            if stop >= 0 and one.start > stop:
                break
            yield term[0], _any(pool, one, owner, term[0])
        return
    if (
        len(people) == 2
        and re.match(r"\s*(?:\(|\.|$|,|by)", text[term.end() :])
        and re.search(r"\b(?:are|were)(?: \w+)? $", text[: term.start()])
    ):
        yield term[0], _any(pool, people[0], people[1], term[0])


def _asked_of(pool: Pool) -> Mention | None:
    """Return whose relative a question asks for, where it names one person and one kin word: `the father is ...` is theirs."""
    asked = mentions(pool.question, pool)
    return asked[0] if len(asked) == 1 == len(TERMS.findall(pool.question)) else None


def _marriages(text: str, people: Sequence[Mention], pool: Pool) -> Iterator[tuple[str, bool]]:
    for one, other in pairwise(people):
        between = text[one.end : other.start]
        after = text[other.end : other.end + 60]
        wed = re.fullmatch(
            r",? (?:(?:had |was |were |got )?(?:married|wed|divorced)(?: to| from)?|is married to|was the (?:husband|wife) of) ",
            between,
        )
        both = re.fullmatch(r" (?:and|to|with) ", between) and re.match(
            r" (?:got |were |had |are )?(?:married|wed|divorced|a couple|are a couple)\b", after
        )
        asked = re.fullmatch(r" (?:and|to|with) ", between) and re.search(
            r"(?:marriage|wedding|divorce)(?: of| between)? $", text[: one.start]
        )
        at = re.search(r"\b(?:marriage|wedding) (?:to|with) $", between)
        if wed or both or asked or at:
            yield "married", _any(pool, one, other, "spouse")
