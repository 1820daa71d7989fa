"""Items → who is meant and what is left to say: names with their qualities, chains of relatives, pronouns, times, ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gemwright_simon.clerk.people import Found
from gemwright_simon.clerk.speech.items import Item, Kinship, Time, years
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Quality, Ref, Spoken, Those, plain
from gemwright_simon.tree import Tree

__all__ = ["Node", "Unclear", "parsed"]

_EVENTS: Final = {
    "BIRTH": "birth",
    "DEATH": "death",
    "BURIAL": "burial",
    "BAPTISM": "baptism",
    "LIVE": "residence",
    "CREMATION": "cremation",
    "MARRY": "marriage",
}
_SHARED: Final = frozenset({"children", "grandchildren", "descendants", "great_grandchildren"})
_SEX: Final = {"he": "M", "she": "F"}


class Unclear(Exception):
    """A pronoun may stand for several people of the question."""


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a question that is left once everybody is found: a reference, or an item."""

    kind: str
    item: Item | None = None
    ref: Ref | None = None

    @property
    def value(self) -> str:
        """What the item says."""
        return self.item.value if self.item is not None else ""


def parsed(items: Sequence[Item], tree: Tree, *, greedy: bool) -> list[Node]:
    """Return the pieces of a question.

    Args:
        items: marked words.
        tree: the tree.
        greedy: whether what may be said of a person to tell who is meant is taken so.

    Raises:
        Unclear: a pronoun may stand for several people.
    """
    return _Parser(_merged(items), tree, greedy).nodes()


def _merged(items: Sequence[Item]) -> list[Item]:
    """Join times with their prepositions, and numbers with what makes ages of them."""
    made: list[Item] = []
    at = 0
    while at < len(items):
        end, item = _time_at(items, at) or _age_at(items, at) or (at + 1, items[at])
        made.append(item)
        at = end
    return made


def _kinds(items: Sequence[Item], at: int, *kinds: str) -> bool:
    return len(items) >= at + len(kinds) and all(
        items[at + place].kind in kind.split("|") for place, kind in enumerate(kinds)
    )


def _time_at(items: Sequence[Item], at: int) -> tuple[int, Item] | None:
    if _kinds(items, at, "BETWEEN|FROM", "TIME", "AND|TO|UNTIL|MARK", "TIME") or _kinds(
        items, at, "FROM", "TIME", "TIME"
    ):
        last = 3 if items[at + 2].kind != "TIME" else 2
        first, second = items[at + 1].time, items[at + last].time
        if first is not None and second is not None:
            said = f"from {_bare(first)} to {_bare(second)}"
            return at + last + 1, Item("TIME", text=said, time=Time(first.start, second.end, said))
    if _kinds(items, at, "BEFORE|AFTER|SINCE|UNTIL", "TIME"):
        time, word = items[at + 1].time, items[at].kind
        if time is not None:
            said = f"{word.lower()} {_bare(time)}"
            span = {
                "BEFORE": (None, time.start - 1 if time.start is not None else None),
                "UNTIL": (None, time.end),
                "AFTER": (time.end + 1 if time.end is not None else None, None),
                "SINCE": (time.start, None),
            }[word]
            return at + 2, Item("TIME", text=said, time=Time(*span, said))
    if _kinds(items, at, "IN|ABOUT", "TIME"):
        return at + 2, items[at + 1]
    if _kinds(items, at, "IN|ABOUT", "IN|ABOUT", "TIME"):
        return at + 3, items[at + 2]
    return None


def _bare(time: Time) -> str:
    return time.said.removeprefix("in ").removeprefix("on ")


