"""Templates 1 to 10: the events, ages, occupations and names of one life."""

from __future__ import annotations

from collections.abc import Iterator

from apps.simon.tests.clerk.asking import TEMPLATES, Asked, Templates, name_of, template


def _event(number: int, kind: str, field_: str, qualified: bool | None, *wordings: str) -> None:
    def make(t: Templates, n: int) -> Iterator[Asked]:
        """Make."""
        for one in t.unique:
            event = t.truth.event(one.handle, kind)
            if event is None:
                continue
            if field_ == "date" and event.date.text and qualified in (None, bool(event.date.qualifier)):
                yield Asked(n, t.ask(*wordings, a=name_of(one)), (event.date.text,))
            if field_ == "place" and event.place:
                yield Asked(n, t.ask(*wordings, a=name_of(one)), (event.place,))

    TEMPLATES[number] = make


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
                    a=name_of(one),
                ),
                number_is=span[0],
            )


TEMPLATES[6] = _ages


@template(8)
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
                    a=name_of(one),
                ),
                values,
            )


@template(9)
def _unknown_birth(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        if not any(event.kind == "birth" and event.date.text for event in one.events):
            yield Asked(
                n,
                t.ask(
                    "When was {a} born?", "What is the birth date of {a}?", "On which day was {a} born?", a=name_of(one)
                ),
                denies=True,
            )


@template(10)
def _names(t: Templates, n: int) -> Iterator[Asked]:
    for one in t.unique:
        if len(one.names) > 1:
            yield Asked(
                n,
                t.ask(
                    "By what other names is {a} recorded?",
                    "What other names did {a} have?",
                    "What are {a}'s other names?",
                    a=name_of(one),
                ),
                tuple(name.text for name in one.names[1:]),
            )
