"""When and where: the events of a life, one or several in a question, with what the question takes for granted checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gemwright_simon.clerk import couples
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.speech import persons
from gemwright_simon.clerk.speech.asked import EVENTS, Asked
from gemwright_simon.clerk.speech.meaning import Meaning
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Ref, Spoken, Those, plain
from gemwright_simon.records import Person

__all__ = ["facts", "followed"]

_ASKS: Final = ("WHEN", "WHERE")
_PLACED: Final = frozenset({"burial", "residence", "cremation"})


def facts(desk: Desk, asked: Asked) -> Answer | None:
    """Answer when and where something happened to somebody, or whether it happened then and there."""
    dates = any(node.item is not None and "dates" in node.item.text for node in asked.get("WHEN"))
    if not (asked.has(*EVENTS) or dates) or not asked.mains:
        return None
    name = ("NAME",) if any(isinstance(one, Kin) for one in asked.mains) else ()
    if not asked.only(*EVENTS, *_ASKS, "TIME", "PLACE", "IT", "WHO", "WHICH", *name):
        return None
    if asked.has("TIME", "PLACE") and len({node.kind for node in asked.nodes if node.kind in EVENTS}) > 1:
        return None
    if asked.has("MARRY") and len(asked.refs) > 1:
        return None
    if asked.has("WHO", "WHICH") and not asked.has(*_ASKS):
        return None
    if any(isinstance(one, Those) or (isinstance(one, Named) and one.many) for one in asked.mains) and not asked.has(
        *_ASKS
    ):
        return None
    if any(isinstance(one, Kin) and one.kin.many for one in asked.mains) and not asked.has(*_ASKS):
        return None
    wanted = _wanted(asked)
    if wanted is None:
        return None
    meaning = Meaning(desk)
    told: list[Answer] = []
    lived = [("when", "birth"), ("when", "death")]
    wanted = [(ref, lived if pairs == [("when", "residence")] else pairs) for ref, pairs in wanted]
    for ref, pairs in wanted:
        group = meaning.some(ref)
        told.append(persons.each(group, lambda one, pairs=pairs: _life(desk, asked, one, pairs), "event_when"))
    return persons.joined(told, "event_when")


def _wanted(asked: Asked) -> list[tuple[Ref, list[tuple[str, str]]]] | None:
    """Return of whom which events are asked for, each with when, where, or nothing where that is left open."""
    mains = asked.mains
    events = list(dict.fromkeys(EVENTS[node.kind] for node in asked.nodes if node.kind in EVENTS))
    asks = list(dict.fromkeys(node.kind.lower() for node in asked.nodes if node.kind in _ASKS))
    if any(isinstance(one, Pair) for one in mains):
        mains = [plain(half) for one in mains for half in ((one.one, one.other) if isinstance(one, Pair) else (one,))]
    if not events:
        return [(one, [("when", "birth"), ("when", "death")]) for one in mains]
    if len(mains) == 1 or (len(events) == 1 and len(mains) == 2):
        return [(one, _pairs(asked, events, asks)) for one in mains]
    if len(mains) != 2 or asked.has("TIME", "PLACE"):
        return None
    return _apart(asked, mains)


def _pairs(asked: Asked, events: list[str], asks: list[str]) -> list[tuple[str, str]]:
    if not asks:
        return [("", event) for event in events]
    if len(asks) == 1 or len(events) == 1:
        return [(ask, event) for event in events for ask in asks]
    pairs: list[tuple[str, str]] = []
    pending: list[str] = []
    current: list[str] = []
    for node in asked.nodes:
        if node.kind in _ASKS:
            pending.append(node.kind.lower())
        elif node.kind in EVENTS:
            current, pending = pending or current, []
            pairs += [(ask, EVENTS[node.kind]) for ask in current]
    if pending:
        pairs += [(ask, events[-1]) for ask in pending]
    return list(dict.fromkeys(pairs))


def _apart(asked: Asked, mains: list[Ref]) -> list[tuple[Ref, list[tuple[str, str]]]] | None:
    """Read two questions in one, as in `When was Anna born and where did Jakob die`."""
    found: list[tuple[Ref, list[tuple[str, str]]]] = []
    pending: list[str] = []
    whom: Ref | None = None
    for node in asked.nodes:
        if node.ref is not None:
            whom = plain(node.ref)
        elif node.kind in _ASKS:
            pending.append(node.kind.lower())
        elif node.kind in EVENTS:
            if whom is None or not pending or not any(whom is one for one in mains):
                return None
            found.append((whom, [(ask, EVENTS[node.kind]) for ask in pending]))
            pending = []
    return found if not pending and len(found) == 2 else None


def _life(desk: Desk, asked: Asked, person: Person, pairs: list[tuple[str, str]]) -> Answer:
    time = next((node.item.time for node in asked.get("TIME") if node.item is not None), None)
    place = next((node.value for node in asked.get("PLACE")), "")
    told: list[Answer] = []
    for ask, event in pairs:
        if ask == "where" and event == "residence" and time is not None:
            told.append(persons.lived_then(desk, person, time))
        elif not ask and (time is not None or place):
            told.append(persons.holds(desk, person, event, time, place))
        elif not ask:
            told.append(_open(desk, person, event))
        else:
            wrong = persons.holds(desk, person, event, time, place) if time is not None or place else None
            told.append(
                wrong if wrong is not None and wrong.core == ("no",) else persons.fact(desk, person, ask, event)
            )
    return persons.joined(told, "event_when")


def _open(desk: Desk, person: Person, event: str) -> Answer:
    """Return what is recorded of an event where it is not said if the date or the place is asked for."""
    asks = ("where", "when") if event in _PLACED else ("when", "where")
    answer = persons.fact(desk, person, asks[0], event)
    if answer.core == ("not recorded",):
        other = persons.fact(desk, person, asks[1], event)
        if other.core != ("not recorded",):
            return persons.joined([answer, other], "event_when")
    return answer


def followed(desk: Desk, asked: Asked) -> Answer | None:
    """Answer `and where was that?` and `date?`: another fact of the event that was talked about last."""
    last = desk.focus.last
    if last is None or not last.topic or not last.people:
        return None
    if not asked.has(*_ASKS) or not asked.only(*_ASKS, "IT", "EVENTIT", "HAVE"):
        return None
    if any(not isinstance(one, Spoken) or one.word not in ("they", "he", "she") for one in asked.refs):
        return None
    asks = [ask for ask in ("when", "where") if asked.has(ask.upper())]
    people = [one for handle in last.people if (one := desk.tree.person(handle)) is not None and not one.hidden]
    if not people:
        return None
    told: list[Answer] = []
    for ask in asks:
        pair = last.topic == "marriage" and len(people) == 2 and desk.family_of(people[0], people[1]) is not None
        if pair:
            question = Question(f"married_{ask}", {"a": people[0].handle, "b": people[1].handle})
            answer = couples.married_when(desk, question) if ask == "when" else couples.married_where(desk, question)
            told.append(replace(answer, topic="marriage"))
        else:
            told.append(persons.fact(desk, people[0], ask, last.topic))
    return persons.joined(told, "event_when")
