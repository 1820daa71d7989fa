"""Templates about two people: weddings, divorces, birth order, ages of parents, how two are related."""

from __future__ import annotations

from collections.abc import Iterator

from apps.simon.tests.clerk.asking import TEMPLATES, Asked, Templates, name_of, of_sex, template
from apps.simon.tests.clerk.truth import Truth
from gemwright_simon.records import Person


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
                    n,
                    t.ask(*wordings, a=name_of(a), b=name_of(b)),
                    (event.date.text if field_ == "date" else event.place,),
                )

    TEMPLATES[number] = make


_wedding(21, "date", "When did {a} and {b} marry?", "On what date did {a} marry {b}?", "When were {a} and {b} married?")
_wedding(
    22, "place", "Where did {a} and {b} marry?", "In what place did {a} marry {b}?", "Where were {a} and {b} married?"
)


def _span_says(span: tuple[int, int]) -> tuple[str, ...]:
    return (str(span[0]),) if span[0] == span[1] else (str(span[0]), str(span[1]))


@template(23)
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
                    a=name_of(a),
                    b=name_of(b),
                    s="he" if a.sex == "M" else "she",
                ),
                _span_says(span),
            )


@template(24)
def _divorces(t: Templates, n: int) -> Iterator[Asked]:
    for a, b, handle in _couples(t):
        divorced = any(one.kind == "divorce" and one.happened for one in t.truth.families[handle].events)
        yield Asked(
            n,
            t.ask(
                "Did {a} and {b} divorce?",
                "Were {a} and {b} divorced?",
                "Did the marriage of {a} and {b} end in divorce?",
                a=name_of(a),
                b=name_of(b),
            ),
            ("yes",) if divorced else (),
            denies=not divorced,
        )


@template(25)
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
                    a=name_of(one),
                ),
                ("yes" if place == 2 else "no:",),
            )


@template(26)
def _mothers_age(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        mothers = of_sex("F")(t.truth, one.handle)
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
                        a=name_of(one),
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
                            a=name_of(one),
                            b=name_of(other),
                        ),
                        (term,),
                    )


TEMPLATES[31] = TEMPLATES[32] = _related


@template(33)
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
                        a=name_of(one),
                        b=name_of(other),
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
