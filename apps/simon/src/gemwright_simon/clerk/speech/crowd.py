"""Answers about many: which of some people fit what is asked, how many they are, and who of them is the first or the most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from gemwright_simon.clerk.answer import Answer, Evidence
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.life import lifespan
from gemwright_simon.clerk.say import dated, event_evidence, events_of, first, join, label, large, listing, named, some
from gemwright_simon.clerk.speech.asked import EVENTS, Asked
from gemwright_simon.clerk.speech.items import Time
from gemwright_simon.clerk.speech.meaning import Group
from gemwright_simon.clerk.whole import all_events, in_place, levels, private
from gemwright_simon.kinship import relatives
from gemwright_simon.records import Event, Person

__all__ = ["Sieve", "best", "fitting", "sieves"]

_PAST: Final = {
    "birth": "born",
    "death": "died",
    "burial": "buried",
    "baptism": "baptised",
    "marriage": "married",
    "residence": "resident",
    "cremation": "cremated",
    "emigration": "emigrated",
    "immigration": "immigrated",
    "confirmation": "confirmed",
}
_MOST_NAMED: Final = 60


@dataclass(frozen=True, slots=True)
class Sieve:
    """One thing that people have to fit.

    Attributes:
        said: how it is said, as in `born in Alzey`.
        test: the event that shows that somebody fits, True where no event shows it, None where the person does not.
    """

    said: str
    test: Callable[[Person], Event | bool | None]


def sieves(desk: Desk, asked: Asked) -> list[Sieve] | None:
    """Return what people have to fit by the symbols that are left; None where they make no sense together."""
    made: list[Sieve] = []
    kinds = asked.kinds
    negative = bool(kinds & {"NEVER", "NOT"})
    if negative and not (_denied(asked) or kinds & {"UNMARRIED", "CHILDLESS"}):
        return None
    if "FROM" in kinds and not any(
        one.kind == "FROM" and other.kind == "PLACE" for one, other in pairwise(asked.nodes)
    ):
        return None
    trades = tuple(dict.fromkeys(node.value for node in asked.get("JOB")))
    if trades:
        made.append(_job(trades))
    for kind, sex in (("GIRLS", "F"), ("BOYS", "M")):
        if kind in kinds and not {"GIRLS", "BOYS"} <= kinds:
            made.append(Sieve("female" if sex == "F" else "male", lambda one, sex=sex: one.sex == sex or None))
    if "CHILDLESS" in kinds:
        made.append(
            Sieve("without a recorded child", lambda one: not relatives(desk.graph, one.handle, "children") or None)
        )
    if "UNMARRIED" in kinds or (negative and "MARRY" in kinds):
        made.append(Sieve("without a recorded marriage", lambda one: not list(desk.partners(one.handle)) or None))
        kinds = kinds - {"MARRY"}
    events = _events(desk, asked, kinds)
    if events is None or (asked.has("LIVE") and not asked.has("TIME", "PLACE", "AGE")):
        return None
    return [*made, *events]


def _denied(asked: Asked) -> bool:
    """Tell whether it is marrying that did not happen: the word stands right before."""
    return any(one.kind in ("NEVER", "NOT") and other.kind == "MARRY" for one, other in pairwise(asked.nodes))


def _job(trades: tuple[str, ...]) -> Sieve:
    def test(person: Person) -> Event | None:
        return next((one for one in events_of(person, "occupation", "title") if one.value in trades), None)

    return Sieve(join(trades, "or"), test)


def _events(desk: Desk, asked: Asked, kinds: set[str]) -> list[Sieve] | None:
    """Read events with the times, places and ages that follow them, or stand before the only one."""
    blocks: list[tuple[str, list[Time], list[str], str]] = []
    early: tuple[list[Time], list[str], str] = ([], [], "")
    for node in asked.nodes:
        if node.kind in EVENTS and node.kind in kinds:
            if blocks and blocks[-1][0] == EVENTS[node.kind]:
                continue
            blocks.append((EVENTS[node.kind], [], [], ""))
        elif node.item is not None and node.kind in ("TIME", "PLACE", "AGE"):
            times, places, age = blocks[-1][1:] if blocks else early
            if node.item.time is not None:
                times.append(node.item.time)
            elif node.kind == "PLACE":
                places.append(node.value)
            else:
                age = node.value
                if blocks:
                    blocks[-1] = (*blocks[-1][:3], age)
                else:
                    early = (times, places, age)
    if early[0] or early[1] or early[2]:
        if len(blocks) > 1:
            return None
        blocks = blocks or [("death" if early[2] else "birth", [], [], "")]
        event, times, places, age = blocks[0]
        blocks = [(event, [*early[0], *times], [*early[1], *places], early[2] or age)]
        if not asked.has(*EVENTS) and early[0]:
            return None
    if any(len(times) > 1 or len(places) > 1 for _, times, places, _ in blocks):
        return None
    return [
        _event(desk, event, next(iter(times), None), next(iter(places), ""), age)
        for event, times, places, age in blocks
    ]


def _event(desk: Desk, event: str, time: Time | None, place: str, age: str) -> Sieve:
    wanted = levels(place)
    event = "death" if age and event == "residence" else event

    def test(person: Person) -> Event | bool | None:
        if age and not _aged(person, age):
            return None
        found = all_events(desk, person, event)
        if event == "marriage" and time is None and not place:
            return next(iter(found), None) or (bool(list(desk.partners(person.handle))) or None)
        for one in found:
            if time is not None and not time.holds(one.date):
                continue
            alone = replace(person, events=(one,), partner_in=())
            if wanted and in_place(desk, alone, one.kind, wanted)[0] is None:
                continue
            return one
        return None

    said = " ".join(
        filter(None, (_PAST[event], f"in {place}" if place else "", time.said if time else "", _years(age)))
    )
    return Sieve(said, test)


def _aged(person: Person, age: str) -> bool:
    span, number = lifespan(person)[0], int(age[1:])
    if span.least is None or span.most is None or span.most < 0:
        return False
    return {"<": span.most < number, ">": span.least >= number, "=": span.least == span.most == number}[age[0]]


def _years(age: str) -> str:
    return {"<": "under", ">": "aged at least", "=": "aged", "": ""}[age[:1]] + (f" {age[1:]}" if age else "")


def fitting(
    desk: Desk, group: Group, wanted: Sequence[Sieve], *, counted: bool, yesno: bool, whole: bool, kind: str
) -> Answer:
    """Return who of a group fits.

    Args:
        desk: the tree.
        group: whom to look at.
        wanted: what they have to fit.
        counted: whether their number was asked for.
        yesno: whether it was asked if there is any.
        whole: whether the group is the tree.
        kind: the question's kind.
    """
    found: list[tuple[Person, list[Event]]] = []
    for person in group.people:
        results = [one.test(person) for one in wanted]
        if all(results):
            found.append((person, [one for one in results if isinstance(one, Event)]))
    what = ", ".join(one.said for one in wanted)
    where = "" if whole else f" of {_whose(group)}"
    living = (
        private(desk)
        if whole
        else (f" {some(group.hidden, 'living person', 'living people')} not looked at." if group.hidden else "")
    )
    if not found:
        text = (
            f"None recorded: nobody{where} is recorded as {what}."
            if not counted
            else f"None recorded: 0{where} are recorded as {what}."
        )
        return Answer(text + living, core=("0",), people=group.bases[:1], kind=kind)
    evidence = tuple(
        one
        for person, events in found[:1000]
        for one in ([event_evidence(person, event) for event in events] or [Evidence(person.handle, named(person))])
    )
    handles = tuple(person.handle for person, _ in found)
    if counted:
        texts = [label(person) for person, _ in found[:_MOST_NAMED]]
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        shown = ", ".join(texts) + more if more else join(texts)
        text = f"{len(found)}{where} {'is' if len(found) == 1 else 'are'} recorded as {what}: {shown}."
        return Answer(
            text + living, evidence, core=(str(len(found)),), people=group.bases[:1], listed=handles, kind=kind
        )
    notes = [", ".join(dict.fromkeys(event.date.text for event in events if event.date.text)) for _, events in found]
    head = f"{large(what)}{where}"
    answer = listing(head, [person for person, _ in found], notes=notes, kind=kind)
    text = ("Yes. " if yesno else "") + answer.text + living
    people = handles if len(handles) == 1 else group.bases[:1]
    return Answer(text, evidence, core=handles, people=people, listed=handles, kind=kind)


def _whose(group: Group) -> str:
    return group.said


# The first and the most


def best(desk: Desk, group: Group, key: str, *, last: bool, whole: bool, kind: str) -> Answer:
    """Return who of a group comes first or last.

    Args:
        desk: the tree.
        group: whom to look at.
        key: `birth`, `death` or `marriage` by date, `age` by the age reached, `children` by their number.
        last: whether the last, or the most, is meant.
        whole: whether the group is the tree.
        kind: the question's kind.
    """
    ranked: list[tuple[float, float, Person, list[Event], str]] = []
    for person in group.people:
        found = _rank(desk, person, key)
        if found is not None:
            ranked.append((*found[:2], person, *found[2:]))
    whose = "the tree" if whole else group.said
    title = _TITLES[key, last]
    if not ranked:
        return Answer(
            f"Not recorded: nothing recorded of {whose} tells who {title}.",
            core=("not recorded",),
            people=group.bases[:1],
            kind=kind,
        )
    chosen = max(ranked, key=lambda one: one[0] + one[1]) if last else min(ranked, key=lambda one: one[0] + one[1])
    tops = [one for one in ranked if one[0] + one[1] == chosen[0] + chosen[1]]
    rivals = [one for one in ranked if one not in tops and (one[1] > chosen[0] if last else one[0] < chosen[1])]
    text = f"Of {whose}, {join([label(one[2]) for one in tops])} {title}: {chosen[4]}."
    if rivals:
        text += (
            f" The dates are not exact enough to be sure: it may also be {join([label(one[2]) for one in rivals[:5]])}."
        )
    unknown = len(group.people) - len(ranked)
    if unknown and key != "children" and not whole:
        text += f" The dates of {unknown} more are not recorded."
    if group.hidden:
        text += f" {some(group.hidden, 'living person', 'living people')} not looked at."
    handles = tuple(one[2].handle for one in tops)
    evidence = tuple(event_evidence(one[2], event) for one in tops for event in one[3])
    return Answer(
        text + (private(desk) if whole else ""), evidence, core=handles, people=handles[:1], listed=handles, kind=kind
    )


_TITLES: Final = {
    ("birth", False): "was born first",
    ("birth", True): "was born last",
    ("death", False): "died first",
    ("death", True): "died last",
    ("marriage", False): "married first",
    ("marriage", True): "married last",
    ("age", True): "reached the greatest age",
    ("age", False): "died youngest",
    ("children", True): "had the most children",
    ("children", False): "had the fewest children",
}


def _rank(desk: Desk, person: Person, key: str) -> tuple[float, float, list[Event], str] | None:
    if key == "children":
        number = len(relatives(desk.graph, person.handle, "children"))
        return (number, number, [], some(number, "child", "children")) if number else None
    if key == "age":
        span, born, died = lifespan(person)
        if span.least is None or span.most is None or span.least < 0 or span.most > 130 or born is None or died is None:
            return None
        days = (
            (died.date.earliest or 0) - (born.date.latest or 0),
            (died.date.latest or 0) - (born.date.earliest or 0),
        )
        return *days, [born, died], f"aged {span.text}, born {born.date.text}, died {died.date.text}"
    events = (
        all_events(desk, person, key) if key == "marriage" else [one for one in [first(person, key)] if one is not None]
    )
    event = next((one for one in events if one.date.earliest is not None and one.date.latest is not None), None)
    if event is None or event.date.earliest is None or event.date.latest is None:
        return None
    return event.date.earliest, event.date.latest, [event], f"{_PAST[key]} {dated(event.date)}"
