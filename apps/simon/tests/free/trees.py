"""The four trees of the questions in free wording, and what is true of them: read from the records alone.

Nothing here uses the tools, the kinship room or the clerk, so a fault of theirs cannot hide in the truth. A truth is a path
of words: it starts at people (`I12`, `all`, `dead:Anna Weil`) or a family (`@F3`), walks over kin, and ends in facts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gemwright_simon.reading.interpret import family_of, person_of, source_of
from gemwright_simon.reading.read import TreeFile
from gemwright_simon.records import Event, Family, Person, Source

__all__ = ["TREES", "Kept", "kept", "tree_file", "truth"]

TREES: Final = ("amber", "birch", "cedar", "dune")
"""Made once by this repository's generator with the seeds 70115, 70110, 70129 and 428611 for 75, 160, 240 and 110 people and
their duplicates, and kept as files: the questions are about these people, whatever the generator makes of a seed later."""
_DEATHS: Final = ("death", "burial", "cremation", "probate")


def tree_file(name: str) -> Path:
    """Return where one of the trees lies, as GEDCOM."""
    return Path(__file__).with_name(f"{name}.ged")


class Kept:
    """A tree's records, by handle."""

    def __init__(self, path: Path) -> None:
        self.people: dict[str, Person] = {}
        self.families: dict[str, Family] = {}
        self.sources: dict[str, Source] = {}
        for record in TreeFile(path).records():
            if record.tag == "INDI":
                self.people[record.xref] = person_of(record.xref, record.lines, lambda _: "")
            elif record.tag == "FAM":
                self.families[record.xref] = family_of(record.xref, record.lines, lambda _: "")
            elif record.tag == "SOUR":
                self.sources[record.xref] = source_of(record.xref, record.lines, lambda _: "")

    def name(self, handle: str) -> str:
        """Return a person's first recorded name."""
        return self.people[handle].names[0].text

    def alive(self, handle: str) -> bool:
        """Return whether nothing is recorded that ends a life; nobody in these trees lived before 1912 without it."""
        return not any(event.kind in _DEATHS for event in self.people[handle].events)

    def parents(self, handle: str) -> list[str]:
        """Return the parents, adopting ones included."""
        return [p for link in self.people[handle].child_of for p in self.families[link.family].partners]

    def children(self, handle: str) -> list[str]:
        """Return the children of all families."""
        return [c for family in self.people[handle].partner_in for c in self.families[family].children]

    def event(self, owner: str, kind: str) -> Event | None:
        """Return the first event of a kind of a person or a family."""
        events = self.families[owner].events if owner.startswith("F") else self.people[owner].events
        return next((one for one in events if one.kind == kind), None)


@functools.cache
def kept(name: str) -> Kept:
    """Return the records of one of the trees."""
    return Kept(tree_file(name))


def truth(name: str, path: str) -> list[str]:
    """Follow a path and return what is true: people as `Name [I12]`, facts as recorded, numbers in figures."""
    if path in ("", "-"):
        return []
    if path.startswith("kin:"):
        _, one, other = path.split(":")
        return [_blood(kept(name), one, other)]
    return _Walk(kept(name)).follow(path.split())


def _unique(handles: list[str]) -> list[str]:
    return list(dict.fromkeys(handles))


class _Walk:
    def __init__(self, tree: Kept) -> None:
        self.tree = tree
        self.at: list[str] = []
        self.facts: list[str] = []
        self.told = False

    def follow(self, words: list[str]) -> list[str]:
        for word in words:
            self.step(word.replace("_", " "))
        return self.facts if self.told else [f"{self.tree.name(one)} [{one}]" for one in self.at]

    def step(self, word: str) -> None:
        tree = self.tree
        head, _, rest = word.partition(":")
        if word == "all":
            self.at = list(tree.people)
        elif word == "families":
            self.at = list(tree.families)
        elif word.startswith("@"):
            self.at = [word[1:]]
        elif word in tree.people:
            self.at = [word]
        elif head in ("dead", "living"):
            here = [rest] if rest in tree.people else [h for h in tree.people if tree.name(h) == rest]
            self.at = (
                [h for h in here if tree.alive(h) == (head == "living")]
                if rest
                else [h for h in self.at if not tree.alive(h)]
            )
        elif word in _FACTS:
            self.told = True
            self.facts += _FACTS[word](tree, self.at)
        elif head == "note":
            self.told = True
            self.facts += [line for line in _notes(tree, self.at) if rest in line]
        elif head in ("date", "place", "source", "page"):
            self.told = True
            self.facts += _of_event(tree, self.at, head, rest)
        elif head in _FILTERS:
            self.at = [h for h in self.at if _FILTERS[head](tree, h, rest)]
        else:
            self.at = _unique([found for one in self.at for found in _STEPS[word](tree, one) if found != one])


def _sex(mark: str) -> Callable[[Kept, str], bool]:
    return lambda tree, handle: tree.people[handle].sex == mark


def _siblings(tree: Kept, handle: str, full: bool | None) -> list[str]:
    own = set(tree.parents(handle))
    found = _unique([c for p in tree.parents(handle) for c in tree.children(p) if c != handle])
    return [c for c in found if full is None or (set(tree.parents(c)) == own) == full]


def _children_at(tree: Kept, at: str) -> list[str]:
    return list(tree.families[at].children) if at.startswith("F") else tree.children(at)


def _partners_at(tree: Kept, at: str) -> list[str]:
    if at.startswith("F"):
        return list(tree.families[at].partners)
    return [p for f in tree.people[at].partner_in for p in tree.families[f].partners if p != at]


