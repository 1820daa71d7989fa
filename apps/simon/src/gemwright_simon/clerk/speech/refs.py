"""Who is meant in a question: a name with what is said of it, a pronoun, a relative of somebody, two people together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gemwright_simon.clerk.people import Found
from gemwright_simon.clerk.speech.items import Kinship, Time

__all__ = ["Everyone", "Kin", "Named", "Pair", "Quality", "Ref", "Spoken", "Those", "innermost", "plain", "roots"]


@dataclass(eq=False)
class Quality:
    """Something said of a person so that the right one is meant.

    Attributes:
        event: kind of event that time and place belong to; `life` for either end of it, `any` for any.
        time: when.
        place: where.
        job: a trade.
        partner: whom the person married.
        same: who the person is, said another way.
        said: the words for it.
    """

    said: str
    event: str = ""
    time: Time | None = None
    place: str = ""
    job: str = ""
    partner: Ref | None = None
    same: Ref | None = None


@dataclass(eq=False)
class Ref:
    """Somebody who is meant."""

    qualities: list[Quality] = field(default_factory=list[Quality])


@dataclass(eq=False)
class Named(Ref):
    """People of a name; `many` where all of a surname are meant."""

    text: str = ""
    found: Found = field(default_factory=lambda: Found((), ""))
    many: bool = False


@dataclass(eq=False)
class Spoken(Ref):
    """A pronoun, with whom it stands for where the question itself says so; `#2` is the second of the last list."""

    word: str = ""
    stands_for: Ref | None = None


@dataclass(eq=False)
class Kin(Ref):
    """Relatives of somebody; `of` is None where it is not said whose.

    Attributes:
        of: whose.
        kin: which relatives.
        number: which of them in order: 1 is the first, -1 the last, 0 all.
    """

    of: Ref | None = None
    kin: Kinship = field(default_factory=lambda: Kinship("", "", "", False))
    number: int = 0


@dataclass(eq=False)
class Pair(Ref):
    """Two people together."""

    one: Ref = field(default_factory=Ref)
    other: Ref = field(default_factory=Ref)


@dataclass(eq=False)
class Those(Ref):
    """Whoever was listed last; `kin` is what the question calls them."""

    kin: Kinship | None = None


@dataclass(eq=False)
class Everyone(Ref):
    """Everybody of the tree."""


def plain(ref: Ref) -> Ref:
    """Return who a pronoun stands for, or the reference itself."""
    while isinstance(ref, Spoken) and ref.stands_for is not None:
        ref = ref.stands_for
    return ref


def innermost(ref: Ref) -> Kin | None:
    """Return the relative that a chain begins with, as `mother` in `the father of the mother of ...`, or None."""
    ref = plain(ref)
    if not isinstance(ref, Kin):
        return None
    if ref.of is not None and isinstance(plain(ref.of), Kin):
        return innermost(ref.of)
    return ref


def roots(ref: Ref) -> Iterator[Ref]:
    """Yield everybody over whom a reference is reached, itself left out."""
    ref = plain(ref)
    if isinstance(ref, Kin) and ref.of is not None:
        yield plain(ref.of)
        yield from roots(ref.of)
    if isinstance(ref, Pair):
        for one in (ref.one, ref.other):
            yield plain(one)
            yield from roots(one)
