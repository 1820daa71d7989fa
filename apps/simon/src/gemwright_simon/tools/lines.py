"""What a tree records, as the lines that tools return: words of the file, a handle for each fact, the evidence in braces.

Text of the file is untrusted. It is folded to one line, and brackets in it become round ones: what stands in `[...]` and
`{...}` was written by this code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from gemwright_simon.dates.calendars import gregorian_from_day
from gemwright_simon.records import Citation, Date, Event, Person
from gemwright_simon.tree import Tree

__all__ = [
    "KINDS",
    "date_text",
    "evidence",
    "fact_line",
    "family_events",
    "named",
    "person_events",
    "person_line",
    "plain",
]

KINDS = {
    "birth": "born",
    "baptism": "baptised",
    "christening": "christened",
    "death": "died",
    "burial": "buried",
    "cremation": "cremated",
    "marriage": "married",
    "divorce": "divorced",
    "engagement": "engaged",
    "residence": "lived",
    "immigration": "immigrated",
    "emigration": "emigrated",
}
"""Event kinds that have a verb; all others are written as they are, with a colon."""

_MOST_EVIDENCE = 4
_LONG_NOTE = 600
_BRACKETS = str.maketrans("[]{}", "()()")


def plain(text: str, most: int = _LONG_NOTE) -> str:
    """Return text of the file on one line, without control characters and square or curly brackets, shortened if long."""
    kept = "".join(
        " " if unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp", "Co", "Cs"} else one for one in text[: 2 * most]
    )
    flat = " ".join(kept.translate(_BRACKETS).split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "\u2026"


def named(person: Person | None, handle: str = "") -> str:
    """Return a person's name and handle: `Maria Weil [I12]`; `a living person [...]` where nothing may be shown."""
    if person is None:
        return f"(not in this tree) [{handle}]"
    if person.hidden:
        return f"a living person [{person.handle}]"
    name = plain(person.names[0].text, 120) if person.names else ""
    return f"{name or '(no name recorded)'} [{person.handle}]"


def date_text(date: Date) -> str:
    """Return a date as recorded, with its year or day of today's calendar where the words alone would mislead."""
    text = plain(date.text, 80)
    if not text or date.earliest is None or date.latest is None:
        return text
    if date.qualifier == "ambiguous":
        return f"{text} (day and month unclear)"
    if date.calendar != "gregorian" and date.precision == "day" and date.earliest == date.latest:
        year, month, day = gregorian_from_day(date.earliest)
        return f"{text} (={day} {_MONTHS[month - 1]} {year} new style)"
    if re.search(r"\d{3,4}/\d{2,4}\b", text) is not None and date.earliest == date.latest:
        return f"{text} (={gregorian_from_day(date.earliest)[0]} new style)"
    return text


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def evidence(citations: Sequence[Citation]) -> str:
    """Return where a fact is recorded: `{S3 p.44 q3}`, or `{no source}`."""
    if not citations:
        return "{no source}"
    parts: list[str] = []
    for one in citations[:_MOST_EVIDENCE]:
        words = [one.source or f'"{plain(one.text, 60)}"']
        if one.page:
            words.append("p." + plain(one.page, 80))
        if one.quality is not None:
            words.append(f"q{one.quality}")
        parts.append(" ".join(words))
    if len(citations) > _MOST_EVIDENCE:
        parts.append(f"+{len(citations) - _MOST_EVIDENCE} more")
    return "{" + "; ".join(parts) + "}"


def fact_line(event: Event, with_whom: str = "") -> str:
    """Return one event on one line, with its handle and its evidence."""
    words = [KINDS.get(event.kind, plain(event.kind, 40).replace("_", " ") + ":")]
    if not event.happened:
        words.append("never, it is recorded")
    if with_whom:
        words.append(f"to {with_whom}" if event.kind == "marriage" else f"from {with_whom}")
    if event.value:
        words.append(plain(event.value, 200))
    date = date_text(event.date)
    if date:
        words.append(date)
    if event.place:
        words.append(plain(event.place, 160))
    if len(words) == 1 + bool(with_whom) and event.happened:
        words.append("(no date or place recorded)")
    return f"{' '.join(words)} [{event.handle}]{evidence(event.citations)}"


def person_events(person: Person, kinds: Iterable[str] = ()) -> Iterator[Event]:
    """Return a person's events, of all kinds or of some."""
    wanted = set(kinds)
    return (event for event in person.events if not wanted or event.kind in wanted)


def family_events(tree: Tree, person: Person) -> Iterator[tuple[Event, str]]:
    """Return the events of a person's couples, each with the partner's name and handle."""
    for handle in person.partner_in:
        family = tree.family(handle)
        if family is None:
            continue
        partners = " and ".join(named(tree.person(one), one) for one in family.partners if one != person.handle)
        for event in family.events:
            yield event, partners


def _short_date(person: Person, kind: str, fallback: str, sign: str) -> str:
    for wanted in (kind, fallback):
        for event in person.events:
            if event.kind == wanted and event.happened and (event.date.text or event.place):
                text = " ".join(part for part in (date_text(event.date), plain(event.place, 80)) if part)
                return f"{sign if wanted == kind else KINDS[wanted]} {text}"
    return ""


def person_line(person: Person | None, handle: str = "") -> str:
    """Return a person for a list: name, birth, death, and the handle at the end."""
    if person is None or person.hidden:
        return named(person, handle)
    parts = [_short_date(person, "birth", "baptism", "born"), _short_date(person, "death", "burial", "died")]
    years = ", ".join(part for part in parts if part)
    name, _, ending = named(person).rpartition(" ")
    return f"{name}, {years} {ending}" if years else f"{name} {ending}"
