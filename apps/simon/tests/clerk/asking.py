"""What a templated question is, when its answer is right, and the table of all templates, which `about_*.py` fill."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from apps.simon.tests.clerk.truth import Truth
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
        named = re.compile(r"\[([^\[\]]+)\]")
        found = frozenset(one[1] for one in named.finditer(text) if "." not in one[1]) - asked.about
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
        for number, make in sorted(TEMPLATES.items()):
            yield from islice((one for one in make(self, number)), self.each)


_Make = Callable[[Templates, int], Iterator[Asked]]
TEMPLATES: dict[int, _Make] = {}


def template(number: int) -> Callable[[_Make], _Make]:
    """Keep what makes the questions of a template under its number."""

    def keep(make: _Make) -> _Make:
        """Keep."""
        TEMPLATES[number] = make
        return make

    return keep


def name_of(person: Person) -> str:
    """Return a person's preferred name."""
    return person.names[0].text


def of_sex(sex: str) -> Callable[[Truth, str], set[str]]:
    """Return the parents of a sex, as a way to find them."""
    return lambda truth, one: {
        parent for parent in truth.parents(one) if parent in truth.people and truth.people[parent].sex == sex
    }
