"""Who a sentence speaks of: names with handles, names alone, and capitalised words that nobody returned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gemwright_simon.checking.pool import HANDLES, Pool
from gemwright_simon.clerk.people import fold
from gemwright_simon.records import Name

__all__ = ["Mention", "asked_names", "mentions", "sentences", "unknown_names"]

_ABBREVIATED: Final = re.compile(
    r"(?:\b[A-Z]|\b(?:Jr|Sr|St|Dr|Mr|Mrs|Ms|Rev|No|b|d|c|ca|Abt|Bef|Aft|vol|Vol|p|pp|etc|Capt|Col|Gen|Lt|Sgt|Prof|Hon))\.$"
)
_END: Final = re.compile(r"(?<=[.!?])[\"\u201d')\]]*\s+(?=[\[A-Z0-9\u201c\"(\u00c0-\u017d])|\n+")
_CAPITAL: Final = re.compile(
    r"(?<![\w'\u2019.])[A-Z\u00c0-\u017d][\w'\u2019.-]*\w(?:'s)?|(?<![\w'\u2019.])[A-Z](?=[.\s])"
)
_SEVERAL: Final = re.compile(r"(?<![\w'\u2019.])[A-Z\u00c0-\u017d][\w'\u2019.-]+(?: [A-Z\u00c0-\u017d][\w'\u2019.-]+)+")
_PLAIN: Final = frozenset(
    """a about according after all also although an and answer any are as at aunt aunts background baptised before
    beyond born both brother brothers but by calculated child children cited cousin cousins date daughter daughters died
    divorced each earliest ends estimated everybody father first for four from full grandchildren grandfather
    grandmother grandparents great half he her here his how however husband i if impossible in is it its last list
    living longest marriage marriages married mother mothers name names neither nephews nieces no nobody none not note
    notes nothing of on one only or other parents people person question recorded related second she sibling siblings
    since sister sisters so some son sons source sources spouse spouses that the their them then there these they this
    those three through to today together tree two uncle uncles unknown was were what when where whether which while
    who with yes you your in-laws wife wives descendants ancestors relatives step buried during until january february
    march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov
    dec abt bef aft bet est cal int gregorian julian hebrew english christian mr mrs miss dr sr jr st q0 q1 q2 q3
    found additionally information result results life family families paternal maternal later next known total
    gedcom simon hello sorry please let based did does do i'm his/her relationship unfortunately as well kin born""".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody in a sentence.

    Attributes:
        handles: who it may be; one where a handle stands beside the name.
        start: where the name begins.
        end: where it ends, the handle included.
        named: where the name itself ends.
        wrong: what is wrong with it: a handle beside somebody else's name.
    """

    handles: tuple[str, ...]
    start: int
    end: int
    named: int
    wrong: str = ""


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences and lines of an answer; nothing between them is lost but white space."""
    start = 0
    for found in _END.finditer(text):
        piece = text[start : found.start()]
        quoted = text[: found.start()].count("\u201c") > text[: found.start()].count("\u201d")
        if "\n" not in found[0] and (_ABBREVIATED.search(piece) or quoted or re.fullmatch(r"\s*\d+\.", piece)):
            continue
        if piece.strip():
            yield piece.strip()
        start = found.end()
    if text[start:].strip():
        yield text[start:].strip()


def mentions(text: str, pool: Pool) -> list[Mention]:
    """Return the people of a sentence in their order."""
    found: list[Mention] = []
    taken: list[tuple[int, int]] = []
    names = _names(pool)
    for bracket in HANDLES.finditer(text):
        handle = bracket[1]
        person = pool.people.get(handle)
        if person is None:
            continue
        own = [name.text for name in person.names]
        start, wrong = _name_before(text, bracket.start(), handle, own, names)
        apart = _apart(text, max((end for _, end in taken), default=0), bracket.start(), own)
        if apart is not None and (wrong or start == bracket.start()):
            found.append(Mention((handle,), apart[0], apart[1], apart[1]))
            taken += [apart, bracket.span()]
            continue
        found.append(Mention((handle,), start, bracket.end(), bracket.start(), wrong))
        taken.append((start, bracket.end()))
    pattern = _pattern(names, pool)
    alone = pattern.finditer(text) if pattern is not None else ()
    found.extend(
        Mention(names[fold(name[0])], name.start(), name.end(), name.end())
        for name in alone
        if not any(start < name.end() and name.start() < end for start, end in taken)
    )
    return sorted(found, key=lambda one: one.start)