def _age_at(items: Sequence[Item], at: int) -> tuple[int, Item] | None:
    """Read `before they turned five`, `before the age of 5`, `under 5`, `older than 80`, `aged 5`, `young`."""
    if items[at].kind == "YOUNG":
        return at + 1, Item("AGE", "<18", items[at].text)
    if items[at].kind not in ("BEFORE", "UNDER", "OVER", "YOUNGER", "OLDER", "AGED", "AFTER", "REACH"):
        return None
    end = at + 1
    while (
        end < len(items)
        and items[end].kind in ("PRON", "TURNED", "REACH", "HOWOLD", "OF", "THAN", "AUX", "OWN", "IN")
        and end - at < 5
    ):
        end += 1
    turned = any(one.kind in ("TURNED", "REACH", "HOWOLD") for one in items[at + 1 : end])
    if not _kinds(items, end, "NUM") or (items[at].kind in ("BEFORE", "AFTER") and not turned):
        return None
    sign = {
        "BEFORE": "<",
        "UNDER": "<",
        "YOUNGER": "<",
        "OVER": ">",
        "OLDER": ">",
        "AFTER": ">",
        "REACH": ">",
        "AGED": "=",
    }[items[at].kind]
    number = items[end].value
    while end + 1 < len(items) and items[end + 1].kind == "WHEN" and items[end + 1].text in ("years", "year"):
        end += 1
    return end + 1, Item("AGE", f"{sign}{number}", f"{items[at].text} {number}")


