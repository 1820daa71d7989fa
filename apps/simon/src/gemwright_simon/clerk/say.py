"""How records are worded in the clerk's answers: people, events, dates, places, sources, lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.records import Citation, Date, Event, Family, Person
from gemwright_simon.tree import Tree

__all__ = [
    "LIVING",
    "NO_SOURCE",
    "VERBS",
    "cited",
    "dated",
    "event_evidence",
    "event_words",
    "events_of",
    "families_of",
    "first",
    "join",
    "label",
    "large",
    "listing",
    "named",
    "placed",
    "some",
]

LIVING: Final = "a living person"
NO_SOURCE: Final = "no source"
VERBS: Final = {
    "birth": "was born",
    "baptism": "was baptised",
    "death": "died",
    "burial": "was buried",
    "cremation": "was cremated",
    "residence": "lived",
    "marriage": "married",
    "emigration": "emigrated",
    "immigration": "immigrated",
    "confirmation": "was confirmed",
}
"""What somebody did or what was done to them, by the kind of event."""
_MOST_LISTED: Final = 400
_QUALIFIED: Final = {
    "about": "about that date",
    "calculated": "calculated, not recorded as such",
    "estimated": "estimated",
    "before": "before that date",
    "after": "after that date",
    "between": "between those dates",
    "from-to": "over that time",
    "interpreted": "interpreted from a phrase",
    "ambiguous": "only the year is sure: day and month may be swapped",
}
_VERBS: Final = {
    "birth": "born",
    "death": "died",
    "burial": "buried",
    "baptism": "baptised",
    "marriage": "married",
    "divorce": "divorced",
    "cremation": "cremated",
}


def named(person: Person | None) -> str:
    """Return a person's preferred name, without anything of a living person."""
    if person is None:
        return "an unknown person"
    if person.hidden:
        return LIVING
    return person.names[0].text if person.names and person.names[0].text else "a person without a recorded name"


def label(person: Person | None) -> str:
    """Return a person's name with the handle; a living person has neither."""
    return named(person) if person is None or person.hidden else f"{named(person)} [{person.handle}]"


def large(text: str) -> str:
    """Return a text with a capital at its beginning and nothing else changed."""
    return text[:1].upper() + text[1:]


def dated(date: Date) -> str:
    """Return a date as recorded, with what its qualifier means."""
    text = date.text or "an unreadable date"
    said = _QUALIFIED.get(date.qualifier, "")
    if not date.precision and date.text and not said:
        said = "not readable as a date"
    return f"{text} ({said})" if said else text


def placed(place: str) -> str:
    """Return a place as recorded, ready to follow a date."""
    return f" in {place}" if place else ""


def cited(citations: Sequence[Citation]) -> str:
    """Return the sources of a statement as short marks: handle, page and quality; `no source` where there is none."""
    marks: list[str] = []
    for one in citations:
        mark = one.source or " ".join(one.text.split())[:120] or "a source without a title"
        mark += f" p.{one.page}" if one.page[:1].isdigit() else f" {one.page}" if one.page else ""
        marks.append(mark + (f" q{one.quality}" if one.quality is not None else ""))
    return "; ".join(marks) or NO_SOURCE


def event_words(event: Event) -> str:
    """Return an event in a line, as recorded."""
    parts = [_VERBS.get(event.kind, event.kind), event.value, event.date.text, event.place]
    said = " ".join(part for part in parts if part)
    return said if event.happened else f"known not to have happened: {said}"


def event_evidence(person: Person | None, event: Event) -> Evidence:
    """Return an event as the evidence of an answer."""
    whose = f"{named(person)}: " if person is not None else ""
    return Evidence(event.handle, whose + event_words(event), cited(event.citations))


def events_of(person: Person | Family, *kinds: str) -> list[Event]:
    """Return the events of these kinds that happened, in the order of the file."""
    return [event for event in person.events if event.kind in kinds and event.happened]


def first(person: Person | Family, *kinds: str) -> Event | None:
    """Return the preferred event of a kind: the first that says anything."""
    found = events_of(person, *kinds)
    return next((event for event in found if event.date.text or event.place), found[0] if found else None)


def families_of(tree: Tree, person: Person) -> Iterator[Family]:
    """Yield the families in which a person is a partner, in the order of the file."""
    for handle in person.partner_in:
        family = tree.family(handle)
        if family is not None:
            yield family


def join(texts: Sequence[str], word: str = "and") -> str:
    """Return texts as a list in a sentence."""
    return ", ".join(texts[:-1]) + f" {word} " + texts[-1] if len(texts) > 1 else "".join(texts)


def some(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listing(
    head: str, people: Iterable[Person | None], *, notes: Sequence[str] = (), source: str = "", kind: str = ""
) -> Answer:
    """Return an answer that lists people, the living ones as a number.

    Args:
        head: what is listed, as in `Children of Maria Weil [I12]`.
        people: in their order.
        notes: what is said after each name.
        source: what the evidence lines carry as their source.
        kind: the question's kind.
    """
    everybody = list(people)
    shown = [
        (person, notes[place] if place < len(notes) else "")
        for place, person in enumerate(everybody)
        if person is not None and not person.hidden
    ]
    hidden = len(everybody) - len(shown)
    texts = [label(person) + (f" ({note})" if note else "") for person, note in shown[:_MOST_LISTED]]
    if len(shown) > _MOST_LISTED:
        texts.append(f"{len(shown) - _MOST_LISTED} more")
    if hidden:
        texts.append(LIVING if hidden == 1 else f"{hidden} living people")
    handles = tuple(person.handle for person, _ in shown)
    return Answer(
        f"{head} ({len(everybody)}): {', '.join(texts)}.",
        tuple(Evidence(person.handle, named(person) + (f", {note}" if note else ""), source) for person, note in shown),
        core=handles or (str(len(everybody)),),
        people=handles[:1] if len(handles) == 1 else (),
        listed=handles,
        kind=kind,
    )
