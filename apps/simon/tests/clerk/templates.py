"""The sixty kinds of question, each in several wordings, with what is true reckoned from the records."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from apps.simon.tests.clerk.truth import Truth, day
from gemwright_simon.records import Person

DENIED = re.compile(r"\bnot recorded\b|\bno \b|\bnobody\b|\bnone\b|\bnot in this tree\b", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A question with what its answer has to be.

    Attributes:
        number: the template.
        question: as asked.
        says: texts that have to stand in the answer, word for word.
        handles: the people to be listed, no more and no fewer; None where it is no list.
        number_is: a number that the answer has to name; None where it names none.
        denies: whether nothing is recorded, and the answer has to say so.
        about: handles that may stand beside those listed.
    """

    number: int
    question: str
    says: tuple[str, ...] = ()
    handles: frozenset[str] | None = None
    number_is: int | None = None
    denies: bool = False
    about: frozenset[str] = field(default_factory=frozenset[str])


def right(asked: Asked, text: str) -> str:
    """Return what is wrong with an answer; an empty text where it is right."""
    if asked.denies:
        return "" if DENIED.search(text) else "it does not say that nothing is recorded"
    missing = [one for one in asked.says if one.lower() not in text.lower()]
    if missing:
        return f"{missing} is missing"
    if asked.number_is is not None and not re.search(rf"(?<![\w.\[]){asked.number_is}(?![\w\]])", text):
        return f"{asked.number_is} is missing"
    if asked.handles is not None:
        found = {one for one in re.findall(r"\[([^\[\]]+)\]", text) if "." not in one} - asked.about
        if found != asked.handles - asked.about:
            return f"lists {sorted(found)}, not {sorted(asked.handles)}"
    return ""


class Templates:
    """Questions over one tree.

    Args:
        truth: what is true of it.
        seed: which instances and wordings are drawn.
        each: instances of a template.
    """

    def __init__(self, truth: Truth, seed: int, each: int = 5) -> None:
        self.truth = truth
        self.draw = random.Random(seed)
        self.each = each
        names = Counter(one.names[0].text.lower() for one in truth.people.values() if one.names)
        whole = Counter(text.text.lower() for one in truth.people.values() for text in one.names)
        self.unique = [
            one
            for one in truth.people.values()
            if one.names
            and re.fullmatch(r"[^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*)+", one.names[0].text)
            and names[one.names[0].text.lower()] == 1 == whole[one.names[0].text.lower()]
            and truth.plain(one.handle)
        ]
        self.shared = [name for name, count in names.items() if count > 1 and whole[name] == count and " " in name]
        self.draw.shuffle(self.unique)

    def ask(self, *wordings: str, **slots: str) -> str:
        """Return one of some wordings, filled."""
        return self.draw.choice(wordings).format(**slots)

    def all(self) -> Iterator[Asked]:
        """Yield the questions of every template."""
        for number, make in sorted(_TEMPLATES.items()):
            yield from islice((one for one in make(self, number)), self.each)


_Make = Callable[[Templates, int], Iterator[Asked]]
_TEMPLATES: dict[int, _Make] = {}


def _template(number: int) -> Callable[[_Make], _Make]:
    def keep(make: _Make) -> _Make:
        """Keep."""
        _TEMPLATES[number] = make
        return make

    return keep


def _name(person: Person) -> str:
    return person.names[0].text


def _event(number: int, kind: str, field_: str, qualified: bool | None, *wordings: str) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            event = t.truth.event(one.handle, kind)
            if event is None:
                continue
            if field_ == "date" and event.date.text and qualified in (None, bool(event.date.qualifier)):
                yield Asked(n, t.ask(*wordings, a=_name(one)), (event.date.text,))
            if field_ == "place" and event.place:
                yield Asked(n, t.ask(*wordings, a=_name(one)), (event.place,))

    _TEMPLATES[number] = make


_event(1, "birth", "date", False, "On what date was {a} born?", "When was {a} born?", "What is {a}'s date of birth?")
_event(
    2,
    "birth",
    "place",
    None,
    "Where was {a} born?",
    "In which place was {a} born?",
    "What is the place of birth of {a}?",
)
_event(3, "death", "date", None, "On what date did {a} die?", "When did {a} die?", "What is the date of death of {a}?")
_event(4, "death", "place", None, "Where did {a} die?", "In what place did {a} die?", "What was {a}'s place of death?")
_event(5, "burial", "place", None, "Where is {a} buried?", "Where was {a} buried?", "What is {a}'s burial place?")
_event(
    7, "birth", "date", True, "When was {a} born?", "In what year was {a} born?", "Can you tell me when {a} was born?"
)