class _Parser:
    def __init__(self, items: Sequence[Item], tree: Tree, greedy: bool) -> None:
        self._items = [
            replace(one, also=("verb",)) if at and items[at - 1].kind == "AUX" else one
            for at, one in enumerate(items)
            if one.kind != "AUX"
        ]
        self._tree = tree
        self._greedy = greedy
        self._tops: list[Ref] = []
        self._inner: list[Ref] = []

    def nodes(self) -> list[Node]:
        nodes: list[Node] = []
        at = 0
        while at < len(self._items):
            found = self._ref(at)
            if found is None:
                nodes.append(Node(self._items[at].kind, self._items[at]))
                at += 1
                continue
            ref, at = found
            if self._claimed(nodes, ref, at):
                continue
            joined = self._joined(nodes, ref)
            if plain(ref) is ref:
                self._tops.append(ref)
            if joined:
                del nodes[-2:]
            nodes.append(Node("REF", ref=ref))
        return nodes

    def _claimed(self, nodes: list[Node], ref: Ref, at: int) -> bool:
        """Tell whether a relative is a remark on who was just named, as in `Anna Weil was my great-aunt. When was she born`."""
        return (
            isinstance(ref, Kin)
            and isinstance(ref.of, Spoken)
            and ref.of.word == "me"
            and bool(nodes)
            and isinstance(nodes[-1].ref, Named)
            and self._kind(at) == "MARK"
            and at + 1 < len(self._items)
        )

    def _kind(self, at: int) -> str:
        return self._items[at].kind if 0 <= at < len(self._items) else ""

    def _joined(self, nodes: list[Node], ref: Ref) -> bool:
        """Read `A and B's children`: the relatives of both."""
        if len(nodes) < 2 or nodes[-1].kind not in ("AND", "MARK") or nodes[-2].ref is None:
            return False
        if nodes[-1].kind == "MARK" and nodes[-1].value not in "&+":
            return False
        first = ref
        while isinstance(first, Kin) and isinstance(first.of, Kin):
            first = first.of
        before = nodes[-2].ref
        if not (
            isinstance(first, Kin) and isinstance(first.of, (Named, Spoken)) and isinstance(before, (Named, Spoken))
        ):
            return False
        if first.kin.relation not in _SHARED:
            return False
        first.of = Pair(one=before, other=first.of)
        if before in self._tops:
            self._tops.remove(before)
        return True

    # References

    def _ref(self, at: int) -> tuple[Ref, int] | None:
        found = self._start(at)
        if found is None:
            return None
        ref, at = found
        while True:
            if self._kind(at) == "POSS" and (kin := self._kin_phrase(at + 1)) is not None:
                self._inner.append(ref)
                ref, at = Kin(of=ref, kin=kin[0], number=kin[1]), kin[2]
                if self._greedy and self._kind(at) == "PERSON":
                    ref, at = self._with_name(ref, at)
                continue
            if (
                isinstance(ref, Kin)
                and ref.kin.relation in _SHARED
                and ref.of is not None
                and self._kind(at) in ("WITH", "BY")
            ):
                other = self._ref(at + 1) if at + 1 < len(self._items) else None
                if other is not None and isinstance(plain(other[0]), (Named, Spoken, Kin)):
                    ref.of, at = Pair(one=ref.of, other=other[0]), other[1]
                    continue
            if self._greedy and (said := self._quality(ref, at)) is not None:
                quality, at = said
                ref.qualities.append(quality)
                continue
            if not self._greedy and (said := self._between_commas(ref, at)) is not None:
                quality, at = said
                ref.qualities.append(quality)
                continue
            return ref, at

    def _between_commas(self, ref: Ref, at: int) -> tuple[Quality, int] | None:
        """Read `, Jakob's daughter,` after a name: between two commas it is no question of its own."""
        if not isinstance(plain(ref), Named) or self._kind(at) != "MARK" or self._items[at].value != ",":
            return None
        kept = list(self._tops), list(self._inner)
        said = self._quality(ref, at)
        if said is None or said[0].same is None or self._kind(said[1]) != "MARK" or self._items[said[1]].value != ",":
            self._tops, self._inner = kept
            return None
        return said

    def _start(self, at: int) -> tuple[Ref, int] | None:
        item = self._items[at]
        if item.kind == "OWN":
            whose = self._spoken(item.value, item.text)
            kin = self._kin_phrase(at + 1)
            if kin is None:
                return whose, at + 1
            return self._with_name(Kin(of=whose, kin=kin[0], number=kin[1]), kin[2])
        if item.kind == "PRON":
            return self._spoken(item.value, item.text), at + 1
        if (
            item.kind == "ORD"
            and self._kind(at + 1) == "NUM"
            and self._items[at + 1].text == "one"
            and self._kind(at - 1) not in ("AFTER", "BEFORE")
        ):
            return Spoken(word=f"#{item.value}"), at + 2
        if item.kind == "JOB" and self._kind(at + 1) == "PERSON" and self._greedy:
            ref, end = self._named(at + 1)
            ref.qualities.append(Quality(f"a {item.text}", job=item.value))
            return ref, end
        if item.kind == "PERSON":
            return self._named(at)
        if item.kind == "THOSE" and (
            at == 0 or self._kind(at - 1) in ("OF", "WHICH", "HOWMANY", "IN", "WHO", "AND", "MARK")
        ):
            kin = self._kin_phrase(at + 1)
            return (Those(kin=kin[0] if kin is not None else None), kin[2] if kin is not None else at + 1)
        kin = self._kin_phrase(at)
        if kin is None:
            return None
        if self._kind(kin[2]) in ("OF", "FROM") and kin[2] + 1 < len(self._items):
            of = self._ref(kin[2] + 1)
            if of is not None:
                whose, end = of
                self._inner.append(whose)
                whose, end = self._both(whose, end, kin[0])
                return Kin(of=whose, kin=kin[0], number=kin[1]), end
        if kin[0].home or kin[0].side or kin[1]:
            return (
                self._with_name(Kin(kin=kin[0], number=kin[1]), kin[2])
                if kin[0].home
                else (Kin(kin=kin[0], number=kin[1]), kin[2])
            )
        return Kin(kin=kin[0], number=kin[1]), kin[2]

    def _both(self, whose: Ref, end: int, kin: Kinship) -> tuple[Ref, int]:
        if (
            kin.relation in _SHARED
            and (self._kind(end) == "AND" or (self._kind(end) == "MARK" and self._items[end].value in "&+"))
            and end + 1 < len(self._items)
        ):
            other = self._ref(end + 1)
            if other is not None and isinstance(plain(other[0]), (Named, Spoken, Kin)):
                return Pair(one=whose, other=other[0]), other[1]
        return whose, end

    def _with_name(self, ref: Kin, at: int) -> tuple[Ref, int]:
        """Read `his daughter Anna` and `granny, Maria Christina,`: a relative with the name said too."""
        place = at + (self._kind(at) == "MARK" and self._items[at].value == ",")
        if self._kind(place) == "PERSON" and (place == at or self._closes(place + 1)):
            item = self._items[place]
            if item.found is not None and item.found.handles and not item.many:
                ref.qualities.append(Quality(f"called {item.text}", same=Named(text=item.text, found=item.found)))
                return ref, place + 1
        return ref, at

    def _closes(self, at: int) -> bool:
        return at >= len(self._items) or self._kind(at) == "MARK"

    def _named(self, at: int) -> tuple[Ref, int]:
        item = self._items[at]
        found = item.found or Found((), item.text)
        for known in self._tops + self._inner:
            named = plain(known)
            if (
                isinstance(named, Named)
                and _says_again(named.text, item.text)
                and set(found.handles) & set(named.found.handles)
            ):
                return Spoken(word=item.text, stands_for=named), at + 1
        return Named(text=item.text, found=found, many=item.many), at + 1

    def _spoken(self, word: str, text: str) -> Spoken:
        if word == "me":
            return Spoken(word="me")
        if word == "they":
            return Spoken(word="they", stands_for=self._they())
        fits = [one for one in dict.fromkeys(map(plain, self._tops)) if self._may_be(one, _SEX.get(word, ""))]
        if len(fits) > 1 and isinstance(fits[-1], Kin) and fits[-1].of is None and not fits[-1].kin.many:
            fits = fits[-1:]
        if len(fits) > 1:
            raise Unclear(text)
        inner = [
            one for one in map(plain, self._inner) if isinstance(one, Named) and self._may_be(one, _SEX.get(word, ""))
        ]
        return Spoken(word=word, stands_for=(fits or inner or [None])[0])

    def _they(self) -> Ref | None:
        tops = list(dict.fromkeys(map(plain, self._tops)))
        if len(tops) == 2 and not any(isinstance(one, Pair) for one in tops):
            return Pair(one=tops[0], other=tops[1])
        return tops[0] if len(tops) == 1 else None

    def _may_be(self, ref: Ref, sex: str) -> bool:
        if isinstance(ref, Named):
            people = [self._tree.person(one) for one in ref.found.handles]
            return not people or any(one is None or one.sex in (sex, "U", "X") for one in people)
        if isinstance(ref, Kin):
            return ref.kin.sex in (sex, "")
        return not isinstance(ref, (Pair, Those))

    # Relatives

    def _kin_phrase(self, at: int) -> tuple[Kinship, int, int] | None:
        """Read relatives with what narrows them: `first wife`, `maternal grandmother`, `gran on mum's side`."""
        number, side, start = 0, "", at
        age = ""
        while self._kind(at) in (
            "OLDER",
            "YOUNGER",
            "ORD",
            "OLDEST",
            "YOUNGEST",
            "SIDED",
            "NUM",
            "ONLY",
            "FULL",
            "TOGETHER",
            "WHICH",
        ):
            kind = self._kind(at)
            if kind in ("WHICH", "FULL", "TOGETHER") and at == start and kind == "WHICH":
                return None
            if kind == "ORD":
                number = int(self._items[at].value)
            elif kind in ("OLDER", "YOUNGER"):
                age = kind.lower()
            elif kind in ("OLDEST", "YOUNGEST"):
                number = 1 if kind == "OLDEST" else -1
            elif kind == "SIDED":
                side = self._items[at].value
            at += 1
        if (
            number
            and abs(number) == 1
            and self._kind(at) != "KIN"
            and self._kind(start - 1) == "POSS"
            and self._kind(at - 1) in ("OLDEST", "YOUNGEST")
        ):
            return Kinship("children", "", "child", False), number, at
        item = self._items[at] if at < len(self._items) else None
        if item is None or item.kind != "KIN" or item.kin is None:
            return None
        if age and item.kin.relation not in ("siblings", "half_siblings"):
            return None
        kin, at = replace(item.kin, age=age), at + 1
        if self._kind(at) == "SIDED":
            side, at = self._items[at].value, at + 1
        elif self._kind(at) == "IN" and self._kind(at + 1) == "PERSON" and self._kind(at + 2) == "SIDE":
            side, at = self._items[at + 1].text, at + 3
        elif (
            self._kind(at) == "IN"
            and self._kind(at + 1) == "PERSON"
            and self._kind(at + 2) == "POSS"
            and self._kind(at + 3) == "SIDE"
        ):
            side, at = self._items[at + 1].text, at + 4
        if self._kind(at) == "NUMBER" and self._kind(at + 1) == "NUM":
            number, at = int(self._items[at + 1].value), at + 2
        if number and kin.many and number != 0:
            kin = replace(kin, many=False)
        return replace(kin, side=side or kin.side), number, at

    # Qualities

    def _quality(self, ref: Ref, at: int) -> tuple[Quality, int] | None:
        if isinstance(ref, Named) and ref.many:
            return None
        start = at
        comma = False
        while self._kind(at) == "MARK" and self._items[at].value in ",(-":
            comma, at = True, at + 1
        relative = (self._kind(at) == "WHO" and self._items[at].text in ("who", "that")) or self._kind(at) == "IT"
        if relative:
            at += 1
        found = self._said_of(ref, at, comma=comma, relative=relative)
        if found is None:
            return None
        quality, end = found
        if end <= start:
            return None
        if self._kind(end) == "MARK" and self._items[end].value in ")":
            end += 1
        return quality, end

    def _said_of(self, ref: Ref, at: int, *, comma: bool, relative: bool) -> tuple[Quality, int] | None:
        kind = self._kind(at)
        named = isinstance(plain(ref), Named)
        found = (self._lived(at, relative, comma) or self._wed(at, relative)) if kind in _EVENTS else None
        if found is not None:
            return found
        if not named:
            return None
        item = self._items[at] if at < len(self._items) else None
        if item is None:
            return None
        if kind == "SPAN":
            first, last = (int(one) for one in item.value.split("-"))
            return Quality(f"{first} to {last}", event="span", time=years(first, last, item.value)), at + 1
        if kind == "JOB":
            return Quality(f"a {item.text}", job=item.value), at + 1
        if kind == "TIME" and comma and item.time is not None:
            return Quality(_bare(item.time), event="life", time=item.time), at + 1
        if kind in ("FROM", "OF") and self._kind(at + 1) == "PLACE":
            place = self._items[at + 1]
            return Quality(f"of {place.text}", event="any", place=place.value), at + 2
        if (comma or relative) and kind in ("KIN", "OWN", "PERSON", "ORD"):
            return self._otherwise(at)
        return None

    def _lived(self, at: int, relative: bool, comma: bool) -> tuple[Quality, int] | None:
        """Read `born 1731`, `who died in Alzey`, `b. 1850 in Mainz`."""
        event, word = _EVENTS[self._kind(at)], self._items[at].text
        if event in ("residence", "marriage") and not relative:
            return None
        if not relative and (self._items[at].also == ("verb",) or (event == "death" and word != "d" and not comma)):
            return None
        at += 1
        while self._kind(at) == "MARK" and self._items[at].value in ".:":
            at += 1
        time: Time | None = None
        place = ""
        while True:
            step = at + (self._kind(at) in ("IN", "ABOUT"))
            if self._kind(step) == "TIME" and time is None:
                time = self._items[step].time
            elif self._kind(step) == "PLACE" and not place:
                place = self._items[step].value
            else:
                break
            at = step + 1
        if time is None and not place:
            return None
        said = " ".join(filter(None, (word, time.said if time else "", f"in {place}" if place else "")))
        return Quality(said, event=event, time=time, place=place), at

    def _wed(self, at: int, relative: bool) -> tuple[Quality, int] | None:
        """Read `who married Jakob Weil` and `married to Jakob Weil`."""
        if self._kind(at) != "MARRY":
            return None
        to = self._kind(at + 1) in ("TO", "WITH")
        if not (relative or to):
            return None
        other = self._ref(at + 1 + to) if at + 1 + to < len(self._items) else None
        if other is None or isinstance(other[0], Those):
            return None
        self._inner.append(other[0])
        return Quality("married to that person", partner=other[0]), other[1]

    def _otherwise(self, at: int) -> tuple[Quality, int] | None:
        """Read `, daughter of Jakob Weil` and `, Jakob's daughter`: who the person is, said another way."""
        kept = list(self._tops)
        other = self._ref(at)
        if other is None or not isinstance(other[0], Kin) or other[0].of is None:
            self._tops = kept
            return None
        if isinstance(other[0].of, Spoken) or other[0].kin.many:
            return None
        return Quality(f"{other[0].kin.said} of that person", same=other[0]), other[1]


def _says_again(first: str, second: str) -> bool:
    one, other = set(first.lower().split()), set(second.lower().split())
    return one == other or (len(one) > len(other) and other < one)
