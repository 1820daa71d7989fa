"""References → people of the tree: one, several, nobody with the reason, and how many living ones are not told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Aside, Desk, NoReading, candidates
from gemwright_simon.clerk.say import LIVING, events_of, first, join, label, large
from gemwright_simon.clerk.speech.items import Kinship, Time
from gemwright_simon.clerk.speech.kin import in_order, kin_list
from gemwright_simon.clerk.speech.refs import Everyone, Kin, Named, Pair, Quality, Ref, Spoken, Those, plain
from gemwright_simon.clerk.whole import all_events, everybody, in_place, levels, people_of
from gemwright_simon.records import Person

__all__ = ["Group", "Meaning"]

_ENDS: Final = ("birth", "baptism", "death", "burial")


@dataclass(frozen=True, slots=True)
class Group:
    """Who a reference means.

    Attributes:
        people: those who are shown.
        said: how they are called in an answer, as in `the father of Anna Weil [I3]`.
        hidden: how many more are living people.
        terms: handle → what somebody is of whom the question starts from, where that is more than the word of the question.
        tied: handles of those who are so by adoption or another tie than birth.
        note: what is not sure.
        bases: handles of the people that the reference starts from.
        missing: what is said where there is nobody.
    """

    people: tuple[Person, ...]
    said: str
    hidden: int = 0
    terms: Mapping[str, str] = field(default_factory=dict[str, str])
    tied: frozenset[str] = frozenset()
    note: str = ""
    bases: tuple[str, ...] = ()
    missing: str = ""

    @property
    def handles(self) -> tuple[str, ...]:
        """The handles of the people who are shown."""
        return tuple(one.handle for one in self.people)


class Meaning:
    """Finds out who is meant.

    Args:
        desk: the tree and the conversation's focus.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def group(self, ref: Ref) -> Group:
        """Return who is meant; an empty group says what is missing.

        Raises:
            Aside: somebody on the way is not recorded, is living, or may be several people.
            NoReading: nobody can be meant.
        """
        ref = plain(ref)
        if isinstance(ref, Named):
            return self._named(ref)
        if isinstance(ref, Spoken):
            return self._spoken(ref)
        if isinstance(ref, Kin):
            return self._kin(ref)
        if isinstance(ref, Those):
            return self._those(ref)
        if isinstance(ref, Everyone):
            return Group(tuple(everybody(self.desk)), "this tree")
        if isinstance(ref, Pair):
            groups = self.couple(ref.one, ref.other)
            return Group(tuple(groups), join([label(one) for one in groups]), bases=tuple(one.handle for one in groups))
        raise NoReading

    def some(self, ref: Ref) -> Group:
        """Return who is meant, at least one who is shown.

        Raises:
            Aside: nobody is recorded, or none but the living.
            NoReading: nobody can be meant.
        """
        group = self.group(ref)
        if not group.people:
            raise Aside(self.nobody(group), certain=True)
        return group

    def one(self, ref: Ref) -> Person:
        """Return the one person who is meant.

        Raises:
            Aside: nobody, or several.
            NoReading: nobody can be meant.
        """
        group = self.some(ref)
        if len(group.people) > 1:
            raise Aside(candidates(self.desk.tree, group.said.removeprefix("the "), group.handles), certain=True)
        return next(iter(group.people))

    def nobody(self, group: Group) -> Answer:
        """Return what is said where a reference means nobody who is shown."""
        if group.hidden:
            who = LIVING if group.hidden == 1 else f"{group.hidden} living people"
            text = f"{large(group.said)}: {who}; nothing is told of the living."
            return Answer(text, core=("living",), people=group.bases[:1])
        return Answer(
            group.missing or f"Nobody: {group.said} is not recorded.", core=("not recorded",), people=group.bases[:1]
        )

    # One kind of reference each

    def _named(self, ref: Named) -> Group:
        found = [
            person
            for handle in ref.found.handles
            if (person := self.desk.tree.person(handle)) is not None and not person.hidden
        ]
        if ref.many:
            people = people_of(self.desk, ref.text)
            return Group(
                tuple(people),
                f"the name {ref.text}",
                missing=f"Nobody called {ref.text} is in this tree, or the records are private.",
            )
        if not found:
            missing = ref.found.missing or f"Nobody called {ref.text} is in this tree, or the record is private."
            raise Aside(Answer(missing, core=("not recorded",)), certain=False)
        people = self._with(found, ref.qualities)
        if not people:
            missing = f"Nobody called {ref.text} of whom that is recorded is in this tree, or the record is private."
            raise Aside(Answer(missing, core=("not recorded",)), certain=True)
        if len(people) > 1:
            raise Aside(candidates(self.desk.tree, ref.text, tuple(one.handle for one in people)), certain=True)
        return Group(tuple(people), label(people[0]), bases=(people[0].handle,))

    def bearers(self, ref: Named) -> list[Person]:
        """Return everybody whom a name may mean, what is said of the person taken into account."""
        found = [
            one for handle in ref.found.handles if (one := self.desk.tree.person(handle)) is not None and not one.hidden
        ]
        return self._with(found, ref.qualities)

    def _spoken(self, ref: Spoken) -> Group:
        focus = self.desk.focus
        if ref.word == "me":
            handle = focus.home
            if not handle:
                raise Aside(Answer("Who are you in this tree? Say it once, as in: I am NAME."), certain=True)
        else:
            place = ref.word.removeprefix("#")
            handle = focus.pronoun(ref.word) if place == ref.word else focus.listed(int(place))
            if not handle:
                raise Aside(Answer(f"Whom do you mean by \u201c{ref.word}\u201d? Say the name."), certain=False)
        person = self.desk.tree.person(handle)
        if person is None or person.hidden:
            raise Aside(Answer("That is a living person; nothing is told of the living."), certain=True)
        people = self._with([person], ref.qualities)
        if not people:
            raise Aside(Answer(f"{label(person)} is not recorded so.", core=("not recorded",)), certain=True)
        return Group((person,), label(person), bases=(handle,))

    def _those(self, ref: Those) -> Group:
        handles: list[str] = []
        while len(handles) < 1000 and (handle := self.desk.focus.listed(len(handles) + 1)):
            handles.append(handle)
        people = [one for handle in handles if (one := self.desk.tree.person(handle)) is not None and not one.hidden]
        if not people and ref.kin is not None and self.desk.focus.pronoun("they"):
            return self._kin(Kin(of=Spoken(word="they"), kin=ref.kin))
        if not people:
            raise Aside(Answer("Whom do you mean by \u201cthem\u201d? Say the names."), certain=False)
        return Group(tuple(people), "the people listed last")

    def _kin(self, ref: Kin) -> Group:
        if ref.of is None:
            raise NoReading
        whose = plain(ref.of)
        if isinstance(whose, Spoken) and whose.word == "me" and not self.desk.focus.home:
            for quality in ref.qualities:
                if isinstance(quality.same, Named):  # the name is enough: who asks need not be known
                    return self._named(quality.same)
        if isinstance(whose, Pair):
            return self._of_both(ref, whose)
        base = self.some(whose)
        kin = ref.kin
        said = f"the {_ordinal(ref.number, kin)}{_side(kin)}{kin.said} of {base.said}"
        shown: dict[str, Person] = {}
        hidden: set[str] = set()
        terms: dict[str, str] = {}
        tied: set[str] = set()
        for person in base.people:
            for one in kin_list(self.desk, person, kin):
                other = self.desk.tree.person(one.handle)
                if other is None or (kin.sex and not other.hidden and other.sex not in (kin.sex, "U", "X")):
                    continue
                if other.hidden:
                    hidden.add(one.handle)
                    continue
                shown[one.handle] = other
                terms[one.handle] = one.term
                if one.basis not in ("blood", "marriage"):
                    tied.add(one.handle)
        group = self._narrowed(ref, base, shown, hidden, said)
        return replace(group, terms=terms, tied=frozenset(tied))

    def _narrowed(self, ref: Kin, base: Group, shown: dict[str, Person], hidden: set[str], said: str) -> Group:
        kin, people, note = ref.kin, list(shown.values()), ""
        number = len(hidden)
        if kin.age:
            people, note = _aged(base.people[0], people, kin.age)
        if ref.number:
            everybody_of = people + [Person(one, hidden=True) for one in sorted(hidden)]
            in_turn, note = in_order(self.desk, base.people[0], kin, everybody_of)
            place = ref.number - 1 if ref.number > 0 else len(in_turn) - 1
            chosen = in_turn[place : place + 1] if place >= 0 else []
            number = sum(one.hidden for one in chosen)
            people = [one for one in chosen if not one.hidden]
        such = ""
        if ref.qualities:
            such = " " + " and ".join(one.said for one in ref.qualities) if people or number else ""
            people, number = self._with(people, ref.qualities), 0
        verb = "are" if kin.many else "is"
        missing = (
            f"No {_ordinal(ref.number, kin)}{_side(kin)}{kin.said} of {base.said}{such} {verb} recorded in this tree."
        )
        return Group(tuple(people), said, number, note=note, bases=base.bases, missing=missing)

    def _of_both(self, ref: Kin, pair: Pair) -> Group:
        one, other = self.couple(pair.one, pair.other)
        found = [{relative.handle for relative in kin_list(self.desk, person, ref.kin)} for person in (one, other)]
        family = self.desk.family_of(one, other)
        order = list(family.children) if family is not None and ref.kin.relation == "children" else sorted(found[0])
        both = [handle for handle in order if handle in found[0] and handle in found[1]]
        people = [self.desk.tree.person(handle) for handle in both]
        sexed = [
            p for p in people if p is not None and (p.hidden or not ref.kin.sex or p.sex in (ref.kin.sex, "U", "X"))
        ]
        said = f"{_ordinal(ref.number, ref.kin)}{ref.kin.said} of {label(one)} and {label(other)}"
        shown = {p.handle: p for p in sexed if not p.hidden}
        base = Group((one, other), f"{label(one)} and {label(other)}", bases=(one.handle, other.handle))
        return self._narrowed(ref, base, shown, {p.handle for p in sexed if p.hidden}, f"the {said}")

    def couple(self, one: Ref, other: Ref) -> tuple[Person, Person]:
        """Return two people; where a name is shared, those who are partners are meant.

        Raises:
            Aside: as `one`.
        """
        first, second = plain(one), plain(other)
        for a, b in ((first, second), (second, first)):
            if isinstance(a, (Named, Kin)):
                people = self.bearers(a) if isinstance(a, Named) else list(self.group(a).people)
                if len(people) > 1:
                    others = self.bearers(b) if isinstance(b, Named) else list(self.group(b).people)
                    keys = {p.handle for p in others}
                    pairs = [(p, q) for p in people for q in self.desk.partners(p.handle) if q in keys]
                    partner = self.desk.tree.person(pairs[0][1]) if len(pairs) == 1 else None
                    if partner is not None:
                        return (pairs[0][0], partner) if a is first else (partner, pairs[0][0])
        return self.one(first), self.one(second)

    # What is said of somebody

    def _with(self, people: list[Person], qualities: list[Quality]) -> list[Person]:
        for quality in qualities:
            people = [one for one in people if self._holds(one, quality)]
        return people

    def _holds(self, person: Person, quality: Quality) -> bool:
        if quality.job:
            return any(event.value == quality.job for event in events_of(person, "occupation", "title"))
        if quality.partner is not None:
            partner = plain(quality.partner)
            wanted = (
                {one.handle for one in self.bearers(partner)}
                if isinstance(partner, Named)
                else set(self.some(partner).handles)
            )
            return any(handle in wanted for handle in self.desk.partners(person.handle))
        if quality.same is not None:
            same = plain(quality.same)
            handles = (
                {one.handle for one in self.bearers(same)} if isinstance(same, Named) else set(self.some(same).handles)
            )
            return person.handle in handles
        return self._lived(person, quality)

    def _lived(self, person: Person, quality: Quality) -> bool:
        if quality.event == "span" and quality.time is not None:
            first = Time(quality.time.start, (quality.time.start or 0) + 365, "")
            last = Time((quality.time.end or 0) - 365, quality.time.end, "")
            return _any(person, first, "birth") and _any(person, last, "death")
        kinds = {"life": ("birth", "death"), "any": _ENDS}.get(quality.event, (quality.event,))
        if quality.time is not None and not any(
            quality.time.may_hold(event.date) for kind in kinds for event in all_events(self.desk, person, kind)
        ):
            return False
        if not quality.place:
            return True
        wanted = levels(quality.place)
        kinds = (*kinds, "residence") if quality.event == "any" else kinds
        return any(in_place(self.desk, person, kind, wanted)[0] is not None for kind in kinds)