def _ages(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        born, died = t.truth.event(one.handle, "birth"), t.truth.event(one.handle, "death")
        if (
            born is None
            or died is None
            or born.date.precision != "day"
            or died.date.precision != "day"
            or born.date.qualifier
            or died.date.qualifier
        ):
            continue
        span = t.truth.age(born.date, died.date)
        if span is not None and span[0] >= 0:
            yield Asked(
                n,
                t.ask(
                    "How old was {a} at death?",
                    "At what age did {a} die?",
                    "How old was {a} when he died?",
                    a=_name(one),
                ),
                number_is=span[0],
            )


_TEMPLATES[6] = _ages


@_template(8)
def _occupations(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        values = tuple(event.value for event in one.events if event.kind in ("occupation", "title") and event.value)
        if values:
            yield Asked(
                n,
                t.ask(
                    "What was {a}'s occupation or title?",
                    "What was the occupation of {a}?",
                    "What did {a} do for a living?",
                    a=_name(one),
                ),
                values,
            )


@_template(9)
def _unknown_birth(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        if not any(event.kind == "birth" and event.date.text for event in one.events):
            yield Asked(
                n,
                t.ask(
                    "When was {a} born?", "What is the birth date of {a}?", "On which day was {a} born?", a=_name(one)
                ),
                denies=True,
            )


@_template(10)
def _names(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        if len(one.names) > 1:
            yield Asked(
                n,
                t.ask(
                    "By what other names is {a} recorded?",
                    "What other names did {a} have?",
                    "What are {a}'s other names?",
                    a=_name(one),
                ),
                tuple(name.text for name in one.names[1:]),
            )


def _cousins(truth: Truth, one: str) -> set[str]:
    """Return the first cousins; nobody where the parents are siblings of any kind, since siblings are cousins then."""
    found = {child for aunt in truth.aunts_uncles(one) for child in truth.children(aunt)}
    near = {beside for parent in truth.parents(one) for beside in truth.siblings(parent)}
    return found if not found & truth.siblings(one) and not near & truth.parents(one) else set()


def _listed(number: int, find: Callable[[Truth, str], set[str]], *wordings: str, count: bool = False) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            found = find(t.truth, one.handle)
            if found and t.truth.plain(*found) and not found & t.truth.hidden and one.handle not in found:
                question = t.ask(*wordings, a=_name(one))
                if count:
                    yield Asked(n, question, number_is=len(found))
                else:
                    yield Asked(n, question, handles=frozenset(found), about=frozenset({one.handle}))

    _TEMPLATES[number] = make


def _of_sex(sex: str) -> Callable[[Truth, str], set[str]]:
    return lambda truth, one: {
        parent for parent in truth.parents(one) if parent in truth.people and truth.people[parent].sex == sex
    }


_listed(11, _of_sex("M"), "Who was {a}'s father?", "Who was the father of {a}?", "Name the father of {a}.")
_listed(12, _of_sex("F"), "Who was {a}'s mother?", "Who was the mother of {a}?", "Name {a}'s mother.")
_listed(13, Truth.spouses, "Whom did {a} marry?", "Who was {a} married to?", "List the spouses of {a}.")
_listed(
    14,
    lambda truth, one: truth.spouses(one) if len(truth.spouses(one)) > 1 else set(),
    "How many times did {a} marry, and whom, in order?",
    "How often did {a} marry?",
    "List the marriages of {a}.",
)
_listed(15, Truth.children, "List {a}'s children.", "Who were the children of {a}?", "Which children did {a} have?")
_listed(
    16,
    Truth.children,
    "How many children did {a} have?",
    "How many kids did {a} have?",
    "What is the number of children of {a}?",
    count=True,
)
_listed(
    17,
    Truth.full_siblings,
    "Who are the full siblings of {a}?",
    "List the siblings of {a}.",
    "Who were {a}'s brothers and sisters?",
)
_listed(
    18,
    Truth.half_siblings,
    "Who are the half-siblings of {a}?",
    "List {a}'s half siblings.",
    "Did {a} have half-siblings?",
)
_listed(
    19,
    lambda truth, one: truth.steps([one], 2, 0),
    "Who are the grandparents of {a}?",
    "List {a}'s grandparents.",
    "Name the grandparents of {a}.",
)
_listed(
    20,
    lambda truth, one: truth.steps([one], 0, 2),
    "Who are the grandchildren of {a}?",
    "List {a}'s grandchildren.",
    "Which grandchildren did {a} have?",
)
_listed(
    27,
    Truth.aunts_uncles,
    "Who are the aunts and uncles of {a}?",
    "List {a}'s uncles and aunts.",
    "Name the aunts and uncles of {a}.",
)
_listed(
    28,
    lambda truth, one: (
        {child for sibling in truth.siblings(one) for child in truth.children(sibling)} - truth.children(one)
    ),
    "Who are the nieces and nephews of {a}?",
    "List {a}'s nephews and nieces.",
    "Which nieces and nephews did {a} have?",
)
_listed(
    29,
    _cousins,
    "Who are the first cousins of {a}?",
    "List {a}'s cousins.",
    "Name the first cousins of {a}.",
)
_listed(
    30,
    lambda truth, one: {parent for spouse in truth.spouses(one) for parent in truth.parents(spouse)},
    "Who are the parents-in-law of {a}?",
    "List {a}'s parents-in-law.",
    "Who were the parents in law of {a}?",
)
_listed(
    34,
    lambda truth, one: set(truth.line(one, up=True)),
    "How many ancestors of {a} are in the tree?",
    "How many ancestors does {a} have?",
    "How many ancestors are recorded for {a}?",
    count=True,
)
_listed(
    36,
    lambda truth, one: set(truth.line(one, up=False)),
    "How many descendants does {a} have?",
    "How many descendants of {a} are in the tree?",
    "How many people descend from {a}?",
    count=True,
)
_listed(
    38,
    lambda truth, one: truth.steps([one], 3, 0),
    "Who are the great-grandparents of {a}?",
    "List {a}'s great-grandparents.",
    "Name the great grandparents of {a}.",
)
_listed(
    39,
    lambda truth, one: {far for near in _of_sex("M")(truth, one) for far in _of_sex("M")(truth, near)},
    "Who was {a}'s father's father?",
    "Who was the father's father of {a}?",
    "Who was the paternal grandfather of {a}?",
)
_listed(
    40,
    lambda truth, one: {far for near in _of_sex("F")(truth, one) for far in _of_sex("F")(truth, near)},
    "Who was {a}'s mother's mother?",
    "Who was the maternal grandmother of {a}?",
    "Who was the mother of the mother of {a}?",
)


def _depth(number: int, up: bool, *wordings: str) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            line = t.truth.line(one.handle, up=up)
            if line and t.truth.plain(*line):
                yield Asked(n, t.ask(*wordings, a=_name(one)), number_is=max(line.values()))

    _TEMPLATES[number] = make


_depth(
    35,
    True,
    "How many generations back does {a}'s line go?",
    "How far back does {a}'s ancestry go?",
    "How many generations of ancestors does {a} have?",
)
_depth(
    37,
    False,
    "How many generations of descendants does {a} have?",
    "How many generations descend from {a}?",
    "How many generations of descendants are there of {a}?",
)


def _couples(t: Templates) -> Iterator[tuple[Person, Person, str]]:
    known = {one.handle: one for one in t.unique}
    families = list(t.truth.families.values())
    t.draw.shuffle(families)
    for family in families:
        if len(family.partners) == 2 and set(family.partners) <= set(known):
            yield known[family.partners[0]], known[family.partners[1]], family.handle


def _wedding(number: int, field_: str, *wordings: str) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for a, b, handle in _couples(t):
            event = next(
                (
                    one
                    for one in t.truth.families[handle].events
                    if one.kind == "marriage" and (one.date.text if field_ == "date" else one.place)
                ),
                None,
            )
            if event is not None:
                yield Asked(
                    n, t.ask(*wordings, a=_name(a), b=_name(b)), (event.date.text if field_ == "date" else event.place,)
                )

    _TEMPLATES[number] = make


_wedding(21, "date", "When did {a} and {b} marry?", "On what date did {a} marry {b}?", "When were {a} and {b} married?")
_wedding(
    22, "place", "Where did {a} and {b} marry?", "In what place did {a} marry {b}?", "Where were {a} and {b} married?"
)


def _span_says(span: tuple[int, int]) -> tuple[str, ...]:
    return (str(span[0]),) if span[0] == span[1] else (str(span[0]), str(span[1]))


@_template(23)
def _age_at_wedding(t: Templates, n: int) -> Iterator[Asked]:
    for a, b, handle in _couples(t):
        event = next((one for one in t.truth.families[handle].events if one.kind == "marriage"), None)
        born = t.truth.event(a.handle, "birth")
        span = t.truth.age(born.date, event.date) if born is not None and event is not None else None
        if span is not None and span[0] >= 0:
            yield Asked(
                n,
                t.ask(
                    "How old was {a} when {s} married {b}?",
                    "How old was {a} when marrying {b}?",
                    "At what age did {a} marry {b}?",
                    a=_name(a),
                    b=_name(b),
                    s="he" if a.sex == "M" else "she",
                ),
                _span_says(span),
            )


@_template(24)
def _divorces(t: Templates, n: int) -> Iterator[Asked]:
    for a, b, handle in _couples(t):
        divorced = any(one.kind == "divorce" and one.happened for one in t.truth.families[handle].events)
        yield Asked(
            n,
            t.ask(
                "Did {a} and {b} divorce?",
                "Were {a} and {b} divorced?",
                "Did the marriage of {a} and {b} end in divorce?",
                a=_name(a),
                b=_name(b),
            ),
            ("yes",) if divorced else (),
            denies=not divorced,
        )


@_template(25)
def _orders(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        family = t.truth.families.get(one.child_of[0].family) if len(one.child_of) == 1 else None
        if family is None or not set(family.children) <= set(t.truth.people):
            continue
        births = [t.truth.event(child, "birth") for child in family.children]
        days = [
            event.date.earliest
            for event in births
            if event is not None and event.date.precision == "day" and not event.date.qualifier
        ]
        if len(days) == len(family.children) == len(set(days)) > 1:
            own = t.truth.event(one.handle, "birth")
            assert own is not None
            place = sorted(day for day in days if day is not None).index(own.date.earliest or 0) + 1
            yield Asked(
                n,
                t.ask(
                    "Was {a} the 2nd child in the family?",
                    "Was {a} the second child of the family?",
                    "Is {a} the second-born child?",
                    a=_name(one),
                ),
                ("yes" if place == 2 else "no:",),
            )


@_template(26)
def _mothers_age(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        mothers = _of_sex("F")(t.truth, one.handle)
        if len(mothers) == 1:
            born, own = t.truth.event(one.handle, "birth"), t.truth.event(next(iter(mothers)), "birth")
            span = t.truth.age(own.date, born.date) if born is not None and own is not None else None
            if span is not None and span[0] >= 0:
                yield Asked(
                    n,
                    t.ask(
                        "How old was {a}'s mother when {a} was born?",
                        "How old was the mother of {a} when {a} was born?",
                        "What age was {a}'s mother at the birth of {a}?",
                        a=_name(one),
                    ),
                    _span_says(span),
                )


def _related(t: Templates, n: int) -> Iterator[Asked]:
    cousins = {31: (1, 2), 32: (2, 3)}[n]
    words = {(1, 2): ("niece", "nephew"), (2, 3): ("first cousin once removed",) * 2}[cousins]
    for one in t.unique:
        for other in t.unique[:60]:
            near, far = t.truth.line(one.handle, up=True), t.truth.line(other.handle, up=True)
            common = set(near) & set(far)
            if (
                len(common) >= 2
                and {near[key] for key in common if near[key] == min(near[top] for top in common)} == {cousins[1]}
                and min(far[key] for key in common) == cousins[0]
                and one.handle not in far
                and other.handle not in near
            ):
                nearest = [key for key in common if near[key] == cousins[1] and far[key] == cousins[0]]
                same = len(common) == len(nearest) + len({up for key in nearest for up in t.truth.line(key, up=True)})
                if len(nearest) == 2 and same and not t.truth.spouses(one.handle) & t.truth.spouses(other.handle):
                    term = words[one.sex == "M"] if one.sex in "MF" else "niece or nephew" if n == 31 else words[0]
                    yield Asked(
                        n,
                        t.ask(
                            "How are {a} and {b} related?",
                            "How is {a} related to {b}?",
                            "What is the relationship between {a} and {b}?",
                            a=_name(one),
                            b=_name(other),
                        ),
                        (term,),
                    )


_TEMPLATES[31] = _TEMPLATES[32] = _related


@_template(33)
def _unrelated(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        for other in t.unique[-40:]:
            mine, theirs = _component(t.truth, one.handle), _component(t.truth, other.handle)
            if not mine & theirs:
                yield Asked(
                    n,
                    t.ask(
                        "How are {a} and {b} related?",
                        "Is {a} related to {b}?",
                        "Are {a} and {b} related?",
                        a=_name(one),
                        b=_name(other),
                    ),
                    denies=True,
                )
                break


def _component(truth: Truth, start: str) -> set[str]:
    """Return everybody who hangs together with a person by any links at all."""
    found, new = {start}, {start}
    while new:
        new = {
            other
            for one in new
            for family in truth.families.values()
            if one in (*family.partners, *family.children)
            for other in (*family.partners, *family.children)
        } - found
        found |= new
    return found


@_template(41)
def _surnames(t: Templates, n: int) -> Iterator[Asked]:
    counts = Counter(
        one.names[0].surname
        for one in t.truth.people.values()
        if one.names and re.fullmatch(r"[A-Z][a-z]+", one.names[0].surname)
    )
    folded = Counter(one.names[0].surname.casefold() for one in t.truth.people.values() if one.names)
    for name, count in counts.most_common(12):
        if folded[name.casefold()] == count:
            yield Asked(
                n,
                t.ask(
                    "How many people have surname {s}?",
                    "How many people have the surname {s}?",
                    "How many people are called {s}?",
                    s=name,
                ),
                number_is=count,
            )


@_template(42)
def _top_surname(t: Templates, n: int) -> Iterator[Asked]:
    counts = Counter(one.names[0].surname for one in t.truth.people.values() if one.names and one.names[0].surname)
    (name, most), (_, second) = counts.most_common(2)
    if most > second:
        for question in (
            "Which surname is most common?",
            "What is the most common surname?",
            "What is the most frequent family name?",
        ):
            yield Asked(n, question, (name,), number_is=most)


def _placed(number: int, kind: str, count: bool, *wordings: str) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        levels = Counter(
            part.strip()
            for one in t.truth.people.values()
            for event in one.events
            if event.kind == kind
            for part in event.place.split(",")
        )
        for place, _ in [
            one for one in levels.most_common(30) if re.fullmatch(r"[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*", one[0])
        ]:
            found = frozenset(
                one.handle
                for one in t.truth.people.values()
                if any(
                    event.kind == kind
                    and place.casefold() in [part.strip().casefold() for part in event.place.split(",")]
                    for event in one.events
                )
            )
            question = t.ask(*wordings, p=place)
            yield Asked(n, question, number_is=len(found)) if count else Asked(n, question, handles=found)

    _TEMPLATES[number] = make


_placed(
    43, "birth", False, "Who was born in {p}?", "Which people were born in {p}?", "List everybody who was born in {p}."
)
_placed(
    44, "death", True, "How many died in {p}?", "How many people died in {p}?", "How many deaths are recorded in {p}?"
)


@_template(45)
def _decades(t: Templates, n: int) -> Iterator[Asked]:
    exact = {
        one.handle: event.date
        for one in t.truth.people.values()
        if (event := t.truth.event(one.handle, "birth")) is not None and event.date.text
    }
    for decade in t.draw.sample(range(1600, 1900, 10), 30):
        inside = {
            handle
            for handle, date in exact.items()
            if date.earliest is not None
            and date.latest is not None
            and day(date.earliest).year // 10 == day(date.latest).year // 10 == decade // 10
        }
        touching = {
            handle
            for handle, date in exact.items()
            if date.earliest is not None
            and date.latest is not None
            and day(date.earliest).year <= decade + 9
            and day(date.latest).year >= decade
        }
        if inside and inside == touching:
            yield Asked(
                n,
                t.ask(
                    "Who was born in the {d}s?",
                    "Which people were born in the {d}s?",
                    "List everyone born in the {d}s.",
                    d=str(decade),
                ),
                handles=frozenset(inside),
            )


@_template(46)
def _first_born(t: Templates, n: int) -> Iterator[Asked]:
    for name in sorted(
        {one.names[0].surname for one in t.unique if re.fullmatch(r"[A-Z][a-z]+", one.names[0].surname)}
    ):
        people = [
            one for one in t.truth.people.values() if one.names and one.names[0].surname.casefold() == name.casefold()
        ]
        days = {
            one.handle: event.date
            for one in people
            if (event := t.truth.event(one.handle, "birth")) is not None
            and event.date.earliest is not None
            and event.date.latest is not None
        }
        first = sorted(days.items(), key=lambda one: one[1].earliest or 0)
        if first and not any(
            date.earliest is not None and date.earliest <= (first[0][1].latest or 0) for _, date in first[1:]
        ):
            yield Asked(
                n,
                t.ask(
                    "Who is the earliest-born person named {s}?",
                    "Who was the first-born person with the surname {s}?",
                    "Which {s} was born first?",
                    s=name,
                ),
                handles=frozenset({first[0][0]}),
            )


@_template(47)
def _oldest(t: Templates, n: int) -> Iterator[Asked]:
    for name in sorted(
        {one.names[0].surname for one in t.unique if re.fullmatch(r"[A-Z][a-z]+", one.names[0].surname)}
    ):
        ages: dict[str, tuple[int, int]] = {}
        for one in t.truth.people.values():
            if one.names and one.names[0].surname.casefold() == name.casefold():
                born, died = t.truth.event(one.handle, "birth"), t.truth.event(one.handle, "death")
                span = t.truth.age(born.date, died.date) if born is not None and died is not None else None
                if span is not None and 0 <= span[0] and span[1] < 130:
                    ages[one.handle] = span
        ranked = sorted(ages.items(), key=lambda one: -one[1][0])
        if ranked and not any(span[1] >= ranked[0][1][0] for _, span in ranked[1:]):
            yield Asked(
                n,
                t.ask(
                    "Who is the longest-lived person named {s}?",
                    "Which {s} lived the longest?",
                    "Who was the longest-lived {s}?",
                    s=name,
                ),
                handles=frozenset({ranked[0][0]}),
            )


@_template(48)
def _ambiguous(t: Templates, n: int) -> Iterator[Asked]:
    for name in t.shared:
        found = [one for one in t.truth.people.values() if one.names and one.names[0].text.lower() == name]
        if len(found) <= 30:
            yield Asked(
                n,
                t.ask("When was {a} born?", "Who was the father of {a}?", "Where did {a} die?", a=_name(found[0])),
                ("which one",),
                handles=frozenset(one.handle for one in found),
            )


@_template(49)
def _alive(t: Templates, n: int) -> Iterator[Asked]:
    for year in t.draw.sample(range(1650, 1900), 40):
        count = 0
        for one in t.truth.people.values():
            born, died = t.truth.event(one.handle, "birth"), t.truth.event(one.handle, "death")
            if (
                born is not None
                and died is not None
                and born.date.latest is not None
                and died.date.earliest is not None
            ):
                count += day(born.date.latest).year <= year <= day(died.date.earliest).year
        if count:
            yield Asked(
                n,
                t.ask(
                    "How many people were certainly alive in {y}?",
                    "How many people were alive in {y}?",
                    "How many individuals were living in {y}?",
                    y=str(year),
                ),
                number_is=count,
            )


@_template(50)
def _totals(t: Templates, n: int) -> Iterator[Asked]:
    report = t.truth.tree.report
    yield Asked(n, "How many people are in the tree?", number_is=report.people)
    yield Asked(n, "How many families are in the tree?", number_is=report.families)
    yield Asked(n, "How many sources are in the tree?", number_is=report.sources)


def _sourced(number: int, cited: bool) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            births = [event for event in one.events if event.kind == "birth"]
            handles = tuple(f"[{cite.source}]" for event in births for cite in event.citations if cite.source)
            if (
                births
                and bool(handles) == cited
                and not any(cite.text and not cite.source for event in births for cite in event.citations)
            ):
                yield Asked(
                    n,
                    t.ask(
                        "What is the source for {a}'s birth?",
                        "What is the source for the birth of {a}?",
                        "Which source is cited for {a}'s birth?",
                        a=_name(one),
                    ),
                    handles if cited else ("no source",),
                )

    _TEMPLATES[number] = make


_sourced(51, True)
_sourced(53, False)


@_template(52)
def _sources(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        handles = {cite.source for event in one.events for cite in event.citations if cite.source} | {
            cite.source for cite in one.citations if cite.source
        }
        if handles:
            yield Asked(
                n,
                t.ask(
                    "Which sources are attached to {a}?",
                    "What sources are there for {a}?",
                    "List the sources for {a}.",
                    a=_name(one),
                ),
                tuple(f"[{handle}]" for handle in sorted(handles)),
            )


@_template(54)
def _cited(t: Templates, n: int) -> Iterator[Asked]:
    for handle in t.truth.tree.sources():
        found = frozenset(
            one.handle
            for one in t.truth.people.values()
            if any(
                cite.source == handle
                for cites in (one.citations, *(event.citations for event in one.events))
                for cite in cites
            )
        )
        if found:
            yield Asked(
                n,
                t.ask(
                    "Who is cited to source {s}?",
                    "Who is cited to {s}?",
                    "List the people cited to source {s}.",
                    s=handle,
                ),
                handles=found,
                about=frozenset({handle}),
            )


@_template(55)
def _noted(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        notes = tuple(" ".join(note.split()) for note in one.notes if 0 < len(note) < 800)
        if notes and len(notes) == len(one.notes):
            yield Asked(
                n,
                t.ask(
                    "What do the notes say about {a}?",
                    "What is noted about {a}?",
                    "Show the notes on {a}.",
                    a=_name(one),
                ),
                notes,
            )


@_template(56)
def _impossible(t: Templates, n: int) -> Iterator[Asked]:
    wrong = [
        one
        for one in t.truth.people.values()
        if (born := t.truth.event(one.handle, "birth")) is not None
        and (died := t.truth.event(one.handle, "death")) is not None
        and died.date.latest is not None
        and born.date.earliest is not None
        and died.date.latest < born.date.earliest
    ]
    if wrong:
        for question in (
            "Whose dates are impossible?",
            "Which people have impossible dates?",
            "List people with impossible dates.",
        ):
            yield Asked(n, question, tuple(f"[{one.handle}]" for one in wrong))


@_template(57)
def _young(t: Templates, n: int) -> Iterator[Asked]:
    found: set[str] = set()
    for family in t.truth.families.values():
        for parent in family.partners:
            for child in family.children:
                if parent in t.truth.people and child in t.truth.people:
                    born, birth = t.truth.event(parent, "birth"), t.truth.event(child, "birth")
                    if (
                        born is not None
                        and birth is not None
                        and born.date.earliest is not None
                        and birth.date.latest is not None
                        and _under(t, born.date.earliest, birth.date.latest)
                    ):
                        found.add(parent)
    for question in (
        "Which parents were under 13?",
        "Which parents were under 13 when a child was born?",
        "Which parents were younger than 13?",
    ):
        yield Asked(n, question, tuple(f"[{one}]" for one in sorted(found)), denies=not found)


def _under(t: Templates, start: int, end: int) -> bool:
    first, last = day(start), day(end)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day)) < 13


@_template(58)
def _ends(t: Templates, n: int) -> Iterator[Asked]:
    found = frozenset(
        one
        for one in t.truth.people
        if not any(t.truth.up.get(one, {}).values()) and any(t.truth.down.get(one, {}).values())
    )
    if len(found) <= 400:
        for question in (
            "Whose ancestry ends?",
            "Whose ancestry ends (no parents but children)?",
            "Who has no parents but has children?",
        ):
            yield Asked(n, question, handles=found)


@_template(59)
def _false_premises(t: Templates, n: int) -> Iterator[Asked]:
    yield Asked(n, "When was Zebulon Quarrick born?", denies=True)
    yield Asked(n, "Who was the father of Ottoline Fiskworth?", denies=True)
    for one, other in zip(t.unique, t.unique[7:], strict=False):
        if other.handle not in t.truth.spouses(one.handle):
            yield Asked(
                n,
                t.ask(
                    "When did {a} and {b} marry?",
                    "Where did {a} marry {b}?",
                    "How old was {a} when marrying {b}?",
                    a=_name(one),
                    b=_name(other),
                ),
                ("no marriage",),
            )
