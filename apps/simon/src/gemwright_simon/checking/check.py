"""The check of an answer: each name, date, place, number and kin word is bound to what was returned, or it does not pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gemwright_simon.checking.kin import TERMS, kin_problems, kin_relatives
from gemwright_simon.checking.mentions import Mention, asked_names, mentions, sentences, unknown_names
from gemwright_simon.checking.pool import HANDLES, Pool
from gemwright_simon.checking.said import Said, agrees, dates_in
from gemwright_simon.clerk.people import fold
from gemwright_simon.clerk.spans import Span, between
from gemwright_simon.dates.calendars import to_day
from gemwright_simon.kinship import relationship, relatives
from gemwright_simon.records import Date, Event

__all__ = ["REMOVED", "Checked", "Judged", "check"]

REMOVED: Final = "[removed: not in the tree]"
"""What stands in place of a sentence that was struck."""

_KINDS: Final = (
    ("birth", r"born|birth|birthday"),
    ("death", r"died|death|dies|dead|deceased|passed away"),
    ("burial", r"buried|burial|interred|grave|rests|laid to rest"),
    ("baptism", r"baptised|baptized|christened|baptism|christening"),
    ("divorce", r"divorced|divorce"),
    ("marriage", r"married|marriage|wed|wedding|marrying"),
    ("residence", r"lived|resided|residence|resident|living in"),
    ("cremation", r"cremated|cremation"),
    ("occupation", r"occupation|worked"),
)
_VERB: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS) + r")(?!\w)", re.IGNORECASE
)
_ALSO: Final = {"residence": ("census",), "birth": ("birth",), "marriage": ("marriage", "marriage banns", "engagement")}
_QUOTE: Final = re.compile(r"\u201c([^\u201d]*)\u201d|\"([^\"]*)\"")
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_SPAN: Final = (
    r"(?:between (?P<low>\d{1,3}) and (?P<high>\d{1,3})|at least (?P<least>\d{1,3})|at most "
    r"(?P<most>\d{1,3})|(?:about |around )?(?P<one>\d{1,3})(?: or (?P<two>\d{1,3}))?)"
)
_AGE: Final = re.compile(
    rf"(?:\baged |\bat (?:the )?age (?:of )?|\bwas (?:about )?(?=(?:between )?\d[\w ]{{0,12}} when )|\bage:? "
    rf")(?P<a>{_SPAN})(?: years old| years)?|(?P<b>{_SPAN.replace('?P<', '?P<b_')}) years (?:old|of age)",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(
    r"(?<![\w.])(\d+|no|one|two|three|four|five|six|seven|eight|nine|ten) (?:recorded |known |direct |of the )?",
    re.IGNORECASE,
)
_SMALL: Final = {
    word: number for number, word in enumerate("no one two three four five six seven eight nine ten".split())
}
_NUMBER: Final = re.compile(r"(?<![\w.\[{~/-])\d+(?![\w\]}~/-]|\.\d)")
_DENIED: Final = re.compile(
    r"\bnot recorded\b|\bno (?:[\w-]+ ){0,4}?(?:is|are|was|were) (?:\w+ )?recorded|\bno source\b|\bunknown\b|\bnot "
    r"in th(?:is|e) tree\b|\bwithout a (?:source|date|place)\b|"
    r"\bno (?:recorded|known)\b|\bdoes not (?:say|record)\b|\bnever (?:married|had)\b|\bno relationship\b|\bno "
    r"marriage\b|\bno divorce\b|\bnone recorded\b|"
    r"\b(?:nobody|no one|none|nothing) (?:was|were|is|are|has been) (?:found|recorded)\b",
    re.IGNORECASE,
)
_FOUND_NONE: Final = re.compile(
    r"\b(?:nobody|no one|none|nothing) (?:was|were|is|are|has been) (?:found|recorded)\b", re.IGNORECASE
)
"""A denial of everything: it holds where a tool has found nothing."""
_PLACE: Final = re.compile(
    r"\b(?:in|at|near|from|of)(?: the)? ((?:[A-Z\u00c0-\u017d][\w'\u2019.-]*)(?:,? (?:(?:of|the|de|la|upon|on|am|an "
    r"der|der) )?[A-Z\u00c0-\u017d][\w'\u2019.-]*)*)"
)
_CLAUSE: Final = re.compile(r"[;\n]|\. Also|\| ")


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence, and what was found in it.

    Attributes:
        text: the sentence.
        claims: how many claims it makes.
        problems: what is not supported, each in a few words; the sentence passes where there is none.
    """

    text: str
    claims: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after the check.

    Attributes:
        sentences: every sentence with its verdict.
    """

    sentences: tuple[Judged, ...] = field(default=())

    @property
    def passes(self) -> bool:
        """Whether every claim is supported."""
        return not any(one.problems for one in self.sentences)

    @property
    def supported(self) -> int:
        """How many claims are supported."""
        return sum(max(one.claims - len(one.problems), 0) for one in self.sentences)

    @property
    def unsupported(self) -> int:
        """How many are not."""
        return sum(len(one.problems) for one in self.sentences)

    def complaint(self) -> str:
        """Return what a model is told to mend; empty where nothing is wrong."""
        wrong = [f"- {one.text}: {'; '.join(one.problems)}" for one in self.sentences if one.problems]
        return (
            "These parts are not in the tool results. Look them up or delete them:\n" + "\n".join(wrong[:8])
            if wrong
            else ""
        )

    def struck(self) -> str:
        """Return the answer with every sentence that does not pass struck."""
        return "\n".join(REMOVED if one.problems else one.text for one in self.sentences)


def check(text: str, pool: Pool) -> Checked:
    """Check an answer against the evidence.

    Args:
        text: the answer.
        pool: what tools returned, and the ledger.
    """
    judged: list[Judged] = []
    before: Mention | None = None
    for sentence in sentences(text):
        if sentence == REMOVED:
            continue
        one = _Sentence(sentence, pool, before)
        judged.append(one.judge())
        before = one.people[0] if one.people else before
    return Checked(tuple(judged))


class _Sentence:
    """One sentence while it is judged."""

    def __init__(self, text: str, pool: Pool, before: Mention | None) -> None:
        self.text = text
        self.pool = pool
        self.before = before
        self.taken: list[tuple[int, int]] = []
        self.problems: list[str] = []
        self.claims = 0
        self.people: list[Mention] = []
        self.bare = text

    def judge(self) -> Judged:
        """Return the verdict."""
        self._quotes()
        self.people = mentions(self.bare, self.pool)
        if re.match(r"\s*background:", self.text, re.IGNORECASE):
            if any(len(self.bare[one.start : one.named].split()) > 1 for one in self.people):
                self._wrong("the background names a person of the tree")
            return Judged(self.text, 1, tuple(self.problems))
        self._handles()
        for one in self.people:
            self._claim(not one.wrong, one.wrong)
            self.taken.append((one.start, one.end))
        denied = _DENIED.search(self.bare)
        if denied:
            self._denial()
        else:
            for words, right in kin_problems(self.bare, self.people, self.pool, self.before):
                self._claim(right, f"\u201c{words}\u201d does not hold")
        ages = list(_AGE.finditer(self.bare))
        for age in ages:
            self._age(age)
        places = self._places()
        self._dates()
        self._counts(bool(denied))
        self._left(places, bool(denied))
        return Judged(self.text, self.claims, tuple(dict.fromkeys(self.problems)))

    def _claim(self, right: bool, wrong: str) -> None:
        self.claims += 1
        if not right:
            self.problems.append(wrong)

    def _wrong(self, words: str) -> None:
        self._claim(False, words)

    def _free(self, start: int, end: int) -> bool:
        return not any(one < end and start < other for one, other in self.taken)

    def _quotes(self) -> None:
        """Hold quoted words against what was returned, and blank them."""
        whole = " ".join(f"{self.pool.text} {self.pool.question}".split())
        for found in _QUOTE.finditer(self.text):
            words = " ".join((found[1] or found[2] or "").split())
            if len(words.split()) > 1 or words:
                self._claim(
                    words.casefold() in whole.casefold() or self._noted(words),
                    f"\u201c{words[:60]}\u201d is no quotation",
                )
            self.taken.append(found.span())
        for found in _BRACES.finditer(self.text):
            marks = [one.strip() for one in found[1].split(";")]
            self._claim(
                all(" ".join(one.split()) in whole for one in marks), f"{{{found[1]}}} is no source that was returned"
            )
            self.taken.append(found.span())
        for start, end in self.taken:
            self.bare = self.bare[:start] + " " * (end - start) + self.bare[end:]

    def _noted(self, words: str) -> bool:
        notes = [
            note
            for person in self.pool.people.values()
            for note in (*person.notes, *(one for event in person.events for one in event.notes))
        ]
        return any(words in " ".join(note.split()) for note in notes)

    def _handles(self) -> None:
        for found in HANDLES.finditer(self.bare):
            parts = [one for one in re.split(r"[~,\s]+", found[1]) if one]
            self._claim(
                all(one in self.pool.handles or one in self.pool.people for one in parts),
                f"[{found[1]}] was not returned",
            )
            self.taken.append(found.span())

    def _owners(self) -> list[str]:
        """Return the people whose records the handles of the sentence name, as in `[I3.BIRT]` or `[I3~I9]`."""
        marks = [one for found in HANDLES.finditer(self.bare) for one in re.split(r"[~,\s]+", found[1])]
        return [owner for one in marks if (owner := one.partition(".")[0]) in self.pool.people]

    def _marked(self, start: int) -> list[Event]:
        """Return the event whose handle follows a statement in its clause, as in `the date is 3 MAY 1812 [I3.BIRT]`."""
        clause = _CLAUSE.search(self.bare, start)
        found = HANDLES.search(self.bare, start, clause.start() if clause else len(self.bare))
        owner = found[1].partition(".")[0] if found is not None and "." in found[1] else ""
        family = self.pool.tree.family(owner) if owner else None
        events = self.pool.events(owner) if family is None else family.events
        return [one for one in events if found is not None and one.handle == found[1]]

    def _subjects(self, start: int) -> list[Mention]:
        """Return who a statement at a place may be about: the nearest before it, and the head where that is set off."""
        clause = max((found.end() for found in _CLAUSE.finditer(self.bare, 0, start)), default=0)
        inside = [one for one in self.people if clause <= one.start < start]
        if inside:
            nearest = inside[-1]
            found = [nearest]
            if (
                len(inside) > 1
                and re.match(r"\s*(?:[,)]|was\b|\()", self.bare[nearest.end : nearest.end + 6])
                and ":" not in self.bare[inside[0].end : start]
            ):
                found.append(inside[0])
            joined = (
                re.fullmatch(r" (?:and|to|with) ", self.bare[inside[-2].end : nearest.start])
                if len(inside) > 1
                else None
            )
            return [*found, inside[-2]] if joined and inside[-2] not in found else found
        after = [one for one in self.people if one.start >= start]
        earlier = [one for one in self.people if one.end <= start]
        if earlier:
            return earlier[:1]
        return after[:1] or ([self.before] if self.before is not None else [])

    def _kind(self, start: int) -> str:
        """Return the event that a statement at a place is about, by the nearest word for one."""
        found = [one for one in _VERB.finditer(self.bare) if self._free(one.start(), one.end())]
        clause = max((mark.end() for mark in _CLAUSE.finditer(self.bare, 0, start)), default=0)
        before = [one for one in found if clause <= one.start() < start] or [
            one for one in found if one.start() < start
        ]
        after = [one for one in found if one.start() >= start]
        one = before[-1] if before else after[0] if after else None
        return (one.lastgroup or "") if one is not None else ""

    def _events(self, start: int) -> tuple[list[Event], str]:
        kind = self._kind(start)
        kinds = (kind, *_ALSO.get(kind, ()))
        found = [event for one in self._subjects(start) for handle in one.handles for event in self.pool.events(handle)]
        found = found or self._marked(start)
        return [
            event
            for event in found
            if (not kind or event.kind in kinds) and event.happened and self.pool.returned(event)
        ], kind

    def _dates(self) -> None:
        for start, event in self._recorded():
            events, kind = self._events(start)
            self._claim(
                any(one.date.text == event for one in events),
                f"{event} is not the date of {kind or 'an event'} of that person",
            )
        for said in dates_in(self.bare):
            if not self._free(said.start, said.end):
                continue
            self.taken.append((said.start, said.end))
            self._date(said)

    def _recorded(self) -> Iterator[tuple[int, str]]:
        """Yield the recorded dates that stand in the sentence word for word, with nothing before them that alters them."""
        texts = {
            event.date.text for handle in self.pool.people for event in self.pool.events(handle) if event.date.text
        }
        for text in sorted(texts, key=len, reverse=True):
            for found in re.finditer(rf"(?<![\w/]){re.escape(text)}(?![\w/])", self.bare):
                before = self.bare[max(0, found.start() - 12) : found.start()]
                if not self._free(*found.span()) or (
                    re.search(
                        r"(?:\d|\b(?:abt\.?|bef\.?|aft\.?|cal\.?|est\.?|before|after|between|and|[a-z]{3,9})) $",
                        before,
                        re.IGNORECASE,
                    )
                    and not re.search(
                        r"\b(?:born|died|buried|baptised|married|divorced|lived|on|in|date|is|was|resident) $",
                        before,
                        re.IGNORECASE,
                    )
                ):
                    continue
                self.taken.append(found.span())
                yield found.start(), text

    def _date(self, said: Said) -> None:
        whole = self.bare[said.start : said.end]
        events, kind = self._events(said.start)
        verdicts = [agrees(said, event.date.text, event.date.qualifier) for event in events]
        if any(not one for one in verdicts):
            self._claim(True, "")
        elif not self._subjects(said.start) or (
            re.search(r"\b(?:in|In|before|after|since|from|to) (?:the )?$", self.bare[: said.start])
            and whole in self.pool.question
        ):
            self._claim(whole in self.pool.text or whole in self.pool.question, f"{whole} was not returned")
        else:
            missing = f"no such {kind or 'date'} was returned for that person"
            self._wrong(f"{whole}: {verdicts[0] if verdicts else missing}")

    def _places(self) -> list[tuple[int, int]]:
        for handle in self.pool.handles:
            source = self.pool.tree.source(handle)
            if source is not None and source.title:
                self.taken += [one.span() for one in re.finditer(re.escape(source.title), self.bare)]
        levels: dict[str, str] = {}
        for handle in self.pool.people:
            for event in self.pool.events(handle):
                for text in (event.place, *event.place.split(",")):
                    if len(text.strip()) > 2:
                        levels[text.strip()] = fold(text)
        found: list[tuple[int, int]] = []
        for text in sorted(levels, key=len, reverse=True):
            for one in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", self.bare):
                if not self._free(*one.span()):
                    continue
                self.taken.append(one.span())
                found.append(one.span())
                events, kind = self._events(one.start())
                right = any(f" {levels[text]} " in f" {fold(event.place)} " for event in events)
                asked = levels[text] in fold(self.pool.question) and not self._subjects(one.start())
                self._claim(
                    right or asked or self._listed(one.start(), levels[text]),
                    f"{text} is not the place of {kind or 'an event'} of that person",
                )
        for one in _PLACE.finditer(self.bare):
            if (
                self._free(*one.span(1))
                and fold(one[1]) not in fold(self.pool.text)
                and fold(one[1]) not in fold(self.pool.question)
            ):
                words = [word for word in fold(one[1]).split() if word not in self.pool.words]
                if words:
                    self.taken.append(one.span(1))
                    self._wrong(f"{one[1]} was not returned")
        return found

    def _listed(self, start: int, place: str) -> bool:
        """Tell whether a place is the head of a list whose people all have it."""
        rest = self.bare[start:]
        kind = self._kind(start)
        people = [one for one in self.people if one.start > start]
        if not people or ":" not in rest[: people[0].start - start]:
            return False
        return all(
            any(
                event.kind == kind and f" {place} " in f" {fold(event.place)} "
                for handle in one.handles
                for event in self.pool.events(handle)
            )
            for one in people
        )

    def _age(self, age: re.Match[str]) -> None:
        group = age.groupdict()
        numbers = {
            name.removeprefix("b_"): int(value) for name, value in group.items() if name not in ("a", "b") and value
        }
        self.taken.append(age.span())
        spans = list(self._spans(age.start()))
        said = (
            numbers.get("low", numbers.get("least", numbers.get("one"))),
            numbers.get("high", numbers.get("most", numbers.get("two", numbers.get("one")))),
        )
        if "least" in numbers:
            said = (numbers["least"], None)
        if "most" in numbers:
            said = (None, numbers["most"])
        self._claim(
            any((span.least, span.most) == said for span in spans),
            f"the age {age[0].strip()} does not follow from the dates",
        )

    def _spans(self, start: int) -> Iterator[Span]:
        people = self._subjects(start)
        rest, wed = self.bare[start:], re.search(r"marri|wedding", self.bare, re.IGNORECASE)
        others = [one for one in self.people if one not in people]
        year = next(
            (
                said.year
                for said in dates_in(self.bare)
                if not said.month and re.search(r"\bin $", self.bare[: said.start], re.IGNORECASE)
            ),
            None,
        )
        for handle in [handle for one in people for handle in one.handles]:
            born = self._first(handle, "birth", "baptism")
            if born is None:
                continue
            if re.search(r"\b(?:when|at the birth)\b", rest) and re.search(r"born|birth", rest) and others and not wed:
                yield from (
                    between(born, date)
                    for one in others
                    for other in one.handles
                    if (date := self._first(other, "birth")) is not None
                )
            elif wed:
                for event in self.pool.events(handle):
                    if event.kind == "marriage" and (
                        not others or any(one in self.pool.partners(event) for other in others for one in other.handles)
                    ):
                        yield between(born, event.date)
            elif year is not None and not re.search(r"\bdied|death", self.bare):
                yield between(
                    born,
                    Date(str(year), earliest=to_day("gregorian", year, 1, 1), latest=to_day("gregorian", year, 12, 31)),
                )
            else:
                died = self._first(handle, "death", "burial")
                if died is not None:
                    yield between(born, died)

    def _first(self, handle: str, *kinds: str) -> Date | None:
        events = self.pool.events(handle)
        return next(
            (event.date for kind in kinds for event in events if event.kind == kind and event.date.precision), None
        )

    def _counts(self, denied: bool) -> None:
        for found in _COUNT.finditer(self.bare):
            term = TERMS.match(self.bare, found.end())
            if term is None or not self._free(*found.span(1)) or denied:
                continue
            self.taken.append(found.span(1))
            number = _SMALL.get(found[1].lower(), int(found[1]) if found[1].isdigit() else -1)
            owners = self._subjects(found.start()) or [one for one in self.people if one.start > term.end()]
            known = [
                kin_relatives(self.pool, handle, term[0]) or kin_relatives(self.pool, handle, f"{term[0]}s")
                for one in owners[:2]
                for handle in one.handles
            ]
            self._claim(
                any(one is not None and len(one) == number for one in known) or (number == 0 and not any(known)),
                f"{found[0].strip()} {term[0]} is not what the tree counts",
            )
        for found in re.finditer(r"(?<!\w)(?:the )?(\d+) generations?", self.bare):
            if self._free(*found.span(1)):
                self.taken.append(found.span(1))
                self._claim(int(found[1]) in self._depths(), f"{found[0]} is not what the tree counts")

    def _depths(self) -> set[int]:
        """Return the depths that a number of generations may mean: of the lines up and down from who is spoken of."""
        people = self.people[:1] or ([self.before] if self.before is not None else [])
        lines = [
            relatives(self.pool.graph, handle, relation)
            for one in people
            for handle in one.handles
            for relation in ("ancestors", "descendants")
        ]
        return {max((one.deepest for one in line), default=0) for line in lines} | set(self.pool.numbers)

    def _left(self, places: Sequence[tuple[int, int]], denied: bool) -> None:
        """Judge what is left: numbers and capitalised words that nobody has returned."""
        for found in _NUMBER.finditer(self.bare):
            listed = re.match(r"\. ", self.bare[found.end() :]) and any(
                one.start - found.end() in (2, 3) for one in self.people
            )
            listed = listed or (found[0] == "0" and _DENIED.search(self.bare) is not None)
            if self._free(*found.span()) and not listed and len(found[0]) < 9:
                asked = re.search(rf"(?<!\d){found[0]}(?!\d)", self.pool.question) is not None
                self._claim(
                    int(found[0]) in self.pool.numbers or asked or self._heads(found),
                    f"the number {found[0]} was not returned",
                )
        for name in unknown_names(self.bare, self.taken, self.pool):
            self._wrong(f"{name} was not returned")
        for name in () if denied else asked_names(self.bare, self.taken, self.pool):
            self._wrong(f"{name} was only asked for")

    def _heads(self, found: re.Match[str]) -> bool:
        """Tell whether a number in brackets counts the list that follows it."""
        counted = re.match(r"\)?:", self.bare[found.end() :])
        return counted is not None and int(found[0]) == len([one for one in self.people if one.start > found.end()])

    def _denial(self) -> None:
        """Hold a denial against the tree: what is said not to be recorded must not be there."""
        people = [
            handle
            for one in self.people or ([self.before] if self.before is not None and not self._owners() else [])
            for handle in one.handles
        ] or self._owners()
        if not people:
            if _FOUND_NONE.search(self.bare):
                self._claim("total=0" in self.pool.text, "something was found")
            return
        low = self.bare.lower()
        if "relationship" in low and len(people) >= 2:
            self._claim(not relationship(self.pool.graph, people[0], people[1]).lines, "a relationship is recorded")
            return
        if re.search(r"no (?:marriage|divorce) ", low) and len(people) >= 2:
            kind = "divorce" if "no divorce" in low else "spouse"
            couple = people[1] in (kin_relatives(self.pool, people[0], "spouses") or ())
            split = any(
                event.kind == "divorce" and event.happened and people[1] in self.pool.partners(event)
                for event in self.pool.events(people[0])
            )
            self._claim(not (split if kind == "divorce" else couple), f"a {kind} is recorded")
            return
        kind = next((one.lastgroup or "" for one in _VERB.finditer(self.bare)), "")
        events = [event for event in self.pool.events(people[0]) if event.kind == kind and event.happened]
        if "source" in low:
            self._claim(
                not any(event.citations for event in events) if kind else not self.pool.people[people[0]].citations,
                "a source is recorded",
            )
        elif kind:
            said = (
                any(event.place for event in events)
                if "place" in low or "where" in low
                else any(event.date.text for event in events)
            )
            self._claim(not said, f"a {kind} is recorded")
        else:
            term = TERMS.search(self.bare)
            known = (
                kin_relatives(self.pool, people[0], term[0]) or kin_relatives(self.pool, people[0], term[0] + "s")
                if term
                else None
            )
            if known is not None:
                self._claim(not known, f"{term[0] if term else ''} of that person are recorded")