def _any(person: Person, time: Time, kind: str) -> bool:
    return any(time.may_hold(event.date) for event in events_of(person, kind))


def _aged(base: Person, people: list[Person], age: str) -> tuple[list[Person], str]:
    """Return those who were surely born before, or after, somebody, and what is said of those of whom that is not sure."""
    sure: list[Person] = []
    open_ = 0
    own = first(base, "birth")
    for person in people:
        born = first(person, "birth")
        if own is None or born is None or own.date.earliest is None or born.date.earliest is None:
            open_ += 1
        elif own.date.latest is None or born.date.latest is None:
            open_ += 1
        elif (born.date.latest < own.date.earliest) if age == "older" else (born.date.earliest > own.date.latest):
            sure.append(person)
        elif born.date.latest >= own.date.earliest and born.date.earliest <= own.date.latest:
            open_ += 1
    return sure, f" (of {open_} more the dates do not say)" if open_ else ""


def _side(kin: Kinship) -> str:
    if kin.age:
        return f"{kin.age} "
    return {"M": "paternal ", "F": "maternal ", "": ""}.get(kin.side, f"{kin.side} ")


def _ordinal(number: int, kin: Kinship) -> str:
    if not number:
        return ""
    if kin.relation == "spouses":
        words = {-1: "last", 1: "first", 2: "second", 3: "third"}
    else:
        words = {-1: "youngest", 1: "eldest", 2: "second", 3: "third"}
    return words.get(number, f"{number}th") + " "