def _apart(text: str, start: int, end: int, own: list[str]) -> tuple[int, int] | None:
    """Return where a name stands whose handle follows after its facts, as in `Anna Weil, born 1835, [I7]`."""
    for name in sorted((one for one in own if one), key=len, reverse=True):
        place = text.rfind(name, start, end)
        if place >= 0:
            return place, place + len(name)
    return None


def _name_before(
    text: str, end: int, handle: str, own: list[str], names: dict[str, tuple[str, ...]]
) -> tuple[int, str]:
    """Return where the name before a handle begins, and what is wrong if it is not the handle's."""
    before = text[:end].rstrip()
    low = before.casefold()
    for name in sorted((one for one in own if one), key=len, reverse=True):
        if low.endswith(name.casefold()):
            return len(before) - len(name), ""
    words = re.search(
        r"((?:[^\W\d_][\w'\u2019.-]*|\"[^\"]*\")(?:\s+(?:[^\W\d_][\w'\u2019.-]*|\"[^\"]*\"))*)\s*$", before
    )
    if words is None or (not words[1][0].isupper() and not any(word[0].isupper() for word in words[1].split())):
        return end, ""
    last = re.search(r"(?:[^\W\d_a-z][\w'\u2019.-]*\s*(?:(?:von|van|de|der|of|den|zu|la|le|du|di)\s+)*)+$", before)
    if last is None:
        return end, ""
    if fold(last[0]) in names and handle not in names[fold(last[0])]:
        return last.start(), f"\u201c{last[0].strip()}\u201d is somebody else"
    said = set(fold(last[0]).split())
    mine = set(fold(" ".join(own)).split())
    if said <= mine or not said - _PLAIN:
        return last.start(), ""
    return last.start(), f"\u201c{last[0].strip()}\u201d is not the name of the person with that handle"


def _names(pool: Pool) -> dict[str, tuple[str, ...]]:
    """Return every way to name the people who were returned; a part of a name only where it is one person's."""
    found: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for handle, person in pool.people.items():
        for name in person.names:
            found.setdefault(fold(name.text), set()).add(handle)
            short = f"{(name.given.split() or [''])[0]} {name.surname}"
            if name.given and name.surname:
                found.setdefault(fold(short), set()).add(handle)
            for part in (name.given, (name.given.split() or [""])[0], name.nickname):
                parts.setdefault(fold(part), set()).add(handle)
    for part, handles in parts.items():
        if part not in found and len(part) > 2:
            found[part] = handles
    return {name: tuple(sorted(handles)) for name, handles in found.items() if name}


def _ways(name: Name) -> tuple[str, ...]:
    first = (name.given.split() or [""])[0]
    return tuple(one for one in (name.text, f"{first} {name.surname}", name.given, first, name.nickname) if one.strip())


def _pattern(names: dict[str, tuple[str, ...]], pool: Pool) -> re.Pattern[str] | None:
    if not names:
        return None
    whole = {word for person in pool.people.values() for name in person.names for word in _ways(name)}
    texts = sorted(whole | set(names), key=len, reverse=True)
    loose = [
        r"[\W_]+".join(re.escape(word) for word in re.findall(r"[\w']+", text)) for text in texts if fold(text) in names
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(loose) + r")(?!\w)", re.IGNORECASE)


def unknown_names(text: str, taken: list[tuple[int, int]], pool: Pool) -> list[str]:
    """Return the capitalised words that neither a tool nor the question has said.

    Args:
        text: a sentence.
        taken: what is accounted for: names, dates, places, handles, quotes.
        pool: what was returned.
    """
    found: list[str] = []
    for word in _CAPITAL.finditer(text):
        if any(start <= word.start() < end for start, end in taken):
            continue
        plain = fold(word[0].removesuffix("'s").removesuffix("\u2019s"))
        pieces = plain.replace("'", " ").replace("-", " ").split()
        if not all(piece in pool.words or piece in _PLAIN for piece in pieces):
            found.append(word[0])
    return found


def asked_names(text: str, taken: list[tuple[int, int]], pool: Pool) -> list[str]:
    """Return the names, of two words and more, that the question has said and no tool: nothing may be claimed of them.

    Args:
        text: a sentence that claims something.
        taken: what is accounted for: names, dates, places, handles, quotes.
        pool: what was returned.
    """
    returned = set(fold(pool.text).split()) | {
        word for person in pool.people.values() for name in person.names for word in fold(name.text).split()
    }
    return [
        found[0]
        for found in _SEVERAL.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end in taken)
        and any(word not in returned and word not in _PLAIN for word in fold(found[0].removesuffix("'s")).split())
    ]
