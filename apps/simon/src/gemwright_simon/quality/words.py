"""People and dates as the sentences of checks, gaps and duplicates name them."""

from __future__ import annotations

from gemwright_simon.records import Event, Person
from gemwright_simon.tree import Tree

__all__ = ["dated", "flat", "label", "named", "when_and_where"]

_LONGEST = 120


def flat(text: str, most: int = _LONGEST) -> str:
    """Return text of the file on one line, with round brackets in place of square ones, shortened if long."""
    line = " ".join(text[: 4 * most].translate(str.maketrans("[]", "()")).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "\u2026"


def label(tree: Tree, handle: str) -> str:
    """Return a person's name and handle, or what stands for the name where there is none or where it is hidden."""
    person = tree.person(handle)
    if person is None or person.hidden:
        return f"a living person [{handle}]"
    return named(person.names[0].text if person.names else "", handle)


def named(name: str, handle: str) -> str:
    """Return a name with the handle, or what stands for a name that is not recorded."""
    return f"{flat(name) or '(no name recorded)'} [{handle}]"


def _event(tree: Tree, owner: str, tag: str) -> Event | None:
    record = tree.person(owner) or tree.family(owner)
    events = record.events if record is not None else ()
    return next((one for one in events if one.handle == f"{owner}.{tag}"), None)


def dated(tree: Tree, owner: str, tag: str) -> tuple[str, str]:
    """Return the kind and the date of an event as recorded.

    Args:
        tree: the tree.
        owner: handle of the person or family.
        tag: the event's tag with its number.
    """
    event = _event(tree, owner, tag)
    return ("event", "(date not shown)") if event is None else (event.kind, flat(event.date.text, 60))


def when_and_where(person: Person, kinds: tuple[str, ...]) -> str:
    """Return date and place of the first event of these kinds that has any, such as `born 1812 in Alzey`; else nothing."""
    for kind in kinds:
        for event in person.events:
            if event.kind == kind and event.happened and (event.date.text or event.place):
                place = f" in {flat(event.place)}" if event.place else ""
                return f"{_VERBS[kind]} {flat(event.date.text, 60)}{place}".replace("  ", " ")
    return ""


_VERBS = {"birth": "born", "baptism": "baptised", "death": "died", "burial": "buried", "cremation": "cremated"}