def _only(step: Callable[[Kept, str], list[str]], mark: str) -> Callable[[Kept, str], list[str]]:
    return lambda tree, at: [one for one in step(tree, at) if tree.people[one].sex == mark]


def _full(tree: Kept, at: str) -> list[str]:
    return _siblings(tree, at, True)


_STEPS: Final[dict[str, Callable[[Kept, str], list[str]]]] = {
    "parents": Kept.parents,
    "father": _only(Kept.parents, "M"),
    "mother": _only(Kept.parents, "F"),
    "children": _children_at,
    "sons": _only(_children_at, "M"),
    "daughters": _only(_children_at, "F"),
    "siblings": _full,
    "brothers": _only(_full, "M"),
    "sisters": _only(_full, "F"),
    "half": lambda tree, at: _siblings(tree, at, False),
    "siblings-any": lambda tree, at: _siblings(tree, at, None),
    "spouses": _partners_at,
    "partners": _partners_at,
}


def _on(kind: str) -> Callable[[Kept, str, str], bool]:
    def holds(tree: Kept, handle: str, text: str) -> bool:
        event = tree.event(handle, kind)
        return event is not None and event.date.text == text

    return holds


def _in(kind: str) -> Callable[[Kept, str, str], bool]:
    def holds(tree: Kept, handle: str, place: str) -> bool:
        event = tree.event(handle, kind)
        return event is not None and event.place.partition(",")[0] == place

    return holds


def _died_under(tree: Kept, handle: str, years: str) -> bool:
    age = _age(tree, [handle])
    return bool(age) and int(age[0]) < int(years)


_FILTERS: Final[dict[str, Callable[[Kept, str, str], bool]]] = {
    "job": lambda tree, h, job: any(e.kind == "occupation" and e.value == job for e in tree.people[h].events),
    "adopted": lambda tree, h, _: any(link.kind == "adopted" for link in tree.people[h].child_of),
    "females": lambda tree, h, _: _sex("F")(tree, h),
    "males": lambda tree, h, _: _sex("M")(tree, h),
    "surname": lambda tree, h, name: tree.people[h].names[0].surname == name,
    "born-in": _in("birth"),
    "died-in": _in("death"),
    "born-on": _on("birth"),
    "died-on": _on("death"),
    "died-under": _died_under,
}


def _months(text: str) -> tuple[int, int, int] | None:
    words = text.split()
    names = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
    if len(words) == 3 and words[1] in names and words[0].isdecimal() and words[2].isdecimal():
        return int(words[2]), names.index(words[1]) + 1, int(words[0])
    if len(words) == 2 and words[0] in names:
        return int(words[1]), names.index(words[0]) + 1, 0
    return None


def _age(tree: Kept, at: list[str]) -> list[str]:
    """Return the full years between a recorded day of birth and of death, written plainly; a month counts from its first."""
    found: list[str] = []
    for one in at:
        birth, death = tree.event(one, "birth"), tree.event(one, "death")
        born, died = _months(birth.date.text if birth else ""), _months(death.date.text if death else "")
        if born and died:
            found.append(str(died[0] - born[0] - ((died[1], died[2] or 31) < (born[1], born[2]))))
    return found


def _divorced(tree: Kept, at: list[str]) -> list[str]:
    return ["divorce" for one in at if tree.event(one, "divorce")]


def _notes(tree: Kept, at: list[str]) -> list[str]:
    return [line.rstrip(".") for one in at for note in tree.people[one].notes for line in note.splitlines()]


_FACTS: Final[dict[str, Callable[[Kept, list[str]], list[str]]]] = {
    "count": lambda _, at: [str(len(at))],
    "age": _age,
    "names": lambda tree, at: [tree.name(one) for one in at],
    "surname": lambda tree, at: [tree.people[one].names[0].surname for one in at],
    "job": lambda tree, at: [e.value for one in at for e in tree.people[one].events if e.kind == "occupation"],
    "notes": _notes,
    "divorced": _divorced,
}


def _of_event(tree: Kept, at: list[str], what: str, kind: str) -> list[str]:
    found: list[str] = []
    for one in at:
        event = tree.event(one, kind)
        if event is None:
            continue
        if what == "date":
            found.append(event.date.text)
        elif what == "place":
            found.append(event.place.partition(",")[0])
        elif what == "source":
            found += [tree.sources[cited.source].title.partition(",")[0] for cited in event.citations]
        else:
            found += [cited.page.removeprefix("p. ") for cited in event.citations]
    return [text for text in found if text]


def _above(tree: Kept, handle: str) -> dict[str, tuple[int, bool]]:
    """Return ancestors, the person first: steps, and whether an adoption lies on the way."""
    steps, edge = {handle: (0, False)}, [handle]
    for one in edge:
        for link in tree.people[one].child_of:
            for parent in tree.families[link.family].partners:
                if parent not in steps:
                    steps[parent] = (steps[one][0] + 1, steps[one][1] or link.kind == "adopted")
                    edge.append(parent)
    return steps


def _blood(tree: Kept, one: str, other: str) -> str:
    """Return the steps up and down of the nearest common ancestors, whether half, and whether adopted: `1-1 half`."""
    ups, downs = _above(tree, one), _above(tree, other)
    common = sorted((ups[a][0] + downs[a][0], a) for a in ups if a in downs)
    nearest = [a for total, a in common if total == common[0][0]]
    (up, taken), (down, given) = ups[nearest[0]], downs[nearest[0]]
    half = "" if len(nearest) > 1 or 0 in (up, down) else " half"
    return f"{up}-{down}{half}{' adopted' if taken or given else ''}"
