"""Tool results for small models: what the question asks for and little else, in short plain sentences or lines.

A model of a few million parameters copies one sentence well and gets lost in a page of facts. So it is offered the tools
that the words of the question call for, and of a result it sees what those words ask for. What is shown is said of the
same records that the full result names; the check of the answer rests on the full result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from gemwright_simon.clerk.people import fold
from gemwright_simon.clerk.spans import between
from gemwright_simon.clerk.wording import relation_of
from gemwright_simon.kinship import Graph, relatives
from gemwright_simon.records import Event, Family, Person
from gemwright_simon.tools import ToolResult
from gemwright_simon.tools.lines import date_text, named, plain
from gemwright_simon.tools.people import Ambiguous, meant
from gemwright_simon.tree import Tree

__all__ = ["LISTED", "brief", "offered"]

LISTED: Final = 5
"""A list of more people is shown to a small model as their number alone."""

_LINE: Final = 160
_COUNTED: Final = r"\bhow many\b|\bnumber of\b"
_KIN: Final = (
    r"(?:(?:great[- ]?)?grand[- ]?)?(?:parents|children|kids)|siblings|brothers|sisters|aunts|uncles|nieces|nephews|cousins|"
    r"spouses|in[- ]laws?|ancestors|descendants|relatives"
)
_OFFERED: Final = tuple(
    (re.compile(words, re.IGNORECASE), names)
    for words, names in (
        (r"\brelated\b|\brelationship\b", ("find_relationship",)),
        (r"\bcited to\b|\bmention", ("search_records",)),
        (
            r"\bwhat happened\b|\bwars?\b|\blaws?\b(?<!in-law)(?<!in law)|\bmigration\b|\bborders\b",
            ("get_historical_context",),
        ),
        (
            rf"(?:{_COUNTED}).*\b(?:{_KIN}|descend)\b|\bhow (?:old|far|often|many times)\b|\b(?:at )?what age\b|\bgenerations\b|"
            r"\b(?:child of the|child in the|born child)\b",
            ("lookup_person",),
        ),
        (
            r"\bsurname|\bfamily name|\blast name|\b(?:people|persons|individuals|everybody|everyone|deaths|births|who|many)\b"
            r".*\b(?:in|called|named|between|impossible)\b|^(?:who|list every\w*) (?:was|were|is) (?:born|died)|"
            r"\bimpossible\b|\bunder 1\d\b|\byounger than\b|\bborn first\b|\blived the longest\b|\blongest[- ]lived\b|"
            r"\b(?:earliest|first)[- ]born\b|\bancestry ends?\b",
            ("find_people",),
        ),
        (rf"\b(?:{_KIN})\b", ("find_relatives",)),
        (
            r"\bborn\b|\bbirth|\bdie[ds]?\b|\bdeath\b|\bburied\b|\bburial\b|\bmarr|\bdivorce|\bwed|\bfather|\bmother|\bwife\b|"
            r"\bhusband\b|\bspouse|\bsources?\b|\bnote[sd]?\b|\bnames?\b|\boccupation|\bliving\b|\btitle\b|\bgrand(?:father|mother)",
            ("lookup_person",),
        ),
    )
)

_EVENTS: Final = (
    ("death", "death", r"\bdie[ds]?\b|\bdeath\b|\bpass(?:ed)? away\b"),
    ("burial", "burial", r"\bburied\b|\bburial\b|\bgrave\b|\brests?\b"),
    ("baptism", "baptism", r"\bbapti[sz]|\bchristen"),
    ("birth", "birth", r"\bborn\b|\bbirth"),
)
_STEPS: Final = {"father": "M", "mother": "F"}
_LINES_UP: Final = (
    (r"\bpaternal grandfather\b", "father's father"),
    (r"\bpaternal grandmother\b", "father's mother"),
    (r"\bmaternal grandfather\b", "mother's father"),
    (r"\bmaternal grandmother\b", "mother's mother"),
    (r"\b(?:father'?s father|father of the father)\b", "father's father"),
    (r"\b(?:mother'?s mother|mother of the mother)\b", "mother's mother"),
    (r"\b(?:father'?s mother|mother of the father)\b", "father's mother"),
    (r"\b(?:mother'?s father|father of the mother)\b", "mother's father"),
    (r"\bfather\b", "father"),
    (r"\bmother\b", "mother"),
)


def offered(question: str) -> tuple[str, ...]:
    """Return the names of the tools that the words of a question call for; none where they say nothing.

    Args:
        question: as typed.
    """
    return next((names for words, names in _OFFERED if words.search(question)), ())


def brief(tree: Tree, name: str, arguments: dict[str, Any], result: ToolResult, question: str) -> str:
    """Return what a small model is shown of a tool's result.

    Args:
        tree: the tree.
        name: the tool.
        arguments: of the call.
        result: the full result.
        question: what was asked.
    """
    if result.candidates:
        return _people(tree, result.candidates, len(result.candidates))
    if result.error:
        return "total=0" if name == "find_relatives" else "The person is not in this tree."
    if name == "lookup_person":
        try:
            person = meant(tree, str(arguments.get("person", ""))).person
        except Ambiguous:
            return "The person is not in this tree."
        return result.text[:_LINE] if person.hidden else _Asked(tree, person, question).sentence()
    if name == "find_relationship":
        if result.total:
            return " | ".join(one for one in result.lines[0].split(" | ") if "~" in one or one.startswith("common:"))
        pair = [one for one in result.handles if tree.person(one) is not None]
        return f"The relationship is not recorded [{'~'.join(pair[:2])}]."
    if name == "find_people" and "group_by" in arguments:
        value, _, count = result.lines[-1 if len(result.lines) < 2 else 1].rpartition(": ")
        return f"The most common {str(arguments['group_by']).replace('_', ' ')} is {value}: {count} people."
    if name == "find_people" and not {"name", "place", "event", "from_year", "to_year", "problem"} & set(arguments):
        counts = dict(re.findall(r"(people|families|sources)=(\d+)", result.text))
        what = next((one for one in ("families", "sources") if one in question.lower()), "people")
        return f"The number of {what} is {counts.get(what, result.total)}."
    if name in ("find_relatives", "find_people"):
        if result.total is None or not any("[" in line for line in result.lines[1:]):
            return "\n".join(result.lines[:2]) if result.total else "total=0"
        people = [line.partition("[")[2].partition("]")[0] for line in result.lines[1:] if "[" in line]
        return _people(tree, people, result.total)
    return "\n".join(result.lines[:LISTED])


def _people(tree: Tree, handles: Sequence[str], total: int) -> str:
    """Return people as lines of one shape, or their number where there are many."""
    if not total or total > LISTED or len(handles) < total:
        return f"total={total}"
    return "\n".join([f"total={total}", *(_line(tree, one) for one in handles)])


def _line(tree: Tree, handle: str) -> str:
    person = tree.person(handle)
    if person is None or person.hidden:
        return named(person, handle)
    parts = [named(person) + ("" if person.sex == "U" else f" {person.sex}")]
    for kind, word in (("birth", "born"), ("death", "died")):
        event = _first(person, kind)
        place = plain(event.place.partition(",")[0], 60) if event is not None else ""
        said = " ".join(one for one in (date_text(event.date), place) if one) if event is not None else ""
        mark = event.handle if event is not None and said else handle
        parts.append(f"{word}{' ' if said else ': '}{said or 'not recorded'} [{mark}]{_marks(event)}")
    above = [one for link in person.child_of if (family := tree.family(link.family)) for one in family.partners]
    parts.append(f"parents: {named(tree.person(above[0]), above[0]) if above else f'not recorded [{handle}]'}")
    return " | ".join(parts)


def _first(person: Person, kind: str) -> Event | None:
    events = [one for one in person.events if one.kind == kind and one.happened]
    return next((one for one in events if one.date.text or one.place), events[0] if events else None)


def _marks(event: Event | None) -> str:
    sources = dict.fromkeys(one.source for one in event.citations if one.source) if event is not None else ()
    return "{" + ("; ".join(sources) or "no source") + "}"


class _Asked:
    """One sentence about a person: what the words of a question ask for, or a summary in one line."""

    def __init__(self, tree: Tree, person: Person, question: str) -> None:
        self.tree = tree
        self.person = person
        self.mark = f"[{person.handle}]"
        own = " ".join(name.text for name in person.names)
        self.question = question
        self.words = " ".join(one for one in question.split() if fold(one.removesuffix("'s")) not in fold(own).split())

    def _asks(self, words: str) -> bool:
        return re.search(words, self.question, re.IGNORECASE) is not None

    def sentence(self) -> str:
        """Return it."""
        for make in (
            self._ages,
            self._sources,
            self._notes,
            self._names,
            self._work,
            self._couple,
            self._counts,
            self._up,
        ):
            said = make()
            if said:
                return said
        return self._event() or _line(self.tree, self.person.handle)

    def _ages(self) -> str:
        if not self._asks(r"\bhow old\b|\bage\b"):
            return ""
        born = _first(self.person, "birth")
        if self._asks(r"\bmarr|\bwed"):
            family = self._family()
            if family is None:
                return f"The marriage is not recorded {self.mark}."
            married = _of_kind(family, "marriage")
            return self._span("at the marriage", born, married, f"[{married.handle}]" if married else self.mark)
        parent = next((one for one in _STEPS if self._asks(rf"\b{one}\b")), "")
        if parent and self._asks(r"\bborn\b|\bbirth\b"):
            above = [one for one in self._climb(parent) if one.sex == _STEPS[parent]]
            if len(above) != 1:
                return f"The {parent} is not recorded {self.mark}."
            return self._span(f"of the {parent}", _first(above[0], "birth"), born, f"[{above[0].handle}]")
        died = _first(self.person, "death")
        return self._span("at death", born, died, f"[{died.handle}]" if died else self.mark)

    def _span(self, what: str, start: Event | None, end: Event | None, mark: str) -> str:
        span = between(start.date, end.date).text if start is not None and end is not None else ""
        return f"The age {what} is {span or 'not recorded'} {mark}."

    def _sources(self) -> str:
        if not self._asks(r"\bsources?\b|\bcited\b|\bevidence\b"):
            return ""
        kind = next((one for one, _, words in _EVENTS if re.search(words, self.words, re.IGNORECASE)), "")
        events = [one for one in self.person.events if not kind or one.kind == kind]
        cites = [*(() if kind else self.person.citations), *(one for event in events for one in event.citations)]
        mark = f"[{events[0].handle}]" if kind and events else self.mark
        titles: dict[str, str] = {}
        for one in cites:
            source = self.tree.source(one.source) if one.source else None
            if source is not None:
                titles[one.source] = plain(source.title or source.text, 100) or "untitled"
        if not titles:
            return f"The source is not recorded {mark}."
        if len(titles) == 1:
            handle, title = next(iter(titles.items()))
            return f"The source is {title} [{handle}]."
        return f"total={len(titles)} | " + " | ".join(f"{title} [{handle}]" for handle, title in titles.items())

    def _notes(self) -> str:
        if not self._asks(r"\bnote[sd]?\b"):
            return ""
        notes = [plain(one, 400) for one in self.person.notes]
        return f'The note is "{" ".join(notes)}" {self.mark}.' if notes else f"The note is not recorded {self.mark}."

    def _names(self) -> str:
        if not self._asks(r"\bother names?\b|\bother name\b|\balso known\b|\bnames .*recorded\b"):
            return ""
        names = [plain(one.text, 80) for one in self.person.names[1:]]
        if not names:
            return f"The other name is not recorded {self.mark}."
        return f"The other name{'s are' if len(names) > 1 else ' is'} {', '.join(names)}."

    def _work(self) -> str:
        if not self._asks(r"\boccupation|\bprofession|\btrade\b|\bjob\b|\btitle\b|\bfor a living\b"):
            return ""
        events = [one for one in self.person.events if one.kind in ("occupation", "title") and one.value]
        if not events:
            return f"The occupation is not recorded {self.mark}."
        return f"The occupation is {', '.join(plain(one.value, 80) for one in events)} [{events[0].handle}]."

    def _couple(self) -> str:
        if not self._asks(r"\bmarr|\bwed|\bdivorce|\bspouse|\bwife\b|\bhusband\b"):
            return ""
        families = [family for one in self.person.partner_in if (family := self.tree.family(one)) is not None]
        partners = [one for family in families for one in family.partners if one != self.person.handle]
        when, where = self._asks(r"\bwhen\b|\bdate\b"), self._asks(r"\bwhere\b|\bplace\b")
        if when or where or self._asks(r"\bdivorce"):
            family = self._family()
            kind = "divorce" if self._asks(r"\bdivorce") else "marriage"
            event = _of_kind(family, kind) if family is not None else None
            if event is None:
                return f"The {kind} is not recorded {self.mark}."
            said = plain(event.place, 120) if where else date_text(event.date)
            if kind == "divorce" and not (when or where):
                return f"The divorce is recorded [{event.handle}]."
            return f"The wedding {'place' if where else 'date'} is {said or 'not recorded'} [{event.handle}]."
        if not partners:
            return f"The spouse is not recorded {self.mark}."
        if len(partners) == 1:
            return f"The spouse is {named(self.tree.person(partners[0]), partners[0])}."
        return _people(self.tree, partners, len(partners))

    def _family(self) -> Family | None:
        """Return the couple that a question means: the one whose other partner it names, or the only one."""
        families = [family for one in self.person.partner_in if (family := self.tree.family(one)) is not None]
        asked = f" {fold(self.question)} "
        for family in families:
            for one in family.partners:
                other = self.tree.person(one)
                if other is not None and one != self.person.handle and not other.hidden and other.names:
                    if any(f" {fold(name.text)} " in asked for name in other.names):
                        return family
        return (
            families[0]
            if len(families) == 1 and not re.search(r"\b(?:and|to|marry|marrying|married) [A-Z]", self.words)
            else None
        )

    def _counts(self) -> str:
        if self._asks(r"\bgenerations?\b|\bhow far back\b"):
            down = self._asks(r"\bdescend")
            line = relatives(Graph.of(self.tree), self.person.handle, "descendants" if down else "ancestors")
            return f"The number of generations is {max((one.deepest for one in line), default=0)} {self.mark}."
        if not self._asks(_COUNTED):
            return ""
        term = re.search(rf"\b(?:half[- ])?(?:{_KIN}|sons|daughters)\b|\bdescend\b", self.question, re.IGNORECASE)
        said = {"descend": "descendants", "kids": "children"}.get(term[0].lower(), term[0].lower()) if term else ""
        relation = relation_of(said)
        if not relation:
            return ""
        try:
            found = {one.handle for one in relatives(Graph.of(self.tree), self.person.handle, relation)}
        except (KeyError, ValueError):
            return ""
        return f"The number of {said} is {len(found)} {self.mark}."

    def _climb(self, step: str) -> list[Person]:
        above = relatives(Graph.of(self.tree), self.person.handle, "parents")
        people = [self.tree.person(one.handle) for one in above if one.basis == "blood"]
        return [one for one in people if one is not None and not one.hidden and one.sex == _STEPS[step]]

    def _up(self) -> str:
        said = next((line for words, line in _LINES_UP if self._asks(words)), "")
        if not said:
            return ""
        here = [self.person]
        for step in said.split("'s "):
            here = [one for person in here for one in _Asked(self.tree, person, "")._climb(step)]
        if not here:
            return f"The {said} is not recorded {self.mark}."
        return " ".join(f"The {said} is {named(one)}." for one in here[:2])

    def _event(self) -> str:
        kind, what = next(
            ((one, word) for one, word, words in _EVENTS if re.search(words, self.words, re.IGNORECASE)), ("", "")
        )
        if not kind:
            return ""
        event = _first(self.person, kind)
        where = self._asks(r"\bwhere\b|\bplace\b|\btown\b|\bcity\b|\bvillage\b|\bcountry\b")
        said = (plain(event.place, 120) if where else date_text(event.date)) if event is not None else ""
        if event is None or not said:
            return f"The {what} {'place' if where else 'date'} is not recorded {self.mark}."
        return f"The {what} {'place' if where else 'date'} is {said} [{event.handle}]."


def _of_kind(family: Family, kind: str) -> Event | None:
    events: Iterator[Event] = (one for one in family.events if one.kind == kind and one.happened)
    return next(events, None)
